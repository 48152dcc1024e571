/* SPDX-License-Identifier: GPL-3.0-or-later */
/* photo.c: cuts and scales with gdk-pixbuf; reading is picture-file.c's. */
#include "config.h"

#include "library/photo.h"

#include <glib/gi18n.h>
#include <string.h>

#include "library/picture-file.h"

#define WHITE 0xffffff

static GdkPixbuf *
cut_and_scale (GdkPixbuf *photo, guint side)
{
  int width = gdk_pixbuf_get_width (photo), height = gdk_pixbuf_get_height (photo);
  int square = MIN (width, height);
  g_autoptr (GdkPixbuf) middle =
      gdk_pixbuf_new_subpixbuf (photo, (width - square) / 2, (height - square) / 2, square, square);
  g_autoptr (GdkPixbuf) small =
      gdk_pixbuf_scale_simple (middle, (int) side, (int) side, GDK_INTERP_BILINEAR);

  if (!small || !gdk_pixbuf_get_has_alpha (small))
    return g_steal_pointer (&small);
  return gdk_pixbuf_composite_color_simple (small, (int) side, (int) side, GDK_INTERP_NEAREST, 255,
                                            8, WHITE, WHITE);
}

guint8 *
limn_photo_fit (GdkPixbuf *photo, guint side, GError **error)
{
  g_autoptr (GdkPixbuf) small = cut_and_scale (photo, side);
  g_autofree guint8 *rgb = g_try_malloc_n (side, 3 * (gsize) side);
  const guint8 *pixels = small ? gdk_pixbuf_read_pixels (small) : NULL;
  guint n_channels = small ? (guint) gdk_pixbuf_get_n_channels (small) : 0;

  if (!pixels || !rgb)
    {
      g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
                           _ ("There is not enough memory for this picture"));
      return NULL;
    }
  for (guint y = 0; y < side; y++)
    for (guint x = 0; x < side; x++)
      memcpy (rgb + ((gsize) y * side + x) * 3,
              pixels + (gsize) y * (gsize) gdk_pixbuf_get_rowstride (small) + x * n_channels, 3);
  return g_steal_pointer (&rgb);
}

guint8 *
limn_photo_load (GFile *file, guint side, GCancellable *cancellable, GError **error)
{
  g_autoptr (GdkPixbuf) loaded = limn_picture_file_load (file, cancellable, error);
  g_autoptr (GdkPixbuf) upright = loaded ? gdk_pixbuf_apply_embedded_orientation (loaded) : NULL;

  return upright ? limn_photo_fit (upright, side, error) : NULL;
}
