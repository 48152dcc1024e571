/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attention of every pixel to every pixel, one head as wide as the channels. */
#pragma once

#include "../tensor/planes.h"

G_BEGIN_DECLS

/* Floats of scratch for planes of this size; FALSE when that overflows. */
gboolean
limn_attention_scratch_size (guint n_channels, guint n_pixels, guint n_threads, gsize *n_floats);
/* q = softmax (q k^T / sqrt (C)) v; all three without a border, alike in size. */
void limn_attention_run (LimnCompute *compute,
                         const LimnPlanes *q,
                         const LimnPlanes *k,
                         const LimnPlanes *v,
                         float *scratch);

G_END_DECLS
