/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See download-fixture.h. */
#include "config.h"

#include "download-fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include <glib/gstdio.h>

#include "models/limn-part-file.h"

static const char *program;

gboolean
download_is_soak (void)
{
  return g_strcmp0 (g_getenv ("LIMN_TEST_SOAK"), "1") == 0;
}

static GBytes *
make_file (gsize size, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) g_rand_int_range (rand, 0, 256);
  memcpy (data, "PK\003\004", 4);
  return g_bytes_new_take (data, size);
}

void
download_fixture_set_up (DownloadFixture *f, gconstpointer data)
{
  const LimnTransferSpec spec = LIMN_TRANSFER_SPEC_INIT;

  f->server = fault_server_new (7);
  f->file = make_file (DOWNLOAD_FILE_BYTES, 1);
  f->folder = g_dir_make_tmp ("limn-download-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "deep", "file.pt", NULL);
  f->url = fault_server_dup_url (f->server);
  fault_server_set_file (f->server, f->file, DOWNLOAD_ETAG);
  f->spec = spec;
  f->spec.url = f->url;
  f->spec.path = f->path;
  f->spec.format = LIMN_FILE_FORMAT_ZIP;
  f->spec.allow_loopback = TRUE;
  f->spec.retry_milliseconds = 1;
  f->spec.stall_milliseconds = 20000;
  f->spec.n_retries = 5;
  f->spec.sync_bytes = 16 * 1024;
}

void
download_fixture_tear_down (DownloadFixture *f, gconstpointer data)
{
  g_autofree char *deep = g_path_get_dirname (f->path);

  limn_part_file_discard (f->path, NULL);
  g_unlink (f->path);
  g_rmdir (deep);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0); /* nothing else was left behind */
  fault_server_free (f->server);
  g_bytes_unref (f->file);
  g_free (f->folder);
  g_free (f->path);
  g_free (f->url);
}

GBytes *
download_read_file (const char *path)
{
  char *data;
  gsize length;

  return g_file_get_contents (path, &data, &length, NULL) ? g_bytes_new_take (data, length) : NULL;
}

/* The promise: one of the versions, whole, or nothing. */
gboolean
download_check (DownloadFixture *f)
{
  g_autoptr (GBytes) is = download_read_file (f->path);

  if (is == NULL)
    return FALSE;
  g_assert_true (g_bytes_equal (is, fault_server_get_version (f->server, 0))
                 || g_bytes_equal (is, fault_server_get_version (f->server, 1)));
  return TRUE;
}

void
download_assert_arrives (DownloadFixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sha256 = NULL;
  g_autofree char *expected = NULL;
  g_autoptr (GBytes) is = NULL;

  limn_transfer_run (&f->spec, NULL, NULL, &sha256, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (download_check (f));
  g_assert_cmpint (limn_part_file_peek (f->path), ==, 0);
  is = download_read_file (f->path);
  expected = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, is);
  g_assert_cmpstr (sha256, ==, expected);
}

void
download_assert_fails (DownloadFixture *f, LimnDownloadError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (limn_transfer_run (&f->spec, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, LIMN_DOWNLOAD_ERROR, (int) code);
  g_assert_cmpuint (strlen (error->message), >, 10);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
}

GPid
download_spawn_child (DownloadFixture *f, const char *how)
{
  char *argv[] = { (char *) program, (char *) how, f->url, f->path, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_spawn_async (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

static int
run_child (const char *url, const char *path, gboolean is_limited)
{
  LimnTransferSpec spec = LIMN_TRANSFER_SPEC_INIT;
  const struct rlimit limit = { DOWNLOAD_FILE_BYTES / 2, DOWNLOAD_FILE_BYTES / 2 };
  g_autoptr (GError) error = NULL;

  if (is_limited)
    {
      signal (SIGXFSZ, SIG_IGN);
      setrlimit (RLIMIT_FSIZE, &limit);
    }

  spec.url = url;
  spec.path = path;
  spec.format = LIMN_FILE_FORMAT_ZIP;
  spec.allow_loopback = TRUE;
  spec.sync_bytes = 16 * 1024;
  return limn_transfer_run (&spec, NULL, NULL, NULL, NULL, &error) ? 0 : 10 + error->code;
}

/* TRUE in a child: its exit status is in status. */
gboolean
download_run_as_child (int argc, char **argv, int *status)
{
  program = argv[0];
  if (argc != 4 || !g_str_has_prefix (argv[1], "--child"))
    return FALSE;
  *status = run_child (argv[2], argv[3], g_str_equal (argv[1], "--child-limited"));
  return TRUE;
}
