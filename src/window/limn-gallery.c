/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnGallery: 1, 4, 9 or 16 tiles in a square, as large as the space allows,
 * so that a whole grid is always in sight without scrolling.  Arrow keys,
 * Home and End move the selection, over what was thrown away; Tab passes by.
 * Long lists of pictures are the library page's.
 */
#include "limn-gallery.h"

#include <glib/gi18n.h>
#include <math.h>

#include "limn-tile.h"

#define GAP          8
#define MIN_SIDE     72
#define NATURAL_SIDE 216
/* a picture has 256 pixels: beyond this it only gets softer */
#define MAX_SIDE       420
#define MAX_SIDE_ALONE 640

struct _LimnGallery
{
  GtkWidget parent_instance;

  GListModel *model;
  GPtrArray *tiles; /* borrowed children, in order */
  int selected;     /* -1 for none */
  GtkWidget *menu;
};

G_DEFINE_FINAL_TYPE (LimnGallery, limn_gallery, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_SELECTED,
  PROP_N_CHOSEN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint open_signal;

/* ---- layout ---- */

static int
get_n_columns (LimnGallery *self)
{
  return MAX (1, (int) ceil (sqrt (self->tiles->len)));
}

static int
get_n_rows (LimnGallery *self)
{
  int n_columns = get_n_columns (self);

  return MAX (1, ((int) self->tiles->len + n_columns - 1) / n_columns);
}

static int
get_extent (int n, int side)
{
  return n * side + (n - 1) * GAP;
}

static int
get_max_side (LimnGallery *self)
{
  return self->tiles->len <= 1 ? MAX_SIDE_ALONE : MAX_SIDE;
}

static void
limn_gallery_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  LimnGallery *self = LIMN_GALLERY (widget);
  int n = orientation == GTK_ORIENTATION_HORIZONTAL ? get_n_columns (self) : get_n_rows (self);

  *minimum = get_extent (n, MIN_SIDE);
  *natural = get_extent (n, n == 1 ? 3 * NATURAL_SIDE : NATURAL_SIDE);
}

static void
allocate_tile (LimnGallery *self, guint i, int x0, int y0, int side, int n_columns)
{
  gboolean is_rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  int column = (int) i % n_columns, row = (int) i / n_columns;

  if (is_rtl)
    column = n_columns - 1 - column;
  gtk_widget_size_allocate (
      self->tiles->pdata[i],
      &(GtkAllocation){ x0 + column * (side + GAP), y0 + row * (side + GAP), side, side }, -1);
}

static void
limn_gallery_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  LimnGallery *self = LIMN_GALLERY (widget);
  int n_columns = get_n_columns (self), n_rows = get_n_rows (self);
  int side =
      MIN ((width - (n_columns - 1) * GAP) / n_columns, (height - (n_rows - 1) * GAP) / n_rows);
  int x0, y0;

  side = CLAMP (side, 1, get_max_side (self));
  x0 = (width - get_extent (n_columns, side)) / 2;
  y0 = (height - get_extent (n_rows, side)) / 2;
  for (guint i = 0; i < self->tiles->len; i++)
    allocate_tile (self, i, x0, MAX (y0, 0), side, n_columns);
  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

/* ---- selection ---- */

static void
set_selected (LimnGallery *self, int position)
{
  if (self->selected == position)
    return;
  if (self->selected >= 0 && self->selected < (int) self->tiles->len)
    limn_tile_set_selected (self->tiles->pdata[self->selected], FALSE);
  self->selected = position;
  if (position >= 0)
    limn_tile_set_selected (self->tiles->pdata[position], TRUE);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

static int
find_tile (LimnGallery *self, gpointer tile)
{
  guint position;

  return g_ptr_array_find (self->tiles, tile, &position) ? (int) position : -1;
}

static void
on_tile_select (LimnTile *tile, LimnGallery *self)
{
  set_selected (self, find_tile (self, tile));
}

/* ---- choosing several ---- */

guint
limn_gallery_get_n_chosen (LimnGallery *self)
{
  guint n = 0;

  for (guint i = 0; i < self->tiles->len; i++)
    n += limn_tile_is_chosen (self->tiles->pdata[i]) ? 1 : 0;
  return n;
}

void
limn_gallery_choose (LimnGallery *self, guint position, gboolean is_chosen)
{
  if (position >= self->tiles->len)
    return;
  limn_tile_set_chosen (self->tiles->pdata[position], is_chosen);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_CHOSEN]);
}

void
limn_gallery_choose_none (LimnGallery *self)
{
  for (guint i = 0; i < self->tiles->len; i++)
    limn_tile_set_chosen (self->tiles->pdata[i], FALSE);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_CHOSEN]);
}

