/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Winograd's way through 3x3 convolutions; conv.c decides where it is taken. */
#pragma once

#include "conv.h"

G_BEGIN_DECLS

/* Floats of the weights of one panel of 32 outputs. */
gsize limn_winograd_panel_floats (guint n_in, LimnConvKind kind);
/* Taps of 32 outputs and one input (9, 32) -> to[point * point_stride + output]. */
void limn_winograd_prepare (LimnConvKind kind, const float *taps, float *to, gsize point_stride);

/* As limn_conv_scratch_size() and limn_conv_run(). */
gboolean limn_winograd_scratch_size (const LimnConvUse *use, guint n_threads, gsize *n_floats);
void limn_winograd_run (LimnCompute *compute,
                        const LimnConvPlan *plan,
                        const LimnPlanes *in,
                        const LimnAffine *affine,
                        const LimnPlanes *add,
                        const LimnPlanes *out,
                        float *scratch);

G_END_DECLS
