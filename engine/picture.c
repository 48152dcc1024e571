/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnPicture: a finished picture, shared by counting its references. */
#include "config.h"

#include "generate-private.h"

#include <glib/gi18n-lib.h>

LimnPicture *
limn_picture_new (guint index, guint width, guint height, guint n_ids, GError **error)
{
  g_autoptr (LimnPicture) picture = g_new0 (LimnPicture, 1);
  gsize n_bytes;

  g_atomic_ref_count_init (&picture->ref_count);
  picture->index = index;
  picture->width = width;
  picture->height = height;
  picture->n_ids = n_ids;
  if (g_size_checked_mul (&n_bytes, width, height) && g_size_checked_mul (&n_bytes, n_bytes, 3))
    picture->rgb = g_try_malloc (n_bytes);
  picture->ids = g_try_new (guint32, n_ids);
  if (!picture->rgb || !picture->ids)
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
                   _ ("Not enough memory for a picture of %u × %u pixels."), width, height);
      return NULL;
    }
  return g_steal_pointer (&picture);
}

LimnPicture *
limn_picture_ref (LimnPicture *picture)
{
  g_atomic_ref_count_inc (&picture->ref_count);
  return picture;
}

void
limn_picture_unref (LimnPicture *picture)
{
  if (!g_atomic_ref_count_dec (&picture->ref_count))
    return;
  g_free (picture->rgb);
  g_free (picture->ids);
  g_free (picture);
}
