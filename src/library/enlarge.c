/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Larger pictures without a model: Keys' cubic kernel, then back projection
 * (Irani and Peleg, "Improving resolution by image registration", 1991): what
 * the enlarged picture, made small again, lacks of the original is enlarged and
 * added, until making it small gives the original back.
 *
 * Made small by averaging and enlarged again (PSNR in dB and SSIM, means; by
 * "./dev bench enlarge", which takes other pictures, too):
 *
 *                          16 drawings by Starter           two photos
 *                              x2            x4            x2            x4
 *   nearest pixel         36.27 0.980   30.54 0.934   28.40 0.890   23.80 0.650
 *   bilinear              36.66 0.970   30.96 0.922   28.95 0.886   24.27 0.667
 *   bicubic               38.62 0.976   32.13 0.930   30.36 0.918   24.82 0.703
 *   Lanczos, 3 lobes      38.64 0.975   32.36 0.927   30.82 0.925   24.97 0.712
 *   Lanczos, sharpened    38.94 0.976   32.48 0.927   31.17 0.932   25.04 0.717
 *   Lanczos, three rounds 39.02 0.976   32.69 0.926   31.22 0.934   25.19 0.734
 *   bicubic, three rounds 39.51 0.979   32.79 0.932   31.13 0.933   25.19 0.735
 *
 * The last is what this does: Lanczos' kernel rings at the hard edges of drawings.
 */
#include "config.h"

#include "library/enlarge.h"

#include <glib/gi18n.h>
#include <math.h>

#include "limn.h"

#define REACH      2 /* of the kernel, pixels to each side */
#define N_TAPS     (2 * REACH)
#define N_ROUNDS   3 /* beyond these nothing is gained */
#define MAX_TIMES  4
#define MAX_SIDE   32768
#define MAX_PIXELS ((guint64) 64 << 20)

/* Weights of the pixels around for each place inside an enlarged pixel. */
typedef struct
{
  guint times;
  float weights[MAX_TIMES][N_TAPS]; /* (times, N_TAPS) */
  int first[MAX_TIMES];             /* from the pixel itself to the first of them */
} Kernel;

typedef struct
{
  guint width, height; /* of the small picture */
  guint times;
  Kernel kernel;
  float *small;   /* (height, width): one channel */
  float *lacking; /* (height, width) */
  float *wide;    /* (height, width * times): between the two directions */
  float *large;   /* (height * times, width * times) */
} Enlarger;

/* ---- kernels ----------------------------------------------------------------- */

