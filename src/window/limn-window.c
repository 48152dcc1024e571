/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnWindow: puts the pages together and holds the actions that work on the
 * selected picture.
 */
#include "config.h"

#include "limn-window.h"

#include <glib/gi18n.h>

#include "library/limn-keeper.h"
#include "limn-compat.h"
#include "limn-draw-page.h"
#include "limn-models-page.h"
#include "limn-share.h"
#include "limn-toast.h"

struct _LimnWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwHeaderBar *header;
  GtkMenuButton *menu_button;
  LimnDrawPage *draw_page;
  GtkStack *pages;
  LimnModelsPage *models_page;

  GSettings *settings;
  LimnQueue *queue;
};

G_DEFINE_FINAL_TYPE (LimnWindow, limn_window, ADW_TYPE_APPLICATION_WINDOW)

/**
 * limn_window_get_drawing:
 *
 * Returns: (transfer none) (nullable): the picture that actions work on
 */
LimnDrawing *
limn_window_get_drawing (LimnWindow *self)
{
  return limn_draw_page_get_selected (self->draw_page);
}

static LimnDrawing *
get_done_drawing (LimnWindow *self)
{
  LimnDrawing *drawing = limn_window_get_drawing (self);

  return drawing != NULL && limn_drawing_is_done (drawing) ? drawing : NULL;
}

/* ---- which actions make sense now ---- */

static void
enable (LimnWindow *self, const char *action, gboolean is_enabled)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), action, is_enabled);
}

static void
update_actions (LimnWindow *self)
{
  LimnDrawing *drawing = get_done_drawing (self);
  LimnJob *job = limn_draw_page_get_job (self->draw_page);

  enable (self, "win.draw", limn_draw_page_has_prompt (self->draw_page));
  enable (self, "win.cancel", self->queue != NULL && limn_queue_is_busy (self->queue));
  enable (self, "win.retry", job != NULL && limn_job_is_finished (job));
  enable (self, "win.copy", drawing != NULL);
  enable (self, "win.save", drawing != NULL);
  enable (self, "win.open-picture", drawing != NULL);
  enable (self, "win.show-in-files", drawing != NULL && limn_drawing_get_file (drawing) != NULL);
}

/* ---- drawing ---- */

static void
draw_recipe (LimnWindow *self, LimnRecipe *recipe)
{
  g_autoptr (GFile) folder = limn_keeper_dup_folder (NULL);
  gboolean was_busy = limn_queue_is_busy (self->queue);

  if (*recipe->prompt == '\0')
    return;
  limn_queue_add (self->queue, recipe, folder);
  if (was_busy)
    limn_toast (GTK_WIDGET (self), _ ("Added to the queue"));
  update_actions (self);
}

static void
draw_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  g_autoptr (LimnRecipe) recipe = limn_draw_page_dup_recipe (self->draw_page);

  draw_recipe (self, recipe);
}

static void
retry_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  LimnJob *job = limn_draw_page_get_job (self->draw_page);

  if (job != NULL)
    draw_recipe (self, limn_job_get_recipe (job));
}

static void
cancel_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  limn_queue_stop (LIMN_WINDOW (widget)->queue);
}

/**
 * limn_window_draw_prompt:
 *
 * Draws what another program or the command line asks for.
 */
void
limn_window_draw_prompt (LimnWindow *self, const char *prompt)
{
  limn_draw_page_set_prompt (self->draw_page, prompt);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.draw", NULL);
}

void
limn_window_open_file (LimnWindow *self, GFile *file)
{
}

/* ---- actions on the picture ---- */

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnDrawing *drawing = get_done_drawing (LIMN_WINDOW (widget));

  if (drawing != NULL)
    limn_share_copy (widget, drawing);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnDrawing *drawing = get_done_drawing (LIMN_WINDOW (widget));

  if (drawing != NULL)
    limn_share_save (widget, drawing);
}

static void
show_in_files_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnDrawing *drawing = get_done_drawing (LIMN_WINDOW (widget));

  if (drawing != NULL && limn_drawing_get_file (drawing) != NULL)
    limn_compat_show_in_folder (GTK_WINDOW (widget), limn_drawing_get_file (drawing));
}

