/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WebP files that other programs can read: stills and animations. */
#include "library/webp-file.h"

#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>

#include "limn.h"

#define SIDE     64
#define N_FRAMES 3
#define NEAR     12 /* what lossy files may be off */

static void
fill (guint8 *rgb, guint8 red, guint8 green, guint8 blue)
{
  for (guint i = 0; i < SIDE * SIDE; i++, rgb += 3)
    {
      rgb[0] = red;
      rgb[1] = green;
      rgb[2] = blue;
    }
}

static void
assert_near (const guint8 *pixel, int red, int green, int blue)
{
  g_assert_cmpint (ABS (pixel[0] - red), <, NEAR);
  g_assert_cmpint (ABS (pixel[1] - green), <, NEAR);
  g_assert_cmpint (ABS (pixel[2] - blue), <, NEAR);
}

static void
test_still (void)
{
  guint8 rgb[SIDE * SIDE * 3];
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) again = NULL;
  guint8 *pixels;
  int width, height;

  fill (rgb, 200, 40, 90);
  bytes = limn_webp_encode (rgb, SIDE, SIDE, &error);
  g_assert_no_error (error);
  again = limn_webp_encode (rgb, SIDE, SIDE, &error);
  g_assert_true (g_bytes_equal (bytes, again));
  pixels =
      WebPDecodeRGB (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &width, &height);
  g_assert_nonnull (pixels);
  g_assert_cmpint (width, ==, SIDE);
  g_assert_cmpint (height, ==, SIDE);
  assert_near (pixels + (SIDE * SIDE / 2) * 3, 200, 40, 90);
  WebPFree (pixels);
}

static void
test_too_large (void)
{
  g_autofree guint8 *rgb = g_malloc0 (20000 * 3);
  g_autoptr (GError) error = NULL;

  g_assert_null (limn_webp_encode (rgb, 20000, 1, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_TOO_LARGE);
}

static void
test_animation (void)
{
  static const guint8 colours[N_FRAMES][3] = { { 255, 0, 0 }, { 0, 255, 0 }, { 0, 0, 255 } };
  static const guint ends_ms[N_FRAMES] = { 100, 200, 1200 };
  guint8 rgb[N_FRAMES][SIDE * SIDE * 3];
  LimnWebpFrame frames[N_FRAMES] = { { rgb[0], 100 }, { rgb[1], 100 }, { rgb[2], 1000 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  WebPAnimDecoder *decoder;
  WebPAnimInfo info;
  WebPData data = { 0 };

  for (guint i = 0; i < N_FRAMES; i++)
    fill (rgb[i], colours[i][0], colours[i][1], colours[i][2]);
  bytes = limn_webp_animate (frames, N_FRAMES, SIDE, SIDE, &error);
  g_assert_no_error (error);
  data.bytes = g_bytes_get_data (bytes, &data.size);
  decoder = WebPAnimDecoderNew (&data, NULL);
  g_assert_nonnull (decoder);
  g_assert_true (WebPAnimDecoderGetInfo (decoder, &info));
  g_assert_cmpuint (info.frame_count, ==, N_FRAMES);
  g_assert_cmpuint (info.canvas_width, ==, SIDE);
  g_assert_cmpuint (info.loop_count, ==, 0);
  for (guint i = 0; i < N_FRAMES; i++)
    {
      guint8 *pixels;
      int end_ms;

      g_assert_true (WebPAnimDecoderGetNext (decoder, &pixels, &end_ms));
      g_assert_cmpint (end_ms, ==, (int) ends_ms[i]);
      assert_near (pixels + SIDE * SIDE / 2 * 4, colours[i][0], colours[i][1], colours[i][2]);
    }
  WebPAnimDecoderDelete (decoder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/webp-file/still", test_still);
  g_test_add_func ("/webp-file/too-large", test_too_large);
  g_test_add_func ("/webp-file/animation", test_animation);
  return g_test_run ();
}
