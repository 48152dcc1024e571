/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnRedrawPage: shows a picture, lets a person say how much of it stays and
 * with which words the rest is drawn, and makes a recipe of that.  Reading a
 * photo is LimnPhoto's, drawing the window's.
 */
#include "config.h"

#include "limn-redraw-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <limn.h>
#include <math.h>

#include "jobs/limn-photo.h"
#include "library/limn-texture-store.h"
#include "limn-keep-area.h"
#include "limn-widget.h"

struct _LimnRedrawPage
{
  GtkWidget parent_instance;

  AdwWindowTitle *title;
  GtkStack *stack;
  AdwStatusPage *problem;
  GtkButton *models_button, *cancel_button, *back_button;
  LimnKeepArea *area;
  GtkToggleButton *keep_top, *change_share;
  GtkStack *amounts;
  GtkLabel *kept_label;
  GtkScale *strength;
  GtkEntry *prompt;

  LimnDrawing *drawing; /* one of ours that is varied, or NULL */
  LimnRecipe *recipe;   /* what the new one is made from */
  GArray *ids;          /* guint32, or NULL while there is nothing to draw on from */
  guint grid_size;
  GCancellable *reading; /* of a photo */
};

G_DEFINE_FINAL_TYPE (LimnRedrawPage, limn_redraw_page, GTK_TYPE_WIDGET)

/* ---- what is chosen ---------------------------------------------------------- */

static gboolean
is_changing_share (LimnRedrawPage *self)
{
  return !gtk_toggle_button_get_active (self->keep_top);
}

static void
update_kept_label (LimnRedrawPage *self)
{
  guint n = limn_keep_area_get_n_kept (self->area), rows = n / self->grid_size;
  guint cells = n % self->grid_size;
  g_autofree char *text = NULL;

  if (cells == 0)
    text = g_strdup_printf (_ ("%u of %u rows stay"), rows, self->grid_size);
  else
    text = g_strdup_printf (_ ("%u of %u rows and %u cells stay"), rows, self->grid_size, cells);
  gtk_label_set_label (self->kept_label, text);
}

static void
update (LimnRedrawPage *self)
{
  double strength = gtk_range_get_value (GTK_RANGE (self->strength));

  limn_keep_area_set_share (self->area, is_changing_share (self) ? strength : -1);
  gtk_stack_set_visible_child_name (self->amounts, is_changing_share (self) ? "share" : "top");
  update_kept_label (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "redraw.draw",
                                 limn_redraw_page_is_ready (self));
}

/* Whether all is there to draw: a picture that was read, and words. */
gboolean
limn_redraw_page_is_ready (LimnRedrawPage *self)
{
  g_autofree char *clean = limn_prompt_clean (gtk_editable_get_text (GTK_EDITABLE (self->prompt)));

  return self->ids != NULL && *clean != '\0';
}

/**
 * limn_redraw_page_dup_recipe:
 *
 * Returns: (transfer full) (nullable): what shall be drawn
 */
LimnRecipe *
limn_redraw_page_dup_recipe (LimnRedrawPage *self)
{
  const guint32 *ids;
  LimnRecipe *recipe;
  guint n;

  if (!limn_redraw_page_is_ready (self))
    return NULL;
  ids = (const guint32 *) (gpointer) self->ids->data;
  n = is_changing_share (self) ? self->ids->len : limn_keep_area_get_n_kept (self->area);
  recipe = limn_recipe_copy (self->recipe);
  g_free (recipe->prompt);
  recipe->prompt = limn_prompt_clean (gtk_editable_get_text (GTK_EDITABLE (self->prompt)));
  recipe->has_seed = FALSE;
  limn_recipe_set_keep_ids (recipe, ids, MIN (n, self->ids->len));
  recipe->redraw = is_changing_share (self) ? gtk_range_get_value (GTK_RANGE (self->strength)) : 0;
  return recipe;
}

