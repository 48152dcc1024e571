/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See limn-transfer.h.  An attempt asks once and reads what it gets; the loop
 * around it decides what a failure means.  No answer is believed: a file is
 * continued only when the server names the same strong entity tag, or when a
 * known SHA-256 will tell in the end.
 */
#include "config.h"

#include "limn-transfer.h"
#include "limn-download-error.h"
#include "limn-http.h"
#include "limn-part-file.h"

#include <glib/gi18n-lib.h>

#define BUFFER_BYTES         (256 * 1024)
#define GAIN_BYTES           (64 * 1024) /* progress that makes up for failures */
#define MIN_BYTES_PER_SECOND 512
#define MAX_WAIT_MS          60000
#define MAX_RETRY_AFTER_S    300
#define SPACE_CHECK_BYTES    (64 * 1024 * 1024)
#define REPORT_US            100000
#define SPEED_US             500000

typedef struct
{
  /* borrowed */
  const LimnTransferSpec *spec;
  LimnTransferFunc func;
  gpointer user_data;
  GCancellable *cancellable;
  /* owned */
  LimnPartFile *part;
  LimnHttp *http;
  guint8 *buffer; /* (BUFFER_BYTES) */
  char *name;     /* for messages */
  /* state */
  gboolean no_range; /* the server cannot be trusted to continue */
  goffset best;      /* the furthest it got */
  guint n_failures;  /* since it last got further */
  guint n_restarts;
  guint retry_after_seconds;
  LimnTransferProgress progress;
  gint64 reported_us;
  gint64 speed_us; /* begin of the speed sample and its bytes */
  goffset speed_bytes;
} Transfer;

/* ---- progress ---- */

static void
report (Transfer *t, LimnTransferPhase phase, goffset done, goffset total)
{
  gint64 now = g_get_monotonic_time ();

  if (phase == t->progress.phase && now - t->reported_us < REPORT_US && done != total)
    return;
  t->reported_us = now;
  t->progress.phase = phase;
  t->progress.done_bytes = done;
  t->progress.total_bytes = total;
  if (t->func)
    t->func (&t->progress, t->user_data);
}

static void
restart_speed (Transfer *t)
{
  t->speed_us = g_get_monotonic_time ();
  t->speed_bytes = 0;
}

static void
count_speed (Transfer *t, gsize n_bytes)
{
  gint64 now = g_get_monotonic_time ();
  double speed;

  t->speed_bytes += (goffset) n_bytes;
  if (now - t->speed_us < SPEED_US)
    return;
  speed = (double) t->speed_bytes * G_USEC_PER_SEC / (double) (now - t->speed_us);
  t->progress.bytes_per_second =
      t->progress.bytes_per_second > 0 ? 0.8 * t->progress.bytes_per_second + 0.2 * speed : speed;
  restart_speed (t);
}

static void
on_rehashed (goffset done, goffset total, gpointer user_data)
{
  report (user_data, LIMN_TRANSFER_CHECKING, done, total);
}

/* ---- judging an answer ---- */

static goffset
known_size (Transfer *t)
{
  return t->spec->size_bytes >= 0 ? t->spec->size_bytes : limn_part_file_get_size (t->part);
}

static const char *
known_sha256 (Transfer *t)
{
  return t->spec->sha256 ? t->spec->sha256 : limn_part_file_get_sha256 (t->part);
}

static gboolean
fail_not_the_file (Transfer *t, const char *host, GError **error)
{
  g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_NOT_THE_FILE,
               _ ("Instead of “%s”, a web page came from %s. In a hotel, café or train, sign in to "
                  "the network in a web browser first, then go on."),
               t->name, host);
  return FALSE;
}

static gboolean
fail_busy (Transfer *t, const LimnHttpAnswer *answer, GError **error)
{
  t->retry_after_seconds = answer->retry_after_seconds;
  g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_BUSY, _ ("%s is busy (HTTP %u)."),
               answer->host, answer->status);
  return FALSE;
}

static gboolean
judge_status (Transfer *t, const LimnHttpAnswer *answer, goffset offset, GError **error)
{
  if (answer->content_type && g_ascii_strcasecmp (answer->content_type, "text/html") == 0
      && answer->status < 400)
    return fail_not_the_file (t, answer->host, error);
  if (answer->status == 200 || (answer->status == 206 && offset > 0))
    return TRUE;
  if (answer->status == 511)
    return fail_not_the_file (t, answer->host, error);
  if (answer->status == 408 || answer->status == 425 || answer->status == 429
      || answer->status >= 500)
    return fail_busy (t, answer, error);
  if (answer->status == 416 || answer->status == 206)
    g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_BAD_RANGE,
                 _ ("%s cannot continue “%s” where it broke off."), answer->host, t->name);
  else
    g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_REFUSED,
                 _ ("%s does not give out “%s” (HTTP %u). It may have moved."), answer->host,
                 t->name, answer->status);
  return FALSE;
}

