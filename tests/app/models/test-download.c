/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Downloads against a server that does everything wrong, one thing at a time;
 * test-download-random.c does it at random.
 */
#include "config.h"

#include <string.h>
#include <sys/wait.h>

#include <glib/gstdio.h>

#include "download-fixture.h"
#include "models/limn-download.h"
#include "models/limn-part-file.h"

/* ---- one fault each ---- */

static void
test_plain (DownloadFixture *f, gconstpointer data)
{
  download_assert_arrives (f);
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
test_passing (DownloadFixture *f, gconstpointer data)
{
  const Case *c = data;

  /* a hub names the size, so that a body without one is not refused */
  fault_server_set_is_hub (f->server, TRUE);
  fault_server_push (f->server, c->fault);
  download_assert_arrives (f);
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
test_passing_later (DownloadFixture *f, gconstpointer data)
{
  const Case *c = data;

  fault_server_set_is_hub (f->server, TRUE);
  fault_server_push (f->server, FAULT_CUT);
  fault_server_push (f->server, c->fault);
  download_assert_arrives (f);
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
test_failing (DownloadFixture *f, gconstpointer data)
{
  const Case *c = data;

  f->spec.max_bytes = 10 * DOWNLOAD_FILE_BYTES;
  fault_server_push (f->server, c->fault);
  download_assert_fails (f, c->error);
  download_assert_arrives (f); /* and another click brings it */
}

/* a login page in the middle costs nothing of what has arrived */
static void
test_portal_keeps_part (DownloadFixture *f, gconstpointer data)
{
  goffset before;

  f->spec.n_retries = 0;
  fault_server_push (f->server, FAULT_CUT);
  download_assert_fails (f, LIMN_DOWNLOAD_ERROR_TRUNCATED);
  before = limn_part_file_peek (f->path);
  g_assert_cmpint (before, >, 0);
  fault_server_push (f->server, FAULT_PORTAL);
  download_assert_fails (f, LIMN_DOWNLOAD_ERROR_NOT_THE_FILE);
  fault_server_push (f->server, FAULT_PORTAL_QUIET);
  download_assert_fails (f, LIMN_DOWNLOAD_ERROR_NOT_THE_FILE);
  g_assert_cmpint (limn_part_file_peek (f->path), ==, before);
  download_assert_arrives (f);
}

/* a full disk later: promises more than any disk has */
static void
test_no_space (DownloadFixture *f, gconstpointer data)
{
  fault_server_push (f->server, FAULT_HUGE);
  download_assert_fails (f, LIMN_DOWNLOAD_ERROR_NO_SPACE);
}

static const Case silent[] = {
  { "silent", FAULT_SILENT }, { "header-drip", FAULT_HEADER_DRIP },       { "stall", FAULT_STALL },
  { "drip", FAULT_DRIP },     { "continue-flood", FAULT_CONTINUE_FLOOD },
};

static void
test_silent (DownloadFixture *f, gconstpointer data)
{
  const Case *c = data;

  f->spec.stall_milliseconds = 300;
  f->spec.n_retries = 100; /* a busy computer may look like a slow server */
  fault_server_push (f->server, c->fault);
  download_assert_arrives (f);
}

/* ---- rules ---- */

static void
test_resumes (DownloadFixture *f, gconstpointer data)
{
  guint64 sent;

  f->spec.n_retries = 0;
  fault_server_push (f->server, FAULT_CUT);
  download_assert_fails (f, LIMN_DOWNLOAD_ERROR_TRUNCATED);
  sent = fault_server_get_n_sent_bytes (f->server);
  download_assert_arrives (f);
  sent = fault_server_get_n_sent_bytes (f->server) + sent;
  g_assert_cmpuint (fault_server_get_n_requests (f->server), ==, 2);
  /* nothing twice, but for headers */
  g_assert_cmpuint (fault_server_get_n_sent_bytes (f->server), <, DOWNLOAD_FILE_BYTES + 4096);
}

/* without a strong tag or a hash nobody knows whether it is the same file */
static void
test_weak_etag_starts_over (DownloadFixture *f, gconstpointer data)
{
  fault_server_set_file (f->server, f->file, "W/\"first\"");
  f->spec.n_retries = 0;
  fault_server_push (f->server, FAULT_CUT);
  download_assert_fails (f, LIMN_DOWNLOAD_ERROR_TRUNCATED);
  download_assert_arrives (f);
  g_assert_cmpuint (fault_server_get_n_sent_bytes (f->server), >, DOWNLOAD_FILE_BYTES + 4096);
}

/* a mirror that fails costs nothing of what came from the first server */
static void
test_other_server (DownloadFixture *f, gconstpointer data)
{
  g_autofree char *other = g_strconcat (f->url, "?mirror", NULL);
  goffset before;

  f->spec.n_retries = 0;
  fault_server_push (f->server, FAULT_CUT);
  download_assert_fails (f, LIMN_DOWNLOAD_ERROR_TRUNCATED);
  before = limn_part_file_peek (f->path);
  g_assert_cmpint (before, >, 0);
  f->spec.url = "http://127.0.0.1:9/file.pt"; /* nobody listens there */
  download_assert_fails (f, LIMN_DOWNLOAD_ERROR_CONNECTION);
  g_assert_cmpint (limn_part_file_peek (f->path), ==, before);
  f->spec.url = other;
  download_assert_arrives (f);
}

/* with a known hash it may go on, and a file changed in between is found out */
static void
test_hash_instead_of_etag (DownloadFixture *f, gconstpointer data)
{
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, f->file);

  fault_server_set_file (f->server, f->file, NULL);
  f->spec.sha256 = sha256;
  f->spec.size_bytes = DOWNLOAD_FILE_BYTES;
  fault_server_push (f->server, FAULT_CUT);
  fault_server_push (f->server, FAULT_FLIP);
  download_assert_arrives (f);
}

static void
test_pinned_hash (DownloadFixture *f, gconstpointer data)
{
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "other", -1);

  f->spec.sha256 = sha256;
  download_assert_fails (f, LIMN_DOWNLOAD_ERROR_CHECKSUM);
  g_assert_cmpuint (fault_server_get_n_requests (f->server), ==, 1 + f->spec.n_restarts);
  /* a server that says so itself saves the traffic */
  fault_server_set_is_hub (f->server, TRUE);
  download_assert_fails (f, LIMN_DOWNLOAD_ERROR_CHANGED);
  f->spec.sha256 = NULL;
  f->spec.size_bytes = DOWNLOAD_FILE_BYTES + 1;
  download_assert_fails (f, LIMN_DOWNLOAD_ERROR_CHANGED);
}

static void
test_gives_up (DownloadFixture *f, gconstpointer data)
{
  for (guint i = 0; i < 50; i++)
    fault_server_push (f->server, FAULT_503);
  download_assert_fails (f, LIMN_DOWNLOAD_ERROR_BUSY);
  g_assert_cmpuint (fault_server_get_n_requests (f->server), ==, f->spec.n_retries + 1);
}

static void
test_https_only (DownloadFixture *f, gconstpointer data)
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
      download_assert_fails (f, LIMN_DOWNLOAD_ERROR_INSECURE);
    }
  f->spec.url = f->url;
  f->spec.allow_loopback = FALSE;
  download_assert_fails (f, LIMN_DOWNLOAD_ERROR_INSECURE);
  g_assert_cmpuint (fault_server_get_n_requests (f->server), ==, 0);
}

