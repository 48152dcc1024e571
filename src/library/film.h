/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture being drawn, from the first mosaic to the last pixel, as an animation. */
#pragma once

#include <limn.h>

G_BEGIN_DECLS

/**
 * limn_film_encode:
 * @model: the one that drew the picture
 * @ids: (array length=n_ids): the picture's image tokens, row by row
 * @rgb: (side, side, 3): the finished picture
 *
 * Slow: not for the main thread.
 *
 * Returns: (transfer full): an animated WebP file's bytes, (side, side)
 */
GBytes *limn_film_encode (LimnModel *model,
                          const guint32 *ids,
                          guint n_ids,
                          const guint8 *rgb,
                          guint side,
                          GError **error);

G_END_DECLS
