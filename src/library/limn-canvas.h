/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Textures as cairo surfaces and back. */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

cairo_surface_t *limn_canvas_from_texture (GdkTexture *texture);
GdkTexture *limn_canvas_to_texture (cairo_surface_t *surface);
void limn_canvas_paint_picture (cairo_t *cr,
                                GdkTexture *texture,
                                double x,
                                double y,
                                double width,
                                double height);

G_END_DECLS
