/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model files on this computer: finding them by name, and where new ones go. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LIMN_MODEL_STARTER "starter" /* the model that comes with Limn */

/**
 * LimnModelFile:
 * @id: the file's name without “.gguf”; what --model takes
 * @path: where it is
 * @is_own: lies in the user's own folder, so may be deleted
 *
 * A model file that was found.  It has not been opened or checked.
 */
typedef struct
{
  char *id;
  char *path;
  gboolean is_own;
  guint64 size_bytes;
} LimnModelFile;

void limn_model_file_free (LimnModelFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnModelFile, limn_model_file_free)

/**
 * limn_model_store_dup_folder:
 *
 * Returns: (transfer full): the user's folder of models, where downloads and
 *   imports go, as the setting “models-folder” says; it may not exist yet
 */
char *limn_model_store_dup_folder (void);

/**
 * limn_model_store_list:
 *
 * All model files of the folders searched: those in the environment variable
 * LIMN_MODEL_PATH (separated by colons), the user's own, and Limn's.  Of files
 * with the same id the first one counts.  Starter comes first, the others by id.
 *
 * Returns: (transfer full) (element-type LimnModelFile): possibly empty
 */
GPtrArray *limn_model_store_list (void);

/**
 * limn_model_store_list_in:
 * @folder: (nullable): instead of limn_model_store_dup_folder()
 *
 * limn_model_store_list() with another folder for the user's own models.
 */
GPtrArray *limn_model_store_list_in (const char *folder);

/**
 * limn_model_store_dup_id:
 * @name: (nullable): an id, or the name that a model's file gives, as pictures remember it
 *
 * May open models that are there.
 *
 * Returns: (transfer full) (nullable): the id of that model; %NULL when it is not here
 */
char *limn_model_store_dup_id (const char *name);

/**
 * limn_model_store_find:
 * @name: (nullable): an id, or a path (it holds a slash or ends in “.gguf”);
 *   %NULL for the model that comes with Limn, or else the only one there is
 *
 * Returns: (transfer full): the path of a file that exists, or %NULL with
 *   @error %LIMN_ERROR_MISSING
 */
char *limn_model_store_find (const char *name, GError **error);

/**
 * limn_model_store_find_named:
 * @name: (nullable): an id, or the name that a model's file gives; untrusted, as
 *   from a picture, and never taken for a path; %NULL as for limn_model_store_find()
 *
 * Looks among the models of limn_model_store_list() alone.  May open them.
 *
 * Returns: as limn_model_store_find() does
 */
char *limn_model_store_find_named (const char *name, GError **error);

G_END_DECLS
