/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnPictureTools: a row of buttons for the selected picture. */
#pragma once

#include <gtk/gtk.h>

#include "library/limn-drawing.h"

G_BEGIN_DECLS

#define LIMN_TYPE_PICTURE_TOOLS (limn_picture_tools_get_type ())
G_DECLARE_FINAL_TYPE (LimnPictureTools, limn_picture_tools, LIMN, PICTURE_TOOLS, GtkWidget)

void limn_picture_tools_set_drawing (LimnPictureTools *self, LimnDrawing *drawing);

G_END_DECLS
