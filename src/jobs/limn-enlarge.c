/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes the pixels of a texture or file through limn_picture_enlarge(). */
#include "config.h"

#include "limn-enlarge.h"

#include <gtk/gtk.h>

#include "library/enlarge.h"
#include "library/photo.h"
#include "library/picture-file.h"

typedef struct
{
  GFile *file;
  GdkPixbuf *pixbuf; /* NULL: of the file */
  guint times;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_clear_object (&work->file);
  g_clear_object (&work->pixbuf);
  g_free (work);
}

static GdkTexture *
enlarge (Work *work, GCancellable *cancellable, GError **error)
{
  guint width, height, times = work->times;
  g_autofree guint8 *rgb = NULL;
  guint8 *large;
  gsize stride;
  g_autoptr (GBytes) bytes = NULL;

  if (work->pixbuf == NULL)
    work->pixbuf = limn_picture_file_load (work->file, cancellable, error);
  rgb = work->pixbuf != NULL ? limn_photo_get_rgb (work->pixbuf, &width, &height, error) : NULL;
  large = rgb != NULL ? limn_picture_enlarge (rgb, width, height, times, error) : NULL;
  if (large == NULL)
    return NULL;
  stride = (gsize) width * times * 3;
  bytes = g_bytes_new_take (large, stride * height * times);
  return gdk_memory_texture_new ((int) (width * times), (int) (height * times), GDK_MEMORY_R8G8B8,
                                 bytes, stride);
}

static void
run_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  GdkTexture *texture = enlarge (task_data, cancellable, &error);

  if (texture != NULL)
    g_task_return_pointer (task, texture, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * limn_enlarge_async:
 * @file: (nullable): where the picture is kept; read when there is no @texture
 * @texture: (nullable): its pixels
 * @times: 2 or 4
 */
void
limn_enlarge_async (GFile *file,
                    GdkTexture *texture,
                    guint times,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  g_return_if_fail (file != NULL || texture != NULL);
  g_task_set_source_tag (task, limn_enlarge_async);
  g_set_object (&work->file, file);
  if (texture != NULL)
    work->pixbuf = gdk_pixbuf_get_from_texture (texture);
  work->times = times;
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, run_in_thread);
}

/**
 * limn_enlarge_finish:
 *
 * Returns: (transfer full): the larger picture; %NULL with @error set
 */
GdkTexture *
limn_enlarge_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
