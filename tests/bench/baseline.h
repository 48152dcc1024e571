/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The same work done the plain way: OpenBLAS's sgemm for every product, also
 * for the few rows of a decoder step; sgemv for attention; im2col and sgemm for
 * convolutions.  Numbers mean nothing here, only their count does.
 */
#pragma once

#include "engine/model/model-private.h"

G_BEGIN_DECLS

/* Seconds of the encoder for n_rows text tokens. */
double baseline_time_encoder (LimnModel *model, guint n_rows, guint n_threads);
/* Seconds of all steps for n_rows rows and n_keys text tokens; n_measured of them are run. */
double baseline_time_steps (LimnModel *model,
                            guint n_rows,
                            guint n_keys,
                            guint n_measured,
                            guint n_threads);
/* Seconds of one picture's VQGAN decoder; norms and activations are left out. */
double baseline_time_render (LimnModel *model, guint n_threads);
/* Floating-point operations of one, two a multiplication. */
double baseline_count_render (LimnModel *model);
/* Which of OpenBLAS's kernels run here. */
const char *baseline_get_core (void);

G_END_DECLS
