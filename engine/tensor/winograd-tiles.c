/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Winograd's transforms of pixels.  F(4x4, 3x3): tiles of 4x4 outputs are sums of
 * products of transformed weights with transformed inputs, 36 products for 16
 * outputs instead of 144; F(6x6, 3x3) does 36 outputs with 64 instead of 324, but
 * small pictures do not divide into such tiles as well.  See Lavin and Gray, "Fast
 * Algorithms for Convolutional Neural Networks", 2015.
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
 */
#include "winograd-private.h"

#include <string.h>

static const LimnWinogradScheme four = { LIMN_TILE_FOUR, 4, 6, 4, 6, 6, { 0, 1, 2, 3, 4, 5 } };
static const LimnWinogradScheme six = { LIMN_TILE_SIX, 6, 8, 6, 8, 8, { 0, 1, 2, 3, 4, 5, 6, 7 } };
static const LimnWinogradScheme doubled = { LIMN_TILE_DOUBLED, 4, 4, 2, 5, 4, { 0, 1, 2, 2, 3 } };

guint
limn_winograd_n_tiles (const LimnWinogradScheme *scheme, guint height, guint width)
{
  return limn_winograd_tiles_along (scheme, height) * limn_winograd_tiles_along (scheme, width);
}

LimnTileKind
limn_winograd_get_tile (const LimnWinogradScheme *scheme)
{
  return scheme->tile;
}

static guint64
count_products (const LimnWinogradScheme *scheme, const LimnConvUse *use)
{
  return (guint64) limn_winograd_n_tiles (scheme, use->height, use->width) * scheme->points
         * scheme->points;
}

const LimnWinogradScheme *
limn_winograd_choose (const LimnConvUse *use)
{
  if (use->kind == LIMN_CONV_UPSAMPLE)
    return &doubled;
  /* what takes as many is less exact, and more to transform */
  return count_products (&six, use) < count_products (&four, use) ? &six : &four;
}

/* Neighbouring pixels of one row, normalised if asked. */
static void
fill_pixels (const LimnWinogradJob *job, guint block, const float *row, guint n, float *to)
{
  guint c = block * LIMN_BLOCK;

  if (job->affine != NULL)
    job->kernels->normalize (row, n, job->affine->mean + c, job->affine->scale + c,
                             job->affine->bias + c, TRUE, to);
  else
    memcpy (to, row, n * LIMN_BLOCK * sizeof *to);
}

/* The strip of planes that wrap: piece by piece, as the picture goes on beyond its edges. */
static void
fill_wrapped_strip (const LimnWinogradJob *job, const LimnWinogradChunk *chunk, guint block)
{
  const LimnWinogradScheme *scheme = job->scheme;
  guint overlap = scheme->side - scheme->step, in_height = job->in->height;
  guint in_width = job->in->width, height = chunk->rows * scheme->step + overlap;
  guint width = chunk->columns * scheme->step + overlap;
  guint top = chunk->first_row * scheme->step + in_height - 1;
  guint left = chunk->first_column * scheme->step + in_width - 1;

  for (guint y = 0; y < height; y++)
    for (guint x = 0, n; x < width; x += n)
      {
        guint from = (left + x) % in_width;

        n = MIN (width - x, in_width - from);
        fill_pixels (job, block, limn_planes_at (job->in, block, (top + y) % in_height, from), n,
                     chunk->strip + ((gsize) y * width + x) * LIMN_BLOCK);
      }
}

/* Pixels of the strip, (0, 0) of which lies one up left of the first tile's, and
 * those of it that lie in the picture. */
static void
fill_strip (const LimnWinogradJob *job, const LimnWinogradChunk *chunk, guint block)
{
  const LimnWinogradScheme *scheme = job->scheme;
  guint overlap = scheme->side - scheme->step;
  guint height = chunk->rows * scheme->step + overlap;
  guint width = chunk->columns * scheme->step + overlap;
  guint top = chunk->first_row * scheme->step, left = chunk->first_column * scheme->step;
  guint from = left == 0 ? 1 : 0, end = MIN (width, job->in->width + 1 - left);

  for (guint y = 0; y < height; y++)
    {
      float *to = chunk->strip + (gsize) y * width * LIMN_BLOCK;

      if (top + y < 1 || top + y > job->in->height)
        {
          memset (to, 0, width * LIMN_BLOCK * sizeof *to);
          continue;
        }
      const float *row = limn_planes_at (job->in, block, top + y - 1, left + from - 1);
      memset (to, 0, from * LIMN_BLOCK * sizeof *to);
      memset (to + end * LIMN_BLOCK, 0, (width - end) * LIMN_BLOCK * sizeof *to);
      fill_pixels (job, block, row, end - from, to + from * LIMN_BLOCK);
    }
}

