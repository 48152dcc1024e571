/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a folder holds, and what each file in it remembers.  Any thread. */
#pragma once

#include <gio/gio.h>

#include "jobs/limn-recipe.h"

G_BEGIN_DECLS

typedef struct
{
  char *path;
  gint64 time;
  LimnRecipe *recipe; /* NULL until read, or for pictures that are not ours */
} LimnLibraryEntry;

void limn_library_entry_free (gpointer data);
void limn_library_entry_read (LimnLibraryEntry *entry);
gboolean limn_library_is_picture_name (const char *name);
GPtrArray *limn_library_list_folder (GFile *folder, GCancellable *cancellable);

G_END_DECLS
