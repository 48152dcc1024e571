/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * VQGAN encoder.  conv_in -> levels from the full resolution to the smallest ->
 * middle -> norm, swish -> conv_out -> quant_conv -> nearest code vector.
 * Source of the layers: taming-transformers' Encoder and VectorQuantizer.
 */
#include "config.h"
#include "encoder.h"
#include "net.h"

#include <glib/gi18n-lib.h>

static gboolean
walk_encoder (LimnNet *net, const LimnVqgan *weights)
{
  if (!limn_net_conv (net, NULL, &weights->conv_in, LIMN_CONV_SAME))
    return FALSE;
  for (guint i = 0; i < LIMN_MAX_LEVELS && weights->levels[i].n_blocks > 0; i++)
    {
      const LimnLevel *level = &weights->levels[i];
      if (!limn_net_level (net, level))
        return FALSE;
      if (level->resample.weight != NULL
          && !limn_net_conv (net, NULL, &level->resample, LIMN_CONV_HALVE))
        return FALSE;
    }
  return (weights->mid_1.conv1.weight == NULL || limn_net_middle (net, weights))
         && limn_net_conv (net, &weights->norm_out, &weights->conv_out, LIMN_CONV_SAME)
         && limn_net_conv (net, NULL, &weights->quant, LIMN_CONV_SAME);
}

guint
limn_vqgan_encoder_pixels_per_token (LimnModel *model)
{
  guint pixels = 1;

  for (guint i = 0; i < LIMN_MAX_LEVELS; i++)
    if (model->vqgan_encoder.levels[i].resample.weight != NULL)
      pixels *= 2;
  return pixels;
}

guint64
limn_vqgan_encoder_bytes (LimnModel *model, guint height, guint width, guint n_threads)
{
  if ((model->info.parts & LIMN_MODEL_PART_ENCODER) == 0)
    return 0;
  return limn_net_bytes (model, &model->vqgan_encoder, n_threads,
                         (LimnNetInput){ 3, height, width }, walk_encoder);
}

/* ==== nearest code ======================================================= */

typedef struct
{
  const LimnMatrix *codebook;
  const float *z;     /* (n_tokens, embed_dim) */
  const float *codes; /* (n_embed, embed_dim) */
  guint n_tokens;
  guint32 *ids;
} Nearest;

/* The first of the codes with the least |z - code|^2, in double precision. */
static void
nearest_chunk (gpointer data, guint token)
{
  const Nearest *job = data;
  guint n = job->codebook->n_cols;
  const float *z = job->z + (gsize) token * n;
  double least = G_MAXDOUBLE;

  job->ids[token] = 0;
  for (guint code = 0; code < job->codebook->n_rows; code++)
    {
      const float *c = job->codes + (gsize) code * n;
      double distance = 0;

      for (guint i = 0; i < n && distance < least; i += 64)
        {
          double part = 0;
          for (guint l = i; l < MIN (i + 64, n); l++)
            {
              double d = (double) z[l] - c[l];
              part += d * d;
            }
          distance += part;
        }
      if (distance < least)
        {
          least = distance;
          job->ids[token] = code;
        }
    }
}

/* Looks show nothing: no part of a picture is one. */
static void
find_codes (LimnCompute *compute,
            const LimnModel *model,
            const float *z,
            guint n_tokens,
            guint32 *ids)
{
  const LimnMatrix *codebook = &model->codebook;
  gsize n = codebook->n_cols;
  g_autofree float *codes = g_new (float, n * codebook->n_rows);
  Nearest job = { codebook, z, codes, n_tokens, ids };

  for (guint code = 0; code < codebook->n_rows; code++)
    limn_matrix_get_row (codebook, code, codes + code * n);
  for (guint i = 0; i < model->vqgan.n_looks; i++)
    for (gsize k = 0; k < n; k++)
      codes[model->vqgan.look_tokens[i] * n + k] = G_MAXFLOAT;
  limn_compute_run (compute, n_tokens, nearest_chunk, &job);
}

/* ==== the whole ========================================================== */

static gboolean
check_size (LimnModel *model, guint height, guint width, GError **error)
{
  guint side = limn_vqgan_encoder_pixels_per_token (model);

  if (height > 0 && width > 0 && height % side == 0 && width % side == 0)
    return TRUE;
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST,
               _ ("The sides of the picture must be multiples of %u pixels."), side);
  return FALSE;
}

static void
fill (const LimnPlanes *planes, const float *rgb)
{
  for (guint y = 0; y < planes->height; y++)
    for (guint x = 0; x < planes->width; x++, rgb += 3)
      limn_planes_set_pixel (planes, y, x, rgb);
}

gboolean
limn_vqgan_encode (LimnModel *model,
                   LimnCompute *compute,
                   const float *rgb,
                   guint height,
                   guint width,
                   guint32 *ids,
                   float *z,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (LimnNet) net = NULL;
  g_autofree float *vectors = NULL;
  const LimnPlanes *planes;
  guint n = model->codebook.n_cols;

  if (!limn_model_require (model, LIMN_MODEL_PART_ENCODER, error)
      || !check_size (model, height, width, error))
    return FALSE;
  net = limn_net_new (model, &model->vqgan_encoder, compute, (LimnNetInput){ 3, height, width },
                      walk_encoder, error);
  if (net == NULL)
    return FALSE;
  fill (limn_net_begin (net), rgb);
  planes = limn_net_run (net, cancellable, error);
  if (planes == NULL)
    return FALSE;

  vectors = g_new (float, (gsize) planes->height * planes->width * n);
  for (guint y = 0; y < planes->height; y++)
    for (guint x = 0; x < planes->width; x++)
      limn_planes_get_pixel (planes, y, x, vectors + ((gsize) y * planes->width + x) * n);
  find_codes (compute, model, vectors, planes->height * planes->width, ids);
  if (z != NULL)
    memcpy (z, vectors, (gsize) planes->height * planes->width * n * sizeof *z);
  return TRUE;
}
