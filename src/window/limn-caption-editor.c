/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnCaptionEditor: renders at most once a frame while a person types.  The
 * picture itself is never changed; the result is copied or saved as another.
 */
#include "config.h"

#include "limn-caption-editor.h"

#include <glib/gi18n.h>

#include "library/limn-caption.h"
#include "library/limn-texture-store.h"
#include "limn-caption-view.h"
#include "limn-fold-box.h"
#include "limn-share.h"
#include "limn-toast.h"
#include "limn-widget.h"

struct _LimnCaptionEditor
{
  GtkWidget parent_instance;

  LimnCaptionView *view;
  GtkEntry *top, *bottom;
  GtkToggleButton *outlined, *bar;
  GtkScale *size;
  GtkDropDown *font;
  GtkStringList *fonts; /* the first one stands for the usual one */

  LimnDrawing *drawing;
  cairo_surface_t *prepared; /* the picture, enlarged; NULL before it is needed */
  double moved[2][2];        /* above and below: to the right and down */
  GdkTexture *result;
  guint tick;
};

G_DEFINE_FINAL_TYPE (LimnCaptionEditor, limn_caption_editor, GTK_TYPE_WIDGET)

static const char *
get_font (LimnCaptionEditor *self)
{
  guint i = gtk_drop_down_get_selected (self->font);

  return i > 0 ? gtk_string_list_get_string (self->fonts, i) : NULL;
}

static LimnCaptionText
get_text (LimnCaptionEditor *self, GtkEntry *entry, guint which)
{
  return (LimnCaptionText){ gtk_editable_get_text (GTK_EDITABLE (entry)), self->moved[which][0],
                            self->moved[which][1] };
}

static gboolean
is_moved (LimnCaptionEditor *self)
{
  return self->moved[0][0] != 0 || self->moved[0][1] != 0 || self->moved[1][0] != 0
         || self->moved[1][1] != 0;
}

/* Words that would leave the picture went less far than they were asked to. */
static void
note_places (LimnCaptionEditor *self, const LimnCaptionPlace places[2])
{
  for (guint i = 0; i < 2; i++)
    if (places[i].width > 0 && (self->moved[i][0] != 0 || self->moved[i][1] != 0))
      {
        self->moved[i][0] = places[i].x;
        self->moved[i][1] = places[i].y;
      }
}

static void
render (LimnCaptionEditor *self)
{
  GdkTexture *picture = self->drawing != NULL ? limn_drawing_get_texture (self->drawing) : NULL;
  const LimnCaption caption = {
    .top = get_text (self, self->top, 0),
    .bottom = get_text (self, self->bottom, 1),
    .is_bar = gtk_toggle_button_get_active (self->bar),
    .size = gtk_range_get_value (GTK_RANGE (self->size)),
    .font = get_font (self),
  };
  LimnCaptionPlace places[2] = { 0 };

  g_clear_object (&self->result);
  if (self->prepared == NULL && picture != NULL)
    self->prepared = limn_caption_prepare (picture);
  if (self->prepared != NULL)
    self->result = limn_caption_render (self->prepared, &caption, places);
  note_places (self, places);
  limn_caption_view_show (self->view, self->result, places);
  gtk_widget_set_sensitive (GTK_WIDGET (self->bottom), !caption.is_bar);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "caption.put-back",
                                 !caption.is_bar && is_moved (self));
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  LimnCaptionEditor *self = LIMN_CAPTION_EDITOR (widget);

  self->tick = 0;
  render (self);
  return G_SOURCE_REMOVE;
}

static void
on_changed (LimnCaptionEditor *self)
{
  if (self->tick == 0 && self->drawing != NULL)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

static void
on_moved (LimnCaptionView *view, guint which, double x, double y, LimnCaptionEditor *self)
{
  self->moved[which][0] = x;
  self->moved[which][1] = y;
  on_changed (self);
}

/* Arrow keys move what was written last. */
static void
on_entry_left (GtkEventController *focus, LimnCaptionEditor *self)
{
  limn_caption_view_set_current (self->view, gtk_event_controller_get_widget (focus)
                                                 == GTK_WIDGET (self->bottom));
}

static void
watch_focus (LimnCaptionEditor *self, GtkEntry *entry)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect (focus, "leave", G_CALLBACK (on_entry_left), self);
  gtk_widget_add_controller (GTK_WIDGET (entry), focus);
}

/**
 * limn_caption_editor_get_result:
 *
 * Returns: (transfer none) (nullable): the picture with its words as they are now
 */
