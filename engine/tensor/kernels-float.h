/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The float kernels, written once with the compilers' vector types and compiled
 * for each instruction set: a kernels-*.c defines these and includes this file.
 *
 *   VW       floats in a vector register: 4, 8 or 16
 *   GEMM_M   pixels (6 or 12) and
 *   GEMM_V   vectors of outputs of a tile of the matrix product: M * V sums,
 *            V weights and one broadcast must fit the registers
 *   DOT_M, DOT_R  rows of x and of W in a tile of dot products: M * R * 16 / VW sums
 *   LOAD_HALF (p)  VW binary16 numbers at p as floats
 *   VMAX (a, b), VMIN (a, b)   not a number if b is none
 *   DIVIDES_SLOWLY  where a division takes longer than seven products and sums
 *
 * Constant loops are unrolled so that the sums stay in registers.
 */
#include "kernels.h"
#include "half.h"
#include "split.h"

#include <math.h>

typedef float vf __attribute__ ((vector_size (4 * VW)));
typedef float vfu __attribute__ ((vector_size (4 * VW), aligned (4)));
typedef gint32 vi __attribute__ ((vector_size (4 * VW)));
typedef float vhalf __attribute__ ((vector_size (2 * VW), aligned (4)));
typedef double vd __attribute__ ((vector_size (4 * VW))); /* half as many as floats */

#define UNROLL _Pragma ("GCC unroll 16")
#define INLINE static inline __attribute__ ((always_inline))

INLINE vf
load (const float *p)
{
  return *(const vfu *) p;
}

INLINE void
store (float *p, vf v)
{
  *(vfu *) p = v;
}

INLINE vf
splat (float f)
{
  return f - (vf){ 0 };
}

INLINE vf
choose (vi mask, vf yes, vf no)
{
  return (vf) ((mask & (vi) yes) | (~mask & (vi) no));
}

#ifndef VMAX
#define VMAX(a, b) choose ((a) > (b), (a), (b))
#define VMIN(a, b) choose ((a) < (b), (a), (b))
#endif

/* The first n < VW floats at p, zeros behind them. */
INLINE vf
load_part (const float *p, gsize n)
{
  float part[VW] = { 0 };
  memcpy (part, p, n * sizeof *p);
  return load (part);
}

INLINE void
store_part (float *p, vf v, gsize n)
{
  float part[VW];
  store (part, v);
  memcpy (p, part, n * sizeof *p);
}

INLINE float
sum_of (const float *v, guint n)
{
  float sums[16];
  memcpy (sums, v, n * sizeof *v);
  for (guint width = n / 2; width > 0; width /= 2)
    for (guint l = 0; l < width; l++)
      sums[l] += sums[l + width];
  return sums[0];
}

/* ==== exponential and error function ===================================== */

/* e^x, relative error below 2e-7; 0 below -87.3, the largest power above 88.3.
 * x = n ln 2 + r; the polynomial is a least-squares fit of (e^r - 1 - r) / r^2
 * over |r| <= 0.3475 and off by 4e-9. */
INLINE vf
vexp (vf x)
{
  const float to_integer = 0x1.8p23f; /* adding it rounds */
  vi is_low = x < -87.3f;

  x = choose (x > 88.3f, splat (88.3f), x);
  vf n = x * 1.44269504f + to_integer;
  vi bits = (vi) n;
  n -= to_integer;
  vf r = x - n * 0.693145751953125f - n * 1.42860677e-6f;
  vf p = 0.00139467552f * r + 0.00836934382f;
  p = p * r + 0.0416662588f;
  p = p * r + 0.166665144f;
  p = p * r + 0.5f;
  p = p * (r * r) + r + 1;
  vf power = (vf) ((bits << 23) + (127 << 23));
  return (vf) (~is_low & (vi) (p * power));
}

/* erfc (z) for 0 <= z, absolute error below 1e-7: e^(-z R (z)), R a fit of
 * -ln (erfc (z)) / z over 0 .. 4.2, beyond which it stays 3e-9. */
