/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnPatternPage: pictures without a seam, repeated, to be saved as a wallpaper. */
#pragma once

#include <gtk/gtk.h>

#include "library/limn-drawing.h"

G_BEGIN_DECLS

#define LIMN_TYPE_PATTERN_PAGE (limn_pattern_page_get_type ())
G_DECLARE_FINAL_TYPE (LimnPatternPage, limn_pattern_page, LIMN, PATTERN_PAGE, GtkWidget)

void limn_pattern_page_show (LimnPatternPage *self,
                             LimnDrawing *drawing,
                             GArray *ids,
                             GPtrArray *all_ids);
void limn_pattern_page_stop (LimnPatternPage *self);
GdkTexture *limn_pattern_page_get_tile (LimnPatternPage *self);
GdkTexture *limn_pattern_page_make_wallpaper (LimnPatternPage *self);

G_END_DECLS
