/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnViewer: walks through a list of pictures, the one it shows at a time.
 * Actions are the window's; what the picture remembers is LimnDetails'.
 */
#include "config.h"

#include "limn-viewer.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "limn-details.h"
#include "limn-menus.h"
#include "limn-picture-tools.h"
#include "limn-tile.h"
#include "limn-widget.h"

struct _LimnViewer
{
  GtkWidget parent_instance;

  AdwWindowTitle *title;
  LimnTile *tile;
  LimnPictureTools *tools;
  LimnDetails *details;
  GtkMenuButton *details_button, *menu_button;
  GtkButton *previous_button, *next_button;
  GtkWidget *menu;

  GListModel *drawings;
  LimnDrawing *drawing;
  guint position; /* of the drawing in the list, or of its gap once it has left that */
};

G_DEFINE_FINAL_TYPE (LimnViewer, limn_viewer, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_DRAWING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static guint
find_position (LimnViewer *self)
{
  guint n = self->drawings != NULL ? g_list_model_get_n_items (self->drawings) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnDrawing) drawing = g_list_model_get_item (self->drawings, i);

      if (drawing == self->drawing)
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

static gboolean
can_be_shown (LimnDrawing *drawing)
{
  return limn_drawing_is_done (drawing) && !limn_drawing_is_removed (drawing);
}

/* The next picture in this direction that can be shown. */
static LimnDrawing *
find_step (LimnViewer *self, int step)
{
  guint n = self->drawings != NULL ? g_list_model_get_n_items (self->drawings) : 0;
  guint found = find_position (self);
  gboolean is_gap = found == GTK_INVALID_LIST_POSITION;
  gint64 position = is_gap ? MIN (self->position, n) : found;

  if (!is_gap || step < 0) /* what comes after a gap is where that is */
    position += step;
  for (; position >= 0 && position < n; position += step)
    {
      g_autoptr (LimnDrawing) drawing = g_list_model_get_item (self->drawings, (guint) position);

      if (can_be_shown (drawing))
        return drawing; /* the list keeps it */
    }
  return NULL;
}

static void
update_title (LimnViewer *self)
{
  guint position = find_position (self);
  g_autofree char *place = NULL;

  adw_window_title_set_title (self->title, limn_drawing_get_prompt (self->drawing));
  if (position != GTK_INVALID_LIST_POSITION)
    /* Translators: the place of a picture among others */
    place =
        g_strdup_printf (_ ("%u of %u"), position + 1, g_list_model_get_n_items (self->drawings));
  adw_window_title_set_subtitle (self->title, place != NULL ? place : "");
}

static void
update_place (LimnViewer *self)
{
  guint position = find_position (self);

  if (position != GTK_INVALID_LIST_POSITION)
    self->position = position;
  if (self->drawing != NULL)
    update_title (self);
  gtk_widget_set_visible (GTK_WIDGET (self->previous_button), limn_viewer_can_step (self, -1));
  gtk_widget_set_visible (GTK_WIDGET (self->next_button), limn_viewer_can_step (self, 1));
}

static void
set_drawing (LimnViewer *self, LimnDrawing *drawing)
{
  g_set_object (&self->drawing, drawing);
  limn_tile_set_drawing (self->tile, drawing);
  limn_picture_tools_set_drawing (self->tools, drawing);
  limn_details_set_drawing (self->details, drawing);
  update_place (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DRAWING]);
}

static void
on_items_changed (LimnViewer *self, guint position, guint n_removed, guint n_added)
{
  if (position + n_removed <= self->position)
    self->position += n_added - n_removed;
  update_place (self);
  /* what can be stepped to is another */
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DRAWING]);
}

static void
set_drawings (LimnViewer *self, GListModel *drawings)
{
  if (self->drawings != NULL)
    g_signal_handlers_disconnect_by_data (self->drawings, self);
  g_set_object (&self->drawings, drawings);
  if (drawings != NULL)
    g_signal_connect_swapped (drawings, "items-changed", G_CALLBACK (on_items_changed), self);
}

static void
on_menu (LimnTile *tile, double x, double y, LimnViewer *self)
{
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static gboolean
limn_viewer_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (LIMN_VIEWER (widget)->tile));
}

static void
limn_viewer_dispose (GObject *object)
{
  LimnViewer *self = LIMN_VIEWER (object);

  set_drawings (self, NULL);
  g_clear_object (&self->drawing);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMN_TYPE_VIEWER);
  limn_widget_drop_children (GTK_WIDGET (self));
  G_OBJECT_CLASS (limn_viewer_parent_class)->dispose (object);
}

static void
limn_viewer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_DRAWING)
    g_value_set_object (value, LIMN_VIEWER (object)->drawing);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (LIMN_TYPE_DETAILS);
  g_type_ensure (LIMN_TYPE_PICTURE_TOOLS);
  g_type_ensure (LIMN_TYPE_TILE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/limn_app/Limn/window/limn-viewer.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, LimnViewer, name)
  BIND (title);
  BIND (tile);
  BIND (tools);
  BIND (details);
  BIND (details_button);
  BIND (menu_button);
  BIND (previous_button);
  BIND (next_button);
#undef BIND
}

static void
limn_viewer_class_init (LimnViewerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = limn_viewer_dispose;
  object_class->get_property = limn_viewer_get_property;
  widget_class->grab_focus = limn_viewer_grab_focus;
  properties[PROP_DRAWING] = g_param_spec_object ("drawing", NULL, NULL, LIMN_TYPE_DRAWING,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  bind_template (widget_class);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, 0, "win.previous", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Right, 0, "win.next", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Page_Up, 0, "win.previous", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Page_Down, 0, "win.next", NULL);
}

static void
limn_viewer_init (LimnViewer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_menu_model (self->menu_button, limn_menu_get ("picture_menu"));
  self->menu = gtk_popover_menu_new_from_model (limn_menu_get ("picture_menu"));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self->tile));
  g_signal_connect (self->tile, "menu", G_CALLBACK (on_menu), self);
}

/**
 * limn_viewer_show:
 * @drawings: (nullable): the list that previous and next walk through
 * @drawing: (nullable): where to begin
 */
void
limn_viewer_show (LimnViewer *self, GListModel *drawings, LimnDrawing *drawing)
{
  set_drawings (self, drawings);
  set_drawing (self, drawing);
}

gboolean
limn_viewer_can_step (LimnViewer *self, int step)
{
  return self->drawing != NULL && find_step (self, step) != NULL;
}

/* Shows the previous (-1) or next (1) picture; tells whether there was one. */
gboolean
limn_viewer_step (LimnViewer *self, int step)
{
  LimnDrawing *drawing = self->drawing != NULL ? find_step (self, step) : NULL;

  if (drawing != NULL)
    set_drawing (self, drawing);
  return drawing != NULL;
}

LimnDrawing *
limn_viewer_get_drawing (LimnViewer *self)
{
  return self->drawing;
}
