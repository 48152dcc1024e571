/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Image tokens of finished pictures to one that can be repeated without a seam. */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

void limn_pattern_render_async (GPtrArray *all_ids,
                                const char *model,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
GdkTexture *limn_pattern_render_finish (GAsyncResult *result, GError **error);
GdkTexture *limn_pattern_repeat (GdkTexture *tile, int width, int height, double scale);

G_END_DECLS
