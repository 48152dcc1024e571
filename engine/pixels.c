/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Image tokens to pixels and back, outside of a drawing job: maps of any size,
 * and pictures from elsewhere.
 */
#include "config.h"

#include "generate-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "vqgan/decoder.h"
#include "vqgan/encoder.h"

G_GNUC_PRINTF (3, 4)
static gboolean
fail (GError **error, LimnError code, const char *format, ...)
{
  va_list arguments;

  if (error)
    {
      va_start (arguments, format);
      *error = g_error_new_valist (LIMN_ERROR, code, format, arguments);
      va_end (arguments);
    }
  return FALSE;
}

/* ---- tokens to pixels ------------------------------------------------------- */

static gboolean
check_map (const LimnMap *map, GError **error)
{
  if (map->ids && map->height >= 1 && map->height <= LIMN_MAX_MAP_SIDE && map->width >= 1
      && map->width <= LIMN_MAX_MAP_SIDE)
    return TRUE;
  return fail (error, LIMN_ERROR_INVALID_REQUEST,
               _ ("A map of image tokens must have 1 to %d of them along each side."),
               LIMN_MAX_MAP_SIDE);
}

static LimnPicture *
render (LimnModel *model,
        const LimnMap *map,
        LimnCompute *compute,
        GCancellable *cancellable,
        GError **error)
{
  guint side = limn_vqgan_pixels_per_token (model), n_ids = map->height * map->width;
  gsize n = (gsize) n_ids * side * side * 3;
  g_autoptr (LimnVqganDecoder) decoder = NULL;
  g_autoptr (LimnPicture) picture = NULL;
  g_autofree float *rgb = g_try_new (float, n);

  picture = limn_picture_new (0, map->width * side, map->height * side, n_ids, error);
  if (!picture)
    return NULL;
  if (!rgb)
    {
      fail (error, LIMN_ERROR_NO_MEMORY, _ ("Not enough memory for a picture of %u × %u pixels."),
            picture->width, picture->height);
      return NULL;
    }
  decoder = limn_vqgan_decoder_new (model, compute, map->height, map->width, error);
  if (!decoder)
    return NULL;
  limn_vqgan_decoder_set_wraps (decoder, map->is_tile);
  if (!limn_vqgan_decoder_run (decoder, map->ids, rgb, cancellable, error)
      || !limn_model_check (model, error))
    return NULL;
  limn_vqgan_to_8bit (rgb, n, picture->rgb);
  memcpy (picture->ids, map->ids, n_ids * sizeof *map->ids);
  return g_steal_pointer (&picture);
}

LimnPicture *
limn_render (LimnModel *model,
             const LimnMap *map,
             guint n_threads,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (LimnCompute) compute = NULL;

  if (!limn_model_require (model, LIMN_MODEL_PART_DECODER, error) || !check_map (map, error)
      || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  compute = limn_compute_new (n_threads, 0, error);
  if (!compute
      || !limn_memory_require (limn_vqgan_decoder_bytes (model, map->height, map->width,
                                                         limn_compute_get_n_threads (compute)),
                               error))
    return NULL;
  return render (model, map, compute, cancellable, error);
}

guint32 *
limn_join_ids (const guint32 *const *ids, guint n_pictures, guint grid_size, LimnMap *map)
{
  guint n_columns = (guint) ceil (sqrt (n_pictures)), n_rows;
  guint32 *joined;

  g_return_val_if_fail (n_pictures >= 1 && n_pictures <= LIMN_MAX_PICTURES && grid_size >= 1
                            && grid_size <= LIMN_MAX_MAP_SIDE,
                        NULL);
  n_rows = (n_pictures + n_columns - 1) / n_columns;
  map->width = n_columns * grid_size;
  map->height = n_rows * grid_size;
  map->ids = joined = g_new (guint32, (gsize) map->width * map->height);
  for (guint y = 0; y < map->height; y++)
    for (guint column = 0; column < n_columns; column++)
      memcpy (joined + (gsize) y * map->width + column * grid_size,
              ids[(y / grid_size * n_columns + column) % n_pictures] + y % grid_size * grid_size,
              grid_size * sizeof *joined);
  return joined;
}

/* ---- pixels to tokens ------------------------------------------------------- */

/* An encoder whose tokens are the text model's: as many along a side, and none beyond it. */
static gboolean
check_encoder (LimnModel *model, GError **error)
{
  const LimnModelInfo *info = &model->info;

  if (!limn_model_require (model, LIMN_MODEL_PART_ENCODER | LIMN_MODEL_PART_DECODER, error))
    return FALSE;
  if (info->grid_size * limn_vqgan_encoder_pixels_per_token (model) == info->picture_size)
    return TRUE;
  return fail (error, LIMN_ERROR_UNSUPPORTED,
               _ ("%s cannot read pictures: its encoder does not fit its decoder."), info->name);
}

guint32 *
limn_read_picture (LimnModel *model,
                   const guint8 *rgb,
                   guint n_threads,
                   GCancellable *cancellable,
                   guint *n_ids,
                   GError **error)
{
  guint side = model->info.picture_size;
  gsize n = (gsize) side * side * 3;
  g_autoptr (LimnCompute) compute = NULL;
  g_autofree guint32 *ids = NULL;
  g_autofree float *pixels = NULL;

  if (!check_encoder (model, error) || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  compute = limn_compute_new (n_threads, 0, error);
  if (!compute
      || !limn_memory_require (
          limn_vqgan_encoder_bytes (model, side, side, limn_compute_get_n_threads (compute)),
          error))
    return NULL;
  *n_ids = model->info.grid_size * model->info.grid_size;
  ids = g_new (guint32, *n_ids);
  pixels = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    pixels[i] = rgb[i] / 255.0f;
  if (!limn_vqgan_encode (model, compute, pixels, side, side, ids, NULL, cancellable, error)
      || !limn_model_check (model, error))
    return NULL;
  return g_steal_pointer (&ids);
}
