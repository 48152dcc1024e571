/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Habits that our widgets share. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* For dispose: lets go of all children. */
static inline void
limn_widget_drop_children (GtkWidget *widget)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (widget)) != NULL)
    gtk_widget_unparent (child);
}

/* Gives the button inside a drop-down its name too: it is the one that has the
 * focus, and GTK names the drop-down alone. */
static inline void
limn_widget_name_button (GtkWidget *drop_down, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (drop_down)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

G_END_DECLS
