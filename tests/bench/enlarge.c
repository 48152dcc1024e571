/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How near enlarged pictures come to what they were made small from.  Each
 * picture is made small by averaging and enlarged again in several ways; means
 * of PSNR (in dB) and SSIM over all pictures are printed.  Nothing here is
 * fitted to pictures, so any will do.
 */
#include <math.h>
#include <string.h>

#include "library/enlarge.h"
#include "library/photo.h"
#include "library/picture-file.h"

#define WINDOW      8 /* pixels along a window of SSIM */
#define WINDOW_STEP 4

typedef struct
{
  guint width, height;
  float *values; /* (height, width): one channel */
} Plane;

typedef struct
{
  const char *name;
  double (*weigh) (double x);
  int reach;      /* pixels to each side */
  guint n_rounds; /* of back projection */
  float sharpness;
} Method;

/* ---- kernels ------------------------------------------------------------------ */

static double
weigh_box (double x)
{
  return fabs (x) <= 0.5;
}

static double
weigh_triangle (double x)
{
  return MAX (1 - fabs (x), 0);
}

static double
weigh_cubic (double x)
{
  x = fabs (x);
  if (x < 1)
    return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

static double
weigh_lanczos (double x)
{
  double a = G_PI * x;

  if (fabs (x) < 1e-9)
    return 1;
  return fabs (x) < 3 ? 3 * sin (a) * sin (a / 3) / (a * a) : 0;
}

static const Method methods[] = {
  { "nearest pixel", weigh_box, 1 },
  { "bilinear", weigh_triangle, 1 },
  { "bicubic", weigh_cubic, 2 },
  { "Lanczos, 3 lobes", weigh_lanczos, 3 },
  { "Lanczos, sharpened", weigh_lanczos, 3, 0, 0.4f },
  { "bicubic, three rounds", weigh_cubic, 2, 3 },
  { "Lanczos, one round", weigh_lanczos, 3, 1 },
  { "Lanczos, three rounds", weigh_lanczos, 3, 3 },
  { "Lanczos, ten rounds", weigh_lanczos, 3, 10 },
};

/* ---- planes -------------------------------------------------------------------- */

static Plane
plane_new (guint width, guint height)
{
  return (Plane){ width, height, g_new (float, (gsize) width *height) };
}

static float
get_at (const Plane *plane, int x, int y)
{
  int width = (int) plane->width, height = (int) plane->height;

  return plane->values[(gsize) CLAMP (y, 0, height - 1) * plane->width + CLAMP (x, 0, width - 1)];
}

/* Once along x, or once along y. */
static Plane
stretch (const Plane *from, const Method *method, guint times_x, guint times_y)
{
  Plane to = plane_new (from->width * times_x, from->height * times_y);
  guint times = MAX (times_x, times_y);

  for (guint i = 0; i < to.width * to.height; i++)
    {
      guint x = i % to.width, y = i / to.width, along = times_x > 1 ? x : y;
      double at = (along + 0.5) / times - 0.5, sum = 0, weights = 0;
      int first = (int) floor (at) - method->reach + 1;

      for (int t = first; t < first + 2 * method->reach; t++)
        {
          double weight = method->weigh (at - t);

          sum += weight * (times_x > 1 ? get_at (from, t, (int) y) : get_at (from, (int) x, t));
          weights += weight;
        }
      to.values[i] = (float) (sum / weights);
    }
  return to;
}

static Plane
stretch_both (const Plane *from, const Method *method, guint times)
{
  Plane wide = stretch (from, method, times, 1), large = stretch (&wide, method, 1, times);

  g_free (wide.values);
  return large;
}

static Plane
shrink (const Plane *from, guint times)
{
  Plane to = plane_new (from->width / times, from->height / times);

  for (guint i = 0; i < to.width * to.height; i++)
    {
      float sum = 0;

      for (guint k = 0; k < times * times; k++)
        sum += get_at (from, (int) (i % to.width * times + k % times),
                       (int) (i / to.width * times + k / times));
      to.values[i] = sum / (float) (times * times);
    }
  return to;
}

/* large += what it lacks of @small when it is made small, enlarged by bicubic interpolation */
static void
project_back (Plane *large, const Plane *small, guint times)
{
  static const Method by_cubic = { NULL, weigh_cubic, 2 };
  Plane lacking = shrink (large, times), more;

  for (guint i = 0; i < small->width * small->height; i++)
    lacking.values[i] = small->values[i] - lacking.values[i];
  more = stretch_both (&lacking, &by_cubic, times);
  for (guint i = 0; i < large->width * large->height; i++)
    large->values[i] += more.values[i];
  g_free (lacking.values);
  g_free (more.values);
}

static void
sharpen (Plane *plane, float sharpness)
{
  Plane blurred = plane_new (plane->width, plane->height);

  for (guint i = 0; i < plane->width * plane->height; i++)
    {
      int x = (int) (i % plane->width), y = (int) (i / plane->width);
      float sum = 0;

      for (int k = 0; k < 9; k++)
        sum += get_at (plane, x + k % 3 - 1, y + k / 3 - 1);
      blurred.values[i] = sum / 9;
    }
  for (guint i = 0; i < plane->width * plane->height; i++)
    plane->values[i] += sharpness * (plane->values[i] - blurred.values[i]);
  g_free (blurred.values);
}

static Plane
enlarge (const Plane *small, const Method *method, guint times)
{
  Plane large = stretch_both (small, method, times);

  for (guint round = 0; round < method->n_rounds; round++)
    project_back (&large, small, times);
  if (method->sharpness > 0)
    sharpen (&large, method->sharpness);
  for (guint i = 0; i < large.width * large.height; i++)
    large.values[i] = floorf (CLAMP (large.values[i], 0, 255) + 0.5f);
  return large;
}

/* ---- how near -------------------------------------------------------------------- */

typedef struct
{
  double psnr, ssim;
} Nearness;

static double
get_psnr (const Plane *a, const Plane *b)
{
  gsize n = (gsize) a->width * a->height;
  double square = 0;

  for (gsize i = 0; i < n; i++)
    square += (a->values[i] - b->values[i]) * (double) (a->values[i] - b->values[i]);
  return 10 * log10 (255.0 * 255 * (double) n / MAX (square, 1e-9));
}

static double
get_ssim_at (const Plane *a, const Plane *b, guint x, guint y)
{
  double n = WINDOW * WINDOW, sum_a = 0, sum_b = 0, aa = 0, bb = 0, ab = 0;

  for (int k = 0; k < WINDOW * WINDOW; k++)
    {
      double of_a = get_at (a, (int) x + k % WINDOW, (int) y + k / WINDOW);
      double of_b = get_at (b, (int) x + k % WINDOW, (int) y + k / WINDOW);

      sum_a += of_a / n;
      sum_b += of_b / n;
      aa += of_a * of_a / n;
      bb += of_b * of_b / n;
      ab += of_a * of_b / n;
    }
  return (2 * sum_a * sum_b + 6.5025) * (2 * (ab - sum_a * sum_b) + 58.5225)
         / ((sum_a * sum_a + sum_b * sum_b + 6.5025)
            * (aa - sum_a * sum_a + bb - sum_b * sum_b + 58.5225));
}

static double
get_ssim (const Plane *a, const Plane *b)
{
  double sum = 0;
  guint n = 0;

  for (guint y = 0; y + WINDOW <= a->height; y += WINDOW_STEP)
    for (guint x = 0; x + WINDOW <= a->width; x += WINDOW_STEP, n++)
      sum += get_ssim_at (a, b, x, y);
  return sum / MAX (n, 1);
}

static void
add_nearness (Nearness *nearness, const Plane *a, const Plane *b, double share)
{
  nearness->psnr += share * get_psnr (a, b);
  nearness->ssim += share * get_ssim (a, b);
}

/* ---- pictures ---------------------------------------------------------------------- */

/* One channel of a picture (stride, 3), its first pixels. */
static Plane
plane_from_rgb (const guint8 *rgb, guint stride, guint width, guint height)
{
  Plane plane = plane_new (width, height);

  for (guint i = 0; i < width * height; i++)
    plane.values[i] = rgb[3 * ((gsize) (i / width) * stride + i % width)];
  return plane;
}

/* What Limn itself makes of the same small picture. */
static Plane
enlarge_as_limn (const Plane *small, guint times)
{
  gsize n = (gsize) small->width * small->height;
  g_autofree guint8 *rgb = g_new (guint8, 3 * n);
  g_autofree guint8 *large = NULL;

  for (gsize i = 0; i < 3 * n; i++)
    rgb[i] = (guint8) small->values[i / 3];
  large = limn_picture_enlarge (rgb, small->width, small->height, times, NULL);
  return plane_from_rgb (large, small->width * times, small->width * times, small->height * times);
}

/* Adds to (N + 1) sums: of each method, and of Limn. */
static void
measure_channel (const Plane *original, guint times, Nearness *sums, double share)
{
  Plane small = shrink (original, times), large;

  for (guint i = 0; i < small.width * small.height; i++)
    small.values[i] = floorf (small.values[i] + 0.5f);
  for (guint m = 0; m <= G_N_ELEMENTS (methods); m++)
    {
      large = m < G_N_ELEMENTS (methods) ? enlarge (&small, &methods[m], times)
                                         : enlarge_as_limn (&small, times);
      add_nearness (&sums[m], &large, original, share);
      g_free (large.values);
    }
  g_free (small.values);
}

static void
measure_file (const char *path, guint times, Nearness *sums, double share)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = limn_picture_file_load (file, NULL, &error);
  g_autofree guint8 *rgb = NULL;
  guint width, height;

  rgb = pixbuf != NULL ? limn_photo_get_rgb (pixbuf, &width, &height, &error) : NULL;
  if (rgb == NULL)
    g_error ("%s: %s", path, error->message);
  for (guint c = 0; c < 3; c++)
    {
      Plane original =
          plane_from_rgb (rgb + c, width, width / times * times, height / times * times);

      measure_channel (&original, times, sums, share / 3);
      g_free (original.values);
    }
}

int
main (int argc, char **argv)
{
  Nearness twice[G_N_ELEMENTS (methods) + 1] = { 0 }, four[G_N_ELEMENTS (methods) + 1] = { 0 };

  if (argc < 2)
    {
      g_printerr ("limn-bench-enlarge PICTURES…\n");
      return 2;
    }
  for (int i = 1; i < argc; i++)
    {
      measure_file (argv[i], 2, twice, 1.0 / (argc - 1));
      measure_file (argv[i], 4, four, 1.0 / (argc - 1));
    }
  g_print ("%d pictures              x2              x4\n", argc - 1);
  for (guint m = 0; m <= G_N_ELEMENTS (methods); m++)
    g_print ("%-24s %6.2f  %.3f   %6.2f  %.3f\n",
             m < G_N_ELEMENTS (methods) ? methods[m].name : "limn enlarge", twice[m].psnr,
             twice[m].ssim, four[m].psnr, four[m].ssim);
  return 0;
}
