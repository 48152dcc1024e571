/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * VQGAN decoder against the reference vectors.  Quick: the tiny one; with the
 * argument "real": the published one's sizes.
 */
#include "engine/vqgan/decoder.h"
#include "fixture.h"

#include <math.h>
#include <string.h>

#define TOLERANCE 5e-5

static float *
decode (VqganFixture *fixture, const guint32 *ids, guint side, guint n_threads)
{
  g_autoptr (LimnCompute) compute = vqgan_fixture_new_compute (n_threads);
  g_autoptr (GError) error = NULL;
  guint pixels = side * limn_vqgan_pixels_per_token (&fixture->model);
  float *rgb = g_new (float, (gsize) pixels *pixels * 3);
  gboolean is_done =
      limn_vqgan_decode (&fixture->model, compute, ids, side, side, rgb, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (is_done);
  return rgb;
}

/* A square of count x count pixels from (x, y) on, step apart, in a picture of width pixels. */
static float *
sample (const float *rgb, guint width, guint x, guint y, guint step, guint count)
{
  float *out = g_new (float, (gsize) count *count * 3);

  for (guint i = 0; i < count; i++)
    for (guint j = 0; j < count; j++)
      memcpy (out + (i * count + j) * 3, rgb + ((y + i * step) * width + x + j * step) * 3,
              3 * sizeof *out);
  return out;
}

static void
check_sample (const char *name, const float *rgb, guint width, guint x, guint y, guint step)
{
  g_auto (NpyArray) want = { 0 };
  g_autofree float *have = NULL;

  golden_load_npy (name, &want);
  have = sample (rgb, width, x, y, step, want.shape[0]);
  golden_assert_close (name, have, want.values, want.n, TOLERANCE);
}

static void
check_stats (JsonObject *stats, const float *rgb, gsize n)
{
  double sum = 0, square = 0;

  g_assert_cmpuint (n, ==, json_object_get_int_member (stats, "n"));
  for (gsize i = 0; i < n; i++)
    {
      sum += rgb[i];
      square += (double) rgb[i] * rgb[i];
    }
  g_assert_cmpfloat_with_epsilon (sum / n, json_object_get_double_member (stats, "mean"),
                                  TOLERANCE);
  double l2 = json_object_get_double_member (stats, "l2");
  g_assert_cmpfloat_with_epsilon (sqrt (square), l2, l2 * 1e-5);
}

/* ==== tiny =============================================================== */

static void
test_tiny (void)
{
  g_autoptr (VqganFixture) fixture = vqgan_fixture_new_tiny (LIMN_MODEL_PART_DECODER);
  g_autofree float *rgb = NULL, *again = NULL;
  g_autofree guint32 *ids = NULL;
  g_autofree guint8 *bytes = g_new (guint8, 256 * 256 * 3);
  guint64 sum = 0;
  gsize n;

  if (fixture == NULL)
    return;
  g_autoptr (JsonObject) vectors = golden_load_json ("formats/tinyvq_vectors.json");
  ids = golden_get_ids (vectors, "tokens", &n);
  rgb = decode (fixture, ids, 16, 1);
  check_sample ("formats/tinyvq_raw_stride4.npy", rgb, 256, 0, 0, 4);
  check_stats (json_object_get_object_member (vectors, "raw_stats"), rgb, 256 * 256 * 3);

  limn_vqgan_to_8bit (rgb, 256 * 256 * 3, bytes);
  for (gsize i = 0; i < 256 * 256 * 3; i++)
    sum += bytes[i];
  /* a handful of pixels may fall on the other side of a whole number */
  gint64 off = (gint64) sum - json_object_get_int_member (vectors, "uint8_truncated_sum");
  g_assert_cmpint (ABS (off), <=, 40);

  for (guint n_threads = 2; n_threads <= 4; n_threads++)
    {
      again = decode (fixture, ids, 16, n_threads);
      g_assert_cmpmem (again, 256 * 256 * 3 * 4, rgb, 256 * 256 * 3 * 4);
      g_clear_pointer (&again, g_free);
    }
}

/* Odd grids, one after another, from the same model; memory as announced. */
static void
test_odd_grids (void)
{
  g_autoptr (VqganFixture) fixture = vqgan_fixture_new_tiny (LIMN_MODEL_PART_DECODER);
  static const guint sides[][2] = { { 1, 1 }, { 3, 5 }, { 17, 2 }, { 1, 20 } };

  if (fixture == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      guint height = sides[i][0], width = sides[i][1];
      g_autoptr (LimnCompute) compute = vqgan_fixture_new_compute (2);
      g_autoptr (GError) error = NULL;
      g_autoptr (LimnVqganDecoder) decoder =
          limn_vqgan_decoder_new (&fixture->model, compute, height, width, &error);
      g_autofree guint32 *ids = g_new (guint32, height * width);
      g_autofree float *rgb = g_new (float, height *width * 256 * 3);
      g_autofree float *again = g_new (float, height *width * 256 * 3);

      g_assert_no_error (error);
      g_assert_cmpuint (limn_vqgan_decoder_bytes (&fixture->model, height, width, 2), >, 0);
      for (guint k = 0; k < height * width; k++)
        ids[k] = k * 37 % 1024;
      g_assert_true (limn_vqgan_decoder_run (decoder, ids, rgb, NULL, &error));
      g_assert_true (limn_vqgan_decoder_run (decoder, ids, again, NULL, &error));
      g_assert_cmpmem (again, height * width * 256 * 12, rgb, height * width * 256 * 12);
      for (guint k = 0; k < height * width * 256 * 3; k++)
        g_assert_true (isfinite (rgb[k]));
    }
}

static void
test_refused (void)
{
  g_autoptr (VqganFixture) fixture = vqgan_fixture_new_tiny (LIMN_MODEL_PART_DECODER);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  guint32 ids[4] = { 0, 1, 2, 1024 };
  float rgb[32 * 32 * 3];

  if (fixture == NULL)
    return;
  g_autoptr (LimnCompute) compute = vqgan_fixture_new_compute (2);
  g_assert_false (limn_vqgan_decode (&fixture->model, compute, ids, 2, 2, rgb, NULL, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST);
  g_clear_error (&error);

  ids[3] = 3;
  g_cancellable_cancel (cancellable);
  g_assert_false (
      limn_vqgan_decode (&fixture->model, compute, ids, 2, 2, rgb, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  /* layers that do not fit together */
  fixture->model.vqgan_decoder.conv_out.n_in = 48;
  g_assert_false (limn_vqgan_decode (&fixture->model, compute, ids, 2, 2, rgb, NULL, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED);
  g_assert_cmpuint (limn_vqgan_decoder_bytes (&fixture->model, 2, 2, 2), ==, 0);
  g_clear_error (&error);

  fixture->model.info.parts = 0;
  g_assert_false (limn_vqgan_decode (&fixture->model, compute, ids, 2, 2, rgb, NULL, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_MISSING);
}

/* ==== four filters for each channel ====================================== */

/* The taps of a convolution over a doubled picture that fall on tap to of the small
 * one, for a pixel at place (0 or 1) of the doubled two. */
static guint
source_of_tap (guint place, guint tap)
{
  static const guint cells[2][3] = { { 0, 1, 1 }, { 1, 1, 2 } };

  return cells[place][tap];
}

/* (n, n, 3, 3) over the doubled picture -> the same as (4 n, n, 3, 3) over the small one */
static float *
split_filters (const float *weight, guint n)
{
  float *split = g_new0 (float, 36 * n * n);

  for (guint part = 0; part < 4; part++)
    for (guint k = 0; k < n * n; k++)
      for (guint tap = 0; tap < 9; tap++)
        split[(part * n * n + k) * 9 + source_of_tap (part / 2, tap / 3) * 3
              + source_of_tap (part % 2, tap % 3)] += weight[k * 9 + tap];
  return split;
}

static float *
repeat (const float *bias, guint n)
{
  float *repeated = g_new (float, 4 * n);

  for (guint i = 0; i < 4 * n; i++)
    repeated[i] = bias[i % n];
  return repeated;
}

/* Doubling before the convolution or a filter for each new pixel: the same picture. */
static void
test_subpixel (void)
{
  g_autoptr (VqganFixture) fixture = vqgan_fixture_new_tiny (LIMN_MODEL_PART_DECODER);
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  guint32 ids[6] = { 3, 141, 59, 26, 535, 897 };
  g_autofree float *want = NULL, *have = NULL;

  if (fixture == NULL)
    return;
  LimnLevel *levels = fixture->model.vqgan_decoder.levels;
  g_autoptr (LimnCompute) compute = vqgan_fixture_new_compute (2);
  gsize n = 6 * 16 * 16 * 3;
  want = g_new (float, n);
  have = g_new (float, n);
  g_assert_true (limn_vqgan_decode (&fixture->model, compute, ids, 2, 3, want, NULL, NULL));
  for (guint i = 1; i < fixture->model.vqgan.n_levels; i++)
    {
      LimnConv *conv = &levels[i].resample;
      conv->weight = split_filters (conv->weight, conv->n_in);
      conv->bias = repeat (conv->bias, conv->n_in);
      conv->n_out *= 4;
      g_ptr_array_add (owned, (gpointer) conv->weight);
      g_ptr_array_add (owned, (gpointer) conv->bias);
    }
  g_assert_true (limn_vqgan_decode (&fixture->model, compute, ids, 2, 3, have, NULL, NULL));
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (have[i], want[i], TOLERANCE);
}

static void
test_8bit (void)
{
  const float in[] = {
    -1, -0.f, 0, 0.5f, 0.999f, 1, 1.5f, NAN, INFINITY, -INFINITY, 127.999f / 255
  };
  const guint8 want[] = { 0, 0, 0, 127, 254, 255, 255, 0, 255, 0, 127 };
  guint8 out[G_N_ELEMENTS (in)];

  limn_vqgan_to_8bit (in, G_N_ELEMENTS (in), out);
  g_assert_cmpmem (out, sizeof out, want, sizeof want);
}

/* ==== real sizes ========================================================= */

static void
check_grid (VqganFixture *fixture, JsonObject *grid, guint i)
{
  gsize n;
  g_autofree guint32 *ids = golden_get_ids (grid, "tokens", &n);
  g_autofree float *rgb = decode (fixture, ids, 16, 2);
  g_autofree char *whole = g_strdup_printf ("vqgan/grid%u_raw_stride4.npy", i);
  g_autofree char *patch = g_strdup_printf ("vqgan/grid%u_raw_patch_y96_x160_32x32.npy", i);

  check_sample (whole, rgb, 256, 0, 0, 4);
  check_sample (patch, rgb, 256, 160, 96, 1);
  check_stats (json_object_get_object_member (grid, "raw_stats"), rgb, 256 * 256 * 3);
}

/* eps = 1e-6 moves pixels by less than the tolerance, but their mean square by more than this. */
static void
check_eps (VqganFixture *fixture, JsonObject *grid, guint i)
{
  gsize n;
  g_autofree guint32 *ids = golden_get_ids (grid, "tokens", &n);
  g_autofree float *rgb = NULL, *have = NULL;
  g_autofree char *name = g_strdup_printf ("vqgan/grid%u_raw_stride8_eps1e-6.npy", i);
  g_auto (NpyArray) want = { 0 };
  double square = 0;

  fixture->model.vqgan.norm_eps = 1e-6f;
  rgb = decode (fixture, ids, 16, 2);
  fixture->model.vqgan.norm_eps = 1e-5f;
  golden_load_npy (name, &want);
  have = sample (rgb, 256, 0, 0, 8, 32);
  for (gsize k = 0; k < want.n; k++)
    square += (have[k] - want.values[k]) * (have[k] - want.values[k]);
  g_test_message ("%s: rms difference %.3g (below 2e-6)", name, sqrt (square / want.n));
  g_assert_cmpfloat (sqrt (square / want.n), <, 2e-6);
}

static void
test_real (void)
{
  g_autoptr (VqganFixture) fixture = vqgan_fixture_new_real (LIMN_MODEL_PART_DECODER);

  if (fixture == NULL)
    return;
  g_autoptr (JsonObject) vectors = golden_load_json ("vqgan/decoder_vectors.json");
  JsonArray *grids = json_object_get_array_member (vectors, "grids");

  for (guint i = 0; i < json_array_get_length (grids); i++)
    {
      check_grid (fixture, json_array_get_object_element (grids, i), i);
      check_eps (fixture, json_array_get_object_element (grids, i), i);
    }
}

/* Four grids as one of 32 x 32 tokens; the reference is a float run. */
static void
test_real_seamless (void)
{
  g_autoptr (VqganFixture) fixture = vqgan_fixture_new_real (LIMN_MODEL_PART_DECODER);
  g_autofree guint32 *ids = g_new (guint32, 32 * 32);
  g_autofree float *rgb = NULL, *have = NULL;
  g_auto (NpyArray) want = { 0 };

  if (fixture == NULL)
    return;
  g_autoptr (JsonObject) vectors = golden_load_json ("vqgan/seamless.json");
  JsonArray *grids = json_object_get_array_member (vectors, "tokens");
  for (guint i = 0; i < 4; i++)
    for (guint k = 0; k < 256; k++) /* numbered down the columns */
      ids[(i % 2 * 16 + k / 16) * 32 + i / 2 * 16 + k % 16] =
          json_array_get_int_element (json_array_get_array_element (grids, i), k);
  rgb = decode (fixture, ids, 32, 2);
  golden_load_npy ("vqgan/seamless_x255_stride16.npy", &want);
  have = sample (rgb, 512, 0, 0, 16, 32);
  for (gsize k = 0; k < want.n; k++)
    have[k] = 255 * CLAMP (have[k], 0, 1);
  golden_assert_close ("seamless", have, want.values, want.n, 255 * 2 * TOLERANCE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc > 1 && g_str_equal (argv[1], "real"))
    {
      g_test_add_func ("/vqgan-decoder/real", test_real);
      g_test_add_func ("/vqgan-decoder/real-seamless", test_real_seamless);
    }
  else
    {
      g_test_add_func ("/vqgan-decoder/8bit", test_8bit);
      g_test_add_func ("/vqgan-decoder/tiny", test_tiny);
      g_test_add_func ("/vqgan-decoder/odd-grids", test_odd_grids);
      g_test_add_func ("/vqgan-decoder/subpixel", test_subpixel);
      g_test_add_func ("/vqgan-decoder/refused", test_refused);
    }
  return g_test_run ();
}
