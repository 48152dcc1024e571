/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What can be done with a model: downloading, importing, verifying, deleting.
 * Each runs on a thread of limn-download or limn-model-work; here its steps
 * follow one another.
 */
#include "config.h"

#include "limn-model-item-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "limn-model-install.h"

/* Takes over error; being stopped by the user is none. */
static void
rest_with_error (LimnModelItem *self, GError *error)
{
  g_clear_error (&self->error);
  if (error && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_clear_error (&error);
  self->error = error;
  limn_model_item_rest (self);
}

static GCancellable *
begin (LimnModelItem *self)
{
  g_clear_error (&self->error);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  return self->cancellable;
}

/* ---- importing ---- */

static void
on_work_progress (double fraction, const char *what, gpointer user_data)
{
  LimnModelItem *self = user_data;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  limn_model_item_set_state (self, self->state, fraction, g_strdup (what ? what : self->status));
}

static gboolean
drop_files (LimnDownload *download, GError **error)
{
  g_autofree char *folder = NULL;

  if (limn_download_discard (download, error) < 0)
    return FALSE;
  folder = g_path_get_dirname (limn_download_get_path (download, 0));
  for (guint i = 0; i < 3 && g_rmdir (folder) == 0; i++) /* source, model, downloads */
    {
      char *up = g_path_get_dirname (folder);

      g_free (folder);
      folder = up;
    }
  return TRUE;
}

static char *
get_output (LimnModelItem *self)
{
  g_autofree char *name = g_strconcat (self->id, ".gguf", NULL);

  return g_build_filename (self->folder, name, NULL);
}

static void
on_installed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LimnModelItem) self = user_data;
  g_autofree char *output = get_output (self);
  GError *error = NULL;

  if (!limn_model_work_finish (result, &error))
    {
      rest_with_error (self, error);
      return;
    }
  if (self->is_importing_download && !self->keep_files && self->download)
    drop_files (self->download, NULL); /* they have become a model */
  self->file_bytes = -1;               /* another file, even under the same name */
  limn_model_item_set_path (self, output, TRUE);
  limn_model_item_rest (self);
  limn_model_item_emit_files_changed (self);
}

static void
import_paths (LimnModelItem *self, const char *const *paths, gboolean is_download)
{
  g_autofree char *output = get_output (self);
  GCancellable *cancellable = begin (self);
  const char *license = is_download && self->source ? self->source->license : NULL;
  const char *page = is_download && self->source ? self->source->page : NULL;

  self->is_importing_download = is_download;
  limn_model_item_set_state (self, LIMN_MODEL_STATE_IMPORTING, -1, g_strdup (_ ("Importing")));
  limn_model_install_async (paths, output, self->known ? self->known->name : NULL, license, page,
                            self->quantize, on_work_progress, self, cancellable, on_installed,
                            g_object_ref (self));
}

/**
 * limn_model_item_import:
 * @paths: %NULL-terminated files and folders
 *
 * Makes the model from files that the user has; they are left alone.
 */
void
limn_model_item_import (LimnModelItem *self, const char *const *paths)
{
  g_return_if_fail (!limn_model_item_is_busy (self));
  import_paths (self, paths, FALSE);
}

/* ---- downloading ---- */

void
limn_model_item_on_download_progress (LimnDownload *download, LimnModelItem *self)
{
  const LimnDownloadProgress *p = limn_download_get_progress (download);

  if (self->state != LIMN_MODEL_STATE_DOWNLOADING || g_cancellable_is_cancelled (self->cancellable))
    return;
  limn_model_item_set_state (self, LIMN_MODEL_STATE_DOWNLOADING,
                             p->total_bytes > 0 ? (double) p->done_bytes / (double) p->total_bytes
                                                : -1,
                             limn_model_words_progress (p));
}

static void
import_download (LimnModelItem *self)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();

  for (guint i = 0; i < limn_download_get_n_files (self->download); i++)
    g_ptr_array_add (paths, (gpointer) limn_download_get_path (self->download, i));
  g_ptr_array_add (paths, NULL);
  import_paths (self, (const char *const *) paths->pdata, TRUE);
}

