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

/* Lines of memory to ask for while others are computed with: nearly all keys and values come from
 * there.  Into the second cache, as they are more than the first one holds. */
#define ASK_FOR(line) __builtin_prefetch ((line), 0, 2)
#define LINE_BYTES    64

/* Unaligned, so that a buffer needs no more than a float's alignment. */
typedef float vfloat __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));
typedef gint32 vint __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));
typedef guint32 vuint __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));

#define INLINE static inline __attribute__ ((always_inline))

INLINE vfloat
splat (float x)
{
  return x - (vfloat){};
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

/* Two bfloat16 a lane: the lower halves, or the upper ones, as floats. */
INLINE vfloat
get_half (vuint pairs, guint upper)
{
  if (upper)
    return (vfloat) (pairs & 0xffff0000u);
  return (vfloat) (pairs << 16);
}

INLINE vuint
load_pairs (const guint32 *p)
{
  return *(const vuint *) p;
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
  exponent = ((vuint) __builtin_convertvector(n, vint) + 127) << 23;
  return (vfloat) (is_usual & (vint) (p * (vfloat) exponent));
}

/* ---- cache ---------------------------------------------------------------- */

/* Bits of x with the upper half rounded to the nearest bfloat16, ties to even. */
INLINE vuint
round_half (vfloat x)
{
  vuint bits = (vuint) x;

  return bits + 0x7fff + ((bits >> 16) & 1);
}

static void
store_full (const LimnKvShape *shape,
            float *kv,
            guint position,
            const float *key,
            const float *value)
{
  gsize n = shape->head_size;
  float *keys = kv + (position / LIMN_KEY_BLOCK) * n * LIMN_KEY_BLOCK + position % LIMN_KEY_BLOCK;
  float *values = kv + shape->values_at + (gsize) position * shape->value_stride;

  for (gsize d = 0; d < n; d++)
    keys[d * LIMN_KEY_BLOCK] = key[d];
  memcpy (values, value, n * sizeof (float));
}

/* Up to LANES numbers, zeros behind them. */
INLINE vfloat
load_some (const float *p, gsize n)
{
  float part[LANES] = { 0 };

  if (n >= LANES)
    return load (p);
  memcpy (part, p, n * sizeof (float));
  return load (part);
}

INLINE void
store_half_key (const LimnKvShape *shape, guint32 *kv, guint position, const float *key)
{
  gsize n = shape->head_size;
  guint32 *keys =
      kv + (position / LIMN_KEY_BLOCK) * (n / 2) * LIMN_KEY_BLOCK + position % LIMN_KEY_BLOCK;

  for (gsize d = 0; d < n; d += LANES)
    {
      guint32 bits[LANES];

      *(vuint *) bits = round_half (load_some (key + d, n - d));
      for (guint i = 0; i < LANES && d + i < n; i += 2)
        keys[(d + i) / 2 * LIMN_KEY_BLOCK] = bits[i] >> 16 | (bits[i + 1] & 0xffff0000u);
    }
}

INLINE void
store_half_value (const LimnKvShape *shape, guint32 *kv, guint position, const float *value)
{
  gsize n = shape->head_size;
  guint32 *values = kv + (shape->values_at + (gsize) position * shape->value_stride) / 2;

  for (gsize c = 0; c < n; c += 32)
    for (gsize i = 0; i < 16; i += LANES)
      {
        gsize low = c + i, high = c + 16 + i;
        vuint lower = round_half (load_some (value + MIN (low, n), n - MIN (low, n)));
        vuint upper = round_half (load_some (value + MIN (high, n), n - MIN (high, n)));

        *(vuint *) (values + c / 2 + i) = lower >> 16 | (upper & 0xffff0000u);
      }
}

static void
store (const LimnKvShape *shape, gpointer kv, guint position, const float *key, const float *value)
{
  if (!shape->is_half)
    {
      store_full (shape, kv, position, key, value);
      return;
    }
  store_half_key (shape, kv, position, key);
  store_half_value (shape, kv, position, value);
}

/* ---- scores --------------------------------------------------------------- */

/*
 * Scores of n_blocks (1 or GROUP_BLOCKS) blocks of keys, all numbers floats.
 * With few blocks, neighbouring dimensions have sums of their own, so that
 * always GROUP_VECTORS sums are going.
 */
INLINE void
score_full (const float *keys, gsize head_size, guint n_blocks, const float *q, float *scores)
{
  const guint n = n_blocks * BLOCK_VECTORS, n_chains = GROUP_VECTORS / n;
  gsize stride = head_size * LIMN_KEY_BLOCK, d = 0;
  vfloat sum[GROUP_VECTORS];

  for (guint i = 0; i < GROUP_VECTORS; i++)
    sum[i] = splat (0);
  for (; d + n_chains <= head_size; d += n_chains)
    for (guint c = 0; c < n_chains; c++)
      for (guint i = 0; i < n; i++)
        sum[c * n + i] += splat (q[d + c])
                          * load (keys + i / BLOCK_VECTORS * stride + (d + c) * LIMN_KEY_BLOCK
                                  + i % BLOCK_VECTORS * LANES);
  for (; d < head_size; d++)
    for (guint i = 0; i < n; i++)
      sum[i] += splat (q[d])
                * load (keys + i / BLOCK_VECTORS * stride + d * LIMN_KEY_BLOCK
                        + i % BLOCK_VECTORS * LANES);
  for (guint i = n; i < GROUP_VECTORS; i++)
    sum[i % n] += sum[i];
  for (guint i = 0; i < n; i++)
    save (scores + i * LANES, sum[i]);
}

/* The same of bfloat16, two dimensions a lane, each with a sum of its own.  For each line of keys
 * one from ahead on is asked for. */
INLINE void
score_half (const guint32 *keys,
            gsize n_pairs,
            guint n_blocks,
            const float *q,
            float *scores,
            const guint8 *ahead)
{
  const guint n = n_blocks * BLOCK_VECTORS, n_chains = GROUP_VECTORS / n;
  gsize stride = n_pairs * LIMN_KEY_BLOCK, d = 0;
  vfloat lower[GROUP_VECTORS], upper[GROUP_VECTORS];

  for (guint i = 0; i < GROUP_VECTORS; i++)
    lower[i] = upper[i] = splat (0);
  for (; d < n_pairs / n_chains * n_chains; d += n_chains)
    for (guint c = 0; c < n_chains; c++)
      for (guint i = 0; i < n; i++)
        {
          const guint32 *from = keys + i / BLOCK_VECTORS * stride + (d + c) * LIMN_KEY_BLOCK;
          vuint pairs = load_pairs (from + i % BLOCK_VECTORS * LANES);

          if (i % BLOCK_VECTORS == 0)
            {
              ASK_FOR (ahead);
              ahead += LINE_BYTES;
            }
          lower[c * n + i] += splat (q[2 * (d + c)]) * get_half (pairs, 0);
          upper[c * n + i] += splat (q[2 * (d + c) + 1]) * get_half (pairs, 1);
        }
  for (; d < n_pairs; d++)
    for (guint i = 0; i < n; i++)
      {
        vuint pairs = load_pairs (keys + i / BLOCK_VECTORS * stride + d * LIMN_KEY_BLOCK
                                  + i % BLOCK_VECTORS * LANES);

        lower[i] += splat (q[2 * d]) * get_half (pairs, 0);
        upper[i] += splat (q[2 * d + 1]) * get_half (pairs, 1);
      }
  for (guint i = n; i < GROUP_VECTORS; i++)
    {
      lower[i % n] += lower[i];
      upper[i % n] += upper[i];
    }
  for (guint i = 0; i < n; i++)
    save (scores + i * LANES, lower[i] + upper[i]);
}

static void
score_keys_full (const LimnKvShape *shape,
                 const float *keys,
                 const float *q,
                 gsize n_blocks,
                 float *scores)
{
  gsize n = shape->head_size, block = 0;

  for (; block + GROUP_BLOCKS <= n_blocks; block += GROUP_BLOCKS)
    score_full (keys + block * n * LIMN_KEY_BLOCK, n, GROUP_BLOCKS, q,
                scores + block * LIMN_KEY_BLOCK);
  for (; block < n_blocks; block++)
    score_full (keys + block * n * LIMN_KEY_BLOCK, n, 1, q, scores + block * LIMN_KEY_BLOCK);
}

/* Meanwhile asks for as many lines of values. */
static void
score_keys_half (const LimnKvShape *shape,
                 const guint32 *keys,
                 const float *q,
                 gsize n_blocks,
                 float *scores)
{
  gsize n = shape->head_size / 2, block = 0, stride = n * LIMN_KEY_BLOCK;
  const guint32 *values = keys + shape->values_at / 2;

  for (; block + GROUP_BLOCKS <= n_blocks; block += GROUP_BLOCKS)
    score_half (keys + block * stride, n, GROUP_BLOCKS, q, scores + block * LIMN_KEY_BLOCK,
                (const guint8 *) (values + block * stride));
  for (; block < n_blocks; block++)
    score_half (keys + block * stride, n, 1, q, scores + block * LIMN_KEY_BLOCK,
                (const guint8 *) (values + block * stride));
}

/* ---- values --------------------------------------------------------------- */

/* out (n_vectors * LANES) = scale * sum of weight * value over n_keys, in two chains */
INLINE void
mix_full (const float *values,
          gsize stride,
          guint n_keys,
          guint n_vectors,
          const float *weights,
          float scale,
          float *out)
{
  vfloat even[GROUP_VECTORS], odd[GROUP_VECTORS];
  guint t = 0;

  for (guint i = 0; i < n_vectors; i++)
    even[i] = odd[i] = splat (0);
  for (; t + 2 <= n_keys; t += 2, values += 2 * stride)
    for (guint i = 0; i < n_vectors; i++)
      {
        even[i] += splat (weights[t]) * load (values + i * LANES);
        odd[i] += splat (weights[t + 1]) * load (values + stride + i * LANES);
      }
  if (t < n_keys)
    for (guint i = 0; i < n_vectors; i++)
      even[i] += splat (weights[t]) * load (values + i * LANES);
  for (guint i = 0; i < n_vectors; i++)
    save (out + i * LANES, (even[i] + odd[i]) * splat (scale));
}

/* Of bfloat16: lane l of vector i holds columns 16 i + l (lower) and 16 (i + 1) + l of
 * 32 columns; out (2, n_vectors, LANES).  For each line of values one from ahead on is asked
 * for. */
INLINE void
mix_half (const guint32 *values,
          gsize stride,
          guint n_keys,
          guint n_vectors,
          const float *weights,
          float scale,
          float *out,
          const guint8 *ahead)
{
  vfloat lower[GROUP_VECTORS], upper[GROUP_VECTORS];

  for (guint i = 0; i < n_vectors; i++)
    lower[i] = upper[i] = splat (0);
  for (guint t = 0; t < n_keys; t++, values += stride)
    for (guint i = 0; i < n_vectors; i++)
      {
        vuint pairs = load_pairs (values + i * LANES);

        if (i % BLOCK_VECTORS == 0)
          {
            ASK_FOR (ahead);
            ahead += LINE_BYTES;
          }
        lower[i] += splat (weights[t]) * get_half (pairs, 0);
        upper[i] += splat (weights[t]) * get_half (pairs, 1);
      }
  for (guint i = 0; i < n_vectors; i++)
    {
      save (out + i * LANES, lower[i] * splat (scale));
      save (out + (n_vectors + i) * LANES, upper[i] * splat (scale));
    }
}

static void
mix_values_full (const LimnKvShape *shape,
                 const float *values,
                 const float *weights,
                 guint n_keys,
                 float scale,
                 float *out)
{
  guint n = shape->head_size, column = 0;

  for (; column + GROUP_VECTORS * LANES <= n; column += GROUP_VECTORS * LANES)
    mix_full (values + column, shape->value_stride, n_keys, GROUP_VECTORS, weights, scale,
              out + column);
  for (; column < n; column += LANES)
    {
      float part[LANES];

      mix_full (values + column, shape->value_stride, n_keys, 1, weights, scale, part);
      memcpy (out + column, part, MIN (LANES, n - column) * sizeof (float));
    }
}

/* Thirty-two columns at a time; two such groups together where there are, to
 * have enough sums going.  Meanwhile asks for as many lines from ahead on. */
static void
mix_values_half (const LimnKvShape *shape,
                 const guint32 *values,
                 const float *weights,
                 guint n_keys,
                 float scale,
                 float *out,
                 const guint8 *ahead)
{
  guint n = shape->head_size, column = 0;
  gsize stride = shape->value_stride / 2;
  float part[4 * 16];

#if LANES >= 8
  for (; column + 64 <= n; column += 64)
    {
      mix_half (values + column / 2, stride, n_keys, 2 * BLOCK_VECTORS, weights, scale, part,
                ahead + (gsize) n_keys * column * 2);
      memcpy (out + column, part, 16 * sizeof (float));
      memcpy (out + column + 16, part + 32, 16 * sizeof (float));
      memcpy (out + column + 32, part + 16, 16 * sizeof (float));
      memcpy (out + column + 48, part + 48, 16 * sizeof (float));
    }
#endif
  for (; column < n; column += 32)
    {
      mix_half (values + column / 2, stride, n_keys, BLOCK_VECTORS, weights, scale, part,
                ahead + (gsize) n_keys * column * 2);
      memcpy (out + column, part, MIN (32, n - column) * sizeof (float));
    }
}

/* ---- attention ------------------------------------------------------------ */

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

static void
attend (const LimnKvShape *shape,
        gconstpointer kv,
        gconstpointer next,
        const float *q,
        guint n_keys,
        float *scores,
        float *out)
{
  guint n_blocks = (n_keys + LIMN_KEY_BLOCK - 1) / LIMN_KEY_BLOCK;
  float sum;

  if (shape->is_half)
    score_keys_half (shape, kv, q, n_blocks, scores);
  else
    score_keys_full (shape, kv, q, n_blocks, scores);
  sum = soften (scores, n_keys, n_blocks * LIMN_KEY_BLOCK);
  if (shape->is_half)
    mix_values_half (shape, (const guint32 *) kv + shape->values_at / 2, scores, n_keys, 1 / sum,
                     out, next);
  else
    mix_values_full (shape, (const float *) kv + shape->values_at, scores, n_keys, 1 / sum, out);
}

/* ---- sampling ------------------------------------------------------------- */

static float
find_max (const float *x, gsize n)
{
  float largest = x[0];
  gsize i = 0;

  if (n >= 2 * LANES)
    {
      vfloat even = load (x), odd = load (x + LANES);

      for (i = 2 * LANES; i + 2 * LANES <= n; i += 2 * LANES)
        {
          even = select_larger (even, load (x + i));
          odd = select_larger (odd, load (x + i + LANES));
        }
      largest = max_lanes (select_larger (even, odd));
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
