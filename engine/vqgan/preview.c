/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Drawing previews from a table with the colours of every code.  The table is
 * one matrix product; without it, it would take longer than the first row.
 */
#include "config.h"
#include "preview.h"
#include "looks.h"
#include "preview-tint.h"

#include <glib/gi18n-lib.h>

#include <string.h>

#define GREY 128 /* of tokens not drawn yet */

struct _LimnPreview
{
  LimnModel *model;       /* borrowed */
  LimnCompute *compute;   /* borrowed */
  guint8 *colours;        /* owned: (n_codes, P, P, 3) */
  LimnPreviewTint *tints; /* owned: of each look, found when it is first seen; NULL without any */
  guint n_codes;
  guint pixels; /* P */
};

static guint
numbers_per_token (LimnModel *model)
{
  return model->preview_pixels * model->preview_pixels * 3;
}

gsize
limn_preview_bytes (LimnModel *model)
{
  return (gsize) model->codebook.n_rows * numbers_per_token (model);
}

static guint8
to_byte (float value)
{
  return value > 0 ? (guint8) (MIN (value, 1.0f) * 255 + 0.5f) : 0; /* NaN: 0 */
}

void
limn_preview_colours (LimnModel *model,
                      LimnCompute *compute,
                      const float *codes,
                      guint m,
                      float *colours)
{
  guint n = numbers_per_token (model);

  limn_matmul_large (compute, &model->preview, codes, m, colours);
  for (gsize i = 0; i < (gsize) m * n; i++)
    colours[i] += model->preview_bias[i % n];
}

/* Colours of the codes from first on, up to LIMN_PREVIEW_CODES of them. */
static void
build_colours (LimnPreview *preview,
               LimnModel *model,
               LimnCompute *compute,
               guint first,
               float *codes,
               float *colours)
{
  guint n = numbers_per_token (model), m = MIN (LIMN_PREVIEW_CODES, preview->n_codes - first);
  guint8 *to = preview->colours + (gsize) first * n;

  for (guint i = 0; i < m; i++)
    limn_matrix_get_row (&model->codebook, first + i, codes + (gsize) i * model->codebook.n_cols);
  limn_preview_colours (model, compute, codes, m, colours);
  for (gsize i = 0; i < (gsize) m * n; i++)
    to[i] = to_byte (colours[i]);
}

LimnPreview *
limn_preview_new (LimnModel *model, LimnCompute *compute, GError **error)
{
  LimnPreview *preview;
  g_autofree float *codes = NULL, *colours = NULL;

  if (!limn_model_require (model, LIMN_MODEL_PART_PREVIEW, error))
    return NULL;
  preview = g_new0 (LimnPreview, 1);
  preview->model = model;
  preview->compute = compute;
  if (model->vqgan.n_looks > 0 && model->looks != NULL)
    preview->tints = g_new0 (LimnPreviewTint, model->vqgan.n_looks);
  preview->n_codes = model->codebook.n_rows;
  preview->pixels = model->preview_pixels;
  preview->colours = g_try_malloc (limn_preview_bytes (model));
  if (preview->colours == NULL)
    {
      limn_preview_free (preview);
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
                   _ ("There is not enough free memory for previews."));
      return NULL;
    }
  codes = g_new (float, (gsize) LIMN_PREVIEW_CODES * model->codebook.n_cols);
  colours = g_new (float, (gsize) LIMN_PREVIEW_CODES *numbers_per_token (model));
  for (guint first = 0; first < preview->n_codes; first += LIMN_PREVIEW_CODES)
    build_colours (preview, model, compute, first, codes, colours);
  return preview;
}

void
limn_preview_free (LimnPreview *preview)
{
  if (preview == NULL)
    return;
  g_free (preview->colours);
  g_free (preview->tints);
  g_free (preview);
}

guint
limn_preview_get_pixels (const LimnPreview *preview)
{
  return preview->pixels;
}

/* The tints of the looks among the tokens, in the model's order; returns how many. */
static guint
find_tints (LimnPreview *preview, const guint32 *ids, guint n_ids, const LimnPreviewTint **found)
{
  guint n = 0;

  for (guint i = 0; preview->tints != NULL && i < preview->model->vqgan.n_looks; i++)
    {
      LimnPreviewTint *tint = &preview->tints[i];

      if (!limn_looks_is_among (preview->model->vqgan.look_tokens[i], ids, n_ids))
        continue;
      if (!tint->is_known)
        limn_preview_tint_find (tint, preview->model, preview->compute, i);
      found[n++] = tint;
    }
  return n;
}

void
limn_preview_draw (LimnPreview *preview,
                   const guint32 *ids,
                   guint n_ids,
                   guint rows,
                   guint columns,
                   guint8 *rgb)
{
  const LimnModel *model = preview->model;
  guint pixels = preview->pixels, n_tints;
  gsize row_bytes = (gsize) pixels * 3, stride = row_bytes * columns;
  const LimnPreviewTint *tints[LIMN_MAX_LOOKS];
  const guint8 *behind = NULL;

  n_ids = MIN (n_ids, rows * columns);
  n_tints = find_tints (preview, ids, n_ids, tints);
  memset (rgb, GREY, stride * rows * pixels);
  /* backwards, as a look shows nothing: the background behind it stands in */
  for (guint i = n_ids; i-- > 0;)
    {
      gboolean is_look = limn_looks_have (model, ids[i]);
      const guint8 *own =
          preview->colours + MIN (ids[i], preview->n_codes - 1) * pixels * row_bytes;
      guint8 *to = rgb + i / columns * pixels * stride + i % columns * row_bytes;

      if (limn_looks_can_stand_in (model, ids[i]))
        behind = own;
      const guint8 *from = is_look ? behind : own;
      for (guint y = 0; from != NULL && y < pixels; y++)
        {
          memcpy (to + y * stride, from + y * row_bytes, row_bytes);
          for (guint t = 0; t < n_tints; t++)
            limn_preview_tint_apply (tints[t], is_look || ids[i] < model->vqgan.n_backgrounds,
                                     to + y * stride, pixels);
        }
    }
}
