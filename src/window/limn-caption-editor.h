/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnCaptionEditor: words on a picture, seen as they are typed. */
#pragma once

#include <gtk/gtk.h>

#include "library/limn-drawing.h"

G_BEGIN_DECLS

#define LIMN_TYPE_CAPTION_EDITOR (limn_caption_editor_get_type ())
G_DECLARE_FINAL_TYPE (LimnCaptionEditor, limn_caption_editor, LIMN, CAPTION_EDITOR, GtkWidget)

void limn_caption_editor_set_drawing (LimnCaptionEditor *self, LimnDrawing *drawing);
GdkTexture *limn_caption_editor_get_result (LimnCaptionEditor *self);

G_END_DECLS
