/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From checkpoint files to a model in the user's folder, and checking one that
 * is there.  Blocking; knows nothing of downloads.
 */
#pragma once

#include <gio/gio.h>

#include "limn.h"

G_BEGIN_DECLS

gboolean limn_model_install (const char *const *paths,
                             const char *output,
                             const LimnImportOptions *options,
                             LimnImportProgressFunc progress,
                             gpointer user_data,
                             GCancellable *cancellable,
                             GError **error);
gboolean limn_model_verify (const char *path,
                            LimnImportProgressFunc progress,
                            gpointer user_data,
                            GCancellable *cancellable,
                            GError **error);
goffset limn_model_remove (const char *path, GError **error);

G_END_DECLS
