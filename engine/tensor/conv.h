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

typedef struct
{
  /* owned */
  float *weights; /* (n_panels, n_k * 16, 32) */
  float *bias;    /* (n_panels * 32) */
  /* settings */
  LimnConvKind kind;
  guint n_in;
  guint n_out;
  guint n_taps; /* 1 or 9 */
} LimnConvPlan;

/* Bytes that limn_conv_plan_init() will allocate. */
gsize limn_conv_plan_bytes (const LimnConv *conv, LimnConvKind kind);
gboolean limn_conv_plan_init (LimnConvPlan *plan,
                              LimnCompute *compute,
                              const LimnConv *conv,
                              LimnConvKind kind,
                              GError **error);
void limn_conv_plan_clear (LimnConvPlan *plan);

/* Floats of scratch that limn_conv_run() wants for an input of this size; FALSE when that
 * overflows. */
gboolean limn_conv_scratch_size (const LimnConv *conv,
                                 LimnConvKind kind,
                                 guint height,
                                 guint width,
                                 guint n_threads,
                                 gsize *n_floats);
/* out = conv (in) + add; add NULL or as large as out, and may be out.  in needs a border for
 * 3x3 kernels.  The border of out stays. */
void limn_conv_run (LimnCompute *compute,
                    const LimnConvPlan *plan,
                    const LimnPlanes *in,
                    const LimnPlanes *add,
                    const LimnPlanes *out,
                    float *scratch);

G_END_DECLS
