/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Downloads against a server that does everything wrong, faults at random and
 * kills at random: the file is right or absent, always.  LIMN_TEST_SOAK=1
 * makes the random parts long.
 */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "fault-server.h"
#include "models/limn-download-error.h"
#include "models/limn-download.h"
#include "models/limn-http.h"
#include "models/limn-part-file.h"
#include "models/limn-transfer.h"

#define FILE_BYTES (300 * 1024)
#define ETAG       "\"first\""

static const char *program;

typedef struct
{
  FaultServer *server;
  GBytes *file;
  char *folder;
  char *path;
  char *url;
  LimnTransferSpec spec;
} Fixture;

static gboolean
is_soak (void)
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

static void
set_up (Fixture *f, gconstpointer data)
{
  const LimnTransferSpec spec = LIMN_TRANSFER_SPEC_INIT;

  f->server = fault_server_new (7);
  f->file = make_file (FILE_BYTES, 1);
  f->folder = g_dir_make_tmp ("limn-download-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "deep", "file.pt", NULL);
  f->url = fault_server_dup_url (f->server);
  fault_server_set_file (f->server, f->file, ETAG);
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

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *deep = g_path_get_dirname (f->path);

  limn_part_file_discard (f->path);
  g_unlink (f->path);
  g_rmdir (deep);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0); /* nothing else was left behind */
  fault_server_free (f->server);
  g_bytes_unref (f->file);
  g_free (f->folder);
  g_free (f->path);
  g_free (f->url);
}

static GBytes *
read_file (const char *path)
{
  char *data;
  gsize length;

  return g_file_get_contents (path, &data, &length, NULL) ? g_bytes_new_take (data, length) : NULL;
}

/* The promise: one of the versions, whole, or nothing. */
static gboolean
check_right_or_absent (Fixture *f)
{
  g_autoptr (GBytes) is = read_file (f->path);

  if (is == NULL)
    return FALSE;
  g_assert_true (g_bytes_equal (is, fault_server_get_version (f->server, 0))
                 || g_bytes_equal (is, fault_server_get_version (f->server, 1)));
  return TRUE;
}

static void
assert_arrives (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sha256 = NULL;
  g_autofree char *expected = NULL;

  limn_transfer_run (&f->spec, NULL, NULL, &sha256, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (check_right_or_absent (f));
  g_assert_cmpint (limn_part_file_peek (f->path), ==, 0);
  expected = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, f->file);
  if (g_bytes_equal (f->file, fault_server_get_version (f->server, 0)))
    g_assert_nonnull (expected);
  g_assert_cmpuint (strlen (sha256), ==, 64);
}

