/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks in previews, see preview-tint.h. */
#include "config.h"
#include "preview-tint.h"
#include "looks.h"

#include <string.h>

#define SIDE  8 /* of the sample; it has as many codes of background as others */
#define N     (SIDE * 2 * SIDE)
#define RIDGE 1e-3

/* Sums for the least squares of one map, over pixels. */
typedef struct
{
  double square[4][4]; /* of red, green, blue, 1 before */
  double right[4][3];  /* of these with red, green, blue after */
} Sums;

/* ==== least squares ====================================================== */

static void
sums_add (Sums *sums, const float *before, const float *after)
{
  const double x[4] = { before[0], before[1], before[2], 1 };

  for (guint i = 0; i < 4; i++)
    {
      for (guint j = 0; j < 4; j++)
        sums->square[i][j] += x[i] * x[j];
      for (guint c = 0; c < 3; c++)
        sums->right[i][c] += x[i] * after[c];
    }
}

/* The map by elimination; the ridge draws it towards one that changes nothing. */
static void
sums_solve (Sums *s, float map[3][4])
{
  double ridge = RIDGE * (s->square[3][3] + 1);

  for (guint i = 0; i < 4; i++)
    {
      s->square[i][i] += ridge;
      if (i < 3)
        s->right[i][i] += ridge;
    }
  for (guint i = 0; i < 4; i++)
    for (guint row = 0; row < 4; row++)
      {
        double factor = s->square[row][i] / s->square[i][i];
        for (guint j = 0; row != i && j < 4; j++)
          s->square[row][j] -= factor * s->square[i][j];
        for (guint c = 0; row != i && c < 3; c++)
          s->right[row][c] -= factor * s->right[i][c];
      }
  for (guint c = 0; c < 3; c++)
    for (guint i = 0; i < 4; i++)
      map[c][i] = (float) (s->right[i][c] / s->square[i][i]);
}

/* ==== the sample ========================================================= */

/* Codes from all over the table, looks left out: backgrounds in the left half, if there are any. */
static void
choose_codes (const LimnModel *model, guint32 *ids)
{
  guint n_codes = model->codebook.n_rows, n_backgrounds = model->vqgan.n_backgrounds;

  for (guint i = 0; i < N; i++)
    {
      gboolean is_left = i % (2 * SIDE) < SIDE;
      guint first = is_left || n_backgrounds == n_codes ? 0 : n_backgrounds;
      guint end = is_left && n_backgrounds > 0 ? n_backgrounds : n_codes;
      guint k = i / (2 * SIDE) * SIDE + i % SIDE; /* of its half */
      ids[i] = first + (guint) ((guint64) (end - first) * k / (SIDE * SIDE));
      while (ids[i] > first && limn_looks_have (model, ids[i]))
        ids[i]--;
    }
}

/* Colours (P * P, 3) of a code vector. */
static void
color_of (const LimnModel *model, const float *code, float *out)
{
  const float *weights = model->preview.data;

  for (guint i = 0; i < model->preview.n_rows; i++)
    {
      const float *row = weights + (gsize) i * model->preview.n_cols;
      float sum = model->preview_bias[i];
      for (guint c = 0; c < model->preview.n_cols; c++)
        sum += row[c] * code[c];
      out[i] = CLAMP (sum, 0, 1);
    }
}

typedef struct
{
  LimnModel *model;
  LimnPlanes planes;
  guint32 ids[N];
  float *before; /* owned: (N, P * P * 3) */
  float *after;  /* owned: (P * P * 3) */
  float *code;   /* owned: (embed_dim) */
  float *memory; /* owned, aligned */
} Sample;

static void
sample_clear (Sample *sample)
{
  g_free (sample->before);
  g_free (sample->after);
  g_free (sample->code);
  g_aligned_free (sample->memory);
}

static void
sample_color (Sample *sample, guint cell, float *out)
{
  limn_planes_get_pixel (&sample->planes, cell / (2 * SIDE), cell % (2 * SIDE), sample->code);
  color_of (sample->model, sample->code, out);
}

static void
sample_init (Sample *sample, LimnModel *model)
{
  guint n = model->preview.n_rows, embed_dim = model->vqgan.embed_dim;
  gsize n_floats = 0;

  *sample = (Sample){ .model = model };
  limn_planes_size (embed_dim, SIDE, 2 * SIDE, 1, &n_floats);
  sample->memory = g_aligned_alloc (n_floats, sizeof (float), 64);
  limn_planes_init (&sample->planes, embed_dim, SIDE, 2 * SIDE, 1, sample->memory);
  sample->before = g_new (float, (gsize) N *n);
  sample->after = g_new (float, n);
  sample->code = g_new (float, embed_dim);
  choose_codes (model, sample->ids);
  for (guint i = 0; i < N; i++)
    {
      limn_matrix_get_row (&model->codebook, sample->ids[i], sample->code);
      limn_planes_set_pixel (&sample->planes, i / (2 * SIDE), i % (2 * SIDE), sample->code);
      color_of (model, sample->code, sample->before + (gsize) i * n);
    }
}

void
limn_preview_tint_find (LimnPreviewTint *tint, LimnModel *model, LimnCompute *compute, guint look)
{
  guint n = model->preview.n_rows;
  g_autoptr (LimnLooks) looks = limn_looks_new (model, SIDE, 2 * SIDE, NULL);
  Sums sums[2] = { 0 };
  Sample sample;

  sample_init (&sample, model);
  if (looks != NULL)
    {
      limn_looks_get_shown (looks, sample.ids);
      limn_looks_apply_one (looks, compute, look, &sample.planes);
    }
  for (guint i = 0; i < N; i++)
    {
      gboolean is_background = sample.ids[i] < model->vqgan.n_backgrounds;
      sample_color (&sample, i, sample.after);
      for (guint p = 0; p < n; p += 3)
        sums_add (&sums[is_background ? 0 : 1], sample.before + (gsize) i * n + p,
                  sample.after + p);
    }
  sample_clear (&sample);
  sums_solve (&sums[0], tint->maps[0]);
  sums_solve (&sums[1], tint->maps[1]);
  tint->is_known = TRUE;
}

void
limn_preview_tint_apply (const LimnPreviewTint *tint, gboolean is_background, guint8 *rgb, guint n)
{
  const float (*map)[4] = tint->maps[is_background ? 0 : 1];

  for (guint p = 0; p < n; p++, rgb += 3)
    {
      float from[3] = { rgb[0], rgb[1], rgb[2] };
      for (guint c = 0; c < 3; c++)
        {
          float value =
              map[c][0] * from[0] + map[c][1] * from[1] + map[c][2] * from[2] + 255 * map[c][3];
          rgb[c] = value > 0 ? (guint8) (MIN (value, 255.0f) + 0.5f) : 0; /* NaN: 0 */
        }
    }
}
