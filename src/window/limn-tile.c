/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnTile: a square with a picture in it, whole, whatever its shape.  Paints
 * the texture of its drawing, softly crossing over from the last preview to the
 * finished picture; tells clicks to its gallery by signals; offers the picture
 * to other programs by drag.
 *
 * In a list it asks for as much height as it has width: lists of GTK give rows
 * their minimum height, so that anything else would be letter-boxed.
 */
#include "limn-tile.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "library/limn-texture-store.h"
#include "limn-share.h"
#include "limn-widget.h"

#define MIN_SIDE             64
#define NATURAL_SIDE         256
#define NATURAL_SIDE_IN_LIST 150
#define CROSS_MS             250

struct _LimnTile
{
  GtkWidget parent_instance;

  LimnDrawing *drawing;
  guint number, count;
  gboolean is_in_list; /* its cell takes clicks and the focus */
  gboolean is_holding; /* the pixels of its drawing */

  /* crossing over to the finished picture */
  GdkTexture *shown;
  GdkTexture *before;
  AdwAnimation *cross;

  GtkWidget *star;
  GtkWidget *check;
  gboolean is_choosable, is_chosen;
};

G_DEFINE_FINAL_TYPE (LimnTile, limn_tile, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_SELECT,
  SIGNAL_OPEN,
  SIGNAL_MENU,
  SIGNAL_CHOOSE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* ---- size and painting ---- */

static GtkSizeRequestMode
limn_tile_get_request_mode (GtkWidget *widget)
{
  /* elsewhere whoever holds it sees to the square, and may have less height than width */
  return LIMN_TILE (widget)->is_in_list ? GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH
                                        : GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
limn_tile_measure (GtkWidget *widget,
                   GtkOrientation orientation,
                   int for_size,
                   int *minimum,
                   int *natural,
                   int *minimum_baseline,
                   int *natural_baseline)
{
  gboolean is_in_list = LIMN_TILE (widget)->is_in_list;
  gboolean is_bound = is_in_list && orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0;
  int natural_side = is_in_list ? NATURAL_SIDE_IN_LIST : NATURAL_SIDE;

  *minimum = is_bound ? for_size : MIN_SIDE;
  *natural = is_bound ? for_size : natural_side;
}

/* Puts a mark into one of the upper corners. */
static void
allocate_mark (GtkWidget *mark, int width, gboolean is_left)
{
  int mark_width, mark_height;

  if (!gtk_widget_should_layout (mark))
    return;
  gtk_widget_measure (mark, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &mark_width, NULL, NULL);
  gtk_widget_measure (mark, GTK_ORIENTATION_VERTICAL, -1, NULL, &mark_height, NULL, NULL);
  gtk_widget_size_allocate (
      mark, &(GtkAllocation){ is_left ? 0 : width - mark_width, 0, mark_width, mark_height }, -1);
}

static void
limn_tile_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  LimnTile *self = LIMN_TILE (widget);
  gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  allocate_mark (self->star, width, is_rtl);
  allocate_mark (self->check, width, !is_rtl);
}

static void
append_texture (LimnTile *self, GtkSnapshot *snapshot, GdkTexture *texture)
{
  graphene_rect_t bounds = limn_widget_fit (texture, gtk_widget_get_width (GTK_WIDGET (self)),
                                            gtk_widget_get_height (GTK_WIDGET (self)));

  gtk_snapshot_append_texture (snapshot, texture, &bounds);
}

static void
limn_tile_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LimnTile *self = LIMN_TILE (widget);

  if (self->shown != NULL)
    {
      gboolean is_crossing = self->before != NULL;

      if (is_crossing)
        {
          append_texture (self, snapshot, self->before);
          gtk_snapshot_push_opacity (snapshot, adw_animation_get_value (self->cross));
        }
      append_texture (self, snapshot, self->shown);
      if (is_crossing)
        gtk_snapshot_pop (snapshot);
    }
  gtk_widget_snapshot_child (widget, self->star, snapshot);
  gtk_widget_snapshot_child (widget, self->check, snapshot);
}

/* ---- following the drawing ---- */

static void
on_cross_value (double value, gpointer data)
{
  gtk_widget_queue_draw (GTK_WIDGET (data));
}

