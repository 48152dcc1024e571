/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See limn-download.h.  limn-transfer does the work for each file; here the
 * figures of all of them are added up and brought to the thread that owns the
 * object: the latest ones only, however slow that thread is.
 */
#include "config.h"

#include "limn-download.h"
#include "limn-part-file.h"

#include <string.h>

#include <glib/gstdio.h>

typedef struct
{
  LimnTransferSpec spec; /* its strings are owned */
  goffset about_bytes;
  char *sha256; /* of what arrived in this run */
} File;

struct _LimnDownload
{
  GObject parent_instance;
  /* owned */
  GPtrArray *files; /* File; not changed while it runs */
  GMainContext *context;
  /* owner's thread */
  LimnDownloadProgress progress;
  char *note;
  gboolean is_running;
  /* both threads, under the lock */
  GMutex lock;
  LimnTransferProgress latest;
  guint latest_file;
  gboolean is_posted;
  GArray *sizes; /* goffset: best knowledge of each file's size */
  GArray *dones; /* goffset: what is there of each */
};

G_DEFINE_FINAL_TYPE (LimnDownload, limn_download, G_TYPE_OBJECT)

enum
{
  PROGRESS,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
file_free (File *file)
{
  g_free ((char *) file->spec.url);
  g_free ((char *) file->spec.path);
  g_free ((char *) file->spec.sha256);
  g_free (file->sha256);
  g_free (file);
}

static void
limn_download_finalize (GObject *object)
{
  LimnDownload *self = LIMN_DOWNLOAD (object);

  g_ptr_array_unref (self->files);
  g_array_unref (self->sizes);
  g_array_unref (self->dones);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self->note);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (limn_download_parent_class)->finalize (object);
}

static void
limn_download_class_init (LimnDownloadClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = limn_download_finalize;

  /**
   * LimnDownload::progress:
   *
   * limn_download_get_progress() has new figures.  Emitted on the thread that
   * started the download.
   */
  signals[PROGRESS] = g_signal_new ("progress", LIMN_TYPE_DOWNLOAD, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 0);
}

static void
limn_download_init (LimnDownload *self)
{
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) file_free);
  self->sizes = g_array_new (FALSE, TRUE, sizeof (goffset));
  self->dones = g_array_new (FALSE, TRUE, sizeof (goffset));
  self->progress.seconds_left = -1;
  g_mutex_init (&self->lock);
}

LimnDownload *
limn_download_new (void)
{
  return g_object_new (LIMN_TYPE_DOWNLOAD, NULL);
}

static const LimnTransferSpec *
get_spec (LimnDownload *self, guint i)
{
  return &((File *) self->files->pdata[i])->spec;
}

static goffset
get_file_size (const char *path)
{
  GStatBuf st;

  return g_stat (path, &st) == 0 && S_ISREG (st.st_mode) ? st.st_size : -1;
}

/* A file under its final name was checked when it got it. */
static gboolean
is_there (const LimnTransferSpec *spec)
{
  goffset size = get_file_size (spec->path);

  return size > 0 && (spec->size_bytes < 0 || size == spec->size_bytes);
}

/**
 * limn_download_add_file:
 * @spec: copied
 * @about_bytes: size to reckon with until the server has said
 */
void
limn_download_add_file (LimnDownload *self, const LimnTransferSpec *spec, goffset about_bytes)
{
  File *file = g_new0 (File, 1);
  goffset size, done;

  g_return_if_fail (!self->is_running);
  file->spec = *spec;
  file->spec.url = g_strdup (spec->url);
  file->spec.path = g_strdup (spec->path);
  file->spec.sha256 = g_strdup (spec->sha256);
  file->about_bytes = about_bytes;
  g_ptr_array_add (self->files, file);

  done = is_there (spec) ? get_file_size (spec->path) : limn_part_file_peek (spec->path);
  size = is_there (spec) ? done : spec->size_bytes >= 0 ? spec->size_bytes : about_bytes;
  g_array_append_val (self->sizes, size);
  g_array_append_val (self->dones, done);
}

guint
limn_download_get_n_files (LimnDownload *self)
{
  return self->files->len;
}

const char *
limn_download_get_path (LimnDownload *self, guint i)
{
  g_return_val_if_fail (i < self->files->len, NULL);
  return get_spec (self, i)->path;
}

/**
 * limn_download_get_sha256:
 *
 * Returns: (nullable): SHA-256 of a file that arrived since the object was
 *   made; not to be called while it runs
 */
const char *
limn_download_get_sha256 (LimnDownload *self, guint i)
{
  g_return_val_if_fail (i < self->files->len && !self->is_running, NULL);
  return ((File *) self->files->pdata[i])->sha256;
}

/* ---- progress ---- */

static goffset
sum (GArray *array)
{
  goffset total = 0;

  for (guint i = 0; i < array->len; i++)
    total += g_array_index (array, goffset, i);
  return total;
}

static gboolean
on_posted (gpointer user_data)
{
  LimnDownload *self = user_data;
  LimnDownloadProgress *p = &self->progress;

  g_mutex_lock (&self->lock);
  self->is_posted = FALSE;
  p->phase = self->latest.phase;
  p->file = self->latest_file;
  p->done_bytes = sum (self->dones);
  p->total_bytes = MAX (sum (self->sizes), p->done_bytes);
  p->bytes_per_second = self->latest.bytes_per_second;
  g_free (self->note);
  self->note = g_strdup (self->latest.note);
  g_mutex_unlock (&self->lock);

  p->note = p->phase == LIMN_TRANSFER_WAITING ? self->note : NULL;
  p->seconds_left = p->bytes_per_second > 0
                        ? (double) (p->total_bytes - p->done_bytes) / p->bytes_per_second
                        : -1;
  g_signal_emit (self, signals[PROGRESS], 0);
  return G_SOURCE_REMOVE;
}

