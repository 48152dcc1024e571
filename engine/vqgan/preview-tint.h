/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a look does to previews: colours become others by one affine map for
 * background and another for all else.  Both are fitted to what the look does to a
 * sample of the model's codes; that takes milliseconds.
 */
#pragma once

#include "../model/model-private.h"
#include "../tensor/compute.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean is_known;
  float maps[2][3][4]; /* of background, of all else: red, green, blue of red, green, blue, 1 */
} LimnPreviewTint;

/* Finds the maps of one of the model's looks.  When memory is short they change nothing. */
void
limn_preview_tint_find (LimnPreviewTint *tint, LimnModel *model, LimnCompute *compute, guint look);
/* n pixels (n, 3) of a token. */
void
limn_preview_tint_apply (const LimnPreviewTint *tint, gboolean is_background, guint8 *rgb, guint n);

G_END_DECLS
