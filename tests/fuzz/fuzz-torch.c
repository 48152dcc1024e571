/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a PyTorch checkpoint: archive, pickle, strided views; and as a
 * bare pickle, which a mutated archive reaches only seldom. */
#include "checkpoint.h"
#include "engine/import/pickle.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
try_pickle (LimnMappedFile *file)
{
  g_autoptr (GError) error = NULL;
  gsize n_read = 0;
  gsize size = limn_mapped_file_get_size (file);
  g_autoptr (LimnPickle) pickle =
      limn_pickle_read (file, limn_mapped_file_get_data (file), size, &n_read, &error);
  g_assert ((pickle == NULL) == (error != NULL) && n_read <= size);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  LimnMappedFile *file = limn_mapped_file_new_from_bytes (bytes, "fuzzed.pt");
  if (limn_torch_recognizes (file))
    {
      g_autoptr (LimnCheckpoint) checkpoint = limn_torch_open (file, &error);
      g_assert ((checkpoint == NULL) == (error != NULL));
      if (checkpoint != NULL)
        read_and_rename (checkpoint);
    }
  else
    try_pickle (file);
  limn_mapped_file_free (file);
  return 0;
}
