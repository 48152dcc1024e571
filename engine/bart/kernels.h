/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The vector loops of attention and sampling, compiled once a processor level;
 * limn_bart_kernels_get() chooses.  The same level gives the same bits always.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LIMN_KEY_BLOCK 16 /* keys stored side by side */

/*
 * LimnKvShape: the keys and values of one attention head, padded with zeros: blocks of
 * sixteen keys, then blocks of their values.
 *
 * As floats: a block of keys is (head_size, 16), so that sixteen scores are summed side by
 * side; one of values (16, value_stride).
 * As 8-bit integers with a scale for each key and each value, in quads that share 32 bits
 * and are taken apart by shifts, which every processor has: a block of keys is
 * (head_size / 4, 16, 4), a quad being four neighbouring dimensions; one of values
 * (16, value_stride / 64, 16, 4), a quad being columns c, c + 16, c + 32 and c + 48 of 64;
 * sixteen scales as floats follow each block.
 */
typedef struct
{
  guint head_size;
  guint value_stride; /* head_size rounded up to 16, for quads to 64 */
  guint capacity;     /* of keys, a multiple of LIMN_KEY_BLOCK */
  gsize key_bytes;    /* of a block of keys */
  gsize value_bytes;  /* of a block of values */
  gsize values_at;    /* bytes before the values */
  gboolean is_quads;  /* with a head_size that 4 divides only */
  float scale;        /* of scores: 1 / sqrt (head_size) */
} LimnKvShape;

typedef struct
{
  const char *name;
  /* Writes key and value (head_size) at position.  As integers, one that is all zero or holds
   * an infinity becomes zeros. */
  void (*store) (const LimnKvShape *shape,
                 gpointer kv,
                 guint position,
                 const float *key,
                 const float *value);
  /* out (head_size) = softmax (scale * q . keys) values over the first n_keys >= 1.
   * scores (capacity) is scratch; out may be q.  next, a head that is attended to soon, is
   * asked for meanwhile and need not be there. */
  void (*attend) (const LimnKvShape *shape,
                  gconstpointer kv,
                  gconstpointer next,
                  const float *q,
                  guint n_keys,
                  float *scores,
                  float *out);
  /* largest of x (n), n >= 1 */
  float (*max) (const float *x, gsize n);
  /* sum of exp (x - max) */
  double (*sum_exp) (const float *x, gsize n, float max);
  /* out = u + factor * (c - u) */
  void (*condition) (const float *u, const float *c, float factor, float *out, gsize n);
} LimnBartKernels;

const LimnBartKernels *limn_bart_kernels_get (void);

extern const LimnBartKernels limn_bart_kernels_generic;
#if defined(__x86_64__)
extern const LimnBartKernels limn_bart_kernels_avx2;
extern const LimnBartKernels limn_bart_kernels_avx512;
#endif

G_END_DECLS
