/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Saving all pictures of a grid into a folder, on a worker thread.  What is in
 * the folder stays: nobody is asked before a file is replaced, so none is.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "limn-compat.h"
#include "limn-share.h"
#include "limn-toast.h"

#define SUFFIX ".png"

/* One picture, as it was when saving began. */
typedef struct
{
  GdkTexture *texture;
  GFile *file;
  gboolean may_tell;
  GFile *folder;
  char *stem;
} Item;

static void
item_free (gpointer data)
{
  Item *item = data;

  g_clear_object (&item->texture);
  g_clear_object (&item->file);
  g_object_unref (item->folder);
  g_free (item->stem);
  g_free (item);
}

static GPtrArray *
list_items (GListModel *drawings, GFile *folder)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (item_free);
  gboolean is_stripping = limn_share_is_stripping ();

  for (guint i = 0; i < g_list_model_get_n_items (drawings); i++)
    {
      g_autoptr (LimnDrawing) drawing = g_list_model_get_item (drawings, i);
      Item *item;

      if (!limn_drawing_is_done (drawing) || limn_drawing_is_removed (drawing))
        continue;
      item = g_new0 (Item, 1);
      g_set_object (&item->texture, limn_drawing_get_texture (drawing));
      g_set_object (&item->file, limn_drawing_get_file (drawing));
      item->may_tell = !is_stripping;
      item->folder = g_object_ref (folder);
      item->stem = limn_share_suggest_name (drawing, "");
      g_ptr_array_add (items, item);
    }
  return items;
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GPtrArray *items = data;
  GError *error = NULL;

  for (guint i = 0; i < items->len && error == NULL; i++)
    {
      Item *item = items->pdata[i];
      g_autoptr (GBytes) bytes =
          limn_share_encode (item->file, item->texture, item->may_tell, LIMN_EXPORT_PNG, &error);

      if (bytes != NULL)
        limn_export_add (item->folder, item->stem, SUFFIX, bytes, &error);
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, items->len);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) widget = data;
  GPtrArray *items = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gssize n = g_task_propagate_int (G_TASK (result), &error);
  g_autofree char *text = NULL;

  if (error != NULL)
    {
      limn_toast_error (widget, _ ("Could not save the pictures"), error);
      return;
    }
  if (items->len > 0)
    limn_share_set_last_folder (((Item *) items->pdata[0])->folder);
  text =
      g_strdup_printf (ngettext ("%u picture saved", "%u pictures saved", (gulong) n), (guint) n);
  limn_toast (widget, text);
}

static void
on_folder_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GListModel) drawings = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) folder = limn_compat_file_finish (result, &error);
  g_autoptr (GTask) task = NULL;

  if (error != NULL)
    limn_toast_error (GTK_WIDGET (source), _ ("Could not save the pictures"), error);
  if (folder == NULL)
    return;
  /* not the task's source: the worker may be the last to let go of that */
  task = g_task_new (NULL, NULL, on_saved, g_object_ref (source));
  g_task_set_source_tag (task, on_folder_chosen);
  g_task_set_task_data (task, list_items (drawings, folder), (GDestroyNotify) g_ptr_array_unref);
  limn_share_run (task, run);
}

/**
 * limn_share_save_all:
 * @drawings: (element-type LimnDrawing): those done are saved
 *
 * Lets the person choose a folder.
 */
void
limn_share_save_all (GtkWidget *widget, GListModel *drawings)
{
  g_autoptr (GFile) folder = limn_share_dup_last_folder ();

  limn_compat_save_many_async (GTK_WINDOW (gtk_widget_get_root (widget)),
                               _ ("Save All Pictures Into"), folder, NULL, on_folder_chosen,
                               g_object_ref (drawings));
}
