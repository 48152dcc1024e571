/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fitting previews: grids of random codes in small patches of one code each, as
 * neighbours in real pictures are alike, go through the decoder; the pixels of
 * each token, made smaller, are regressed on its code vector.
 */
#include "config.h"
#include "preview.h"
#include "decoder.h"
#include "looks.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define SEED          G_GUINT64_CONSTANT (0x4c696d6e) /* any, but always the same */
#define MIN_GRIDS     4
#define MAX_GRIDS     12
#define CODES_A_GRID  64
#define SAMPLES_A_DIM 6    /* wanted for each number of a code vector */
#define RIDGE         1e-2 /* of the mean variance: steadies directions that codes hardly use */

typedef struct
{
  /* owned */
  double *square; /* (n_in, n_in) sum of x x^T, then its Cholesky factor */
  double *cross;  /* (n_out, n_in) sum of y x^T, then the solution */
  double *x_sum;  /* (n_in) */
  double *y_sum;  /* (n_out) */
  float *x;       /* (n_in) */
  float *y;       /* (n_out) */
  /* settings */
  guint n_in;
  guint n_out;
  double n;
} Regression;

guint
limn_preview_choose_pixels (const LimnVqganConfig *config)
{
  return MIN (LIMN_PREVIEW_PIXELS, 1u << MIN (config->n_levels - 1, LIMN_MAX_LEVELS));
}

/* ==== least squares ====================================================== */

static void
regression_init (Regression *r, guint n_in, guint n_out)
{
  r->n_in = n_in;
  r->n_out = n_out;
  r->n = 0;
  r->square = g_new0 (double, (gsize) n_in *n_in);
  r->cross = g_new0 (double, (gsize) n_out *n_in);
  r->x_sum = g_new0 (double, n_in);
  r->y_sum = g_new0 (double, n_out);
  r->x = g_new (float, n_in);
  r->y = g_new (float, n_out);
}

static void
regression_clear (Regression *r)
{
  g_free (r->square);
  g_free (r->cross);
  g_free (r->x_sum);
  g_free (r->y_sum);
  g_free (r->x);
  g_free (r->y);
}

/* Takes the pair in r->x and r->y in. */
static void
regression_add (Regression *r)
{
  r->n++;
  for (guint i = 0; i < r->n_in; i++)
    {
      r->x_sum[i] += r->x[i];
      for (guint j = 0; j <= i; j++)
        r->square[(gsize) i * r->n_in + j] += (double) r->x[i] * r->x[j];
    }
  for (guint o = 0; o < r->n_out; o++)
    {
      r->y_sum[o] += r->y[o];
      for (guint i = 0; i < r->n_in; i++)
        r->cross[(gsize) o * r->n_in + i] += (double) r->y[o] * r->x[i];
    }
}

/* Sums become covariances, with a ridge on the diagonal. */
static void
centre (Regression *r)
{
  double trace = 0;

  for (guint i = 0; i < r->n_in; i++)
    {
      for (guint j = 0; j <= i; j++)
        r->square[(gsize) i * r->n_in + j] -= r->x_sum[i] * r->x_sum[j] / r->n;
      for (guint o = 0; o < r->n_out; o++)
        r->cross[(gsize) o * r->n_in + i] -= r->y_sum[o] * r->x_sum[i] / r->n;
      trace += r->square[(gsize) i * r->n_in + i];
    }
  for (guint i = 0; i < r->n_in; i++)
    r->square[(gsize) i * r->n_in + i] += RIDGE * trace / r->n_in + 1e-30;
}

/* Lower Cholesky factor in place; FALSE when it is not positive. */
static gboolean
factorize (double *a, guint n)
{
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j <= i; j++)
      {
        double sum = a[(gsize) i * n + j];
        for (guint k = 0; k < j; k++)
          sum -= a[(gsize) i * n + k] * a[(gsize) j * n + k];
        if (i != j)
          a[(gsize) i * n + j] = sum / a[(gsize) j * n + j];
        else if (sum > 0 && isfinite (sum))
          a[(gsize) i * n + i] = sqrt (sum);
        else
          return FALSE;
      }
  return TRUE;
}

/* b = (L L^T)^-1 b */
static void
solve (const double *factor, guint n, double *b)
{
  for (guint i = 0; i < n; i++)
    {
      for (guint k = 0; k < i; k++)
        b[i] -= factor[(gsize) i * n + k] * b[k];
      b[i] /= factor[(gsize) i * n + i];
    }
  for (guint i = n; i-- > 0;)
    {
      for (guint k = i + 1; k < n; k++)
        b[i] -= factor[(gsize) k * n + i] * b[k];
      b[i] /= factor[(gsize) i * n + i];
    }
}

