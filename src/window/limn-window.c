/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnWindow: puts the pages together and leads from one place to another.
 * What can be done with one picture is limn-window-picture.c's, with a grid of
 * them limn-window-grid.c's.
 */
#include "config.h"

#include "limn-window-private.h"

#include <glib/gi18n.h>

#include "library/limn-keeper.h"
#include "library/limn-trash.h"
#include "limn-first-use.h"
#include "limn-share.h"
#include "limn-toast.h"

#define MAIL_POSSIBLE "mail-possible"

G_DEFINE_FINAL_TYPE (LimnWindow, limn_window, ADW_TYPE_APPLICATION_WINDOW)

/* ---- where we are ---- */

static gboolean
is_at (LimnWindow *self, const char *place)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->places), place) == 0;
}

static gboolean
is_on_page (LimnWindow *self, const char *page)
{
  return g_strcmp0 (adw_view_stack_get_visible_child_name (self->pages), page) == 0;
}

/**
 * limn_window_get_drawing:
 *
 * Returns: (transfer none) (nullable): the picture that actions work on
 */
LimnDrawing *
limn_window_get_drawing (LimnWindow *self)
{
  if (!is_at (self, "main"))
    return limn_viewer_get_drawing (self->viewer);
  if (is_on_page (self, "library"))
    return limn_library_page_get_selected (self->library_page);
  return limn_draw_page_get_selected (self->draw_page);
}

LimnDrawing *
limn_window_get_done_drawing (LimnWindow *self)
{
  LimnDrawing *drawing = limn_window_get_drawing (self);

  if (drawing == NULL || !limn_drawing_is_done (drawing) || limn_drawing_is_removed (drawing))
    return NULL;
  return drawing;
}

/* Goes to "draw", "library", "viewer", "caption", "redraw" or "pattern". */
void
limn_window_go (LimnWindow *self, const char *place)
{
  gboolean is_page = g_str_equal (place, "draw") || g_str_equal (place, "library");

  if (is_page)
    {
      adw_view_stack_set_visible_child_name (self->pages, place);
      /* what was shown large is no longer what actions, also those of later places, are about */
      limn_viewer_show (self->viewer, NULL, NULL);
    }
  gtk_stack_set_visible_child_name (self->places, is_page ? "main" : place);
  limn_window_update_actions (self);
  if (g_str_equal (place, "viewer"))
    gtk_widget_grab_focus (GTK_WIDGET (self->viewer));
}

static void
on_open (LimnWindow *self, LimnDrawing *drawing, GtkWidget *page)
{
  GListModel *list;

  if (!limn_drawing_is_done (drawing))
    return;
  if (page == GTK_WIDGET (self->library_page))
    list = limn_library_page_get_shown (self->library_page);
  else
    list = limn_draw_page_get_shown (self->draw_page);
  limn_viewer_show (self->viewer, list, drawing);
  limn_window_go (self, "viewer");
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);

  limn_redraw_page_stop (self->redraw_page);
  limn_pattern_page_stop (self->pattern_page);
  if (!is_at (self, "viewer") && !is_at (self, "models")
      && limn_viewer_get_drawing (self->viewer) != NULL)
    limn_window_go (self, "viewer");
  else
    limn_window_go (self, adw_view_stack_get_visible_child_name (self->pages));
}

/* Escape: back to where one came from, or else no more of this drawing. */
static void
escape_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);

  if (is_at (self, "main") && is_on_page (self, "draw")
      && limn_draw_page_choose_none (self->draw_page))
    return;
  gtk_widget_activate_action (widget, is_at (self, "main") ? "win.cancel" : "win.back", NULL);
}

static void
ensure_models (LimnWindow *self)
{
  g_autofree char *mirror = NULL, *source = NULL;
  g_autoptr (LimnModelManager) manager = NULL;

  if (limn_models_page_get_manager (self->models_page) != NULL)
    return;
  mirror = g_settings_get_string (self->settings, "hub-mirror");
  source = g_settings_get_string (self->settings, "hub-source");
  manager = limn_model_manager_new (&(LimnModelSettings){ .mirror = mirror, .source = source });
  limn_models_page_set_manager (self->models_page, manager);
}

