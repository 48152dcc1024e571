/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnKeepArea: a picture made of grid_size rows of as many cells.  The
 * first cells in reading order stay; a line that can be dragged, or moved with
 * the arrow keys, says how many: by rows, with Shift or Left and Right by cells.
 * Instead a share of all cells can be shown as going to change.
 */
#include "config.h"

#include "limn-keep-area.h"

#include <glib/gi18n.h>
#include <math.h>

#include "limn-widget.h"

#define MIN_SIDE     120
#define NATURAL_SIDE 400
#define COVER        0.8f
#define LINE_WIDTH   3
#define GRIP_WIDTH   44
#define GRIP_HEIGHT  14
#define PAGE_ROWS    4

struct _LimnKeepArea
{
  GtkWidget parent_instance;

  GdkTexture *texture;
  guint grid_size;
  guint n_kept;
  double share; /* negative: the line is shown instead */

  double drag_x, drag_y; /* where a drag began */
};

G_DEFINE_FINAL_TYPE (LimnKeepArea, limn_keep_area, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* ---- how much stays -------------------------------------------------------- */

static guint
count_cells (LimnKeepArea *self)
{
  return self->grid_size * self->grid_size;
}

static void
tell_value (LimnKeepArea *self)
{
  guint rows = self->n_kept / self->grid_size, cells = self->n_kept % self->grid_size;
  g_autofree char *text = NULL;

  if (cells == 0)
    text = g_strdup_printf (ngettext ("%u row stays", "%u rows stay", rows), rows);
  else
    /* Translators: a part of a picture that stays, in rows and single cells */
    text = g_strdup_printf (_ ("%u rows and %u cells stay"), rows, cells);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_MAX,
                                  (double) count_cells (self), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN,
                                  0.0, GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, (double) self->n_kept,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

guint
limn_keep_area_get_n_kept (LimnKeepArea *self)
{
  return self->n_kept;
}

void
limn_keep_area_set_n_kept (LimnKeepArea *self, guint n_kept)
{
  n_kept = MIN (n_kept, count_cells (self));
  if (self->n_kept == n_kept)
    return;
  self->n_kept = n_kept;
  tell_value (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * limn_keep_area_set_share:
 * @share: of all cells that will change, 0 to 1; negative to show the line
 */
void
limn_keep_area_set_share (LimnKeepArea *self, double share)
{
  self->share = share;
  gtk_widget_set_focusable (GTK_WIDGET (self), share < 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Half of it stays at first. */
void
limn_keep_area_set_grid_size (LimnKeepArea *self, guint grid_size)
{
  self->grid_size = MAX (grid_size, 1);
  self->n_kept = self->grid_size / 2 * self->grid_size;
  tell_value (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
limn_keep_area_set_texture (LimnKeepArea *self, GdkTexture *texture)
{
  if (g_set_object (&self->texture, texture))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- painting --------------------------------------------------------------- */

/* Where the picture is: its cells are as wide and as high as its shape makes them. */
static graphene_rect_t
get_frame (LimnKeepArea *self)
{
  return limn_widget_fit (self->texture, gtk_widget_get_width (GTK_WIDGET (self)),
                          gtk_widget_get_height (GTK_WIDGET (self)));
}

static GdkRGBA
get_color (GtkWidget *widget, const char *name)
{
  GdkRGBA color = { 0.5f, 0.5f, 0.5f, 1 };

  gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), name, &color);
  return color;
}

/* A part of the picture that will be drawn, in whole pixels so that parts leave no seams. */
static void
append_cover (LimnKeepArea *self, GtkSnapshot *snapshot, double x, double y, double x2, double y2)
{
  graphene_rect_t frame = get_frame (self);
  float across = frame.size.width / (float) self->grid_size;
  float down = frame.size.height / (float) self->grid_size;
  float left = roundf ((float) x * across), top = roundf ((float) y * down);
  float right = roundf ((float) x2 * across), bottom = roundf ((float) y2 * down);
  GdkRGBA color = get_color (GTK_WIDGET (self), "window_bg_color");

  if (right <= left || bottom <= top)
    return;
  color.alpha = COVER;
  gtk_snapshot_append_color (snapshot, &color,
                             &GRAPHENE_RECT_INIT (frame.origin.x + left, frame.origin.y + top,
                                                  right - left, bottom - top));
}

/* Covers all below the line; a begun row from its first cell that does not stay. */
static void
append_rest (LimnKeepArea *self, GtkSnapshot *snapshot)
{
  double size = self->grid_size, row = self->n_kept / self->grid_size;
  double cells = self->n_kept % self->grid_size, first = cells > 0 ? row + 1 : row;

  append_cover (self, snapshot, cells, row, cells > 0 ? size : cells, row + 1);
  append_cover (self, snapshot, 0, first, size, size);
}

/* Whether a cell changes is chance; here it is only shown how many will. */
static gboolean
may_change (LimnKeepArea *self, guint i)
{
  guint32 hash = (i + 1) * 2654435761u;

  hash = (hash ^ hash >> 15) * 2246822519u;
  return (hash ^ hash >> 13) < self->share * G_MAXUINT32;
}

static void
append_share (LimnKeepArea *self, GtkSnapshot *snapshot)
{
  for (guint i = 0; i < count_cells (self); i++)
    {
      double x = i % self->grid_size, y = i / self->grid_size;

      if (may_change (self, i))
        append_cover (self, snapshot, x, y, x + 1, y + 1);
    }
}

/* The line below what stays, with a step where a row is begun, and a grip. */
static void
append_line (LimnKeepArea *self, GtkSnapshot *snapshot)
{
  graphene_rect_t frame = get_frame (self);
  GdkRGBA accent = get_color (GTK_WIDGET (self), "accent_bg_color");
  float across = frame.size.width / (float) self->grid_size, half = LINE_WIDTH / 2.0f;
  float down = frame.size.height / (float) self->grid_size;
  float y = frame.origin.y + (float) (self->n_kept / self->grid_size) * down;
  float step = (float) (self->n_kept % self->grid_size) * across, lower = step > 0 ? down : 0;
  float middle = frame.origin.x + frame.size.width / 2;
  float grip_y = middle < frame.origin.x + step ? y + lower : y;
  GskRoundedRect grip;

  if (step > 0)
    {
      gtk_snapshot_append_color (
          snapshot, &accent,
          &GRAPHENE_RECT_INIT (frame.origin.x, y + lower - half, step, LINE_WIDTH));
      gtk_snapshot_append_color (snapshot, &accent,
                                 &GRAPHENE_RECT_INIT (frame.origin.x + step - half, y - half,
                                                      LINE_WIDTH, lower + LINE_WIDTH));
    }
  gtk_snapshot_append_color (
      snapshot, &accent,
      &GRAPHENE_RECT_INIT (frame.origin.x + step, y - half, frame.size.width - step, LINE_WIDTH));
  gsk_rounded_rect_init_from_rect (&grip,
                                   &GRAPHENE_RECT_INIT (middle - GRIP_WIDTH / 2.0f,
                                                        grip_y - GRIP_HEIGHT / 2.0f, GRIP_WIDTH,
                                                        GRIP_HEIGHT),
                                   GRIP_HEIGHT / 2.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &grip);
  gtk_snapshot_append_color (snapshot, &accent, &grip.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
limn_keep_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LimnKeepArea *self = LIMN_KEEP_AREA (widget);
  graphene_rect_t frame = get_frame (self);

  if (self->texture == NULL)
    return;
  gtk_snapshot_append_texture (snapshot, self->texture, &frame);
  if (self->share >= 0)
    append_share (self, snapshot);
  else
    {
      append_rest (self, snapshot);
      append_line (self, snapshot);
    }
}

static void
limn_keep_area_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  *minimum = MIN_SIDE;
  *natural = NATURAL_SIDE;
}

/* ---- mouse, finger, keys ------------------------------------------------------ */

static void
keep_up_to (LimnKeepArea *self, double x, double y, gboolean by_cells)
{
  graphene_rect_t frame = get_frame (self);
  double across = MAX (frame.size.width / (double) self->grid_size, 1e-3);
  double down = MAX (frame.size.height / (double) self->grid_size, 1e-3);
  double row = (y - frame.origin.y) / down, column = (x - frame.origin.x) / across;
  double size = self->grid_size, n;

  if (self->share >= 0)
    return;
  if (by_cells)
    n = CLAMP (floor (row), 0, size - 1) * size + CLAMP (round (column), 0, size);
  else
    n = CLAMP (round (row), 0, size) * size;
  limn_keep_area_set_n_kept (self, (guint) n);
}

static gboolean
has_shift (GtkGesture *gesture)
{
  GtkEventController *controller = GTK_EVENT_CONTROLLER (gesture);

  return (gtk_event_controller_get_current_event_state (controller) & GDK_SHIFT_MASK) != 0;
}

static void
on_drag_begin (GtkGestureDrag *drag, double x, double y, LimnKeepArea *self)
{
  self->drag_x = x;
  self->drag_y = y;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  keep_up_to (self, x, y, has_shift (GTK_GESTURE (drag)));
}

static void
on_drag_update (GtkGestureDrag *drag, double x, double y, LimnKeepArea *self)
{
  keep_up_to (self, self->drag_x + x, self->drag_y + y, has_shift (GTK_GESTURE (drag)));
}

static gboolean
on_key (GtkEventControllerKey *controller,
        guint key,
        guint code,
        GdkModifierType modifiers,
        LimnKeepArea *self)
{
  gint64 n = self->n_kept, row = self->grid_size;

  if (self->share >= 0 || (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)))
    return FALSE;
  if (key == GDK_KEY_Up || key == GDK_KEY_KP_Up)
    n -= row;
  else if (key == GDK_KEY_Down || key == GDK_KEY_KP_Down)
    n += row;
  else if (key == GDK_KEY_Left || key == GDK_KEY_KP_Left)
    n--;
  else if (key == GDK_KEY_Right || key == GDK_KEY_KP_Right)
    n++;
  else if (key == GDK_KEY_Page_Up)
    n -= PAGE_ROWS * row;
  else if (key == GDK_KEY_Page_Down)
    n += PAGE_ROWS * row;
  else if (key == GDK_KEY_Home)
    n = 0;
  else if (key == GDK_KEY_End)
    n = count_cells (self);
  else
    return FALSE;
  limn_keep_area_set_n_kept (self, (guint) CLAMP (n, 0, count_cells (self)));
  return TRUE;
}

/* ---- object --------------------------------------------------------------------- */

static void
limn_keep_area_dispose (GObject *object)
{
  g_clear_object (&LIMN_KEEP_AREA (object)->texture);
  G_OBJECT_CLASS (limn_keep_area_parent_class)->dispose (object);
}

static void
limn_keep_area_class_init (LimnKeepAreaClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limn_keep_area_dispose;
  widget_class->snapshot = limn_keep_area_snapshot;
  widget_class->measure = limn_keep_area_measure;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", LIMN_TYPE_KEEP_AREA, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "keep-area");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
}

static void
limn_keep_area_init (LimnKeepArea *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->share = -1;
  limn_keep_area_set_grid_size (self, 16);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "row-resize");
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
