/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layout of blocked pictures, and group norm over them. */
#include "planes.h"

#include <math.h>
#include <string.h>

#define BAND_ROWS 16 /* rows of pixels in one chunk */

gboolean
limn_planes_size (guint n_channels, guint height, guint width, guint border, gsize *n_floats)
{
  gsize n;

  return g_size_checked_mul (&n, (gsize) height + 2 * border, (gsize) width + 2 * border)
         && g_size_checked_mul (&n, n, (gsize) limn_planes_n_blocks (n_channels) * LIMN_BLOCK)
         && n <= G_MAXSIZE / sizeof (float) && (*n_floats = n, TRUE);
}

static void
clear_border (LimnPlanes *planes)
{
  gsize row = planes->row_stride;

  for (guint b = 0; b < planes->n_blocks; b++)
    {
      float *first = limn_planes_at (planes, b, 0, 0) - row - LIMN_BLOCK;
      memset (first, 0, row * sizeof (float));
      memset (first + (planes->height + 1) * row, 0, row * sizeof (float));
      for (guint y = 1; y <= planes->height; y++)
        {
          memset (first + y * row, 0, LIMN_BLOCK * sizeof (float));
          memset (first + (y + 1) * row - LIMN_BLOCK, 0, LIMN_BLOCK * sizeof (float));
        }
    }
}

void
limn_planes_init (LimnPlanes *planes,
                  guint n_channels,
                  guint height,
                  guint width,
                  guint border,
                  float *memory)
{
  g_assert (border <= 1);

  planes->n_channels = n_channels;
  planes->n_blocks = limn_planes_n_blocks (n_channels);
  planes->height = height;
  planes->width = width;
  planes->row_stride = ((gsize) width + 2 * border) * LIMN_BLOCK;
  planes->block_stride = ((gsize) height + 2 * border) * planes->row_stride;
  planes->data = memory + border * (planes->row_stride + LIMN_BLOCK);
  planes->wraps = FALSE;
  if (border > 0)
    clear_border (planes);
}

static void
fill_border_chunk (gpointer data, guint block)
{
  const LimnPlanes *planes = data;
  gsize row = planes->row_stride, pixel = LIMN_BLOCK * sizeof (float);
  float *first = limn_planes_at (planes, block, 0, 0) - LIMN_BLOCK;

  for (guint y = 0; y < planes->height; y++)
    {
      float *left = first + y * row;

      memcpy (left, left + row - 2 * LIMN_BLOCK, pixel);
      memcpy (left + row - LIMN_BLOCK, left + LIMN_BLOCK, pixel);
    }
  memcpy (first - row, first + (planes->height - 1) * row, row * sizeof (float));
  memcpy (first + planes->height * row, first, row * sizeof (float));
}

void
limn_planes_fill_border (LimnCompute *compute, const LimnPlanes *planes)
{
  g_assert (planes->wraps);
  limn_compute_run (compute, planes->n_blocks, fill_border_chunk, (gpointer) planes);
}

void
limn_planes_set_pixel (const LimnPlanes *planes, guint y, guint x, const float *channels)
{
  for (guint b = 0; b < planes->n_blocks; b++)
    {
      float *to = limn_planes_at (planes, b, y, x);
      guint n = MIN (LIMN_BLOCK, planes->n_channels - b * LIMN_BLOCK);

      memcpy (to, channels + b * LIMN_BLOCK, n * sizeof *to);
      memset (to + n, 0, (LIMN_BLOCK - n) * sizeof *to);
    }
}

void
limn_planes_get_pixel (const LimnPlanes *planes, guint y, guint x, float *channels)
{
  for (guint c = 0; c < planes->n_channels; c++)
    channels[c] = limn_planes_at (planes, c / LIMN_BLOCK, y, x)[c % LIMN_BLOCK];
}

/* ==== group norm ========================================================= */

typedef struct
{
  const LimnKernels *kernels;
  const LimnPlanes *x;
  const LimnPlanes *out;
  const LimnAffine *affine;
  double *moments; /* (n_blocks, n_bands, 2, 16) */
  gboolean is_swish;
  guint n_bands;
} Norm;

