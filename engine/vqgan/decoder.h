/* SPDX-License-Identifier: GPL-3.0-or-later */
/* VQGAN decoder: a grid of image tokens becomes a picture. */
#pragma once

#include "../model/model-private.h"
#include "../tensor/compute.h"

G_BEGIN_DECLS

/* A decoder for grids of one size, ready to make any number of pictures one after
 * another: prepared weights and working memory.  Borrows model and compute. */
typedef struct _LimnVqganDecoder LimnVqganDecoder;

LimnVqganDecoder *limn_vqgan_decoder_new (LimnModel *model,
                                          LimnCompute *compute,
                                          guint grid_height,
                                          guint grid_width,
                                          GError **error);
void limn_vqgan_decoder_free (LimnVqganDecoder *decoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnVqganDecoder, limn_vqgan_decoder_free)

/* From the next picture on: whether its edges meet, so that it can be repeated without a seam. */
void limn_vqgan_decoder_set_wraps (LimnVqganDecoder *decoder, gboolean wraps);

/* Bytes that a decoder takes, its prepared weights included; 0 when the model has none. */
guint64
limn_vqgan_decoder_bytes (LimnModel *model, guint grid_height, guint grid_width, guint n_threads);
/* Pixels along one token's side. */
guint limn_vqgan_pixels_per_token (LimnModel *model);

/* ids (grid_height * grid_width), row by row -> rgb (height, width, 3) before clipping.
 * Cancelled between layers.  Allocates nothing. */
gboolean limn_vqgan_decoder_run (LimnVqganDecoder *decoder,
                                 const guint32 *ids,
                                 float *rgb,
                                 GCancellable *cancellable,
                                 GError **error);

/* All of the above for one picture. */
gboolean limn_vqgan_decode (LimnModel *model,
                            LimnCompute *compute,
                            const guint32 *ids,
                            guint grid_height,
                            guint grid_width,
                            float *rgb,
                            GCancellable *cancellable,
                            GError **error);

/* out (n) = rgb (n) clipped to 0 .. 1, times 255, truncated: as the peers do it. */
void limn_vqgan_to_8bit (const float *rgb, gsize n, guint8 *out);

G_END_DECLS
