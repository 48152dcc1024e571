/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A text file with one path a line beside Limn's other data.  Losing it loses
 * stars, never pictures; it is written whole or not at all.
 */
#include "limn-favourites.h"

#include <errno.h>
#include <string.h>

#define MAX_FILE_BYTES (16 * 1024 * 1024)

static GHashTable *paths; /* set of owned strings; NULL until read */

static char *
dup_list_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "limn", "favourites", NULL);
}

/* A list that is there but cannot be read is no empty one: the next star would replace it. */
static gboolean
ensure_read (GError **error)
{
  g_autofree char *path = dup_list_path ();
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) local_error = NULL;
  gsize n_bytes = 0;

  if (paths != NULL)
    return TRUE;
  if (!g_file_get_contents (path, &text, &n_bytes, &local_error)
      && !g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (n_bytes > MAX_FILE_BYTES)
    {
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (EFBIG), g_strerror (EFBIG));
      return FALSE;
    }
  paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  lines = g_strsplit (text != NULL ? text : "", "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (**line == '/')
      g_hash_table_add (paths, g_strdup (*line));
  return TRUE;
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

/* Returns: whether that changed anything */
static gboolean
set_path (const char *path, gboolean is_favourite)
{
  return is_favourite ? g_hash_table_add (paths, g_strdup (path))
                      : g_hash_table_remove (paths, path);
}

gboolean
limn_favourites_contains (GFile *file)
{
  return ensure_read (NULL) && g_hash_table_contains (paths, g_file_peek_path (file));
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
  gboolean is_changed;

  g_return_val_if_fail (file != NULL, FALSE);
  if (!ensure_read (error))
    return FALSE;
  is_changed = set_path (g_file_peek_path (file), is_favourite);
  if (!write_list (error))
    {
      /* or it would be written with the next one */
      if (is_changed)
        set_path (g_file_peek_path (file), !is_favourite);
      return FALSE;
    }
  limn_drawing_set_favourite (drawing, is_favourite);
  return TRUE;
}
