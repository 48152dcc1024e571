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

#define CODES 256 /* looked up and multiplied together */

/* Colours of the codes from first on, up to CODES of them. */
static void
build_colours (LimnPreview *preview,
               LimnModel *model,
               LimnCompute *compute,
               guint first,
               float *codes,
               float *colours)
{
  guint n = numbers_per_token (model), m = MIN (CODES, preview->n_codes - first);
  guint8 *to = preview->colours + (gsize) first * n;

  for (guint i = 0; i < m; i++)
    limn_matrix_get_row (&model->codebook, first + i, codes + (gsize) i * model->codebook.n_cols);
  limn_matmul_large (compute, &model->preview, codes, m, colours);
  for (gsize i = 0; i < (gsize) m * n; i++)
    to[i] = to_byte (colours[i] + model->preview_bias[i % n]);
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
  codes = g_new (float, (gsize) CODES * model->codebook.n_cols);
  colours = g_new (float, (gsize) CODES *numbers_per_token (model));
  for (guint first = 0; first < preview->n_codes; first += CODES)
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

/* The tint of look i, or NULL if it is not among the tokens. */
static const LimnPreviewTint *
find_tint (LimnPreview *preview, guint i, const guint32 *ids, guint n_ids)
{
  LimnPreviewTint *tint = preview->tints + i;

  if (!limn_looks_is_among (preview->model->vqgan.look_tokens[i], ids, n_ids))
    return NULL;
  if (!tint->is_known)
    limn_preview_tint_find (tint, preview->model, preview->compute, i);
  return tint;
}

/* The pixels of all tokens in one look; ids as they are drawn, looks among them. */
static void
tint_tokens (LimnPreview *preview,
             const LimnPreviewTint *tint,
             const guint32 *ids,
             guint n_ids,
             guint columns,
             guint8 *rgb)
{
  guint pixels = preview->pixels;
  gsize stride = (gsize) pixels * 3 * columns;
  gboolean has_background = FALSE; /* to stand in for looks */

  for (guint i = n_ids; i-- > 0;)
    {
      guint8 *to = rgb + i / columns * pixels * stride + (gsize) (i % columns) * pixels * 3;

      gboolean is_look = limn_looks_have (preview->model, ids[i]);

      has_background = has_background || limn_looks_can_stand_in (preview->model, ids[i]);
      for (guint y = 0; (!is_look || has_background) && y < pixels; y++)
        limn_preview_tint_apply (tint, is_look || ids[i] < preview->model->vqgan.n_backgrounds,
                                 to + y * stride, pixels);
    }
}

void
limn_preview_draw (LimnPreview *preview,
                   const guint32 *ids,
                   guint n_ids,
                   guint rows,
                   guint columns,
                   guint8 *rgb)
{
  gsize row_bytes = (gsize) preview->pixels * 3, stride = row_bytes * columns;
  const guint8 *behind = NULL;

  n_ids = MIN (n_ids, rows * columns);
  memset (rgb, GREY, stride * rows * preview->pixels);
  /* backwards, as a look shows nothing: the background behind it stands in */
  for (guint i = n_ids; i-- > 0;)
    {
      guint8 *to = rgb + i / columns * preview->pixels * stride + i % columns * row_bytes;

      const guint8 *from =
          preview->colours + MIN (ids[i], preview->n_codes - 1) * preview->pixels * row_bytes;

      if (limn_looks_have (preview->model, ids[i]))
        from = behind;
      else if (limn_looks_can_stand_in (preview->model, ids[i]))
        behind = from;
      for (guint y = 0; from != NULL && y < preview->pixels; y++)
        memcpy (to + y * stride, from + y * row_bytes, row_bytes);
    }
  for (guint i = 0; preview->tints != NULL && i < preview->model->vqgan.n_looks; i++)
    {
      const LimnPreviewTint *tint = find_tint (preview, i, ids, n_ids);
      if (tint != NULL)
        tint_tokens (preview, tint, ids, n_ids, columns, rgb);
    }
}
