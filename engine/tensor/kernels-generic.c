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
dot_i8 (const gint8 *block, gsize padded_cols, const gint8 *x, guint m, gint32 *sums)
{
  for (guint i = 0; i < m; i++)
    {
      guint32 sum[LIMN_PACK_ROWS] = { 0 };
      const gint8 *row = x + i * padded_cols;
      const gint8 *line = block;

      for (gsize c = 0; c < padded_cols; c += 4, line += LIMN_PACK_ROWS * LIMN_PACK_COLS)
        for (guint r = 0; r < LIMN_PACK_ROWS; r++)
          sum[r] += line[4 * r] * row[c] + line[4 * r + 1] * row[c + 1]
                    + line[4 * r + 2] * row[c + 2] + line[4 * r + 3] * row[c + 3];
      memcpy (sums + i * LIMN_PACK_ROWS, sum, sizeof sum);
    }
}

const LimnKernels limn_kernels_generic = {
  .name = "generic",
  FLOAT_KERNELS,
  .dot_i8 = dot_i8,
};