static gboolean
fail_changed (Transfer *t, const LimnHttpAnswer *answer, GError **error)
{
  g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_CHANGED,
               _ ("“%s” on %s is not the file that was expected."), t->name, answer->host);
  return FALSE;
}

/* May the bytes of this 206 be put behind those that are there? */
static gboolean
judge_continuation (Transfer *t, const LimnHttpAnswer *answer, GError **error)
{
  const char *etag = limn_part_file_get_etag (t->part);
  goffset offset = limn_part_file_get_offset (t->part);
  gboolean is_same_server = g_strcmp0 (limn_part_file_get_url (t->part), t->spec->url) == 0;

  if (is_same_server && etag && answer->etag && !g_str_equal (etag, answer->etag))
    return fail_changed (t, answer, error);
  if (known_sha256 (t) && answer->sha256 && g_ascii_strcasecmp (known_sha256 (t), answer->sha256))
    return fail_changed (t, answer, error);
  if (known_sha256 (t) == NULL && g_strcmp0 (etag, answer->etag) != 0)
    return fail_changed (t, answer, error);
  if (answer->range_first != offset || answer->range_total != known_size (t)
      || (answer->content_length >= 0 && answer->content_length != known_size (t) - offset))
    {
      g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_BAD_RANGE,
                   _ ("%s sends another part of “%s” than it was asked for."), answer->host,
                   t->name);
      return FALSE;
    }
  return TRUE;
}

/* The size of the whole that a 200 promises; refuses what cannot be this file. */
static gboolean
judge_size (Transfer *t, const LimnHttpAnswer *answer, goffset *size, GError **error)
{
  goffset sizes[] = { t->spec->size_bytes, answer->announced_size, answer->content_length };

  *size = -1;
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      if (sizes[i] >= 0 && *size >= 0 && sizes[i] != *size)
        return fail_changed (t, answer, error);
      *size = MAX (*size, sizes[i]);
    }
  if (*size > 0 && (t->spec->max_bytes <= 0 || *size <= t->spec->max_bytes))
    return TRUE;
  if (*size < 0)
    g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_SIZE,
                 _ ("%s does not say how large “%s” is, so nobody could tell whether it is "
                    "complete."),
                 answer->host, t->name);
  else
    {
      g_autofree char *text = g_format_size ((guint64) *size);

      g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_SIZE,
                   _ ("“%s” on %s has %s, which cannot be right."), t->name, answer->host, text);
    }
  return FALSE;
}

/* ---- receiving ---- */

/* Reads until there are enough bytes to recognise the file by, or it ends. */
static gssize
read_head (Transfer *t, GError **error)
{
  gsize n_bytes = 0;

  while (n_bytes < LIMN_FILE_FORMAT_HEAD_BYTES)
    {
      gssize n = limn_http_read (t->http, t->buffer + n_bytes, BUFFER_BYTES - n_bytes,
                                 t->cancellable, error);

      if (n < 0)
        return -1;
      if (n == 0)
        break;
      n_bytes += (gsize) n;
    }
  return (gssize) n_bytes;
}

static gboolean
append (Transfer *t, gsize n_bytes, GError **error)
{
  goffset size = known_size (t);
  goffset before = limn_part_file_get_offset (t->part);
  goffset after;

  if ((goffset) n_bytes > size - before)
    {
      g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_CHANGED,
                   _ ("The server sends more of “%s” than it said."), t->name);
      return FALSE;
    }
  if (!limn_part_file_append (t->part, t->buffer, n_bytes, error))
    return FALSE;
  after = before + (goffset) n_bytes;
  count_speed (t, n_bytes);
  report (t, LIMN_TRANSFER_RECEIVING, after, size);
  if (before / SPACE_CHECK_BYTES != after / SPACE_CHECK_BYTES)
    return limn_disk_check_space (t->spec->path, size - after + t->spec->reserve_bytes, error);
  return TRUE;
}

/* A new file begins: nothing of an old one is given up before its first bytes look right. */
static gboolean
begin_whole (Transfer *t, const LimnHttpAnswer *answer, GError **error)
{
  g_autofree char *sha256 = g_strdup (t->spec->sha256 ? t->spec->sha256 : answer->sha256);
  goffset size;
  gssize n;

  if (answer->sha256 && g_ascii_strcasecmp (sha256, answer->sha256) != 0)
    return fail_changed (t, answer, error);
  if (!judge_size (t, answer, &size, error)
      || !limn_disk_check_space (t->spec->path, size + t->spec->reserve_bytes, error))
    return FALSE;
  n = read_head (t, error);
  if (n < 0)
    return FALSE;
  if (n > 0 && !limn_file_format_fits (t->spec->format, t->buffer, (gsize) n))
    {
      if (limn_file_format_is_web_page (t->buffer, (gsize) n))
        return fail_not_the_file (t, answer->host, error);
      g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_NOT_THE_FILE,
                   _ ("What %s sends as “%s” is another kind of file."), answer->host, t->name);
      return FALSE;
    }
  if (!limn_part_file_reset (t->part, error))
    return FALSE;
  limn_part_file_set_origin (t->part, t->spec->url, answer->etag, sha256, size);
  return append (t, (gsize) n, error);
}