INLINE vf
verfc (vf z)
{
  z = choose (z > 4.2f, splat (4.2f), z);
  vf p = -8.05734298e-06f * z + 1.06148563e-04f;
  p = p * z + -5.88394643e-04f;
  p = p * z + 1.57760302e-03f;
  p = p * z + -5.96801286e-05f;
  p = p * z + -1.92166036e-02f;
  p = p * z + 1.02799038e-01f;
  p = p * z + 6.36616133e-01f;
  p = p * z + 1.12837933f;
  return vexp (-z * p);
}

/* x * Phi (x) = x * (1 + erf (x / sqrt 2)) / 2 */
INLINE vf
vgelu (vf x)
{
  vi is_negative = x < 0;
  vf tail = 0.5f * verfc (choose (is_negative, -x, x) * 0.707106781f);
  return x * choose (is_negative, tail, 1 - tail);
}

/* 1 / d for 1 <= d <= 2^90, without the slow division: a first guess from the
 * bits, off by an eighth at most, then Newton's steps; relative error below 2e-7. */
INLINE vf
vinverse (vf d)
{
  vf r = (vf) (0x7ef311c7 - (vi) d);

  r = r * (2 - d * r);
  r = r * (2 - d * r);
  r = r * (2 - d * r);
  return r;
}

/* x / (1 + e^-x).  As vexp(), but e^60 is infinite enough and e^-87 zero enough; and fewer
 * steps wait for each other. */
INLINE vf
vswish (vf x)
{
  const float to_integer = 0x1.8p23f + 127; /* so that the power's bits come out */
  vf minus = VMAX (splat (-87), VMIN (splat (60), -x));
  vf n = minus * 1.44269504f + to_integer;
  vf power = (vf) ((vi) n << 23);
  n -= to_integer;
  vf r = minus - n * 0.693145751953125f - n * 1.42860677e-6f, r2 = r * r;
  vf high = 0.00139467552f * r2 + (0.00836934382f * r + 0.0416662588f);
  vf p = high * r2 + (0.166665144f * r + 0.5f);
  vf d = 1 + (p * r2 + (r + 1)) * power;

#ifdef DIVIDES_SLOWLY
  return x * vinverse (d);
#else
  return x / d;
#endif
}

/* ==== the transformer's vector operations ================================ */

static void
gelu_gate (const float *a, const float *b, float *out, gsize n)
{
  gsize i = 0;

  for (; i + VW <= n; i += VW)
    store (out + i, vgelu (load (a + i)) * load (b + i));
  if (i < n)
    store_part (out + i, vgelu (load_part (a + i, n - i)) * load_part (b + i, n - i), n - i);
}

static void
softmax (float *x, gsize n)
{
  float most = -INFINITY, total;
  float part[VW];
  vf sum = { 0 };
  gsize i = 0;

  for (; i < n; i++)
    most = x[i] > most ? x[i] : most;
  for (i = 0; i + VW <= n; i += VW)
    {
      vf e = vexp (load (x + i) - most);
      store (x + i, e);
      sum += e;
    }
  store (part, sum);
  total = sum_of (part, VW);
  if (i < n)
    {
      store (part, vexp (load_part (x + i, n - i) - most));
      for (gsize l = 0; i + l < n; l++)
        total += x[i + l] = part[l];
    }

  float inverse = 1 / total;
  for (i = 0; i < n; i++)
    x[i] *= inverse;
}

/* Sum of (x - mean)^p for p = 1, 2. */
static float
central_sum (const float *x, guint n, float mean, gboolean is_squared)
{
  vf sums[16 / VW] = { { 0 } };
  float flat[16];
  guint i = 0;

  for (; i + 16 <= n; i += 16)
    UNROLL for (guint q = 0; q < 16 / VW; q++)
    {
      vf d = load (x + i + q * VW) - mean;
      sums[q] += is_squared ? d * d : d;
    }
  for (guint q = 0; q < 16 / VW; q++)
    store (flat + q * VW, sums[q]);
  for (guint l = 0; i < n; i++, l++)
    flat[l] += is_squared ? (x[i] - mean) * (x[i] - mean) : x[i] - mean;
  return sum_of (flat, 16);
}

