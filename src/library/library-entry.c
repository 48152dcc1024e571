/* SPDX-License-Identifier: GPL-3.0-or-later */
/* library-entry.c: listing a folder and reading its files, which are untrusted. */
#include "library/library-entry.h"

#include <string.h>

#include "library/picture-file.h"
#include "limn-library.h"

#define MAX_FILES 200000

void
limn_library_entry_free (gpointer data)
{
  LimnLibraryEntry *entry = data;

  g_free (entry->path);
  g_clear_pointer (&entry->recipe, limn_recipe_unref);
  g_free (entry);
}

static LimnRecipe *
recipe_from_facts (const LimnPictureFacts *facts)
{
  LimnRecipe *recipe = limn_recipe_new (facts->prompt);

  recipe->model = g_strdup (facts->model);
  recipe->n_pictures = 1;
  recipe->has_seed = TRUE;
  recipe->seed = facts->seed;
  recipe->temperature = facts->temperature;
  recipe->top_k = (int) MIN (facts->top_k, G_MAXINT);
  recipe->guidance = facts->guidance;
  limn_recipe_set_keep_ids (recipe, facts->ids, facts->n_keep);
  recipe->redraw = facts->redraw;
  recipe->negative = g_strdup (facts->negative_prompt);
  recipe->blend_prompt = g_strdup (facts->blend_prompt);
  recipe->blend = facts->blend;
  recipe->is_tile = facts->is_tile;
  return recipe;
}

/**
 * limn_library_read_recipe:
 *
 * Reads how a picture was drawn: the recipe draws the same picture again,
 * alone.  The file is untrusted.
 *
 * Returns: (transfer full): %NULL with @error for what is not Limn's
 */
LimnRecipe *
limn_library_read_recipe (GFile *file, GError **error)
{
  g_auto (LimnPictureFacts) facts = { 0 };
  const char *path = g_file_peek_path (file);

  if (path == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "The file is not on this computer.");
      return NULL;
    }
  if (!limn_picture_file_read_facts (path, &facts, error))
    return NULL;
  return recipe_from_facts (&facts);
}

/* Reads what the file remembers. */
void
limn_library_entry_read (LimnLibraryEntry *entry)
{
  g_autoptr (GFile) file = g_file_new_for_path (entry->path);

  entry->recipe = limn_library_read_recipe (file, NULL);
}

/* Whether a file of this name may be a picture of ours, as far as the name tells. */
gboolean
limn_library_is_picture_name (const char *name)
{
  return *name != '.' && g_str_has_suffix (name, ".png");
}

static gint
compare_newest_first (gconstpointer a, gconstpointer b)
{
  const LimnLibraryEntry *first = *(LimnLibraryEntry *const *) a,
                         *second = *(LimnLibraryEntry *const *) b;

  if (first->time != second->time)
    return first->time < second->time ? 1 : -1;
  return strcmp (second->path, first->path);
}

/**
 * limn_library_list_folder:
 *
 * Returns: (transfer full) (element-type LimnLibraryEntry): what may be pictures, the newest first,
 *   not read yet
 */
GPtrArray *
limn_library_list_folder (GFile *folder, GCancellable *cancellable)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (limn_library_entry_free);
  g_autoptr (GFileEnumerator) enumerator =
      g_file_enumerate_children (folder,
                                 G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE
                                                                "," G_FILE_ATTRIBUTE_TIME_MODIFIED,
                                 G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, cancellable, NULL);
  GFileInfo *info;

  while (enumerator != NULL && entries->len < MAX_FILES
         && g_file_enumerator_iterate (enumerator, &info, NULL, cancellable, NULL) && info != NULL)
    {
      LimnLibraryEntry *entry;

      if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR
          || !limn_library_is_picture_name (g_file_info_get_name (info)))
        continue;
      entry = g_new0 (LimnLibraryEntry, 1);
      entry->path = g_build_filename (g_file_peek_path (folder), g_file_info_get_name (info), NULL);
      entry->time =
          (gint64) g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED);
      g_ptr_array_add (entries, entry);
    }
  g_ptr_array_sort (entries, compare_newest_first);
  return entries;
}
