/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Enlarged pictures: nearer to what they were made small from than by the usual kernels. */
#include "library/enlarge.h"

#include <math.h>
#include <string.h>

#include "limn.h"

#define SIDE 128

/* Discs with sharp and soft edges, stripes, a slope. */
static double
scene_at (double x, double y, guint c)
{
  double slope = 60 + 90 * x + 40 * y * c, stripes = 30 * sin (40 * x + 25 * y + c);
  double disc = hypot (x - 0.4, y - 0.55) < 0.27 ? 110 - 40.0 * c : 0;
  double soft = 80 / (1 + exp ((hypot (x - 0.75, y - 0.2) - 0.12) * 60));
  double line = fabs (x - 0.8 * y - 0.05) < 0.012 ? -90 : 0;

  return CLAMP (slope + (y > 0.8 ? stripes : 0) + disc + soft + line, 0, 255);
}

/* (side, side, 3), each pixel the mean of 4 x 4 samples */
static guint8 *
draw_scene (guint side)
{
  guint8 *rgb = g_new (guint8, side * side * 3);

  for (guint i = 0; i < side * side * 3; i++)
    {
      double x = i / 3 % side, y = i / 3 / side, sum = 0;

      for (guint k = 0; k < 16; k++)
        sum += scene_at ((x + (k % 4 + 0.5) / 4) / side, (y + (k / 4 + 0.5) / 4) / side, i % 3);
      rgb[i] = (guint8) (sum / 16 + 0.5);
    }
  return rgb;
}

static guint8 *
make_small (const guint8 *rgb, guint side, guint times)
{
  guint small_side = side / times;
  guint8 *small = g_new (guint8, small_side * small_side * 3);

  for (guint i = 0; i < small_side * small_side * 3; i++)
    {
      guint x = i / 3 % small_side * times, y = i / 3 / small_side * times, sum = 0;

      for (guint k = 0; k < times * times; k++)
        sum += rgb[((y + k / times) * side + x + k % times) * 3 + i % 3];
      small[i] = (guint8) ((sum + times * times / 2) / (times * times));
    }
  return small;
}

/* Keys' kernel, as most programs do it. */
static double
cubic (double x)
{
  x = fabs (x);
  if (x < 1)
    return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

static guint8 *
enlarge_cubic (const guint8 *small, guint side, guint times)
{
  guint large_side = side * times;
  guint8 *large = g_new (guint8, large_side * large_side * 3);

  for (guint i = 0; i < large_side * large_side * 3; i++)
    {
      double x = (i / 3 % large_side + 0.5) / times - 0.5;
      double y = (i / 3 / large_side + 0.5) / times - 0.5, sum = 0;

      for (int k = 0; k < 16; k++)
        {
          int from_x = (int) floor (x) - 1 + k % 4, from_y = (int) floor (y) - 1 + k / 4;
          int at_x = CLAMP (from_x, 0, (int) side - 1), at_y = CLAMP (from_y, 0, (int) side - 1);

          sum += cubic (x - from_x) * cubic (y - from_y)
                 * small[(at_y * (int) side + at_x) * 3 + (int) (i % 3)];
        }
      large[i] = (guint8) (CLAMP (sum, 0, 255) + 0.5);
    }
  return large;
}

/* Decibels; more is nearer. */
static double
get_psnr (const guint8 *a, const guint8 *b, gsize n)
{
  double square = 0;

  for (gsize i = 0; i < n; i++)
    square += (a[i] - b[i]) * (double) (a[i] - b[i]);
  return 10 * log10 (255.0 * 255 * (double) n / MAX (square, 1e-9));
}

static void
test_nearer (void)
{
  g_autofree guint8 *scene = draw_scene (SIDE);

  for (guint times = 2; times <= 4; times += 2)
    {
      g_autofree guint8 *small = make_small (scene, SIDE, times);
      g_autofree guint8 *large =
          limn_picture_enlarge (small, SIDE / times, SIDE / times, times, NULL);
      g_autofree guint8 *by_cubic = enlarge_cubic (small, SIDE / times, times);
      g_autofree guint8 *again = make_small (large, SIDE, times);
      double ours = get_psnr (large, scene, SIDE * SIDE * 3);
      double theirs = get_psnr (by_cubic, scene, SIDE * SIDE * 3);

      g_test_message ("x%u: %.2f dB, bicubic %.2f dB", times, ours, theirs);
      g_assert_cmpfloat (ours, >, theirs + 0.2);
      /* made small again it is nearly what it was */
      g_assert_cmpfloat (get_psnr (again, small, SIDE / times * (SIDE / times) * 3), >, 40);
    }
}

/* One colour stays one colour, whatever the size. */
static void
test_flat (void)
{
  static const guint sizes[][2] = { { 1, 1 }, { 2, 3 }, { 17, 5 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint times = 2; times <= 4; times += 2)
      {
        guint width = sizes[i][0], height = sizes[i][1];
        gsize n = (gsize) width * height * times * times * 3;
        guint8 rgb[17 * 5 * 3];
        g_autofree guint8 *large = NULL;

        memset (rgb, 201, sizeof rgb);
        large = limn_picture_enlarge (rgb, width, height, times, NULL);
        for (gsize k = 0; k < n; k++)
          g_assert_cmpuint (large[k], ==, 201);
      }
}

static void
test_refused (void)
{
  guint8 rgb[3] = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_null (limn_picture_enlarge (rgb, 1, 1, 3, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST);
  g_clear_error (&error);
  g_assert_null (limn_picture_enlarge (rgb, 100000, 100000, 4, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (limn_picture_enlarge (rgb, 0, 1, 2, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_TOO_LARGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/enlarge/nearer", test_nearer);
  g_test_add_func ("/enlarge/flat", test_flat);
  g_test_add_func ("/enlarge/refused", test_refused);
  return g_test_run ();
}
