/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Convolutions as matrix products: for each of the nine taps the input, shifted,
 * times that tap's weights, summed in the kernel's registers.  Nothing is copied
 * for that; the offsets of a LimnGemm point into the planes themselves.
 */
#include "config.h"
#include "conv.h"
#include "convert.h"
#include "../limn.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#define BAND_ROWS 8
#define MAX_TAPS  9

typedef struct
{
  /* borrowed */
  const LimnConvPlan *plan;
  const LimnPlanes *add;
  const LimnPlanes *out;
  const LimnKernels *kernels;
  gsize *offsets;     /* (n_taps, n_in_blocks): from first to what a tap reads */
  const float *first; /* what the pixels of row 0 start from */
  gsize row_step;     /* from there to the next row's */
  guint n_bands;
} Run;

static guint
n_blocks (guint n_channels)
{
  return (n_channels + LIMN_BLOCK - 1) / LIMN_BLOCK;
}

static guint
n_panels (guint n_channels)
{
  return (n_channels + LIMN_PANEL - 1) / LIMN_PANEL;
}

/* ==== weights ============================================================ */

/* One panel: (tap, input channel, 32 outputs) from (output, input channel, tap). */
typedef struct
{
  const LimnConv *conv;
  LimnConvPlan *plan;
} Prepare;

static gsize
panel_floats (const LimnConvPlan *plan)
{
  return (gsize) plan->n_taps * n_blocks (plan->n_in) * LIMN_BLOCK * LIMN_PANEL;
}

static void
prepare_chunk (gpointer data, guint panel)
{
  const Prepare *job = data;
  const LimnConv *conv = job->conv;
  guint taps = job->plan->n_taps, padded_in = n_blocks (conv->n_in) * LIMN_BLOCK;
  gsize row = (gsize) conv->n_in * taps;
  float *to = job->plan->weights + panel * panel_floats (job->plan);
  float wide[MAX_TAPS * LIMN_BLOCK];

  for (guint o = 0; o < LIMN_PANEL && panel * LIMN_PANEL + o < conv->n_out; o++)
    {
      const guint8 *from = (const guint8 *) conv->weight
                           + (panel * LIMN_PANEL + o) * row * limn_type_bytes (conv->type);
      for (guint i = 0; i < conv->n_in; i++)
        {
          limn_convert_to_float (conv->type, from + (gsize) i * taps * limn_type_bytes (conv->type),
                                 wide, taps);
          for (guint t = 0; t < taps; t++)
            to[((gsize) t * padded_in + i) * LIMN_PANEL + o] = wide[t];
        }
    }
}

gsize
limn_conv_plan_bytes (const LimnConv *conv, LimnConvKind kind)
{
  gsize per_panel =
      (gsize) conv->size * conv->size * n_blocks (conv->n_in) * LIMN_BLOCK * LIMN_PANEL;

  return n_panels (conv->n_out) * (per_panel + LIMN_PANEL) * sizeof (float);
}

gboolean
limn_conv_plan_init (LimnConvPlan *plan,
                     LimnCompute *compute,
                     const LimnConv *conv,
                     LimnConvKind kind,
                     GError **error)
{
  gsize bytes = limn_conv_plan_bytes (conv, kind);
  Prepare job = { conv, plan };

  memset (plan, 0, sizeof *plan);
  plan->kind = kind;
  plan->n_in = conv->n_in;
  plan->n_out = conv->n_out;
  plan->n_taps = conv->size * conv->size;
  if (posix_memalign ((void **) &plan->weights, 64, bytes) != 0)
    {
      plan->weights = NULL;
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
                   _ ("There is not enough free memory to turn tokens into pictures."));
      return FALSE;
    }
  memset (plan->weights, 0, bytes);
  plan->bias = plan->weights + n_panels (conv->n_out) * panel_floats (plan);
  if (conv->bias != NULL)
    memcpy (plan->bias, conv->bias, conv->n_out * sizeof (float));
  limn_compute_run (compute, n_panels (conv->n_out), prepare_chunk, &job);
  return TRUE;
}

void
limn_conv_plan_clear (LimnConvPlan *plan)
{
  free (plan->weights);
  memset (plan, 0, sizeof *plan);
}

/* ==== running ============================================================ */

/* The last panel may be half a one. */
static guint
blocks_of_panel (const LimnConvPlan *plan, guint panel)
{
  return MIN (2, n_blocks (plan->n_out) - 2 * panel);
}

static void
multiply_chunk (gpointer data, guint chunk)
{
  const Run *run = data;
  const LimnConvPlan *plan = run->plan;
  guint panel = chunk / run->n_bands, band = chunk % run->n_bands;
  guint end = MIN ((band + 1) * BAND_ROWS, run->out->height);
  LimnGemm gemm = {
    .offsets = run->offsets,
    .n_k = plan->n_taps * n_blocks (plan->n_in),
    .m = run->out->width,
    .w = plan->weights + panel * panel_floats (plan),
    .bias = plan->bias + panel * LIMN_PANEL,
    .out_stride = run->out->block_stride,
    .n_out_blocks = blocks_of_panel (plan, panel),
  };

  for (guint y = band * BAND_ROWS; y < end; y++)
    {
      gemm.a = run->first + y * run->row_step;
      gemm.out = limn_planes_at (run->out, 2 * panel, y, 0);
      gemm.add = run->add != NULL ? limn_planes_at (run->add, 2 * panel, y, 0) : NULL;
      run->kernels->gemm (&gemm);
    }
}

