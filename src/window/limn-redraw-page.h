/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnRedrawPage: drawing on from a picture: one of ours, or a photo. */
#pragma once

#include <gtk/gtk.h>

#include "library/limn-drawing.h"

G_BEGIN_DECLS

#define LIMN_TYPE_REDRAW_PAGE (limn_redraw_page_get_type ())
G_DECLARE_FINAL_TYPE (LimnRedrawPage, limn_redraw_page, LIMN, REDRAW_PAGE, GtkWidget)

void limn_redraw_page_vary (LimnRedrawPage *self,
                            const LimnRecipe *recipe,
                            GArray *ids,
                            LimnDrawing *drawing);
void limn_redraw_page_finish (LimnRedrawPage *self,
                              const LimnRecipe *recipe,
                              GFile *file,
                              GdkTexture *texture);
void limn_redraw_page_stop (LimnRedrawPage *self);
gboolean limn_redraw_page_is_ready (LimnRedrawPage *self);
LimnRecipe *limn_redraw_page_dup_recipe (LimnRedrawPage *self);

G_END_DECLS