static void
layer_norm (const LimnNorm *norm, float eps, const float *x, float *out)
{
  guint n = norm->n, i = 0;
  float mean = central_sum (x, n, 0, FALSE) / n;

  mean += central_sum (x, n, mean, FALSE) / n; /* what rounding left */
  float inverse = 1 / sqrtf (central_sum (x, n, mean, TRUE) / n + eps);

  for (; i + VW <= n; i += VW)
    {
      vf v = (load (x + i) - mean) * inverse;
      if (norm->weight != NULL)
        v *= load (norm->weight + i);
      store (out + i, norm->bias != NULL ? v + load (norm->bias + i) : v);
    }
  for (; i < n; i++)
    {
      float v = (x[i] - mean) * inverse;
      if (norm->weight != NULL)
        v *= norm->weight[i];
      out[i] = norm->bias != NULL ? v + norm->bias[i] : v;
    }
}

/* ==== the VQGAN's ======================================================== */

/* The sums of sixteen channels go on side by side, so that they need not wait for each other. */
static void
moments (const float *x, guint n, double *sums, double *squares)
{
  enum
  {
    WIDE_D = VW / 2,
    N_VECTORS = LIMN_BLOCK / WIDE_D
  };
  vd sum[N_VECTORS], square[N_VECTORS];

  UNROLL for (guint q = 0; q < N_VECTORS; q++) sum[q] = square[q] = (vd){ 0 };
  for (guint i = 0; i < n; i++, x += LIMN_BLOCK)
    UNROLL for (guint q = 0; q < N_VECTORS; q++)
    {
      vd d = __builtin_convertvector(*(const vhalf *) (x + q * WIDE_D), vd);
      sum[q] += d;
      square[q] += d * d;
    }
  UNROLL for (guint q = 0; q < N_VECTORS; q++) UNROLL for (guint l = 0; l < WIDE_D; l++)
  {
    sums[q * WIDE_D + l] += sum[q][l];
    squares[q * WIDE_D + l] += square[q][l];
  }
}

static void
normalize (const float *x,
           guint n,
           const float *mean,
           const float *scale,
           const float *bias,
           gboolean is_swish,
           float *out)
{
  for (guint q = 0; q < LIMN_BLOCK; q += VW)
    {
      vf m = load (mean + q), s = load (scale + q), b = load (bias + q);

      for (guint i = 0; i < n * LIMN_BLOCK; i += LIMN_BLOCK)
        {
          vf v = (load (x + i + q) - m) * s + b;
          store (out + i + q, is_swish ? vswish (v) : v);
        }
    }
}

/* Terms in one running sum: longer ones lose digits. */
#define GEMM_SEGMENT 16

/* sums of a tile over the blocks of channels from k on */
INLINE void
gemm_segment (const LimnGemm *g,
              guint k,
              guint end,
              guint first,
              guint col,
              const guint m,
              const guint v,
              vf sums[GEMM_M][GEMM_V])
{
  UNROLL for (guint i = 0; i < m; i++) UNROLL for (guint j = 0; j < v; j++) sums[i][j] = (vf){ 0 };

  for (; k < end; k++)
    {
      const float *a = g->a + g->offsets[k] + first * LIMN_BLOCK;
      const float *w = g->w + (gsize) k * LIMN_BLOCK * LIMN_PANEL + col;

      for (guint c = 0; c < LIMN_BLOCK; c++, a++, w += LIMN_PANEL)
        {
          vf b[GEMM_V];
          UNROLL for (guint j = 0; j < v; j++) b[j] = load (w + j * VW);
          UNROLL for (guint i = 0; i < m; i++) UNROLL for (guint j = 0; j < v; j++) sums[i][j] +=
              a[i * LIMN_BLOCK] * b[j];
        }
    }
}

