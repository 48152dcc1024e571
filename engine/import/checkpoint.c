/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checkpoints as tables of named views; see checkpoint.h. */
#include "config.h"

#include "checkpoint.h"

#include <glib/gi18n-lib.h>

#define MAX_TENSORS 65536

LimnCheckpoint *
limn_checkpoint_new (LimnMappedFile *file)
{
  LimnCheckpoint *checkpoint = g_new0 (LimnCheckpoint, 1);
  checkpoint->file = file;
  checkpoint->storages = g_ptr_array_new_with_free_func ((GDestroyNotify) limn_storage_free);
  checkpoint->tensors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return checkpoint;
}

void
limn_checkpoint_free (LimnCheckpoint *checkpoint)
{
  if (checkpoint == NULL)
    return;
  g_ptr_array_unref (checkpoint->storages);
  g_hash_table_unref (checkpoint->tensors);
  g_free (checkpoint);
}

LimnStorage *
limn_checkpoint_add_storage (LimnCheckpoint *checkpoint, LimnStorage *storage)
{
  g_ptr_array_add (checkpoint->storages, storage);
  return storage;
}

gboolean
limn_checkpoint_fail (LimnMappedFile *file,
                      LimnError code,
                      const char *field,
                      const char *reason,
                      GError **error)
{
  g_set_error (error, LIMN_ERROR, code, _ ("%s: %s: %s"), limn_mapped_file_get_name (file), field,
               reason);
  return FALSE;
}

gboolean
limn_checkpoint_add (LimnCheckpoint *checkpoint,
                     const char *name,
                     const LimnView *view,
                     GError **error)
{
  const char *reason = NULL;
  if (g_hash_table_size (checkpoint->tensors) >= MAX_TENSORS)
    reason = _ ("more tensors than Limn accepts");
  else if (*name == '\0')
    reason = _ ("a tensor has no name");
  else if (g_hash_table_contains (checkpoint->tensors, name))
    reason = _ ("the tensor is there twice");
  else if (!limn_view_is_inside (view))
    reason = _ ("the tensor reaches outside its data");
  if (reason != NULL)
    return limn_checkpoint_fail (checkpoint->file, LIMN_ERROR_CORRUPT, name, reason, error);
  g_hash_table_insert (checkpoint->tensors, g_strdup (name), g_memdup2 (view, sizeof *view));
  return TRUE;
}
