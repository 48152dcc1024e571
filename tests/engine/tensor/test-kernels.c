/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every table of kernels that this computer can run against the generic one:
 * odd shapes, extreme values, and nothing written beyond the end.
 */
#include "engine/limn.h"
#include "engine/tensor/convert.h"
#include "engine/tensor/cpu.h"
#include "engine/tensor/half.h"

#include <math.h>
#include <string.h>

#define GUARD 64 /* numbers behind an output that must stay */

static guint64 state = 1;

static guint32
random_bits (void)
{
  state = state * 6364136223846793005u + 1442695040888963407u;
  return state >> 32;
}

static float
random_float (void)
{
  return (gint32) random_bits () * 0x1p-31f;
}

typedef enum
{
  ORDINARY,
  ZERO,
  LARGEST,     /* of int8; +-1 of floats */
  ALTERNATING, /* signs */
  TINY,        /* subnormal floats */
  MIXED,       /* huge beside tiny */
  N_FILLS,
} Fill;

static gint8
fill_i8 (Fill fill, gsize i)
{
  switch (fill)
    {
    case ZERO:
      return 0;
    case LARGEST:
      return 127;
    case ALTERNATING:
      return i % 2 == 0 ? 127 : -127;
    case TINY:
      return i % 3 - 1;
    case MIXED:
      return i % 7 == 0 ? -127 : 1;
    default:
      return (gint8) (random_bits () % 255 - 127);
    }
}

static float
fill_float (Fill fill, gsize i)
{
  switch (fill)
    {
    case ZERO:
      return i % 2 == 0 ? 0.f : -0.f;
    case LARGEST:
      return 1;
    case ALTERNATING:
      return i % 2 == 0 ? 1 : -1;
    case TINY:
      return random_float () * 1e-39f;
    case MIXED:
      return random_float () * (i % 5 == 0 ? 1e4f : 1e-4f);
    default:
      return random_float ();
    }
}

#if defined(__x86_64__)
/* see emulated.h */
extern const LimnKernels limn_emulated_avxvnni, limn_emulated_avx512, limn_emulated_avx512vnni;
#endif

static void
check_emulated (void (*check) (const LimnKernels *kernels))
{
#if defined(__x86_64__)
  static const LimnKernels *const tables[] = { &limn_emulated_avxvnni, &limn_emulated_avx512,
                                               &limn_emulated_avx512vnni };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    if (limn_cpu_has_table (&limn_kernels_avx2))
      {
        g_test_message ("%s, emulated", tables[i]->name);
        state = 1;
        check (tables[i]);
      }
#endif
}

/* Calls check with every table but the generic one. */
static void
each_table (void (*check) (const LimnKernels *kernels))
{
  check_emulated (check);
  for (guint i = 1; limn_cpu_get_table (i) != NULL; i++)
    {
      const LimnKernels *kernels = limn_cpu_get_table (i);
      if (!limn_cpu_has_table (kernels))
        {
          g_test_message ("%s: not on this computer", kernels->name);
          continue;
        }
      g_test_message ("%s", kernels->name);
      state = 1;
      check (kernels);
    }
}

/* ==== integers: equal ==================================================== */

/* x in plain rows */
static void
run_dot_i8 (const LimnKernels *kernels,
            const gint8 *w,
            guint n_blocks,
            gsize padded,
            const gint8 *x,
            guint m,
            gint32 *sums)
{
  g_autofree gint8 *laid = g_malloc0 ((m + kernels->x_rows) * padded * kernels->x_bytes);
  g_autofree gint32 *x_sums = g_new0 (gint32, m);
  LimnDotI8 dot = { w, n_blocks, padded, laid, x_sums, m, sums };

  for (guint i = 0; i < m; i++)
    {
      if (kernels->lay_row != NULL)
        kernels->lay_row (x + i * padded, padded, i, laid);
      else
        memcpy (laid + i * padded, x + i * padded, padded);
      for (gsize c = 0; c < padded; c++)
        x_sums[i] += x[i * padded + c];
    }
  kernels->dot_i8 (&dot);
}

