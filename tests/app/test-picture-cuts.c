/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture of which a part is missing is never taken for a whole one, wherever it was cut. */
#include "library/picture-file.h"

#include <glib/gstdio.h>

#include "library/picture-format.h"
#include "library/webp-file.h"

/* no multiples of a JPEG's blocks */
#define WIDTH   61
#define HEIGHT  53
#define N_BYTES (WIDTH * HEIGHT * 3)

static char *path; /* of the file that is cut */

/* In scans that each bring all rows: jpeg_simple_progression() of libjpeg, 24 x 24, grey. */
static const char progressive[] =
    "/9j/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQ"
    "YEpRUk//wgALCAAYABgBAREA/8QAFQABAQAAAAAAAAAAAAAAAAAABQP/2gAIAQEAAAABKXQAWqYsd//EABsQAAMA"
    "AwEBAAAAAAAAAAAAAAABAwQTIQIS/9oACAEBAAEFApImh88yRNGR9apLk0zLa1//xAAeEAACAwABBQAAAAAAAAAA"
    "AAAAAQIRIRJBYaHh8f/aAAgBAQAGPwJYPC1ncWj0dJy6JfBDJxuXO1fn2f/EAB8QAAICAQQDAAAAAAAAAAAAAAER"
    "AEEhMVFx0WGRof/aAAgBAQABPyEKnh6YCkDuD+XQXmYOuAUXBpg0bLdquYTRC5iGAisSHtOpasBt6pT/2gAIAQEA"
    "AAAQoX//xAAeEAEBAAICAwEBAAAAAAAAAAABESExAGFBkfBR8f/aAAgBAQABPxDa6MzCrHu74dA30CfOOIYF4CNQ"
    "3bdgWo2cCCL6BPjPNiI+KVYdXfA3lgNsUyDKBDRcNOmzH6jnU75pI+WuoY1f7zKg+VLwI4EA1zFof//Z";

static void
fill (guint8 *rgb)
{
  for (gsize i = 0; i < N_BYTES; i++)
    rgb[i] = (guint8) g_test_rand_int ();
}

static GBytes *
make_noise (const char *format)
{
  guint8 rgb[N_BYTES] = { 0 };
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_data (rgb, GDK_COLORSPACE_RGB, FALSE, 8, WIDTH,
                                                           HEIGHT, WIDTH * 3, NULL, NULL);
  g_autoptr (GError) error = NULL;
  char *bytes;
  gsize n_bytes;

  fill (rgb);
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &bytes, &n_bytes, format, &error, NULL));
  g_assert_no_error (error);
  return g_bytes_new_take (bytes, n_bytes);
}

/* What is not opened is called damaged, or not known when there is too little of it to tell. */
static gboolean
loads (const guint8 *bytes, gsize n_bytes)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  LimnPictureFormat format = limn_picture_format_guess (bytes, n_bytes);

  g_unlink (path); /* a longer file is not cut by writing to it */
  g_assert_true (g_file_set_contents_full (path, (const char *) bytes, (gssize) n_bytes,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  pixbuf = limn_picture_file_load (file, NULL, &error);
  g_assert_true ((pixbuf == NULL) == (error != NULL));
  if (error && format == LIMN_PICTURE_FORMAT_UNKNOWN)
    g_assert_error (error, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED);
  else if (error)
    g_assert_error (error, LIMN_ERROR, LIMN_ERROR_CORRUPT);
  return pixbuf != NULL;
}

/* None of the cuts is taken for a picture; anything may follow the end. */
static void
assert_all_needed (const guint8 *bytes, gsize n_bytes)
{
  g_autoptr (GByteArray) longer = g_byte_array_new ();
  guint8 more[5000];

  for (gsize cut = 0; cut < n_bytes; cut += cut + 300 < n_bytes ? 1 + cut / 40 : 1)
    if (loads (bytes, cut))
      g_error ("cut to %zu of %zu bytes it is still opened", cut, n_bytes);
  g_assert_true (loads (bytes, n_bytes));
  memset (more, 0xff, sizeof more);
  g_byte_array_append (longer, bytes, (guint) n_bytes);
  g_byte_array_append (longer, more, sizeof more);
  g_assert_true (loads (longer->data, longer->len));
}

static void
test_png (void)
{
  g_autoptr (GBytes) noise = make_noise ("png");
  gsize n_bytes;
  const guint8 *bytes = g_bytes_get_data (noise, &n_bytes);

  assert_all_needed (bytes, n_bytes);
}

/* A picture in miniature within the file has an end of its own. */
static void
test_jpeg (void)
{
  g_autoptr (GBytes) noise = make_noise ("jpeg");
  gsize n_bytes;
  const guint8 *bytes = g_bytes_get_data (noise, &n_bytes);
  g_autoptr (GByteArray) with_miniature = g_byte_array_new ();

  assert_all_needed (bytes, n_bytes);
  g_byte_array_append (with_miniature, bytes, 2);
  g_byte_array_append (with_miniature, (guint8 *) "\xff\xe1\0\x0a\xff\xd8\xff\xda\0\0\xff\xd9", 12);
  g_byte_array_append (with_miniature, bytes + 2, (guint) n_bytes - 2);
  assert_all_needed (with_miniature->data, with_miniature->len);
}

static void
test_progressive (void)
{
  gsize n_bytes;
  g_autofree guint8 *bytes = g_base64_decode (progressive, &n_bytes);

  assert_all_needed (bytes, n_bytes);
}

static gboolean
is_at_end (const guint8 *bytes, gsize n_bytes)
{
  LimnPictureWalk whole, pieces;

  limn_picture_walk_init (&whole, limn_picture_format_guess (bytes, 12));
  pieces = whole;
  limn_picture_walk_feed (&whole, bytes, n_bytes);
  for (gsize i = 0; i < n_bytes; i++)
    limn_picture_walk_feed (&pieces, bytes + i, 1);
  g_assert_cmpint (whole.is_at_end, ==, pieces.is_at_end);
  return whole.is_at_end;
}

/* The decoder of WebP is not everywhere; where files end is known without it. */
static void
test_webp (void)
{
  guint8 rgb[N_BYTES];
  g_autoptr (GBytes) webp = NULL;
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new_with_mime_type ("image/webp", NULL);
  const guint8 *bytes;
  gsize n_bytes;

  fill (rgb);
  webp = limn_webp_encode (rgb, WIDTH, HEIGHT, NULL);
  bytes = g_bytes_get_data (webp, &n_bytes);
  for (gsize cut = 0; cut < n_bytes; cut++)
    g_assert_false (is_at_end (bytes, cut));
  g_assert_true (is_at_end (bytes, n_bytes));
  if (!loader)
    return;
  gdk_pixbuf_loader_close (loader, NULL);
  assert_all_needed (bytes, n_bytes);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("limn-cuts-XXXXXX", NULL);
  int status;

  g_test_init (&argc, &argv, NULL);
  path = g_build_filename (folder, "cut", NULL);
  g_test_add_func ("/picture-cuts/png", test_png);
  g_test_add_func ("/picture-cuts/jpeg", test_jpeg);
  g_test_add_func ("/picture-cuts/progressive-jpeg", test_progressive);
  g_test_add_func ("/picture-cuts/webp", test_webp);
  status = g_test_run ();
  g_unlink (path);
  g_rmdir (folder);
  g_free (path);
  return status;
}
