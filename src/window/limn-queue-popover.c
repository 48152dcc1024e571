/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnQueuePopover: a short list of waiting jobs with buttons to move and remove them. */
#include "config.h"

#include "limn-queue-popover.h"

#include <glib/gi18n.h>

struct _LimnQueuePopover
{
  GtkPopover parent_instance;

  GtkListBox *list;
  LimnQueue *queue;
};

G_DEFINE_FINAL_TYPE (LimnQueuePopover, limn_queue_popover, GTK_TYPE_POPOVER)

static guint
find_job (LimnQueuePopover *self, LimnJob *job)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->queue));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnJob) other = g_list_model_get_item (G_LIST_MODEL (self->queue), i);

      if (other == job)
        return i;
    }
  return G_MAXUINT;
}

static LimnJob *
get_job (GtkButton *button)
{
  return g_object_get_data (G_OBJECT (button), "job");
}

static void
on_remove (GtkButton *button, LimnQueuePopover *self)
{
  guint position = find_job (self, get_job (button));

  if (position != G_MAXUINT)
    limn_queue_remove (self->queue, position);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->queue)) == 0)
    gtk_popover_popdown (GTK_POPOVER (self));
}

static void
on_sooner (GtkButton *button, LimnQueuePopover *self)
{
  guint position = find_job (self, get_job (button));

  if (position != G_MAXUINT && position > 0)
    limn_queue_move (self->queue, position, position - 1);
}

static GtkWidget *
button_new (LimnJob *job, const char *icon, const char *name)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), "job", g_object_ref (job), g_object_unref);
  return button;
}

static GtkWidget *
row_new (gpointer item, gpointer data)
{
  LimnQueuePopover *self = data;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
  GtkWidget *label = gtk_label_new (limn_job_get_recipe (item)->prompt);
  GtkWidget *sooner = button_new (item, "go-up-symbolic", _ ("Draw Sooner"));
  GtkWidget *remove = button_new (item, "edit-delete-symbolic", _ ("Remove from Queue"));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), 20);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_margin_end (label, 9);
  g_signal_connect (sooner, "clicked", G_CALLBACK (on_sooner), self);
  g_signal_connect (remove, "clicked", G_CALLBACK (on_remove), self);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), sooner);
  gtk_box_append (GTK_BOX (box), remove);
  return box;
}

static void
limn_queue_popover_dispose (GObject *object)
{
  LimnQueuePopover *self = LIMN_QUEUE_POPOVER (object);

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
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "limn-queue");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Waiting Prompts"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 320);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->list));
  gtk_popover_set_child (GTK_POPOVER (self), scroller);
}

/**
 * limn_queue_popover_set_queue:
 * @queue: (nullable): whose waiting jobs to show
 */
void
limn_queue_popover_set_queue (LimnQueuePopover *self, LimnQueue *queue)
{
  if (!g_set_object (&self->queue, queue))
    return;
  if (self->list != NULL && gtk_popover_get_child (GTK_POPOVER (self)) != NULL)
    gtk_list_box_bind_model (self->list, G_LIST_MODEL (queue), queue != NULL ? row_new : NULL, self,
                             NULL);
}
