/* SPDX-License-Identifier: GPL-3.0-or-later */
/* enlarge.c: “limn enlarge”, pictures twice or four times as large. */
#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "cli/cli.h"
#include "library/enlarge.h"
#include "library/photo.h"
#include "library/picture-file.h"

static char *
make_stem (const char *path, guint times)
{
  g_autofree char *base = g_path_get_basename (path);
  char *dot = strrchr (base, '.');

  if (dot && dot != base)
    *dot = '\0';
  return g_strdup_printf ("%s-x%u", base, times);
}

/* One of Limn's pictures still says how it was drawn. */
static char *
enlarge (const char *path, guint times, const char *folder, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GdkPixbuf) loaded = limn_picture_file_load (file, NULL, error);
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_auto (LimnPictureFacts) facts = { 0 };
  g_autofree guint8 *rgb = NULL;
  g_autofree guint8 *large = NULL;
  g_autofree char *stem = make_stem (path, times);
  g_autoptr (GBytes) png = NULL;
  gboolean is_ours;
  guint width, height;

  pixbuf = loaded ? gdk_pixbuf_apply_embedded_orientation (loaded) : NULL;
  rgb = pixbuf ? limn_photo_get_rgb (pixbuf, &width, &height, error) : NULL;
  large = rgb ? limn_picture_enlarge (rgb, width, height, times, error) : NULL;
  if (!large)
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  is_ours = limn_picture_file_read_facts (path, &facts, NULL);
  png = limn_picture_file_encode (large, width * times, height * times, is_ours ? &facts : NULL,
                                  error);
  return png ? limn_picture_file_save (folder, stem, png, LIMN_PICTURE_MODE_ORDINARY, error) : NULL;
}

int
limn_cli_enlarge (char **arguments)
{
  int times = 2;
  g_autofree char *folder = NULL;
  const GOptionEntry options[] = {
    { "times", 'x', 0, G_OPTION_ARG_INT, &times, N_ ("How many times as large: 2 or 4 (2)"), "N" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &folder,
      N_ ("The folder for the pictures (the current one)"), "DIR" },
    { NULL },
  };
  int status = limn_cli_parse (&arguments, "FILES…",
                               _ ("Make pictures two or four times as large."), options);
  g_auto (GStrv) words = arguments;
  int outcome = LIMN_EXIT_OK;

  if (status >= 0)
    return status;
  if (g_strv_length (words) < 2)
    return limn_cli_fail (LIMN_EXIT_USAGE, _ ("Name the pictures: limn enlarge FILES…"));
  if (times != 2 && times != 4)
    return limn_cli_fail (LIMN_EXIT_USAGE, _ ("Pictures can be made two or four times as large."));
  for (char **path = words + 1; *path; path++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *made = enlarge (*path, (guint) times, folder ? folder : ".", &error);

      if (made)
        puts (made); /* raw bytes, whatever the locale */
      else
        outcome = limn_cli_fail (LIMN_EXIT_FAILED, error->message);
    }
  return outcome;
}
