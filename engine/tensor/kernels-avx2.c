/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * AVX2 with FMA and F16C (2013 on); compiled a second time with AVX-VNNI for
 * processors that have integer dot products but no AVX-512.
 */
#include <immintrin.h>

#define VW           8
#define GEMM_M       6
#define GEMM_V       2
#define DOT_M        3
#define DOT_R        2
#define LOAD_HALF(p) (vf) _mm256_cvtph_ps (_mm_loadu_si128 ((const __m128i *) (p)))
#define VMAX(a, b)   (vf) _mm256_max_ps ((__m256) (a), (__m256) (b))
#include "kernels-float.h"

#define LINE (LIMN_PACK_ROWS * LIMN_PACK_COLS)

INLINE gint32
four_columns (const gint8 *x)
{
  gint32 four;
  memcpy (&four, x, sizeof four);
  return four;
}

#ifdef __AVXVNNI__

#define TABLE limn_kernels_avxvnni
#define NAME  "avx-vnni"
#define ROWS  4 /* of x in a tile */

/* vpdpbusd wants one unsigned operand: weights + 128, and 128 times the sum of x
 * is taken off again. */
INLINE void
dot_tile_i8 (const gint8 *block, gsize padded, const gint8 *x, gint32 *sums, const guint m)
{
  const __m256i flip = _mm256_set1_epi8 (-128), ones = _mm256_set1_epi8 (1);
  __m256i sum[ROWS][2], total[ROWS];

  UNROLL for (guint i = 0; i < m; i++) sum[i][0] = sum[i][1] = total[i] = _mm256_setzero_si256 ();
  for (gsize c = 0; c < padded; c += LIMN_PACK_COLS, block += LINE)
    {
      __m256i low = _mm256_xor_si256 (_mm256_loadu_si256 ((const __m256i *) block), flip);
      __m256i high = _mm256_xor_si256 (_mm256_loadu_si256 ((const __m256i *) (block + 32)), flip);
      UNROLL for (guint i = 0; i < m; i++)
      {
        __m256i four = _mm256_set1_epi32 (four_columns (x + i * padded + c));
        sum[i][0] = _mm256_dpbusd_avx_epi32 (sum[i][0], low, four);
        sum[i][1] = _mm256_dpbusd_avx_epi32 (sum[i][1], high, four);
      }
    }
  for (guint i = 0; i < m; i++)
    {
      for (gsize c = 0; c < padded; c += 32)
        total[i] = _mm256_dpbusd_avx_epi32 (
            total[i], ones, _mm256_loadu_si256 ((const __m256i *) (x + i * padded + c)));
      guint32 part[8], all = 0;
      _mm256_storeu_si256 ((__m256i *) part, total[i]);
      for (guint l = 0; l < 8; l++)
        all += part[l];
      __m256i extra = _mm256_set1_epi32 ((gint32) (all * 128));
      gint32 *to = sums + i * LIMN_PACK_ROWS;
      _mm256_storeu_si256 ((__m256i *) to, _mm256_sub_epi32 (sum[i][0], extra));
      _mm256_storeu_si256 ((__m256i *) (to + 8), _mm256_sub_epi32 (sum[i][1], extra));
    }
}

#else

#define TABLE limn_kernels_avx2
#define NAME  "avx2"
#define ROWS  2

/* Bytes widened to sixteen bits: products in pairs, nothing saturates.  Each sum
 * holds four rows times two pairs. */
INLINE void
dot_tile_i8 (const gint8 *block, gsize padded, const gint8 *x, gint32 *sums, const guint m)
{
  __m256i sum[ROWS][4];

  UNROLL for (guint i = 0; i < m; i++) UNROLL for (guint q = 0; q < 4; q++) sum[i][q] =
      _mm256_setzero_si256 ();
  for (gsize c = 0; c < padded; c += LIMN_PACK_COLS, block += LINE)
    {
      __m256i w[4];
      UNROLL for (guint q = 0; q < 4; q++) w[q] =
          _mm256_cvtepi8_epi16 (_mm_loadu_si128 ((const __m128i *) (block + 16 * q)));
      UNROLL for (guint i = 0; i < m; i++)
      {
        __m256i four = _mm256_cvtepi8_epi16 (_mm_set1_epi32 (four_columns (x + i * padded + c)));
        UNROLL for (guint q = 0; q < 4; q++) sum[i][q] =
            _mm256_add_epi32 (sum[i][q], _mm256_madd_epi16 (w[q], four));
      }
    }
  UNROLL for (guint i = 0; i < m; i++) UNROLL for (guint q = 0; q < 4; q += 2)
  {
    __m256i pairs = _mm256_hadd_epi32 (sum[i][q], sum[i][q + 1]);
    _mm256_storeu_si256 ((__m256i *) (sums + i * LIMN_PACK_ROWS + q * 4),
                         _mm256_permute4x64_epi64 (pairs, 0xd8));
  }
}

#endif

static void
dot_i8 (const LimnDotI8 *dot)
{
  gsize padded = dot->padded_cols;

  for (guint b = 0; b < dot->n_blocks; b++)
    {
      const gint8 *block = dot->blocks + b * LIMN_PACK_ROWS * padded;
      gint32 *to = dot->sums + (gsize) b * dot->m * LIMN_PACK_ROWS;
      guint i = 0;

      for (; i + ROWS <= dot->m; i += ROWS)
        dot_tile_i8 (block, padded, dot->x + i * padded, to + i * LIMN_PACK_ROWS, ROWS);
      for (; i < dot->m; i++)
        dot_tile_i8 (block, padded, dot->x + i * padded, to + i * LIMN_PACK_ROWS, 1);
    }
}

const LimnKernels TABLE = {
  .name = NAME,
  FLOAT_KERNELS,
  .dot_i8 = dot_i8,
  .x_rows = 1,
};