/* Where files that can look at pictures are ready to be downloaded. */
static void
models_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);

  g_settings_set_string (settings, "hub-source", "dalle-mini");
  gtk_widget_activate_action (widget, "win.models", NULL);
}

static void
draw_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.redraw", NULL);
}

static void
on_activate (LimnRedrawPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "redraw.draw", NULL);
}

/* ---- what is shown ------------------------------------------------------------ */

static void
set_ids (LimnRedrawPage *self, GArray *ids)
{
  if (ids != NULL)
    g_array_ref (ids);
  g_clear_pointer (&self->ids, g_array_unref);
  self->ids = ids;
  if (ids != NULL)
    {
      self->grid_size = MAX (1, (guint) lround (sqrt (ids->len)));
      limn_keep_area_set_grid_size (self->area, self->grid_size);
    }
  update (self);
}

static void
on_texture_changed (LimnRedrawPage *self)
{
  limn_keep_area_set_texture (self->area, limn_drawing_get_texture (self->drawing));
}

/* Shows one of our pictures as soon as its pixels are in memory; NULL for none. */
static void
set_drawing (LimnRedrawPage *self, LimnDrawing *drawing)
{
  if (self->drawing != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->drawing, on_texture_changed, self);
      limn_texture_store_release (self->drawing);
    }
  g_set_object (&self->drawing, drawing);
  if (drawing == NULL)
    return;
  g_signal_connect_swapped (drawing, "notify::texture", G_CALLBACK (on_texture_changed), self);
  limn_texture_store_hold (drawing);
  on_texture_changed (self);
}

static void
begin (LimnRedrawPage *self, const LimnRecipe *recipe, const char *title, gboolean is_share)
{
  limn_redraw_page_stop (self);
  g_clear_pointer (&self->recipe, limn_recipe_unref);
  self->recipe = limn_recipe_copy (recipe);
  adw_window_title_set_title (self->title, title);
  gtk_toggle_button_set_active (is_share ? self->change_share : self->keep_top, TRUE);
  gtk_editable_set_text (GTK_EDITABLE (self->prompt), recipe->prompt);
  gtk_editable_set_position (GTK_EDITABLE (self->prompt), -1);
  set_drawing (self, NULL);
  set_ids (self, NULL);
}

/* Shows "picture", "reading" or "problem", and gives it the focus where it can be seen: in a part
 * that is hidden, the focus would swallow every key. */
static void
show_part (LimnRedrawPage *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->stack, name);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

/* Back to where nothing is being read. */
void
limn_redraw_page_stop (LimnRedrawPage *self)
{
  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
}

/**
 * limn_redraw_page_vary:
 * @recipe: how the picture was drawn, and how many shall be drawn now
 * @ids: #guint32 image tokens of @drawing
 *
 * Begins with a picture of ours.
 */
void
limn_redraw_page_vary (LimnRedrawPage *self,
                       const LimnRecipe *recipe,
                       GArray *ids,
                       LimnDrawing *drawing)
{
  begin (self, recipe, _ ("Vary This Picture"), TRUE);
  set_drawing (self, drawing);
  set_ids (self, ids);
  show_part (self, "picture");
}

static void
show_problem (LimnRedrawPage *self, const GError *error)
{
  gboolean has_no_encoder = g_error_matches (error, LIMN_ERROR, LIMN_ERROR_MISSING);
  g_autofree char *text = g_markup_escape_text (error->message, -1);

  adw_status_page_set_title (self->problem, has_no_encoder
                                                ? _ ("This Model Cannot Look at Pictures")
                                                : _ ("This Picture Could Not Be Read"));
  if (has_no_encoder)
    adw_status_page_set_description (
        self->problem,
        _ ("It draws, but its file holds nothing to read a photo with. Starter can read one: "
           "choose "
           "it in the options. DALL·E Mini and Mega can in full precision: delete the model and "
           "download it so."));
  else
    adw_status_page_set_description (self->problem, text);
  gtk_widget_set_visible (GTK_WIDGET (self->models_button), has_no_encoder);
  show_part (self, "problem");
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LimnRedrawPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnPhoto) photo = limn_photo_read_finish (result, &error);

  if (self->reading == NULL || g_task_get_cancellable (G_TASK (result)) != self->reading)
    return; /* nobody waits for it any more */
  g_clear_object (&self->reading);
  if (photo == NULL)
    {
      show_problem (self, error);
      return;
    }
  limn_keep_area_set_texture (self->area, photo->texture);
  set_ids (self, photo->ids);
  show_part (self, "picture");
}