/* Keys' kernel with a = -1/2. */
static double
weigh (double x)
{
  x = fabs (x);
  if (x < 1)
    return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

static Kernel
make_kernel (guint times)
{
  Kernel kernel = { .times = times };

  for (guint place = 0; place < times; place++)
    {
      double at = (place + 0.5) / times - 0.5, sum = 0;
      int first = (int) floor (at) - REACH + 1;

      for (int t = 0; t < N_TAPS; t++)
        sum += weigh (at - (first + t));
      for (int t = 0; t < N_TAPS; t++)
        kernel.weights[place][t] = (float) (weigh (at - (first + t)) / sum);
      kernel.first[place] = first;
    }
  return kernel;
}

/* ---- both directions ------------------------------------------------------------ */

/* Beyond the edges the picture goes on as it ended. */
static void
enlarge_row (const Kernel *kernel, const float *row, guint width, float *out)
{
  for (guint x = 0; x < width; x++)
    for (guint place = 0; place < kernel->times; place++)
      {
        float sum = 0;

        for (int t = 0; t < N_TAPS; t++)
          {
            int from = (int) x + kernel->first[place] + t;

            sum += kernel->weights[place][t] * row[CLAMP (from, 0, (int) width - 1)];
          }
        *out++ = sum;
      }
}

/* out (width) += the weighed rows around row y of rows (height, width). */
static void
add_rows (const Kernel *kernel,
          const float *rows,
          guint y,
          guint height,
          guint place,
          gsize width,
          float *out)
{
  for (int t = 0; t < N_TAPS; t++)
    {
      int from = (int) y + kernel->first[place] + t;
      const float *row = rows + (gsize) CLAMP (from, 0, (int) height - 1) * width;
      float weight = kernel->weights[place][t];

      for (gsize x = 0; x < width; x++)
        out[x] += weight * row[x];
    }
}

/* large += small, enlarged */
static void
add_enlarged (Enlarger *e, const float *small)
{
  gsize width = (gsize) e->width * e->times;

  for (guint y = 0; y < e->height; y++)
    enlarge_row (&e->kernel, small + (gsize) y * e->width, e->width, e->wide + y * width);
  for (guint y = 0; y < e->height; y++)
    for (guint place = 0; place < e->times; place++)
      add_rows (&e->kernel, e->wide, y, e->height, place, width,
                e->large + ((gsize) y * e->times + place) * width);
}

/* lacking = small - the mean of what each of its pixels became */
static void
find_lacking (Enlarger *e)
{
  gsize width = (gsize) e->width * e->times;
  float share = 1.0f / (float) (e->times * e->times);

  for (guint y = 0; y < e->height; y++)
    for (guint x = 0; x < e->width; x++)
      {
        const float *block = e->large + (gsize) y * e->times * width + (gsize) x * e->times;
        gsize i = (gsize) y * e->width + x;
        float sum = 0;

        for (guint row = 0; row < e->times; row++)
          for (guint column = 0; column < e->times; column++)
            sum += block[row * width + column];
        e->lacking[i] = e->small[i] - sum * share;
      }
}

static void
enlarge_channel (Enlarger *e, const guint8 *rgb, guint8 *out)
{
  gsize n = (gsize) e->width * e->height, n_large = n * e->times * e->times;

  for (gsize i = 0; i < n; i++)
    e->small[i] = rgb[3 * i];
  for (gsize i = 0; i < n_large; i++)
    e->large[i] = 0;
  add_enlarged (e, e->small);
  for (guint round = 0; round < N_ROUNDS; round++)
    {
      find_lacking (e);
      add_enlarged (e, e->lacking);
    }
  for (gsize i = 0; i < n_large; i++)
    out[3 * i] = (guint8) (CLAMP (e->large[i], 0, 255) + 0.5f);
}

/* ---- the whole ---------------------------------------------------------------------- */

static gboolean
check_sizes (guint width, guint height, guint times, GError **error)
{
  if (times != 2 && times != 4)
    {
      g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST,
                           _ ("Pictures can be made two or four times as large."));
      return FALSE;
    }
  if (width >= 1 && height >= 1 && width <= MAX_SIDE / times && height <= MAX_SIDE / times
      && (guint64) width * height * times * times <= MAX_PIXELS)
    return TRUE;
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_TOO_LARGE,
               _ ("A picture of %u × %u pixels is too large to be made %u times as large."), width,
               height, times);
  return FALSE;
}

static gboolean
enlarger_init (Enlarger *e, GError **error)
{
  gsize n = (gsize) e->width * e->height;

  e->kernel = make_kernel (e->times);
  e->small = g_try_new (float, n);
  e->lacking = g_try_new (float, n);
  e->wide = g_try_new (float, n * e->times);
  e->large = g_try_new (float, n * e->times * e->times);
  if (e->small && e->lacking && e->wide && e->large)
    return TRUE;
  g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
                       _ ("Not enough memory to enlarge this picture."));
  return FALSE;
}

guint8 *
limn_picture_enlarge (const guint8 *rgb, guint width, guint height, guint times, GError **error)
{
  Enlarger e = { width, height, times };
  g_autofree guint8 *out = NULL;
  gboolean is_ok;

  if (!check_sizes (width, height, times, error))
    return NULL;
  is_ok = enlarger_init (&e, error);
  out = is_ok ? g_try_malloc ((gsize) width * height * times * times * 3) : NULL;
  for (guint c = 0; c < 3 && out; c++)
    enlarge_channel (&e, rgb + c, out + c);
  if (is_ok && !out)
    g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
                         _ ("Not enough memory to enlarge this picture."));
  g_free (e.small);
  g_free (e.lacking);
  g_free (e.wide);
  g_free (e.large);
  return g_steal_pointer (&out);
}