static void
models_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);

  ensure_models (self);
  limn_viewer_show (self->viewer, NULL, NULL);
  limn_window_go (self, "models");
  gtk_widget_child_focus (GTK_WIDGET (self->models_page), GTK_DIR_TAB_FORWARD);
}

static void
previous_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  limn_viewer_step (LIMN_WINDOW (widget)->viewer, -1);
}

static void
next_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  limn_viewer_step (LIMN_WINDOW (widget)->viewer, 1);
}

static void
library_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  limn_window_go (LIMN_WINDOW (widget), "library");
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  limn_window_go (LIMN_WINDOW (widget), "library");
  limn_library_page_focus_search (LIMN_WINDOW (widget)->library_page);
}

static void
focus_prompt_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  limn_window_go (LIMN_WINDOW (widget), "draw");
  limn_draw_page_focus_prompt (LIMN_WINDOW (widget)->draw_page);
}

static void
surprise_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  limn_window_go (LIMN_WINDOW (widget), "draw");
  limn_draw_page_surprise (LIMN_WINDOW (widget)->draw_page);
}

/* ---- which actions make sense now ---- */

static void
enable (LimnWindow *self, const char *action, gboolean is_enabled)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), action, is_enabled);
}

static void
update_picture_actions (LimnWindow *self)
{
  LimnDrawing *drawing = limn_window_get_done_drawing (self);
  gboolean has_file = drawing != NULL && limn_drawing_get_file (drawing) != NULL;

  enable (self, "win.copy", drawing != NULL);
  enable (self, "win.copy-animation", drawing != NULL);
  enable (self, "win.save", drawing != NULL);
  enable (self, "win.save-as", drawing != NULL);
  enable (self, "win.open-with", drawing != NULL);
  enable (self, "win.mail",
          drawing != NULL && g_object_get_data (G_OBJECT (self), MAIL_POSSIBLE) != NULL);
  enable (self, "win.open-picture", drawing != NULL && is_at (self, "main"));
  enable (self, "win.caption", drawing != NULL);
  enable (self, "win.use-recipe", drawing != NULL);
  enable (self, "win.more-like-this", drawing != NULL);
  enable (self, "win.vary", drawing != NULL);
  enable (self, "win.pattern", drawing != NULL);
  enable (self, "win.save-larger", drawing != NULL);
  enable (self, "win.show-in-files", has_file);
  enable (self, "win.favourite", has_file);
  /* nothing is thrown away unseen, while another page works on it */
  enable (self, "win.trash", has_file && (is_at (self, "main") || is_at (self, "viewer")));
}

void
limn_window_update_actions (LimnWindow *self)
{
  LimnJob *job = limn_draw_page_get_job (self->draw_page);
  gboolean has_pictures = job != NULL && limn_job_get_n_done (job) > 0;

  update_picture_actions (self);
  /* other pages have a use of their own for its key */
  enable (self, "win.draw",
          limn_draw_page_has_prompt (self->draw_page)
              && (is_at (self, "main") || is_at (self, "viewer")));
  enable (self, "win.cancel", self->queue != NULL && limn_queue_is_busy (self->queue));
  enable (self, "win.reroll", limn_window_can_reroll (self));
  enable (self, "win.retry", job != NULL && limn_job_is_finished (job));
  enable (self, "win.copy-post", has_pictures);
  enable (self, "win.save-post", has_pictures);
  enable (self, "win.save-all", has_pictures);
  enable (self, "win.back", !is_at (self, "main"));
  enable (self, "win.previous", limn_viewer_can_step (self->viewer, -1));
  enable (self, "win.next", limn_viewer_can_step (self->viewer, 1));
  enable (self, "win.undo", limn_trash_get_last () != NULL);
}

