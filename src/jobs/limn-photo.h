/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnPhoto: a picture from elsewhere, as a model sees it. */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/**
 * LimnPhoto:
 * @texture: cut to a square of the model's size
 * @ids: #guint32 image tokens, row by row
 * @grid_size: of them along a side
 */
typedef struct
{
  GdkTexture *texture;
  GArray *ids;
  guint grid_size;
} LimnPhoto;

void limn_photo_free (LimnPhoto *photo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnPhoto, limn_photo_free)

void limn_photo_read_async (GFile *file,
                            GdkTexture *texture,
                            const char *model,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
LimnPhoto *limn_photo_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS
