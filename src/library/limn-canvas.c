/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moves pixels between GDK and cairo.  Any thread. */
#include "limn-canvas.h"

/**
 * limn_canvas_from_texture:
 *
 * Returns: (transfer full): an image surface with the texture's pixels
 */
cairo_surface_t *
limn_canvas_from_texture (GdkTexture *texture)
{
  cairo_surface_t *surface = cairo_image_surface_create (
      CAIRO_FORMAT_ARGB32, gdk_texture_get_width (texture), gdk_texture_get_height (texture));

  gdk_texture_download (texture, cairo_image_surface_get_data (surface),
                        (gsize) cairo_image_surface_get_stride (surface));
  cairo_surface_mark_dirty (surface);
  return surface;
}

static void
destroy_surface (gpointer surface)
{
  cairo_surface_destroy (surface);
}

/**
 * limn_canvas_to_texture:
 * @surface: an ARGB32 image surface, not drawn on any more
 *
 * Returns: (transfer full): a texture that shares the surface's pixels
 */
GdkTexture *
limn_canvas_to_texture (cairo_surface_t *surface)
{
  gsize stride = (gsize) cairo_image_surface_get_stride (surface);
  int width = cairo_image_surface_get_width (surface);
  int height = cairo_image_surface_get_height (surface);
  g_autoptr (GBytes) bytes = NULL;

  cairo_surface_flush (surface);
  bytes =
      g_bytes_new_with_free_func (cairo_image_surface_get_data (surface), stride * (gsize) height,
                                  destroy_surface, cairo_surface_reference (surface));
  return gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes, stride);
}

/* Paints a picture into a rectangle of its proportions, smoothly enlarged. */
void
limn_canvas_paint_picture (cairo_t *cr,
                           GdkTexture *texture,
                           double x,
                           double y,
                           double width,
                           double height)
{
  cairo_surface_t *picture = limn_canvas_from_texture (texture);

  cairo_save (cr);
  cairo_rectangle (cr, x, y, width, height);
  cairo_clip (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, width / MAX (gdk_texture_get_width (texture), 1),
               height / MAX (gdk_texture_get_height (texture), 1));
  cairo_set_source_surface (cr, picture, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BEST);
  /* without this the edges are mixed with nothing */
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (picture);
}