/* ---- drawing ---- */

GFile *
limn_window_dup_folder (LimnWindow *self)
{
  return limn_keeper_dup_folder (NULL);
}

static void
start_drawing (LimnWindow *self, LimnRecipe *recipe)
{
  g_autoptr (GFile) folder = limn_window_dup_folder (self);

  limn_draw_page_remember (self->draw_page, recipe->prompt);
  limn_queue_add (self->queue, recipe, folder);
  limn_window_update_actions (self);
}

typedef struct
{
  LimnWindow *window;
  LimnRecipe *recipe;
} FirstUse;

static void
on_first_use_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree FirstUse *use = data;
  g_autoptr (LimnWindow) self = use->window;
  g_autoptr (LimnRecipe) recipe = use->recipe;

  if (limn_first_use_ask_finish (result) && self->queue != NULL)
    start_drawing (self, recipe);
}

void
limn_window_draw_recipe (LimnWindow *self, LimnRecipe *recipe)
{
  FirstUse *use;

  if (*recipe->prompt == '\0')
    return;
  if (!limn_trial_is_due (recipe->model))
    {
      start_drawing (self, recipe);
      return;
    }
  use = g_new0 (FirstUse, 1);
  use->window = g_object_ref (self);
  use->recipe = limn_recipe_copy (recipe);
  limn_first_use_ask_async (GTK_WINDOW (self), recipe, on_first_use_answered, use);
}

static void
draw_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  g_autoptr (LimnRecipe) recipe = limn_draw_page_dup_recipe (self->draw_page);

  limn_window_draw_recipe (self, recipe);
}

/* The same once more, but for one word. */
static void
on_reword (LimnWindow *self, const char *prompt)
{
  LimnJob *job = limn_draw_page_get_job (self->draw_page);
  g_autoptr (LimnRecipe) recipe = limn_recipe_copy (limn_job_get_recipe (job));

  g_free (recipe->prompt);
  recipe->prompt = limn_prompt_clean (prompt);
  recipe->has_seed = TRUE;
  limn_draw_page_set_prompt (self->draw_page, recipe->prompt);
  limn_window_draw_recipe (self, recipe);
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
  limn_window_go (self, "draw");
  limn_draw_page_set_prompt (self->draw_page, prompt);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.draw", NULL);
}

/**
 * limn_window_search:
 * @words: an earlier prompt, or some of its words
 *
 * Shows what was drawn of them, with the words ready to be drawn again.
 */
void
limn_window_search (LimnWindow *self, const char *words)
{
  limn_window_go (self, "library");
  limn_library_page_search (self->library_page, words);
  if (!limn_draw_page_has_prompt (self->draw_page))
    limn_draw_page_set_prompt (self->draw_page, words);
}

/**
 * limn_window_open_file:
 *
 * Brings back prompt, seed and settings of a picture that Limn drew; any other
 * picture can be finished.
 */
void
limn_window_open_file (LimnWindow *self, GFile *file)
{
  g_autoptr (LimnRecipe) recipe = limn_library_read_recipe (file, NULL);

  if (recipe == NULL)
    {
      limn_window_finish_photo (self, file, NULL);
      return;
    }
  limn_window_go (self, "draw");
  limn_draw_page_set_recipe (self->draw_page, recipe);
  limn_draw_page_focus_prompt (self->draw_page);
  limn_toast (GTK_WIDGET (self), _ ("Prompt, seed and settings are back"));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, LimnWindow *self)
{
  g_autoptr (GSList) files = NULL;

  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return FALSE;
  files = gdk_file_list_get_files (g_value_get_boxed (value));
  if (files == NULL)
    return FALSE;
  limn_window_open_file (self, files->data);
  return TRUE;
}

/* A picture that is dragged out of the window does not come back in. */
static gboolean
on_accept (GtkDropTarget *target, GdkDrop *drop, LimnWindow *self)
{
  return gdk_drop_get_drag (drop) == NULL
         && gdk_content_formats_contain_gtype (gdk_drop_get_formats (drop), GDK_TYPE_FILE_LIST);
}

