/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two ways to run a Winograd convolution share: winograd.c, winograd-late.c. */
#pragma once

#include "winograd.h"

G_BEGIN_DECLS

struct _LimnWinogradScheme
{
  LimnTileKind tile;
  guint outputs;           /* pixels that come out of a tile, along a side */
  guint side;              /* pixels that go into a tile, along a side */
  guint step;              /* from one tile to the next, in pixels of the input */
  guint points;            /* products, along a side */
  guint inputs;            /* different inputs of them, along a side */
  guint input_of_point[8]; /* which goes with each product, along a side */
};

/* All borrowed. */
typedef struct
{
  const LimnConvPlan *plan;
  const LimnPlanes *in;
  const LimnAffine *affine;
  const LimnPlanes *add;
  const LimnPlanes *out;
  const LimnKernels *kernels;
  const LimnWinogradScheme *scheme;
} LimnWinogradJob;

/* Some tiles of the picture, in a rectangle. */
typedef struct
{
  guint first_row, first_column; /* in tiles */
  guint rows, columns;           /* in tiles */
  /* borrowed */
  float *strip;         /* one block of channels: (pixel rows, pixel columns, 16) */
  float *points;        /* (inputs^2, n_in_blocks, tiles, 16) */
  float *products;      /* (points^2, 2, tiles, 16) */
  const gsize *offsets; /* (n_in_blocks): of the points of each block */
} LimnWinogradChunk;

/* Tiles side by side, for so many pixels of the input. */
static inline guint
limn_winograd_tiles_along (const LimnWinogradScheme *scheme, guint n_pixels)
{
  return (n_pixels + scheme->step - 1) / scheme->step;
}

/* Floats of a chunk's strip, of its points and of its products. */
static inline gsize
limn_winograd_strip_floats (const LimnWinogradScheme *scheme, guint rows, guint columns)
{
  guint overlap = scheme->side - scheme->step;

  return (gsize) (rows * scheme->step + overlap) * (columns * scheme->step + overlap) * LIMN_BLOCK;
}

static inline gsize
limn_winograd_points_floats (const LimnWinogradScheme *scheme, guint n_in, gsize n_tiles)
{
  return (gsize) scheme->inputs * scheme->inputs * limn_planes_n_blocks (n_in) * n_tiles
         * LIMN_BLOCK;
}

static inline gsize
limn_winograd_products_floats (const LimnWinogradScheme *scheme, gsize n_tiles)
{
  return (gsize) scheme->points * scheme->points * 2 * n_tiles * LIMN_BLOCK;
}

/* Pixels of one block of channels, normalised on the way if asked, to the chunk's points. */
void
limn_winograd_make_points (const LimnWinogradJob *job, const LimnWinogradChunk *chunk, guint block);
/* One panel's products of n_k blocks of input channels with weights (points^2, n_k * 16, 32):
 * the first ones, or added to those of the blocks before. */
void limn_winograd_multiply (const LimnWinogradJob *job,
                             const LimnWinogradChunk *chunk,
                             guint panel,
                             guint first_block,
                             guint n_k,
                             const float *weights);
/* One panel's products to pixels. */
void
limn_winograd_make_pixels (const LimnWinogradJob *job, const LimnWinogradChunk *chunk, guint panel);

G_END_DECLS
