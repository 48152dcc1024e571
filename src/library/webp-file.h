/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WebP files, still and moving. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * limn_webp_encode:
 * @rgb: (height, width, 3), rows from the top; borrowed
 *
 * Returns: (transfer full): a WebP file's bytes; the same input gives the same bytes
 */
GBytes *limn_webp_encode (const guint8 *rgb, guint width, guint height, GError **error);

/**
 * LimnWebpFrame:
 * @rgb: (height, width, 3); borrowed
 * @duration_ms: how long it is shown
 */
typedef struct
{
  const guint8 *rgb;
  guint duration_ms;
} LimnWebpFrame;

/**
 * limn_webp_animate:
 * @frames: (array length=n_frames): all of one size
 *
 * Returns: (transfer full): the bytes of an animation that begins anew at its end
 */
GBytes *limn_webp_animate (const LimnWebpFrame *frames,
                           guint n_frames,
                           guint width,
                           guint height,
                           GError **error);

G_END_DECLS