void
limn_winograd_make_points (const LimnWinogradJob *job, const LimnWinogradChunk *chunk, guint block)
{
  const LimnWinogradScheme *scheme = job->scheme;
  guint overlap = scheme->side - scheme->step;
  gsize width = (gsize) (chunk->columns * scheme->step + overlap) * LIMN_BLOCK;
  gsize block_floats = (gsize) chunk->rows * chunk->columns * LIMN_BLOCK;
  LimnTiles tiles = {
    .n = chunk->columns,
    .row_stride = width,
    .point_stride = limn_planes_n_blocks (job->plan->n_in) * block_floats,
  };

  if (job->in->wraps)
    fill_wrapped_strip (job, chunk, block);
  else
    fill_strip (job, chunk, block);
  for (guint row = 0; row < chunk->rows; row++)
    {
      tiles.pixels = chunk->strip + row * scheme->step * width;
      tiles.points =
          chunk->points + block * block_floats + (gsize) row * chunk->columns * LIMN_BLOCK;
      job->kernels->tiles_in[scheme->tile](&tiles);
    }
}

void
limn_winograd_multiply (const LimnWinogradJob *job,
                        const LimnWinogradChunk *chunk,
                        guint panel,
                        guint first_block,
                        guint n_k,
                        const float *weights)
{
  static const float no_bias[LIMN_PANEL] = { 0 };
  const LimnWinogradScheme *scheme = job->scheme;
  guint n_tiles = chunk->rows * chunk->columns;
  gsize input_floats = (gsize) limn_planes_n_blocks (job->plan->n_in) * n_tiles * LIMN_BLOCK;
  LimnGemm gemm = {
    .offsets = chunk->offsets + first_block,
    .n_k = n_k,
    .m = n_tiles,
    .w = weights,
    .bias = no_bias,
    .out = chunk->products,
    .out_stride = (gsize) n_tiles * LIMN_BLOCK,
    .n_out_blocks = limn_conv_blocks_of_panel (job->plan, panel),
  };

  for (guint y = 0; y < scheme->points; y++)
    for (guint x = 0; x < scheme->points; x++)
      {
        guint input = scheme->input_of_point[y] * scheme->inputs + scheme->input_of_point[x];

        gemm.a = chunk->points + input * input_floats;
        gemm.add = first_block > 0 ? gemm.out : NULL;
        job->kernels->gemm (&gemm);
        gemm.w += (gsize) n_k * LIMN_BLOCK * LIMN_PANEL;
        gemm.out += 2 * gemm.out_stride;
      }
}

static void
make_pixels_of_block (const LimnWinogradJob *job,
                      const LimnWinogradChunk *chunk,
                      guint block,
                      const float *products)
{
  guint n_tiles = chunk->rows * chunk->columns, side = job->scheme->outputs;
  guint x = chunk->first_column * side;

  for (guint row = 0; row < chunk->rows; row++)
    {
      guint y = (chunk->first_row + row) * side;
      LimnTiles tiles = {
        .n = chunk->columns,
        .pixels = limn_planes_at (job->out, block, y, x),
        .row_stride = job->out->row_stride,
        .points = (float *) products + (gsize) row * chunk->columns * LIMN_BLOCK,
        .point_stride = (gsize) 2 * n_tiles * LIMN_BLOCK,
        .bias = job->plan->bias + block * LIMN_BLOCK,
        .add = job->add != NULL ? limn_planes_at (job->add, block, y, x) : NULL,
        .height = job->out->height - y,
        .width = job->out->width - x,
      };
      job->kernels->tiles_out[job->scheme->tile](&tiles);
    }
}

void
limn_winograd_make_pixels (const LimnWinogradJob *job, const LimnWinogradChunk *chunk, guint panel)
{
  gsize half_floats = (gsize) chunk->rows * chunk->columns * LIMN_BLOCK;
  guint n = limn_conv_blocks_of_panel (job->plan, panel);

  for (guint half = 0; half < n; half++)
    make_pixels_of_block (job, chunk, 2 * panel + half, chunk->products + half * half_floats);
}
