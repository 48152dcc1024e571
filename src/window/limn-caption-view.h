/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnCaptionView: a picture with words that can be moved. */
#pragma once

#include <gtk/gtk.h>

#include "library/limn-caption.h"

G_BEGIN_DECLS

#define LIMN_TYPE_CAPTION_VIEW (limn_caption_view_get_type ())
G_DECLARE_FINAL_TYPE (LimnCaptionView, limn_caption_view, LIMN, CAPTION_VIEW, GtkWidget)

void limn_caption_view_show (LimnCaptionView *self,
                             GdkTexture *texture,
                             const LimnCaptionPlace places[2]);
void limn_caption_view_set_current (LimnCaptionView *self, guint which);

G_END_DECLS