/* on the worker's thread */
static void
post (LimnDownload *self)
{
  GSource *source;

  if (self->is_posted)
    return;
  self->is_posted = TRUE;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_posted, g_object_ref (self), g_object_unref);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

typedef struct
{
  LimnDownload *self;
  guint i;
} Place;

static void
on_transfer (const LimnTransferProgress *progress, gpointer user_data)
{
  Place *place = user_data;
  LimnDownload *self = place->self;

  g_mutex_lock (&self->lock);
  self->latest = *progress;
  self->latest_file = place->i;
  if (progress->phase != LIMN_TRANSFER_CHECKING)
    {
      g_array_index (self->dones, goffset, place->i) = progress->done_bytes;
      if (progress->total_bytes >= 0)
        g_array_index (self->sizes, goffset, place->i) = progress->total_bytes;
    }
  post (self);
  g_mutex_unlock (&self->lock);
}

/* ---- running ---- */

static gboolean
run_file (LimnDownload *self, guint i, goffset reserve, GCancellable *cancellable, GError **error)
{
  File *file = self->files->pdata[i];
  LimnTransferSpec spec = file->spec;
  Place place = { self, i };
  char *sha256 = NULL;

  if (is_there (&spec))
    return TRUE;
  spec.reserve_bytes += reserve;
  if (!limn_transfer_run (&spec, on_transfer, &place, &sha256, cancellable, error))
    return FALSE;
  g_free (file->sha256);
  file->sha256 = sha256;
  return TRUE;
}

/* What is still to come behind file i: room for it must be left. */
static goffset
sum_behind (LimnDownload *self, guint i)
{
  goffset n_bytes = 0;

  g_mutex_lock (&self->lock);
  for (guint k = i + 1; k < self->files->len; k++)
    n_bytes +=
        MAX (g_array_index (self->sizes, goffset, k) - g_array_index (self->dones, goffset, k), 0);
  g_mutex_unlock (&self->lock);
  return n_bytes;
}

static void
run_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  LimnDownload *self = source;
  GError *error = NULL;

  for (guint i = 0; i < self->files->len; i++)
    if (!run_file (self, i, sum_behind (self, i), cancellable, &error))
      {
        g_task_return_error (task, error);
        return;
      }
  g_task_return_boolean (task, TRUE);
}

/**
 * limn_download_run_async:
 *
 * Fetches what is missing.  @callback, which must finish it, is called on this thread's main
 * context, after the last ::progress.  Cancelling keeps what has arrived.
 */
void
limn_download_run_async (LimnDownload *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  /* The worker may be the last to let go of the task, and so of @self when its owner is gone.
   * That is well: nothing in it has to end in the owner's thread. */
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (!self->is_running);
  self->is_running = TRUE;
  g_clear_pointer (&self->context, g_main_context_unref);
  self->context = g_main_context_ref_thread_default ();
  g_task_set_source_tag (task, limn_download_run_async);
  g_task_run_in_thread (task, run_in_thread);
}

gboolean
limn_download_run_finish (LimnDownload *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  self->is_running = FALSE;
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- what is there ---- */

const LimnDownloadProgress *
limn_download_get_progress (LimnDownload *self)
{
  return &self->progress;
}

/**
 * limn_download_peek_bytes:
 *
 * How much is on the disk, whole files and parts.
 */
goffset
limn_download_peek_bytes (LimnDownload *self)
{
  goffset n_bytes = 0;

  for (guint i = 0; i < self->files->len; i++)
    {
      const LimnTransferSpec *spec = get_spec (self, i);

      n_bytes += is_there (spec) ? get_file_size (spec->path) : limn_part_file_peek (spec->path);
    }
  return n_bytes;
}

gboolean
limn_download_is_complete (LimnDownload *self)
{
  for (guint i = 0; i < self->files->len; i++)
    if (!is_there (get_spec (self, i)))
      return FALSE;
  return self->files->len > 0;
}

/**
 * limn_download_check_free:
 *
 * Returns: %FALSE with %LIMN_DOWNLOAD_ERROR_IN_USE while somebody is at one of the files
 */
gboolean
limn_download_check_free (LimnDownload *self, GError **error)
{
  for (guint i = 0; i < self->files->len; i++)
    if (!limn_part_file_check_free (get_spec (self, i)->path, error))
      return FALSE;
  return TRUE;
}

/**
 * limn_download_discard:
 *
 * Removes all files, whole and in part.
 *
 * Returns: how much that frees, or -1 with %LIMN_DOWNLOAD_ERROR_IN_USE
 */
goffset
limn_download_discard (LimnDownload *self, GError **error)
{
  goffset n_bytes = limn_download_peek_bytes (self);

  g_return_val_if_fail (!self->is_running, -1);
  if (!limn_download_check_free (self, error))
    return -1;
  for (guint i = 0; i < self->files->len; i++)
    {
      const char *path = get_spec (self, i)->path;

      if (!limn_part_file_discard (path, error))
        return -1;
      g_unlink (path);
      g_array_index (self->dones, goffset, i) = 0;
    }
  return n_bytes;
}
