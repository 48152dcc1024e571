/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Winograd's way for few tiles, as of a VQGAN's lowest levels.  There the
 * transformed weights would be more to read than the products take, and fill four
 * times the memory of the taps; so they are made from the taps for each picture,
 * a few input channels at a time, and used out of the second cache.  First the
 * points of all channels are made, then the outputs are worked off in panels.
 */
#include "compute-private.h"
#include "winograd-private.h"

#define DEPTH 4 /* blocks of input channels in one go */

typedef struct
{
  LimnWinogradJob job;
  LimnWinogradChunk whole; /* all tiles */
  float *slots;            /* borrowed: (n_threads, slot_floats) */
  gsize slot_floats;
} Run;

static gsize
weights_floats (const LimnWinogradScheme *scheme)
{
  return (gsize) scheme->points * scheme->points * DEPTH * LIMN_BLOCK * LIMN_PANEL;
}

/* First the strip, then weights and products. */
static gsize
slot_floats (const LimnWinogradScheme *scheme, guint rows, guint columns)
{
  return MAX (limn_winograd_strip_floats (scheme, rows, columns),
              weights_floats (scheme)
                  + limn_winograd_products_floats (scheme, (gsize) rows * columns));
}

gboolean
limn_winograd_late_scratch_size (const LimnConvUse *use, guint n_threads, gsize *n_floats)
{
  const LimnWinogradScheme *scheme = limn_winograd_choose (use);
  guint rows = limn_winograd_tiles_along (scheme, use->height), n_in = use->conv->n_in;
  guint columns = limn_winograd_tiles_along (scheme, use->width);
  gsize shared = limn_conv_offset_floats (limn_planes_n_blocks (n_in))
                 + limn_winograd_points_floats (
                     scheme, n_in, limn_winograd_n_tiles (scheme, use->height, use->width));

  return g_size_checked_mul (n_floats, n_threads, slot_floats (scheme, rows, columns))
         && g_size_checked_add (n_floats, *n_floats, shared);
}

static void
points_chunk (gpointer data, guint block)
{
  const Run *run = data;
  LimnWinogradChunk chunk = run->whole;

  chunk.strip = run->slots + limn_compute_get_slot () * run->slot_floats;
  limn_winograd_make_points (&run->job, &chunk, block);
}

static void
panel_chunk (gpointer data, guint panel)
{
  const Run *run = data;
  const LimnConvPlan *plan = run->job.plan;
  const LimnKernels *kernels = run->job.kernels;
  guint n_blocks = limn_planes_n_blocks (plan->n_in);
  float *weights = run->slots + limn_compute_get_slot () * run->slot_floats;
  LimnWinogradChunk chunk = run->whole;
  LimnTaps taps = { .tap_stride = (gsize) n_blocks * LIMN_BLOCK * LIMN_PANEL, .points = weights };
  const float *panel_taps = plan->weights + panel * plan->n_taps * taps.tap_stride;

  chunk.products = weights + weights_floats (run->job.scheme);
  for (guint block = 0; block < n_blocks; block += DEPTH)
    {
      guint n = MIN (DEPTH, n_blocks - block);

      taps.taps = panel_taps + (gsize) block * LIMN_BLOCK * LIMN_PANEL;
      taps.n = n * LIMN_BLOCK;
      taps.point_stride = (gsize) taps.n * LIMN_PANEL;
      kernels->taps_in[plan->scheme->tile](&taps);
      limn_winograd_multiply (&run->job, &chunk, panel, block, n, weights);
    }
  limn_winograd_make_pixels (&run->job, &chunk, panel);
}

void
limn_winograd_late_run (LimnCompute *compute,
                        const LimnConvPlan *plan,
                        const LimnPlanes *in,
                        const LimnAffine *affine,
                        const LimnPlanes *add,
                        const LimnPlanes *out,
                        float *scratch)
{
  const LimnWinogradScheme *scheme = plan->scheme;
  guint n_blocks = limn_planes_n_blocks (plan->n_in);
  gsize *offsets = (gsize *) scratch, n_tiles;
  Run run = {
    .job = { plan, in, affine, add, out, limn_kernels (), scheme },
    .whole = {
      .rows = limn_winograd_tiles_along (scheme, in->height),
      .columns = limn_winograd_tiles_along (scheme, in->width),
      .points = scratch + limn_conv_offset_floats (n_blocks),
      .offsets = offsets,
    },
  };

  n_tiles = (gsize) run.whole.rows * run.whole.columns;
  run.slots = run.whole.points + limn_winograd_points_floats (scheme, plan->n_in, n_tiles);
  run.slot_floats = slot_floats (scheme, run.whole.rows, run.whole.columns);
  for (guint b = 0; b < n_blocks; b++)
    offsets[b] = b * n_tiles * LIMN_BLOCK;
  limn_compute_run (compute, n_blocks, points_chunk, &run);
  limn_compute_run (compute, limn_conv_n_panels (plan->n_out), panel_chunk, &run);
}
