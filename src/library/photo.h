/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures from elsewhere, made to fit a model. */
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>

G_BEGIN_DECLS

/**
 * limn_photo_fit:
 * @side: pixels along a side of the result
 *
 * Cuts the largest square out of the middle, scales it, and puts what is
 * see-through on white.
 *
 * Returns: (transfer full): RGB rows from the top, (side, side, 3); %NULL with
 *   @error without memory
 */
guint8 *limn_photo_fit (GdkPixbuf *photo, guint side, GError **error);

/**
 * limn_photo_get_rgb:
 * @width: (out): of @photo
 * @height: (out)
 *
 * All of a photo, what is see-through on white.
 *
 * Returns: (transfer full): RGB rows from the top, (height, width, 3)
 */
guint8 *limn_photo_get_rgb (GdkPixbuf *photo, guint *width, guint *height, GError **error);

/**
 * limn_photo_load:
 * @cancellable: (nullable)
 *
 * Reads an untrusted PNG, JPEG or WebP file, the way up it was taken, and fits
 * it.  Slow: not for the main thread.
 */
guint8 *limn_photo_load (GFile *file, guint side, GCancellable *cancellable, GError **error);

G_END_DECLS