/* Offsets of the taps of planes with a border; the first tap is up left of the pixel. */
static void
point_at_taps (Run *run, const LimnPlanes *in)
{
  guint side = run->plan->n_taps == 1 ? 1 : 3, n = 0;

  for (guint t = 0; t < run->plan->n_taps; t++)
    for (guint b = 0; b < in->n_blocks; b++)
      run->offsets[n++] = t / side * in->row_stride + t % side * LIMN_BLOCK + b * in->block_stride;
  run->first = in->data - (side == 3 ? in->row_stride + LIMN_BLOCK : 0);
  run->row_step = in->row_stride;
}

/* ---- every pixel doubled ---- */

typedef struct
{
  const LimnPlanes *in;
  const LimnPlanes *out;
} Copy;

static void
double_chunk (gpointer data, guint block)
{
  const Copy *job = data;

  for (guint y = 0; y < job->out->height; y++)
    {
      const float *from = limn_planes_at (job->in, block, y / 2, 0);
      float *to = limn_planes_at (job->out, block, y, 0);

      for (guint x = 0; x < job->out->width; x++)
        memcpy (to + x * LIMN_BLOCK, from + x / 2 * LIMN_BLOCK, LIMN_BLOCK * sizeof *to);
    }
}

static void
double_pixels (LimnCompute *compute, Run *run, const LimnPlanes *in, float *scratch)
{
  LimnPlanes wide;
  Copy job = { in, &wide };

  limn_planes_init (&wide, in->n_channels, 2 * in->height, 2 * in->width, 1, scratch);
  limn_compute_run (compute, in->n_blocks, double_chunk, &job);
  point_at_taps (run, &wide);
}

/* ---- every second pixel ---- */

/* Even columns, then odd ones: (2, C / 16, H + 1, W / 2 + 1, 16), so that a tap's
 * pixels lie side by side again. */
static void
part_chunk (gpointer data, guint block)
{
  const Copy *job = data;
  const LimnPlanes *to = job->out;
  gsize odd = to->n_blocks * to->block_stride;

  for (guint y = 0; y <= job->in->height; y++)
    for (guint x = 0; x <= job->in->width; x++)
      memcpy (limn_planes_at (to, block, y, x / 2) + x % 2 * odd,
              limn_planes_at (job->in, block, y, x), LIMN_BLOCK * sizeof (float));
}

static void
part_columns (LimnCompute *compute, Run *run, const LimnPlanes *in, float *scratch)
{
  LimnPlanes even;
  Copy job = { in, &even };
  guint n = 0;

  limn_planes_init (&even, in->n_channels, in->height + 1, in->width / 2 + 1, 0, scratch);
  limn_compute_run (compute, in->n_blocks, part_chunk, &job);
  for (guint t = 0; t < 9; t++)
    for (guint b = 0; b < in->n_blocks; b++)
      run->offsets[n++] =
          t / 3 * even.row_stride + b * even.block_stride
          + (t % 3 == 1 ? even.n_blocks * even.block_stride : t % 3 / 2 * (gsize) LIMN_BLOCK);
  run->first = even.data;
  run->row_step = 2 * even.row_stride;
}

/* Floats that the offsets take at the start of the scratch. */
static gsize
offset_floats (guint n_in, guint n_taps)
{
  gsize n = (gsize) n_taps * n_blocks (n_in) * (sizeof (gsize) / sizeof (float));

  return (n + LIMN_BLOCK - 1) / LIMN_BLOCK * LIMN_BLOCK;
}

gboolean
limn_conv_scratch_size (const LimnConv *conv,
                        LimnConvKind kind,
                        guint height,
                        guint width,
                        guint n_threads,
                        gsize *n_floats)
{
  gsize n = 0;

  if (height > G_MAXUINT / 4 || width > G_MAXUINT / 4)
    return FALSE;
  if (kind == LIMN_CONV_UPSAMPLE && !limn_planes_size (conv->n_in, 2 * height, 2 * width, 1, &n))
    return FALSE;
  if (kind == LIMN_CONV_HALVE
      && (!limn_planes_size (conv->n_in, height + 1, width / 2 + 1, 0, &n)
          || !g_size_checked_mul (&n, n, 2)))
    return FALSE;
  return g_size_checked_add (n_floats, n, offset_floats (conv->n_in, conv->size * conv->size));
}

void
limn_conv_run (LimnCompute *compute,
               const LimnConvPlan *plan,
               const LimnPlanes *in,
               const LimnPlanes *add,
               const LimnPlanes *out,
               float *scratch)
{
  Run run = {
    .plan = plan,
    .out = out,
    .add = add,
    .kernels = limn_kernels (),
    .offsets = (gsize *) scratch,
    .n_bands = (out->height + BAND_ROWS - 1) / BAND_ROWS,
  };

  scratch += offset_floats (plan->n_in, plan->n_taps);
  if (plan->kind == LIMN_CONV_UPSAMPLE)
    double_pixels (compute, &run, in, scratch);
  else if (plan->kind == LIMN_CONV_HALVE)
    part_columns (compute, &run, in, scratch);
  else
    point_at_taps (&run, in);
  limn_compute_run (compute, n_panels (plan->n_out) * run.n_bands, multiply_chunk, &run);
}
