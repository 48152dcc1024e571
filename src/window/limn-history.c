/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A text file with one prompt a line, the newest last.  Each prompt is there
 * once.  The list model is what GtkEntry's suggestions take.
 */
#include "limn-history.h"

#include "jobs/limn-recipe.h"

#define MAX_PROMPTS    500
#define MAX_FILE_BYTES (4 * 1024 * 1024)

static GPtrArray *prompts;  /* of owned strings, newest last; NULL until read */
static GtkListStore *store; /* the same, newest first */
static gboolean is_unread;  /* there is a file that could not be read: it is left as it is */

static char *
dup_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "limn", "prompts", NULL);
}

static int
find (const char *prompt)
{
  for (guint i = 0; i < prompts->len; i++)
    if (g_str_equal (prompts->pdata[i], prompt))
      return (int) i;
  return -1;
}

static void
put_last (const char *prompt)
{
  int position = find (prompt);

  if (position >= 0)
    g_ptr_array_remove_index (prompts, (guint) position);
  g_ptr_array_add (prompts, g_strdup (prompt));
  if (prompts->len > MAX_PROMPTS)
    g_ptr_array_remove_index (prompts, 0);
}

static void
fill_store (void)
{
  gtk_list_store_clear (store);
  for (guint i = prompts->len; i > 0; i--)
    gtk_list_store_insert_with_values (store, NULL, -1, 0, prompts->pdata[i - 1], -1);
}

static void
ensure_read (void)
{
  g_autofree char *path = dup_path ();
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  gsize n_bytes;

  if (prompts != NULL)
    return;
  prompts = g_ptr_array_new_with_free_func (g_free);
  store = gtk_list_store_new (1, G_TYPE_STRING);
  if (!g_file_get_contents (path, &text, &n_bytes, &error))
    is_unread = !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  if (text == NULL || n_bytes > MAX_FILE_BYTES)
    return;
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      g_autofree char *clean = limn_prompt_clean (*line);

      if (*clean != '\0')
        put_last (clean);
    }
  fill_store ();
}

static void
write_file (void)
{
  g_autofree char *path = dup_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < prompts->len; i++)
    g_string_append_printf (text, "%s\n", (const char *) prompts->pdata[i]);
  g_mkdir_with_parents (folder, 0700);
  /* a prompt that is forgotten is no loss worth a message */
  g_file_set_contents_full (path, text->str, (gssize) text->len, G_FILE_SET_CONTENTS_CONSISTENT,
                            0600, NULL);
}

void
limn_history_add (const char *prompt)
{
  ensure_read ();
  put_last (prompt);
  fill_store ();
  if (!is_unread)
    write_file ();
}

guint
limn_history_get_length (void)
{
  ensure_read ();
  return prompts->len;
}

/**
 * limn_history_get:
 * @back: 0 for the last prompt
 *
 * Returns: (transfer none) (nullable): a prompt
 */
const char *
limn_history_get (guint back)
{
  ensure_read ();
  return back < prompts->len ? prompts->pdata[prompts->len - 1 - back] : NULL;
}

/**
 * limn_history_get_model:
 *
 * Returns: (transfer none): prompts in column 0, the newest first
 */
GtkTreeModel *
limn_history_get_model (void)
{
  ensure_read ();
  return GTK_TREE_MODEL (store);
}

void
limn_history_clear (void)
{
  ensure_read ();
  g_ptr_array_set_size (prompts, 0);
  is_unread = FALSE;
  fill_store ();
  write_file ();
}