/* A tile of m pixels by v vectors of outputs, from column col on. */
INLINE void
gemm_tile (const LimnGemm *g, guint first, guint col, const guint m, const guint v)
{
  vf sums[GEMM_M][GEMM_V];

  for (guint k = 0; k < g->n_k; k += GEMM_SEGMENT)
    {
      gemm_segment (g, k, MIN (k + GEMM_SEGMENT, g->n_k), first, col, m, v, sums);
      UNROLL for (guint j = 0; j < v; j++)
      {
        guint o = col + j * VW;
        gsize at = o / LIMN_BLOCK * g->out_stride + first * LIMN_BLOCK + o % LIMN_BLOCK;
        vf bias = load (g->bias + o);
        UNROLL for (guint i = 0; i < m; i++, at += LIMN_BLOCK)
        {
          vf before = k > 0 ? load (g->out + at) : bias;
          if (k == 0 && g->add != NULL)
            before += load (g->add + at);
          store (g->out + at, before + sums[i][j]);
        }
      }
    }
}

/* A tile of any size up to GEMM_M, each compiled on its own. */
INLINE void
gemm_tile_of (const LimnGemm *g, guint first, guint col, guint m, const guint v)
{
#define TILE_OF(n)                                                                                 \
  case n:                                                                                          \
    gemm_tile (g, first, col, n <= GEMM_M ? n : 1, v);                                             \
    break

  switch (m)
    {
      TILE_OF (1);
      TILE_OF (2);
      TILE_OF (3);
      TILE_OF (4);
      TILE_OF (5);
      TILE_OF (6);
      TILE_OF (7);
      TILE_OF (8);
      TILE_OF (9);
      TILE_OF (10);
      TILE_OF (11);
      TILE_OF (12);
    }
#undef TILE_OF
}

/* All pixels for some columns, in tiles as even as can be: small ones wait for their sums. */
INLINE void
gemm_columns (const LimnGemm *g, guint col, const guint v)
{
  guint n = (g->m + GEMM_M - 1) / GEMM_M;

  for (guint i = 0, first = 0, end; i < n; i++, first = end)
    {
      end = limn_split_border (g->m, i + 1, n);
      gemm_tile_of (g, first, col, end - first, v);
    }
}

static void
gemm (const LimnGemm *g)
{
  guint n = g->n_out_blocks * LIMN_BLOCK;

  if (GEMM_V * VW > n)
    gemm_columns (g, 0, MIN (GEMM_V, (LIMN_BLOCK + VW - 1) / VW));
  else
    for (guint col = 0; col < n; col += GEMM_V * VW)
      gemm_columns (g, col, GEMM_V);
}

/* ==== Winograd transforms, see winograd-tiles.c ========================== */

/* F(4, 3) with the points 0, 1, -1, 2, -2 and infinity. */
INLINE void
six_in (const vf d[6], vf t[6])
{
  vf a = d[4] - 4 * d[2], b = d[3] - 4 * d[1], c = d[4] - d[2], e = 2 * (d[3] - d[1]);

  t[0] = 4 * d[0] - d[2] + a;
  t[1] = a + b;
  t[2] = a - b;
  t[3] = c + e;
  t[4] = c - e;
  t[5] = 4 * d[1] - 5 * d[3] + d[5];
}

INLINE void
six_out (const vf m[6], vf y[4])
{
  vf a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], e = m[3] - m[4];

  y[0] = m[0] + a + c;
  y[1] = b + 2 * e;
  y[2] = a + 4 * c;
  y[3] = b + 8 * e + m[5];
}

/* F(6, 3) with the points 0, 1, -1, 2, -2, 1/2, -1/2 and infinity. */
INLINE void
eight_in (const vf d[8], vf t[8])
{
  vf a = d[2] + d[6] - 4.25f * d[4], b = d[1] + d[5] - 4.25f * d[3];
  vf c = d[6] + 0.25f * d[2] - 1.25f * d[4], e = 0.5f * d[1] - 2.5f * d[3] + 2 * d[5];
  vf f = d[6] + 4 * d[2] - 5 * d[4], g = 2 * d[1] - 2.5f * d[3] + 0.5f * d[5];

  t[0] = d[0] - d[6] + 5.25f * (d[4] - d[2]);
  t[1] = a + b;
  t[2] = a - b;
  t[3] = c + e;
  t[4] = c - e;
  t[5] = f + g;
  t[6] = f - g;
  t[7] = d[7] - d[1] + 5.25f * (d[3] - d[5]);
}

