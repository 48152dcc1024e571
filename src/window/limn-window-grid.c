/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window's actions on all pictures of the grid that was drawn last. */
#include "config.h"

#include "limn-window-private.h"

#include <glib/gi18n.h>

#include "library/limn-post.h"
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

static void
save_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnJob *job = limn_draw_page_get_job (LIMN_WINDOW (widget)->draw_page);

  if (job != NULL)
    limn_share_save_all (widget, limn_job_get_drawings (job));
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
