/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The part of a file that has arrived: NAME.part, and NAME.part-state with what
 * is known about it.  Survives the end of the process at any moment: only
 * bytes that were on the disk before the state said so are believed.  NAME
 * itself appears whole, checked and for good, or not at all.  Knows nothing of
 * networks.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _LimnPartFile LimnPartFile;

typedef void (*LimnPartFileFunc) (goffset done, goffset total, gpointer user_data);

LimnPartFile *limn_part_file_open (const char *path, gsize sync_bytes, GError **error);
void limn_part_file_free (LimnPartFile *part); /* what has arrived stays */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnPartFile, limn_part_file_free)
gboolean limn_part_file_check_free (const char *path, GError **error);
gboolean limn_part_file_discard (const char *path, GError **error);
goffset limn_part_file_peek (const char *path);

goffset limn_part_file_get_offset (LimnPartFile *part);

/* What identifies the file on the server; kept in the state from the next
 * sync on.  size is -1, strings are NULL while unknown. */
void limn_part_file_set_origin (LimnPartFile *part,
                                const char *url,
                                const char *etag,
                                const char *sha256,
                                goffset size);
const char *limn_part_file_get_url (LimnPartFile *part);
const char *limn_part_file_get_etag (LimnPartFile *part);
const char *limn_part_file_get_sha256 (LimnPartFile *part);
goffset limn_part_file_get_size (LimnPartFile *part);

gboolean limn_part_file_reset (LimnPartFile *part, GError **error);
gboolean limn_part_file_rehash (LimnPartFile *part,
                                LimnPartFileFunc progress,
                                gpointer user_data,
                                GCancellable *cancellable,
                                GError **error);
gboolean
limn_part_file_append (LimnPartFile *part, const void *data, gsize n_bytes, GError **error);
gboolean limn_part_file_sync (LimnPartFile *part, GError **error);
gboolean
limn_part_file_finish (LimnPartFile *part, const char *sha256, char **sha256_out, GError **error);

gboolean limn_disk_check_space (const char *path, goffset needed_bytes, GError **error);

G_END_DECLS
