/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture being drawn, from the first mosaic to the last pixel, as an animation. */
#pragma once

#include <limn.h>

G_BEGIN_DECLS

#define LIMN_FILM_MAX_SIDE 1024 /* pixels */

/**
 * limn_film_encode:
 * @model: the one that drew the picture
 * @ids: (array length=n_ids): the picture's image tokens, row by row
 * @rgb: (height, width, 3): the finished picture
 *
 * Slow: not for the main thread.
 *
 * Returns: (transfer full): an animated WebP file's bytes, (height, width); %NULL
 *   with @error: %LIMN_ERROR_UNSUPPORTED for a picture that is not square or wider
 *   than %LIMN_FILM_MAX_SIDE
 */
GBytes *limn_film_encode (LimnModel *model,
                          const guint32 *ids,
                          guint n_ids,
                          const guint8 *rgb,
                          guint width,
                          guint height,
                          GError **error);

G_END_DECLS