static void
assert_fails (Fixture *f, LimnDownloadError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (limn_transfer_run (&f->spec, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, LIMN_DOWNLOAD_ERROR, (int) code);
  g_assert_cmpuint (strlen (error->message), >, 10);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
}

static GPid
spawn_child (Fixture *f, const char *how)
{
  char *argv[] = { (char *) program, (char *) how, f->url, f->path, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_spawn_async (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

/* ---- one fault each ---- */

static void
test_plain (Fixture *f, gconstpointer data)
{
  assert_arrives (f);
  g_assert_cmpuint (fault_server_get_n_requests (f->server), ==, 1);
  g_assert_cmpuint (fault_server_get_n_encodings_asked (f->server), ==, 0);
}

typedef struct
{
  const char *name;
  Fault fault;
  LimnDownloadError error;
} Case;

/* it gets over these by itself */
static const Case passing[] = {
  { "cut", FAULT_CUT },
  { "cut-chunked", FAULT_CUT_CHUNKED },
  { "cut-http10", FAULT_CUT_HTTP10 },
  { "reset", FAULT_RESET },
  { "hang-up", FAULT_HANG_UP },
  { "garbage", FAULT_GARBAGE },
  { "429", FAULT_429 },
  { "503", FAULT_503 },
  { "redirect", FAULT_REDIRECT },
  { "endless", FAULT_ENDLESS },
  { "header-flood", FAULT_HEADER_FLOOD },
  { "no-range", FAULT_NO_RANGE },
  { "changed", FAULT_CHANGE },
};

static void
test_passing (Fixture *f, gconstpointer data)
{
  const Case *c = data;

  /* a hub names the size, so that a body without one is not refused */
  fault_server_set_is_hub (f->server, TRUE);
  fault_server_push (f->server, c->fault);
  assert_arrives (f);
}

/* the same in the middle of a file of which something has arrived */
static const Case passing_later[] = {
  { "cut", FAULT_CUT },
  { "cut-chunked", FAULT_CUT_CHUNKED },
  { "cut-http10", FAULT_CUT_HTTP10 },
  { "reset", FAULT_RESET },
  { "no-range", FAULT_NO_RANGE },
  { "bad-range", FAULT_BAD_RANGE },
  { "bad-total", FAULT_BAD_TOTAL },
  { "416", FAULT_416 },
  { "other-etag", FAULT_OTHER_ETAG },
  { "changed", FAULT_CHANGE },
  { "flipped-bit", FAULT_FLIP },
  { "redirect", FAULT_REDIRECT },
  { "endless", FAULT_ENDLESS },
};

static void
test_passing_later (Fixture *f, gconstpointer data)
{
  const Case *c = data;

  fault_server_set_is_hub (f->server, TRUE);
  fault_server_push (f->server, FAULT_CUT);
  fault_server_push (f->server, c->fault);
  assert_arrives (f);
}

/* these are for the user to hear of, at once */
static const Case failing[] = {
  { "portal", FAULT_PORTAL, LIMN_DOWNLOAD_ERROR_NOT_THE_FILE },
  { "portal-quiet", FAULT_PORTAL_QUIET, LIMN_DOWNLOAD_ERROR_NOT_THE_FILE },
  { "portal-redirect", FAULT_PORTAL_REDIRECT, LIMN_DOWNLOAD_ERROR_NOT_THE_FILE },
  { "portal-511", FAULT_511, LIMN_DOWNLOAD_ERROR_NOT_THE_FILE },
  { "other-kind", FAULT_OTHER_KIND, LIMN_DOWNLOAD_ERROR_NOT_THE_FILE },
  { "gzip", FAULT_GZIP, LIMN_DOWNLOAD_ERROR_NOT_THE_FILE },
  { "403", FAULT_403, LIMN_DOWNLOAD_ERROR_REFUSED },
  { "404", FAULT_404, LIMN_DOWNLOAD_ERROR_REFUSED },
  { "retry-in-an-hour", FAULT_RETRY_LATER, LIMN_DOWNLOAD_ERROR_BUSY },
  { "redirect-loop", FAULT_REDIRECT_LOOP, LIMN_DOWNLOAD_ERROR_REDIRECTS },
  { "redirect-http", FAULT_REDIRECT_HTTP, LIMN_DOWNLOAD_ERROR_INSECURE },
  { "redirect-ftp", FAULT_REDIRECT_FTP, LIMN_DOWNLOAD_ERROR_INSECURE },
  { "no-length", FAULT_NO_LENGTH, LIMN_DOWNLOAD_ERROR_SIZE },
  { "huge", FAULT_HUGE, LIMN_DOWNLOAD_ERROR_SIZE },
};

static void
test_failing (Fixture *f, gconstpointer data)
{
  const Case *c = data;

  f->spec.max_bytes = 10 * FILE_BYTES;
  fault_server_push (f->server, c->fault);
  assert_fails (f, c->error);
  assert_arrives (f); /* and another click brings it */
}

/* a login page in the middle costs nothing of what has arrived */
static void
test_portal_keeps_part (Fixture *f, gconstpointer data)
{
  goffset before;

  f->spec.n_retries = 0;
  fault_server_push (f->server, FAULT_CUT);
  assert_fails (f, LIMN_DOWNLOAD_ERROR_TRUNCATED);
  before = limn_part_file_peek (f->path);
  g_assert_cmpint (before, >, 0);
  fault_server_push (f->server, FAULT_PORTAL);
  assert_fails (f, LIMN_DOWNLOAD_ERROR_NOT_THE_FILE);
  fault_server_push (f->server, FAULT_PORTAL_QUIET);
  assert_fails (f, LIMN_DOWNLOAD_ERROR_NOT_THE_FILE);
  g_assert_cmpint (limn_part_file_peek (f->path), ==, before);
  assert_arrives (f);
}

/* a full disk later: promises more than any disk has */
static void
test_no_space (Fixture *f, gconstpointer data)
{
  fault_server_push (f->server, FAULT_HUGE);
  assert_fails (f, LIMN_DOWNLOAD_ERROR_NO_SPACE);
}

static const Case silent[] = {
  { "silent", FAULT_SILENT }, { "header-drip", FAULT_HEADER_DRIP },       { "stall", FAULT_STALL },
  { "drip", FAULT_DRIP },     { "continue-flood", FAULT_CONTINUE_FLOOD },
};

static void
test_silent (Fixture *f, gconstpointer data)
{
  const Case *c = data;

  f->spec.stall_milliseconds = 300;
  f->spec.n_retries = 100; /* a busy computer may look like a slow server */
  fault_server_push (f->server, c->fault);
  assert_arrives (f);
}

/* ---- rules ---- */

static void
test_resumes (Fixture *f, gconstpointer data)
{
  guint64 sent;

  f->spec.n_retries = 0;
  fault_server_push (f->server, FAULT_CUT);
  assert_fails (f, LIMN_DOWNLOAD_ERROR_TRUNCATED);
  sent = fault_server_get_n_sent_bytes (f->server);
  assert_arrives (f);
  sent = fault_server_get_n_sent_bytes (f->server) + sent;
  g_assert_cmpuint (fault_server_get_n_requests (f->server), ==, 2);
  /* nothing twice, but for headers */
  g_assert_cmpuint (fault_server_get_n_sent_bytes (f->server), <, FILE_BYTES + 4096);
}

/* without a strong tag or a hash nobody knows whether it is the same file */
static void
test_weak_etag_starts_over (Fixture *f, gconstpointer data)
{
  fault_server_set_file (f->server, f->file, "W/\"first\"");
  f->spec.n_retries = 0;
  fault_server_push (f->server, FAULT_CUT);
  assert_fails (f, LIMN_DOWNLOAD_ERROR_TRUNCATED);
  assert_arrives (f);
  g_assert_cmpuint (fault_server_get_n_sent_bytes (f->server), >, FILE_BYTES + 4096);
}

/* a mirror that fails costs nothing of what came from the first server */
static void
test_other_server (Fixture *f, gconstpointer data)
{
  g_autofree char *other = g_strconcat (f->url, "?mirror", NULL);
  goffset before;

  f->spec.n_retries = 0;
  fault_server_push (f->server, FAULT_CUT);
  assert_fails (f, LIMN_DOWNLOAD_ERROR_TRUNCATED);
  before = limn_part_file_peek (f->path);
  g_assert_cmpint (before, >, 0);
  f->spec.url = "http://127.0.0.1:9/file.pt"; /* nobody listens there */
  assert_fails (f, LIMN_DOWNLOAD_ERROR_CONNECTION);
  g_assert_cmpint (limn_part_file_peek (f->path), ==, before);
  f->spec.url = other;
  assert_arrives (f);
}

/* with a known hash it may go on, and a file changed in between is found out */
static void
test_hash_instead_of_etag (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, f->file);

  fault_server_set_file (f->server, f->file, NULL);
  f->spec.sha256 = sha256;
  f->spec.size_bytes = FILE_BYTES;
  fault_server_push (f->server, FAULT_CUT);
  fault_server_push (f->server, FAULT_FLIP);
  assert_arrives (f);
}

static void
test_pinned_hash (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "other", -1);

  f->spec.sha256 = sha256;
  assert_fails (f, LIMN_DOWNLOAD_ERROR_CHECKSUM);
  g_assert_cmpuint (fault_server_get_n_requests (f->server), ==, 1 + f->spec.n_restarts);
  /* a server that says so itself saves the traffic */
  fault_server_set_is_hub (f->server, TRUE);
  assert_fails (f, LIMN_DOWNLOAD_ERROR_CHANGED);
  f->spec.sha256 = NULL;
  f->spec.size_bytes = FILE_BYTES + 1;
  assert_fails (f, LIMN_DOWNLOAD_ERROR_CHANGED);
}

static void
test_gives_up (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 50; i++)
    fault_server_push (f->server, FAULT_503);
  assert_fails (f, LIMN_DOWNLOAD_ERROR_BUSY);
  g_assert_cmpuint (fault_server_get_n_requests (f->server), ==, f->spec.n_retries + 1);
}

static void
test_https_only (Fixture *f, gconstpointer data)
{
  const char *urls[] = { "http://example.invalid/x",
                         "ftp://127.0.0.1/x",
                         "file:///etc/passwd",
                         "nonsense",
                         "https:///x",
                         "" };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      f->spec.url = urls[i];
      assert_fails (f, LIMN_DOWNLOAD_ERROR_INSECURE);
    }
  f->spec.url = f->url;
  f->spec.allow_loopback = FALSE;
  assert_fails (f, LIMN_DOWNLOAD_ERROR_INSECURE);
  g_assert_cmpuint (fault_server_get_n_requests (f->server), ==, 0);
}

