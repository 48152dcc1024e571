/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Convolutions over blocked planes.  A LimnConvPlan holds a convolution's
 * weights in the order its kernel reads them; made once, used for any picture.
 */
#pragma once

#include "planes.h"

G_BEGIN_DECLS

typedef enum
{
  LIMN_CONV_SAME,     /* as large as the input; size 3 pads one zero pixel all around */
  LIMN_CONV_UPSAMPLE, /* every pixel doubled both ways, then a 3x3 LIMN_CONV_SAME */
  LIMN_CONV_HALVE,    /* 3x3, every second pixel, one zero row and column at bottom and right */
} LimnConvKind;

typedef enum
{
  LIMN_CONV_DIRECT,
  LIMN_CONV_WINOGRAD,      /* weights are transformed beforehand, */
  LIMN_CONV_WINOGRAD_LATE, /* or each time */
} LimnConvWay;

typedef struct _LimnWinogradScheme LimnWinogradScheme;

/* What a plan is made for: one convolution at one size. */
typedef struct
{
  const LimnConv *conv; /* borrowed */
  LimnConvKind kind;
  guint height; /* of the input */
  guint width;
} LimnConvUse;

typedef struct
{
  /* owned */
  float *weights; /* (n_panels, products, n_in_blocks * 16, 32) */
  float *bias;    /* (n_panels * 32) */
  /* settings */
  LimnConvKind kind;
  guint n_in;
  guint n_out;
  guint n_taps; /* 1 or 9 */
  LimnConvWay way;
  const LimnWinogradScheme *scheme; /* of the ways of Winograd; borrowed, static */
} LimnConvPlan;

static inline guint
limn_conv_n_panels (guint n_channels)
{
  return (n_channels + LIMN_PANEL - 1) / LIMN_PANEL;
}

/* The last panel may be half a one. */
static inline guint
limn_conv_blocks_of_panel (const LimnConvPlan *plan, guint panel)
{
  return MIN (2, limn_planes_n_blocks (plan->n_out) - 2 * panel);
}

/* Floats that offsets take at the start of a scratch, so that what follows stays aligned. */
static inline gsize
limn_conv_offset_floats (gsize n_offsets)
{
  gsize n = n_offsets * (sizeof (gsize) / sizeof (float));

  return (n + LIMN_BLOCK - 1) / LIMN_BLOCK * LIMN_BLOCK;
}

/* Bytes that limn_conv_plan_init() will allocate. */
gsize limn_conv_plan_bytes (const LimnConvUse *use);
gboolean limn_conv_plan_init (LimnConvPlan *plan,
                              LimnCompute *compute,
                              const LimnConvUse *use,
                              GError **error);
void limn_conv_plan_clear (LimnConvPlan *plan);

/* Floats of scratch that limn_conv_run() wants; FALSE when that overflows. */
gboolean limn_conv_scratch_size (const LimnConvUse *use, guint n_threads, gsize *n_floats);
/* out = conv (in) + add, or conv (swish (affine (in))) + add with an affine; add NULL or as
 * large as out, and may be out.  in needs a border for 3x3 kernels without affine, which is filled
 * if in wraps.  The border of out stays. */
void limn_conv_run (LimnCompute *compute,
                    const LimnConvPlan *plan,
                    const LimnPlanes *in,
                    const LimnAffine *affine,
                    const LimnPlanes *add,
                    const LimnPlanes *out,
                    float *scratch);

G_END_DECLS
