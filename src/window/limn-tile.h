/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnTile: a square that shows one picture and can be dragged out. */
#pragma once

#include <gtk/gtk.h>

#include "library/limn-drawing.h"

G_BEGIN_DECLS

#define LIMN_TYPE_TILE (limn_tile_get_type ())
G_DECLARE_FINAL_TYPE (LimnTile, limn_tile, LIMN, TILE, GtkWidget)

GtkWidget *limn_tile_new (void);
GtkWidget *limn_tile_new_for_list (void);
LimnDrawing *limn_tile_get_drawing (LimnTile *self);
void limn_tile_set_drawing (LimnTile *self, LimnDrawing *drawing);
void limn_tile_set_selected (LimnTile *self, gboolean is_selected);
void limn_tile_set_choosable (LimnTile *self, gboolean is_choosable);
void limn_tile_set_chosen (LimnTile *self, gboolean is_chosen);
gboolean limn_tile_is_chosen (LimnTile *self);
void limn_tile_set_count (LimnTile *self, guint number, guint count);

G_END_DECLS
