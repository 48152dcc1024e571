/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vector operations against double precision, conversions against all sixteen-bit numbers. */
#include "engine/tensor/half.h"
#include "engine/tensor/ops.h"

#include <math.h>

static float
number (guint i)
{
  return (float) ((gint32) (i * 2654435761u) * 0x1p-31);
}

static void
check_layer_norm (guint n, const float *weight, const float *bias, float eps)
{
  LimnNorm norm = { n, weight, bias };
  g_autofree float *x = g_new (float, n);
  g_autofree float *out = g_new (float, n);
  double mean = 0, var = 0;

  for (guint i = 0; i < n; i++)
    x[i] = number (i + n) * 3 + 5;
  for (guint i = 0; i < n; i++)
    mean += x[i] / (double) n;
  for (guint i = 0; i < n; i++)
    var += (x[i] - mean) * (x[i] - mean) / n;

  limn_layer_norm (&norm, eps, x, out);
  for (guint i = 0; i < n; i++)
    {
      double want = (x[i] - mean) / sqrt (var + eps) * (weight != NULL ? weight[i] : 1)
                    + (bias != NULL ? bias[i] : 0);
      g_assert_cmpfloat_with_epsilon (out[i], want, 4e-6);
    }
  limn_layer_norm (&norm, eps, x, x);
  g_assert_cmpmem (x, n * sizeof *x, out, n * sizeof *out);
}

static void
test_layer_norm (void)
{
  float weight[130], bias[130];

  for (guint i = 0; i < 130; i++)
    {
      weight[i] = 1 + number (i) * 0.5f;
      bias[i] = number (i + 500);
    }
  for (guint n = 1; n <= 130; n++)
    {
      check_layer_norm (n, weight, bias, 1e-5f);
      check_layer_norm (n, NULL, bias, 1e-5f);
      check_layer_norm (n, weight, NULL, 1e-3f);
    }
}

static void
test_gelu_gate (void)
{
  enum
  {
    N = 4003
  };
  float a[N], b[N], out[N];

  for (guint i = 0; i < N; i++)
    {
      a[i] = ((float) i - N / 2) * 0.01f;
      b[i] = number (i) * 2;
    }
  limn_gelu_gate (a, b, out, N);
  for (guint i = 0; i < N; i++)
    {
      double want = 0.5 * a[i] * (1 + erf (a[i] * M_SQRT1_2)) * b[i];
      g_assert_cmpfloat_with_epsilon (out[i], want,
                                      3e-7 * MAX (1, fabs (a[i])) * fabs (b[i]) + 1e-12);
    }
  limn_gelu_gate (a, b, b, N);
  g_assert_cmpmem (b, sizeof b, out, sizeof out);
}

static void
test_softmax (void)
{
  for (guint n = 1; n < 300; n += n < 40 ? 1 : 37)
    {
      g_autofree float *x = g_new (float, n);
      g_autofree double *want = g_new (double, n);
      double sum = 0;

      for (guint i = 0; i < n; i++)
        sum += want[i] = exp (x[i] = number (i) * 20 + 300);
      limn_softmax (x, n);
      for (guint i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon (x[i], want[i] / sum, 1e-6 * want[i] / sum + 1e-12);
    }
}

/* A masked position has the score -inf and gets nothing. */
static void
test_softmax_masked (void)
{
  float x[5] = { 1, -INFINITY, 2, -INFINITY, -1e12f };

  limn_softmax (x, 5);
  g_assert_cmpfloat (x[1], ==, 0);
  g_assert_cmpfloat (x[3], ==, 0);
  g_assert_cmpfloat (x[4], ==, 0);
  g_assert_cmpfloat_with_epsilon (x[0] + x[2], 1, 1e-6);
}

static void
test_half_round_trip (void)
{
  for (guint i = 0; i < 0x10000; i++)
    {
      float h = limn_half_to_float ((guint16) i), b = limn_bf16_to_float ((guint16) i);

      if (!isnan (h))
        g_assert_cmpuint (limn_half_from_float (h), ==, i);
      else
        g_assert_true (isnan (limn_half_to_float (limn_half_from_float (h))));
      if (!isnan (b))
        g_assert_cmpuint (limn_bf16_from_float (b), ==, i);
      else
        g_assert_true (isnan (limn_bf16_to_float (limn_bf16_from_float (b))));
    }
}

/* The nearest of two neighbours, the even one in the middle. */
static void
test_half_rounding (void)
{
  for (guint16 i = 0; i < 0x7bff; i++)
    {
      float low = limn_half_to_float (i), high = limn_half_to_float (i + 1);
      float middle = low + (high - low) / 2;

      g_assert_cmpuint (limn_half_from_float (middle), ==, i % 2 == 0 ? i : i + 1);
      g_assert_cmpuint (limn_half_from_float (nextafterf (middle, 0)), ==, i);
      g_assert_cmpuint (limn_half_from_float (nextafterf (middle, INFINITY)), ==, i + 1);
    }
  g_assert_cmpuint (limn_half_from_float (65519.99f), ==, 0x7bff);
  g_assert_cmpuint (limn_half_from_float (65520), ==, 0x7c00);
  g_assert_cmpuint (limn_half_from_float (-1e30f), ==, 0xfc00);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ops/layer-norm", test_layer_norm);
  g_test_add_func ("/ops/gelu-gate", test_gelu_gate);
  g_test_add_func ("/ops/softmax", test_softmax);
  g_test_add_func ("/ops/softmax-masked", test_softmax_masked);
  g_test_add_func ("/ops/half-round-trip", test_half_round_trip);
  g_test_add_func ("/ops/half-rounding", test_half_rounding);
  return g_test_run ();
}
