/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw-missing.c: a list of prompts goes on where it stopped, as every picture
 * of it has a name of its own and a file is there whole or not at all.
 */
#include "config.h"

#include "cli/draw-missing.h"

#include <glib/gi18n.h>

#include "library/picture-file.h"

char *
limn_listed_picture_make_stem (guint place, const char *prompt, const char *tail)
{
  g_autofree char *words = limn_picture_file_make_stem (prompt, tail);

  return g_strdup_printf ("%06u-%s", place + 1, words);
}

void
limn_missing_clear (LimnMissing *missing)
{
  g_clear_pointer (&missing->places, g_array_unref);
  g_clear_pointer (&missing->seeds, g_array_unref);
}

static gboolean
decides_picture (const char *key)
{
  static const char *const others[] = { "limn:grid-seed", "limn:place", "limn:score", "limn:tokens",
                                        NULL };

  return !g_strv_contains (others, key);
}

/* Texts that decide what a picture looks like, in a fixed order, as one. */
static char *
describe (const LimnPictureFacts *facts)
{
  g_auto (GStrv) texts = limn_picture_facts_to_text (facts);
  GString *all = g_string_new (NULL);

  for (guint i = 0; texts[i]; i += 2)
    if (decides_picture (texts[i]))
      g_string_append_printf (all, "%s=%s\n", texts[i], texts[i + 1]);
  return g_string_free (all, FALSE);
}

/* Whether the file of that name is the picture that is wanted. */
static gboolean
is_picture (const char *path,
            const LimnRequest *request,
            const char *model_name,
            const LimnPicture *picture)
{
  g_auto (LimnPictureFacts) wanted = { 0 };
  g_auto (LimnPictureFacts) found = { 0 };
  g_autofree char *wanted_text = NULL, *found_text = NULL;

  if (!limn_picture_file_read_facts (path, &found, NULL))
    return FALSE;
  limn_picture_facts_init (&wanted, request, model_name, picture);
  wanted_text = describe (&wanted);
  found_text = describe (&found);
  return g_str_equal (wanted_text, found_text);
}

static char *
make_path (const char *folder, guint place, const char *prompt, guint64 seed)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);
  g_autofree char *stem = limn_listed_picture_make_stem (place, prompt, digits);
  g_autofree char *name = g_strconcat (stem, ".png", NULL);

  return g_build_filename (folder, name, NULL);
}

gboolean
limn_missing_find (LimnMissing *missing,
                   const char *folder,
                   guint place,
                   const LimnRequest *request,
                   const char *model_name,
                   GError **error)
{
  missing->places = g_array_new (FALSE, FALSE, sizeof (guint));
  missing->seeds = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint i = 0; i < request->n_pictures; i++)
    {
      LimnPicture picture = { .index = i, .seed = limn_picture_seed (request->seed, i) };
      g_autofree char *path = make_path (folder, place, request->prompt, picture.seed);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        {
          g_array_append_val (missing->places, i);
          g_array_append_val (missing->seeds, picture.seed);
        }
      else if (!is_picture (path, request, model_name, &picture))
        {
          g_set_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST,
                       _ ("“%s” is there, but was drawn in another way: choose another folder"),
                       path);
          return FALSE;
        }
    }
  return TRUE;
}
