/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Larger textures, made on a thread of their own. */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

void limn_enlarge_async (GFile *file,
                         GdkTexture *texture,
                         guint times,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
GdkTexture *limn_enlarge_finish (GAsyncResult *result, GError **error);

G_END_DECLS
