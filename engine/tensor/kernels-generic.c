/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Kernels for any processor, in vectors of four that every one of them has or
 * the compiler makes up: the reference for the others.
 */
#define VW     4
#define GEMM_M 6
#define GEMM_V 2
#define DOT_M  2
#define DOT_R  1
#define LOAD_HALF(p)                                                                               \
  (vf)                                                                                             \
  {                                                                                                \
    limn_half_to_float ((p)[0]), limn_half_to_float ((p)[1]), limn_half_to_float ((p)[2]),         \
        limn_half_to_float ((p)[3])                                                                \
  }
#include "kernels-float.h"

static void
dot_i8_block (const gint8 *block, gsize padded_cols, const gint8 *x, gint32 *sums)
{
  guint32 sum[LIMN_PACK_ROWS] = { 0 };

  for (gsize c = 0; c < padded_cols; c += 4, block += LIMN_PACK_ROWS * LIMN_PACK_COLS)
    for (guint r = 0; r < LIMN_PACK_ROWS; r++)
      sum[r] += block[4 * r] * x[c] + block[4 * r + 1] * x[c + 1] + block[4 * r + 2] * x[c + 2]
                + block[4 * r + 3] * x[c + 3];
  memcpy (sums, sum, sizeof sum);
}

static void
dot_i8 (const LimnDotI8 *dot)
{
  const gint8 *x = dot->x;

  for (guint b = 0; b < dot->n_blocks; b++)
    for (guint i = 0; i < dot->m; i++)
      dot_i8_block (dot->blocks + b * LIMN_PACK_ROWS * dot->padded_cols, dot->padded_cols,
                    x + i * dot->padded_cols, dot->sums + (b * dot->m + i) * LIMN_PACK_ROWS);
}

const LimnKernels limn_kernels_generic = {
  .name = "generic",
  FLOAT_KERNELS,
  .dot_i8 = dot_i8,
  .x_rows = 1,
  .x_bytes = 1,
};
