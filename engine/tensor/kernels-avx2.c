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
#define VMIN(a, b)   (vf) _mm256_min_ps ((__m256) (a), (__m256) (b))
#include "kernels-float.h"

#define LINE (LIMN_PACK_ROWS * LIMN_PACK_COLS)

#define BLOCKS 4   /* of W in a tile */
#define DEPTH  256 /* columns in one go: a tile's weights and x take 16 + 3 KiB */

#ifdef __AVXVNNI__

#define TABLE limn_kernels_avxvnni
#define NAME  "avx-vnni"

#define X_ROWS 6
typedef gint8 DotX;
static const guint x_order[] = { 0, 1, 2, 3 };

/* vpdpbusd wants one unsigned operand: weights + 128, and 128 times the sum of x
 * is taken off beforehand. */
#define FIRST_SUM(x_sum) ((gint32) (0u - 128u * (guint32) (x_sum)))

INLINE __m256i
four_columns (const gint8 *x)
{
  gint32 four;

  memcpy (&four, x, sizeof four);
  return _mm256_set1_epi32 (four);
}

/* One block; each half of it is eight sums. */
INLINE void
dot_block (const gint8 *w, gsize n, const gint8 *x, gint32 *sums, const gint8 *ahead, const guint m)
{
  const __m256i flip = _mm256_set1_epi8 (-128);
  const gint8 *end = x + n * X_ROWS;
  __m256i sum[X_ROWS][2];

  UNROLL for (guint i = 0; i < m; i++) UNROLL for (guint h = 0; h < 2; h++) sum[i][h] =
      _mm256_loadu_si256 ((const __m256i *) (sums + i * LIMN_PACK_ROWS + 8 * h));
  for (; x < end; x += X_ROWS * LIMN_PACK_COLS, w += LINE, ahead += LINE)
    {
      __m256i half[2];

      __builtin_prefetch (ahead);
      UNROLL for (guint h = 0; h < 2; h++) half[h] =
          _mm256_xor_si256 (_mm256_loadu_si256 ((const __m256i *) (w + 32 * h)), flip);
      UNROLL for (guint i = 0; i < m; i++)
      {
        __m256i four = four_columns (x + i * LIMN_PACK_COLS);
        UNROLL for (guint h = 0; h < 2; h++) sum[i][h] =
            _mm256_dpbusd_avx_epi32 (sum[i][h], half[h], four);
      }
    }
  UNROLL for (guint i = 0; i < m; i++) UNROLL for (guint h = 0; h < 2; h++)
      _mm256_storeu_si256 ((__m256i *) (sums + i * LIMN_PACK_ROWS + 8 * h), sum[i][h]);
}

#else

#define TABLE limn_kernels_avx2
#define NAME  "avx2"

#define X_ROWS 5
typedef gint16 DotX; /* so that it needs no widening for every row of W */
static const guint x_order[] = { 0, 2, 1, 3 };

#define FIRST_SUM(x_sum) 0

/* Two neighbouring numbers, in every lane. */
INLINE __m256i
two_columns (const gint16 *x)
{
  gint32 two;

  memcpy (&two, x, sizeof two);
  return _mm256_set1_epi32 (two);
}

/* sum += products in pairs.  The compiler shall not add up products before the sums: it
 * runs out of registers then. */
#define ADD_PRODUCTS(sum, w, x)                                                                    \
  do                                                                                               \
    {                                                                                              \
      (sum) = _mm256_add_epi32 ((sum), _mm256_madd_epi16 ((w), (x)));                              \
      __asm__("" : "+x"(sum));                                                                     \
    }                                                                                              \
  while (0)

/* One block.  Bytes widened to sixteen bits, so that no product saturates: those of even
 * columns and those of odd ones, which takes a shift or two.  Two halves of eight sums. */
INLINE void
dot_block (const gint8 *w,
           gsize n,
           const gint16 *x,
           gint32 *sums,
           const gint8 *ahead,
           const guint m)
{
  const gint8 *end = w + n * LIMN_PACK_ROWS;
  __m256i sum[X_ROWS][2];

  UNROLL for (guint i = 0; i < m; i++) UNROLL for (guint h = 0; h < 2; h++) sum[i][h] =
      _mm256_loadu_si256 ((const __m256i *) (sums + i * LIMN_PACK_ROWS + 8 * h));
  for (; w < end; x += X_ROWS * LIMN_PACK_COLS, w += LINE, ahead += LINE)
    {
      __m256i even[2], odd[2];

      __builtin_prefetch (ahead);
      UNROLL for (guint h = 0; h < 2; h++)
      {
        __m256i both = _mm256_loadu_si256 ((const __m256i *) (w + 32 * h));
        even[h] = _mm256_srai_epi16 (_mm256_slli_epi16 (both, 8), 8);
        odd[h] = _mm256_srai_epi16 (both, 8);
      }
      UNROLL for (guint i = 0; i < m; i++)
      {
        __m256i two = two_columns (x + i * LIMN_PACK_COLS);
        UNROLL for (guint h = 0; h < 2; h++) ADD_PRODUCTS (sum[i][h], even[h], two);
        two = two_columns (x + i * LIMN_PACK_COLS + 2);
        UNROLL for (guint h = 0; h < 2; h++) ADD_PRODUCTS (sum[i][h], odd[h], two);
      }
    }
  UNROLL for (guint i = 0; i < m; i++) UNROLL for (guint h = 0; h < 2; h++)
      _mm256_storeu_si256 ((__m256i *) (sums + i * LIMN_PACK_ROWS + 8 * h), sum[i][h]);
}

#endif

INLINE void
dot_tile_i8 (const gint8 *w,
             gsize block_bytes,
             gsize n,
             const DotX *x,
             guint sum_rows,
             gint32 *sums,
             const gint8 *ahead,
             guint asks,
             const guint m,
             const guint blocks)
{
  for (guint b = 0; b < blocks; b++, w += block_bytes, sums += sum_rows * LIMN_PACK_ROWS)
    dot_block (w, n, x, sums, b < asks ? ahead + b * block_bytes : w, m);
}

#include "kernels-packed.h"

const LimnKernels TABLE = {
  .name = NAME,
  FLOAT_KERNELS,
  .dot_i8 = dot_i8,
  .x_rows = X_ROWS,
  .x_bytes = sizeof (DotX),
  .lay_row = lay_row,
};