static void
on_cross_done (LimnTile *self)
{
  g_clear_object (&self->before);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
update_texture (LimnTile *self)
{
  GdkTexture *texture = self->drawing != NULL ? limn_drawing_get_texture (self->drawing) : NULL;

  if (!g_set_object (&self->shown, texture))
    return;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
start_crossing (LimnTile *self, GdkTexture *preview)
{
  g_set_object (&self->before, preview);
  adw_animation_reset (self->cross);
  adw_animation_play (self->cross);
}

static void
on_texture_changed (LimnTile *self)
{
  g_autoptr (GdkTexture) preview = self->shown != NULL ? g_object_ref (self->shown) : NULL;
  GdkTexture *texture = limn_drawing_get_texture (self->drawing);
  gboolean is_sharper = preview != NULL && texture != NULL
                        && gdk_texture_get_width (texture) > gdk_texture_get_width (preview);

  update_texture (self);
  if (is_sharper && gtk_widget_get_mapped (GTK_WIDGET (self)))
    start_crossing (self, preview);
}

static char *
describe (LimnTile *self)
{
  static const char *const states[] = {
    N_ ("Picture %u of %u, not drawn yet: %s"),
    N_ ("Picture %u of %u, being drawn: %s"),
    N_ ("Picture %u of %u: %s"),
    N_ ("Picture %u of %u, not finished: %s"),
  };
  const char *prompt = limn_drawing_get_prompt (self->drawing);

  if (self->count == 0)
    return g_strdup (prompt);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  return g_strdup_printf (_ (states[limn_drawing_get_state (self->drawing)]), self->number,
                          self->count, prompt);
#pragma GCC diagnostic pop
}

static void
update_state (LimnTile *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  LimnDrawingState state;
  g_autofree char *label = NULL;

  if (self->drawing == NULL)
    return;
  state = limn_drawing_get_state (self->drawing);
  label = describe (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_sensitive (widget, !limn_drawing_is_removed (self->drawing));
  gtk_widget_set_opacity (widget, limn_drawing_is_removed (self->drawing) ? 0.2 : 1);
  if (state == LIMN_DRAWING_STOPPED || limn_drawing_is_missing (self->drawing))
    gtk_widget_add_css_class (widget, "stopped");
  else
    gtk_widget_remove_css_class (widget, "stopped");
  gtk_widget_set_visible (self->check, self->is_choosable && state == LIMN_DRAWING_DONE
                                           && !limn_drawing_is_removed (self->drawing));
  gtk_widget_set_visible (self->star, limn_drawing_is_favourite (self->drawing));
}

/* Lists make tiles for far more than is in sight: only those in sight need their pixels. */
static void
update_hold (LimnTile *self)
{
  gboolean is_needed =
      self->drawing != NULL && (!self->is_in_list || gtk_widget_get_mapped (GTK_WIDGET (self)));

  if (self->is_holding == is_needed)
    return;
  self->is_holding = is_needed;
  if (is_needed)
    limn_texture_store_hold (self->drawing);
  else
    limn_texture_store_release (self->drawing);
}

static void
limn_tile_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (limn_tile_parent_class)->map (widget);
  update_hold (LIMN_TILE (widget));
}

static void
limn_tile_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (limn_tile_parent_class)->unmap (widget);
  update_hold (LIMN_TILE (widget));
}

/* ---- input ---- */

static void
on_pressed (GtkGestureClick *click, int n_press, double x, double y, LimnTile *self)
{
  GdkModifierType modifiers =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (click));

  if (self->is_in_list)
    return;
  if (modifiers & (GDK_CONTROL_MASK | GDK_SHIFT_MASK))
    {
      gtk_widget_grab_focus (GTK_WIDGET (self));
      gtk_widget_activate_action (GTK_WIDGET (self), "tile.choose", NULL);
      return;
    }
  gtk_widget_grab_focus (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_SELECT], 0);
  if (n_press == 2)
    g_signal_emit (self, signals[SIGNAL_OPEN], 0);
}

static void
on_menu_pressed (GtkGestureClick *click, int n_press, double x, double y, LimnTile *self)
{
  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
  if (!self->is_in_list)
    gtk_widget_grab_focus (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_SELECT], 0);
  g_signal_emit (self, signals[SIGNAL_MENU], 0, x, y);
}

