/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnGallery: a square grid of a few pictures that always fits its space. */
#pragma once

#include <gtk/gtk.h>

#include "library/limn-drawing.h"

G_BEGIN_DECLS

#define LIMN_TYPE_GALLERY (limn_gallery_get_type ())
G_DECLARE_FINAL_TYPE (LimnGallery, limn_gallery, LIMN, GALLERY, GtkWidget)

void limn_gallery_set_model (LimnGallery *self, GListModel *drawings);
GListModel *limn_gallery_get_model (LimnGallery *self);
LimnDrawing *limn_gallery_get_selected (LimnGallery *self);
GPtrArray *limn_gallery_dup_chosen (LimnGallery *self);
guint limn_gallery_get_n_chosen (LimnGallery *self);
void limn_gallery_choose (LimnGallery *self, guint position, gboolean is_chosen);
void limn_gallery_choose_none (LimnGallery *self);

G_END_DECLS
