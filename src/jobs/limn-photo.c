/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads a photo on a thread of its own: decodes it, fits it to the model, and
 * lets the model's encoder find its tokens.
 */
#include "config.h"

#include "limn-photo.h"

#include <gtk/gtk.h>
#include <limn.h>

#include "library/photo.h"
#include "limn-model-pool.h"

typedef struct
{
  GFile *file;       /* either this */
  GdkPixbuf *pixbuf; /* or this */
  char *model;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_clear_object (&work->file);
  g_clear_object (&work->pixbuf);
  g_free (work->model);
  g_free (work);
}

void
limn_photo_free (LimnPhoto *photo)
{
  g_clear_object (&photo->texture);
  g_clear_pointer (&photo->ids, g_array_unref);
  g_free (photo);
}

static LimnPhoto *
photo_new (guint8 *rgb_taken, guint side, guint32 *ids, guint n_ids, guint grid_size)
{
  LimnPhoto *photo = g_new0 (LimnPhoto, 1);
  gsize stride = (gsize) side * 3;
  g_autoptr (GBytes) bytes = g_bytes_new_take (rgb_taken, stride * side);

  photo->texture =
      gdk_memory_texture_new ((int) side, (int) side, GDK_MEMORY_R8G8B8, bytes, stride);
  photo->ids = g_array_sized_new (FALSE, FALSE, sizeof (guint32), n_ids);
  g_array_append_vals (photo->ids, ids, n_ids);
  photo->grid_size = grid_size;
  return photo;
}

static LimnPhoto *
read_photo (Work *work, GCancellable *cancellable, GError **error)
{
  g_autoptr (LimnModel) model = limn_model_pool_open (work->model, error);
  const LimnModelInfo *info = model != NULL ? limn_model_get_info (model) : NULL;
  g_autofree guint8 *rgb = NULL;
  g_autofree guint32 *ids = NULL;
  guint n_ids;

  if (model == NULL)
    return NULL;
  if (work->pixbuf != NULL)
    rgb = limn_photo_fit (work->pixbuf, info->picture_size, error);
  else
    rgb = limn_photo_load (work->file, info->picture_size, cancellable, error);
  if (rgb == NULL)
    return NULL;
  ids = limn_read_picture (model, rgb, 0, cancellable, &n_ids, error);
  if (ids == NULL)
    return NULL;
  return photo_new (g_steal_pointer (&rgb), info->picture_size, ids, n_ids, info->grid_size);
}

static void
run_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  LimnPhoto *photo = read_photo (task_data, cancellable, &error);

  if (photo != NULL)
    g_task_return_pointer (task, photo, (GDestroyNotify) limn_photo_free);
  else
    g_task_return_error (task, error);
}

/**
 * limn_photo_read_async:
 * @file: (nullable): an untrusted picture file, or
 * @texture: (nullable): a picture from the clipboard
 * @model: (nullable): name of the model whose tokens are wanted
 *
 * Fails with %LIMN_ERROR_MISSING when the model has no encoder.
 */
void
limn_photo_read_async (GFile *file,
                       GdkTexture *texture,
                       const char *model,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  g_task_set_source_tag (task, limn_photo_read_async);
  g_set_object (&work->file, file);
  if (texture != NULL)
    work->pixbuf = gdk_pixbuf_get_from_texture (texture);
  work->model = g_strdup (model);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, run_in_thread);
}

/**
 * limn_photo_read_finish:
 *
 * Returns: (transfer full): the photo; %NULL with @error set
 */
LimnPhoto *
limn_photo_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
