/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Winograd's way through 3x3 convolutions; conv.c decides where it is taken, and how. */
#pragma once

#include "conv.h"

G_BEGIN_DECLS

/* Tiles of the picture. */
guint limn_winograd_n_tiles (const LimnConvUse *use);

/* ---- with weights transformed beforehand ---- */

/* Floats of the weights of one panel of 32 outputs, (points^2, n_in_blocks * 16, 32). */
gsize limn_winograd_panel_floats (guint n_in, LimnConvKind kind);
/* As limn_conv_scratch_size() and limn_conv_run(). */
gboolean limn_winograd_scratch_size (const LimnConvUse *use, guint n_threads, gsize *n_floats);
void limn_winograd_run (LimnCompute *compute,
                        const LimnConvPlan *plan,
                        const LimnPlanes *in,
                        const LimnAffine *affine,
                        const LimnPlanes *add,
                        const LimnPlanes *out,
                        float *scratch);

/* ---- with taps as for a direct convolution, for few tiles ---- */

gboolean limn_winograd_late_scratch_size (const LimnConvUse *use, guint n_threads, gsize *n_floats);
void limn_winograd_late_run (LimnCompute *compute,
                             const LimnConvPlan *plan,
                             const LimnPlanes *in,
                             const LimnAffine *affine,
                             const LimnPlanes *add,
                             const LimnPlanes *out,
                             float *scratch);

G_END_DECLS
