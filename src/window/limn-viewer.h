/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnViewer: one picture large, with those before and after it. */
#pragma once

#include <gtk/gtk.h>

#include "library/limn-drawing.h"

G_BEGIN_DECLS

#define LIMN_TYPE_VIEWER (limn_viewer_get_type ())
G_DECLARE_FINAL_TYPE (LimnViewer, limn_viewer, LIMN, VIEWER, GtkWidget)

void limn_viewer_show (LimnViewer *self, GListModel *drawings, LimnDrawing *drawing);
gboolean limn_viewer_step (LimnViewer *self, int step);
gboolean limn_viewer_can_step (LimnViewer *self, int step);
LimnDrawing *limn_viewer_get_drawing (LimnViewer *self);

G_END_DECLS
