/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every level's loops against plain double arithmetic, on awkward shapes and values. */
#include "engine/bart/attention.h"
#include "tests/tools/golden.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
/* AVX-512's loops, compiled for AVX2 */
extern const LimnBartKernels limn_bart_kernels_wide;
#endif

static const LimnBartKernels *levels[4];
static guint n_levels;

static void
find_levels (void)
{
  levels[n_levels++] = &limn_bart_kernels_generic;
#if defined(__x86_64__)
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    {
      levels[n_levels++] = &limn_bart_kernels_avx2;
      levels[n_levels++] = &limn_bart_kernels_wide;
    }
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw")
      && __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512vl"))
    levels[n_levels++] = &limn_bart_kernels_avx512;
#endif
}

typedef struct
{
  guint n_keys;
  guint head_size;
  gint exponent; /* size of the numbers */
  float *q, *keys, *values;
} Heads;

static void
heads_clear (Heads *heads)
{
  g_free (heads->q);
  g_free (heads->keys);
  g_free (heads->values);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Heads, heads_clear)

static void
heads_fill (Heads *heads)
{
  gsize n = (gsize) heads->n_keys * heads->head_size;

  heads->q = g_new (float, heads->head_size);
  heads->keys = g_new (float, n);
  heads->values = g_new (float, n);
  for (guint d = 0; d < heads->head_size; d++)
    heads->q[d] = golden_linear ("test", "q", heads->exponent, 0, d);
  for (gsize i = 0; i < n; i++)
    {
      heads->keys[i] = golden_linear ("test", "keys", 0, 0, i);
      heads->values[i] = golden_linear ("test", "values", 0, 0, i);
    }
}

static void
attend_plainly (const Heads *heads, double *out)
{
  g_autofree double *scores = g_new0 (double, heads->n_keys);
  double max = -INFINITY, sum = 0;

  memset (out, 0, heads->head_size * sizeof (double));
  for (guint t = 0; t < heads->n_keys; t++)
    {
      for (guint d = 0; d < heads->head_size; d++)
        scores[t] += (double) heads->q[d] * heads->keys[t * heads->head_size + d];
      scores[t] /= sqrt (heads->head_size);
      max = MAX (max, scores[t]);
    }
  for (guint t = 0; t < heads->n_keys; t++)
    sum += scores[t] = exp (scores[t] - max);
  for (guint t = 0; t < heads->n_keys; t++)
    for (guint d = 0; d < heads->head_size; d++)
      out[d] += scores[t] / sum * heads->values[t * heads->head_size + d];
}

static void
check_attention (const LimnBartKernels *kernels, const Heads *heads, gboolean is_small)
{
  LimnKvShape shape = limn_kv_shape (heads->head_size, heads->n_keys, is_small);
  g_autofree double *expected = g_new (double, heads->head_size);
  g_autofree float *out = g_new (float, heads->head_size + 1);
  g_autofree float *scores = g_new (float, shape.capacity);
  g_autofree guint8 *kv = NULL;
  double tolerance = is_small ? 8e-3 * (1 + ldexp (1, heads->exponent)) : 4e-6;
  gsize bytes;

  g_assert_true (limn_kv_shape_get_bytes (&shape, &bytes));
  kv = g_malloc (bytes);
  memset (kv, 0xff, bytes); /* what was there before must not matter */
  for (guint t = 0; t < heads->n_keys; t++)
    kernels->store (&shape, kv, t, heads->keys + t * heads->head_size,
                    heads->values + t * heads->head_size);
  out[heads->head_size] = 12345;
  kernels->attend (&shape, kv, NULL, heads->q, heads->n_keys, scores, out);
  attend_plainly (heads, expected);
  golden_assert_close (kernels->name, out, expected, heads->head_size, tolerance);
  g_assert_cmpfloat (out[heads->head_size], ==, 12345);
}

