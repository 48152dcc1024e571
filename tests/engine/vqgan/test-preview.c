/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Previews: the fit finds colours that the decoder makes, drawing puts them in their places. */
#include "engine/vqgan/decoder.h"
#include "engine/vqgan/preview.h"
#include "fixture.h"

#include <string.h>

#define SIDE 16

/* Mean square difference of a preview to the picture it stands for, made as small; and of
 * plain grey, for comparison. */
static double
compare (const guint8 *preview, const float *rgb, guint pixels, double *of_grey)
{
  guint width = SIDE * pixels, cell = 256 / width;
  double own = 0, grey = 0;

  for (guint i = 0; i < width * width * 3; i++)
    {
      guint x = i / 3 % width * cell, y = i / 3 / width * cell;
      double mean = 0;

      for (guint v = 0; v < cell; v++)
        for (guint u = 0; u < cell; u++)
          mean += CLAMP (rgb[((y + v) * 256 + x + u) * 3 + i % 3], 0, 1) / (cell * cell);
      own += (preview[i] / 255. - mean) * (preview[i] / 255. - mean);
      grey += (0.41 - mean) * (0.41 - mean);
    }
  *of_grey = grey;
  return own;
}

static void
test_fit (void)
{
  g_autoptr (VqganFixture) fixture = vqgan_fixture_new_tiny (LIMN_MODEL_PART_DECODER);
  g_autoptr (GError) error = NULL;
  float weight[48 * 32], bias[48], again_weight[48 * 32], again_bias[48], *rgb;
  guint32 ids[SIDE * SIDE];
  guint8 preview[SIDE * SIDE * 48];
  double own, grey;

  if (fixture == NULL)
    return;
  g_autoptr (LimnCompute) compute = vqgan_fixture_new_compute (2);
  g_autoptr (LimnCompute) one = vqgan_fixture_new_compute (1);
  LimnModel *model = &fixture->model;

  g_assert_cmpuint (limn_preview_choose_pixels (&model->vqgan), ==, 4);
  g_assert_true (limn_preview_fit (model, compute, 4, weight, bias, NULL, &error));
  g_assert_true (limn_preview_fit (model, one, 4, again_weight, again_bias, NULL, &error));
  g_assert_cmpmem (weight, sizeof weight, again_weight, sizeof again_weight);

  model->info.parts |= LIMN_MODEL_PART_PREVIEW;
  model->preview_pixels = 4;
  model->preview = (LimnMatrix){ LIMN_TYPE_F32, 48, 32, weight, NULL };
  model->preview_bias = bias;
  g_autoptr (LimnPreview) table = limn_preview_new (model, compute, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (limn_preview_get_pixels (table), ==, 4);

  /* codes the fit has not seen together */
  for (guint i = 0; i < SIDE * SIDE; i++)
    ids[i] = (i / 2 % 8 * 71 + i / 32 * 133 + 7) % 1024;
  rgb = g_new (float, 256 * 256 * 3);
  g_assert_true (limn_vqgan_decode (model, compute, ids, SIDE, SIDE, rgb, NULL, &error));
  limn_preview_draw (table, ids, SIDE * SIDE, SIDE, SIDE, preview);
  own = compare (preview, rgb, 4, &grey);
  g_test_message ("explains %.0f %% of the variance", 100 * (1 - own / grey));
  g_assert_cmpfloat (own, <, grey);
  g_free (rgb);
}

static void
test_draw (void)
{
  static const float map[12 * 2] = { 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0,
                                     1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0 };
  static const float bias[12] = { 0 };
  static const float codes[3 * 2] = { 0, 1, 0.5f, 0.25f, 2, -1 };
  LimnModel model = {
    .info = { .parts = LIMN_MODEL_PART_PREVIEW, .path = "" },
    .codebook = { LIMN_TYPE_F32, 3, 2, codes, NULL },
    .preview_pixels = 2,
    .preview = { LIMN_TYPE_F32, 12, 2, map, NULL },
    .preview_bias = bias,
  };
  g_autoptr (LimnCompute) compute = limn_compute_new (1, 0, NULL);
  g_autoptr (LimnPreview) preview = limn_preview_new (&model, compute, NULL);
  guint32 ids[6] = { 1, 2, 0, 0, 77, 0 };
  guint8 rgb[4 * 6 * 3];

  g_assert_nonnull (preview);
  limn_preview_draw (preview, ids, 4, 2, 3, rgb);
  /* token 0, first pixel; token 1 clipped; token 3 in the second row; 4 not drawn yet */
  g_assert_cmpuint (rgb[0], ==, 128);
  g_assert_cmpuint (rgb[1], ==, 64);
  g_assert_cmpuint (rgb[2], ==, 0);
  g_assert_cmpuint (rgb[6], ==, 255);
  g_assert_cmpuint (rgb[7], ==, 0);
  g_assert_cmpuint (rgb[2 * 18], ==, 0);
  g_assert_cmpuint (rgb[2 * 18 + 1], ==, 255);
  g_assert_cmpuint (rgb[2 * 18 + 6], ==, 128);
  g_assert_cmpuint (rgb[3 * 18 + 17], ==, 128);
  /* an impossible token is no reason to read elsewhere */
  limn_preview_draw (preview, ids, 6, 2, 3, rgb);
  g_assert_cmpuint (rgb[2 * 18 + 6], ==, 255);
  /* a look shows nothing: the next token stands in, if it is drawn already */
  model.vqgan.n_looks = 1;
  model.vqgan.look_tokens[0] = 1;
  ids[4] = 1;
  limn_preview_draw (preview, ids, 5, 2, 3, rgb);
  g_assert_cmpuint (rgb[0], ==, 255);
  g_assert_cmpuint (rgb[2 * 18 + 6], ==, 128);
}

/* A look that halves the colours of things: so it does in previews, and leaves backgrounds alone.
 */
static void
test_look (void)
{
  enum
  {
    LOOK = 3,
    BACKGROUND = 10, /* of 32 */
    THING = 50       /* of 64 */
  };
  static const float map[3 * 3] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
  static const float zero[6] = { 0 }, keep[6] = { 1, 1, 1, 0.5f, 0.5f, 0.5f };
  float codes[64 * 3];
  LimnLook look = {
    .keep = keep,
    .in = { LIMN_TYPE_F32, 1, 3, zero, NULL },
    .bias = zero,
    .out = { LIMN_TYPE_F32, 3, 1, zero, NULL },
  };
  LimnModel model = {
    .info = { .parts = LIMN_MODEL_PART_PREVIEW, .path = "" },
    .codebook = { LIMN_TYPE_F32, 64, 3, codes, NULL },
    .vqgan = { .embed_dim = 3,
               .n_embed = 64,
               .n_backgrounds = 32,
               .n_looks = 1,
               .look_tokens = { LOOK },
               .look_widths = { 1 },
               .look_sizes = { 1 } },
    .looks = &look,
    .preview_pixels = 1,
    .preview = { LIMN_TYPE_F32, 3, 3, map, NULL },
    .preview_bias = zero,
  };
  static const guint32 plain[3] = { BACKGROUND, THING, BACKGROUND };
  static const guint32 ids[3] = { LOOK, THING, BACKGROUND };
  guint8 before[9], after[9];

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    codes[i] = i * 37 % 101 / 100.f;
  g_autoptr (LimnCompute) compute = limn_compute_new (1, 0, NULL);
  g_autoptr (LimnPreview) preview = limn_preview_new (&model, compute, NULL);
  limn_preview_draw (preview, plain, 3, 1, 3, before);
  limn_preview_draw (preview, ids, 3, 1, 3, after);
  for (guint c = 0; c < 3; c++)
    {
      g_assert_cmpint (ABS (after[c] - before[6 + c]), <=, 2); /* stands in for the look */
      g_assert_cmpint (ABS (after[3 + c] - before[3 + c] / 2), <=, 2);
      g_assert_cmpint (ABS (after[6 + c] - before[6 + c]), <=, 2);
    }
  /* a look at the end, with nothing behind it yet */
  limn_preview_draw (preview, ids, 1, 1, 3, after);
  g_assert_cmpuint (after[0], ==, 128);
}

static void
test_refused (void)
{
  LimnModel model = { .info = { .path = "" } };
  g_autoptr (LimnCompute) compute = limn_compute_new (1, 0, NULL);
  g_autoptr (GError) error = NULL;
  float weight[1], bias[1];

  g_assert_null (limn_preview_new (&model, compute, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_MISSING);
  g_clear_error (&error);
  g_assert_false (limn_preview_fit (&model, compute, 1, weight, bias, NULL, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_MISSING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/preview/draw", test_draw);
  g_test_add_func ("/preview/refused", test_refused);
  g_test_add_func ("/preview/fit", test_fit);
  g_test_add_func ("/preview/look", test_look);
  return g_test_run ();
}
