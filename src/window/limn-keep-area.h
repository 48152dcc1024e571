/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnKeepArea: a picture and how much of it stays. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LIMN_TYPE_KEEP_AREA (limn_keep_area_get_type ())
G_DECLARE_FINAL_TYPE (LimnKeepArea, limn_keep_area, LIMN, KEEP_AREA, GtkWidget)

void limn_keep_area_set_texture (LimnKeepArea *self, GdkTexture *texture);
void limn_keep_area_set_grid_size (LimnKeepArea *self, guint grid_size);
guint limn_keep_area_get_n_kept (LimnKeepArea *self);
void limn_keep_area_set_n_kept (LimnKeepArea *self, guint n_kept);
void limn_keep_area_set_share (LimnKeepArea *self, double share);

G_END_DECLS
