/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loops of kernels.h in the compiler's vector types.  The build compiles
 * this file once a level, with the level's flags and its name in LIMN_KERNELS;
 * nothing here may be called where the processor lacks the level.
 */
#include "kernels.h"

#include <string.h>

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX2__)
#define LANES 8
#else
#define LANES 4
#endif

#define GROUP_VECTORS 4 /* accumulators: enough to hide the latency of an FMA */
#define BLOCK_VECTORS (LIMN_KEY_BLOCK / LANES)
#define GROUP_BLOCKS  (GROUP_VECTORS / BLOCK_VECTORS)

/* Unaligned, so that a buffer needs no more than a float's alignment. */
typedef float vfloat __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));
typedef gint32 vint __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));
typedef guint32 vuint __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));
typedef guint16 vhalf __attribute__ ((vector_size (LANES * 2), aligned (2), may_alias));

#define INLINE static inline __attribute__ ((always_inline))

INLINE vfloat
splat (float x)
{
  return x - (vfloat) {};
}

INLINE vfloat
load (const float *p)
{
  return *(const vfloat *) p;
}

INLINE void
save (float *p, vfloat x)
{
  *(vfloat *) p = x;
}

INLINE vfloat
select_larger (vfloat a, vfloat b)
{
  vint is_larger = a > b;

  return (vfloat) ((is_larger & (vint) a) | (~is_larger & (vint) b));
}

/* Element i of a cache of floats or bfloat16. */
INLINE vfloat
load_cache (gconstpointer base, gsize i, gboolean is_half)
{
  if (!is_half)
    return load ((const float *) base + i);
  return (vfloat) (__builtin_convertvector (*(const vhalf *) ((const guint16 *) base + i), vuint)
                   << 16);
}

/* The lanes are added pairwise, always in the same order. */
INLINE float
add_lanes (vfloat x)
{
  float lanes[LANES];

  save (lanes, x);
  for (guint width = LANES / 2; width > 0; width /= 2)
    for (guint i = 0; i < width; i++)
      lanes[i] += lanes[i + width];
  return lanes[0];
}

INLINE float
max_lanes (vfloat x)
{
  float lanes[LANES];

  save (lanes, x);
  for (guint i = 1; i < LANES; i++)
    lanes[0] = MAX (lanes[0], lanes[i]);
  return lanes[0];
}

/* e^x for x <= 0 with about two units in the last place; 0 below -87 and for
 * everything that is no such number.  x = n ln 2 + r, then the Taylor
 * polynomial of e^r for |r| <= ln 2 / 2. */
INLINE vfloat
exp_negative (vfloat x)
{
  const vfloat round = splat (0x1.8p23f);
  vint is_usual = (x >= splat (-87.0f)) & (x <= splat (1.0f));
  vfloat n = (x * splat (1.44269504f) + round) - round;
  vfloat r = x - n * splat (0.693359375f) + n * splat (2.12194440e-4f);
  vfloat p = splat (1.0f / 5040);
  vuint exponent;

  p = p * r + splat (1.0f / 720);
  p = p * r + splat (1.0f / 120);
  p = p * r + splat (1.0f / 24);
  p = p * r + splat (1.0f / 6);
  p = p * r + splat (0.5f);
  p = p * r + splat (1.0f);
  p = p * r + splat (1.0f);
  n = (vfloat) (is_usual & (vint) n);
  exponent = ((vuint) __builtin_convertvector (n, vint) + 127) << 23;
  return (vfloat) (is_usual & (vint) (p * (vfloat) exponent));
}

/* ---- cache ---------------------------------------------------------------- */

