/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The entries of a mapped zip archive, as places in the mapping. */
#pragma once

#include "../limn.h"
#include "../model/mapped-file.h"

G_BEGIN_DECLS

typedef struct
{
  const guint8 *data; /* inside the mapping */
  guint64 n_bytes;
} LimnZipEntry;

/* Returns: (transfer full): name to LimnZipEntry, stored entries only */
GHashTable *limn_zip_list (LimnMappedFile *file, GError **error);

G_END_DECLS
