/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Previews: what a grid of tokens will roughly look like, in microseconds.  The
 * pixels of a token are taken as a linear function of its code vector; the
 * function is fitted once per model, at import.
 */
#pragma once

#include "../model/model-private.h"
#include "../tensor/compute.h"

G_BEGIN_DECLS

#define LIMN_PREVIEW_PIXELS 4   /* along a token's side, where the model has that many */
#define LIMN_PREVIEW_CODES  256 /* looked up and multiplied together */

/* The colours of every code: made once a job, for one thread.  Borrows model and compute. */
typedef struct _LimnPreview LimnPreview;

/* NULL with LIMN_ERROR_MISSING for a model without LIMN_MODEL_PART_PREVIEW. */
LimnPreview *limn_preview_new (LimnModel *model, LimnCompute *compute, GError **error);
void limn_preview_free (LimnPreview *preview);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnPreview, limn_preview_free)
/* Bytes that limn_preview_new() allocates. */
gsize limn_preview_bytes (LimnModel *model);
/* Pixels along a token's side. */
guint limn_preview_get_pixels (const LimnPreview *preview);

/* Colours (m, P * P, 3), not clipped, of code vectors (m, embed_dim).  With m up to
 * LIMN_PREVIEW_CODES the job's scratch is enough. */
void limn_preview_colours (LimnModel *model,
                           LimnCompute *compute,
                           const float *codes,
                           guint m,
                           float *colours);

/* rgb (rows * P, columns * P, 3): the first n_ids of ids (rows * columns), grey beyond. */
void limn_preview_draw (LimnPreview *preview,
                        const guint32 *ids,
                        guint n_ids,
                        guint rows,
                        guint columns,
                        guint8 *rgb);

/* Pixels that a preview of this model has along a token's side: LIMN_PREVIEW_PIXELS or fewer. */
guint limn_preview_choose_pixels (const LimnVqganConfig *config);
/* Fits weight (P * P * 3, embed_dim) and bias (P * P * 3), P from
 * limn_preview_choose_pixels(): decodes some grids of random codes and takes the
 * least squares.  Takes as long as drawing some pictures; the same on every run. */
gboolean limn_preview_fit (LimnModel *model,
                           LimnCompute *compute,
                           guint pixels,
                           float *weight,
                           float *bias,
                           GCancellable *cancellable,
                           GError **error);

G_END_DECLS