GdkTexture *
limn_caption_editor_get_result (LimnCaptionEditor *self)
{
  if (self->tick != 0)
    {
      gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
      self->tick = 0;
      render (self);
    }
  return self->result;
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GdkTexture *result = limn_caption_editor_get_result (LIMN_CAPTION_EDITOR (widget));

  if (result == NULL)
    return;
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), result);
  limn_toast (widget, _ ("Picture copied"));
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnCaptionEditor *self = LIMN_CAPTION_EDITOR (widget);
  GdkTexture *result = limn_caption_editor_get_result (self);
  const char *top = gtk_editable_get_text (GTK_EDITABLE (self->top));

  if (result != NULL)
    limn_share_save_texture (widget, result,
                             *top != '\0' ? top : limn_drawing_get_prompt (self->drawing), NULL);
}

static void
put_back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnCaptionEditor *self = LIMN_CAPTION_EDITOR (widget);

  memset (self->moved, 0, sizeof self->moved);
  on_changed (self);
}

/* ---- fonts ---- */

static int
compare_families (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate (pango_font_family_get_name (*(PangoFontFamily *const *) a),
                         pango_font_family_get_name (*(PangoFontFamily *const *) b));
}

/* Asked for when the editor is first seen: it may take a moment. */
static void
list_fonts (LimnCaptionEditor *self)
{
  g_autofree PangoFontFamily **families = NULL;
  int n;

  if (g_list_model_get_n_items (G_LIST_MODEL (self->fonts)) > 1)
    return;
  pango_context_list_families (gtk_widget_get_pango_context (GTK_WIDGET (self)), &families, &n);
  qsort (families, (gsize) n, sizeof *families, compare_families);
  for (int i = 0; i < n; i++)
    gtk_string_list_append (self->fonts, pango_font_family_get_name (families[i]));
}

static void
limn_caption_editor_map (GtkWidget *widget)
{
  list_fonts (LIMN_CAPTION_EDITOR (widget));
  GTK_WIDGET_CLASS (limn_caption_editor_parent_class)->map (widget);
}

/* ---- object ---- */

static gboolean
limn_caption_editor_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (LIMN_CAPTION_EDITOR (widget)->top));
}

static void
limn_caption_editor_dispose (GObject *object)
{
  LimnCaptionEditor *self = LIMN_CAPTION_EDITOR (object);

  if (self->drawing != NULL)
    limn_texture_store_release (self->drawing);
  g_clear_object (&self->drawing);
  g_clear_object (&self->result);
  g_clear_pointer (&self->prepared, cairo_surface_destroy);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMN_TYPE_CAPTION_EDITOR);
  limn_widget_drop_children (GTK_WIDGET (self));
  G_OBJECT_CLASS (limn_caption_editor_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (LIMN_TYPE_CAPTION_VIEW);
  g_type_ensure (LIMN_TYPE_FOLD_BOX);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/limn_app/Limn/window/limn-caption-editor.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, LimnCaptionEditor, name)
  BIND (view);
  BIND (top);
  BIND (bottom);
  BIND (outlined);
  BIND (bar);
  BIND (size);
  BIND (font);
  BIND (fonts);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_moved);
}

static void
limn_caption_editor_class_init (LimnCaptionEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limn_caption_editor_dispose;
  widget_class->grab_focus = limn_caption_editor_grab_focus;
  widget_class->map = limn_caption_editor_map;
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "caption.put-back", NULL, put_back_action);
  gtk_widget_class_install_action (widget_class, "caption.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "caption.save", NULL, save_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "caption.save",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "caption.copy",
                                       NULL); /* or the window would copy the picture without */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "caption.copy", NULL);
}

static void
limn_caption_editor_init (LimnCaptionEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  limn_widget_name_button (GTK_WIDGET (self->font), _ ("Font"));
  watch_focus (self, self->top);
  watch_focus (self, self->bottom);
}

/**
 * limn_caption_editor_set_drawing:
 *
 * Begins anew with another picture; words stay when it is the same.
 */
void
limn_caption_editor_set_drawing (LimnCaptionEditor *self, LimnDrawing *drawing)
{
  if (self->drawing != drawing)
    {
      limn_texture_store_hold (drawing);
      if (self->drawing != NULL)
        limn_texture_store_release (self->drawing);
      g_set_object (&self->drawing, drawing);
      g_clear_pointer (&self->prepared, cairo_surface_destroy);
      memset (self->moved, 0, sizeof self->moved);
      gtk_editable_set_text (GTK_EDITABLE (self->top), "");
      gtk_editable_set_text (GTK_EDITABLE (self->bottom), "");
    }
  render (self);
}
