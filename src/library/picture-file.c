/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * picture-file.c: pictures to files and back.
 *
 * PNG and text chunks are written by gdk-pixbuf; reading the texts is
 * png-text.c's work, what they mean picture-facts.c's, whether a file is all
 * there picture-format.c's, and how it appears whole atomic-file.c's.
 */
#include "config.h"

#include "picture-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "library/atomic-file.h"
#include "library/picture-format.h"
#include "library/png-text.h"

#define MAX_SLUG_BYTES 60
#define READ_BYTES     65536

/* ---- writing -------------------------------------------------------------- */

/* gdk-pixbuf's save options: "tEXt::key" for each text; it takes iTXt where Latin-1 does not do. */
static void
make_options (const LimnPictureFacts *facts, GPtrArray *keys, GPtrArray *values)
{
  g_auto (GStrv) pairs = facts ? limn_picture_facts_to_text (facts) : NULL;

  g_ptr_array_add (keys, g_strdup ("tEXt::Software"));
  g_ptr_array_add (values, g_strdup ("Limn " PACKAGE_VERSION));
  for (char **pair = pairs; pair && pair[0]; pair += 2)
    {
      g_ptr_array_add (keys, g_strconcat ("tEXt::", pair[0], NULL));
      g_ptr_array_add (values, g_strdup (pair[1]));
    }
  g_ptr_array_add (keys, NULL);
  g_ptr_array_add (values, NULL);
}

GBytes *
limn_picture_file_encode (const guint8 *rgb,
                          guint width,
                          guint height,
                          const LimnPictureFacts *facts,
                          GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  char *png = NULL;
  gsize n_bytes;

  g_return_val_if_fail (width > 0 && height > 0 && width <= 32768 && height <= 32768, NULL);

  pixbuf = gdk_pixbuf_new_from_data (rgb, GDK_COLORSPACE_RGB, FALSE, 8, (int) width, (int) height,
                                     (int) width * 3, NULL, NULL);
  make_options (facts, keys, values);
  if (!gdk_pixbuf_save_to_bufferv (pixbuf, &png, &n_bytes, "png", (char **) keys->pdata,
                                   (char **) values->pdata, error))
    return NULL;
  return g_bytes_new_take (png, n_bytes);
}

char *
limn_picture_file_make_stem (const char *prompt, const char *tail)
{
  g_autofree char *valid = g_utf8_make_valid (prompt, -1);
  g_autofree char *ascii = g_str_to_ascii (valid, "C");
  GString *stem = g_string_new (NULL);

  for (const char *p = ascii; *p && stem->len < MAX_SLUG_BYTES; p++)
    {
      if (g_ascii_isalnum (*p))
        g_string_append_c (stem, g_ascii_tolower (*p));
      else if (stem->len > 0 && stem->str[stem->len - 1] != '-')
        g_string_append_c (stem, '-');
    }
  if (stem->len > 0 && stem->str[stem->len - 1] == '-')
    g_string_truncate (stem, stem->len - 1);
  if (stem->len == 0)
    g_string_append (stem, "picture");
  g_string_append_printf (stem, "-%s", tail);
  return g_string_free (stem, FALSE);
}

gboolean
limn_picture_file_make_folder (const char *folder, int mode, GError **error)
{
  int code;

  if (g_mkdir_with_parents (folder, mode == LIMN_PICTURE_MODE_PRIVATE ? 0700 : 0777) == 0)
    return TRUE;
  code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               _ ("Could not make the folder “%s”: %s"), folder, g_strerror (code));
  return FALSE;
}

char *
limn_picture_file_save (const char *folder, const char *stem, GBytes *png, int mode, GError **error)
{
  if (!limn_picture_file_make_folder (folder, mode, error))
    return NULL;
  return limn_atomic_file_create (folder, stem, ".png", png, mode, LIMN_ATOMIC_AUTO, error);
}

/* ---- reading -------------------------------------------------------------- */

/* A pipe or device would be waited for, perhaps for ever, and never end. */
static int
open_file (const char *path, GError **error)
{
  struct stat status;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("Could not open “%s”: %s"),
                   path, g_strerror (code));
      return -1;
    }
  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode))
    return fd;
  close (fd);
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED,
               _ ("“%s” is not a picture file, but a folder, a pipe or a device"), path);
  return -1;
}

gboolean
limn_picture_file_read_facts (const char *path, LimnPictureFacts *facts, GError **error)
{
  g_auto (LimnPngInfo) info = { 0 };
  int fd = open_file (path, error);
  gboolean is_png;

  memset (facts, 0, sizeof *facts);
  if (fd < 0)
    return FALSE;
  is_png = limn_png_text_read (fd, path, &info, error);
  close (fd);
  if (!is_png)
    return FALSE;
  if (limn_picture_facts_from_text (facts, info.text))
    return TRUE;
  g_set_error (
      error, LIMN_ERROR, LIMN_ERROR_MISSING,
      _ ("“%s” does not say how it was drawn: it is not one of Limn’s pictures, or its texts "
         "were removed"),
      path);
  return FALSE;
}

/* Files of other computers have no path; only files are shared. */
static GInputStream *
open_stream (GFile *file, GCancellable *cancellable, GError **error)
{
  const char *path = g_file_peek_path (file);
  int fd;

  if (!path)
    return G_INPUT_STREAM (g_file_read (file, cancellable, error));
  fd = open_file (path, error);
  return fd < 0 ? NULL : g_unix_input_stream_new (fd, TRUE);
}

