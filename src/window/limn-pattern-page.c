/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnPatternPage: lets the tokens of one picture, or of a whole grid, become a
 * tile whose edges meet, shows it repeated, and gives it out.
 */
#include "config.h"

#include "limn-pattern-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "jobs/limn-pattern.h"
#include "limn-fold-box.h"
#include "limn-pattern-area.h"
#include "limn-share.h"
#include "limn-toast.h"
#include "limn-widget.h"

/* of a wallpaper where the screen cannot be told */
#define USUAL_WIDTH  1920
#define USUAL_HEIGHT 1080
#define MAX_SIDE     16384

struct _LimnPatternPage
{
  GtkWidget parent_instance;

  GtkStack *stack;
  AdwStatusPage *problem;
  LimnPatternArea *area;
  GtkWidget *choice;
  GtkToggleButton *one; /* or all together */
  GtkScale *scale;

  LimnDrawing *drawing; /* the one picture */
  GPtrArray *one_ids;   /* of GArray: its */
  GPtrArray *all_ids;   /* of GArray: of the grid it is in, or NULL */
  GdkTexture *tile;
  GCancellable *rendering;
};

G_DEFINE_FINAL_TYPE (LimnPatternPage, limn_pattern_page, GTK_TYPE_WIDGET)

static void
set_tile (LimnPatternPage *self, GdkTexture *tile)
{
  g_set_object (&self->tile, tile);
  limn_pattern_area_set_tile (self->area, tile);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "pattern.save", tile != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "pattern.copy", tile != NULL);
}

static void
on_rendered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LimnPatternPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) tile = limn_pattern_render_finish (result, &error);

  if (self->rendering == NULL || g_task_get_cancellable (G_TASK (result)) != self->rendering)
    return; /* nobody waits for it any more */
  g_clear_object (&self->rendering);
  set_tile (self, tile);
  if (tile == NULL)
    {
      g_autofree char *text = g_markup_escape_text (error->message, -1);

      adw_status_page_set_description (self->problem, text);
    }
  gtk_stack_set_visible_child_name (self->stack, tile != NULL ? "pattern" : "problem");
}

static gboolean
is_of_all (LimnPatternPage *self)
{
  return !gtk_toggle_button_get_active (self->one) && self->all_ids != NULL;
}

static void
render (LimnPatternPage *self)
{
  limn_pattern_page_stop (self);
  if (self->one_ids == NULL)
    return;
  set_tile (self, NULL);
  gtk_stack_set_visible_child_name (self->stack, "rendering");
  self->rendering = g_cancellable_new ();
  limn_pattern_render_async (is_of_all (self) ? self->all_ids : self->one_ids,
                             limn_drawing_get_recipe (self->drawing)->model, self->rendering,
                             on_rendered, g_object_ref (self));
}

static void
on_choice (LimnPatternPage *self)
{
  render (self);
}

static void
on_scale (LimnPatternPage *self)
{
  limn_pattern_area_set_scale (self->area, gtk_range_get_value (GTK_RANGE (self->scale)));
}

/* Lets go of what is still being rendered. */
void
limn_pattern_page_stop (LimnPatternPage *self)
{
  if (self->rendering != NULL)
    g_cancellable_cancel (self->rendering);
  g_clear_object (&self->rendering);
}

/**
 * limn_pattern_page_show:
 * @ids: #guint32 tokens of @drawing
 * @all_ids: (nullable) (element-type GArray): those of its whole grid
 */
void
limn_pattern_page_show (LimnPatternPage *self,
                        LimnDrawing *drawing,
                        GArray *ids,
                        GPtrArray *all_ids)
{
  g_set_object (&self->drawing, drawing);
  g_clear_pointer (&self->one_ids, g_ptr_array_unref);
  self->one_ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_ptr_array_add (self->one_ids, g_array_ref (ids));
  g_clear_pointer (&self->all_ids, g_ptr_array_unref);
  if (all_ids != NULL && all_ids->len > 1)
    self->all_ids = g_ptr_array_ref (all_ids);
  gtk_widget_set_visible (self->choice, self->all_ids != NULL);
  if (gtk_toggle_button_get_active (self->one))
    render (self);
  else
    gtk_toggle_button_set_active (self->one, TRUE);
}

GdkTexture *
limn_pattern_page_get_tile (LimnPatternPage *self)
{
  return self->tile;
}