static void
check_dot_i8 (const LimnKernels *kernels)
{
  static const guint cols[] = { 64, 128, 192, 256, 320, 1024, 1088, 4096 };

  for (guint k = 0; k < G_N_ELEMENTS (cols); k++)
    for (Fill fill = 0; fill < N_FILLS; fill++)
      for (guint m = 1; m <= 40; m += m < 20 ? 1 : 5)
        {
          guint n_blocks = m % 5 + 1;
          gsize n_weights = (gsize) n_blocks * 16 * cols[k], n_sums = (gsize) n_blocks * m * 16;
          g_autofree gint8 *w = g_new (gint8, n_weights);
          g_autofree gint8 *x = g_new (gint8, (gsize) m * cols[k]);
          g_autofree gint32 *want = g_new (gint32, n_sums);
          g_autofree gint32 *have = g_new (gint32, n_sums + GUARD);

          for (gsize i = 0; i < n_weights; i++)
            w[i] = fill_i8 (fill, i);
          for (gsize i = 0; i < (gsize) m * cols[k]; i++)
            x[i] = fill_i8 ((fill + m) % N_FILLS, i);
          memset (have, 0x55, (n_sums + GUARD) * sizeof *have);
          run_dot_i8 (&limn_kernels_generic, w, n_blocks, cols[k], x, m, want);
          run_dot_i8 (kernels, w, n_blocks, cols[k], x, m, have);
          g_assert_cmpmem (have, n_sums * 4, want, n_sums * 4);
          for (gsize i = n_sums; i < n_sums + GUARD; i++)
            g_assert_cmpint (have[i], ==, 0x55555555);
          if (cols[k] > 400 && m > 8)
            m += 4;
        }
}

static void
check_quantize (const LimnKernels *kernels)
{
  for (guint n = 1; n < 400; n += n < 70 ? 1 : 29)
    for (Fill fill = 0; fill < N_FILLS + 2; fill++)
      {
        gsize padded = limn_i8_padded_cols (n);
        g_autofree float *x = g_new (float, n);
        g_autofree gint8 *want = g_malloc (padded);
        g_autofree gint8 *have = g_malloc (padded + GUARD);
        float want_scale, have_scale;
        gint32 want_sum, have_sum;

        for (guint i = 0; i < n; i++)
          x[i] = fill_float (fill % N_FILLS, i);
        if (fill == N_FILLS) /* halves: ties */
          for (guint i = 0; i < n; i++)
            x[i] = (gint) (random_bits () % 255 - 127) * (i == 0 ? 1 : 0.5f);
        if (fill == N_FILLS + 1)
          x[n / 2] = n % 2 == 0 ? INFINITY : -INFINITY;
        memset (have, 0x55, padded + GUARD);
        want_scale = limn_kernels_generic.quantize (x, n, padded, want, &want_sum);
        have_scale = kernels->quantize (x, n, padded, have, &have_sum);
        g_assert_cmpint (have_sum, ==, want_sum);
        g_assert_cmpfloat (have_scale, ==, want_scale);
        g_assert_cmpmem (have, padded, want, padded);
        for (gsize i = padded; i < padded + GUARD; i++)
          g_assert_cmpint (have[i], ==, 0x55);
        for (gsize i = 0; i < n; i++)
          g_assert_cmpint (have[i], >=, -127);
      }
}

/* A NaN may become any number, but only its own. */
static void
check_quantize_nan (const LimnKernels *kernels)
{
  float x[70], good[70];
  gint8 q[128], want[128];
  gint32 sum;

  for (guint i = 0; i < 70; i++)
    good[i] = x[i] = random_float ();
  good[5] = good[69] = 0;
  x[5] = x[69] = NAN;
  g_assert_cmpfloat (kernels->quantize (x, 70, 128, q, &sum), ==,
                     kernels->quantize (good, 70, 128, want, &sum));
  q[5] = q[69] = want[5] = want[69] = 0;
  g_assert_cmpmem (q, 128, want, 128);
}

/* ==== floats: close ====================================================== */

static void
assert_close (const float *have, const float *want, gsize n, float size)
{
  for (gsize i = 0; i < n; i++)
    if (!(fabsf (have[i] - want[i]) <= size))
      g_error ("number %" G_GSIZE_FORMAT " is %.9g instead of %.9g", i, have[i], want[i]);
}

static void
assert_guard (const float *values, gsize n)
{
  for (gsize i = n; i < n + GUARD; i++)
    g_assert_cmpfloat (values[i], ==, 12345);
}

static float *
guarded_new (gsize n)
{
  float *values = g_new (float, n + GUARD);

  for (gsize i = 0; i < n + GUARD; i++)
    values[i] = 12345;
  return values;
}

static LimnDot
dot_of (const LimnKernels *kernels, LimnType type)
{
  return type == LIMN_TYPE_F32   ? kernels->dot_f32
         : type == LIMN_TYPE_F16 ? kernels->dot_f16
                                 : kernels->dot_bf16;
}

