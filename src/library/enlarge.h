/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Larger pictures, by arithmetic alone. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * limn_picture_enlarge:
 * @rgb: (height, width, 3), 8 bit, rows from the top
 * @times: 2 or 4
 *
 * Slow: not for the main thread.  Fails with %LIMN_ERROR_INVALID_REQUEST,
 * %LIMN_ERROR_TOO_LARGE beyond 64 megapixels, %LIMN_ERROR_NO_MEMORY.
 *
 * Returns: (transfer full): (height * times, width * times, 3)
 */
guint8 *
limn_picture_enlarge (const guint8 *rgb, guint width, guint height, guint times, GError **error);

G_END_DECLS
