/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnPatternArea: a picture repeated as far as there is room. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LIMN_TYPE_PATTERN_AREA (limn_pattern_area_get_type ())
G_DECLARE_FINAL_TYPE (LimnPatternArea, limn_pattern_area, LIMN, PATTERN_AREA, GtkWidget)

void limn_pattern_area_set_tile (LimnPatternArea *self, GdkTexture *tile);
void limn_pattern_area_set_scale (LimnPatternArea *self, double scale);

G_END_DECLS