static void
on_downloaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LimnModelItem) self = user_data;
  GError *error = NULL;

  if (!limn_download_run_finish (LIMN_DOWNLOAD (source), result, &error))
    rest_with_error (self, error);
  else if (self->download == NULL) /* disposed of */
    limn_model_item_rest (self);
  else
    import_download (self);
}

/**
 * limn_model_item_download:
 *
 * Starts or continues the download; the import follows by itself.
 */
void
limn_model_item_download (LimnModelItem *self)
{
  GCancellable *cancellable;

  g_return_if_fail (!limn_model_item_is_busy (self));
  g_return_if_fail (self->download != NULL);
  cancellable = begin (self);
  limn_model_item_set_state (self, LIMN_MODEL_STATE_DOWNLOADING, -1, g_strdup (_ ("Connecting")));
  limn_download_run_async (self->download, cancellable, on_downloaded, g_object_ref (self));
}

/**
 * limn_model_item_stop:
 *
 * Pauses a download, cancels an import or a check.
 */
void
limn_model_item_stop (LimnModelItem *self)
{
  if (!limn_model_item_is_busy (self) || g_cancellable_is_cancelled (self->cancellable))
    return;
  g_cancellable_cancel (self->cancellable);
  limn_model_item_set_state (self, self->state, self->progress, g_strdup (_ ("Stopping")));
}

/* ---- verifying, deleting ---- */

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LimnModelItem) self = user_data;
  GError *error = NULL;

  if (!limn_model_work_finish (result, &error))
    {
      rest_with_error (self, error);
      return;
    }
  limn_model_item_rest (self);
  limn_model_item_set_state (self, self->state, -1, g_strdup (_ ("Checked: all is well")));
}

void
limn_model_item_verify (LimnModelItem *self)
{
  GCancellable *cancellable;

  g_return_if_fail (!limn_model_item_is_busy (self) && self->path);
  cancellable = begin (self);
  limn_model_item_set_state (self, LIMN_MODEL_STATE_CHECKING, -1, g_strdup (_ ("Checking")));
  limn_model_verify_async (self->path, on_work_progress, self, cancellable, on_verified,
                           g_object_ref (self));
}

static gboolean
check_parts_free (LimnModelItem *self, GError **error)
{
  for (guint i = 0; i < self->downloads->len; i++)
    if (!limn_download_check_free (self->downloads->pdata[i], error))
      return FALSE;
  return TRUE;
}

/**
 * limn_model_item_discard_parts:
 *
 * Removes downloaded files of all sources.
 *
 * Returns: how many bytes that freed, or -1 while another Limn downloads them
 */
goffset
limn_model_item_discard_parts (LimnModelItem *self, GError **error)
{
  goffset n_bytes = limn_model_item_get_part_bytes (self);
  gboolean ok = check_parts_free (self, error);

  g_return_val_if_fail (!limn_model_item_is_busy (self), -1);
  for (guint i = 0; ok && i < self->downloads->len; i++)
    ok = drop_files (self->downloads->pdata[i], error);
  rest_with_error (self, NULL);
  return ok ? n_bytes : -1;
}

/**
 * limn_model_item_delete:
 *
 * Deletes the model and what is left of its downloads.
 *
 * Returns: how many bytes that freed, or -1
 */
goffset
limn_model_item_delete (LimnModelItem *self, GError **error)
{
  goffset n_bytes, n_part_bytes;

  g_return_val_if_fail (limn_model_item_can_delete (self), -1);
  if (!check_parts_free (self, error))
    return -1;
  n_bytes = limn_model_remove (self->path, error);
  if (n_bytes < 0)
    return -1;
  limn_model_item_set_path (self, NULL, FALSE);
  n_part_bytes = limn_model_item_discard_parts (self, error);
  limn_model_item_emit_files_changed (self);
  return n_part_bytes < 0 ? -1 : n_bytes + n_part_bytes;
}
