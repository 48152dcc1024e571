/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes textures.  A preview is see-through where nothing is drawn yet, with a
 * soft lower edge, so that a tile seems to be painted from the top.
 */
#include "limn-preview.h"

/* how many rows of a preview the soft edge takes, as a part of its size */
#define EDGE_PART (1.0 / 16)

static guint8
row_alpha (guint y, guint size, double part_done)
{
  double distance = part_done - (y + 0.5) / size;

  if (part_done >= 1)
    return 255;
  return (guint8) (255 * CLAMP (distance / EDGE_PART, 0, 1));
}

/**
 * limn_preview_texture_new:
 * @rgb: (size, size, 3)
 * @part_done: how much is drawn, counted from the top, 0 to 1
 */
GdkTexture *
limn_preview_texture_new (const guint8 *rgb, guint size, double part_done)
{
  gsize stride = (gsize) size * 4;
  guint8 *rgba = g_malloc (stride * size);
  g_autoptr (GBytes) bytes = g_bytes_new_take (rgba, stride * size);

  for (guint y = 0; y < size; y++)
    {
      guint8 alpha = row_alpha (y, size, part_done);
      guint8 *out = rgba + y * stride;

      for (guint x = 0; x < size; x++, out += 4, rgb += 3)
        {
          out[0] = rgb[0];
          out[1] = rgb[1];
          out[2] = rgb[2];
          out[3] = alpha;
        }
    }
  return gdk_memory_texture_new ((int) size, (int) size, GDK_MEMORY_R8G8B8A8, bytes, stride);
}

static void
unref_picture (gpointer picture)
{
  limn_picture_unref (picture);
}

/**
 * limn_picture_texture_new:
 *
 * Returns: (transfer full): a texture that shares the picture's pixels
 */
GdkTexture *
limn_picture_texture_new (LimnPicture *picture)
{
  gsize stride = (gsize) picture->width * 3;
  g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (picture->rgb, stride * picture->height,
                                                         unref_picture, limn_picture_ref (picture));

  return gdk_memory_texture_new ((int) picture->width, (int) picture->height, GDK_MEMORY_R8G8B8,
                                 bytes, stride);
}