INLINE guint16
round_half (float x)
{
  guint32 bits;

  memcpy (&bits, &x, sizeof bits);
  return (guint16) ((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

static void
store (const LimnKvShape *shape, gpointer kv, guint position, const float *key, const float *value)
{
  gsize n = shape->head_size;
  gsize key_at = (position / LIMN_KEY_BLOCK) * n * LIMN_KEY_BLOCK + position % LIMN_KEY_BLOCK;
  gsize value_at = (gsize) shape->capacity * n + (gsize) position * shape->value_stride;

  if (shape->is_half)
    {
      guint16 *half = kv;

      for (gsize d = 0; d < n; d++)
        half[key_at + d * LIMN_KEY_BLOCK] = round_half (key[d]);
      for (gsize d = 0; d < n; d++)
        half[value_at + d] = round_half (value[d]);
    }
  else
    {
      float *full = kv;

      for (gsize d = 0; d < n; d++)
        full[key_at + d * LIMN_KEY_BLOCK] = key[d];
      memcpy (full + value_at, value, n * sizeof (float));
    }
}

/* ---- attention ------------------------------------------------------------ */

/* scores of n_blocks (1 or GROUP_BLOCKS) blocks of keys from block */
INLINE void
score_blocks (gconstpointer keys, gsize head_size, gsize block, guint n_blocks, gboolean is_half,
              const float *q, float *scores)
{
  vfloat sum[GROUP_VECTORS];
  gsize at = block * head_size * LIMN_KEY_BLOCK;

  for (guint i = 0; i < n_blocks * BLOCK_VECTORS; i++)
    sum[i] = splat (0);
  for (gsize d = 0; d < head_size; d++)
    for (guint b = 0; b < n_blocks; b++)
      for (guint i = 0; i < BLOCK_VECTORS; i++)
        sum[b * BLOCK_VECTORS + i]
            += splat (q[d])
               * load_cache (keys,
                             at + (b * head_size + d) * LIMN_KEY_BLOCK + i * LANES,
                             is_half);
  for (guint i = 0; i < n_blocks * BLOCK_VECTORS; i++)
    save (scores + block * LIMN_KEY_BLOCK + i * LANES, sum[i]);
}

INLINE void
score_keys (gconstpointer keys, gsize head_size, gsize n_blocks, gboolean is_half, const float *q,
            float *scores)
{
  gsize block = 0;

  for (; block + GROUP_BLOCKS <= n_blocks; block += GROUP_BLOCKS)
    score_blocks (keys, head_size, block, GROUP_BLOCKS, is_half, q, scores);
  for (; block < n_blocks; block++)
    score_blocks (keys, head_size, block, 1, is_half, q, scores);
}

/* out (n_vectors * LANES) = sum of weight * value over n_keys, in two chains */
INLINE void
mix_values (gconstpointer values, gsize stride, guint n_keys, guint n_vectors, gboolean is_half,
            const float *weights, float scale, float *out)
{
  vfloat even[GROUP_VECTORS], odd[GROUP_VECTORS];
  guint t = 0;

  for (guint i = 0; i < n_vectors; i++)
    even[i] = odd[i] = splat (0);
  for (; t + 2 <= n_keys; t += 2)
    for (guint i = 0; i < n_vectors; i++)
      {
        even[i] += splat (weights[t]) * load_cache (values, t * stride + i * LANES, is_half);
        odd[i] += splat (weights[t + 1])
                  * load_cache (values, (t + 1) * stride + i * LANES, is_half);
      }
  if (t < n_keys)
    for (guint i = 0; i < n_vectors; i++)
      even[i] += splat (weights[t]) * load_cache (values, t * stride + i * LANES, is_half);
  for (guint i = 0; i < n_vectors; i++)
    save (out + i * LANES, (even[i] + odd[i]) * splat (scale));
}

INLINE void
mix_columns (const LimnKvShape *shape, gconstpointer values, guint n_keys, gboolean is_half,
             const float *weights, float scale, float *out)
{
  gsize element = is_half ? 2 : 4;
  guint column = 0;

  for (; column + GROUP_VECTORS * LANES <= shape->head_size; column += GROUP_VECTORS * LANES)
    mix_values ((const guint8 *) values + column * element, shape->value_stride, n_keys,
                GROUP_VECTORS, is_half, weights, scale, out + column);
  for (; column < shape->head_size; column += LANES)
    {
      float part[LANES];

      mix_values ((const guint8 *) values + column * element, shape->value_stride, n_keys, 1,
                  is_half, weights, scale, part);
      memcpy (out + column, part, MIN (LANES, shape->head_size - column) * sizeof (float));
    }
}

/* scores (n) -> exp (score - max), padded with zeros to whole vectors; returns the sum */
INLINE float
soften (float *scores, guint n, guint n_padded)
{
  vfloat largest, sum = splat (0);

  for (guint i = n; i < n_padded; i++)
    scores[i] = -G_MAXFLOAT;
  largest = load (scores);
  for (guint i = LANES; i < n_padded; i += LANES)
    largest = select_larger (largest, load (scores + i));
  largest = splat (max_lanes (largest));
  for (guint i = 0; i < n_padded; i += LANES)
    {
      vfloat weight = exp_negative (load (scores + i) - largest);

      save (scores + i, weight);
      sum += weight;
    }
  return add_lanes (sum);
}

INLINE void
attend_any (const LimnKvShape *shape, gconstpointer kv, const float *q, guint n_keys,
            gboolean is_half, float *scores, float *out)
{
  gsize n_blocks = (n_keys + LIMN_KEY_BLOCK - 1) / LIMN_KEY_BLOCK;
  gsize values_at = (gsize) shape->capacity * shape->head_size * (is_half ? 2 : 4);
  float sum;

  score_keys (kv, shape->head_size, n_blocks, is_half, q, scores);
  sum = soften (scores, n_keys, (guint) n_blocks * LIMN_KEY_BLOCK);
  mix_columns (shape, (const guint8 *) kv + values_at, n_keys, is_half, scores, 1 / sum, out);
}

static void
attend (const LimnKvShape *shape, gconstpointer kv, const float *q, guint n_keys, float *scores,
        float *out)
{
  if (shape->is_half)
    attend_any (shape, kv, q, n_keys, TRUE, scores, out);
  else
    attend_any (shape, kv, q, n_keys, FALSE, scores, out);
}

/* ---- sampling ------------------------------------------------------------- */

static float
find_max (const float *x, gsize n)
{
  float largest = x[0];
  gsize i = 0;

  if (n >= LANES)
    {
      vfloat lanes = load (x);

      for (i = LANES; i + LANES <= n; i += LANES)
        lanes = select_larger (lanes, load (x + i));
      largest = max_lanes (lanes);
    }
  for (; i < n; i++)
    largest = MAX (largest, x[i]);
  return largest;
}

/* Short runs are summed as floats, the runs as doubles. */
static double
sum_exp (const float *x, gsize n, float max)
{
  double total = 0;
  gsize i = 0;

  while (i + LANES <= n)
    {
      vfloat sum = splat (0);

      for (guint run = 0; run < 64 && i + LANES <= n; run++, i += LANES)
        sum += exp_negative (load (x + i) - splat (max));
      total += (double) add_lanes (sum);
    }
  if (i < n)
    {
      float rest[LANES];

      for (guint lane = 0; lane < LANES; lane++)
        rest[lane] = i + lane < n ? x[i + lane] - max : -G_MAXFLOAT;
      total += (double) add_lanes (exp_negative (load (rest)));
    }
  return total;
}

static void
condition (const float *u, const float *c, float factor, float *out, gsize n)
{
  gsize i = 0;

  for (; i + LANES <= n; i += LANES)
    save (out + i, load (u + i) + splat (factor) * (load (c + i) - load (u + i)));
  for (; i < n; i++)
    out[i] = u[i] + factor * (c[i] - u[i]);
}

const LimnBartKernels LIMN_KERNELS = {
  .name = G_STRINGIFY (LIMN_KERNELS),
  .store = store,
  .attend = attend,
  .max = find_max,
  .sum_exp = sum_exp,
  .condition = condition,
};
