/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * VQGAN decoder.  Code vectors of the tokens -> looks -> post_quant_conv -> conv_in ->
 * middle -> levels from the smallest to the full resolution -> norm, swish ->
 * conv_out.  Everything about sizes comes from the model.
 * Source of the layers: taming-transformers' Decoder, as published with the weights.
 */
#include "config.h"
#include "decoder.h"
#include "looks.h"
#include "net.h"

#include <glib/gi18n-lib.h>

struct _LimnVqganDecoder
{
  LimnNet *net;         /* owned */
  LimnLooks *looks;     /* owned; NULL for a model without any */
  LimnModel *model;     /* borrowed */
  LimnCompute *compute; /* borrowed */
  float *code;          /* owned: one code vector (embed_dim) */
  guint grid_height;
  guint grid_width;
};

static gboolean
double_size (LimnNet *net, const LimnConv *conv)
{
  return conv->n_out == conv->n_in ? limn_net_conv (net, NULL, conv, LIMN_CONV_UPSAMPLE)
                                   : limn_net_subpixel_conv (net, conv);
}

static gboolean
walk_decoder (LimnNet *net, const LimnVqgan *weights)
{
  guint n_levels = LIMN_MAX_LEVELS;

  while (n_levels > 0 && weights->levels[n_levels - 1].n_blocks == 0)
    n_levels--;
  if (!limn_net_conv (net, NULL, &weights->quant, LIMN_CONV_SAME)
      || !limn_net_conv (net, NULL, &weights->conv_in, LIMN_CONV_SAME)
      || !limn_net_middle (net, weights))
    return FALSE;
  for (guint i = n_levels; i-- > 0;)
    {
      const LimnLevel *level = &weights->levels[i];
      if (!limn_net_level (net, level))
        return FALSE;
      if (level->resample.weight != NULL && !double_size (net, &level->resample))
        return FALSE;
    }
  return limn_net_conv (net, &weights->norm_out, &weights->conv_out, LIMN_CONV_SAME);
}

guint
limn_vqgan_pixels_per_token (LimnModel *model)
{
  guint pixels = 1;

  for (guint i = 0; i < LIMN_MAX_LEVELS; i++)
    if (model->vqgan_decoder.levels[i].resample.weight != NULL)
      pixels *= 2;
  return pixels;
}

static LimnNetInput
input_of (LimnModel *model, guint grid_height, guint grid_width)
{
  return (LimnNetInput){ model->codebook.n_cols, grid_height, grid_width };
}

guint64
limn_vqgan_decoder_bytes (LimnModel *model, guint grid_height, guint grid_width, guint n_threads)
{
  guint64 of_net;

  if ((model->info.parts & LIMN_MODEL_PART_DECODER) == 0)
    return 0;
  of_net = limn_net_bytes (model, &model->vqgan_decoder, n_threads,
                           input_of (model, grid_height, grid_width), walk_decoder);
  return of_net == 0 ? 0 : of_net + limn_looks_bytes (model, grid_height, grid_width);
}

LimnVqganDecoder *
limn_vqgan_decoder_new (LimnModel *model,
                        LimnCompute *compute,
                        guint grid_height,
                        guint grid_width,
                        GError **error)
{
  g_autoptr (LimnVqganDecoder) decoder = NULL;

  if (!limn_model_require (model, LIMN_MODEL_PART_DECODER, error))
    return NULL;
  decoder = g_new0 (LimnVqganDecoder, 1);
  decoder->net = limn_net_new (model, &model->vqgan_decoder, compute,
                               input_of (model, grid_height, grid_width), walk_decoder, error);
  if (decoder->net == NULL)
    return NULL;
  if (model->vqgan.n_looks > 0)
    {
      decoder->looks = limn_looks_new (model, grid_height, grid_width, error);
      if (decoder->looks == NULL)
        return NULL;
    }
  decoder->model = model;
  decoder->compute = compute;
  decoder->code = g_new (float, model->codebook.n_cols);
  decoder->grid_height = grid_height;
  decoder->grid_width = grid_width;
  return g_steal_pointer (&decoder);
}

void
limn_vqgan_decoder_free (LimnVqganDecoder *decoder)
{
  if (decoder == NULL)
    return;
  limn_net_free (decoder->net);
  limn_looks_free (decoder->looks);
  g_free (decoder->code);
  g_free (decoder);
}

void
limn_vqgan_decoder_set_wraps (LimnVqganDecoder *decoder, gboolean wraps)
{
  limn_net_set_wraps (decoder->net, wraps);
}

/* The code vectors of a grid, into planes. */
static gboolean
look_up (LimnVqganDecoder *decoder, const guint32 *ids, const LimnPlanes *planes, GError **error)
{
  const LimnMatrix *codebook = &decoder->model->codebook;

  for (guint y = 0; y < planes->height; y++)
    for (guint x = 0; x < planes->width; x++)
      {
        guint32 id = ids[(gsize) y * planes->width + x];
        if (id >= codebook->n_rows)
          {
            g_set_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST,
                         _ ("Image token %u does not exist; this model has %u."), id,
                         codebook->n_rows);
            return FALSE;
          }
        limn_matrix_get_row (codebook, id, decoder->code);
        limn_planes_set_pixel (planes, y, x, decoder->code);
      }
  return TRUE;
}

gboolean
limn_vqgan_decoder_run (LimnVqganDecoder *decoder,
                        const guint32 *ids,
                        float *rgb,
                        GCancellable *cancellable,
                        GError **error)
{
  const LimnPlanes *planes = limn_net_begin (decoder->net);

  if (!look_up (decoder, decoder->looks ? limn_looks_get_shown (decoder->looks, ids) : ids, planes,
                error))
    return FALSE;
  if (decoder->looks != NULL)
    limn_looks_apply (decoder->looks, decoder->compute, ids, planes);
  planes = limn_net_run (decoder->net, cancellable, error);
  if (planes == NULL)
    return FALSE;
  for (guint y = 0; y < planes->height; y++)
    for (guint x = 0; x < planes->width; x++, rgb += 3)
      {
        const float *pixel = limn_planes_at (planes, 0, y, x);
        rgb[0] = pixel[0];
        rgb[1] = pixel[1];
        rgb[2] = pixel[2];
      }
  return TRUE;
}

gboolean
limn_vqgan_decode (LimnModel *model,
                   LimnCompute *compute,
                   const guint32 *ids,
                   guint grid_height,
                   guint grid_width,
                   float *rgb,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (LimnVqganDecoder) decoder =
      limn_vqgan_decoder_new (model, compute, grid_height, grid_width, error);

  return decoder != NULL && limn_vqgan_decoder_run (decoder, ids, rgb, cancellable, error);
}

void
limn_vqgan_to_8bit (const float *rgb, gsize n, guint8 *out)
{
  for (gsize i = 0; i < n; i++)
    out[i] = rgb[i] > 0 ? (guint8) (MIN (rgb[i], 1.0f) * 255) : 0; /* NaN: 0 */
}
