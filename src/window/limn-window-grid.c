/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window's actions on all pictures of the grid that was drawn last. */
#include "config.h"

#include "limn-window-private.h"

#include <glib/gi18n.h>

#include "library/limn-post.h"
#include "limn-compat.h"
#include "limn-share.h"
#include "limn-toast.h"

static void
retry_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  LimnJob *job = limn_draw_page_get_job (self->draw_page);
  g_autoptr (LimnRecipe) recipe = NULL;

  if (job == NULL)
    return;
  recipe = limn_recipe_copy (limn_job_get_recipe (job));
  limn_window_draw_recipe (self, recipe);
}

/* ---- post ---- */

static GdkTexture *
make_post (LimnWindow *self)
{
  LimnJob *job = limn_draw_page_get_job (self->draw_page);

  if (job == NULL || limn_job_get_n_done (job) == 0)
    return NULL;
  return limn_post_new (limn_job_get_recipe (job)->prompt, limn_job_get_drawings (job));
}

static void
copy_post_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GdkTexture) post = make_post (LIMN_WINDOW (widget));

  if (post == NULL)
    return;
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), post);
  limn_toast (widget, _ ("Post copied"));
}

static void
save_post_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  g_autoptr (GdkTexture) post = make_post (self);
  LimnJob *job = limn_draw_page_get_job (self->draw_page);

  if (post != NULL)
    limn_share_save_texture (widget, post, limn_job_get_recipe (job)->prompt);
}

/* ---- save all ---- */

static gboolean
save_into (GListModel *drawings, GFile *folder, guint *n_saved, GError **error)
{
  guint n = g_list_model_get_n_items (drawings);

  *n_saved = 0;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnDrawing) drawing = g_list_model_get_item (drawings, i);
      g_autofree char *name = limn_share_suggest_name (drawing, ".png");
      g_autoptr (GFile) target = g_file_get_child (folder, name);

      if (!limn_drawing_is_done (drawing) || limn_drawing_is_removed (drawing))
        continue;
      if (!limn_share_write (drawing, target, error))
        return FALSE;
      (*n_saved)++;
    }
  return TRUE;
}

static void
on_folder_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GListModel) drawings = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) folder = limn_compat_file_finish (result, &error);
  g_autofree char *text = NULL;
  guint n_saved;

  if (folder != NULL && save_into (drawings, folder, &n_saved, &error))
    {
      text = g_strdup_printf (ngettext ("%u picture saved", "%u pictures saved", n_saved), n_saved);
      limn_toast (GTK_WIDGET (source), text);
    }
  else if (error != NULL)
    limn_toast_error (GTK_WIDGET (source), _ ("Could not save the pictures"), error);
}

static void
save_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnJob *job = limn_draw_page_get_job (LIMN_WINDOW (widget)->draw_page);

  if (job != NULL)
    limn_compat_open_async (GTK_WINDOW (widget), _ ("Save All Pictures Into"), TRUE, NULL,
                            on_folder_chosen, g_object_ref (limn_job_get_drawings (job)));
}

static const struct
{
  const char *name;
  GtkWidgetActionActivateFunc activate;
} actions[] = {
  { "win.retry", retry_action },
  { "win.copy-post", copy_post_action },
  { "win.save-post", save_post_action },
  { "win.save-all", save_all_action },
};

void
limn_window_install_grid_actions (GtkWidgetClass *widget_class)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK, "win.retry",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "win.copy-post", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "win.save-all", NULL);
}