static guint
bands_of (const LimnPlanes *x)
{
  return (x->height + BAND_ROWS - 1) / BAND_ROWS;
}

gsize
limn_group_norm_n_scratch (const LimnPlanes *x)
{
  return (gsize) x->n_blocks * bands_of (x) * 2 * LIMN_BLOCK;
}

static void
measure_chunk (gpointer data, guint chunk)
{
  const Norm *job = data;
  guint block = chunk / job->n_bands, band = chunk % job->n_bands;
  double *sums = job->moments + (gsize) chunk * 2 * LIMN_BLOCK;
  guint end = MIN ((band + 1) * BAND_ROWS, job->x->height);

  memset (sums, 0, 2 * LIMN_BLOCK * sizeof *sums);
  for (guint y = band * BAND_ROWS; y < end; y++)
    job->kernels->moments (limn_planes_at (job->x, block, y, 0), job->x->width, sums,
                           sums + LIMN_BLOCK);
}

/* Sum over the bands of one moment (0 or 1) of channel c. */
static double
channel_moment (const Norm *job, guint c, guint which)
{
  double sum = 0;

  for (guint band = 0; band < job->n_bands; band++)
    {
      gsize chunk = (gsize) (c / LIMN_BLOCK) * job->n_bands + band;
      sum += job->moments[(chunk * 2 + which) * LIMN_BLOCK + c % LIMN_BLOCK];
    }
  return sum;
}

static void
finish_group (const Norm *job,
              const LimnNorm *norm,
              guint first,
              guint n,
              float eps,
              LimnAffine *affine)
{
  double count = (double) n * job->x->height * job->x->width, sum = 0, square = 0;

  for (guint c = first; c < first + n; c++)
    {
      sum += channel_moment (job, c, 0);
      square += channel_moment (job, c, 1);
    }

  double mean = sum / count;
  double inverse = 1 / sqrt (MAX (square / count - mean * mean, 0) + eps);

  for (guint c = first; c < first + n; c++)
    {
      affine->mean[c] = (float) mean;
      affine->scale[c] = (float) (norm->weight != NULL ? inverse * norm->weight[c] : inverse);
      affine->bias[c] = norm->bias != NULL ? norm->bias[c] : 0;
    }
}

void
limn_group_norm_measure (LimnCompute *compute,
                         const LimnPlanes *x,
                         const LimnNorm *norm,
                         guint n_groups,
                         float eps,
                         double *scratch,
                         LimnAffine *affine)
{
  Norm job = { .kernels = limn_kernels (), .x = x, .moments = scratch, .n_bands = bands_of (x) };
  guint n = x->n_channels / n_groups;

  g_assert (n * n_groups == x->n_channels);
  limn_compute_run (compute, x->n_blocks * job.n_bands, measure_chunk, &job);
  for (guint c = x->n_channels; c < x->n_blocks * LIMN_BLOCK; c++)
    affine->mean[c] = affine->scale[c] = affine->bias[c] = 0;
  for (guint group = 0; group < n_groups; group++)
    finish_group (&job, norm, group * n, n, eps, affine);
}

static void
normalize_chunk (gpointer data, guint chunk)
{
  const Norm *job = data;
  guint block = chunk / job->n_bands, band = chunk % job->n_bands, c = block * LIMN_BLOCK;
  guint end = MIN ((band + 1) * BAND_ROWS, job->x->height);

  for (guint y = band * BAND_ROWS; y < end; y++)
    job->kernels->normalize (limn_planes_at (job->x, block, y, 0), job->x->width,
                             job->affine->mean + c, job->affine->scale + c, job->affine->bias + c,
                             job->is_swish, limn_planes_at (job->out, block, y, 0));
}

void
limn_planes_normalize (LimnCompute *compute,
                       const LimnPlanes *x,
                       const LimnAffine *affine,
                       gboolean is_swish,
                       const LimnPlanes *out)
{
  Norm job = { .kernels = limn_kernels (),
               .x = x,
               .out = out,
               .affine = affine,
               .is_swish = is_swish,
               .n_bands = bands_of (x) };

  limn_compute_run (compute, x->n_blocks * job.n_bands, normalize_chunk, &job);
}
