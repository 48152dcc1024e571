/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words on a picture. */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/**
 * LimnCaptionText:
 * @words: (nullable)
 * @x: moved to the right by this part of the picture's width
 * @y: moved down by this part of its width, too
 */
typedef struct
{
  const char *words;
  double x, y;
} LimnCaptionText;

/**
 * LimnCaption:
 * @top: at the upper edge, unless moved
 * @bottom: at the lower edge, unless moved
 * @is_bar: black words on a white bar above the picture, instead of outlined
 *   ones on it; @bottom is not used then, and nothing is moved
 * @size: 1 for the usual size
 * @font: (nullable): a family; %NULL for the one people expect
 */
typedef struct
{
  LimnCaptionText top, bottom;
  gboolean is_bar;
  double size;
  const char *font;
} LimnCaption;

/**
 * LimnCaptionPlace:
 *
 * Where words came to lie, in parts of the picture's width: @left, @upper,
 * @width, @height of what is seen of them (0 for no words), and how far they
 * were moved in the end, as words stay on the picture.
 */
typedef struct
{
  double left, upper, width, height;
  double x, y;
} LimnCaptionPlace;

cairo_surface_t *limn_caption_prepare (GdkTexture *picture);
GdkTexture *limn_caption_render (cairo_surface_t *prepared,
                                 const LimnCaption *caption,
                                 LimnCaptionPlace places[2]);

G_END_DECLS
