/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnQueuePopover: a short list of waiting jobs, the next one on top.  They
 * are put in order by dragging, by a button, or by Alt with the arrow keys.
 * The queue may go on at any moment, also while a row is being dragged; where
 * it is held back, a button has it go on.
 */
#include "config.h"

#include "limn-queue-popover.h"

#include <glib/gi18n.h>

#include "limn-job-words.h"
#include "limn-toast.h"

struct _LimnQueuePopover
{
  GtkPopover parent_instance;

  GtkListBox *list;
  GtkWidget *held; /* why the queue does not go on, and how it does */
  LimnQueue *queue;
  GtkWidget *marked; /* the row beside which a dragged one would be put, or NULL */
};

G_DEFINE_FINAL_TYPE (LimnQueuePopover, limn_queue_popover, GTK_TYPE_POPOVER)

#define NOWHERE G_MAXUINT

static guint
get_length (LimnQueuePopover *self)
{
  return self->queue != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->queue)) : 0;
}

static guint
find_job (LimnQueuePopover *self, LimnJob *job)
{
  for (guint i = 0; i < get_length (self); i++)
    {
      g_autoptr (LimnJob) other = g_list_model_get_item (G_LIST_MODEL (self->queue), i);

      if (other == job)
        return i;
    }
  return NOWHERE;
}

/* The row that @widget is, or is in. */
static GtkListBoxRow *
get_row (GtkWidget *widget)
{
  GtkWidget *row = widget != NULL ? gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_BOX_ROW) : NULL;

  return row != NULL ? GTK_LIST_BOX_ROW (row) : NULL;
}

static void
focus_row (LimnQueuePopover *self, guint position)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, (int) position);

  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
move (LimnQueuePopover *self, guint from, guint to)
{
  if (from == to || from >= get_length (self) || to >= get_length (self))
    return;
  limn_queue_move (self->queue, from, to);
  focus_row (self, to);
}

static void
remove_row (LimnQueuePopover *self, guint position)
{
  guint id;

  if (position >= get_length (self))
    return;
  id = limn_queue_remove (self->queue, position);
  limn_toast_undo (GTK_WIDGET (self), _ ("Removed from the queue"), "win.put-back",
                   g_variant_new_uint32 (id));
  if (get_length (self) == 0)
    gtk_popover_popdown (GTK_POPOVER (self));
  else
    focus_row (self, MIN (position, get_length (self) - 1));
}

/* ---- rows ---- */

static void
on_remove (GtkWidget *button, LimnQueuePopover *self)
{
  remove_row (self, (guint) gtk_list_box_row_get_index (get_row (button)));
}

static void
on_sooner (GtkWidget *button, LimnQueuePopover *self)
{
  guint position = (guint) gtk_list_box_row_get_index (get_row (button));

  if (position > 0)
    move (self, position, position - 1);
}

static gboolean
on_key (GtkEventControllerKey *controller,
        guint key,
        guint code,
        GdkModifierType modifiers,
        LimnQueuePopover *self)
{
  GtkListBoxRow *row = get_row (gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self))));
  guint position = row != NULL ? (guint) gtk_list_box_row_get_index (row) : NOWHERE;
  gboolean is_alt = (modifiers & gtk_accelerator_get_default_mod_mask ()) == GDK_ALT_MASK;

  if (position == NOWHERE)
    return FALSE;
  if (is_alt && (key == GDK_KEY_Up || key == GDK_KEY_KP_Up))
    move (self, position, position > 0 ? position - 1 : 0);
  else if (is_alt && (key == GDK_KEY_Down || key == GDK_KEY_KP_Down))
    move (self, position, position + 1);
  else if (!is_alt && (key == GDK_KEY_Delete || key == GDK_KEY_KP_Delete))
    remove_row (self, position);
  else
    return FALSE;
  return TRUE;
}

static GtkWidget *
button_new (const char *icon, const char *name)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

static GtkWidget *
label_new (LimnJob *job)
{
  GtkWidget *label = gtk_label_new (limn_job_get_recipe (job)->prompt);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), 20);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_margin_start (label, 6);
  gtk_widget_set_margin_end (label, 9);
  return label;
}

static GtkWidget *
row_new (gpointer item, gpointer data)
{
  LimnQueuePopover *self = data;
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
  GtkWidget *grip = gtk_image_new_from_icon_name ("limn-grip-symbolic");
  GtkWidget *sooner = button_new ("go-up-symbolic", _ ("Draw Sooner"));
  GtkWidget *remove = button_new ("edit-delete-symbolic", _ ("Remove from Queue"));

  gtk_widget_add_css_class (grip, "dim-label");
  gtk_widget_set_cursor_from_name (grip, "grab");
  g_signal_connect (sooner, "clicked", G_CALLBACK (on_sooner), self);
  g_signal_connect (remove, "clicked", G_CALLBACK (on_remove), self);
  gtk_box_append (GTK_BOX (box), grip);
  gtk_box_append (GTK_BOX (box), label_new (item));
  gtk_box_append (GTK_BOX (box), sooner);
  gtk_box_append (GTK_BOX (box), remove);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  limn_job_get_recipe (item)->prompt, -1);
  g_object_set_data (G_OBJECT (row), "grip", grip);
  g_object_set_data (G_OBJECT (row), "sooner", sooner);
  return row;
}

/* The next one cannot be drawn sooner; one alone has no order. */
static void
on_items_changed (LimnQueuePopover *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    {
      gtk_widget_set_sensitive (g_object_get_data (G_OBJECT (row), "sooner"), i > 0);
      gtk_widget_set_visible (g_object_get_data (G_OBJECT (row), "grip"), get_length (self) > 1);
    }
}