/* Bytes that drip in so slowly that the file would take weeks count as none. */
static gboolean
watch_rate (Transfer *t, gint64 *since_us, goffset *since_offset, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  gint64 milliseconds = (now - *since_us) / 1000;
  goffset gained = limn_part_file_get_offset (t->part) - *since_offset;

  if (milliseconds < t->spec->stall_milliseconds)
    return TRUE;
  if (gained < MIN_BYTES_PER_SECOND * milliseconds / 1000)
    {
      g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_STALLED,
                   _ ("The server sends “%s” far too slowly."), t->name);
      return FALSE;
    }
  *since_us = now;
  *since_offset += gained;
  return TRUE;
}

static gboolean
receive (Transfer *t, GError **error)
{
  gint64 since_us = g_get_monotonic_time ();
  goffset since_offset = limn_part_file_get_offset (t->part);

  while (limn_part_file_get_offset (t->part) < known_size (t))
    {
      gssize n = limn_http_read (t->http, t->buffer, BUFFER_BYTES, t->cancellable, error);

      if (n < 0)
        return FALSE;
      if (n == 0)
        {
          g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_TRUNCATED,
                       _ ("The server ended “%s” too early."), t->name);
          return FALSE;
        }
      if (!append (t, (gsize) n, error) || !watch_rate (t, &since_us, &since_offset, error))
        return FALSE;
    }
  return TRUE;
}

/* ---- one attempt ---- */

/* Chooses what to ask for.  Without a way to tell that the file is still the
 * same one, it is fetched from the start; what is there is given up only when
 * that arrives. */
static void
choose_range (Transfer *t, goffset *offset, const char **if_range)
{
  gboolean is_same_server = g_strcmp0 (limn_part_file_get_url (t->part), t->spec->url) == 0;
  const char *etag = is_same_server ? limn_part_file_get_etag (t->part) : NULL;
  gboolean can_continue = !t->no_range && (etag || known_sha256 (t));

  *offset = can_continue ? limn_part_file_get_offset (t->part) : 0;
  *if_range = *offset > 0 ? etag : NULL;
}

static gboolean
attempt (Transfer *t, GError **error)
{
  g_auto (LimnHttpAnswer) answer = { 0 };
  const char *if_range;
  goffset offset;

  choose_range (t, &offset, &if_range);
  report (t, LIMN_TRANSFER_CONNECTING, offset, known_size (t));
  if (!limn_http_get (t->http, t->spec->url, offset, if_range, &answer, t->cancellable, error)
      || !judge_status (t, &answer, offset, error))
    return FALSE;
  if (answer.content_encoding)
    {
      g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_NOT_THE_FILE,
                   _ ("%s compresses “%s” on the way (%s), which Limn did not ask for."),
                   answer.host, t->name, answer.content_encoding);
      return FALSE;
    }
  restart_speed (t);
  if (answer.status == 206)
    return judge_continuation (t, &answer, error) && receive (t, error);
  return begin_whole (t, &answer, error) && receive (t, error);
}

/* ---- failures ---- */

static gboolean
wait_before_retry (Transfer *t, const char *why, GError **error)
{
  guint shift = MIN (t->n_failures > 0 ? t->n_failures - 1 : 0, 16);
  guint64 wait_ms = MIN ((guint64) t->spec->retry_milliseconds << shift, MAX_WAIT_MS);
  gint64 end;

  wait_ms = MAX (wait_ms, (guint64) t->retry_after_seconds * 1000);
  end = g_get_monotonic_time () + (gint64) wait_ms * 1000;
  t->retry_after_seconds = 0;
  t->progress.bytes_per_second = 0;
  g_strlcpy (t->progress.note, why, sizeof t->progress.note);
  report (t, LIMN_TRANSFER_WAITING, limn_part_file_get_offset (t->part), known_size (t));
  while (g_get_monotonic_time () < end)
    {
      GPollFD fd;
      gint left_ms = (gint) ((end - g_get_monotonic_time ()) / 1000) + 1;

      if (g_cancellable_make_pollfd (t->cancellable, &fd))
        {
          g_poll (&fd, 1, left_ms);
          g_cancellable_release_fd (t->cancellable);
        }
      else
        g_usleep ((gulong) left_ms * 1000);
      if (g_cancellable_is_cancelled (t->cancellable))
        break;
    }
  return !g_cancellable_set_error_if_cancelled (t->cancellable, error);
}

