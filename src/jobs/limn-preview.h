/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pixels of the engine as textures of the window.  Any thread. */
#pragma once

#include <gdk/gdk.h>

#include <limn.h>

G_BEGIN_DECLS

GdkTexture *limn_preview_texture_new (const guint8 *rgb, guint size, double part_done);
GdkTexture *limn_picture_texture_new (LimnPicture *picture);

G_END_DECLS
