/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AVX-512 (F, BW, DQ, VL); compiled a second time with its integer dot products (VNNI). */
#include <immintrin.h>

#define VW           16
#define GEMM_M       12
#define GEMM_V       2
#define DOT_M        6
#define DOT_R        4
#define LOAD_HALF(p) (vf) _mm512_cvtph_ps (_mm256_loadu_si256 ((const __m256i *) (p)))
#define VMAX(a, b)   (vf) _mm512_max_ps ((__m512) (a), (__m512) (b))
#define VMIN(a, b)   (vf) _mm512_min_ps ((__m512) (a), (__m512) (b))
#define DIVIDES_SLOWLY
#include "kernels-float.h"

#define LINE (LIMN_PACK_ROWS * LIMN_PACK_COLS)

INLINE gint32
four_columns (const gint8 *x)
{
  gint32 four;
  memcpy (&four, x, sizeof four);
  return four;
}

#ifdef __AVX512VNNI__

#define TABLE limn_kernels_avx512vnni
#define NAME  "avx512-vnni"

#define X_ROWS 6 /* of x and */
#define BLOCKS 4 /* of W in a tile: 24 sums */
/* Columns in one go: a tile's weights and those that come next, 128 KiB, stay in the second
 * cache, from where they arrive faster than they are multiplied. */
#define DEPTH 1024

#define LAY_ROW lay_row
typedef gint8 DotX;
static const guint x_order[] = { 0, 1, 2, 3 };

/* vpdpbusd wants one unsigned operand: weights + 128, and 128 times the sum of x
 * is taken off beforehand. */
#define FIRST_SUM(x_sum) ((gint32) (0u - 128u * (guint32) (x_sum)))

INLINE void
dot_tile_i8 (const gint8 *w,
             gsize block_bytes,
             gsize n,
             const gint8 *x,
             guint sum_rows,
             gint32 *sums,
             const gint8 *ahead,
             guint asks,
             const guint m,
             const guint blocks)
{
  const __m512i flip = _mm512_set1_epi8 (-128);
  const gint8 *end = x + n * X_ROWS;
  __m512i sum[X_ROWS][BLOCKS];

  UNROLL for (guint i = 0; i < m; i++) UNROLL for (guint b = 0; b < blocks; b++) sum[i][b] =
      _mm512_loadu_si512 (sums + ((gsize) b * sum_rows + i) * LIMN_PACK_ROWS);
  for (; x < end; x += X_ROWS * LIMN_PACK_COLS, w += LINE, ahead += LINE)
    {
      __m512i line[BLOCKS];
      for (guint b = 0; b < asks; b++)
        __builtin_prefetch (ahead + b * block_bytes, 0, 2);
      UNROLL for (guint b = 0; b < blocks; b++) line[b] =
          _mm512_xor_si512 (_mm512_loadu_si512 (w + b * block_bytes), flip);
      UNROLL for (guint i = 0; i < m; i++)
      {
        __m512i four = _mm512_set1_epi32 (four_columns (x + i * LIMN_PACK_COLS));
        UNROLL for (guint b = 0; b < blocks; b++) sum[i][b] =
            _mm512_dpbusd_epi32 (sum[i][b], line[b], four);
      }
    }
  UNROLL for (guint i = 0; i < m; i++) UNROLL for (guint b = 0; b < blocks; b++)
      _mm512_storeu_si512 (sums + ((gsize) b * sum_rows + i) * LIMN_PACK_ROWS, sum[i][b]);
}

#include "kernels-packed.h"

#else

#define TABLE   limn_kernels_avx512
#define NAME    "avx512"
#define ROWS    4
#define X_ROWS  1
#define LAY_ROW NULL /* plain rows */

/* As AVX2's: bytes widened to sixteen bits, products in pairs; each sum holds
 * eight rows times two pairs. */
INLINE void
dot_tile_i8 (const gint8 *block, gsize padded, const gint8 *x, gint32 *sums, const guint m)
{
  const __m512i even =
      _mm512_setr_epi32 (0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const __m512i odd = _mm512_setr_epi32 (1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  __m512i sum[ROWS][2];

  UNROLL for (guint i = 0; i < m; i++) sum[i][0] = sum[i][1] = _mm512_setzero_si512 ();
  for (gsize c = 0; c < padded; c += LIMN_PACK_COLS, block += LINE)
    {
      __m512i low = _mm512_cvtepi8_epi16 (_mm256_loadu_si256 ((const __m256i *) block));
      __m512i high = _mm512_cvtepi8_epi16 (_mm256_loadu_si256 ((const __m256i *) (block + 32)));
      UNROLL for (guint i = 0; i < m; i++)
      {
        __m512i four = _mm512_cvtepi8_epi16 (_mm256_set1_epi32 (four_columns (x + i * padded + c)));
        sum[i][0] = _mm512_add_epi32 (sum[i][0], _mm512_madd_epi16 (low, four));
        sum[i][1] = _mm512_add_epi32 (sum[i][1], _mm512_madd_epi16 (high, four));
      }
    }
  UNROLL for (guint i = 0; i < m; i++) _mm512_storeu_si512 (
      sums + i * LIMN_PACK_ROWS,
      _mm512_add_epi32 (_mm512_permutex2var_epi32 (sum[i][0], even, sum[i][1]),
                        _mm512_permutex2var_epi32 (sum[i][0], odd, sum[i][1])));
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

#endif

const LimnKernels TABLE = {
  .name = NAME,
  FLOAT_KERNELS,
  .dot_i8 = dot_i8,
  .x_rows = X_ROWS,
  .x_bytes = 1,
  .lay_row = LAY_ROW,
};
