/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Renders tokens as a tile on a thread of its own, and repeats tiles into
 * pictures of any size.
 */
#include "config.h"

#include "limn-pattern.h"

#include <glib/gi18n.h>
#include <limn.h>
#include <math.h>

#include "library/limn-canvas.h"
#include "limn-model-pool.h"
#include "limn-preview.h"

typedef struct
{
  GPtrArray *all_ids; /* of GArray of guint32, one a picture */
  char *model;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_ptr_array_unref (work->all_ids);
  g_free (work->model);
  g_free (work);
}

static gboolean
join (Work *work, guint grid_size, LimnMap *map, guint32 **joined, GError **error)
{
  guint n = work->all_ids->len;
  g_autofree const guint32 **ids = g_new (const guint32 *, n);

  for (guint i = 0; i < n; i++)
    {
      GArray *one = work->all_ids->pdata[i];

      if (one->len != grid_size * grid_size)
        {
          g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST,
                               _ ("This picture was drawn by a model of another kind."));
          return FALSE;
        }
      ids[i] = (const guint32 *) (gpointer) one->data;
    }
  *joined = limn_join_ids (ids, n, grid_size, map);
  return TRUE;
}

static GdkTexture *
render (Work *work, GCancellable *cancellable, GError **error)
{
  g_autoptr (LimnModel) model = limn_model_pool_open (work->model, error);
  LimnMap map = { .is_tile = TRUE };
  g_autofree guint32 *joined = NULL;
  g_autoptr (LimnPicture) picture = NULL;

  if (model == NULL || !join (work, limn_model_get_info (model)->grid_size, &map, &joined, error))
    return NULL;
  picture = limn_render (model, &map, 0, cancellable, error);
  return picture != NULL ? limn_picture_texture_new (picture) : NULL;
}

static void
run_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  GdkTexture *texture = render (task_data, cancellable, &error);

  if (texture != NULL)
    g_task_return_pointer (task, texture, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * limn_pattern_render_async:
 * @all_ids: (element-type GArray): #guint32 tokens of each picture, at least one
 * @model: (nullable): name of the model that drew them
 */
void
limn_pattern_render_async (GPtrArray *all_ids,
                           const char *model,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  g_return_if_fail (all_ids->len > 0);
  g_task_set_source_tag (task, limn_pattern_render_async);
  work->all_ids = g_ptr_array_ref (all_ids);
  work->model = g_strdup (model);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, run_in_thread);
}

/**
 * limn_pattern_render_finish:
 *
 * Returns: (transfer full): the tile; %NULL with @error set
 */
GdkTexture *
limn_pattern_render_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * limn_pattern_repeat:
 * @width: pixels, at most 16384
 * @height: pixels, at most 16384
 * @scale: size of a tile, 1 for pixel by pixel
 *
 * Returns: (transfer full) (nullable): a picture full of tiles, the first one in its middle
 */
GdkTexture *
limn_pattern_repeat (GdkTexture *tile, int width, int height, double scale)
{
  double side_x = gdk_texture_get_width (tile) * scale;
  double side_y = gdk_texture_get_height (tile) * scale;
  cairo_surface_t *surface, *picture;
  cairo_matrix_t matrix;
  GdkTexture *result;
  cairo_t *cr;

  g_return_val_if_fail (width > 0 && height > 0 && width <= 16384 && height <= 16384, NULL);
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      cairo_surface_destroy (surface);
      return NULL;
    }
  picture = limn_canvas_from_texture (tile);
  cr = cairo_create (surface);
  cairo_set_source_surface (cr, picture, 0, 0);
  /* whole pixels, so that pixels stay sharp at scale 1 */
  cairo_matrix_init_scale (&matrix, 1 / scale, 1 / scale);
  cairo_matrix_translate (&matrix, -floor ((width - side_x) / 2), -floor ((height - side_y) / 2));
  cairo_pattern_set_matrix (cairo_get_source (cr), &matrix);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_REPEAT);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_GOOD);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (picture);
  result = limn_canvas_to_texture (surface);
  cairo_surface_destroy (surface);
  return result;
}
