/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks in previews, see preview-tint.h. */
#include "config.h"
#include "preview-tint.h"
#include "looks.h"
#include "preview.h"

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

/* The codes in planes (embed_dim, SIDE, 2 * SIDE). */
static void
lay_out (const LimnModel *model, const guint32 *ids, const LimnPlanes *planes)
{
  g_autofree float *code = g_new (float, model->codebook.n_cols);

  for (guint i = 0; i < N; i++)
    {
      limn_matrix_get_row (&model->codebook, ids[i], code);
      limn_planes_set_pixel (planes, i / (2 * SIDE), i % (2 * SIDE), code);
    }
}

/* (N, P * P, 3), owned by the caller: 0 to 1 */
static float *
colours_of (LimnModel *model, LimnCompute *compute, const LimnPlanes *planes)
{
  guint n = model->preview.n_rows;
  g_autofree float *codes = g_new (float, (gsize) N * planes->n_channels);
  float *colours = g_new (float, (gsize) N *n);

  for (guint i = 0; i < N; i++)
    limn_planes_get_pixel (planes, i / (2 * SIDE), i % (2 * SIDE),
                           codes + (gsize) i * planes->n_channels);
  limn_preview_colours (model, compute, codes, N, colours);
  for (gsize i = 0; i < (gsize) N * n; i++)
    colours[i] = CLAMP (colours[i], 0, 1);
  return colours;
}

static void
fit_maps (LimnPreviewTint *tint,
          const LimnModel *model,
          const guint32 *ids,
          const float *before,
          const float *after)
{
  guint n = model->preview.n_rows;
  Sums sums[2] = { 0 };

  for (guint i = 0; i < N; i++)
    for (guint p = 0; p < n; p += 3)
      sums_add (&sums[ids[i] < model->vqgan.n_backgrounds ? 0 : 1], before + (gsize) i * n + p,
                after + (gsize) i * n + p);
  sums_solve (&sums[0], tint->maps[0]);
  sums_solve (&sums[1], tint->maps[1]);
  tint->is_known = TRUE;
}

void
limn_preview_tint_find (LimnPreviewTint *tint, LimnModel *model, LimnCompute *compute, guint look)
{
  g_autoptr (LimnLooks) looks = limn_looks_new (model, SIDE, 2 * SIDE, NULL);
  g_autofree float *before = NULL, *after = NULL;
  float *memory;
  gsize n_floats = 0;
  guint32 ids[N];
  LimnPlanes planes;

  limn_planes_size (model->codebook.n_cols, SIDE, 2 * SIDE, 1, &n_floats);
  memory = g_aligned_alloc (n_floats, sizeof (float), 64);
  limn_planes_init (&planes, model->codebook.n_cols, SIDE, 2 * SIDE, 1, memory);
  choose_codes (model, ids);
  lay_out (model, ids, &planes);
  before = colours_of (model, compute, &planes);
  if (looks != NULL)
    {
      limn_looks_get_shown (looks, ids);
      limn_looks_apply_one (looks, compute, look, &planes);
    }
  after = colours_of (model, compute, &planes);
  g_aligned_free (memory);
  fit_maps (tint, model, ids, before, after);
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
