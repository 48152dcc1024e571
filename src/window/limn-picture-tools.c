/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnPictureTools: buttons for actions of the window, and a star that shows its state. */
#include "config.h"

#include "limn-picture-tools.h"

#include <glib/gi18n.h>

#include "limn-menus.h"
#include "limn-widget.h"

struct _LimnPictureTools
{
  GtkWidget parent_instance;

  GtkButton *star;
  GtkMenuButton *ways;
  LimnDrawing *drawing;
};

G_DEFINE_FINAL_TYPE (LimnPictureTools, limn_picture_tools, GTK_TYPE_WIDGET)

static void
update_star (LimnPictureTools *self)
{
  gboolean is_favourite = self->drawing != NULL && limn_drawing_is_favourite (self->drawing);

  gtk_button_set_icon_name (self->star, is_favourite ? "starred-symbolic" : "non-starred-symbolic");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->star), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  is_favourite ? _ ("Remove from Favourites") : _ ("Favourite"),
                                  -1);
}

static void
limn_picture_tools_dispose (GObject *object)
{
  LimnPictureTools *self = LIMN_PICTURE_TOOLS (object);

  limn_picture_tools_set_drawing (self, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMN_TYPE_PICTURE_TOOLS);
  limn_widget_drop_children (GTK_WIDGET (self));
  G_OBJECT_CLASS (limn_picture_tools_parent_class)->dispose (object);
}

static void
limn_picture_tools_class_init (LimnPictureToolsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limn_picture_tools_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/limn_app/Limn/window/limn-picture-tools.ui");
  gtk_widget_class_bind_template_child (widget_class, LimnPictureTools, star);
  gtk_widget_class_bind_template_child (widget_class, LimnPictureTools, ways);
}

static void
limn_picture_tools_init (LimnPictureTools *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_menu_model (self->ways, limn_menu_get ("ways_menu"));
}

/**
 * limn_picture_tools_set_drawing:
 * @drawing: (nullable): whose star to show
 */
void
limn_picture_tools_set_drawing (LimnPictureTools *self, LimnDrawing *drawing)
{
  if (self->drawing == drawing)
    return;
  if (self->drawing != NULL)
    g_signal_handlers_disconnect_by_func (self->drawing, update_star, self);
  g_set_object (&self->drawing, drawing);
  if (drawing != NULL)
    g_signal_connect_swapped (drawing, "notify::favourite", G_CALLBACK (update_star), self);
  if (self->star != NULL)
    update_star (self);
}
