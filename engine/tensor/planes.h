/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pictures inside the VQGAN: sixteen neighbouring channels of a pixel lie side
 * by side, (C / 16, border + H + border, border + W + border, 16).  The border
 * is zero, so that a convolution needs no special case at the edges; channels
 * that fill up the last block are zero too.
 */
#pragma once

#include "compute.h"
#include "kernels.h"

G_BEGIN_DECLS

#define LIMN_MAX_BLOCKS 1024 /* of channels, in planes that are convolved */

typedef struct
{
  guint n_channels;
  guint n_blocks; /* of sixteen channels */
  guint height;
  guint width;
  gsize row_stride;   /* in floats */
  gsize block_stride; /* in floats */
  gboolean wraps;     /* beyond an edge convolutions see the opposite one instead of zeros */
  float *data;        /* borrowed: pixel (0, 0) of the first block */
} LimnPlanes;

static inline guint
limn_planes_n_blocks (guint n_channels)
{
  return n_channels / LIMN_BLOCK + (n_channels % LIMN_BLOCK != 0);
}

/* Floats that such planes take, FALSE when that overflows. */
gboolean
limn_planes_size (guint n_channels, guint height, guint width, guint border, gsize *n_floats);
/* Lays planes out in memory (aligned to 64 bytes) and clears the border. */
void limn_planes_init (LimnPlanes *planes,
                       guint n_channels,
                       guint height,
                       guint width,
                       guint border,
                       float *memory);

static inline float *
limn_planes_at (const LimnPlanes *planes, guint block, guint y, guint x)
{
  return planes->data + block * planes->block_stride + y * planes->row_stride
         + (gsize) x * LIMN_BLOCK;
}

/* Copies the opposite edges into the border of planes that wrap. */
void limn_planes_fill_border (LimnCompute *compute, const LimnPlanes *planes);

/* One pixel from or to its channels (n_channels). */
void limn_planes_set_pixel (const LimnPlanes *planes, guint y, guint x, const float *channels);
void limn_planes_get_pixel (const LimnPlanes *planes, guint y, guint x, float *channels);

/* A group norm whose statistics are known: out = (x - mean) * scale + bias. */
typedef struct
{
  float *mean; /* each (n_blocks * 16) */
  float *scale;
  float *bias;
} LimnAffine;

/* Numbers (double) that limn_group_norm_measure() wants as scratch. */
gsize limn_group_norm_n_scratch (const LimnPlanes *x);
/* Statistics of x in n_groups groups of channels: biased variance, eps below the root. */
void limn_group_norm_measure (LimnCompute *compute,
                              const LimnPlanes *x,
                              const LimnNorm *norm,
                              guint n_groups,
                              float eps,
                              double *scratch,
                              LimnAffine *affine);
/* out = affine (x), and swish of it if asked; out may be x. */
void limn_planes_normalize (LimnCompute *compute,
                            const LimnPlanes *x,
                            const LimnAffine *affine,
                            gboolean is_swish,
                            const LimnPlanes *out);

G_END_DECLS