static void
open_picture_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
}

static void
focus_prompt_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  limn_draw_page_focus_prompt (LIMN_WINDOW (widget)->draw_page);
}

static void
surprise_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  limn_draw_page_surprise (LIMN_WINDOW (widget)->draw_page);
}

/* ---- pages ---- */

static void
ensure_models (LimnWindow *self)
{
  g_autofree char *mirror = NULL;
  g_autoptr (LimnModelManager) manager = NULL;

  if (limn_models_page_get_manager (self->models_page) != NULL)
    return;
  mirror = g_settings_get_string (self->settings, "hub-mirror");
  manager = limn_model_manager_new (&(LimnModelSettings){ .mirror = mirror });
  limn_models_page_set_manager (self->models_page, manager);
}

static void
models_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);

  ensure_models (self);
  gtk_stack_set_visible_child_name (self->pages, "models");
  gtk_widget_child_focus (GTK_WIDGET (self->models_page), GTK_DIR_TAB_FORWARD);
}

static void
close_page_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);

  gtk_stack_set_visible_child_name (self->pages, "draw");
  limn_draw_page_focus_prompt (self->draw_page);
}

/* ---- object ---- */

static gboolean
limn_window_close_request (GtkWindow *window)
{
  LimnWindow *self = LIMN_WINDOW (window);
  int width, height;

  gtk_window_get_default_size (window, &width, &height);
  g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (window));
  if (width > 0 && height > 0)
    {
      g_settings_set_int (self->settings, "window-width", MAX (width, 360));
      g_settings_set_int (self->settings, "window-height", MAX (height, 300));
    }
  return GTK_WINDOW_CLASS (limn_window_parent_class)->close_request (window);
}

static void
limn_window_dispose (GObject *object)
{
  LimnWindow *self = LIMN_WINDOW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), LIMN_TYPE_WINDOW);
  g_clear_object (&self->queue);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (limn_window_parent_class)->dispose (object);
}

static const struct
{
  const char *name;
  GtkWidgetActionActivateFunc activate;
} actions[] = {
  { "win.draw", draw_action },
  { "win.cancel", cancel_action },
  { "win.retry", retry_action },
  { "win.copy", copy_action },
  { "win.save", save_action },
  { "win.show-in-files", show_in_files_action },
  { "win.open-picture", open_picture_action },
  { "win.focus-prompt", focus_prompt_action },
  { "win.surprise", surprise_action },
  { "win.models", models_action },
  { "win.close-page", close_page_action },
};

static void
install_actions (GtkWidgetClass *widget_class)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.cancel", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "win.copy", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "win.save", NULL);
}

static void
limn_window_class_init (LimnWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limn_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = limn_window_close_request;
  g_type_ensure (LIMN_TYPE_DRAW_PAGE);
  g_type_ensure (LIMN_TYPE_MODELS_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/limn_app/Limn/window/limn-window.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, LimnWindow, name)
  BIND (toasts);
  BIND (header);
  BIND (menu_button);
  BIND (draw_page);
  BIND (pages);
  BIND (models_page);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, update_actions);
  install_actions (widget_class);
}

static void
restore_size (LimnWindow *self)
{
  gtk_window_set_default_size (GTK_WINDOW (self),
                               g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
}

static void
limn_window_init (LimnWindow *self)
{
  self->settings = g_settings_new (APPLICATION_ID);
  gtk_widget_init_template (GTK_WIDGET (self));
  restore_size (self);
  update_actions (self);
  limn_draw_page_focus_prompt (self->draw_page);
}

LimnWindow *
limn_window_new (AdwApplication *application, LimnQueue *queue)
{
  LimnWindow *self = g_object_new (LIMN_TYPE_WINDOW, "application", application, NULL);

  self->queue = g_object_ref (queue);
  limn_draw_page_set_queue (self->draw_page, queue);
  g_signal_connect_object (queue, "notify::current", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * limn_window_get_part:
 *
 * For tests: a part of the window by its id in the template.
 */
GtkWidget *
limn_window_get_part (LimnWindow *self, const char *name)
{
  return GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (self), LIMN_TYPE_WINDOW, name));
}