/* ---- giving it out --------------------------------------------------------------- */

/* Pixels of the screen that the window is on. */
static void
get_screen_size (GtkWidget *widget, int *width, int *height)
{
  GtkNative *native = gtk_widget_get_native (widget);
  GdkSurface *surface = native != NULL ? gtk_native_get_surface (native) : NULL;
  GdkMonitor *monitor =
      surface != NULL
          ? gdk_display_get_monitor_at_surface (gtk_widget_get_display (widget), surface)
          : NULL;
  GdkRectangle geometry = { 0, 0, USUAL_WIDTH, USUAL_HEIGHT };
  int factor = 1;

  if (monitor != NULL)
    {
      gdk_monitor_get_geometry (monitor, &geometry);
      factor = gdk_monitor_get_scale_factor (monitor);
    }
  *width = CLAMP (geometry.width * factor, 1, MAX_SIDE);
  *height = CLAMP (geometry.height * factor, 1, MAX_SIDE);
}

/**
 * limn_pattern_page_make_wallpaper:
 *
 * Returns: (transfer full) (nullable): tiles as large as they are shown, on all of the screen
 */
GdkTexture *
limn_pattern_page_make_wallpaper (LimnPatternPage *self)
{
  int width, height;

  if (self->tile == NULL)
    return NULL;
  get_screen_size (GTK_WIDGET (self), &width, &height);
  return limn_pattern_repeat (self->tile, width, height,
                              gtk_range_get_value (GTK_RANGE (self->scale)));
}

/* How the pattern was drawn: as its picture, but without seams; or as the grid. */
static void
read_facts (LimnPatternPage *self, LimnPictureFacts *facts)
{
  if (!limn_share_read_facts (self->drawing, facts))
    return;
  facts->is_tile = TRUE;
  if (is_of_all (self))
    limn_picture_facts_make_whole (facts);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnPatternPage *self = LIMN_PATTERN_PAGE (widget);
  g_autoptr (GdkTexture) wallpaper = limn_pattern_page_make_wallpaper (self);
  g_auto (LimnPictureFacts) facts = { 0 };

  if (wallpaper == NULL)
    return;
  read_facts (self, &facts);
  limn_share_save_texture (widget, wallpaper, limn_drawing_get_prompt (self->drawing), &facts);
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnPatternPage *self = LIMN_PATTERN_PAGE (widget);

  if (self->tile == NULL)
    return;
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), self->tile);
  limn_toast (widget, _ ("Tile copied"));
}

/* ---- object ------------------------------------------------------------------------ */

static gboolean
limn_pattern_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (LIMN_PATTERN_PAGE (widget)->scale));
}

static void
limn_pattern_page_dispose (GObject *object)
{
  LimnPatternPage *self = LIMN_PATTERN_PAGE (object);

  limn_pattern_page_stop (self);
  g_clear_object (&self->tile);
  g_clear_pointer (&self->one_ids, g_ptr_array_unref);
  g_clear_pointer (&self->all_ids, g_ptr_array_unref);
  g_clear_object (&self->drawing);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMN_TYPE_PATTERN_PAGE);
  limn_widget_drop_children (GTK_WIDGET (self));
  G_OBJECT_CLASS (limn_pattern_page_parent_class)->dispose (object);
}

static void
limn_pattern_page_class_init (LimnPatternPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limn_pattern_page_dispose;
  widget_class->grab_focus = limn_pattern_page_grab_focus;
  g_type_ensure (LIMN_TYPE_FOLD_BOX);
  g_type_ensure (LIMN_TYPE_PATTERN_AREA);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/limn_app/Limn/window/limn-pattern-page.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, LimnPatternPage, name)
  BIND (stack);
  BIND (problem);
  BIND (area);
  BIND (choice);
  BIND (one);
  BIND (scale);
#undef BIND
  /* a spinner that cannot be seen would keep the processor busy all the same */
  gtk_widget_class_bind_template_callback (widget_class, gtk_spinner_start);
  gtk_widget_class_bind_template_callback (widget_class, gtk_spinner_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_choice);
  gtk_widget_class_bind_template_callback (widget_class, on_scale);
  gtk_widget_class_install_action (widget_class, "pattern.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "pattern.copy", NULL, copy_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "pattern.save",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "pattern.copy",
                                       NULL);
}

static void
limn_pattern_page_init (LimnPatternPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  set_tile (self, NULL);
}
