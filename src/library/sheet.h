/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All pictures of a grid side by side in one. */
#pragma once

#include "library/picture-facts.h"

G_BEGIN_DECLS

/**
 * limn_sheet_encode:
 * @pictures: (element-type LimnPicture): of one size; at least one
 * @request: what was asked for
 *
 * Puts pictures into a grid as square as can be, from the left and the top,
 * with white between them.  The sheet's facts are the grid's.
 *
 * Returns: (transfer full): a PNG file's bytes, or %NULL with @error
 *   (%LIMN_ERROR_TOO_LARGE for more than 64 megapixels)
 */
GBytes *limn_sheet_encode (GPtrArray *pictures,
                           const LimnRequest *request,
                           const char *model_name,
                           GError **error);

G_END_DECLS
