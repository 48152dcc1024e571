/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loops of kernels.h in the compiler's vector types.  The build compiles
 * this file once a level, with the level's flags and its name in LIMN_KERNELS;
 * nothing here may be called where the processor lacks the level.
 */
#include "kernels.h"

#include <math.h>
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

INLINE vint
load_quads (const gint8 *p)
{
  return *(const vint *) p;
}

/* Byte i of each lane as a float. */
INLINE vfloat
get_byte (vint quads, guint i)
{
  return __builtin_convertvector(quads << (24 - 8 * i) >> 24, vfloat);
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

static void
store_full (const LimnKvShape *shape,
            guint8 *key_block,
            guint8 *value_block,
            guint i,
            const float *key,
            const float *value)
{
  gsize n = shape->head_size;
  float *keys = (float *) key_block + i;

  for (gsize d = 0; d < n; d++)
    keys[d * LIMN_KEY_BLOCK] = key[d];
  memcpy ((float *) value_block + (gsize) i * shape->value_stride, value, n * sizeof (float));
}

INLINE float
find_magnitude (const float *x, gsize n)
{
  vfloat most = splat (0);
  float largest = 0;
  gsize i = 0;

  for (; i + LANES <= n; i += LANES)
    most = select_larger ((vfloat) ((vint) load (x + i) & 0x7fffffff), most);
  for (; i < n; i++)
    largest = MAX (largest, fabsf (x[i]));
  return MAX (largest, max_lanes (most));
}

/* x (n <= 64) * inverse to the nearest whole numbers, zeros behind them. */
INLINE void
round_part (const float *x, gsize n, float inverse, gint32 whole[64])
{
  const vfloat round = splat (0x1.8p23f); /* adding it leaves the whole number in the bits */
  float part[64] = { 0 };

  if (n < 64)
    x = memcpy (part, x, n * sizeof *x);
  for (gsize i = 0; i < 64; i += LANES)
    *(vint *) (whole + i) = (vint) (load (x + i) * splat (inverse) + round) - (vint) round;
}

INLINE guint32
make_quad (gint32 a, gint32 b, gint32 c, gint32 d)
{
  return (guint8) a | (guint32) (guint8) b << 8 | (guint32) (guint8) c << 16
         | (guint32) (guint8) d << 24;
}

/* Of the keys or values of a block, at its end. */
INLINE float *
get_scales (const guint8 *block, gsize block_bytes)
{
  return (float *) (block + block_bytes) - LIMN_KEY_BLOCK;
}

/* Those of one key lie far apart; n <= 64 of them. */
INLINE void
store_key_quads (const gint32 *whole, gsize n, guint32 *to)
{
  for (gsize d = 0; d < n; d += 4, to += LIMN_KEY_BLOCK)
    *to = make_quad (whole[d], whole[d + 1], whole[d + 2], whole[d + 3]);
}

/* 64 of one value */
INLINE void
store_value_quads (const gint32 *whole, vuint *to)
{
  for (guint i = 0; i < 16; i += LANES, to++)
    {
      vuint quads = { 0 };

      for (guint j = 0; j < 4; j++)
        quads |= (*(const vuint *) (whole + 16 * j + i) & 0xff) << (8 * j);
      *to = quads;
    }
}

/* The scale of x (n), or 0 if it has none, and its inverse. */
INLINE float
find_scale (const float *x, gsize n, float *inverse)
{
  float most = find_magnitude (x, n);

  *inverse = 127 / most;
  if (*inverse > 0 && *inverse <= G_MAXFLOAT)
    return most / 127;
  return *inverse = 0;
}

static void
store_small (const LimnKvShape *shape,
             guint8 *key_block,
             guint8 *value_block,
             guint i,
             const float *key,
             const float *value)
{
  gsize size = shape->head_size;
  guint32 *keys = (guint32 *) key_block + i;
  guint8 *values = value_block + (gsize) i * shape->value_stride;
  float key_inverse, value_inverse;

  get_scales (key_block, shape->key_bytes)[i] = find_scale (key, size, &key_inverse);
  get_scales (value_block, shape->value_bytes)[i] = find_scale (value, size, &value_inverse);
  for (gsize d = 0; d < size; d += 64)
    {
      gsize n = MIN (64, size - d);
      gint32 whole[64];

      round_part (key + d, n, key_inverse, whole);
      store_key_quads (whole, n, keys + d / 4 * LIMN_KEY_BLOCK);
      round_part (value + d, n, value_inverse, whole);
      store_value_quads (whole, (vuint *) (values + d));
    }
}

static void
store (const LimnKvShape *shape, gpointer kv, guint position, const float *key, const float *value)
{
  guint8 *key_block = (guint8 *) kv + position / LIMN_KEY_BLOCK * shape->key_bytes;
  guint8 *value_block =
      (guint8 *) kv + shape->values_at + position / LIMN_KEY_BLOCK * shape->value_bytes;

  (shape->is_quads ? store_small : store_full) (shape, key_block, value_block,
                                                position % LIMN_KEY_BLOCK, key, value);
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

/* The same of integers, one block, four dimensions a lane, each with a sum of its own.  For each
 * line of keys one from ahead on is asked for. */
INLINE void
score_quads (const gint8 *keys, gsize n_quads, const float *q, float *scores, const guint8 *ahead)
{
  vfloat sum[4][BLOCK_VECTORS];
  const float *scales = (const float *) (keys + n_quads * LINE_BYTES);

  for (guint j = 0; j < 4; j++)
    for (guint i = 0; i < BLOCK_VECTORS; i++)
      sum[j][i] = splat (0);
  for (gsize d = 0; d < n_quads; d++, keys += LINE_BYTES, ahead += LINE_BYTES)
    {
      ASK_FOR (ahead);
      for (guint i = 0; i < BLOCK_VECTORS; i++)
        {
          vint quads = load_quads (keys + i * LANES * 4);

          for (guint j = 0; j < 4; j++)
            sum[j][i] += splat (q[4 * d + j]) * get_byte (quads, j);
        }
    }
  ASK_FOR (ahead); /* the scales */
  for (guint i = 0; i < BLOCK_VECTORS; i++)
    save (scores + i * LANES,
          ((sum[0][i] + sum[1][i]) + (sum[2][i] + sum[3][i])) * load (scales + i * LANES));
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

/* Meanwhile asks for the values. */
static void
score_keys_small (const LimnKvShape *shape,
                  const guint8 *keys,
                  const float *q,
                  gsize n_blocks,
                  float *scores)
{
  const guint8 *values = keys + shape->values_at;

  for (gsize block = 0; block < n_blocks; block++)
    score_quads ((const gint8 *) keys + block * shape->key_bytes, shape->head_size / 4, q,
                 scores + block * LIMN_KEY_BLOCK, values + block * shape->value_bytes);
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

/* The same of integers, up to sixteen keys; out (64): 64 columns are added to. */
INLINE void
mix_quads (const gint8 *values,
           gsize stride,
           guint n_keys,
           const float *weights,
           float *out,
           const guint8 *ahead)
{
  vfloat sum[4][BLOCK_VECTORS];

  for (guint j = 0; j < 4; j++)
    for (guint i = 0; i < BLOCK_VECTORS; i++)
      sum[j][i] = load (out + 16 * j + i * LANES);
  for (guint t = 0; t < n_keys; t++, values += stride, ahead += LINE_BYTES)
    {
      vfloat weight = splat (weights[t]);

      ASK_FOR (ahead);
      for (guint i = 0; i < BLOCK_VECTORS; i++)
        {
          vint quads = load_quads (values + i * LANES * 4);

          for (guint j = 0; j < 4; j++)
            sum[j][i] += weight * get_byte (quads, j);
        }
    }
  ASK_FOR (ahead); /* scales */
  for (guint j = 0; j < 4; j++)
    for (guint i = 0; i < BLOCK_VECTORS; i++)
      save (out + 16 * j + i * LANES, sum[j][i]);
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

/* weights (n_blocks * 16) *= scales of the values */
static void
scale_weights (const LimnKvShape *shape, const guint8 *values, gsize n_blocks, float *weights)
{
  for (gsize block = 0; block < n_blocks; block++, values += shape->value_bytes)
    {
      const float *scales = get_scales (values, shape->value_bytes);

      for (guint i = 0; i < LIMN_KEY_BLOCK; i += LANES, weights += LANES)
        save (weights, load (weights) * load (scales + i));
    }
}

/* Sixty-four columns at a time.  Meanwhile asks for the keys at next. */
static void
mix_values_small (const LimnKvShape *shape,
                  const guint8 *values,
                  float *weights,
                  guint n_keys,
                  float scale,
                  float *out,
                  const guint8 *next)
{
  gsize n_blocks = (n_keys + LIMN_KEY_BLOCK - 1) / LIMN_KEY_BLOCK;

  scale_weights (shape, values, n_blocks, weights);
  for (guint column = 0; column < shape->head_size; column += 64)
    {
      guint n = MIN (64, shape->head_size - column);
      float sums[64] = { 0 };

      for (gsize block = 0; block < n_blocks; block++)
        mix_quads ((const gint8 *) values + block * shape->value_bytes + column,
                   shape->value_stride, MIN (LIMN_KEY_BLOCK, n_keys - block * LIMN_KEY_BLOCK),
                   weights + block * LIMN_KEY_BLOCK, sums,
                   next + block * shape->key_bytes + column * LIMN_KEY_BLOCK);
      for (guint i = 0; i < 64; i += LANES)
        save (sums + i, load (sums + i) * splat (scale));
      memcpy (out + column, sums, n * sizeof (float));
    }
}

/* ---- attention ------------------------------------------------------------ */

/* scores (n) -> exp (scale * (score - max)), padded with zeros to whole vectors; returns the
 * sum */
INLINE float
soften (float *scores, guint n, guint n_padded, float scale)
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
      vfloat weight = exp_negative ((load (scores + i) - largest) * splat (scale));

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

  if (shape->is_quads)
    score_keys_small (shape, kv, q, n_blocks, scores);
  else
    score_keys_full (shape, kv, q, n_blocks, scores);
  sum = soften (scores, n_keys, n_blocks * LIMN_KEY_BLOCK, shape->scale);
  if (shape->is_quads)
    mix_values_small (shape, (const guint8 *) kv + shape->values_at, scores, n_keys, 1 / sum, out,
                      next);
  else
    mix_values_full (shape, (gconstpointer) ((const guint8 *) kv + shape->values_at), scores,
                     n_keys, 1 / sum, out);
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
