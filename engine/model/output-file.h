/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that appears under its name whole, or not at all. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _LimnOutputFile LimnOutputFile;

/* n_bytes: expected size, reserved on the disk so that a full one shows at once; 0 unknown. */
LimnOutputFile *limn_output_file_new (const char *path, guint64 n_bytes, GError **error);
gboolean
limn_output_file_write (LimnOutputFile *file, const void *data, gsize n_bytes, GError **error);
/* Makes what is written so far, and zeros up to n_bytes, readable under a path
 * that is valid as long as the file is; returns that path. */
char *limn_output_file_reopen (LimnOutputFile *file, guint64 n_bytes, GError **error);
/* Data reaches the disk, then the name appears (replacing an older file), then
 * the folder reaches the disk. */
gboolean limn_output_file_commit (LimnOutputFile *file, GError **error);
void limn_output_file_free (LimnOutputFile *file); /* removes what was not committed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnOutputFile, limn_output_file_free)

G_END_DECLS
