/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Convolutions as matrix products: for each of the nine taps the input, shifted,
 * times that tap's weights, summed in the kernel's registers.  Nothing is copied
 * for that; the offsets of a LimnGemm point into the planes themselves.
 */
#include "config.h"
#include "conv.h"
#include "convert.h"
#include "large-memory.h"
#include "winograd.h"
#include "../limn.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#define BAND_ROWS  8
#define FEW_TILES  6   /* Winograd's way pays from here on */
#define LATE_TILES 256 /* for so many the weights are transformed each time */
#define MAX_TAPS   9

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

static LimnConvWay
way_of (const LimnConvUse *use)
{
  guint n_tiles;

  if (use->kind == LIMN_CONV_HALVE || use->conv->size != 3)
    return LIMN_CONV_DIRECT;
  n_tiles = limn_winograd_n_tiles (limn_winograd_choose (use), use->height, use->width);
  if (n_tiles > LATE_TILES)
    return LIMN_CONV_WINOGRAD;
  return n_tiles >= FEW_TILES || use->kind == LIMN_CONV_UPSAMPLE ? LIMN_CONV_WINOGRAD_LATE
                                                                 : LIMN_CONV_DIRECT;
}

/* ==== weights ============================================================ */

typedef struct
{
  const LimnConv *conv;
  LimnConvPlan *plan;
} Prepare;

static gsize
panel_floats (const LimnConvPlan *plan)
{
  if (plan->way == LIMN_CONV_WINOGRAD)
    return limn_winograd_panel_floats (plan->n_in, plan->scheme);
  return (gsize) plan->n_taps * limn_planes_n_blocks (plan->n_in) * LIMN_BLOCK * LIMN_PANEL;
}

/* Taps (n_taps, 32) of one input channel of a panel's outputs. */
static void
gather_taps (const Prepare *job, guint panel, guint channel, float *taps)
{
  const LimnConv *conv = job->conv;
  guint n_taps = job->plan->n_taps, first = panel * LIMN_PANEL;
  gsize tap_bytes = n_taps * limn_type_bytes (conv->type);
  float wide[MAX_TAPS];

  for (guint o = 0; o < LIMN_PANEL && first + o < conv->n_out; o++)
    {
      gsize at = (gsize) (first + o) * conv->n_in + channel;

      limn_convert_to_float (conv->type, (const guint8 *) conv->weight + at * tap_bytes, wide,
                             n_taps);
      for (guint t = 0; t < n_taps; t++)
        taps[t * LIMN_PANEL + o] = wide[t];
    }
}

/* One panel: (tap or point, input channel, 32 outputs) from (output, input channel, tap). */
static void
prepare_chunk (gpointer data, guint panel)
{
  const Prepare *job = data;
  const LimnKernels *kernels = limn_kernels ();
  guint n_taps = job->plan->n_taps, n_in = job->conv->n_in;
  gsize stride = (gsize) limn_planes_n_blocks (n_in) * LIMN_BLOCK * LIMN_PANEL;
  float *to = job->plan->weights + panel * panel_floats (job->plan);
  float taps[MAX_TAPS * LIMN_PANEL] = { 0 };
  LimnTaps winograd = { .taps = taps, .tap_stride = LIMN_PANEL, .n = 1, .point_stride = stride };

  for (guint i = 0; i < limn_planes_n_blocks (n_in) * LIMN_BLOCK; i++, to += LIMN_PANEL)
    {
      if (i < n_in)
        gather_taps (job, panel, i, taps);
      else
        memset (taps, 0, sizeof taps);
      winograd.points = to;
      if (job->plan->way != LIMN_CONV_WINOGRAD)
        for (guint t = 0; t < n_taps; t++)
          memcpy (to + t * stride, taps + t * LIMN_PANEL, LIMN_PANEL * sizeof *to);
      else
        kernels->taps_in[limn_winograd_get_tile (job->plan->scheme)](&winograd);
    }
}

static LimnConvPlan
describe (const LimnConvUse *use)
{
  return (LimnConvPlan){
    .kind = use->kind,
    .n_in = use->conv->n_in,
    .n_out = use->conv->n_out,
    .n_taps = use->conv->size * use->conv->size,
    .way = way_of (use),
    .scheme = limn_winograd_choose (use),
  };
}

gsize
limn_conv_plan_bytes (const LimnConvUse *use)
{
  LimnConvPlan plan = describe (use);

  return limn_conv_n_panels (plan.n_out) * (panel_floats (&plan) + LIMN_PANEL) * sizeof (float);
}

