/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawing previews from a table with the colours of every code. */
#include "preview.h"

#include <string.h>

#define GREY 128 /* of tokens not drawn yet */

struct _LimnPreview
{
  guint8 *colours; /* owned: (n_codes, P, P, 3) */
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

typedef struct
{
  LimnModel *model;
  LimnPreview *preview;
} Build;

#define CODES 256 /* in one chunk */

static void
build_chunk (gpointer data, guint chunk)
{
  const Build *job = data;
  const LimnMatrix *codes = &job->model->codebook, *map = &job->model->preview;
  guint n = numbers_per_token (job->model), end = MIN ((chunk + 1) * CODES, codes->n_rows);
  g_autofree float *code = g_new (float, codes->n_cols);

  for (guint id = chunk * CODES; id < end; id++)
    {
      guint8 *to = job->preview->colours + (gsize) id * n;

      limn_matrix_get_row (codes, id, code);
      for (guint i = 0; i < n; i++)
        {
          const float *row = (const float *) map->data + (gsize) i * map->n_cols;
          float sum = job->model->preview_bias[i];
          for (guint c = 0; c < map->n_cols; c++)
            sum += row[c] * code[c];
          to[i] = to_byte (sum);
        }
    }
}

LimnPreview *
limn_preview_new (LimnModel *model, LimnCompute *compute, GError **error)
{
  LimnPreview *preview;
  Build job = { model };

  if (!limn_model_require (model, LIMN_MODEL_PART_PREVIEW, error))
    return NULL;
  preview = g_new0 (LimnPreview, 1);
  preview->n_codes = model->codebook.n_rows;
  preview->pixels = model->preview_pixels;
  preview->colours = g_malloc (limn_preview_bytes (model));
  job.preview = preview;
  limn_compute_run (compute, (preview->n_codes + CODES - 1) / CODES, build_chunk, &job);
  return preview;
}

void
limn_preview_free (LimnPreview *preview)
{
  if (preview == NULL)
    return;
  g_free (preview->colours);
  g_free (preview);
}

guint
limn_preview_get_pixels (const LimnPreview *preview)
{
  return preview->pixels;
}

void
limn_preview_draw (const LimnPreview *preview,
                   const guint32 *ids,
                   guint n_ids,
                   guint rows,
                   guint columns,
                   guint8 *rgb)
{
  gsize row_bytes = (gsize) preview->pixels * 3, stride = row_bytes * columns;

  memset (rgb, GREY, stride * rows * preview->pixels);
  for (guint i = 0; i < MIN (n_ids, rows * columns); i++)
    {
      const guint8 *from =
          preview->colours + MIN (ids[i], preview->n_codes - 1) * preview->pixels * row_bytes;
      guint8 *to = rgb + i / columns * preview->pixels * stride + i % columns * row_bytes;

      for (guint y = 0; y < preview->pixels; y++)
        memcpy (to + y * stride, from + y * row_bytes, row_bytes);
    }
}