static void
test_cancel (DownloadFixture *f, gconstpointer data)
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
test_cancel_keeps_part (DownloadFixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  fault_server_set_chunk_pause (f->server, 2000);
  f->spec.sync_bytes = DOWNLOAD_FILE_BYTES * 2; /* it is the cancelling that keeps it */
  g_assert_false (
      limn_transfer_run (&f->spec, cancel_at_half, cancellable, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (limn_part_file_peek (f->path), >, 0);
  fault_server_set_chunk_pause (f->server, 0);
  download_assert_arrives (f);
}

static void
test_one_at_a_time (DownloadFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnPartFile) part = limn_part_file_open (f->path, 1, &error);

  g_assert_no_error (error);
  download_assert_fails (f, LIMN_DOWNLOAD_ERROR_IN_USE);
}

/* what somebody is at is not thrown away, nor what belongs to it */
static void
test_discard (DownloadFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnDownload) download = limn_download_new ();
  g_autofree char *second = g_strconcat (f->path, "-2", NULL);
  g_autofree char *part_path = g_strconcat (second, ".part", NULL);
  LimnPartFile *part = limn_part_file_open (second, 1, &error);

  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (f->path, "PK", -1, NULL)); /* whole, but not all of them */
  limn_download_add_file (download, &f->spec, DOWNLOAD_FILE_BYTES);
  f->spec.path = second;
  limn_download_add_file (download, &f->spec, DOWNLOAD_FILE_BYTES);
  g_assert_false (limn_download_check_free (download, &error));
  g_assert_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_IN_USE);
  g_clear_error (&error);
  g_assert_cmpint (limn_download_discard (download, &error), ==, -1);
  g_assert_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_IN_USE);
  g_assert_true (g_file_test (f->path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (part_path, G_FILE_TEST_EXISTS));
  limn_part_file_free (part);
  g_assert_cmpint (limn_download_discard (download, NULL), ==, 2);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (part_path, G_FILE_TEST_EXISTS));
}

