/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnCaptionView: shows what the editor has rendered and tells where words
 * shall go, by dragging them or by arrow keys.  Dragged elsewhere than at its
 * words, the picture goes to another program.
 */
#include "limn-caption-view.h"

#include "limn-share.h"

#define NEAR 0.03 /* of the side: a hand's unsteadiness */
#define STEP 0.02 /* of the side, for arrow keys */
#define NONE G_MAXUINT

struct _LimnCaptionView
{
  GtkWidget parent_instance;

  GdkTexture *texture;
  LimnCaptionPlace places[2];
  guint current; /* moved by keys: 0 above, 1 below */

  guint dragged; /* NONE while nothing is */
  double start_x, start_y;
};

G_DEFINE_FINAL_TYPE (LimnCaptionView, limn_caption_view, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_MOVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Where the picture is in the widget; returns pixels along its side. */
static double
get_frame (LimnCaptionView *self, graphene_rect_t *frame)
{
  float width = (float) gtk_widget_get_width (GTK_WIDGET (self));
  float height = (float) gtk_widget_get_height (GTK_WIDGET (self));
  float w, h, scale;

  graphene_rect_init (frame, 0, 0, 0, 0);
  if (self->texture == NULL)
    return 0;
  w = (float) gdk_texture_get_width (self->texture);
  h = (float) gdk_texture_get_height (self->texture);
  scale = MIN (width / w, height / h);
  graphene_rect_init (frame, (width - w * scale) / 2, (height - h * scale) / 2, w * scale,
                      h * scale);
  return frame->size.width;
}

/* The words at a place of the widget, 0 or 1, or NONE. */
static guint
find_words (LimnCaptionView *self, double x, double y)
{
  graphene_rect_t frame;
  double side = get_frame (self, &frame);

  if (side <= 0)
    return NONE;
  x = (x - frame.origin.x) / side;
  y = (y - frame.origin.y) / side;
  for (guint i = 0; i < G_N_ELEMENTS (self->places); i++)
    {
      const LimnCaptionPlace *place = &self->places[i];

      if (place->width > 0 && x > place->left - NEAR && x < place->left + place->width + NEAR
          && y > place->upper - NEAR && y < place->upper + place->height + NEAR)
        return i;
    }
  return NONE;
}

/* ---- mouse ---- */

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, LimnCaptionView *self)
{
  self->dragged = find_words (self, x, y);
  if (self->dragged == NONE)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  self->current = self->dragged;
  self->start_x = self->places[self->dragged].x;
  self->start_y = self->places[self->dragged].y;
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
on_drag_update (GtkGestureDrag *gesture, double x, double y, LimnCaptionView *self)
{
  graphene_rect_t frame;
  double side = get_frame (self, &frame);

  if (self->dragged != NONE && side > 0)
    g_signal_emit (self, signals[SIGNAL_MOVED], 0, self->dragged, self->start_x + x / side,
                   self->start_y + y / side);
}

static void
on_drag_end (GtkGestureDrag *gesture, double x, double y, LimnCaptionView *self)
{
  self->dragged = NONE;
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, LimnCaptionView *self)
{
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self),
                                   find_words (self, x, y) != NONE ? "move" : NULL);
}

static GdkContentProvider *
on_prepare (GtkDragSource *source, double x, double y, LimnCaptionView *self)
{
  if (self->texture == NULL || find_words (self, x, y) != NONE)
    return NULL;
  return gdk_content_provider_new_typed (GDK_TYPE_TEXTURE, self->texture);
}

static void
on_source_begin (GtkDragSource *source, GdkDrag *drag, LimnCaptionView *self)
{
  g_autoptr (GdkPaintable) icon = limn_share_drag_icon_new (self->texture);

  gtk_drag_source_set_icon (source, icon, 16, 16);
}

static void
add_controllers (LimnCaptionView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkDragSource *source = gtk_drag_source_new ();

  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  gtk_widget_add_controller (widget, motion);
  g_signal_connect (source, "prepare", G_CALLBACK (on_prepare), self);
  g_signal_connect (source, "drag-begin", G_CALLBACK (on_source_begin), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (source));
}

/* ---- keys ---- */

static gboolean
on_arrow (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  LimnCaptionView *self = LIMN_CAPTION_VIEW (widget);
  const LimnCaptionPlace *place;
  double x, y;

  if (self->places[self->current].width <= 0 && self->places[!self->current].width > 0)
    self->current = !self->current;
  place = &self->places[self->current];
  if (place->width <= 0)
    return FALSE;
  g_variant_get (arguments, "(dd)", &x, &y);
  g_signal_emit (self, signals[SIGNAL_MOVED], 0, self->current, place->x + x, place->y + y);
  return TRUE;
}

static void
add_arrows (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint key;
    double x, y;
  } arrows[] = {
    { GDK_KEY_Left, -STEP, 0 },
    { GDK_KEY_Right, STEP, 0 },
    { GDK_KEY_Up, 0, -STEP },
    { GDK_KEY_Down, 0, STEP },
  };

  for (guint i = 0; i < G_N_ELEMENTS (arrows); i++)
    gtk_widget_class_add_binding (widget_class, arrows[i].key, 0, on_arrow, "(dd)", arrows[i].x,
                                  arrows[i].y);
}

/* ---- widget ---- */

static GtkSizeRequestMode
limn_caption_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
limn_caption_view_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  *minimum = 120;
  *natural = 512;
}

static void
limn_caption_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LimnCaptionView *self = LIMN_CAPTION_VIEW (widget);
  graphene_rect_t frame;

  if (get_frame (self, &frame) > 0)
    gtk_snapshot_append_texture (snapshot, self->texture, &frame);
}

static void
limn_caption_view_dispose (GObject *object)
{
  g_clear_object (&LIMN_CAPTION_VIEW (object)->texture);
  G_OBJECT_CLASS (limn_caption_view_parent_class)->dispose (object);
}

static void
limn_caption_view_class_init (LimnCaptionViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limn_caption_view_dispose;
  widget_class->get_request_mode = limn_caption_view_get_request_mode;
  widget_class->measure = limn_caption_view_measure;
  widget_class->snapshot = limn_caption_view_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "captionview");
  add_arrows (widget_class);

  /**
   * LimnCaptionView::moved:
   * @which: 0 for the words above, 1 for those below
   * @x: how far they shall lie from their usual place, in parts of the side
   * @y: and downwards
   */
  signals[SIGNAL_MOVED] =
      g_signal_new ("moved", LIMN_TYPE_CAPTION_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
}

static void
limn_caption_view_init (LimnCaptionView *self)
{
  self->dragged = NONE;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  add_controllers (self);
}

/**
 * limn_caption_view_show:
 * @texture: (nullable)
 * @places: of its words
 */
void
limn_caption_view_show (LimnCaptionView *self,
                        GdkTexture *texture,
                        const LimnCaptionPlace places[2])
{
  g_set_object (&self->texture, texture);
  memcpy (self->places, places, sizeof self->places);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The words that arrow keys move: 0 above, 1 below. */
void
limn_caption_view_set_current (LimnCaptionView *self, guint which)
{
  self->current = which;
}
