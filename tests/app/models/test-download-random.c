/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults at random and kills at random: the file is right or absent, always. */
#include "config.h"

#include <signal.h>
#include <sys/wait.h>

#include <glib/gstdio.h>

#include "download-fixture.h"
#include "models/limn-part-file.h"

static const Fault quick_faults[] = {
  FAULT_CUT,           FAULT_CUT_CHUNKED,   FAULT_CUT_HTTP10,
  FAULT_RESET,         FAULT_HANG_UP,       FAULT_GARBAGE,
  FAULT_NO_RANGE,      FAULT_BAD_RANGE,     FAULT_BAD_TOTAL,
  FAULT_416,           FAULT_OTHER_ETAG,    FAULT_GZIP,
  FAULT_PORTAL,        FAULT_PORTAL_QUIET,  FAULT_PORTAL_REDIRECT,
  FAULT_OTHER_KIND,    FAULT_403,           FAULT_404,
  FAULT_429,           FAULT_503,           FAULT_REDIRECT,
  FAULT_REDIRECT_LOOP, FAULT_REDIRECT_HTTP, FAULT_NO_LENGTH,
  FAULT_HUGE,          FAULT_ENDLESS,       FAULT_NONE,
  FAULT_CUT,           FAULT_RESET,         FAULT_CUT_CHUNKED,
};

/* FAULT_FLIP only where a hash can tell; FAULT_CHANGE once, in the middle */
static void
run_random_faults (DownloadFixture *f, guint32 seed, guint n_faults, gboolean is_hub)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint n_runs = 0, n_whole = 0;

  fault_server_set_is_hub (f->server, is_hub);
  f->spec.max_bytes = 2 * DOWNLOAD_FILE_BYTES;
  f->spec.n_retries = 8;
  for (guint i = 0; i < n_faults; i++)
    {
      gint k = g_rand_int_range (rand, 0, G_N_ELEMENTS (quick_faults) + (is_hub ? 3 : 0));

      fault_server_push (f->server, i == n_faults / 2                        ? FAULT_CHANGE
                                    : k < (gint) G_N_ELEMENTS (quick_faults) ? quick_faults[k]
                                                                             : FAULT_FLIP);
    }
  while (fault_server_get_n_left (f->server) > 0 && n_runs++ < 2 * n_faults)
    {
      limn_transfer_run (&f->spec, NULL, NULL, NULL, NULL, NULL);
      if (download_check (f))
        {
          n_whole++;
          g_unlink (f->path);
        }
    }
  g_assert_cmpuint (fault_server_get_n_left (f->server), ==, 0);
  download_assert_arrives (f);
  g_test_message ("%u faults, %u runs, %u whole files on the way, %u requests", n_faults, n_runs,
                  n_whole, fault_server_get_n_requests (f->server));
}

static void
test_random_faults (DownloadFixture *f, gconstpointer data)
{
  run_random_faults (f, 11, download_is_soak () ? 2000 : 200, FALSE);
}

static void
test_random_faults_hub (DownloadFixture *f, gconstpointer data)
{
  run_random_faults (f, 12, download_is_soak () ? 2000 : 200, TRUE);
}

static goffset
get_size (const char *path)
{
  GStatBuf st;

  return g_stat (path, &st) == 0 ? st.st_size : 0;
}

/* A moment counted in bytes, not in seconds: it comes on slow computers too. */
static void
wait_for_bytes (DownloadFixture *f, goffset n_bytes)
{
  g_autofree char *part = g_strconcat (f->path, ".part", NULL);
  goffset end = get_size (part) + n_bytes;

  for (guint i = 0; i < 20000 && get_size (part) < end && get_size (f->path) == 0; i++)
    g_usleep (200);
}

static void
test_kills (DownloadFixture *f, gconstpointer data)
{
  guint n_kills = download_is_soak () ? 50 : 10;
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  guint n_whole = 0, n_parts = 0;

  fault_server_set_is_hub (f->server, TRUE);
  fault_server_set_chunk_pause (f->server, 200);
  for (guint i = 0; i < n_kills; i++)
    {
      GPid pid = download_spawn_child (f, "--child");
      int status;

      wait_for_bytes (f, g_rand_int_range (rand, 0, 60 * 1024));
      g_usleep ((gulong) g_rand_int_range (rand, 0, 3000));
      kill (pid, SIGKILL);
      g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
      g_spawn_close_pid (pid);
      n_parts += limn_part_file_peek (f->path) > 0;
      if (download_check (f))
        {
          n_whole++;
          g_unlink (f->path);
        }
    }
  download_assert_arrives (f);
  g_test_message ("%u kills, %u of them with a part there, %u whole files on the way", n_kills,
                  n_parts, n_whole);
}

static void
add (const char *name, void (*test) (DownloadFixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/download-random/", name, NULL);

  g_test_add (path, DownloadFixture, NULL, download_fixture_set_up, test,
              download_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  int status;

  if (download_run_as_child (argc, argv, &status))
    return status;
  g_test_init (&argc, &argv, NULL);
  add ("faults", test_random_faults);
  add ("faults-hub", test_random_faults_hub);
  add ("kills", test_kills);
  return g_test_run ();
}