INLINE void
eight_out (const vf m[8], vf y[6])
{
  vf a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], e = m[3] - m[4];
  vf f = m[5] + m[6], g = m[5] - m[6];

  y[0] = m[0] + a + c + f;
  y[1] = b + 2 * e + 0.5f * g;
  y[2] = a + 4 * c + 0.25f * f;
  y[3] = b + 8 * e + 0.125f * g;
  y[4] = a + 16 * c + 0.0625f * f;
  y[5] = b + 32 * e + 0.03125f * g + m[7];
}

INLINE void
doubled_in (const vf d[4], vf t[4])
{
  t[0] = d[0] - d[2];
  t[1] = d[1] + d[2];
  t[2] = d[2] - d[1];
  t[3] = d[3] - d[1];
}

INLINE void
doubled_out (const vf m[5], vf y[4])
{
  y[0] = m[0] + m[1] - m[2];
  y[1] = m[1] + m[3];
  y[2] = m[1] + m[2];
  y[3] = m[4] + m[1] - m[3];
}

INLINE void
line_in (const guint side, const vf *d, vf *t)
{
  if (side == 8)
    eight_in (d, t);
  else if (side == 6)
    six_in (d, t);
  else
    doubled_in (d, t);
}

INLINE void
line_out (const guint side, const vf *m, vf *y)
{
  if (side == 8)
    eight_out (m, y);
  else if (side == 6)
    six_out (m, y);
  else
    doubled_out (m, y);
}

/* side x side pixels of each tile to as many points; tiles step pixels apart. */
INLINE void
transform_in (const LimnTiles *tiles, const guint side, const guint step)
{
  for (guint i = 0; i < tiles->n; i++)
    for (guint q = 0; q < LIMN_BLOCK; q += VW)
      {
        const float *from = tiles->pixels + i * step * LIMN_BLOCK + q;
        float *to = tiles->points + i * LIMN_BLOCK + q;
        vf lines[8][8];

        UNROLL for (guint y = 0; y < side; y++)
        {
          vf d[8];
          UNROLL for (guint x = 0; x < side; x++) d[x] =
              load (from + y * tiles->row_stride + x * LIMN_BLOCK);
          line_in (side, d, lines[y]);
        }
        UNROLL for (guint x = 0; x < side; x++)
        {
          vf d[8], t[8];
          UNROLL for (guint y = 0; y < side; y++) d[y] = lines[y][x];
          line_in (side, d, t);
          UNROLL for (guint y = 0; y < side; y++)
              store (to + (y * side + x) * tiles->point_stride, t[y]);
        }
      }
}

/* side x side points of each tile to n x n pixels. */
INLINE void
transform_out (const LimnTiles *tiles, const guint side, const guint n)
{
  guint rows = MIN (n, tiles->height);

  for (guint i = 0; i < tiles->n && n * i < tiles->width; i++)
    for (guint q = 0; q < LIMN_BLOCK; q += VW)
      {
        const float *from = tiles->points + i * LIMN_BLOCK + q;
        guint columns = MIN (n, tiles->width - n * i);
        vf bias = load (tiles->bias + q), lines[6][8];

        UNROLL for (guint x = 0; x < side; x++)
        {
          vf m[8], y[6];
          UNROLL for (guint p = 0; p < side; p++) m[p] =
              load (from + (p * side + x) * tiles->point_stride);
          line_out (side, m, y);
          UNROLL for (guint p = 0; p < n; p++) lines[p][x] = y[p];
        }
        for (guint r = 0; r < rows; r++)
          {
            gsize at = r * tiles->row_stride + n * i * LIMN_BLOCK + q;
            vf y[6];
            line_out (side, lines[r], y);
            for (guint c = 0; c < columns; c++, at += LIMN_BLOCK)
              {
                vf v = y[c] + bias;
                if (tiles->add != NULL)
                  v += load (tiles->add + at);
                store (tiles->pixels + at, v);
              }
          }
      }
}

