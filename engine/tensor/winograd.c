/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * 3x3 convolutions in Winograd's way: tiles of 4x4 outputs are sums of products
 * of transformed weights with transformed inputs, 36 products for 16 outputs
 * instead of 144.  F(4x4, 3x3), see Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks", 2015.
 *
 * A picture that is doubled before the convolution has only four different
 * pixels a, b, c, d (instead of six) along a tile's side, and its outputs are
 *
 *   y0 = g0 a + (g1 + g2) b      y2 = g0 b + (g1 + g2) c
 *   y1 = (g0 + g1) b + g2 c      y3 = (g0 + g1) c + g2 d
 *
 * which five products give, with s = g0 + g1 + g2:
 *
 *   p = g0 (a - c)   q = s/2 (b + c)   u = (s/2 - g0) (c - b)
 *   v = (g2 - s/2) (c - b)   w = g2 (d - b)
 *   y0 = p + q - u   y1 = q + v   y2 = q + u   y3 = w + q - v
 *
 * so that 25 products do for 16 outputs.
 *
 * A chunk of work is a few rows of tiles: its pixels (normalised on the way, if
 * asked) become points, each point's channels go through a matrix product with
 * that point's weights, and the results become pixels again; all of it stays in
 * the second cache.
 */
#include "winograd.h"
#include "compute-private.h"

#include <string.h>

#define TILE          4            /* outputs along a tile's side */
#define POINTS_FLOATS (400 * 1024) /* of a chunk's points at most, if there is a choice */
#define FEW_CHUNKS    8            /* then the outputs are split, too */

typedef struct
{
  guint side;   /* pixels that go into a tile, along a side */
  guint step;   /* from one tile to the next, in pixels of the input */
  guint points; /* products, along a side */
  guint inputs; /* different inputs of them, along a side */
} Scheme;

/* How a picture is cut into chunks; a function of the sizes alone. */
typedef struct
{
  guint tile_rows, tile_columns; /* of the picture */
  guint rows, columns;           /* of a chunk */
  guint n_bands, n_segments, n_splits;
  guint split_panels;
} Cut;

typedef struct
{
  /* borrowed */
  const LimnConvPlan *plan;
  const LimnPlanes *in;
  const LimnAffine *affine;
  const LimnPlanes *add;
  const LimnPlanes *out;
  const LimnKernels *kernels;
  float *scratch; /* (n_threads, slot_floats) */
  gsize slot_floats;
  const Scheme *scheme;
  Cut cut;
} Run;

static const Scheme schemes[] = {
  [LIMN_CONV_SAME] = { 6, 4, 6, 6 },
  [LIMN_CONV_UPSAMPLE] = { 4, 2, 5, 4 },
};

/* Which of the inputs goes with each product, along a side. */
static const guint input_of_point[][6] = {
  [LIMN_CONV_SAME] = { 0, 1, 2, 3, 4, 5 },
  [LIMN_CONV_UPSAMPLE] = { 0, 1, 2, 2, 3 },
};

static guint
blocks_of (guint n_channels)
{
  return (n_channels + LIMN_BLOCK - 1) / LIMN_BLOCK;
}

static guint
panels_of (guint n_channels)
{
  return (n_channels + LIMN_PANEL - 1) / LIMN_PANEL;
}

/* ==== weights ============================================================ */

gsize
limn_winograd_panel_floats (guint n_in, LimnConvKind kind)
{
  guint points = schemes[kind].points;

  return (gsize) points * points * blocks_of (n_in) * LIMN_BLOCK * LIMN_PANEL;
}

/* Some outputs side by side. */
#define N_LANES 4
typedef double Lanes __attribute__ ((vector_size (N_LANES * sizeof (double))));
typedef float FewFloats __attribute__ ((vector_size (N_LANES * sizeof (float)), aligned (4)));

/* Three taps, step apart, to the weights of the products along a side. */
static void
transform_taps (LimnConvKind kind, const Lanes *g, guint step, Lanes *to)
{
  Lanes g0 = g[0], g1 = g[step], g2 = g[2 * step], half = (g0 + g1 + g2) / 2;

  if (kind == LIMN_CONV_UPSAMPLE)
    {
      to[0] = g0;
      to[1] = half;
      to[2] = half - g0;
      to[3] = g2 - half;
      to[4] = g2;
      return;
    }
  to[0] = g0 / 4;
  to[1] = -(g0 + g1 + g2) / 6;
  to[2] = -(g0 - g1 + g2) / 6;
  to[3] = (g0 + 2 * g1 + 4 * g2) / 24;
  to[4] = (g0 - 2 * g1 + 4 * g2) / 24;
  to[5] = g2;
}