static void
check_dot_shape (const LimnKernels *kernels,
                 LimnType type,
                 Fill fill,
                 guint rows,
                 guint cols,
                 guint m)
{
  g_autofree float *numbers = g_new (float, (gsize) rows *cols);
  g_autofree float *w = g_new (float, (gsize) rows *cols);
  g_autofree float *x = g_new (float, (gsize) m *cols);
  g_autofree float *want = guarded_new ((gsize) m * rows);
  g_autofree float *have = guarded_new ((gsize) m * rows);
  float size = 0;

  for (gsize i = 0; i < (gsize) rows * cols; i++)
    numbers[i] = fill_float (fill, i);
  for (gsize i = 0; i < (gsize) m * cols; i++)
    {
      x[i] = fill_float ((fill + m) % N_FILLS, i);
      size = MAX (size, fabsf (x[i]));
    }
  limn_convert_from_float (type, numbers, w, (gsize) rows * cols);
  dot_of (&limn_kernels_generic, type) (w, rows, cols, x, m, want, rows);
  dot_of (kernels, type) (w, rows, cols, x, m, have, rows);
  assert_close (have, want, (gsize) m * rows,
                size * (fill == MIXED ? 1e4f : 1) * cols * 1e-7f + 1e-37f);
  assert_guard (have, (gsize) m * rows);
}

static void
check_dot (const LimnKernels *kernels)
{
  for (LimnType type = LIMN_TYPE_F32; type <= LIMN_TYPE_BF16; type++)
    for (Fill fill = 0; fill < N_FILLS; fill++)
      for (guint cols = 1; cols < 140; cols += cols < 36 ? 1 : 13)
        check_dot_shape (kernels, type, fill, cols % 16 + 1, cols, cols % 20 + 1);
}

static void
check_gemm_shape (const LimnKernels *kernels, guint n_k, guint m, guint n_blocks, gboolean has_add)
{
  gsize out_stride = m * 16 + 32, n_out = 2 * out_stride;
  g_autofree float *a = g_new (float, (gsize) n_k *(m + 3) * 16);
  g_autofree float *w = g_new (float, (gsize) n_k * 16 * 32);
  g_autofree float *add = g_new (float, n_out);
  g_autofree float *want = guarded_new (n_out);
  g_autofree float *have = guarded_new (n_out);
  g_autofree gsize *offsets = g_new (gsize, n_k);
  float bias[32];

  for (gsize i = 0; i < (gsize) n_k * (m + 3) * 16; i++)
    a[i] = random_float ();
  for (gsize i = 0; i < (gsize) n_k * 16 * 32; i++)
    w[i] = random_float ();
  for (gsize i = 0; i < n_out; i++)
    add[i] = random_float ();
  for (guint k = 0; k < n_k; k++)
    offsets[k] = (n_k - 1 - k) * (m + 3) * 16 + k % 3 * 16;
  for (guint i = 0; i < 32; i++)
    bias[i] = random_float ();

  LimnGemm gemm = { a, offsets, n_k, m, w, bias, has_add ? add : NULL, want, out_stride, n_blocks };
  limn_kernels_generic.gemm (&gemm);
  gemm.out = have;
  kernels->gemm (&gemm);
  assert_close (have, want, n_out, n_k * 16 * 2e-7f);
  assert_guard (have, n_out);
}

static void
check_gemm (const LimnKernels *kernels)
{
  for (guint m = 1; m <= 40; m++)
    for (guint n_k = 1; n_k < 10; n_k += 4)
      for (guint n_blocks = 1; n_blocks <= 2; n_blocks++)
        check_gemm_shape (kernels, n_k, m, n_blocks, m % 2);
}

static void
check_vectors_of (const LimnKernels *kernels, guint n)
{
  g_autofree float *x = g_new (float, n);
  g_autofree float *y = g_new (float, n);
  g_autofree float *want = guarded_new (n);
  g_autofree float *have = guarded_new (n);
  LimnNorm norm = { n, n % 3 != 0 ? x : NULL, n % 2 != 0 ? y : NULL };

  for (guint i = 0; i < n; i++)
    {
      x[i] = random_float () * 8;
      y[i] = random_float ();
    }
  limn_kernels_generic.layer_norm (&norm, 1e-5f, x, want);
  kernels->layer_norm (&norm, 1e-5f, x, have);
  assert_close (have, want, n, 3e-5f);
  limn_kernels_generic.gelu_gate (x, y, want, n);
  kernels->gelu_gate (x, y, have, n);
  assert_close (have, want, n, 3e-6f);
  memcpy (want, x, n * sizeof *x);
  memcpy (have, x, n * sizeof *x);
  limn_kernels_generic.softmax (want, n);
  kernels->softmax (have, n);
  assert_close (have, want, n, 1e-6f);
  assert_guard (have, n);
}

