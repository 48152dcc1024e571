/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Getting a picture out: clipboard, drag, file. */
#pragma once

#include <gtk/gtk.h>

#include "library/limn-drawing.h"

G_BEGIN_DECLS

GdkContentProvider *limn_share_content_new (LimnDrawing *drawing, gboolean with_file);
GdkPaintable *limn_share_drag_icon_new (GdkTexture *texture);
char *limn_share_suggest_name (LimnDrawing *drawing, const char *suffix);

void limn_share_copy (GtkWidget *widget, LimnDrawing *drawing);
void limn_share_save (GtkWidget *widget, LimnDrawing *drawing);
void limn_share_save_texture (GtkWidget *widget, GdkTexture *texture, const char *words);
gboolean limn_share_write (LimnDrawing *drawing, GFile *target, GError **error);

G_END_DECLS
