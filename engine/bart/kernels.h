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
 * LimnKvShape: the keys and values of one attention head, padded with zeros.
 *
 * As floats: keys (capacity / 16, head_size, 16), so that sixteen scores are
 * summed side by side; then values (capacity, value_stride).
 * As bfloat16, in pairs that share 32 bits: keys (capacity / 16, head_size / 2,
 * 16, 2), a pair being two neighbouring dimensions; then values (capacity,
 * value_stride / 32, 16, 2), a pair being columns c and c + 16 of 32.  Pairs are
 * taken apart by a shift and a mask, which every processor has.
 */
typedef struct
{
  guint head_size;
  guint value_stride; /* head_size rounded up to 16, for pairs to 32 */
  guint capacity;     /* of keys, a multiple of LIMN_KEY_BLOCK */
  gsize values_at;    /* numbers before the values */
  gboolean is_half;   /* with an even head_size only */
} LimnKvShape;

typedef struct
{
  const char *name;
  /* Writes key and value (head_size) at position. */
  void (*store) (const LimnKvShape *shape,
                 gpointer kv,
                 guint position,
                 const float *key,
                 const float *value);
  /* out (head_size) = softmax (q . keys) values over the first n_keys >= 1.  q is
   * scaled already; scores (capacity) is scratch; out may be q.  next, a head that is
   * attended to soon, is asked for meanwhile and need not be there. */
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