/**
 * limn_redraw_page_finish:
 * @recipe: the model and settings to draw with
 * @file: (nullable): an untrusted picture file, or
 * @texture: (nullable): a picture from the clipboard
 *
 * Begins with a picture from elsewhere, which takes a moment to be read.
 */
void
limn_redraw_page_finish (LimnRedrawPage *self,
                         const LimnRecipe *recipe,
                         GFile *file,
                         GdkTexture *texture)
{
  begin (self, recipe, _ ("Finish a Picture"), FALSE);
  show_part (self, "reading");
  self->reading = g_cancellable_new ();
  limn_photo_read_async (file, texture, recipe->model, self->reading, on_read, g_object_ref (self));
}

/* ---- object --------------------------------------------------------------------- */

/* What a person does next in the part that is shown. */
static GtkWidget *
get_next_step (LimnRedrawPage *self)
{
  const char *part = gtk_stack_get_visible_child_name (self->stack);

  if (g_strcmp0 (part, "reading") == 0)
    return GTK_WIDGET (self->cancel_button);
  if (g_strcmp0 (part, "problem") == 0)
    return gtk_widget_get_visible (GTK_WIDGET (self->models_button))
               ? GTK_WIDGET (self->models_button)
               : GTK_WIDGET (self->back_button);
  if (gtk_entry_get_text_length (self->prompt) == 0)
    return GTK_WIDGET (self->prompt);
  return is_changing_share (self) ? GTK_WIDGET (self->strength) : GTK_WIDGET (self->area);
}

static gboolean
limn_redraw_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (get_next_step (LIMN_REDRAW_PAGE (widget)));
}

static void
limn_redraw_page_dispose (GObject *object)
{
  LimnRedrawPage *self = LIMN_REDRAW_PAGE (object);

  limn_redraw_page_stop (self);
  set_drawing (self, NULL);
  g_clear_pointer (&self->recipe, limn_recipe_unref);
  g_clear_pointer (&self->ids, g_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMN_TYPE_REDRAW_PAGE);
  limn_widget_drop_children (GTK_WIDGET (self));
  G_OBJECT_CLASS (limn_redraw_page_parent_class)->dispose (object);
}

static void
limn_redraw_page_class_init (LimnRedrawPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limn_redraw_page_dispose;
  widget_class->grab_focus = limn_redraw_page_grab_focus;
  g_type_ensure (LIMN_TYPE_KEEP_AREA);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/limn_app/Limn/window/limn-redraw-page.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, LimnRedrawPage, name)
  BIND (title);
  BIND (stack);
  BIND (problem);
  BIND (models_button);
  BIND (cancel_button);
  BIND (back_button);
  BIND (area);
  BIND (keep_top);
  BIND (change_share);
  BIND (amounts);
  BIND (kept_label);
  BIND (strength);
  BIND (prompt);
#undef BIND
  /* a spinner that cannot be seen would keep the processor busy all the same */
  gtk_widget_class_bind_template_callback (widget_class, gtk_spinner_start);
  gtk_widget_class_bind_template_callback (widget_class, gtk_spinner_stop);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_install_action (widget_class, "redraw.draw", NULL, draw_action);
  gtk_widget_class_install_action (widget_class, "redraw.models", NULL, models_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "redraw.draw", NULL);
}

static void
limn_redraw_page_init (LimnRedrawPage *self)
{
  self->grid_size = 16;
  gtk_widget_init_template (GTK_WIDGET (self));
  update (self);
}
