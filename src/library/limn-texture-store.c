/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loads pictures on worker threads and forgets those not shown any more, the
 * longest ago first.  A picture without a file is never forgotten.
 */
#include "limn-texture-store.h"

#include "library/picture-file.h"

#define MAX_UNHELD 96

typedef struct
{
  gatomicrefcount ref_count;
  int n_holds; /* read by workers, to skip what is not wanted any more */
  gboolean is_loading;
  GList link; /* in the queue of those not held; data is NULL when not in it */
} Hold;

static GQueue unheld = G_QUEUE_INIT; /* of LimnDrawing, longest ago first */

static void
hold_free (gpointer data)
{
  Hold *hold = data;

  if (hold->link.data != NULL)
    g_queue_unlink (&unheld, &hold->link);
  hold->link.data = NULL;
  if (g_atomic_ref_count_dec (&hold->ref_count))
    g_free (hold);
}

static void on_missing_changed (LimnDrawing *drawing, GParamSpec *pspec, Hold *hold);

static Hold *
get_hold (LimnDrawing *drawing)
{
  static GQuark quark;
  Hold *hold;

  if (quark == 0)
    quark = g_quark_from_static_string ("limn-texture-hold");
  hold = g_object_get_qdata (G_OBJECT (drawing), quark);
  if (hold != NULL)
    return hold;
  hold = g_new0 (Hold, 1);
  g_atomic_ref_count_init (&hold->ref_count);
  g_object_set_qdata_full (G_OBJECT (drawing), quark, hold, hold_free);
  g_signal_connect (drawing, "notify::missing", G_CALLBACK (on_missing_changed), hold);
  return hold;
}

/* ---- loading ---- */

static void
unref_hold (gpointer data)
{
  Hold *hold = data;

  if (g_atomic_ref_count_dec (&hold->ref_count))
    g_free (hold);
}

static void
unref_pixbuf (gpointer pixbuf)
{
  g_object_unref (pixbuf);
}

static GdkTexture *
texture_from_pixbuf (GdkPixbuf *pixbuf)
{
  gsize stride = (gsize) gdk_pixbuf_get_rowstride (pixbuf);
  gboolean has_alpha = gdk_pixbuf_get_has_alpha (pixbuf);
  g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (gdk_pixbuf_read_pixels (pixbuf),
                                                         gdk_pixbuf_get_byte_length (pixbuf),
                                                         unref_pixbuf, g_object_ref (pixbuf));

  return gdk_memory_texture_new (gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf),
                                 has_alpha ? GDK_MEMORY_R8G8B8A8 : GDK_MEMORY_R8G8B8, bytes,
                                 stride);
}

static void
load_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Hold *hold = data;
  GError *error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  GFile *file = g_object_get_data (G_OBJECT (task), "file");

  if (g_atomic_int_get (&hold->n_holds) == 0)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  pixbuf = limn_picture_file_load (file, NULL, &error);
  if (pixbuf == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, texture_from_pixbuf (pixbuf), g_object_unref);
}

static void load (LimnDrawing *drawing, Hold *hold);

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LimnDrawing) drawing = LIMN_DRAWING (data);
  Hold *hold = get_hold (drawing);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = g_task_propagate_pointer (G_TASK (result), &error);

  hold->is_loading = FALSE;
  if (error != NULL)
    limn_drawing_set_missing (drawing, TRUE);
  if (error != NULL || g_atomic_int_get (&hold->n_holds) == 0)
    return; /* out of sight again */
  if (texture == NULL)
    load (drawing, hold); /* it was out of sight for a moment */
  else if (limn_drawing_get_texture (drawing) == NULL)
    limn_drawing_set_texture (drawing, texture);
}

static void
load (LimnDrawing *drawing, Hold *hold)
{
  g_autoptr (GTask) task = NULL;

  if (hold->is_loading)
    return;
  hold->is_loading = TRUE;
  g_atomic_ref_count_inc (&hold->ref_count);
  /* not the task's source: the worker may be the last to let go of the task, and drawings may only
   * end in the main thread */
  task = g_task_new (NULL, NULL, on_loaded, g_object_ref (drawing));
  g_task_set_priority (task, G_PRIORITY_LOW);
  g_object_set_data_full (G_OBJECT (task), "file", g_object_ref (limn_drawing_get_file (drawing)),
                          g_object_unref);
  g_task_set_task_data (task, hold, unref_hold);
  g_task_run_in_thread (task, load_in_thread);
}

static void
load_if_needed (LimnDrawing *drawing, Hold *hold)
{
  if (limn_drawing_get_texture (drawing) == NULL && limn_drawing_get_file (drawing) != NULL
      && !limn_drawing_is_missing (drawing))
    load (drawing, hold);
}

/* A file that could not be read is there now. */
static void
on_missing_changed (LimnDrawing *drawing, GParamSpec *pspec, Hold *hold)
{
  if (g_atomic_int_get (&hold->n_holds) > 0)
    load_if_needed (drawing, hold);
}

/* ---- holding ---- */

/* Says that @drawing is shown: its pixels are loaded when they are not there. */
void
limn_texture_store_hold (LimnDrawing *drawing)
{
  Hold *hold = get_hold (drawing);

  g_atomic_int_inc (&hold->n_holds);
  if (hold->link.data != NULL)
    g_queue_unlink (&unheld, &hold->link);
  hold->link.data = NULL;
  load_if_needed (drawing, hold);
}

static void
forget_oldest (void)
{
  GList *link = g_queue_pop_head_link (&unheld);
  LimnDrawing *drawing = link->data;

  link->data = NULL;
  limn_drawing_set_texture (drawing, NULL);
}

/* Ends a hold. */
void
limn_texture_store_release (LimnDrawing *drawing)
{
  Hold *hold = get_hold (drawing);

  if (!g_atomic_int_dec_and_test (&hold->n_holds))
    return;
  if (limn_drawing_get_file (drawing) == NULL || !limn_drawing_is_done (drawing)
      || limn_drawing_get_texture (drawing) == NULL)
    return;
  hold->link.data = drawing;
  g_queue_push_tail_link (&unheld, &hold->link);
  while (g_queue_get_length (&unheld) > MAX_UNHELD)
    forget_oldest ();
}
