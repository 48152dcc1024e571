/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seamless.c: joins tokens, lets the engine render them, and writes a file. */
#include "config.h"

#include "library/seamless.h"

#include <glib/gi18n.h>

#include "library/picture-file.h"

GBytes *
limn_seamless_encode (GPtrArray *pictures,
                      LimnModel *model,
                      const LimnRequest *request,
                      GCancellable *cancellable,
                      GError **error)
{
  const LimnModelInfo *info = limn_model_get_info (model);
  g_autofree const guint32 **ids = g_new (const guint32 *, pictures->len);
  g_auto (LimnPictureFacts) facts = { 0 };
  g_autoptr (LimnPicture) whole = NULL;
  g_autofree guint32 *joined = NULL;
  LimnPicture grid = { .seed = request->seed };
  LimnMap map = { .is_tile = request->is_tile };

  g_return_val_if_fail (pictures->len > 0, NULL);

  for (guint i = 0; i < pictures->len; i++)
    ids[i] = ((LimnPicture *) pictures->pdata[i])->ids;
  joined = limn_join_ids (ids, pictures->len, info->grid_size, &map);
  if (map.width > LIMN_MAX_MAP_SIDE || map.height > LIMN_MAX_MAP_SIDE)
    {
      g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_TOO_LARGE,
                           _ ("These are too many pictures to run into each other"));
      return NULL;
    }
  whole = limn_render (model, &map, request->n_threads, cancellable, error);
  if (!whole)
    return NULL;
  limn_picture_facts_init (&facts, request, info->name, &grid);
  return limn_picture_file_encode (whole->rgb, whole->width, whole->height, &facts, error);
}