static gboolean
is_worth_another_try (const GError *error)
{
  return error->domain == LIMN_DOWNLOAD_ERROR && error->code <= LIMN_DOWNLOAD_ERROR_BUSY;
}

static gboolean
is_worth_a_restart (const GError *error)
{
  return error->domain == LIMN_DOWNLOAD_ERROR && error->code >= LIMN_DOWNLOAD_ERROR_BAD_RANGE
         && error->code <= LIMN_DOWNLOAD_ERROR_CHECKSUM;
}

/* Decides after a failure: TRUE to go on, or the error for the user. */
static gboolean
recover (Transfer *t, GError *failure, GError **error)
{
  g_autoptr (GError) why = failure;
  goffset offset = limn_part_file_get_offset (t->part);

  limn_http_close (t->http);
  if (offset >= t->best + GAIN_BYTES)
    {
      t->best = offset;
      t->n_failures = 0;
    }
  t->n_failures++;
  if (is_worth_a_restart (why) && t->n_restarts < t->spec->n_restarts)
    {
      t->n_restarts++;
      if (g_error_matches (why, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_BAD_RANGE))
        t->no_range = TRUE;
      if (!limn_part_file_reset (t->part, error))
        return FALSE;
    }
  else if (!is_worth_another_try (why) || t->n_failures > t->spec->n_retries
           || t->retry_after_seconds > MAX_RETRY_AFTER_S)
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  return wait_before_retry (t, why->message, error);
}

/* ---- the whole ---- */

static gboolean
is_complete (Transfer *t)
{
  return known_size (t) > 0 && limn_part_file_get_offset (t->part) == known_size (t);
}

static gboolean
prepare (Transfer *t, GError **error)
{
  goffset offset;

  t->part = limn_part_file_open (t->spec->path, t->spec->sync_bytes, error);
  if (t->part == NULL)
    return FALSE;
  offset = limn_part_file_get_offset (t->part);
  if (t->spec->size_bytes >= 0 && offset > t->spec->size_bytes
      && !limn_part_file_reset (t->part, error))
    return FALSE;
  t->best = limn_part_file_get_offset (t->part);
  return limn_part_file_rehash (t->part, on_rehashed, t, t->cancellable, error);
}

static gboolean
run_attempts (Transfer *t, char **sha256, GError **error)
{
  while (TRUE)
    {
      GError *failure = NULL;

      if ((is_complete (t) || attempt (t, &failure))
          && limn_part_file_finish (t->part, known_sha256 (t), sha256, &failure))
        return TRUE;
      if (!recover (t, failure, error))
        return FALSE;
    }
}

static void
transfer_clear (Transfer *t)
{
  g_clear_pointer (&t->part, limn_part_file_free);
  g_clear_pointer (&t->http, limn_http_free);
  g_free (t->buffer);
  g_free (t->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Transfer, transfer_clear)

/**
 * limn_transfer_run:
 * @func: (nullable): told about the progress on this thread, some ten times a second
 * @sha256: (out) (optional): of the file
 *
 * Fetches a file; blocks until it is there under its name, checked, or until
 * there is no point in going on.  What has arrived is kept for the next call,
 * also when cancelled.
 */
gboolean
limn_transfer_run (const LimnTransferSpec *spec,
                   LimnTransferFunc func,
                   gpointer user_data,
                   char **sha256,
                   GCancellable *cancellable,
                   GError **error)
{
  g_auto (Transfer) t = {
    .spec = spec,
    .func = func,
    .user_data = user_data,
    .cancellable = cancellable,
    .buffer = g_malloc (BUFFER_BYTES),
    .name = g_path_get_basename (spec->path),
  };

  if (g_cancellable_set_error_if_cancelled (cancellable, error) || !prepare (&t, error))
    return FALSE;
  t.http = limn_http_new (spec->stall_milliseconds, spec->allow_loopback);
  if (!run_attempts (&t, sha256, error))
    {
      if (limn_part_file_get_offset (t.part) > 0)
        limn_part_file_sync (t.part, NULL);
      else
        {
          g_clear_pointer (&t.part, limn_part_file_free); /* its lock would be in the way */
          limn_part_file_discard (spec->path, NULL);
        }
      return FALSE;
    }
  t.progress.bytes_per_second = 0;
  report (&t, LIMN_TRANSFER_DONE, limn_part_file_get_offset (t.part),
          limn_part_file_get_offset (t.part));
  return TRUE;
}
