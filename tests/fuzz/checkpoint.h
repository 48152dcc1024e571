/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fuzz targets of checkpoint formats do with what was read. */
#pragma once

#include "engine/import/checkpoint.h"

/* Reads every number of every tensor, under the file's names and the model's. */
static inline void
read_all (LimnCheckpoint *checkpoint)
{
  GHashTableIter iter;
  gpointer name, value;
  guint64 n_left = 1 << 22;
  g_hash_table_iter_init (&iter, checkpoint->tensors);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      const LimnView *view = value;
      guint64 n = view->n_dims == 0 ? 0 : view->shape[0] * limn_view_get_row_length (view);
      if (n == 0 || n > n_left)
        continue;
      n_left -= n;
      g_autofree float *out = g_new (float, n);
      limn_view_read_rows (view, 0, view->shape[0], out);
      limn_view_forget (view);
    }
}

static inline void
read_and_rename (LimnCheckpoint *checkpoint)
{
  g_autoptr (GError) error = NULL;
  read_all (checkpoint);
  if (limn_checkpoint_rename (checkpoint, &error))
    read_all (checkpoint);
  else
    g_assert (error != NULL);
}
