/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words on a picture. */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/**
 * LimnCaption:
 * @top: (nullable): text at the upper edge
 * @bottom: (nullable): text at the lower edge
 * @is_bar: black words on a white bar above the picture, instead of outlined
 *   ones on it; @bottom is not used then
 * @size: 1 for the usual size
 */
typedef struct
{
  const char *top;
  const char *bottom;
  gboolean is_bar;
  double size;
} LimnCaption;

GdkTexture *limn_caption_render (GdkTexture *picture, const LimnCaption *caption);

G_END_DECLS
