/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file opened once and mapped for reading.  A mapped file that is truncated
 * by somebody else would kill the process at the next touch; here the touch
 * reads zeros instead, and limn_mapped_file_check() reports it.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _LimnMappedFile LimnMappedFile;

LimnMappedFile *limn_mapped_file_open (const char *path, GError **error);
/* The same over bytes in memory, which nobody changes. */
LimnMappedFile *limn_mapped_file_new_from_bytes (GBytes *bytes, const char *name);
void limn_mapped_file_free (LimnMappedFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnMappedFile, limn_mapped_file_free)

const guint8 *limn_mapped_file_get_data (LimnMappedFile *file);
gsize limn_mapped_file_get_size (LimnMappedFile *file);
const char *limn_mapped_file_get_name (LimnMappedFile *file); /* for messages, UTF-8 */

/* Whether this very file, under whatever name, lies at @path. */
gboolean limn_mapped_file_is_at (LimnMappedFile *file, const char *path);

/* FALSE once the file has been changed since it was opened.  One fstat(): cheap
 * enough for every decoder step.  Deleting or replacing the file is no change. */
gboolean limn_mapped_file_check (LimnMappedFile *file, GError **error);

/* Lets go of the memory behind a range that will not be read again soon. */
void limn_mapped_file_forget (LimnMappedFile *file, const void *data, gsize n_bytes);

G_END_DECLS