static void
test_cancel (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (limn_transfer_run (&f->spec, NULL, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (fault_server_get_n_requests (f->server), ==, 0);
}

static void
cancel_at_half (const LimnTransferProgress *progress, gpointer user_data)
{
  if (progress->phase == LIMN_TRANSFER_RECEIVING && progress->done_bytes > 0)
    g_cancellable_cancel (user_data);
}

static void
test_cancel_keeps_part (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  fault_server_set_chunk_pause (f->server, 2000);
  f->spec.sync_bytes = FILE_BYTES * 2; /* it is the cancelling that keeps it */
  g_assert_false (
      limn_transfer_run (&f->spec, cancel_at_half, cancellable, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (limn_part_file_peek (f->path), >, 0);
  fault_server_set_chunk_pause (f->server, 0);
  assert_arrives (f);
}

static void
test_one_at_a_time (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnPartFile) part = limn_part_file_open (f->path, 1, &error);

  g_assert_no_error (error);
  assert_fails (f, LIMN_DOWNLOAD_ERROR_IN_USE);
}

/* states that no run of ours would leave: believed in nothing */
static void
test_damaged_state (Fixture *f, gconstpointer data)
{
  const char *states[] = { "",
                           "nonsense",
                           "[part]\noffset=99999999\nsize=100\n",
                           "[part]\noffset=-5\n",
                           "[part]\noffset=400000\nsize=300000\n",
                           "[part]\noffset=10\nsize=307200\netag=\"first\"\n",
                           "[part]\noffset=x\netag=\xff\xfe\n" };
  g_autofree char *deep = g_path_get_dirname (f->path);
  g_autofree char *part = g_strconcat (f->path, ".part", NULL);
  g_autofree char *state = g_strconcat (f->path, ".part-state", NULL);

  g_mkdir_with_parents (deep, 0700);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_assert_true (g_file_set_contents (part, "PK\003\004 and something", -1, NULL));
      g_assert_true (g_file_set_contents (state, states[i], -1, NULL));
      assert_arrives (f);
      g_unlink (f->path);
    }
}

/* the disk takes no more in the middle: said, kept, and gone on with later */
static void
test_disk_refuses (Fixture *f, gconstpointer data)
{
  GPid pid = spawn_child (f, "--child-limited");
  int status;

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 10 + LIMN_DOWNLOAD_ERROR_DISK);
  g_assert_cmpint (limn_part_file_peek (f->path), >, 0);
  g_assert_cmpint (limn_part_file_peek (f->path), <=, FILE_BYTES / 2);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  assert_arrives (f);
}

/* bytes after the last sync may be anything after a power cut */
static void
test_unsynced_tail (Fixture *f, gconstpointer data)
{
  g_autofree char *part = g_strconcat (f->path, ".part", NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree guint8 *spoilt = NULL;
  goffset offset;

  f->spec.n_retries = 0;
  fault_server_push (f->server, FAULT_CUT);
  assert_fails (f, LIMN_DOWNLOAD_ERROR_TRUNCATED);
  offset = limn_part_file_peek (f->path);
  bytes = read_file (part);
  spoilt = g_malloc0 (FILE_BYTES);
  memcpy (spoilt, g_bytes_get_data (bytes, NULL), offset);
  g_assert_true (g_file_set_contents (part, (char *) spoilt, FILE_BYTES, NULL));
  assert_arrives (f);
}

/* ---- the object ---- */

typedef struct
{
  GMainLoop *loop;
  GError *error;
  goffset done;
  guint n_progress;
} Run;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;

  limn_download_run_finish (LIMN_DOWNLOAD (source), result, &run->error);
  g_main_loop_quit (run->loop);
}

static void
on_progress (LimnDownload *download, gpointer user_data)
{
  Run *run = user_data;
  const LimnDownloadProgress *p = limn_download_get_progress (download);

  run->n_progress++;
  g_assert_cmpint (p->done_bytes, <=, p->total_bytes);
  g_assert_cmpint (p->done_bytes, >=, run->done); /* never back, but for a restart */
  run->done = p->done_bytes;
}

static void
test_object (Fixture *f, gconstpointer data)
{
  g_autoptr (LimnDownload) download = limn_download_new ();
  g_autofree char *second = g_strconcat (f->path, "-2", NULL);
  Run run = { g_main_loop_new (NULL, FALSE) };

  limn_download_add_file (download, &f->spec, FILE_BYTES / 2);
  f->spec.path = second;
  limn_download_add_file (download, &f->spec, FILE_BYTES);
  g_assert_false (limn_download_is_complete (download));
  g_signal_connect (download, "progress", G_CALLBACK (on_progress), &run);
  limn_download_run_async (download, NULL, on_done, &run);
  g_main_loop_run (run.loop);
  g_assert_no_error (run.error);
  g_assert_cmpuint (run.n_progress, >, 0);
  g_assert_cmpint (limn_download_get_progress (download)->done_bytes, ==, 2 * FILE_BYTES);
  g_assert_true (limn_download_is_complete (download));
  g_assert_cmpuint (strlen (limn_download_get_sha256 (download, 1)), ==, 64);

  /* a second run asks nobody for what is there */
  limn_download_run_async (download, NULL, on_done, &run);
  g_main_loop_run (run.loop);
  g_assert_no_error (run.error);
  g_assert_cmpuint (fault_server_get_n_requests (f->server), ==, 2);
  g_assert_cmpint (limn_download_discard (download), ==, 2 * FILE_BYTES);
  g_assert_false (g_file_test (second, G_FILE_TEST_EXISTS));
  g_main_loop_unref (run.loop);
}

/* ---- at random ---- */

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
run_random_faults (Fixture *f, guint32 seed, guint n_faults, gboolean is_hub)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint n_runs = 0, n_whole = 0;

  fault_server_set_is_hub (f->server, is_hub);
  f->spec.max_bytes = 2 * FILE_BYTES;
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
      if (check_right_or_absent (f))
        {
          n_whole++;
          g_unlink (f->path);
        }
    }
  g_assert_cmpuint (fault_server_get_n_left (f->server), ==, 0);
  assert_arrives (f);
  g_test_message ("%u faults, %u runs, %u whole files on the way, %u requests", n_faults, n_runs,
                  n_whole, fault_server_get_n_requests (f->server));
}

