/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limn-model-store.c: looks for model files in the folders where they may lie.
 *
 * It goes by file names alone: opening and checking a model is the engine's
 * work, fetching one the download's.
 */
#include "config.h"

#include "limn-model-store.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "limn-paths.h"
#include "limn.h"

#define MODEL_SUFFIX ".gguf"
/* Flatpak extensions put each model in a folder of its own below this one. */
#define EXTENSION_DIR "/app/models"

void
limn_model_file_free (LimnModelFile *file)
{
  g_free (file->id);
  g_free (file->path);
  g_free (file);
}

/* The folder that the user has chosen, or NULL.  Without Limn's schema (a
 * program copied by hand) there is nothing to choose, which is no error. */
static char *
get_chosen_folder (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema =
      source ? g_settings_schema_source_lookup (source, APPLICATION_ID, TRUE) : NULL;
  g_autoptr (GSettings) settings = NULL;
  g_autofree char *folder = NULL;

  if (!schema || !g_settings_schema_has_key (schema, "models-folder"))
    return NULL;
  settings = g_settings_new_full (schema, NULL, NULL);
  folder = g_settings_get_string (settings, "models-folder");
  return g_path_is_absolute (folder) ? g_steal_pointer (&folder) : NULL;
}

char *
limn_model_store_dup_folder (void)
{
  char *chosen = get_chosen_folder ();

  if (chosen)
    return chosen;
  return g_build_filename (g_get_user_data_dir (), "limn", "models", NULL);
}

static gboolean
has_model (GPtrArray *files, const char *id)
{
  for (guint i = 0; i < files->len; i++)
    if (g_str_equal (((LimnModelFile *) files->pdata[i])->id, id))
      return TRUE;
  return FALSE;
}

static void
add_file (GPtrArray *files, const char *path, gboolean is_own)
{
  g_autofree char *id = g_path_get_basename (path);
  GStatBuf status;
  LimnModelFile *file;

  if (!g_str_has_suffix (id, MODEL_SUFFIX) || id[0] == '.')
    return;
  id[strlen (id) - strlen (MODEL_SUFFIX)] = '\0';
  if (has_model (files, id) || g_stat (path, &status) < 0 || !S_ISREG (status.st_mode))
    return;

  file = g_new0 (LimnModelFile, 1);
  file->id = g_steal_pointer (&id);
  file->path = g_strdup (path);
  file->is_own = is_own;
  file->size_bytes = (guint64) status.st_size;
  g_ptr_array_add (files, file);
}

static void
add_folder (GPtrArray *files, const char *folder, gboolean is_own, guint n_levels)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  if (!dir)
    return;
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (n_levels > 1 && g_file_test (path, G_FILE_TEST_IS_DIR))
        add_folder (files, path, is_own, n_levels - 1);
      else
        add_file (files, path, is_own);
    }
}

static void
add_search_path (GPtrArray *files, const char *search_path)
{
  g_auto (GStrv) places = g_strsplit (search_path ? search_path : "", G_SEARCHPATH_SEPARATOR_S, -1);

  for (char **place = places; *place; place++)
    {
      if (g_file_test (*place, G_FILE_TEST_IS_DIR))
        add_folder (files, *place, FALSE, 1);
      else if (**place)
        add_file (files, *place, FALSE);
    }
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  const LimnModelFile *one = *(LimnModelFile *const *) a;
  const LimnModelFile *two = *(LimnModelFile *const *) b;
  int one_is_starter = g_str_equal (one->id, LIMN_MODEL_STARTER);
  int two_is_starter = g_str_equal (two->id, LIMN_MODEL_STARTER);

  if (one_is_starter != two_is_starter)
    return two_is_starter - one_is_starter;
  return strcmp (one->id, two->id);
}

GPtrArray *
limn_model_store_list (void)
{
  return limn_model_store_list_in (NULL);
}

GPtrArray *
limn_model_store_list_in (const char *folder)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) limn_model_file_free);
  g_autofree char *own = folder ? g_strdup (folder) : limn_model_store_dup_folder ();

  add_search_path (files, g_getenv ("LIMN_MODEL_PATH"));
  add_folder (files, own, TRUE, 1);
  add_folder (files, limn_paths_get_model_dir (), FALSE, 1);
  add_folder (files, EXTENSION_DIR, FALSE, 3);
  g_ptr_array_sort (files, compare_files);
  return files;
}

/* Says which names there are, so that the next try is right. */
static void
set_missing_error (GPtrArray *files, const char *name, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < files->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
                            ((LimnModelFile *) files->pdata[i])->id);
  if (files->len == 0)
    g_set_error (
        error, LIMN_ERROR, LIMN_ERROR_MISSING,
        _ ("No model was found. Import one with “limn import”, or give a file: --model FILE.gguf"));
  else if (name && *name != '\0')
    g_set_error (error, LIMN_ERROR, LIMN_ERROR_MISSING,
                 _ ("There is no model named “%s”. The models here are: %s"), name, names->str);
  else
    g_set_error (error, LIMN_ERROR, LIMN_ERROR_MISSING,
                 _ ("Choose a model with --model. The models here are: %s"), names->str);
}

/* Pictures remember the name that is in the model's file. */
static char *
find_by_name (GPtrArray *files, const char *name)
{
  for (guint i = 0; i < files->len; i++)
    {
      LimnModelFile *file = files->pdata[i];
      g_autoptr (LimnModel) model = limn_model_open (file->path, NULL);

      if (model && g_str_equal (limn_model_get_info (model)->name, name))
        return g_strdup (file->path);
    }
  return NULL;
}

char *
limn_model_store_find_named (const char *name, GError **error)
{
  g_autoptr (GPtrArray) files = limn_model_store_list ();
  const char *id = name ? name : LIMN_MODEL_STARTER;
  char *path;

  for (guint i = 0; i < files->len; i++)
    {
      LimnModelFile *file = files->pdata[i];

      if (g_ascii_strcasecmp (file->id, id) == 0 || (!name && files->len == 1))
        return g_strdup (file->path);
    }
  path = name ? find_by_name (files, name) : NULL;
  if (!path)
    set_missing_error (files, name, error);
  return path;
}

char *
limn_model_store_find (const char *name, GError **error)
{
  if (!name || (!strchr (name, G_DIR_SEPARATOR) && !g_str_has_suffix (name, MODEL_SUFFIX)))
    return limn_model_store_find_named (name, error);
  if (g_file_test (name, G_FILE_TEST_EXISTS))
    return g_strdup (name);
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_MISSING, _ ("There is no model file “%s”"), name);
  return NULL;
}

char *
limn_model_store_dup_id (const char *name)
{
  g_autoptr (GPtrArray) files = limn_model_store_list ();
  g_autofree char *path = name ? limn_model_store_find_named (name, NULL) : NULL;

  for (guint i = 0; path && i < files->len; i++)
    {
      LimnModelFile *file = files->pdata[i];

      if (g_str_equal (file->path, path))
        return g_strdup (file->id);
    }
  return NULL;
}