static void
test_attention (void)
{
  static const guint sizes[] = { 1, 3, 8, 16, 17, 31, 32, 48, 64, 80, 128 };
  static const guint n_keys[] = { 1, 2, 15, 16, 17, 63, 64, 65, 80, 255, 256 };

  for (guint level = 0; level < n_levels; level++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      for (guint j = 0; j < G_N_ELEMENTS (n_keys); j++)
        for (gint exponent = -20; exponent <= 0; exponent += 10)
          {
            g_auto (Heads) heads = { n_keys[j], sizes[i], exponent };

            heads_fill (&heads);
            check_attention (levels[level], &heads, FALSE);
            check_attention (levels[level], &heads, TRUE);
          }
}

/* One huge score among others, and all scores far below zero. */
static void
test_extremes (void)
{
  for (guint level = 0; level < n_levels; level++)
    for (guint small = 0; small < 2; small++)
      {
        LimnKvShape shape = limn_kv_shape (16, 40, small);
        g_autofree guint8 *kv = g_malloc0 (64 * 1024);
        float key[16] = { 0 }, value[16], q[16] = { 1 }, scores[48], out[16];

        for (guint t = 0; t < 40; t++)
          {
            key[0] = t == 23 ? -1e6f : -1e9f;
            for (guint d = 0; d < 16; d++)
              value[d] = (float) t;
            levels[level]->store (&shape, kv, t, key, value);
          }
        levels[level]->attend (&shape, kv, kv, q, 40, scores, out);
        for (guint d = 0; d < 16; d++)
          g_assert_cmpfloat_with_epsilon (out[d], 23, small ? 3e-6 : 1e-9);
      }
}

static void
test_copy (void)
{
  for (guint small = 0; small < 2; small++)
    {
      LimnKvShape shape = limn_kv_shape (24, 50, small);
      g_auto (Heads) heads = { 33, 24, 0 };
      g_autofree guint8 *a = g_malloc0 (64 * 1024), *b = g_malloc0 (64 * 1024);
      float scores[64], out_a[24], out_b[24];

      heads_fill (&heads);
      for (guint t = 0; t < 33; t++)
        levels[0]->store (&shape, a, t, heads.keys + t * 24, heads.values + t * 24);
      limn_kv_copy (&shape, a, 33, b);
      levels[0]->attend (&shape, a, b, heads.q, 33, scores, out_a);
      levels[0]->attend (&shape, b, NULL, heads.q, 33, scores, out_b);
      g_assert_cmpmem (out_a, sizeof out_a, out_b, sizeof out_b);
    }
}

static void
test_loops (void)
{
  g_autofree float *u = g_new (float, 300), *c = g_new (float, 300), *out = g_new (float, 301);

  for (guint i = 0; i < 300; i++)
    {
      u[i] = golden_linear ("test", "u", 2, 0, i);
      c[i] = golden_linear ("test", "c", 2, 0, i);
    }
  for (guint level = 0; level < n_levels; level++)
    for (gsize n = 1; n <= 300; n++)
      {
        double sum = 0;
        float max = -INFINITY;

        for (gsize i = 0; i < n; i++)
          max = MAX (max, u[i]);
        for (gsize i = 0; i < n; i++)
          sum += exp ((double) u[i] - max);
        g_assert_cmpfloat (levels[level]->max (u, n), ==, max);
        g_assert_cmpfloat_with_epsilon (levels[level]->sum_exp (u, n, max), sum, 2e-6 * sum);
        out[n] = 12345;
        levels[level]->condition (u, c, 10, out, n);
        for (gsize i = 0; i < n; i++)
          g_assert_cmpfloat_with_epsilon (out[i], 10 * c[i] - 9 * u[i], 2e-5);
        g_assert_cmpfloat (out[n], ==, 12345);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  find_levels ();
  g_test_add_func ("/bart-kernels/attention", test_attention);
  g_test_add_func ("/bart-kernels/extremes", test_extremes);
  g_test_add_func ("/bart-kernels/copy", test_copy);
  g_test_add_func ("/bart-kernels/loops", test_loops);
  return g_test_run ();
}