/* Three taps to the weights of the points along a side. */
INLINE void
taps_line_in (const guint side, const vf g[3], vf t[8])
{
  vf ends = g[0] + g[2];

  if (side == 5)
    {
      vf half = 0.5f * (ends + g[1]);

      t[0] = g[0];
      t[1] = half;
      t[2] = half - g[0];
      t[3] = g[2] - half;
      t[4] = g[2];
      return;
    }
  if (side == 8)
    {
      vf two = (g[0] + 4 * g[2]) * (1 / 90.0f), half = (4 * g[0] + g[2]) * (8 / 45.0f);

      t[0] = g[0];
      t[1] = (ends + g[1]) * (-2 / 9.0f);
      t[2] = (ends - g[1]) * (-2 / 9.0f);
      t[3] = two + g[1] * (1 / 45.0f);
      t[4] = two - g[1] * (1 / 45.0f);
      t[5] = half + g[1] * (16 / 45.0f);
      t[6] = half - g[1] * (16 / 45.0f);
      t[7] = g[2];
      return;
    }
  vf even = (g[0] + 4 * g[2]) * (1 / 24.0f), odd = g[1] * (1 / 12.0f);

  t[0] = 0.25f * g[0];
  t[1] = (ends + g[1]) * (-1 / 6.0f);
  t[2] = (ends - g[1]) * (-1 / 6.0f);
  t[3] = even + odd;
  t[4] = even - odd;
  t[5] = g[2];
}

INLINE void
transform_taps (const LimnTaps *taps, const guint side)
{
  for (gsize i = 0; i < (gsize) taps->n * LIMN_PANEL; i += VW)
    {
      vf columns[3][8];

      UNROLL for (guint x = 0; x < 3; x++)
      {
        vf g[3];
        UNROLL for (guint y = 0; y < 3; y++) g[y] =
            load (taps->taps + (3 * y + x) * taps->tap_stride + i);
        taps_line_in (side, g, columns[x]);
      }
      UNROLL for (guint y = 0; y < side; y++)
      {
        vf g[3] = { columns[0][y], columns[1][y], columns[2][y] }, t[8];
        taps_line_in (side, g, t);
        UNROLL for (guint x = 0; x < side; x++)
            store (taps->points + (y * side + x) * taps->point_stride + i, t[x]);
      }
    }
}

static void
taps_in_four (const LimnTaps *taps)
{
  transform_taps (taps, 6);
}

static void
taps_in_six (const LimnTaps *taps)
{
  transform_taps (taps, 8);
}

static void
taps_in_doubled (const LimnTaps *taps)
{
  transform_taps (taps, 5);
}

static void
tiles_in_four (const LimnTiles *tiles)
{
  transform_in (tiles, 6, 4);
}

static void
tiles_in_six (const LimnTiles *tiles)
{
  transform_in (tiles, 8, 6);
}

static void
tiles_in_doubled (const LimnTiles *tiles)
{
  transform_in (tiles, 4, 2);
}

static void
tiles_out_four (const LimnTiles *tiles)
{
  transform_out (tiles, 6, 4);
}

static void
tiles_out_six (const LimnTiles *tiles)
{
  transform_out (tiles, 8, 6);
}

static void
tiles_out_doubled (const LimnTiles *tiles)
{
  transform_out (tiles, 5, 4);
}

/* ==== quantising ========================================================= */

/* Keeps the compiler from fusing what made v with what uses it. */
#if defined(KEEP)
#elif defined(__x86_64__)
#define KEEP(v) __asm__("" : "+x"(v))
#elif defined(__aarch64__)
#define KEEP(v) __asm__("" : "+w"(v))
#else
#define KEEP(v) __asm__("" : "+m"(v))
#endif

/* Passes over what is not a number. */
INLINE float
largest_magnitude (const float *x, guint n)
{
  enum
  {
    N_CHAINS = 4 /* so that one comparison need not wait for another */
  };
  vf most[N_CHAINS] = { { 0 } };
  float part[VW], largest = 0;
  guint i = 0;

  for (; i + N_CHAINS * VW <= n; i += N_CHAINS * VW)
    UNROLL for (guint j = 0; j < N_CHAINS; j++)
    {
      vf v = (vf) ((vi) load (x + i + j * VW) & 0x7fffffff);
      most[j] = choose (v > most[j], v, most[j]);
    }
  UNROLL for (guint j = 1; j < N_CHAINS; j++) most[0] =
      choose (most[j] > most[0], most[j], most[0]);
  store (part, most[0]);
  for (guint l = 0; l < VW; l++)
    largest = part[l] > largest ? part[l] : largest;
  for (; i < n; i++)
    largest = fabsf (x[i]) > largest ? fabsf (x[i]) : largest;
  return largest;
}

