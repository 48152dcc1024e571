/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window's actions on one picture: the one selected, or shown large. */
#include "config.h"

#include "limn-window-private.h"

#include <glib/gi18n.h>

#include "library/limn-favourites.h"
#include "library/limn-trash.h"
#include "limn-compat.h"
#include "limn-share.h"
#include "limn-toast.h"

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnDrawing *drawing = limn_window_get_done_drawing (LIMN_WINDOW (widget));

  if (drawing != NULL)
    limn_share_copy (widget, drawing);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnDrawing *drawing = limn_window_get_done_drawing (LIMN_WINDOW (widget));

  if (drawing != NULL)
    limn_share_save (widget, drawing, LIMN_EXPORT_PNG);
}

static void
save_as_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnDrawing *drawing = limn_window_get_done_drawing (LIMN_WINDOW (widget));
  const char *format = g_variant_get_string (parameter, NULL);

  if (drawing == NULL)
    return;
  if (g_str_equal (format, "animation"))
    limn_share_save_film (widget, drawing);
  else if (g_str_equal (format, "webp"))
    limn_share_save (widget, drawing, LIMN_EXPORT_WEBP);
  else
    limn_share_save (widget, drawing,
                     g_str_equal (format, "jpeg") ? LIMN_EXPORT_JPEG : LIMN_EXPORT_PNG);
}

static void
copy_animation_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnDrawing *drawing = limn_window_get_done_drawing (LIMN_WINDOW (widget));

  if (drawing != NULL)
    limn_share_copy_film (widget, drawing);
}

static void
open_with_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnDrawing *drawing = limn_window_get_done_drawing (LIMN_WINDOW (widget));

  if (drawing != NULL)
    limn_share_open_with (widget, drawing);
}

static void
mail_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnDrawing *drawing = limn_window_get_done_drawing (LIMN_WINDOW (widget));

  if (drawing != NULL)
    limn_share_mail (widget, drawing);
}

static void
show_in_files_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnDrawing *drawing = limn_window_get_done_drawing (LIMN_WINDOW (widget));

  if (drawing != NULL && limn_drawing_get_file (drawing) != NULL)
    limn_compat_show_in_folder (GTK_WINDOW (widget), limn_drawing_get_file (drawing));
}

static void
open_picture_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  LimnDrawing *drawing = limn_window_get_done_drawing (self);
  GtkWidget *page = adw_view_stack_get_visible_child (self->pages);

  if (drawing != NULL)
    g_signal_emit_by_name (page, "open", drawing);
}

static void
use_recipe_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  LimnDrawing *drawing = limn_window_get_done_drawing (self);
  g_autoptr (LimnRecipe) recipe = NULL;

  if (drawing == NULL)
    return;
  recipe = limn_recipe_copy (limn_drawing_get_recipe (drawing));
  recipe->seed = limn_drawing_get_seed (drawing);
  recipe->has_seed = TRUE;
  limn_window_go (self, "draw");
  limn_draw_page_set_recipe (self->draw_page, recipe);
  limn_draw_page_focus_prompt (self->draw_page);
}

/* ---- favourites ---- */

static void
favourite_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  LimnDrawing *drawing = limn_window_get_done_drawing (self);
  g_autoptr (GError) error = NULL;

  if (drawing == NULL || limn_drawing_get_file (drawing) == NULL)
    return;
  if (!limn_favourites_set (drawing, !limn_drawing_is_favourite (drawing), &error))
    {
      limn_toast_error (widget, _ ("The star could not be kept"), error);
      return;
    }
  limn_library_page_refilter (self->library_page);
  limn_window_update_actions (self); /* it may have left the list that is stepped through */
}

/* ---- trash ---- */

static void
on_trash_toast_gone (AdwToast *toast, GtkWidget *widget)
{
  LimnDrawing *drawing = g_object_get_data (G_OBJECT (toast), "drawing");
  g_autoptr (GError) error = NULL;

  if (limn_trash_finish (drawing, &error))
    return;
  limn_toast_error (widget, _ ("The picture could not be moved to the trash"), error);
  limn_library_page_refilter (LIMN_WINDOW (widget)->library_page);
}

static void
show_trash_toast (LimnWindow *self, LimnDrawing *drawing)
{
  AdwToast *toast = adw_toast_new (_ ("Moved to the trash"));

  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_action_name (toast, "win.undo");
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  g_object_set_data_full (G_OBJECT (toast), "drawing", g_object_ref (drawing), g_object_unref);
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (on_trash_toast_gone), self, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* In the large view another picture takes its place. */
static void
step_away (LimnWindow *self)
{
  if (!limn_viewer_step (self->viewer, 1) && !limn_viewer_step (self->viewer, -1))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
}

static void
trash_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  LimnDrawing *drawing = limn_window_get_done_drawing (self);

  if (drawing == NULL || limn_drawing_get_file (drawing) == NULL)
    return;
  g_object_ref (drawing);
  if (drawing == limn_viewer_get_drawing (self->viewer))
    step_away (self);
  limn_trash_put (drawing);
  show_trash_toast (self, drawing);
  limn_library_page_refilter (self->library_page);
  limn_window_update_actions (self);
  g_object_unref (drawing);
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  LimnDrawing *drawing = limn_trash_get_last ();

  if (drawing == NULL || !limn_trash_take_back (drawing))
    return;
  limn_library_page_refilter (self->library_page);
  limn_window_update_actions (self);
}

/* ---- words ---- */

static void
caption_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnWindow *self = LIMN_WINDOW (widget);
  LimnDrawing *drawing = limn_window_get_done_drawing (self);

  if (drawing == NULL || limn_drawing_get_texture (drawing) == NULL)
    return;
  limn_caption_editor_set_drawing (self->caption_editor, drawing);
  limn_window_go (self, "caption");
  gtk_widget_grab_focus (GTK_WIDGET (self->caption_editor));
}

static const struct
{
  const char *name;
  GtkWidgetActionActivateFunc activate;
  guint key;
  GdkModifierType modifiers;
} actions[] = {
  { "win.copy", copy_action, GDK_KEY_c, GDK_CONTROL_MASK },
  { "win.copy-animation", copy_animation_action },
  { "win.save", save_action, GDK_KEY_s, GDK_CONTROL_MASK },
  { "win.open-with", open_with_action },
  { "win.mail", mail_action },
  { "win.show-in-files", show_in_files_action },
  { "win.open-picture", open_picture_action },
  { "win.use-recipe", use_recipe_action },
  { "win.favourite", favourite_action, GDK_KEY_d, GDK_CONTROL_MASK },
  { "win.trash", trash_action, GDK_KEY_Delete, 0 },
  { "win.undo", undo_action, GDK_KEY_z, GDK_CONTROL_MASK },
  { "win.caption", caption_action, GDK_KEY_t, GDK_CONTROL_MASK },
};

void
limn_window_install_picture_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.save-as", "s", save_as_action);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
      if (actions[i].key != 0)
        gtk_widget_class_add_binding_action (widget_class, actions[i].key, actions[i].modifiers,
                                             actions[i].name, NULL);
    }
}
