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
#include "limn-share.h"
#include "limn-toast.h"
#include "limn-widget.h"

struct _LimnCaptionEditor
{
  GtkWidget parent_instance;

  GtkPicture *preview;
  GtkEntry *top, *bottom;
  GtkToggleButton *outlined, *bar;
  GtkScale *size;

  LimnDrawing *drawing;
  GdkTexture *result;
  guint tick;
};

G_DEFINE_FINAL_TYPE (LimnCaptionEditor, limn_caption_editor, GTK_TYPE_WIDGET)

static void
render (LimnCaptionEditor *self)
{
  GdkTexture *picture = self->drawing != NULL ? limn_drawing_get_texture (self->drawing) : NULL;
  const LimnCaption caption = {
    .top = gtk_editable_get_text (GTK_EDITABLE (self->top)),
    .bottom = gtk_editable_get_text (GTK_EDITABLE (self->bottom)),
    .is_bar = gtk_toggle_button_get_active (self->bar),
    .size = gtk_range_get_value (GTK_RANGE (self->size)),
  };

  g_clear_object (&self->result);
  if (picture != NULL)
    self->result = limn_caption_render (picture, &caption);
  gtk_picture_set_paintable (self->preview, GDK_PAINTABLE (self->result));
  gtk_widget_set_sensitive (GTK_WIDGET (self->bottom), !caption.is_bar);
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
                             *top != '\0' ? top : limn_drawing_get_prompt (self->drawing));
}

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
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMN_TYPE_CAPTION_EDITOR);
  limn_widget_drop_children (GTK_WIDGET (self));
  G_OBJECT_CLASS (limn_caption_editor_parent_class)->dispose (object);
}

static void
limn_caption_editor_class_init (LimnCaptionEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limn_caption_editor_dispose;
  widget_class->grab_focus = limn_caption_editor_grab_focus;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/limn_app/Limn/window/limn-caption-editor.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, LimnCaptionEditor, name)
  BIND (preview);
  BIND (top);
  BIND (bottom);
  BIND (outlined);
  BIND (bar);
  BIND (size);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_install_action (widget_class, "caption.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "caption.save", NULL, save_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "caption.save",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "caption.copy", NULL);
}

static void
limn_caption_editor_init (LimnCaptionEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
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
      gtk_editable_set_text (GTK_EDITABLE (self->top), "");
      gtk_editable_set_text (GTK_EDITABLE (self->bottom), "");
    }
  render (self);
}