static void
on_focus_enter (LimnTile *self)
{
  g_signal_emit (self, signals[SIGNAL_SELECT], 0);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[SIGNAL_SELECT], 0);
  g_signal_emit (widget, signals[SIGNAL_OPEN], 0);
}

/* Marks the picture as one of several, or takes the mark away. */
static void
choose_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnTile *self = LIMN_TILE (widget);

  if (gtk_widget_get_visible (self->check))
    g_signal_emit (self, signals[SIGNAL_CHOOSE], 0);
}

static void
menu_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[SIGNAL_MENU], 0, gtk_widget_get_width (widget) / 2.0,
                 gtk_widget_get_height (widget) / 2.0);
}

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source, double x, double y, LimnTile *self)
{
  if (self->drawing == NULL || !limn_drawing_is_done (self->drawing))
    return NULL;
  return limn_share_content_new (self->drawing, TRUE);
}

static void
on_drag_begin (GtkDragSource *source, GdkDrag *drag, LimnTile *self)
{
  g_autoptr (GdkPaintable) icon = NULL;

  if (self->shown == NULL)
    return;
  icon = limn_share_drag_icon_new (self->shown);
  gtk_drag_source_set_icon (source, icon, 16, 16);
}

static void
add_controllers (LimnTile *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *menu = gtk_gesture_click_new ();
  GtkDragSource *drag = gtk_drag_source_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (menu), GDK_BUTTON_SECONDARY);
  g_signal_connect (menu, "pressed", G_CALLBACK (on_menu_pressed), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (menu));
  g_signal_connect (drag, "prepare", G_CALLBACK (on_drag_prepare), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (on_focus_enter), self);
  gtk_widget_add_controller (widget, focus);
}

/* ---- object ---- */

static void
limn_tile_dispose (GObject *object)
{
  LimnTile *self = LIMN_TILE (object);

  limn_tile_set_drawing (self, NULL);
  if (self->cross != NULL)
    adw_animation_pause (self->cross);
  g_clear_object (&self->cross);
  g_clear_object (&self->before);
  g_clear_pointer (&self->star, gtk_widget_unparent);
  g_clear_pointer (&self->check, gtk_widget_unparent);
  G_OBJECT_CLASS (limn_tile_parent_class)->dispose (object);
}

static void
add_key_bindings (GtkWidgetClass *widget_class)
{
  static const guint open_keys[] = { GDK_KEY_Return, GDK_KEY_KP_Enter, GDK_KEY_space };

  for (guint i = 0; i < G_N_ELEMENTS (open_keys); i++)
    gtk_widget_class_add_binding_action (widget_class, open_keys[i], 0, "tile.open", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_space, GDK_CONTROL_MASK, "tile.choose",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "tile.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "tile.menu",
                                       NULL);
}