typedef struct
{
  GdkPixbufLoader *loader; /* NULL before the first bytes */
  LimnPictureFormat format;
  LimnPictureWalk walk;
  gsize n_bytes;
  int n_rows; /* decoded so far */
  gboolean is_too_large;
} Decoding;

static void
decoding_clear (Decoding *decoding)
{
  g_clear_object (&decoding->loader);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Decoding, decoding_clear)

/* A decoder that learns of too many pixels is told to stop by a size of nothing. */
static void
on_size_prepared (GdkPixbufLoader *loader, int width, int height, Decoding *decoding)
{
  if (width <= 0 || height <= 0 || (guint64) width * (guint64) height > LIMN_PNG_MAX_PIXELS)
    {
      decoding->is_too_large = TRUE;
      gdk_pixbuf_loader_set_size (loader, 0, 0);
    }
}

static void
on_area_updated (GdkPixbufLoader *loader, int x, int y, int width, int height, Decoding *decoding)
{
  decoding->n_rows = MAX (decoding->n_rows, y + height);
}

/* The decoder is chosen by the file's first bytes, so that no other is ever started. */
static gboolean
start (Decoding *decoding, const guint8 *bytes, gsize n_bytes, GError **error)
{
  static const char *const mime_types[] = {
    [LIMN_PICTURE_FORMAT_PNG] = "image/png",
    [LIMN_PICTURE_FORMAT_JPEG] = "image/jpeg",
    [LIMN_PICTURE_FORMAT_WEBP] = "image/webp",
  };

  decoding->format = limn_picture_format_guess (bytes, n_bytes);
  if (decoding->format == LIMN_PICTURE_FORMAT_UNKNOWN)
    {
      g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED,
                           _ ("This is not a PNG, JPEG or WebP picture"));
      return FALSE;
    }
  limn_picture_walk_init (&decoding->walk, decoding->format);
  decoding->loader = gdk_pixbuf_loader_new_with_mime_type (mime_types[decoding->format], error);
  if (!decoding->loader)
    return FALSE;
  g_signal_connect (decoding->loader, "size-prepared", G_CALLBACK (on_size_prepared), decoding);
  g_signal_connect (decoding->loader, "area-updated", G_CALLBACK (on_area_updated), decoding);
  return TRUE;
}

static gboolean
feed (Decoding *decoding, const guint8 *bytes, gsize n_bytes, GError **error)
{
  if (!decoding->loader && !start (decoding, bytes, n_bytes, error))
    return FALSE;
  limn_picture_walk_feed (&decoding->walk, bytes, n_bytes);
  return gdk_pixbuf_loader_write (decoding->loader, bytes, n_bytes, error)
         && !decoding->is_too_large;
}

static gboolean
feed_all (Decoding *decoding, GInputStream *stream, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *bytes = g_malloc (READ_BYTES);
  gsize n_bytes;

  do
    {
      if (!g_input_stream_read_all (stream, bytes, READ_BYTES, &n_bytes, cancellable, error))
        return FALSE;
      decoding->n_bytes += n_bytes;
      if (decoding->n_bytes > LIMN_PNG_MAX_FILE_BYTES)
        decoding->is_too_large = TRUE;
      else if ((n_bytes > 0 || !decoding->loader) && !feed (decoding, bytes, n_bytes, error))
        return FALSE;
    }
  while (n_bytes == READ_BYTES && !decoding->is_too_large);
  return !decoding->is_too_large;
}

/* Decoders do not complain of what is missing.  Of a PNG, the parts can all be there and the rows
 * in them be too few. */
static gboolean
is_whole (const Decoding *decoding, GdkPixbuf *pixbuf)
{
  return decoding->walk.is_at_end
         && (decoding->format != LIMN_PICTURE_FORMAT_PNG
             || decoding->n_rows >= gdk_pixbuf_get_height (pixbuf));
}

/* What the decoders say of a bad file is written for programmers. */
static void
say_damaged (GError **error)
{
  g_clear_error (error);
  g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_CORRUPT,
                       _ ("This picture is damaged or not all there"));
}

static gboolean
is_damage (const GError *error)
{
  return g_error_matches (error, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_CORRUPT_IMAGE)
         || g_error_matches (error, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_INCOMPLETE_ANIMATION)
         || g_error_matches (error, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_FAILED);
}

GdkPixbuf *
limn_picture_file_load (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GInputStream) stream = open_stream (file, cancellable, error);
  g_auto (Decoding) decoding = { 0 };
  g_autoptr (GError) failure = NULL;
  gboolean is_fed, is_closed;
  GdkPixbuf *pixbuf = NULL;

  if (!stream)
    return NULL;
  is_fed = feed_all (&decoding, stream, cancellable, &failure);
  is_closed =
      decoding.loader && gdk_pixbuf_loader_close (decoding.loader, is_fed ? &failure : NULL);
  if (decoding.is_too_large)
    {
      g_set_error_literal (
          error, LIMN_ERROR, LIMN_ERROR_TOO_LARGE,
          _ ("This picture is too large: Limn opens up to 64 megapixels and 50 MB"));
      return NULL;
    }
  if (is_fed && is_closed)
    pixbuf = gdk_pixbuf_loader_get_pixbuf (decoding.loader);
  if (pixbuf && is_whole (&decoding, pixbuf))
    return g_object_ref (pixbuf);
  if (!failure || is_damage (failure))
    say_damaged (&failure);
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}
