/* SPDX-License-Identifier: GPL-3.0-or-later */
/* photo.c: cuts and scales with gdk-pixbuf; reading is picture-file.c's. */
#include "config.h"

#include "library/photo.h"

#include <glib/gi18n.h>
#include <string.h>

#include "library/picture-file.h"

#define WHITE 0xffffff

static GdkPixbuf *
put_on_white (GdkPixbuf *photo)
{
  int width = gdk_pixbuf_get_width (photo), height = gdk_pixbuf_get_height (photo);

  if (!gdk_pixbuf_get_has_alpha (photo))
    return g_object_ref (photo);
  return gdk_pixbuf_composite_color_simple (photo, width, height, GDK_INTERP_NEAREST, 255, 8, WHITE,
                                            WHITE);
}

static GdkPixbuf *
cut_and_scale (GdkPixbuf *photo, guint side)
{
  int width = gdk_pixbuf_get_width (photo), height = gdk_pixbuf_get_height (photo);
  int square = MIN (width, height);
  g_autoptr (GdkPixbuf) middle =
      gdk_pixbuf_new_subpixbuf (photo, (width - square) / 2, (height - square) / 2, square, square);

  return gdk_pixbuf_scale_simple (middle, (int) side, (int) side, GDK_INTERP_BILINEAR);
}

guint8 *
limn_photo_get_rgb (GdkPixbuf *photo, guint *width, guint *height, GError **error)
{
  g_autoptr (GdkPixbuf) opaque = photo ? put_on_white (photo) : NULL;
  g_autofree guint8 *rgb = NULL;
  gsize row, stride;

  *width = opaque ? (guint) gdk_pixbuf_get_width (opaque) : 0;
  *height = opaque ? (guint) gdk_pixbuf_get_height (opaque) : 0;
  row = 3 * (gsize) *width;
  rgb = opaque ? g_try_malloc_n (*height, row) : NULL;
  if (!rgb)
    {
      g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
                           _ ("There is not enough memory for this picture"));
      return NULL;
    }
  stride = (gsize) gdk_pixbuf_get_rowstride (opaque);
  for (guint y = 0; y < *height; y++)
    for (guint x = 0, n = (guint) gdk_pixbuf_get_n_channels (opaque); x < *width; x++)
      memcpy (rgb + y * row + 3 * x, gdk_pixbuf_read_pixels (opaque) + y * stride + x * n, 3);
  return g_steal_pointer (&rgb);
}

guint8 *
limn_photo_fit (GdkPixbuf *photo, guint side, GError **error)
{
  g_autoptr (GdkPixbuf) small = cut_and_scale (photo, side);
  guint width, height;

  return limn_photo_get_rgb (small, &width, &height, error);
}

guint8 *
limn_photo_load (GFile *file, guint side, GCancellable *cancellable, GError **error)
{
  g_autoptr (GdkPixbuf) loaded = limn_picture_file_load (file, cancellable, error);
  g_autoptr (GdkPixbuf) upright = loaded ? gdk_pixbuf_apply_embedded_orientation (loaded) : NULL;

  return upright ? limn_photo_fit (upright, side, error) : NULL;
}