static void
test_random_faults (Fixture *f, gconstpointer data)
{
  run_random_faults (f, 11, is_soak () ? 2000 : 200, FALSE);
}

static void
test_random_faults_hub (Fixture *f, gconstpointer data)
{
  run_random_faults (f, 12, is_soak () ? 2000 : 200, TRUE);
}

static void
test_kills (Fixture *f, gconstpointer data)
{
  guint n_kills = is_soak () ? 50 : 10;
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  guint n_whole = 0;

  fault_server_set_is_hub (f->server, TRUE);
  fault_server_set_chunk_pause (f->server, 500);
  for (guint i = 0; i < n_kills; i++)
    {
      GPid pid = spawn_child (f, "--child");
      int status;

      g_usleep ((gulong) g_rand_int_range (rand, 1000, 60000));
      kill (pid, SIGKILL);
      g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
      g_spawn_close_pid (pid);
      if (check_right_or_absent (f))
        {
          n_whole++;
          g_unlink (f->path);
        }
    }
  assert_arrives (f);
  g_test_message ("%u kills, %u whole files on the way", n_kills, n_whole);
}

static int
run_child (const char *url, const char *path, gboolean is_limited)
{
  LimnTransferSpec spec = LIMN_TRANSFER_SPEC_INIT;
  const struct rlimit limit = { FILE_BYTES / 2, FILE_BYTES / 2 };
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

static void
add (const char *name, void (*test) (Fixture *, gconstpointer), gconstpointer data)
{
  g_autofree char *path = g_strconcat ("/download/", name, NULL);

  g_test_add (path, Fixture, data, set_up, test, tear_down);
}

static void
add_cases (const char *group, const Case *cases, gsize n, void (*test) (Fixture *, gconstpointer))
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *name = g_strconcat (group, "/", cases[i].name, NULL);

      add (name, test, &cases[i]);
    }
}

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 4 && g_str_has_prefix (argv[1], "--child"))
    return run_child (argv[2], argv[3], g_str_equal (argv[1], "--child-limited"));
  g_test_init (&argc, &argv, NULL);

  add ("plain", test_plain, NULL);
  add_cases ("passing", passing, G_N_ELEMENTS (passing), test_passing);
  add_cases ("passing-later", passing_later, G_N_ELEMENTS (passing_later), test_passing_later);
  add_cases ("failing", failing, G_N_ELEMENTS (failing), test_failing);
  add_cases ("silent", silent, G_N_ELEMENTS (silent), test_silent);
  add ("portal-keeps-part", test_portal_keeps_part, NULL);
  add ("no-space", test_no_space, NULL);
  add ("resumes", test_resumes, NULL);
  add ("weak-etag", test_weak_etag_starts_over, NULL);
  add ("other-server", test_other_server, NULL);
  add ("hash-instead-of-etag", test_hash_instead_of_etag, NULL);
  add ("pinned-hash", test_pinned_hash, NULL);
  add ("gives-up", test_gives_up, NULL);
  add ("https-only", test_https_only, NULL);
  add ("cancel", test_cancel, NULL);
  add ("cancel-keeps-part", test_cancel_keeps_part, NULL);
  add ("one-at-a-time", test_one_at_a_time, NULL);
  add ("damaged-state", test_damaged_state, NULL);
  add ("disk-refuses", test_disk_refuses, NULL);
  add ("unsynced-tail", test_unsynced_tail, NULL);
  add ("object", test_object, NULL);
  add ("random-faults", test_random_faults, NULL);
  add ("random-faults-hub", test_random_faults_hub, NULL);
  add ("kills", test_kills, NULL);
  return g_test_run ();
}
