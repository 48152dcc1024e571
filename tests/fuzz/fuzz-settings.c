/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as one of the small files around a checkpoint. */
#include "engine/import/settings.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  LimnMappedFile *file = limn_mapped_file_new_from_bytes (bytes, "fuzzed.json");
  LimnSettings settings = { 0 };
  gboolean is_used;
  gboolean is_read = limn_settings_read (&settings, file, "fuzzed.json", &is_used, &error);
  g_assert (is_read == (error == NULL));
  limn_settings_clear (&settings);
  limn_mapped_file_free (file);
  return 0;
}