/* The bits of v + 1.5 * 2^23 hold v rounded to the nearest whole number, ties to even. */
INLINE vi
round_bits (vf v)
{
  KEEP (v);
  return (vi) (v + 0x1.8p23f);
}

static float
quantize (const float *x, guint n, gsize padded, gint8 *q, gint32 *sum)
{
  typedef gint8 vb __attribute__ ((vector_size (VW), aligned (1)));
  const gint32 zero_bits = 0x4b400000;
  float most = largest_magnitude (x, n), inverse = 127 / most;
  vi total = { 0 };
  guint i = 0;

  memset (q, 0, padded);
  *sum = 0;
  if (!(inverse > 0 && inverse <= G_MAXFLOAT))
    return 0;
  for (; i + VW <= n; i += VW)
    {
      vb bytes = __builtin_convertvector(round_bits (load (x + i) * inverse) - zero_bits, vb);
      *(vb *) (q + i) = bytes;
      total += __builtin_convertvector(bytes, vi);
    }
  for (guint l = 0; l < VW; l++)
    *sum += total[l];
  if (i < n)
    {
      vb last =
          __builtin_convertvector(round_bits (load_part (x + i, n - i) * inverse) - zero_bits, vb);
      memcpy (q + i, &last, n - i);
      for (; i < n; i++)
        *sum += q[i];
    }
  return most / 127;
}

static void
scale_sums (const gint32 *sums,
            guint m,
            guint n,
            const float *x_scale,
            const float *w_scale,
            float *y,
            gsize y_stride)
{
  typedef gint32 viu __attribute__ ((vector_size (4 * VW), aligned (4)));

  if (n < LIMN_PACK_ROWS)
    {
      for (guint i = 0; i < m; i++, sums += LIMN_PACK_ROWS, y += y_stride)
        for (guint r = 0; r < n; r++)
          y[r] = (float) sums[r] * (x_scale[i] * w_scale[r]);
      return;
    }
  for (guint r = 0; r < LIMN_PACK_ROWS; r += VW)
    {
      vf scale = load (w_scale + r);

      for (guint i = 0; i < m; i++)
        {
          vf sum = __builtin_convertvector(*(const viu *) (sums + i * LIMN_PACK_ROWS + r), vf);
          store (y + i * y_stride + r, sum * (x_scale[i] * scale));
        }
    }
}

/* ==== dot products ======================================================= */

INLINE vf
load_bf16 (const guint16 *p)
{
  typedef guint16 vh __attribute__ ((vector_size (2 * VW), aligned (2)));
  return (vf) (__builtin_convertvector(*(const vh *) p, vi) << 16);
}

typedef enum
{
  WIDE,
  HALF,
  BRAIN,
} WeightKind;

INLINE vf
load_weights (const WeightKind kind, const void *w, gsize at)
{
  if (kind == WIDE)
    return load ((const float *) w + at);
  return kind == HALF ? LOAD_HALF ((const guint16 *) w + at) : load_bf16 ((const guint16 *) w + at);
}

/* The last n < 16 columns of a row of weights, zeros behind them. */
INLINE void
load_weights_part (const WeightKind kind, const void *w, gsize at, guint n, float *part)
{
  for (guint l = 0; l < n; l++)
    part[l] = kind == WIDE   ? ((const float *) w)[at + l]
              : kind == HALF ? limn_half_to_float (((const guint16 *) w)[at + l])
                             : limn_bf16_to_float (((const guint16 *) w)[at + l]);
}

