/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window's actions on all pictures of the grid that was drawn last. */
#include "config.h"

#include "limn-window-private.h"

#include <glib/gi18n.h>

#include "library/limn-post.h"
#include "limn-share.h"
#include "limn-toast.h"

/* ---- again ---- */

/* The chosen pictures, or else the selected one; empty when there is nothing to draw again. */
static GArray *
dup_places (LimnWindow *self, LimnJob *job)
{
  g_autoptr (GPtrArray) chosen = limn_draw_page_dup_chosen (self->draw_page);
  LimnDrawing *selected = limn_window_get_done_drawing (self);
  GArray *places = g_array_new (FALSE, FALSE, sizeof (guint));
  GListModel *drawings = limn_job_get_drawings (job);
  guint n = g_list_model_get_n_items (drawings);

  if (chosen->len == 0 && selected != NULL)
    g_ptr_array_add (chosen, g_object_ref (selected));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnDrawing) drawing = g_list_model_get_item (drawings, i);

      if (g_ptr_array_find (chosen, drawing, NULL))
        g_array_append_val (places, i);
    }
  return places;
}

/* Whether pictures of the grid can be drawn anew while the others stay. */
gboolean
limn_window_can_reroll (LimnWindow *self)
{
  LimnJob *job = limn_draw_page_get_job (self->draw_page);
  g_autoptr (GArray) places = NULL;

  if (job == NULL || !limn_job_is_finished (job))
    return FALSE;
  places = dup_places (self, job);
  return places->len > 0;
}

static void
reroll_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  LimnJob *job = limn_draw_page_get_job (self->draw_page);
  g_autoptr (GArray) places = job != NULL ? dup_places (self, job) : NULL;
  g_autoptr (LimnJob) again = NULL;

  if (places == NULL || places->len == 0)
    return;
  again = limn_job_new_again (job, places);
  limn_window_go (self, "draw");
  limn_queue_add_job (self->queue, again);
  limn_window_update_actions (self);
}

static void
retry_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  LimnJob *job = limn_draw_page_get_job (self->draw_page);
  g_autoptr (LimnRecipe) recipe = NULL;
  g_autoptr (GPtrArray) chosen = limn_draw_page_dup_chosen (self->draw_page);

  if (job == NULL)
    return;
  if (chosen->len > 0)
    {
      reroll_action (widget, name, parameter);
      return;
    }
  recipe = limn_recipe_copy (limn_job_get_recipe (job));
  limn_window_draw_recipe (self, recipe);
}

/* The same words once more, with another model, to which the tokens of the first mean nothing. */
static void
draw_with_model_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  LimnJob *job = limn_draw_page_get_job (self->draw_page);
  g_autoptr (LimnRecipe) recipe = NULL;

  if (job == NULL)
    return;
  recipe = limn_recipe_copy (limn_job_get_recipe (job));
  g_free (recipe->model);
  recipe->model = g_variant_dup_string (parameter, NULL);
  limn_recipe_set_keep_ids (recipe, NULL, 0);
  recipe->redraw = 0;
  limn_window_draw_recipe (self, recipe);
}

/* A prompt that was taken out of the queue. */
static void
put_back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  limn_queue_put_back (LIMN_WINDOW (widget)->queue, g_variant_get_uint32 (parameter));
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
    limn_share_save_texture (widget, post, limn_job_get_recipe (job)->prompt, NULL);
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
  { "win.retry", retry_action },         { "win.reroll", reroll_action },
  { "win.copy-post", copy_post_action }, { "win.save-post", save_post_action },
  { "win.save-all", save_all_action },
};

void
limn_window_install_grid_actions (GtkWidgetClass *widget_class)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
  gtk_widget_class_install_action (widget_class, "win.draw-with-model", "s",
                                   draw_with_model_action);
  gtk_widget_class_install_action (widget_class, "win.put-back", "u", put_back_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK, "win.retry",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "win.copy-post", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "win.save-all", NULL);
}
