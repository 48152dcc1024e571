/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See limn-model-files.h.  What is made of them is the caller's business. */
#include "config.h"

#include "limn-model-files.h"

#include <glib/gi18n.h>

#include "limn-compat.h"
#include "limn-toast.h"

typedef struct
{
  GtkWidget *widget; /* owned */
  LimnModelFilesFunc func;
} Choice;

static void
choice_free (Choice *choice)
{
  g_object_unref (choice->widget);
  g_free (choice);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Choice, choice_free)

static void
add_path (GPtrArray *paths, GFile *file)
{
  if (g_file_peek_path (file) != NULL) /* not on this computer: cannot be mapped */
    g_ptr_array_add (paths, g_file_get_path (file));
}

static gboolean
pass_on (GtkWidget *widget, GPtrArray *paths, LimnModelFilesFunc func)
{
  if (paths->len == 0)
    return FALSE;
  g_ptr_array_add (paths, NULL);
  func (widget, (const char *const *) paths->pdata);
  return TRUE;
}

static void
on_files_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Choice) choice = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) files = limn_compat_files_finish (result, &error);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  if (error)
    limn_toast_error (choice->widget, _ ("No files chosen"), error);
  for (guint i = 0; files && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      add_path (paths, file);
    }
  pass_on (choice->widget, paths, choice->func);
}

static void
on_folder_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Choice) choice = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = limn_compat_file_finish (result, &error);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  if (error)
    limn_toast_error (choice->widget, _ ("No folder chosen"), error);
  if (file != NULL)
    add_path (paths, file);
  pass_on (choice->widget, paths, choice->func);
}

/**
 * limn_model_files_choose:
 * @func: called with what was chosen; not at all when nothing was
 *
 * Opens a dialog over the window of @widget, which stays alive until it closes.
 */
void
limn_model_files_choose (GtkWidget *widget, gboolean is_folder, LimnModelFilesFunc func)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (widget));
  Choice *choice = g_new0 (Choice, 1);

  choice->widget = g_object_ref (widget);
  choice->func = func;
  if (is_folder)
    limn_compat_open_async (window, _ ("Import a Folder of Model Files"), TRUE, NULL,
                            on_folder_chosen, choice);
  else
    limn_compat_open_many_async (window, _ ("Import Model Files"), NULL, on_files_chosen, choice);
}

/**
 * limn_model_files_drop:
 * @value: of a %GDK_TYPE_FILE_LIST
 *
 * Returns: whether there was a file that could be used
 */
gboolean
limn_model_files_drop (GtkWidget *widget, const GValue *value, LimnModelFilesFunc func)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (value));

  for (GSList *l = files; l != NULL; l = l->next)
    add_path (paths, l->data);
  return pass_on (widget, paths, func);
}
