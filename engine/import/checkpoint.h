/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A checkpoint file opened for import: its tensors by the names that the
 * model file will have.  The readers of the formats fill it in.
 */
#pragma once

#include <gio/gio.h>

#include "../limn.h"
#include "view.h"

G_BEGIN_DECLS

typedef struct
{
  LimnMappedFile *file; /* borrowed */
  GPtrArray *storages;  /* owned: LimnStorage */
  GHashTable *tensors;  /* owned: name to LimnView */
} LimnCheckpoint;

LimnCheckpoint *limn_checkpoint_new (LimnMappedFile *file);
void limn_checkpoint_free (LimnCheckpoint *checkpoint);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnCheckpoint, limn_checkpoint_free)

/* Takes the storage. */
LimnStorage *limn_checkpoint_add_storage (LimnCheckpoint *checkpoint, LimnStorage *storage);
/* Copies the view; FALSE when the name is there already or the view is not inside its storage. */
gboolean limn_checkpoint_add (LimnCheckpoint *checkpoint,
                              const char *name,
                              const LimnView *view,
                              GError **error);
/* Sets an error “FILE: FIELD: REASON” and returns FALSE. */
gboolean limn_checkpoint_fail (LimnMappedFile *file,
                               LimnError code,
                               const char *field,
                               const char *reason,
                               GError **error);

/* The formats.  Each recognises its own by the first bytes, and gives tensors
 * the names they have in the file, a tree's levels joined by separator. */
gboolean limn_torch_recognizes (LimnMappedFile *file);
LimnCheckpoint *limn_torch_open (LimnMappedFile *file, GError **error);
gboolean limn_flax_recognizes (LimnMappedFile *file);
LimnCheckpoint *limn_flax_open (LimnMappedFile *file, GError **error);

/* Gives the tensors of a checkpoint the names of the model file (see
 * engine/model/FORMAT.md), turning flax's arrays the torch way round.  FALSE
 * when it is no checkpoint that Limn knows. */
gboolean limn_checkpoint_rename (LimnCheckpoint *checkpoint, GError **error);

G_END_DECLS
