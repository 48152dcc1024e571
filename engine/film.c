/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The previews of a finished picture, made again from its tokens: how it looked
 * after each row while it was drawn.  Putting them into a file is left to others.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "limn.h"
#include "model/model-private.h"
#include "vqgan/preview.h"

static gboolean
check_ids (LimnModel *model, const guint32 *ids, guint n_ids, GError **error)
{
  guint n = model->info.grid_size * model->info.grid_size;
  gboolean is_good = n_ids == n;

  for (guint i = 0; i < n_ids && is_good; i++)
    is_good = ids[i] < model->codebook.n_rows;
  if (!is_good)
    g_set_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST,
                 _ ("%s did not draw this picture: its tokens are another model’s."),
                 model->info.name);
  return is_good;
}

/**
 * limn_model_make_film:
 * @ids: (array length=n_ids): image tokens of a whole picture, row by row
 * @size: (out): pixels along a frame's side
 *
 * Makes again what limn_generate() reported as previews while this picture was
 * drawn.  Any thread; the same tokens give the same frames.
 *
 * Returns: (transfer full): (grid_size, size, size, 3), one frame a row of
 *   tokens, what is not drawn yet is grey; %NULL with @error for a model
 *   without previews or tokens of another one
 */
GBytes *
limn_model_make_film (LimnModel *model,
                      const guint32 *ids,
                      guint n_ids,
                      guint *size,
                      GError **error)
{
  guint side = model->info.grid_size;
  g_autoptr (LimnCompute) compute = NULL;
  g_autoptr (LimnPreview) preview = NULL;
  gsize frame_bytes;
  g_autofree guint8 *frames = NULL;

  if (!limn_model_require (model, LIMN_MODEL_PART_PREVIEW, error)
      || !check_ids (model, ids, n_ids, error))
    return NULL;
  if (!limn_memory_require (limn_preview_bytes (model), error))
    return NULL;
  compute = limn_compute_new (
      0, limn_matmul_large_scratch_bytes (&model->preview, LIMN_PREVIEW_CODES), error);
  preview = compute != NULL ? limn_preview_new (model, compute, error) : NULL;
  if (preview == NULL)
    return NULL;
  *size = side * limn_preview_get_pixels (preview);
  frame_bytes = (gsize) *size * *size * 3;
  frames = g_try_malloc (frame_bytes * side);
  if (frames == NULL)
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
                   _ ("There is not enough free memory for the film of this picture."));
      return NULL;
    }
  for (guint row = 0; row < side; row++)
    limn_preview_draw (preview, ids, (row + 1) * side, side, side, frames + row * frame_bytes);
  return g_bytes_new_take (g_steal_pointer (&frames), frame_bytes * side);
}
