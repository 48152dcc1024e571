/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Matrix products: right, and bit for bit the same for any number of rows and
 * threads, for every type of weights and every instruction set of this machine.
 */
#include "engine/limn.h"
#include "engine/tensor/compute.h"
#include "engine/tensor/convert.h"

#include <math.h>
#include <string.h>

#define MAX_M 40

typedef struct
{
  LimnMatrix w;
  float *wide; /* the numbers that w stands for */
} Weights;

static float
number (guint64 i)
{
  guint64 z = (i + 1) * 0x9E3779B97F4A7C15u;
  z ^= z >> 30;
  z *= 0xBF58476D1CE4E5B9u;
  z ^= z >> 27;
  z *= 0x94D049BB133111EBu;
  z ^= z >> 31;
  return (float) (gint64) z * 0x1p-63f;
}

static void
pack_i8 (Weights *weights, const float *numbers)
{
  guint n_rows = weights->w.n_rows, n_cols = weights->w.n_cols;
  gint8 *data = g_aligned_alloc0 (limn_i8_data_bytes (n_rows, n_cols), 1, 64);
  float *scale = g_new (float, limn_i8_n_scales (n_rows));

  for (guint row = 0; row < n_rows; row += 16)
    limn_i8_pack_block (numbers + (gsize) row * n_cols, MIN (16, n_rows - row), n_cols,
                        data + row * limn_i8_padded_cols (n_cols), scale + row);
  weights->w.data = data;
  weights->w.scale = scale;
}

static Weights
weights_new (LimnType type, guint n_rows, guint n_cols)
{
  gsize n = (gsize) n_rows * n_cols;
  g_autofree float *numbers = g_new (float, n);
  Weights weights = { .w = { type, n_rows, n_cols, NULL, NULL }, .wide = g_new (float, n) };

  for (gsize i = 0; i < n; i++)
    numbers[i] = number (i) * 0.1f;
  if (type == LIMN_TYPE_I8)
    pack_i8 (&weights, numbers);
  else
    {
      void *data = g_aligned_alloc (n, limn_type_bytes (type), 64);
      limn_convert_from_float (type, numbers, data, n);
      weights.w.data = data;
    }
  for (guint row = 0; row < n_rows; row++)
    limn_matrix_get_row (&weights.w, row, weights.wide + (gsize) row * n_cols);
  return weights;
}

static void
weights_clear (Weights *weights)
{
  g_aligned_free ((void *) weights->w.data);
  g_free ((void *) weights->w.scale);
  g_free (weights->wide);
}

static LimnCompute *
compute_for (const LimnMatrix *w, guint n_threads)
{
  gsize bytes =
      MAX (limn_matmul_scratch_bytes (w, MAX_M), limn_matmul_large_scratch_bytes (w, MAX_M));
  g_autoptr (GError) error = NULL;
  LimnCompute *compute = limn_compute_new (n_threads, bytes, &error);

  g_assert_no_error (error);
  return compute;
}

static void
check_close (const Weights *weights, const float *x, guint m, const float *y, float tolerance)
{
  guint n_rows = weights->w.n_rows, n_cols = weights->w.n_cols;

  for (guint i = 0; i < m; i++)
    for (guint row = 0; row < n_rows; row++)
      {
        double sum = 0, size = 0;
        for (guint c = 0; c < n_cols; c++)
          {
            double p = (double) weights->wide[(gsize) row * n_cols + c] * x[(gsize) i * n_cols + c];
            sum += p;
            size += fabs (p);
          }
        g_assert_cmpfloat (fabs (sum - y[(gsize) i * n_rows + row]), <=, tolerance * size + 1e-30);
      }
}

static float *
inputs_new (guint m, guint n_cols)
{
  float *x = g_new (float, (gsize) m *n_cols);

  for (gsize i = 0; i < (gsize) m * n_cols; i++)
    x[i] = number (i + 1000000);
  return x;
}

static const struct
{
  guint n_rows, n_cols;
} shapes[] = { { 1, 1 },   { 16, 64 }, { 17, 65 },   { 15, 63 },
               { 3, 130 }, { 50, 31 }, { 333, 272 }, { 530, 96 } };

