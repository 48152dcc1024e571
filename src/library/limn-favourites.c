/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A text file with one path a line beside Limn's other data.  Losing it loses
 * stars, never pictures; it is written whole or not at all.
 */
#include "limn-favourites.h"

#include <string.h>

#define MAX_FILE_BYTES (16 * 1024 * 1024)

static GHashTable *paths; /* set of owned strings; NULL until read */

static char *
dup_list_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "limn", "favourites", NULL);
}

static void
read_list (void)
{
  g_autofree char *path = dup_list_path ();
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gsize n_bytes;

  paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!g_file_get_contents (path, &text, &n_bytes, NULL) || n_bytes > MAX_FILE_BYTES)
    return;
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (**line == '/')
      g_hash_table_add (paths, g_strdup (*line));
}

static gboolean
write_list (GError **error)
{
  g_autofree char *path = dup_list_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GList) sorted = g_list_sort (g_hash_table_get_keys (paths), (GCompareFunc) strcmp);

  for (GList *l = sorted; l != NULL; l = l->next)
    g_string_append_printf (text, "%s\n", (const char *) l->data);
  g_mkdir_with_parents (folder, 0700);
  return g_file_set_contents_full (path, text->str, (gssize) text->len,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

gboolean
limn_favourites_contains (GFile *file)
{
  if (paths == NULL)
    read_list ();
  return g_hash_table_contains (paths, g_file_peek_path (file));
}

/**
 * limn_favourites_set:
 *
 * Gives a picture its star or takes it.  Pictures without a file cannot have one.
 */
gboolean
limn_favourites_set (LimnDrawing *drawing, gboolean is_favourite, GError **error)
{
  GFile *file = limn_drawing_get_file (drawing);

  g_return_val_if_fail (file != NULL, FALSE);
  if (paths == NULL)
    read_list ();
  if (is_favourite)
    g_hash_table_add (paths, g_strdup (g_file_peek_path (file)));
  else
    g_hash_table_remove (paths, g_file_peek_path (file));
  if (!write_list (error))
    return FALSE;
  limn_drawing_set_favourite (drawing, is_favourite);
  return TRUE;
}