static void
accept_drops (LimnWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "accept", G_CALLBACK (on_accept), self);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
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
  limn_trash_finish_all ();
  return GTK_WINDOW_CLASS (limn_window_parent_class)->close_request (window);
}

static void
limn_window_dispose (GObject *object)
{
  LimnWindow *self = LIMN_WINDOW (object);

  if (self->viewer != NULL) /* it follows a list of the library's page, which goes before it */
    limn_viewer_show (self->viewer, NULL, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMN_TYPE_WINDOW);
  g_clear_object (&self->queue);
  g_clear_object (&self->library);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (limn_window_parent_class)->dispose (object);
}

static const struct
{
  const char *name;
  GtkWidgetActionActivateFunc activate;
} actions[] = {
  { "win.draw", draw_action },         { "win.cancel", cancel_action },
  { "win.surprise", surprise_action }, { "win.focus-prompt", focus_prompt_action },
  { "win.library", library_action },   { "win.search", search_action },
  { "win.models", models_action },     { "win.close-page", back_action },
  { "win.back", back_action },         { "win.escape", escape_action },
  { "win.previous", previous_action }, { "win.next", next_action },
};

static void
install_actions (GtkWidgetClass *widget_class)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.escape", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "win.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Back, 0, "win.back", NULL);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (LIMN_TYPE_CAPTION_EDITOR);
  g_type_ensure (LIMN_TYPE_DRAW_PAGE);
  g_type_ensure (LIMN_TYPE_LIBRARY_PAGE);
  g_type_ensure (LIMN_TYPE_MODELS_PAGE);
  g_type_ensure (LIMN_TYPE_PATTERN_PAGE);
  g_type_ensure (LIMN_TYPE_REDRAW_PAGE);
  g_type_ensure (LIMN_TYPE_VIEWER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/limn_app/Limn/window/limn-window.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, LimnWindow, name)
  BIND (toasts);
  BIND (places);
  BIND (header);
  BIND (pages);
  BIND (menu_button);
  BIND (draw_page);
  BIND (library_page);
  BIND (models_page);
  BIND (viewer);
  BIND (caption_editor);
  BIND (redraw_page);
  BIND (pattern_page);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, limn_window_update_actions);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
  gtk_widget_class_bind_template_callback (widget_class, limn_window_draw_prompt);
  gtk_widget_class_bind_template_callback (widget_class, on_reword);
}

static void
limn_window_class_init (LimnWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limn_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = limn_window_close_request;
  bind_template (widget_class);
  install_actions (widget_class);
  limn_window_install_picture_actions (widget_class);
  limn_window_install_grid_actions (widget_class);
  limn_window_install_ways_actions (widget_class);
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
  g_autoptr (GFile) folder = limn_window_dup_folder (self);

  self->settings = g_settings_new (APPLICATION_ID);
  gtk_widget_init_template (GTK_WIDGET (self));
  restore_size (self);
  limn_toast_keep_clear (self->toasts);
  accept_drops (self);
  self->library = limn_library_new (folder);
  limn_library_page_set_library (self->library_page, self->library);
  limn_share_check_mail (GTK_WIDGET (self), MAIL_POSSIBLE);
  limn_window_update_actions (self);
  limn_draw_page_focus_prompt (self->draw_page);
}

LimnWindow *
limn_window_new (AdwApplication *application, LimnQueue *queue)
{
  LimnWindow *self = g_object_new (LIMN_TYPE_WINDOW, "application", application, NULL);

  self->queue = g_object_ref (queue);
  g_signal_connect_object (queue, "started", G_CALLBACK (limn_library_expect), self->library,
                           G_CONNECT_SWAPPED);
  limn_draw_page_set_queue (self->draw_page, queue);
  g_signal_connect_object (queue, "notify::current", G_CALLBACK (limn_window_update_actions), self,
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
