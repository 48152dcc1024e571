/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All pictures of a grid as one that has no seams. */
#pragma once

#include "limn.h"

G_BEGIN_DECLS

/**
 * limn_seamless_encode:
 * @pictures: (element-type LimnPicture): all of one job; at least one
 * @request: what was asked for; with is_tile the whole can be repeated, too
 * @cancellable: (nullable)
 *
 * Turns the tokens of all pictures into pixels together, so that they run into
 * each other.  Slow.  The facts in the file are the grid's.
 *
 * Returns: (transfer full): a PNG file's bytes
 */
GBytes *limn_seamless_encode (GPtrArray *pictures,
                              LimnModel *model,
                              const LimnRequest *request,
                              GCancellable *cancellable,
                              GError **error);

G_END_DECLS