static void
check_vectors (const LimnKernels *kernels)
{
  for (guint n = 1; n < 300; n += n < 70 ? 1 : 19)
    check_vectors_of (kernels, n);
}

static void
check_planes_of (const LimnKernels *kernels, guint n)
{
  g_autofree float *x = g_new (float, n * 16);
  g_autofree float *want = guarded_new (n * 16);
  g_autofree float *have = guarded_new (n * 16);
  double want_moments[32] = { 0 }, have_moments[32] = { 0 };
  float mean[16], scale[16], bias[16];

  for (guint i = 0; i < n * 16; i++)
    x[i] = random_float () * 100;
  for (guint i = 0; i < 16; i++)
    {
      mean[i] = random_float ();
      scale[i] = random_float ();
      bias[i] = random_float ();
    }
  limn_kernels_generic.moments (x, n, want_moments, want_moments + 16);
  kernels->moments (x, n, have_moments, have_moments + 16);
  for (guint i = 0; i < 32; i++)
    g_assert_cmpfloat_with_epsilon (have_moments[i], want_moments[i], 1e-7 * n);
  for (guint is_swish = 0; is_swish < 2; is_swish++)
    {
      limn_kernels_generic.normalize (x, n, mean, scale, bias, is_swish, want);
      kernels->normalize (x, n, mean, scale, bias, is_swish, have);
      assert_close (have, want, n * 16, 3e-5f);
      assert_guard (have, n * 16);
    }
}

static void
check_planes (const LimnKernels *kernels)
{
  for (guint n = 1; n < 40; n++)
    check_planes_of (kernels, n);
}

/* ==== Winograd's transforms =============================================== */

#define N_TAPS_IN 3 /* inputs of a panel */

static void
check_transform (const LimnKernels *kernels, LimnTileKind tile)
{
  static const guint n_points_of[] = { 36, 64, 25 };
  guint n_points = n_points_of[tile], n = N_TAPS_IN * LIMN_PANEL;
  g_autofree float *taps = g_new (float, 9 * n), *want = g_new (float, n_points *n);
  g_autofree float *have = g_new (float, n_points *n);
  LimnTaps job = { taps, n, N_TAPS_IN, want, n };

  for (guint i = 0; i < 9 * n; i++)
    taps[i] = random_float ();
  limn_kernels_generic.taps_in[tile](&job);
  job.points = have;
  kernels->taps_in[tile](&job);
  for (guint i = 0; i < n_points * n; i++)
    g_assert_cmpfloat_with_epsilon (have[i], want[i], 1e-6);
}

static void
check_transforms (const LimnKernels *kernels)
{
  for (guint tile = 0; tile < LIMN_N_TILE_KINDS; tile++)
    check_transform (kernels, tile);
}

/* ==== all together ======================================================= */

static void
test_each (gconstpointer check)
{
  each_table ((void (*) (const LimnKernels *)) check);
}

/* The public mask: what is there can be forced, what is not is refused. */
static void
test_level (void)
{
  g_autofree char *best = g_strdup (limn_cpu_get_level ());

  for (guint i = 0; limn_cpu_get_table (i) != NULL; i++)
    {
      const LimnKernels *kernels = limn_cpu_get_table (i);
      g_autoptr (GError) error = NULL;
      gboolean is_set = limn_cpu_set_level (kernels->name, &error);

      g_assert_cmpint (is_set, ==, limn_cpu_has_table (kernels));
      if (is_set)
        g_assert_cmpstr (limn_cpu_get_level (), ==, kernels->name);
      else
        g_assert_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST);
    }
  g_assert_false (limn_cpu_set_level ("mmx", NULL));
  g_assert_true (limn_cpu_set_level (best, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/kernels/dot-i8", check_dot_i8, test_each);
  g_test_add_data_func ("/kernels/quantize", check_quantize, test_each);
  g_test_add_data_func ("/kernels/quantize-nan", check_quantize_nan, test_each);
  g_test_add_data_func ("/kernels/dot", check_dot, test_each);
  g_test_add_data_func ("/kernels/gemm", check_gemm, test_each);
  g_test_add_data_func ("/kernels/vectors", check_vectors, test_each);
  g_test_add_data_func ("/kernels/planes", check_planes, test_each);
  g_test_add_data_func ("/kernels/transforms", check_transforms, test_each);
  g_test_add_func ("/kernels/level", test_level);
  return g_test_run ();
}