/* A tile of m rows of x by r rows of w, all columns. */
INLINE void
dot_tile (const WeightKind kind,
          const void *w,
          gsize w_at,
          const float *x,
          guint n_cols,
          float *y,
          gsize y_stride,
          const guint m,
          const guint r)
{
  vf sums[DOT_M][DOT_R][16 / VW];
  guint c = 0;

  UNROLL for (guint i = 0; i < m; i++) UNROLL for (guint o = 0; o < r; o++)
      UNROLL for (guint q = 0; q < 16 / VW; q++) sums[i][o][q] = (vf){ 0 };

  for (; c + 16 <= n_cols; c += 16)
    UNROLL for (guint q = 0; q < 16 / VW; q++)
    {
      vf b[DOT_R];
      UNROLL for (guint o = 0; o < r; o++) b[o] =
          load_weights (kind, w, w_at + (gsize) o * n_cols + c + q * VW);
      UNROLL for (guint i = 0; i < m; i++)
      {
        vf a = load (x + (gsize) i * n_cols + c + q * VW);
        UNROLL for (guint o = 0; o < r; o++) sums[i][o][q] += a * b[o];
      }
    }
  for (guint i = 0; i < m; i++)
    for (guint o = 0; o < r; o++)
      {
        float part[16] = { 0 }, last[16] = { 0 }, flat[16];
        if (c < n_cols)
          {
            load_weights_part (kind, w, w_at + (gsize) o * n_cols + c, n_cols - c, part);
            memcpy (last, x + (gsize) i * n_cols + c, (n_cols - c) * sizeof *x);
          }
        for (guint q = 0; q < 16 / VW; q++)
          {
            vf sum = sums[i][o][q];
            if (c < n_cols)
              sum += load (last + q * VW) * load (part + q * VW);
            store (flat + q * VW, sum);
          }
        y[i * y_stride + o] = sum_of (flat, 16);
      }
}

INLINE void
dot_rows (const WeightKind kind,
          const void *w,
          gsize w_at,
          guint n_cols,
          const float *x,
          guint m,
          float *y,
          gsize y_stride,
          const guint r)
{
  guint i = 0;

  for (; i + DOT_M <= m; i += DOT_M)
    dot_tile (kind, w, w_at, x + (gsize) i * n_cols, n_cols, y + i * y_stride, y_stride, DOT_M, r);
  for (; i < m; i++)
    dot_tile (kind, w, w_at, x + (gsize) i * n_cols, n_cols, y + i * y_stride, y_stride, 1, r);
}

INLINE void
dot_any (const WeightKind kind,
         const void *w,
         guint n_rows,
         guint n_cols,
         const float *x,
         guint m,
         float *y,
         gsize y_stride)
{
  guint row = 0;

  for (; row + DOT_R <= n_rows; row += DOT_R)
    dot_rows (kind, w, (gsize) row * n_cols, n_cols, x, m, y + row, y_stride, DOT_R);
  for (; row < n_rows; row++)
    dot_rows (kind, w, (gsize) row * n_cols, n_cols, x, m, y + row, y_stride, 1);
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
  dot_any (WIDE, w, n_rows, n_cols, x, m, y, y_stride);
}

static void
dot_f16 (const void *w,
         guint n_rows,
         guint n_cols,
         const float *x,
         guint m,
         float *y,
         gsize y_stride)
{
  dot_any (HALF, w, n_rows, n_cols, x, m, y, y_stride);
}

static void
dot_bf16 (const void *w,
          guint n_rows,
          guint n_cols,
          const float *x,
          guint m,
          float *y,
          gsize y_stride)
{
  dot_any (BRAIN, w, n_rows, n_cols, x, m, y, y_stride);
}

/* Every table has these; what differs more than in width follows by name. */
#define FLOAT_KERNELS                                                                              \
  .dot_f32 = dot_f32, .dot_f16 = dot_f16, .dot_bf16 = dot_bf16, .layer_norm = layer_norm,          \
  .gelu_gate = gelu_gate, .softmax = softmax, .gemm = gemm, .moments = moments,                    \
  .normalize = normalize, .quantize = quantize, .scale_sums = scale_sums,                          \
  .tiles_in = { tiles_in_four, tiles_in_six, tiles_in_doubled },                                   \
  .tiles_out = { tiles_out_four, tiles_out_six, tiles_out_doubled },                               \
  .taps_in = { taps_in_four, taps_in_six, taps_in_doubled }
