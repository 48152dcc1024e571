/* SPDX-License-Identifier: GPL-3.0-or-later */
/* VQGAN encoder: a picture becomes a grid of image tokens. */
#pragma once

#include "../model/model-private.h"
#include "../tensor/compute.h"

G_BEGIN_DECLS

/* Sides must be multiples of limn_vqgan_encoder_pixels_per_token().
 * rgb (height, width, 3), 0 .. 1 -> ids (height / P * width / P), and if z is not
 * NULL the vectors before they were rounded to codes, (tokens, embed_dim). */
gboolean limn_vqgan_encode (LimnModel *model,
                            LimnCompute *compute,
                            const float *rgb,
                            guint height,
                            guint width,
                            guint32 *ids,
                            float *z,
                            GCancellable *cancellable,
                            GError **error);
guint limn_vqgan_encoder_pixels_per_token (LimnModel *model);
guint64 limn_vqgan_encoder_bytes (LimnModel *model, guint height, guint width, guint n_threads);

G_END_DECLS