static void
limn_tile_class_init (LimnTileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limn_tile_dispose;
  widget_class->get_request_mode = limn_tile_get_request_mode;
  widget_class->measure = limn_tile_measure;
  widget_class->size_allocate = limn_tile_size_allocate;
  widget_class->snapshot = limn_tile_snapshot;
  widget_class->map = limn_tile_map;
  widget_class->unmap = limn_tile_unmap;

  signals[SIGNAL_SELECT] = g_signal_new ("select", LIMN_TYPE_TILE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_OPEN] =
      g_signal_new ("open", LIMN_TYPE_TILE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MENU] = g_signal_new ("menu", LIMN_TYPE_TILE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  signals[SIGNAL_CHOOSE] = g_signal_new ("choose", LIMN_TYPE_TILE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 0);

  gtk_widget_class_install_action (widget_class, "tile.choose", NULL, choose_action);
  gtk_widget_class_install_action (widget_class, "tile.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "tile.menu", NULL, menu_action);
  add_key_bindings (widget_class);
  gtk_widget_class_set_css_name (widget_class, "tile");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

/* Only for the mouse: the keyboard has a key for it. */
static GtkWidget *
make_check (void)
{
  GtkWidget *check = gtk_button_new_from_icon_name ("object-select-symbolic");

  gtk_widget_add_css_class (check, "limn-check");
  gtk_widget_set_can_focus (check, FALSE);
  gtk_widget_set_tooltip_text (check, _ ("Choose (Ctrl+Space)"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (check), "tile.choose");
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Choose"), -1);
  gtk_widget_set_visible (check, FALSE);
  return check;
}

static void
limn_tile_init (LimnTile *self)
{
  AdwAnimationTarget *target = adw_callback_animation_target_new (on_cross_value, self, NULL);

  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_can_focus (GTK_WIDGET (self), TRUE);
  self->star = gtk_image_new_from_icon_name ("starred-symbolic");
  gtk_widget_add_css_class (self->star, "limn-star");
  gtk_widget_set_visible (self->star, FALSE);
  gtk_widget_set_parent (self->star, GTK_WIDGET (self));
  self->check = make_check ();
  gtk_widget_set_parent (self->check, GTK_WIDGET (self));
  self->cross = adw_timed_animation_new (GTK_WIDGET (self), 0, 1, CROSS_MS, target);
  g_signal_connect_swapped (self->cross, "done", G_CALLBACK (on_cross_done), self);
  add_controllers (self);
}

GtkWidget *
limn_tile_new (void)
{
  return g_object_new (LIMN_TYPE_TILE, NULL);
}

/**
 * limn_tile_new_for_list:
 *
 * Returns: a smaller tile for a list whose cells take clicks and the focus
 */
GtkWidget *
limn_tile_new_for_list (void)
{
  LimnTile *self = g_object_new (LIMN_TYPE_TILE, NULL);

  self->is_in_list = TRUE;
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "small");
  return GTK_WIDGET (self);
}

LimnDrawing *
limn_tile_get_drawing (LimnTile *self)
{
  return self->drawing;
}

static void
disconnect_drawing (LimnTile *self)
{
  g_signal_handlers_disconnect_by_func (self->drawing, on_texture_changed, self);
  g_signal_handlers_disconnect_by_func (self->drawing, update_state, self);
}

static void
connect_drawing (LimnTile *self)
{
  g_signal_connect_swapped (self->drawing, "notify::texture", G_CALLBACK (on_texture_changed),
                            self);
  g_signal_connect_swapped (self->drawing, "notify::state", G_CALLBACK (update_state), self);
  g_signal_connect_swapped (self->drawing, "notify::removed", G_CALLBACK (update_state), self);
  g_signal_connect_swapped (self->drawing, "notify::missing", G_CALLBACK (update_state), self);
  g_signal_connect_swapped (self->drawing, "notify::favourite", G_CALLBACK (update_state), self);
}

/**
 * limn_tile_set_drawing:
 * @drawing: (nullable): what to show
 */
void
limn_tile_set_drawing (LimnTile *self, LimnDrawing *drawing)
{
  if (self->drawing == drawing)
    return;
  if (self->drawing != NULL)
    disconnect_drawing (self);
  if (self->is_holding)
    limn_texture_store_release (self->drawing);
  self->is_holding = FALSE;
  g_clear_object (&self->before);
  g_set_object (&self->drawing, drawing);
  if (drawing != NULL)
    connect_drawing (self);
  update_hold (self);
  update_texture (self);
  update_state (self);
}

void
limn_tile_set_selected (LimnTile *self, gboolean is_selected)
{
  if (is_selected)
    gtk_widget_set_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_SELECTED, FALSE);
  else
    gtk_widget_unset_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_SELECTED);
}

/* Whether the picture can be marked as one of several. */
void
limn_tile_set_choosable (LimnTile *self, gboolean is_choosable)
{
  self->is_choosable = is_choosable;
  update_state (self);
}

void
limn_tile_set_chosen (LimnTile *self, gboolean is_chosen)
{
  self->is_chosen = is_chosen;
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_SELECTED, is_chosen, -1);
  if (is_chosen)
    gtk_widget_add_css_class (GTK_WIDGET (self), "chosen");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "chosen");
}

gboolean
limn_tile_is_chosen (LimnTile *self)
{
  return self->is_chosen;
}

/**
 * limn_tile_set_count:
 * @number: place in its grid, from 1
 * @count: pictures in the grid; 0 when the place means nothing
 */
void
limn_tile_set_count (LimnTile *self, guint number, guint count)
{
  self->number = number;
  self->count = count;
  update_state (self);
}