/**
 * limn_gallery_dup_chosen:
 *
 * Returns: (transfer full) (element-type LimnDrawing): the chosen pictures
 */
GPtrArray *
limn_gallery_dup_chosen (LimnGallery *self)
{
  GPtrArray *chosen = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->tiles->len; i++)
    if (limn_tile_is_chosen (self->tiles->pdata[i]))
      g_ptr_array_add (chosen, g_object_ref (limn_tile_get_drawing (self->tiles->pdata[i])));
  return chosen;
}

static void
on_tile_choose (LimnTile *tile, LimnGallery *self)
{
  limn_gallery_choose (self, (guint) find_tile (self, tile), !limn_tile_is_chosen (tile));
}

static void
on_tile_open (LimnTile *tile, LimnGallery *self)
{
  LimnDrawing *drawing = limn_tile_get_drawing (tile);

  if (drawing != NULL && limn_drawing_get_texture (drawing) != NULL)
    g_signal_emit (self, open_signal, 0, drawing);
}

static void
on_tile_menu (LimnTile *tile, double x, double y, LimnGallery *self)
{
  graphene_point_t point;

  if (self->menu == NULL)
    return;
  if (!gtk_widget_compute_point (GTK_WIDGET (tile), GTK_WIDGET (self),
                                 &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    return;
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle){ (int) point.x, (int) point.y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* ---- keyboard ---- */

static int
get_neighbour (LimnGallery *self, int position, GtkDirectionType direction)
{
  int n_columns = get_n_columns (self), n = (int) self->tiles->len;
  gboolean is_rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  int step = is_rtl ? -1 : 1, column = position % n_columns, next = -1;

  if (direction == GTK_DIR_UP)
    next = position - n_columns;
  else if (direction == GTK_DIR_DOWN)
    next = position + n_columns;
  else
    {
      int new_column = column + (direction == GTK_DIR_RIGHT ? step : -step);

      if (new_column >= 0 && new_column < n_columns)
        next = position - column + new_column;
    }
  return next < n ? next : -1;
}

static gboolean
focus_tile (LimnGallery *self, int position)
{
  return position >= 0 && position < (int) self->tiles->len
         && gtk_widget_grab_focus (self->tiles->pdata[position]);
}

/* The first that can have the focus, from one end: a picture that was thrown away cannot. */
static gboolean
focus_end (LimnGallery *self, gboolean is_last)
{
  int n = (int) self->tiles->len;

  for (int i = 0; i < n; i++)
    if (focus_tile (self, is_last ? n - 1 - i : i))
      return TRUE;
  return FALSE;
}

static gboolean
focus_neighbour (LimnGallery *self, int position, GtkDirectionType direction)
{
  while ((position = get_neighbour (self, position, direction)) >= 0)
    if (focus_tile (self, position))
      return TRUE;
  return FALSE;
}

static gboolean
limn_gallery_focus (GtkWidget *widget, GtkDirectionType direction)
{
  LimnGallery *self = LIMN_GALLERY (widget);
  GtkWidget *child = gtk_widget_get_focus_child (widget);

  if (self->tiles->len == 0)
    return FALSE;
  if (child == NULL)
    return focus_tile (self, self->selected) || focus_end (self, FALSE);
  if (direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD)
    return FALSE;
  return focus_neighbour (self, find_tile (self, child), direction);
}

static gboolean
jump (GtkWidget *widget, GVariant *args, gpointer data)
{
  return focus_end (LIMN_GALLERY (widget), g_variant_get_boolean (args));
}

/* ---- model ---- */

static void
remove_tile (LimnGallery *self, guint position)
{
  GtkWidget *tile = g_ptr_array_steal_index (self->tiles, position);

  gtk_widget_unparent (tile);
}

static void
insert_tile (LimnGallery *self, guint position)
{
  g_autoptr (LimnDrawing) drawing = g_list_model_get_item (self->model, position);
  GtkWidget *tile = limn_tile_new ();

  limn_tile_set_drawing (LIMN_TILE (tile), drawing);
  g_signal_connect (tile, "select", G_CALLBACK (on_tile_select), self);
  limn_tile_set_choosable (LIMN_TILE (tile), TRUE);
  g_signal_connect (tile, "choose", G_CALLBACK (on_tile_choose), self);
  g_signal_connect (tile, "open", G_CALLBACK (on_tile_open), self);
  g_signal_connect (tile, "menu", G_CALLBACK (on_tile_menu), self);
  gtk_widget_insert_before (tile, GTK_WIDGET (self),
                            position < self->tiles->len ? self->tiles->pdata[position]
                                                        : self->menu);
  g_ptr_array_insert (self->tiles, (int) position, tile);
}

static void
number_tiles (LimnGallery *self)
{
  for (guint i = 0; i < self->tiles->len; i++)
    limn_tile_set_count (self->tiles->pdata[i], i + 1, self->tiles->len);
}

static void
on_items_changed (GListModel *model,
                  guint position,
                  guint n_removed,
                  guint n_added,
                  LimnGallery *self)
{
  set_selected (self, -1);
  for (guint i = 0; i < n_removed; i++)
    remove_tile (self, position);
  for (guint i = 0; i < n_added; i++)
    insert_tile (self, position + i);
  number_tiles (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_CHOSEN]);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * limn_gallery_set_model:
 * @drawings: (nullable): a list of a few #LimnDrawing
 */
void
limn_gallery_set_model (LimnGallery *self, GListModel *drawings)
{
  if (self->model == drawings)
    return;
  if (self->model != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->model, on_items_changed, self);
      on_items_changed (self->model, 0, self->tiles->len, 0, self);
    }
  g_set_object (&self->model, drawings);
  if (drawings == NULL)
    return;
  g_signal_connect (drawings, "items-changed", G_CALLBACK (on_items_changed), self);
  on_items_changed (drawings, 0, 0, g_list_model_get_n_items (drawings), self);
}

GListModel *
limn_gallery_get_model (LimnGallery *self)
{
  return self->model;
}

/**
 * limn_gallery_get_selected:
 *
 * Returns: (transfer none) (nullable): the selected picture
 */
LimnDrawing *
limn_gallery_get_selected (LimnGallery *self)
{
  if (self->selected < 0)
    return NULL;
  return limn_tile_get_drawing (self->tiles->pdata[self->selected]);
}

/* ---- object ---- */

static void
limn_gallery_dispose (GObject *object)
{
  LimnGallery *self = LIMN_GALLERY (object);

  limn_gallery_set_model (self, NULL);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  G_OBJECT_CLASS (limn_gallery_parent_class)->dispose (object);
}

static void
limn_gallery_finalize (GObject *object)
{
  g_ptr_array_unref (LIMN_GALLERY (object)->tiles);
  G_OBJECT_CLASS (limn_gallery_parent_class)->finalize (object);
}

static void
limn_gallery_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LimnGallery *self = LIMN_GALLERY (object);

  if (id == PROP_SELECTED)
    g_value_set_object (value, limn_gallery_get_selected (self));
  else if (id == PROP_N_CHOSEN)
    g_value_set_uint (value, limn_gallery_get_n_chosen (self));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
set_menu_model (LimnGallery *self, GMenuModel *menu)
{
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  if (menu == NULL)
    return;
  self->menu = gtk_popover_menu_new_from_model (menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
}

enum
{
  PROP_MENU_MODEL = N_PROPS
};

static void
limn_gallery_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_MENU_MODEL)
    set_menu_model (LIMN_GALLERY (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
limn_gallery_class_init (LimnGalleryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = limn_gallery_dispose;
  object_class->finalize = limn_gallery_finalize;
  object_class->get_property = limn_gallery_get_property;
  object_class->set_property = limn_gallery_set_property;
  widget_class->measure = limn_gallery_measure;
  widget_class->size_allocate = limn_gallery_size_allocate;
  widget_class->focus = limn_gallery_focus;

  properties[PROP_SELECTED] = g_param_spec_object ("selected", NULL, NULL, LIMN_TYPE_DRAWING,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (object_class, PROP_SELECTED, properties[PROP_SELECTED]);
  properties[PROP_N_CHOSEN] = g_param_spec_uint ("n-chosen", NULL, NULL, 0, G_MAXUINT, 0,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (object_class, PROP_N_CHOSEN, properties[PROP_N_CHOSEN]);
  g_object_class_install_property (object_class, PROP_MENU_MODEL,
                                   g_param_spec_object ("menu-model", NULL, NULL, G_TYPE_MENU_MODEL,
                                                        G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  open_signal = g_signal_new ("open", LIMN_TYPE_GALLERY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 1, LIMN_TYPE_DRAWING);

  gtk_widget_class_add_binding (widget_class, GDK_KEY_Home, 0, jump, "b", FALSE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_End, 0, jump, "b", TRUE);
  gtk_widget_class_set_css_name (widget_class, "gallery");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
limn_gallery_init (LimnGallery *self)
{
  self->tiles = g_ptr_array_new ();
  self->selected = -1;
}