static void
check_product (LimnType type, guint n_rows, guint n_cols)
{
  Weights weights = weights_new (type, n_rows, n_cols);
  g_autofree float *x = inputs_new (MAX_M, n_cols);
  g_autofree float *y = g_new (float, (gsize) MAX_M *n_rows);
  g_autofree float *other = g_new (float, (gsize) MAX_M *n_rows);
  float tolerance = type == LIMN_TYPE_I8 ? 0.02f : 3e-6f;

  for (guint n_threads = 1; n_threads <= 4; n_threads *= 2)
    {
      g_autoptr (LimnCompute) compute = compute_for (&weights.w, n_threads);

      if (n_threads == 1)
        {
          limn_matmul (compute, &weights.w, x, MAX_M, y);
          check_close (&weights, x, MAX_M, y, tolerance);
          limn_matmul_large (compute, &weights.w, x, MAX_M, other);
          check_close (&weights, x, MAX_M, other, tolerance);
        }
      for (guint m = 1; m <= MAX_M; m++)
        {
          limn_matmul (compute, &weights.w, x, m, other);
          g_assert_cmpmem (other, (gsize) m * n_rows * 4, y, (gsize) m * n_rows * 4);
        }
    }
  weights_clear (&weights);
}

static void
test_product (gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    check_product (GPOINTER_TO_INT (data), shapes[i].n_rows, shapes[i].n_cols);
}

/* NaN and infinities stay where they belong and break nothing. */
static void
test_not_finite (gconstpointer data)
{
  LimnType type = GPOINTER_TO_INT (data);
  Weights weights = weights_new (type, 20, 70);
  g_autofree float *x = inputs_new (3, 70);
  g_autofree float *y = g_new0 (float, 3 * 20);
  g_autofree float *good = g_new0 (float, 3 * 20);
  g_autoptr (LimnCompute) compute = compute_for (&weights.w, 2);

  limn_matmul (compute, &weights.w, x, 3, good);
  x[70 + 3] = NAN;
  x[70 + 5] = INFINITY;
  limn_matmul (compute, &weights.w, x, 3, y);
  g_assert_cmpmem (y, 20 * 4, good, 20 * 4);
  g_assert_cmpmem (y + 40, 20 * 4, good + 40, 20 * 4);
  weights_clear (&weights);
}

/* Products that share their rows are the same as one by one, whatever the types beside them. */
static void
test_each (void)
{
  static const LimnType types[][4] = {
    { LIMN_TYPE_I8, LIMN_TYPE_I8, LIMN_TYPE_I8, LIMN_TYPE_I8 },
    { LIMN_TYPE_F32, LIMN_TYPE_I8, LIMN_TYPE_BF16, LIMN_TYPE_I8 },
    { LIMN_TYPE_F16, LIMN_TYPE_F16, LIMN_TYPE_F32, LIMN_TYPE_F32 },
  };
  static const guint n_rows[] = { 1, 300, 16, 1025 };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    for (guint n = 1; n <= 4; n++)
      {
        g_autofree float *x = inputs_new (18, 200);
        Weights weights[4];
        const LimnMatrix *w[4];
        float *y[4];
        g_autoptr (LimnCompute) compute = NULL;

        for (guint j = 0; j < n; j++)
          {
            weights[j] = weights_new (types[i][j], n_rows[j], 200);
            w[j] = &weights[j].w;
            y[j] = g_new (float, 18 * n_rows[j]);
          }
        compute = limn_compute_new (2, 64 * 1024, NULL);
        limn_matmul_each (compute, n, w, x, 18, y);
        for (guint j = 0; j < n; j++)
          {
            g_autofree float *alone = g_new (float, 18 * n_rows[j]);

            limn_matmul (compute, w[j], x, 18, alone);
            g_assert_cmpmem (y[j], 18 * n_rows[j] * 4, alone, 18 * n_rows[j] * 4);
            g_free (y[j]);
            weights_clear (&weights[j]);
          }
      }
}

int
main (int argc, char **argv)
{
  static const char *const names[] = { "f32", "f16", "bf16", "i8" };

  g_test_init (&argc, &argv, NULL);
  for (int type = LIMN_TYPE_F32; type <= LIMN_TYPE_I8; type++)
    {
      g_autofree char *product = g_strdup_printf ("/matmul/product/%s", names[type]);
      g_autofree char *finite = g_strdup_printf ("/matmul/not-finite/%s", names[type]);
      g_test_add_data_func (product, GINT_TO_POINTER (type), test_product);
      g_test_add_data_func (finite, GINT_TO_POINTER (type), test_not_finite);
    }
  g_test_add_func ("/matmul/each", test_each);
  return g_test_run ();
}
