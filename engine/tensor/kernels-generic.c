/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kernels in portable C: the reference for the others, and what runs where none of them does. */
#include "half.h"
#include "kernels.h"

#include <math.h>

#define LANES 16

static float
fold (float sums[LANES])
{
  for (guint width = LANES / 2; width > 0; width /= 2)
    for (guint l = 0; l < width; l++)
      sums[l] += sums[l + width];
  return sums[0];
}

static float
dot_one (const float *w, const float *x, guint n)
{
  float sums[LANES] = { 0 };
  guint c = 0;

  for (; c + LANES <= n; c += LANES)
    for (guint l = 0; l < LANES; l++)
      sums[l] += w[c + l] * x[c + l];
  for (guint l = 0; c + l < n; l++)
    sums[l] += w[c + l] * x[c + l];
  return fold (sums);
}

static void
dot_f32 (const void *w,
         guint n_rows,
         guint n_cols,
         const float *x,
         guint m,
         float *y,
         gsize y_stride)
{
  for (guint r = 0; r < n_rows; r++)
    for (guint i = 0; i < m; i++)
      y[i * y_stride + r] =
          dot_one ((const float *) w + (gsize) r * n_cols, x + (gsize) i * n_cols, n_cols);
}

/* The sixteen-bit types differ in one function alone. */
#define DOT_HALF(name, to_float)                                                                   \
  static float name##_one (const guint16 *w, const float *x, guint n)                              \
  {                                                                                                \
    float sums[LANES] = { 0 };                                                                     \
    guint c = 0;                                                                                   \
                                                                                                   \
    for (; c + LANES <= n; c += LANES)                                                             \
      for (guint l = 0; l < LANES; l++)                                                            \
        sums[l] += to_float (w[c + l]) * x[c + l];                                                 \
    for (guint l = 0; c + l < n; l++)                                                              \
      sums[l] += to_float (w[c + l]) * x[c + l];                                                   \
    return fold (sums);                                                                            \
  }                                                                                                \
                                                                                                   \
  static void name (const void *w, guint n_rows, guint n_cols, const float *x, guint m, float *y,  \
                    gsize y_stride)                                                                \
  {                                                                                                \
    for (guint r = 0; r < n_rows; r++)                                                             \
      for (guint i = 0; i < m; i++)                                                                \
        y[i * y_stride + r] =                                                                      \
            name##_one ((const guint16 *) w + (gsize) r * n_cols, x + (gsize) i * n_cols, n_cols); \
  }

DOT_HALF (dot_f16, limn_half_to_float)
DOT_HALF (dot_bf16, limn_bf16_to_float)

static void
dot_i8 (const gint8 *block, gsize padded_cols, const gint8 *x, guint m, gint32 *sums)
{
  for (guint i = 0; i < m; i++)
    {
      gint32 *sum = sums + i * LIMN_PACK_ROWS;
      const gint8 *row = x + i * padded_cols;
      const gint8 *line = block;

      memset (sum, 0, LIMN_PACK_ROWS * sizeof *sum);
      for (gsize c = 0; c < padded_cols; c += 4, line += LIMN_PACK_ROWS * LIMN_PACK_COLS)
        for (guint r = 0; r < LIMN_PACK_ROWS; r++)
          sum[r] += line[4 * r] * row[c] + line[4 * r + 1] * row[c + 1]
                    + line[4 * r + 2] * row[c + 2] + line[4 * r + 3] * row[c + 3];
    }
}

static void
layer_norm (const LimnNorm *norm, float eps, const float *x, float *out)
{
  guint n = norm->n;
  double sum = 0, square = 0;

  for (guint i = 0; i < n; i++)
    sum += x[i];
  float mean = (float) (sum / n);
  for (guint i = 0; i < n; i++)
    square += (double) (x[i] - mean) * (x[i] - mean);
  float inverse = (float) (1 / sqrt (square / n + eps));

  for (guint i = 0; i < n; i++)
    {
      float v = (x[i] - mean) * inverse;
      if (norm->weight != NULL)
        v *= norm->weight[i];
      out[i] = norm->bias != NULL ? v + norm->bias[i] : v;
    }
}

static void
gelu_gate (const float *a, const float *b, float *out, gsize n)
{
  for (gsize i = 0; i < n; i++)
    out[i] = 0.5f * a[i] * (1 + erff (a[i] * 0.70710678f)) * b[i];
}

static void
softmax (float *x, gsize n)
{
  float most = -INFINITY, sum = 0;

  for (gsize i = 0; i < n; i++)
    most = MAX (most, x[i]);
  for (gsize i = 0; i < n; i++)
    sum += x[i] = expf (x[i] - most);
  for (gsize i = 0; i < n; i++)
    x[i] /= sum;
}

const LimnKernels limn_kernels_generic = {
  .name = "generic",
  .dot_f32 = dot_f32,
  .dot_f16 = dot_f16,
  .dot_bf16 = dot_bf16,
  .dot_i8 = dot_i8,
  .layer_norm = layer_norm,
  .gelu_gate = gelu_gate,
  .softmax = softmax,
};
