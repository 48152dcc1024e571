/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Archives as PyTorch writes them: stored, data aligned to 64 bytes, sizes only
 * behind the data and in the central directory, zip64 records always. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _ZipWriter ZipWriter;

/* is_wide: 64-bit sizes and places in the directory even where 32 bits would do */
ZipWriter *zip_writer_new (const char *path, gboolean is_wide, GError **error);
gboolean zip_writer_begin (ZipWriter *zip, const char *name, GError **error);
gboolean zip_writer_write (ZipWriter *zip, const void *data, gsize n, GError **error);
gboolean zip_writer_end (ZipWriter *zip, GError **error);
gboolean zip_writer_finish (ZipWriter *zip, GError **error);
void zip_writer_free (ZipWriter *zip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZipWriter, zip_writer_free)

G_END_DECLS