static void
prepare_lanes (LimnConvKind kind, const float *taps, float *to, gsize point_stride)
{
  guint points = schemes[kind].points;
  Lanes wide[9], columns[3][6], line[3], out[6];

  for (guint t = 0; t < 9; t++)
    wide[t] = __builtin_convertvector(*(const FewFloats *) (taps + t * LIMN_PANEL), Lanes);
  for (guint x = 0; x < 3; x++)
    transform_taps (kind, wide + x, 3, columns[x]);
  for (guint y = 0; y < points; y++)
    {
      for (guint x = 0; x < 3; x++)
        line[x] = columns[x][y];
      transform_taps (kind, line, 1, out);
      for (guint x = 0; x < points; x++)
        *(FewFloats *) (to + (y * points + x) * point_stride) =
            __builtin_convertvector(out[x], FewFloats);
    }
}

void
limn_winograd_prepare (LimnConvKind kind, const float *taps, float *to, gsize point_stride)
{
  for (guint o = 0; o < LIMN_PANEL; o += N_LANES)
    prepare_lanes (kind, taps + o, to + o, point_stride);
}

/* ==== cutting ============================================================ */

static gsize
strip_pixels (const Scheme *scheme, const Cut *cut)
{
  guint overlap = scheme->side - scheme->step;

  return (gsize) (cut->rows * scheme->step + overlap) * (cut->columns * scheme->step + overlap);
}

/* Chunks of up to most tiles that lie in n_segments side by side. */
static void
cut_into_segments (Cut *cut, guint n_segments, guint most)
{
  cut->columns = (cut->tile_columns + n_segments - 1) / n_segments;
  cut->n_segments = (cut->tile_columns + cut->columns - 1) / cut->columns;
  cut->rows = CLAMP (most / cut->columns, 1, cut->tile_rows);
  cut->n_bands = (cut->tile_rows + cut->rows - 1) / cut->rows;
  cut->rows = (cut->tile_rows + cut->n_bands - 1) / cut->n_bands;
}