/* states that no run of ours would leave: believed in nothing */
static void
test_damaged_state (DownloadFixture *f, gconstpointer data)
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
      download_assert_arrives (f);
      g_unlink (f->path);
    }
}

/* the disk takes no more in the middle: said, kept, and gone on with later */
static void
test_disk_refuses (DownloadFixture *f, gconstpointer data)
{
  GPid pid = download_spawn_child (f, "--child-limited");
  int status;

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 10 + LIMN_DOWNLOAD_ERROR_DISK);
  g_assert_cmpint (limn_part_file_peek (f->path), >, 0);
  g_assert_cmpint (limn_part_file_peek (f->path), <=, DOWNLOAD_FILE_BYTES / 2);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  download_assert_arrives (f);
}

/* bytes after the last sync may be anything after a power cut */
static void
test_unsynced_tail (DownloadFixture *f, gconstpointer data)
{
  g_autofree char *part = g_strconcat (f->path, ".part", NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree guint8 *spoilt = NULL;
  goffset offset;

  f->spec.n_retries = 0;
  fault_server_push (f->server, FAULT_CUT);
  download_assert_fails (f, LIMN_DOWNLOAD_ERROR_TRUNCATED);
  offset = limn_part_file_peek (f->path);
  bytes = download_read_file (part);
  spoilt = g_malloc0 (DOWNLOAD_FILE_BYTES);
  memcpy (spoilt, g_bytes_get_data (bytes, NULL), offset);
  g_assert_true (g_file_set_contents (part, (char *) spoilt, DOWNLOAD_FILE_BYTES, NULL));
  download_assert_arrives (f);
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
test_object (DownloadFixture *f, gconstpointer data)
{
  g_autoptr (LimnDownload) download = limn_download_new ();
  g_autofree char *second = g_strconcat (f->path, "-2", NULL);
  Run run = { g_main_loop_new (NULL, FALSE) };

  limn_download_add_file (download, &f->spec, DOWNLOAD_FILE_BYTES / 2);
  f->spec.path = second;
  limn_download_add_file (download, &f->spec, DOWNLOAD_FILE_BYTES);
  g_assert_false (limn_download_is_complete (download));
  g_signal_connect (download, "progress", G_CALLBACK (on_progress), &run);
  limn_download_run_async (download, NULL, on_done, &run);
  g_main_loop_run (run.loop);
  g_assert_no_error (run.error);
  g_assert_cmpuint (run.n_progress, >, 0);
  g_assert_cmpint (limn_download_get_progress (download)->done_bytes, ==, 2 * DOWNLOAD_FILE_BYTES);
  g_assert_true (limn_download_is_complete (download));
  g_assert_cmpuint (strlen (limn_download_get_sha256 (download, 1)), ==, 64);

  /* a second run asks nobody for what is there */
  limn_download_run_async (download, NULL, on_done, &run);
  g_main_loop_run (run.loop);
  g_assert_no_error (run.error);
  g_assert_cmpuint (fault_server_get_n_requests (f->server), ==, 2);
  g_assert_cmpint (limn_download_discard (download, NULL), ==, 2 * DOWNLOAD_FILE_BYTES);
  g_assert_false (g_file_test (second, G_FILE_TEST_EXISTS));
  g_main_loop_unref (run.loop);
}

static void
add (const char *name, void (*test) (DownloadFixture *, gconstpointer), gconstpointer data)
{
  g_autofree char *path = g_strconcat ("/download/", name, NULL);

  g_test_add (path, DownloadFixture, data, download_fixture_set_up, test,
              download_fixture_tear_down);
}

static void
add_cases (const char *group,
           const Case *cases,
           gsize n,
           void (*test) (DownloadFixture *, gconstpointer))
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
  int status;

  if (download_run_as_child (argc, argv, &status))
    return status;
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
  add ("discard", test_discard, NULL);
  add ("damaged-state", test_damaged_state, NULL);
  add ("disk-refuses", test_disk_refuses, NULL);
  add ("unsynced-tail", test_unsynced_tail, NULL);
  add ("object", test_object, NULL);
  return g_test_run ();
}
