/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * VQGAN encoder against the reference vectors.  Quick: the tiny one; with the
 * argument "real": the published one's sizes.
 */
#include "engine/vqgan/encoder.h"
#include "fixture.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#define TOLERANCE 1e-4
#define SIDE      16
#define PARTS     (LIMN_MODEL_PART_DECODER | LIMN_MODEL_PART_ENCODER)

/* A picture of the reference set, (256, 256, 3), 0 to 1. */
static float *
load_picture (const char *name)
{
  g_autofree char *path = golden_find (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_file (path, &error);
  float *rgb = g_new (float, 256 * 256 * 3);

  g_assert_no_error (error);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, 256);
  g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, 256);
  for (gint y = 0; y < 256; y++)
    for (gint x = 0; x < 256; x++)
      {
        const guint8 *pixel = gdk_pixbuf_read_pixels (pixbuf)
                              + y * gdk_pixbuf_get_rowstride (pixbuf)
                              + x * gdk_pixbuf_get_n_channels (pixbuf);
        for (guint c = 0; c < 3; c++)
          rgb[(y * 256 + x) * 3 + c] = pixel[c] / 255.0f;
      }
  return rgb;
}

static void
encode (VqganFixture *fixture, const float *rgb, guint n_threads, guint32 *ids, float *z)
{
  g_autoptr (LimnCompute) compute = vqgan_fixture_new_compute (n_threads);
  g_autoptr (GError) error = NULL;
  gboolean is_done =
      limn_vqgan_encode (&fixture->model, compute, rgb, 256, 256, ids, z, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (is_done);
}

/* Equal wherever the second best code is clearly farther; at most one other. */
static void
check_tokens (JsonObject *object,
              const char *ids_name,
              const char *margins_name,
              const guint32 *ids)
{
  gsize n;
  g_autofree guint32 *want = golden_get_ids (object, ids_name, &n);
  JsonArray *margins = json_object_get_array_member (object, margins_name);
  guint n_other = 0;

  g_assert_cmpuint (n, ==, SIDE * SIDE);
  for (gsize i = 0; i < n; i++)
    if (ids[i] != want[i])
      {
        g_assert_cmpfloat (json_array_get_double_element (margins, i), <=, 1e-3);
        n_other++;
      }
  g_assert_cmpuint (n_other, <=, 1);
}

static void
test_tiny (void)
{
  g_autoptr (VqganFixture) fixture = vqgan_fixture_new_tiny (PARTS);
  g_autofree float *rgb = NULL, *z = g_new (float, SIDE *SIDE * 32);
  g_autofree float *again_z = g_new (float, SIDE *SIDE * 32);
  guint32 ids[SIDE * SIDE], again[SIDE * SIDE];
  g_auto (NpyArray) want = { 0 };

  if (fixture == NULL)
    return;
  g_autoptr (JsonObject) vectors = golden_load_json ("formats/tinyvq_vectors.json");
  rgb = load_picture ("formats/tinyvq_encode_input.png");
  encode (fixture, rgb, 1, ids, z);
  golden_load_npy ("formats/tinyvq_z.npy", &want);
  golden_assert_close ("tinyvq_z", z, want.values, want.n, TOLERANCE);
  check_tokens (vectors, "encode_tokens", "encode_margins", ids);

  encode (fixture, rgb, 3, again, again_z);
  g_assert_cmpmem (again, sizeof again, ids, sizeof ids);
  g_assert_cmpmem (again_z, SIDE * SIDE * 32 * 4, z, SIDE * SIDE * 32 * 4);
}

static void
check_picture (VqganFixture *fixture, JsonObject *image, guint i)
{
  g_autofree char *png = g_strconcat ("vqgan/", json_object_get_string_member (image, "png"), NULL);
  g_autofree char *name = g_strdup_printf ("vqgan/encode%u_z.npy", i);
  g_autofree float *rgb = load_picture (png);
  g_autofree float *z = g_new (float, SIDE *SIDE * 256);
  g_auto (NpyArray) want = { 0 };
  guint32 ids[SIDE * SIDE];

  encode (fixture, rgb, 2, ids, z);
  golden_load_npy (name, &want);
  for (gsize k = 1; k < want.shape[0]; k++) /* every fifth position is stored */
    memmove (z + k * 256, z + k * 5 * 256, 256 * sizeof *z);
  golden_assert_close (name, z, want.values, want.n, TOLERANCE);
  check_tokens (image, "tokens", "margin_d2_minus_d1", ids);
}

static void
test_real (void)
{
  g_autoptr (VqganFixture) fixture = vqgan_fixture_new_real (PARTS);

  if (fixture == NULL)
    return;
  fixture->model.vqgan.norm_eps = 1e-6f;
  g_autoptr (JsonObject) vectors = golden_load_json ("vqgan/encoder_vectors.json");
  JsonArray *images = json_object_get_array_member (vectors, "images");

  for (guint i = 0; i < json_array_get_length (images); i++)
    check_picture (fixture, json_array_get_object_element (images, i), i);
}

static void
test_refused (void)
{
  g_autoptr (VqganFixture) fixture = vqgan_fixture_new_tiny (PARTS);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree float *rgb = g_new0 (float, 32 * 32 * 3);
  guint32 ids[4];

  if (fixture == NULL)
    return;
  g_autoptr (LimnCompute) compute = vqgan_fixture_new_compute (1);
  LimnModel *model = &fixture->model;

  g_assert_cmpuint (limn_vqgan_encoder_pixels_per_token (model), ==, 16);
  g_assert_cmpuint (limn_vqgan_encoder_bytes (model, 32, 32, 1), >, 0);
  g_assert_true (limn_vqgan_encode (model, compute, rgb, 32, 16, ids, NULL, NULL, &error));
  g_assert_false (limn_vqgan_encode (model, compute, rgb, 30, 32, ids, NULL, NULL, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST);
  g_clear_error (&error);
  g_assert_false (limn_vqgan_encode (model, compute, rgb, 0, 32, ids, NULL, NULL, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_false (limn_vqgan_encode (model, compute, rgb, 32, 32, ids, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc > 1 && g_str_equal (argv[1], "real"))
    g_test_add_func ("/vqgan-encoder/real", test_real);
  else
    {
      g_test_add_func ("/vqgan-encoder/tiny", test_tiny);
      g_test_add_func ("/vqgan-encoder/refused", test_refused);
    }
  return g_test_run ();
}
