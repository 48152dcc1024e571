/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Winograd's way through 3x3 convolutions; conv.c decides where it is taken, and how. */
#pragma once

#include "conv.h"

G_BEGIN_DECLS

/* The tiles that take the fewest products. */
const LimnWinogradScheme *limn_winograd_choose (const LimnConvUse *use);
/* Of the picture. */
guint limn_winograd_n_tiles (const LimnWinogradScheme *scheme, guint height, guint width);
/* Its entry in the tables of kernels. */
LimnTileKind limn_winograd_get_tile (const LimnWinogradScheme *scheme);

/* ---- with weights transformed beforehand ---- */

/* Floats of the weights of one panel of 32 outputs, (points^2, n_in_blocks * 16, 32). */
gsize limn_winograd_panel_floats (guint n_in, const LimnWinogradScheme *scheme);
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
