/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looks: the colour of things, the style of a picture.  A look is an image token
 * that the text model draws where a picture begins.  It shows nothing itself: the
 * background behind it stands in.  The picture's code vectors v are changed before the
 * decoder sees them, to
 *
 *   keep * v + out (swish (in (v) + bias)),
 *
 * in is linear, out a convolution of 1 or 3 cells a side.  Backgrounds have numbers
 * of their own to keep and to begin with, so that colours can leave them alone.
 * Several looks act one after another in the model's order.
 */
#pragma once

#include "../tensor/planes.h"
#include "../model/model-private.h"

G_BEGIN_DECLS

/* Working memory for grids of one size.  Borrows the model. */
typedef struct _LimnLooks LimnLooks;

/* NULL with LIMN_ERROR_NO_MEMORY.  The model must have looks. */
LimnLooks *limn_looks_new (LimnModel *model, guint height, guint width, GError **error);
void limn_looks_free (LimnLooks *looks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnLooks, limn_looks_free)
/* Bytes that limn_looks_new() takes; 0 for a model without looks. */
guint64 limn_looks_bytes (LimnModel *model, guint height, guint width);

/* Whether the token is a look of this model. */
gboolean limn_looks_have (const LimnModel *model, guint32 id);
/* Whether the token is among ids (n). */
gboolean limn_looks_is_among (guint32 token, const guint32 *ids, gsize n);

/* Whether a token is background and no look: such ones are seen in place of looks. */
gboolean limn_looks_can_stand_in (const LimnModel *model, guint32 id);
/* ids (height * width) with the next background in place of each look, or the last one,
 * or what else there is.  Borrowed, until the next call. */
const guint32 *limn_looks_get_shown (LimnLooks *looks, const guint32 *ids);

/* Changes the code vectors in planes as one look of the model does. */
void
limn_looks_apply_one (LimnLooks *looks, LimnCompute *compute, guint look, const LimnPlanes *planes);

/* Changes the code vectors in planes (embed_dim, height, width), those of
 * limn_looks_get_shown(), as the looks among ids ask.  Without any, nothing is changed.
 * Allocates nothing. */
void limn_looks_apply (LimnLooks *looks,
                       LimnCompute *compute,
                       const guint32 *ids,
                       const LimnPlanes *planes);

G_END_DECLS
