/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is encoded here tells how it was drawn when it is a PNG and facts are
 * given; files of the library are copied as they are when they may tell.  Any
 * thread.
 */
#include "limn-export.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "library/atomic-file.h"
#include "library/webp-file.h"

#define JPEG_QUALITY "92"

/**
 * limn_export_guess_format:
 *
 * By the name's ending, as people type it; PNG for all others.
 */
LimnExportFormat
limn_export_guess_format (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *lower = g_ascii_strdown (name != NULL ? name : "", -1);

  if (g_str_has_suffix (lower, ".jpg") || g_str_has_suffix (lower, ".jpeg"))
    return LIMN_EXPORT_JPEG;
  return g_str_has_suffix (lower, ".webp") ? LIMN_EXPORT_WEBP : LIMN_EXPORT_PNG;
}

const char *
limn_export_get_suffix (LimnExportFormat format)
{
  static const char *const suffixes[] = { ".png", ".jpg", ".webp" };

  return suffixes[format];
}

/**
 * limn_export_download:
 *
 * Returns: (transfer full): (height, width, 3), without alpha
 */
guint8 *
limn_export_download (GdkTexture *texture)
{
  gsize n = (gsize) gdk_texture_get_width (texture) * (gsize) gdk_texture_get_height (texture);
  gsize stride = (gsize) gdk_texture_get_width (texture) * 4;
  g_autofree guint32 *argb = g_malloc_n (n, sizeof (guint32));
  guint8 *rgb = g_malloc_n (n, 3);

  gdk_texture_download (texture, (guint8 *) argb, stride);
  for (gsize i = 0; i < n; i++)
    {
      rgb[3 * i] = (argb[i] >> 16) & 0xff;
      rgb[3 * i + 1] = (argb[i] >> 8) & 0xff;
      rgb[3 * i + 2] = argb[i] & 0xff;
    }
  return rgb;
}

static GBytes *
encode_jpeg (const guint8 *rgb, guint width, guint height, GError **error)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_data (
      rgb, GDK_COLORSPACE_RGB, FALSE, 8, (int) width, (int) height, (int) width * 3, NULL, NULL);
  char *data = NULL;
  gsize n_bytes;

  if (!gdk_pixbuf_save_to_buffer (pixbuf, &data, &n_bytes, "jpeg", error, "quality", JPEG_QUALITY,
                                  NULL))
    return NULL;
  return g_bytes_new_take (data, n_bytes);
}

/**
 * limn_export_encode:
 * @facts: (nullable): put into a PNG
 *
 * Returns: (transfer full): a file's bytes; %NULL with @error
 */
GBytes *
limn_export_encode (GdkTexture *texture,
                    LimnExportFormat format,
                    const LimnPictureFacts *facts,
                    GError **error)
{
  guint width = (guint) gdk_texture_get_width (texture);
  guint height = (guint) gdk_texture_get_height (texture);
  g_autofree guint8 *rgb = limn_export_download (texture);

  switch (format)
    {
    case LIMN_EXPORT_JPEG:
      return encode_jpeg (rgb, width, height, error);
    case LIMN_EXPORT_WEBP:
      return limn_webp_encode (rgb, width, height, error);
    default:
      return limn_picture_file_encode (rgb, width, height, facts, error);
    }
}

/**
 * limn_export_write:
 *
 * Writes a file where a person asked for it; an old one of that name stays
 * until the new one is whole.
 */
gboolean
limn_export_write (GFile *target, GBytes *bytes, GError **error)
{
  const char *path = g_file_peek_path (target);

  if (path != NULL)
    return limn_atomic_file_replace (path, bytes, LIMN_PICTURE_MODE_ORDINARY, error);
  return g_file_replace_contents (target, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                  NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL, error);
}

/* ---- beside others ---- */

static GFile *
get_child (GFile *folder, const char *stem, const char *suffix, guint i)
{
  g_autofree char *name = limn_atomic_file_make_name (stem, suffix, i);

  return g_file_get_child (folder, name);
}

static gboolean
has_contents (GFile *file, GBytes *bytes)
{
  /* only a file of the same size is worth reading */
  g_autoptr (GFileInfo) info =
      g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                         G_FILE_QUERY_INFO_NONE, NULL, NULL);
  g_autoptr (GBytes) others = NULL;

  if (info == NULL || g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR
      || g_file_info_get_size (info) != (goffset) g_bytes_get_size (bytes))
    return FALSE;
  others = g_file_load_bytes (file, NULL, NULL, NULL);
  return others != NULL && g_bytes_equal (others, bytes);
}

/* Whether one of the files that have had the name before holds the same; else @i is a free one. */
static gboolean
find_same (GFile *folder, const char *stem, const char *suffix, GBytes *bytes, guint *i)
{
  for (*i = 1; *i <= LIMN_ATOMIC_MAX_NAMES; (*i)++)
    {
      g_autoptr (GFile) file = get_child (folder, stem, suffix, *i);

      if (!g_file_query_exists (file, NULL))
        return FALSE;
      if (has_contents (file, bytes))
        return TRUE;
    }
  return FALSE;
}

/* Where files have no paths: whole or removed again, as far as that place can. */
static gboolean
create_remote (GFile *file, GBytes *bytes, GError **error)
{
  g_autoptr (GFileOutputStream) stream = g_file_create (file, G_FILE_CREATE_NONE, NULL, error);
  GOutputStream *output = G_OUTPUT_STREAM (stream);

  if (stream == NULL)
    return FALSE;
  if (g_output_stream_write_all (output, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                 NULL, NULL, error)
      && g_output_stream_close (output, NULL, error))
    return TRUE;
  g_output_stream_close (output, NULL, NULL);
  g_file_delete (file, NULL, NULL);
  return FALSE;
}

/**
 * limn_export_add:
 * @stem: the wished name without @suffix; “-2”, “-3”… is added when it is taken
 * @suffix: such as “.png”
 *
 * Writes a file into a folder that a person chose without seeing what is in it:
 * never replaces one.  Where one of the same name holds the same, that is enough.
 */
gboolean
limn_export_add (GFile *folder, const char *stem, const char *suffix, GBytes *bytes, GError **error)
{
  const char *path = g_file_peek_path (folder);
  g_autofree char *created = NULL;
  g_autoptr (GFile) file = NULL;
  guint i;

  if (find_same (folder, stem, suffix, bytes, &i))
    return TRUE;
  if (path == NULL)
    {
      file = get_child (folder, stem, suffix, i);
      return create_remote (file, bytes, error);
    }
  created = limn_atomic_file_create (path, stem, suffix, bytes, LIMN_PICTURE_MODE_ORDINARY,
                                     LIMN_ATOMIC_AUTO, error);
  return created != NULL;
}
