/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A picture thrown away disappears from sight at once, and its file goes to
 * the desktop's trash when the chance to undo is over.  A crash in between
 * leaves the picture where it was.
 */
#include "limn-trash.h"

static GPtrArray *pending; /* of LimnDrawing, the last thrown away last */

static gboolean
forget (LimnDrawing *drawing)
{
  return pending != NULL && g_ptr_array_remove (pending, drawing);
}

void
limn_trash_put (LimnDrawing *drawing)
{
  if (pending == NULL)
    pending = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (pending, g_object_ref (drawing));
  limn_drawing_set_removed (drawing, TRUE);
}

/* Undo: tells whether it was still possible. */
gboolean
limn_trash_take_back (LimnDrawing *drawing)
{
  g_object_ref (drawing);
  if (!forget (drawing))
    {
      g_object_unref (drawing);
      return FALSE;
    }
  limn_drawing_set_removed (drawing, FALSE);
  g_object_unref (drawing);
  return TRUE;
}

/**
 * limn_trash_finish:
 *
 * Moves the file to the desktop's trash.  When that fails the picture comes
 * back, since its file is still there.
 */
gboolean
limn_trash_finish (LimnDrawing *drawing, GError **error)
{
  GFile *file = limn_drawing_get_file (drawing);
  g_autoptr (LimnDrawing) kept = g_object_ref (drawing);

  if (!forget (drawing) || file == NULL || g_file_trash (file, NULL, error))
    return TRUE;
  limn_drawing_set_removed (kept, FALSE);
  return FALSE;
}

void
limn_trash_finish_all (void)
{
  while (pending != NULL && pending->len > 0)
    {
      g_autoptr (GError) error = NULL;

      if (!limn_trash_finish (pending->pdata[0], &error))
        g_warning ("A picture could not be moved to the trash: %s", error->message);
    }
}

/**
 * limn_trash_get_last:
 *
 * Returns: (transfer none) (nullable): what Undo would bring back
 */
LimnDrawing *
limn_trash_get_last (void)
{
  return pending != NULL && pending->len > 0 ? pending->pdata[pending->len - 1] : NULL;
}