/* ---- dragging ---- */

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source, double x, double y, LimnQueuePopover *self)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (self->list, (int) y);
  g_autoptr (LimnJob) job = NULL;
  g_autoptr (GdkPaintable) icon = NULL;
  graphene_rect_t bounds;

  if (row == NULL || get_length (self) < 2
      || !gtk_widget_compute_bounds (GTK_WIDGET (row), GTK_WIDGET (self->list), &bounds))
    return NULL;
  job =
      g_list_model_get_item (G_LIST_MODEL (self->queue), (guint) gtk_list_box_row_get_index (row));
  icon = gtk_widget_paintable_new (GTK_WIDGET (row));
  gtk_drag_source_set_icon (source, icon, (int) (x - bounds.origin.x), (int) (y - bounds.origin.y));
  gtk_widget_add_css_class (GTK_WIDGET (row), "limn-dragged");
  return gdk_content_provider_new_typed (LIMN_TYPE_JOB, job);
}

static void
on_drag_end (LimnQueuePopover *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    gtk_widget_remove_css_class (GTK_WIDGET (row), "limn-dragged");
}

/* Before which row something at this height would be put. */
static guint
get_place (LimnQueuePopover *self, double y)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (self->list, (int) y);
  graphene_rect_t bounds;

  if (row == NULL
      || !gtk_widget_compute_bounds (GTK_WIDGET (row), GTK_WIDGET (self->list), &bounds))
    return get_length (self);
  return (guint) gtk_list_box_row_get_index (row)
         + (y > bounds.origin.y + bounds.size.height / 2 ? 1 : 0);
}

static void
unmark (LimnQueuePopover *self)
{
  if (self->marked == NULL)
    return;
  gtk_widget_remove_css_class (self->marked, "limn-drop-above");
  gtk_widget_remove_css_class (self->marked, "limn-drop-below");
  g_clear_weak_pointer (&self->marked);
}

static GdkDragAction
on_motion (GtkDropTarget *target, double x, double y, LimnQueuePopover *self)
{
  guint place = get_place (self, y);
  gboolean is_last = place >= get_length (self);
  GtkListBoxRow *row =
      gtk_list_box_get_row_at_index (self->list, (int) (is_last ? place - 1 : place));

  unmark (self);
  if (row == NULL)
    return 0;
  g_set_weak_pointer (&self->marked, GTK_WIDGET (row));
  gtk_widget_add_css_class (self->marked, is_last ? "limn-drop-below" : "limn-drop-above");
  return GDK_ACTION_MOVE;
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, LimnQueuePopover *self)
{
  guint from = find_job (self, g_value_get_object (value));
  guint place = get_place (self, y);

  unmark (self);
  if (from == NOWHERE) /* it is being drawn by now */
    return FALSE;
  move (self, from, place > from ? place - 1 : place);
  return TRUE;
}

static void
add_dragging (LimnQueuePopover *self)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (LIMN_TYPE_JOB, GDK_ACTION_MOVE);

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect (source, "prepare", G_CALLBACK (on_drag_prepare), self);
  g_signal_connect_swapped (source, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list), GTK_EVENT_CONTROLLER (source));
  g_signal_connect (target, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (target, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (target, "leave", G_CALLBACK (unmark), self);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list), GTK_EVENT_CONTROLLER (target));
}

/* ---- held back ---- */

static void
on_go_on (LimnQueuePopover *self)
{
  gtk_popover_popdown (GTK_POPOVER (self));
  limn_queue_go_on (self->queue);
}

static void
on_held (LimnQueuePopover *self)
{
  gtk_widget_set_visible (self->held, limn_queue_is_held (self->queue));
}

static GtkWidget *
held_new (LimnQueuePopover *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *button = gtk_button_new_with_label (_ ("Draw the Rest"));
  g_autofree char *reason = limn_job_describe_held ();
  GtkWidget *label = gtk_label_new (reason);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (button, "limn-go-on");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Draw the Rest"), -1);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_go_on), self);
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_visible (box, FALSE);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), button);
  return box;
}

/* ---- object ---- */

static void
limn_queue_popover_dispose (GObject *object)
{
  LimnQueuePopover *self = LIMN_QUEUE_POPOVER (object);

  unmark (self);
  limn_queue_popover_set_queue (self, NULL);
  G_OBJECT_CLASS (limn_queue_popover_parent_class)->dispose (object);
}

static void
limn_queue_popover_class_init (LimnQueuePopoverClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = limn_queue_popover_dispose;
}

static void
limn_queue_popover_init (LimnQueuePopover *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "limn-queue");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Waiting Prompts"), -1);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list), keys);
  add_dragging (self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 320);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->list));
  self->held = held_new (self);
  gtk_box_append (GTK_BOX (box), scroller);
  gtk_box_append (GTK_BOX (box), self->held);
  gtk_popover_set_child (GTK_POPOVER (self), box);
}

/**
 * limn_queue_popover_set_queue:
 * @queue: (nullable): whose waiting jobs to show
 */
void
limn_queue_popover_set_queue (LimnQueuePopover *self, LimnQueue *queue)
{
  if (self->queue == queue)
    return;
  if (self->queue != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->queue, on_items_changed, self);
      g_signal_handlers_disconnect_by_func (self->queue, on_held, self);
    }
  g_set_object (&self->queue, queue);
  if (gtk_popover_get_child (GTK_POPOVER (self)) == NULL)
    return;
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (queue), queue != NULL ? row_new : NULL, self,
                           NULL);
  if (queue == NULL)
    return;
  /* connected after the list's own handler: its rows are there by then */
  g_signal_connect_swapped (queue, "items-changed", G_CALLBACK (on_items_changed), self);
  on_items_changed (self);
  g_signal_connect_swapped (queue, "notify::is-held", G_CALLBACK (on_held), self);
  on_held (self);
}
