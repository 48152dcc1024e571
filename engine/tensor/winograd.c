/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * 3x3 convolutions in Winograd's way, see winograd-tiles.c.  A chunk of work is a
 * rectangle of tiles: its pixels (normalised on the way, if asked) become points,
 * each point's channels go through a matrix product with that point's weights,
 * and the results become pixels again.  The weights were transformed beforehand.
 */
#include "compute-private.h"
#include "split.h"
#include "winograd-private.h"

#define POINTS_FLOATS (400 * 1024) /* of a chunk's points at most, if there is a choice */
#define FEW_CHUNKS    8            /* then the outputs are split, too */

/* How a picture is cut into chunks; a function of the sizes alone. */
typedef struct
{
  guint tile_rows, tile_columns; /* of the picture */
  guint rows, columns;           /* of a chunk, at most */
  guint n_bands, n_segments, n_splits;
  guint split_panels;
} Cut;

typedef struct
{
  LimnWinogradJob job;
  float *scratch; /* borrowed: (n_threads, slot_floats) */
  gsize slot_floats;
  Cut cut;
} Run;

gsize
limn_winograd_panel_floats (guint n_in, const LimnWinogradScheme *scheme)
{
  return (gsize) scheme->points * scheme->points * limn_planes_n_blocks (n_in) * LIMN_BLOCK
         * LIMN_PANEL;
}

/* ==== cutting ============================================================ */

/* Chunks of up to most tiles that lie in n_segments side by side. */
static void
cut_into_segments (Cut *cut, guint n_segments, guint most)
{
  cut->columns = (cut->tile_columns + n_segments - 1) / n_segments;
  cut->n_segments = n_segments;
  cut->rows = CLAMP (most / cut->columns, 1, cut->tile_rows);
  cut->n_bands = (cut->tile_rows + cut->rows - 1) / cut->rows;
  cut->rows = (cut->tile_rows + cut->n_bands - 1) / cut->n_bands;
}

/* As square as possible, since what overlaps is read and normalised more than once. */
static Cut
cut_picture (const LimnWinogradScheme *scheme, guint n_in, guint n_out, guint height, guint width)
{
  gsize tile_floats = limn_winograd_points_floats (scheme, n_in, 1);
  guint most = MAX (8, POINTS_FLOATS / tile_floats), n_panels = limn_conv_n_panels (n_out);
  guint64 least = G_MAXUINT64;
  Cut best = { 0 }, cut = {
    .tile_rows = limn_winograd_tiles_along (scheme, height),
    .tile_columns = limn_winograd_tiles_along (scheme, width),
    .n_splits = 1,
  };

  for (guint n = (cut.tile_columns + most - 1) / most; n <= cut.tile_columns; n++)
    {
      guint64 floats;

      cut_into_segments (&cut, n, most);
      floats = limn_winograd_strip_floats (scheme, cut.rows, cut.columns);
      floats *= (guint64) cut.n_bands * cut.n_segments;
      if (floats < least)
        {
          least = floats;
          best = cut;
        }
    }
  if (best.n_bands * best.n_segments < FEW_CHUNKS)
    best.n_splits = MIN (n_panels, FEW_CHUNKS / (best.n_bands * best.n_segments));
  best.split_panels = (n_panels + best.n_splits - 1) / best.n_splits;
  best.n_splits = (n_panels + best.split_panels - 1) / best.split_panels;
  return best;
}

static gsize
slot_floats (const LimnWinogradScheme *scheme, const Cut *cut, guint n_in)
{
  gsize n_tiles = (gsize) cut->rows * cut->columns;

  return limn_winograd_strip_floats (scheme, cut->rows, cut->columns)
         + limn_winograd_points_floats (scheme, n_in, n_tiles)
         + limn_winograd_products_floats (scheme, n_tiles);
}

gboolean
limn_winograd_scratch_size (const LimnConvUse *use, guint n_threads, gsize *n_floats)
{
  const LimnWinogradScheme *scheme = limn_winograd_choose (use);
  guint n_in = use->conv->n_in;
  Cut cut = cut_picture (scheme, n_in, use->conv->n_out, use->height, use->width);

  return g_size_checked_mul (n_floats, n_threads, slot_floats (scheme, &cut, n_in));
}

static void
winograd_chunk (gpointer data, guint i)
{
  const Run *run = data;
  const Cut *cut = &run->cut;
  const LimnConvPlan *plan = run->job.plan;
  guint split = i % cut->n_splits, segment = i / cut->n_splits % cut->n_segments;
  guint band = i / cut->n_splits / cut->n_segments, n_blocks = limn_planes_n_blocks (plan->n_in);
  guint end = MIN ((split + 1) * cut->split_panels, limn_conv_n_panels (plan->n_out));
  gsize most = (gsize) cut->rows * cut->columns, n_tiles;
  gsize offsets[LIMN_MAX_BLOCKS];
  LimnWinogradChunk chunk = { .offsets = offsets };

  chunk.first_row = limn_split_border (cut->tile_rows, band, cut->n_bands);
  chunk.first_column = limn_split_border (cut->tile_columns, segment, cut->n_segments);
  chunk.rows = limn_split_border (cut->tile_rows, band + 1, cut->n_bands) - chunk.first_row;
  chunk.columns =
      limn_split_border (cut->tile_columns, segment + 1, cut->n_segments) - chunk.first_column;
  chunk.points = run->scratch + limn_compute_get_slot () * run->slot_floats;
  chunk.products = chunk.points + limn_winograd_points_floats (run->job.scheme, plan->n_in, most);
  chunk.strip = chunk.products + limn_winograd_products_floats (run->job.scheme, most);

  n_tiles = (gsize) chunk.rows * chunk.columns;
  for (guint b = 0; b < n_blocks; b++)
    {
      offsets[b] = b * n_tiles * LIMN_BLOCK;
      limn_winograd_make_points (&run->job, &chunk, b);
    }
  for (guint panel = split * cut->split_panels; panel < end; panel++)
    {
      limn_winograd_multiply (&run->job, &chunk, panel, 0, n_blocks,
                              plan->weights
                                  + panel * limn_winograd_panel_floats (plan->n_in, plan->scheme));
      limn_winograd_make_pixels (&run->job, &chunk, panel);
    }
}

void
limn_winograd_run (LimnCompute *compute,
                   const LimnConvPlan *plan,
                   const LimnPlanes *in,
                   const LimnAffine *affine,
                   const LimnPlanes *add,
                   const LimnPlanes *out,
                   float *scratch)
{
  Run run = {
    .job = { plan, in, affine, add, out, limn_kernels (), plan->scheme },
    .scratch = scratch,
    .cut = cut_picture (plan->scheme, plan->n_in, plan->n_out, in->height, in->width),
  };

  g_assert (in->n_blocks <= LIMN_MAX_BLOCKS);
  run.slot_floats = slot_floats (plan->scheme, &run.cut, plan->n_in);
  limn_compute_run (compute, run.cut.n_bands * run.cut.n_segments * run.cut.n_splits,
                    winograd_chunk, &run);
}
