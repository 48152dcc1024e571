/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AArch64, any of them; compiled a second time with its integer dot products (Armv8.2). */
#include <arm_neon.h>

#define VW           4
#define GEMM_M       6
#define GEMM_V       4
#define DOT_M        2
#define DOT_R        3
#define LOAD_HALF(p) (vf) vcvt_f32_f16 (vreinterpret_f16_u16 (vld1_u16 (p)))
#define VMAX(a, b)   (vf) vmaxq_f32 ((float32x4_t) (a), (float32x4_t) (b))
#define VMIN(a, b)   (vf) vminq_f32 ((float32x4_t) (a), (float32x4_t) (b))
#define DIVIDES_SLOWLY
#include "kernels-float.h"

#define LINE (LIMN_PACK_ROWS * LIMN_PACK_COLS)

INLINE int8x16_t
four_columns (const gint8 *x)
{
  gint32 four;
  memcpy (&four, x, sizeof four);
  return vreinterpretq_s8_s32 (vdupq_n_s32 (four));
}

#ifdef __ARM_FEATURE_DOTPROD

#define TABLE limn_kernels_dotprod
#define NAME  "neon-dotprod"
#define ROWS  6

INLINE int32x4_t
add_products (int32x4_t sum, int8x16_t w, int8x16_t x)
{
  return vdotq_s32 (sum, w, x);
}

#else

#define TABLE limn_kernels_neon
#define NAME  "neon"
#define ROWS  4

/* 127 * 127 * 2 fits sixteen bits, and so do sums of two products; -128 is not
 * a weight, but widening keeps even that exact. */
INLINE int32x4_t
add_products (int32x4_t sum, int8x16_t w, int8x16_t x)
{
  int32x4_t low = vpaddlq_s16 (vmull_s8 (vget_low_s8 (w), vget_low_s8 (x)));
  int32x4_t high = vpaddlq_s16 (vmull_high_s8 (w, x));

  return vaddq_s32 (sum, vpaddq_s32 (low, high));
}

#endif

INLINE void
dot_tile_i8 (const gint8 *block, gsize padded, const gint8 *x, gint32 *sums, const guint m)
{
  int32x4_t sum[ROWS][4];

  UNROLL for (guint i = 0; i < m; i++) UNROLL for (guint q = 0; q < 4; q++) sum[i][q] =
      vdupq_n_s32 (0);
  for (gsize c = 0; c < padded; c += LIMN_PACK_COLS, block += LINE)
    {
      int8x16_t w[4];
      UNROLL for (guint q = 0; q < 4; q++) w[q] = vld1q_s8 (block + 16 * q);
      UNROLL for (guint i = 0; i < m; i++)
      {
        int8x16_t four = four_columns (x + i * padded + c);
        UNROLL for (guint q = 0; q < 4; q++) sum[i][q] = add_products (sum[i][q], w[q], four);
      }
    }
  UNROLL for (guint i = 0; i < m; i++) UNROLL for (guint q = 0; q < 4; q++)
      vst1q_s32 (sums + i * LIMN_PACK_ROWS + 4 * q, sum[i][q]);
}

static void
dot_i8 (const LimnDotI8 *dot)
{
  gsize padded = dot->padded_cols;
  const gint8 *x = dot->x;

  for (guint b = 0; b < dot->n_blocks; b++)
    {
      const gint8 *block = dot->blocks + b * LIMN_PACK_ROWS * padded;
      gint32 *to = dot->sums + (gsize) b * dot->m * LIMN_PACK_ROWS;
      guint i = 0;

      for (; i + ROWS <= dot->m; i += ROWS)
        dot_tile_i8 (block, padded, x + i * padded, to + i * LIMN_PACK_ROWS, ROWS);
      for (; i < dot->m; i++)
        dot_tile_i8 (block, padded, x + i * padded, to + i * LIMN_PACK_ROWS, 1);
    }
}

const LimnKernels TABLE = {
  .name = NAME,
  FLOAT_KERNELS,
  .dot_i8 = dot_i8,
  .x_rows = 1,
  .x_bytes = 1,
};