/* As square as possible, since what overlaps is read and normalised more than once. */
static Cut
cut_picture (const Scheme *scheme, guint n_in, guint n_out, guint height, guint width)
{
  gsize tile_floats = (gsize) scheme->inputs * scheme->inputs * blocks_of (n_in) * LIMN_BLOCK;
  guint most = MAX (8, POINTS_FLOATS / tile_floats), n_panels = panels_of (n_out);
  guint64 least = G_MAXUINT64;
  Cut best = { 0 }, cut = {
    .tile_rows = (height + scheme->step - 1) / scheme->step,
    .tile_columns = (width + scheme->step - 1) / scheme->step,
    .n_splits = 1,
  };

  for (guint n = (cut.tile_columns + most - 1) / most; n <= cut.tile_columns; n++)
    {
      guint64 pixels;

      cut_into_segments (&cut, n, most);
      pixels = (guint64) cut.n_bands * cut.n_segments * strip_pixels (scheme, &cut);
      if (pixels < least)
        {
          least = pixels;
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
points_floats (const Scheme *scheme, const Cut *cut, guint n_in)
{
  return (gsize) scheme->inputs * scheme->inputs * blocks_of (n_in) * cut->rows * cut->columns
         * LIMN_BLOCK;
}

static gsize
products_floats (const Scheme *scheme, const Cut *cut)
{
  return (gsize) scheme->points * scheme->points * 2 * cut->rows * cut->columns * LIMN_BLOCK;
}

static gsize
slot_floats (const Scheme *scheme, const Cut *cut, guint n_in)
{
  return strip_pixels (scheme, cut) * LIMN_BLOCK + points_floats (scheme, cut, n_in)
         + products_floats (scheme, cut);
}

gboolean
limn_winograd_scratch_size (const LimnConvUse *use, guint n_threads, gsize *n_floats)
{
  const Scheme *scheme = &schemes[use->kind];
  guint n_in = use->conv->n_in;
  Cut cut = cut_picture (scheme, n_in, use->conv->n_out, use->height, use->width);

  return g_size_checked_mul (n_floats, n_threads, slot_floats (scheme, &cut, n_in));
}

/* ==== a chunk ============================================================ */

typedef struct
{
  guint first_row, first_column;  /* in tiles */
  guint rows, columns;            /* in tiles */
  float *strip;                   /* one block of channels: (pixel rows, pixel columns, 16) */
  float *points;                  /* (inputs^2, n_in_blocks, tiles, 16) */
  float *products;                /* (points^2, 2, tiles, 16) */
  gsize offsets[LIMN_MAX_BLOCKS]; /* of the points of each block */
} Chunk;

/* Neighbouring pixels of one row, normalised if asked. */
static void
fill_pixels (const Run *run, guint block, const float *row, guint n, float *to)
{
  guint c = block * LIMN_BLOCK;

  if (run->affine != NULL)
    run->kernels->normalize (row, n, run->affine->mean + c, run->affine->scale + c,
                             run->affine->bias + c, TRUE, to);
  else
    memcpy (to, row, n * LIMN_BLOCK * sizeof *to);
}

/* The strip of planes that wrap: piece by piece, as the picture goes on beyond its edges. */
static void
fill_wrapped_strip (const Run *run, const Chunk *chunk, guint block)
{
  const Scheme *scheme = run->scheme;
  guint overlap = scheme->side - scheme->step, in_height = run->in->height;
  guint in_width = run->in->width, height = chunk->rows * scheme->step + overlap;
  guint width = chunk->columns * scheme->step + overlap;
  guint top = chunk->first_row * scheme->step + in_height - 1;
  guint left = chunk->first_column * scheme->step + in_width - 1;

  for (guint y = 0; y < height; y++)
    for (guint x = 0, n; x < width; x += n)
      {
        guint from = (left + x) % in_width;

        n = MIN (width - x, in_width - from);
        fill_pixels (run, block, limn_planes_at (run->in, block, (top + y) % in_height, from), n,
                     chunk->strip + ((gsize) y * width + x) * LIMN_BLOCK);
      }
}

/* Pixels of the strip, (0, 0) of which lies one up left of the first tile's, and
 * those of it that lie in the picture. */
static void
fill_strip (const Run *run, const Chunk *chunk, guint block)
{
  const Scheme *scheme = run->scheme;
  guint overlap = scheme->side - scheme->step;
  guint height = chunk->rows * scheme->step + overlap;
  guint width = chunk->columns * scheme->step + overlap;
  guint top = chunk->first_row * scheme->step, left = chunk->first_column * scheme->step;
  guint from = left == 0 ? 1 : 0, end = MIN (width, run->in->width + 1 - left);

  for (guint y = 0; y < height; y++)
    {
      float *to = chunk->strip + (gsize) y * width * LIMN_BLOCK;

      if (top + y < 1 || top + y > run->in->height)
        {
          memset (to, 0, width * LIMN_BLOCK * sizeof *to);
          continue;
        }
      const float *row = limn_planes_at (run->in, block, top + y - 1, left + from - 1);
      memset (to, 0, from * LIMN_BLOCK * sizeof *to);
      memset (to + end * LIMN_BLOCK, 0, (width - end) * LIMN_BLOCK * sizeof *to);
      fill_pixels (run, block, row, end - from, to + from * LIMN_BLOCK);
    }
}

static void
make_points (const Run *run, const Chunk *chunk)
{
  const Scheme *scheme = run->scheme;
  guint overlap = scheme->side - scheme->step, n_blocks = blocks_of (run->plan->n_in);
  gsize width = (gsize) (chunk->columns * scheme->step + overlap) * LIMN_BLOCK;
  gsize block_floats = (gsize) chunk->rows * chunk->columns * LIMN_BLOCK;
  LimnTiles tiles = {
    .n = chunk->columns,
    .row_stride = width,
    .point_stride = n_blocks * block_floats,
  };

  for (guint block = 0; block < n_blocks; block++)
    {
      if (run->in->wraps)
        fill_wrapped_strip (run, chunk, block);
      else
        fill_strip (run, chunk, block);
      for (guint row = 0; row < chunk->rows; row++)
        {
          tiles.pixels = chunk->strip + row * scheme->step * width;
          tiles.points =
              chunk->points + block * block_floats + (gsize) row * chunk->columns * LIMN_BLOCK;
          if (run->plan->kind == LIMN_CONV_UPSAMPLE)
            run->kernels->doubling_in (&tiles);
          else
            run->kernels->tiles_in (&tiles);
        }
    }
}

static void
multiply (const Run *run, const Chunk *chunk, guint panel, guint n_out_blocks)
{
  static const float no_bias[LIMN_PANEL] = { 0 };
  const Scheme *scheme = run->scheme;
  const guint *input = input_of_point[run->plan->kind];
  guint n_blocks = blocks_of (run->plan->n_in), n_tiles = chunk->rows * chunk->columns;
  gsize input_floats = (gsize) n_blocks * n_tiles * LIMN_BLOCK;
  LimnGemm gemm = {
    .offsets = chunk->offsets,
    .n_k = n_blocks,
    .m = n_tiles,
    .w = run->plan->weights + panel * limn_winograd_panel_floats (run->plan->n_in, run->plan->kind),
    .bias = no_bias,
    .out = chunk->products,
    .out_stride = (gsize) n_tiles * LIMN_BLOCK,
    .n_out_blocks = n_out_blocks,
  };

  for (guint y = 0; y < scheme->points; y++)
    for (guint x = 0; x < scheme->points; x++)
      {
        gemm.a = chunk->points + (input[y] * scheme->inputs + input[x]) * input_floats;
        run->kernels->gemm (&gemm);
        gemm.w += (gsize) n_blocks * LIMN_BLOCK * LIMN_PANEL;
        gemm.out += 2 * gemm.out_stride;
      }
}

static void
make_pixels (const Run *run, const Chunk *chunk, guint block, const float *products)
{
  guint n_tiles = chunk->rows * chunk->columns, x = chunk->first_column * TILE;

  for (guint row = 0; row < chunk->rows; row++)
    {
      guint y = (chunk->first_row + row) * TILE;
      LimnTiles tiles = {
        .n = chunk->columns,
        .pixels = limn_planes_at (run->out, block, y, x),
        .row_stride = run->out->row_stride,
        .points = (float *) products + (gsize) row * chunk->columns * LIMN_BLOCK,
        .point_stride = (gsize) 2 * n_tiles * LIMN_BLOCK,
        .bias = run->plan->bias + block * LIMN_BLOCK,
        .add = run->add != NULL ? limn_planes_at (run->add, block, y, x) : NULL,
        .height = run->out->height - y,
        .width = run->out->width - x,
      };
      if (run->plan->kind == LIMN_CONV_UPSAMPLE)
        run->kernels->doubling_out (&tiles);
      else
        run->kernels->tiles_out (&tiles);
    }
}

static void
winograd_chunk (gpointer data, guint i)
{
  const Run *run = data;
  const Cut *cut = &run->cut;
  guint split = i % cut->n_splits, segment = i / cut->n_splits % cut->n_segments;
  guint band = i / cut->n_splits / cut->n_segments, n_blocks = blocks_of (run->plan->n_out);
  guint end = MIN ((split + 1) * cut->split_panels, panels_of (run->plan->n_out));
  Chunk chunk;

  chunk.first_row = band * cut->rows;
  chunk.first_column = segment * cut->columns;
  chunk.rows = MIN (cut->rows, cut->tile_rows - chunk.first_row);
  if (chunk.first_column >= cut->tile_columns)
    return;
  chunk.columns = MIN (cut->columns, cut->tile_columns - chunk.first_column);
  chunk.points = run->scratch + limn_compute_get_slot () * run->slot_floats;
  chunk.products = chunk.points + points_floats (run->scheme, cut, run->plan->n_in);
  chunk.strip = chunk.products + products_floats (run->scheme, cut);

  for (guint b = 0; b < blocks_of (run->plan->n_in); b++)
    chunk.offsets[b] = (gsize) b * chunk.rows * chunk.columns * LIMN_BLOCK;
  make_points (run, &chunk);
  for (guint panel = split * cut->split_panels; panel < end; panel++)
    {
      guint n = MIN (2, n_blocks - 2 * panel);

      multiply (run, &chunk, panel, n);
      for (guint half = 0; half < n; half++)
        make_pixels (run, &chunk, 2 * panel + half,
                     chunk.products + (gsize) half * chunk.rows * chunk.columns * LIMN_BLOCK);
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
  const Scheme *scheme = &schemes[plan->kind];
  Run run = {
    .plan = plan,
    .in = in,
    .affine = affine,
    .add = add,
    .out = out,
    .kernels = limn_kernels (),
    .scratch = scratch,
    .scheme = scheme,
    .cut = cut_picture (scheme, plan->n_in, plan->n_out, in->height, in->width),
  };

  g_assert (in->n_blocks <= LIMN_MAX_BLOCKS);
  run.slot_floats = slot_floats (scheme, &run.cut, plan->n_in);
  limn_compute_run (compute, run.cut.n_bands * run.cut.n_segments * run.cut.n_splits,
                    winograd_chunk, &run);
}
