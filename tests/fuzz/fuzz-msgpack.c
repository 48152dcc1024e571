/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a flax checkpoint. */
#include "checkpoint.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  LimnMappedFile *file = limn_mapped_file_new_from_bytes (bytes, "fuzzed.msgpack");
  if (limn_flax_recognizes (file))
    {
      g_autoptr (LimnCheckpoint) checkpoint = limn_flax_open (file, &error);
      g_assert ((checkpoint == NULL) == (error != NULL));
      if (checkpoint != NULL)
        read_and_rename (checkpoint);
    }
  limn_mapped_file_free (file);
  return 0;
}