static gboolean
regression_solve (Regression *r, float *weight, float *bias)
{
  centre (r);
  if (!factorize (r->square, r->n_in))
    return FALSE;
  for (guint o = 0; o < r->n_out; o++)
    {
      double *row = r->cross + (gsize) o * r->n_in, rest = r->y_sum[o];

      solve (r->square, r->n_in, row);
      for (guint i = 0; i < r->n_in; i++)
        {
          weight[(gsize) o * r->n_in + i] = (float) row[i];
          rest -= row[i] * r->x_sum[i];
        }
      bias[o] = (float) (rest / r->n);
    }
  return TRUE;
}

/* ==== samples ============================================================ */

static guint64
random_number (guint64 i)
{
  guint64 z = SEED + (i + 1) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return z ^ (z >> 31);
}

/* A code that shows something: the place's, or the next one that is no look. */
static guint32
choose_code (const LimnModel *model, guint64 place)
{
  guint n_codes = model->codebook.n_rows;
  guint32 code = (guint32) (random_number (place) % n_codes);

  for (guint i = 0; i < model->vqgan.n_looks && limn_looks_have (model, code); i++)
    code = (code + 1) % n_codes;
  return code;
}

/* Patches of 2 x 2 tokens, in every third grid 4 x 4. */
static void
choose_codes (const LimnModel *model, guint grid, guint side, guint32 *ids)
{
  guint patch = grid % 3 == 2 ? 4 : 2;

  for (guint y = 0; y < side; y++)
    for (guint x = 0; x < side; x++)
      {
        guint64 place = ((guint64) grid * side + y / patch) * side + x / patch;
        ids[y * side + x] = choose_code (model, place);
      }
}

/* Mean of a token's pixels in each of P x P cells. */
static void
shrink_token (const float *rgb, guint width, guint token_pixels, guint pixels, float *out)
{
  guint cell = token_pixels / pixels;

  for (guint i = 0; i < pixels * pixels * 3; i++)
    {
      guint x = i / 3 % pixels * cell, y = i / 3 / pixels * cell;
      float sum = 0;

      for (guint v = 0; v < cell; v++)
        for (guint u = 0; u < cell; u++)
          sum += CLAMP (rgb[((gsize) (y + v) * width + x + u) * 3 + i % 3], 0, 1);
      out[i] = sum / (cell * cell);
    }
}

static void
add_grid (Regression *r,
          LimnModel *model,
          const guint32 *ids,
          const float *rgb,
          guint side,
          guint pixels)
{
  guint token_pixels = limn_vqgan_pixels_per_token (model), width = side * token_pixels;

  for (guint t = 0; t < side * side; t++)
    {
      gsize at = (gsize) (t / side) * token_pixels * width + t % side * token_pixels;

      limn_matrix_get_row (&model->codebook, ids[t], r->x);
      shrink_token (rgb + at * 3, width, token_pixels, pixels, r->y);
      regression_add (r);
    }
}

static gboolean
add_grids (Regression *r,
           LimnModel *model,
           LimnCompute *compute,
           guint pixels,
           GCancellable *cancellable,
           GError **error)
{
  guint token_pixels = limn_vqgan_pixels_per_token (model);
  guint side = MAX (1, model->vqgan.resolution / token_pixels);
  guint n_grids = CLAMP (SAMPLES_A_DIM * r->n_in / CODES_A_GRID, MIN_GRIDS, MAX_GRIDS);
  guint64 bytes =
      limn_vqgan_decoder_bytes (model, side, side, limn_compute_get_n_threads (compute));
  g_autoptr (LimnVqganDecoder) decoder = NULL;
  g_autofree guint32 *ids = g_new (guint32, side * side);
  g_autofree float *rgb = NULL;

  if (!limn_memory_require (bytes, error))
    return FALSE;
  decoder = limn_vqgan_decoder_new (model, compute, side, side, error);
  if (decoder == NULL)
    return FALSE;
  rgb = g_new (float, (gsize) side *side *token_pixels *token_pixels * 3);
  for (guint grid = 0; grid < n_grids; grid++)
    {
      choose_codes (model, grid, side, ids);
      if (!limn_vqgan_decoder_run (decoder, ids, rgb, cancellable, error))
        return FALSE;
      add_grid (r, model, ids, rgb, side, pixels);
    }
  return TRUE;
}

gboolean
limn_preview_fit (LimnModel *model,
                  LimnCompute *compute,
                  guint pixels,
                  float *weight,
                  float *bias,
                  GCancellable *cancellable,
                  GError **error)
{
  Regression r;
  gboolean is_done;

  if (!limn_model_require (model, LIMN_MODEL_PART_DECODER, error))
    return FALSE;
  g_return_val_if_fail (pixels > 0 && limn_vqgan_pixels_per_token (model) % pixels == 0, FALSE);
  regression_init (&r, model->codebook.n_cols, pixels * pixels * 3);
  is_done = add_grids (&r, model, compute, pixels, cancellable, error);
  if (is_done && !regression_solve (&r, weight, bias))
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_CORRUPT,
                   _ ("The picture part (VQGAN) of this model makes no pictures: its numbers are "
                      "not finite."));
      is_done = FALSE;
    }
  regression_clear (&r);
  return is_done;
}