gboolean
limn_conv_plan_init (LimnConvPlan *plan,
                     LimnCompute *compute,
                     const LimnConvUse *use,
                     GError **error)
{
  gsize bytes = limn_conv_plan_bytes (use);
  Prepare job = { use->conv, plan };

  *plan = describe (use);
  plan->weights = limn_large_memory_new (bytes);
  if (plan->weights == NULL)
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
                   _ ("There is not enough free memory to turn tokens into pictures."));
      return FALSE;
    }
  plan->bias = plan->weights + limn_conv_n_panels (plan->n_out) * panel_floats (plan);
  memset (plan->bias, 0, limn_conv_n_panels (plan->n_out) * LIMN_PANEL * sizeof (float));
  if (use->conv->bias != NULL)
    memcpy (plan->bias, use->conv->bias, plan->n_out * sizeof (float));
  limn_compute_run (compute, limn_conv_n_panels (plan->n_out), prepare_chunk, &job);
  return TRUE;
}

void
limn_conv_plan_clear (LimnConvPlan *plan)
{
  free (plan->weights);
  memset (plan, 0, sizeof *plan);
}

/* ==== running ============================================================ */

static void
multiply_chunk (gpointer data, guint chunk)
{
  const Run *run = data;
  const LimnConvPlan *plan = run->plan;
  guint panel = chunk / run->n_bands, band = chunk % run->n_bands;
  guint end = MIN ((band + 1) * BAND_ROWS, run->out->height);
  LimnGemm gemm = {
    .offsets = run->offsets,
    .n_k = plan->n_taps * limn_planes_n_blocks (plan->n_in),
    .m = run->out->width,
    .w = plan->weights + panel * panel_floats (plan),
    .bias = plan->bias + panel * LIMN_PANEL,
    .out_stride = run->out->block_stride,
    .n_out_blocks = limn_conv_blocks_of_panel (plan, panel),
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

/* ---- every second pixel ---- */

typedef struct
{
  const LimnPlanes *in;
  const LimnPlanes *out;
} Copy;

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

gboolean
limn_conv_scratch_size (const LimnConvUse *use, guint n_threads, gsize *n_floats)
{
  const LimnConv *conv = use->conv;
  guint height = use->height, width = use->width;
  gsize n = 0;

  if (height > G_MAXUINT / 4 || width > G_MAXUINT / 4)
    return FALSE;
  if (way_of (use) == LIMN_CONV_WINOGRAD)
    return limn_winograd_scratch_size (use, n_threads, n_floats);
  if (way_of (use) == LIMN_CONV_WINOGRAD_LATE)
    return limn_winograd_late_scratch_size (use, n_threads, n_floats);
  if (use->kind == LIMN_CONV_HALVE
          ? !limn_planes_size (conv->n_in, height + 1, width / 2 + 1, 0, &n)
                || !g_size_checked_mul (&n, n, 2)
          : !limn_planes_size (conv->n_in, height, width, 1, &n)) /* what is normalised */
    return FALSE;
  return g_size_checked_add (n_floats, n,
                             limn_conv_offset_floats ((gsize) conv->size * conv->size
                                                      * limn_planes_n_blocks (conv->n_in)));
}

void
limn_conv_run (LimnCompute *compute,
               const LimnConvPlan *plan,
               const LimnPlanes *in,
               const LimnAffine *affine,
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
  LimnPlanes normal;

  if (plan->way != LIMN_CONV_DIRECT)
    {
      (plan->way == LIMN_CONV_WINOGRAD ? limn_winograd_run : limn_winograd_late_run) (
          compute, plan, in, affine, add, out, scratch);
      return;
    }
  scratch += limn_conv_offset_floats ((gsize) plan->n_taps * limn_planes_n_blocks (plan->n_in));
  if (affine != NULL)
    {
      g_assert (plan->kind == LIMN_CONV_SAME);
      limn_planes_init (&normal, in->n_channels, in->height, in->width, 1, scratch);
      limn_planes_normalize (compute, in, affine, TRUE, &normal);
      normal.wraps = in->wraps;
      in = &normal;
    }
  if (in->wraps && plan->n_taps == 9)
    limn_planes_fill_border (compute, in);
  if (plan->kind == LIMN_CONV_HALVE)
    part_columns (compute, &run, in, scratch);
  else
    point_at_taps (&run, in);
  limn_compute_run (compute, limn_conv_n_panels (plan->n_out) * run.n_bands, multiply_chunk, &run);
}
