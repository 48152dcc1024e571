/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Habits that our widgets share. */
#pragma once

#include <gtk/gtk.h>
#include <math.h>

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

/* Where a picture of any shape is in a room, as large as fits, in whole pixels so
 * that what is cut at them leaves no seam; a square while there is no picture. */
static inline graphene_rect_t
limn_widget_fit (GdkTexture *texture, int width, int height)
{
  double w = texture != NULL ? gdk_texture_get_width (texture) : 1;
  double h = texture != NULL ? gdk_texture_get_height (texture) : 1;
  double scale = MIN (width / w, height / h);
  int fit_width = MAX ((int) round (w * scale), 1), fit_height = MAX ((int) round (h * scale), 1);

  return GRAPHENE_RECT_INIT ((float) ((width - fit_width) / 2), (float) ((height - fit_height) / 2),
                             (float) fit_width, (float) fit_height);
}

G_END_DECLS
