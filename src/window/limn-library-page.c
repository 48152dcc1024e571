/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnLibraryPage: a grid of any number of pictures; only those in sight and the
 * one selected are in memory.  While it is scrolled the day of the uppermost picture is shown.
 */
#include "config.h"

#include "limn-library-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "library/limn-texture-store.h"
#include "limn-compat.h"
#include "limn-day.h"
#include "limn-menus.h"
#include "limn-tile.h"
#include "limn-widget.h"

#define DAY_SHOWN_MS 1200
#define TOP_DELAY_MS 60

struct _LimnLibraryPage
{
  GtkWidget parent_instance;

  GtkSearchEntry *search;
  GtkToggleButton *favourites;
  GtkStack *stack;
  GtkScrolledWindow *scroller;
  GtkGridView *grid;
  GtkRevealer *day_revealer;
  GtkLabel *day;
  GtkWidget *menu;
  GtkWidget *draw_button;

  LimnLibrary *library;
  GtkCustomFilter *filter;
  GtkFilterListModel *filtered;
  GtkSingleSelection *selection;
  LimnDrawing *held; /* the one selected: kept in memory in and out of sight */
  char **words;      /* casefolded, of the search */
  guint day_timer;
  guint top_timer;   /* goes to the top */
  gboolean is_stale; /* new pictures came while another page was shown */
};

G_DEFINE_FINAL_TYPE (LimnLibraryPage, limn_library_page, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_SELECTED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint open_signal, draw_signal;

/* ---- search ---- */

static gboolean
has_all_words (const char *prompt, char **words)
{
  g_autofree char *folded = g_utf8_casefold (prompt, -1);

  for (char **word = words; *word != NULL; word++)
    if (strstr (folded, *word) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
matches (gpointer item, gpointer data)
{
  LimnLibraryPage *self = data;
  LimnDrawing *drawing = item;

  if (limn_drawing_is_removed (drawing))
    return FALSE;
  if (gtk_toggle_button_get_active (self->favourites) && !limn_drawing_is_favourite (drawing))
    return FALSE;
  return self->words == NULL || has_all_words (limn_drawing_get_prompt (drawing), self->words);
}

static gboolean
is_searching (LimnLibraryPage *self)
{
  return *gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0';
}

static void
show_page (LimnLibraryPage *self)
{
  const char *name = "pictures";

  if (g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) == 0)
    {
      gboolean is_empty =
          self->library == NULL || g_list_model_get_n_items (G_LIST_MODEL (self->library)) == 0;

      /* what is still being read is not empty */
      if (!is_empty || self->library == NULL || !limn_library_is_loading (self->library))
        name = is_empty && !is_searching (self) ? "empty" : "nothing";
    }
  gtk_widget_set_visible (self->draw_button, is_searching (self));
  gtk_stack_set_visible_child_name (self->stack, name);
}

/* Looks again at what is shown: after typing, and when stars or trash changed. */
void
limn_library_page_refilter (LimnLibraryPage *self)
{
  g_autofree char *text = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);

  g_strfreev (self->words);
  self->words = g_strsplit_set (text, " \t", -1);
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  show_page (self);
}

/* ---- day ---- */

static gboolean
hide_day (gpointer data)
{
  LimnLibraryPage *self = data;

  self->day_timer = 0;
  gtk_revealer_set_reveal_child (self->day_revealer, FALSE);
  return G_SOURCE_REMOVE;
}

static LimnDrawing *
get_uppermost (LimnLibraryPage *self)
{
  GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (self->scroller), 40, 40, GTK_PICK_DEFAULT);
  GtkWidget *tile = NULL;

  if (widget != NULL)
    tile = LIMN_IS_TILE (widget) ? widget : gtk_widget_get_ancestor (widget, LIMN_TYPE_TILE);
  return tile != NULL ? limn_tile_get_drawing (LIMN_TILE (tile)) : NULL;
}

static void
on_scrolled (LimnLibraryPage *self)
{
  LimnDrawing *drawing = get_uppermost (self);
  g_autofree char *text = NULL;

  if (drawing == NULL)
    return;
  text = limn_day_format (limn_drawing_get_time (drawing), g_get_real_time () / G_USEC_PER_SEC);
  gtk_label_set_label (self->day, text);
  gtk_revealer_set_reveal_child (self->day_revealer, TRUE);
  g_clear_handle_id (&self->day_timer, g_source_remove);
  self->day_timer = g_timeout_add (DAY_SHOWN_MS, hide_day, self);
}

/* ---- new pictures ---- */

static gboolean
go_to_top (gpointer data)
{
  LimnLibraryPage *self = data;

  self->top_timer = 0;
  self->is_stale = FALSE;
  if (g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) > 0)
    gtk_widget_activate_action (GTK_WIDGET (self->grid), "list.scroll-to-item", "u", 0);
  return G_SOURCE_REMOVE;
}

static void
schedule_top (LimnLibraryPage *self)
{
  /* after the last of several: the grid keeps its place at each */
  g_clear_handle_id (&self->top_timer, g_source_remove);
  self->top_timer = g_timeout_add (TOP_DELAY_MS, go_to_top, self);
}

/* New pictures come first: they are to be seen, unless a person is looking further down. */
static void
on_items_changed (LimnLibraryPage *self, guint position, guint n_removed, guint n_added)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  show_page (self);
  if (position > 0 || n_added == 0)
    return;
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->is_stale = TRUE;
  else if (self->top_timer != 0 || gtk_adjustment_get_value (adjustment) < 1)
    schedule_top (self);
}

static void
limn_library_page_map (GtkWidget *widget)
{
  LimnLibraryPage *self = LIMN_LIBRARY_PAGE (widget);

  GTK_WIDGET_CLASS (limn_library_page_parent_class)->map (widget);
  if (self->is_stale)
    schedule_top (self);
}

/* ---- tiles ---- */

static void
on_tile_menu (LimnTile *tile, double x, double y, GtkListItem *item)
{
  LimnLibraryPage *self = g_object_get_data (G_OBJECT (item), "page");
  graphene_point_t point;

  gtk_single_selection_set_selected (self->selection, gtk_list_item_get_position (item));
  if (!gtk_widget_compute_point (GTK_WIDGET (tile), GTK_WIDGET (self),
                                 &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    return;
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle){ (int) point.x, (int) point.y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* The list takes clicks and keys; what reads the screen for a person asks the tile itself. */
static void
on_tile_open (LimnTile *tile, GtkListItem *item)
{
  LimnLibraryPage *self = g_object_get_data (G_OBJECT (item), "page");
  LimnDrawing *drawing = gtk_list_item_get_item (item);

  if (drawing == NULL)
    return;
  gtk_single_selection_set_selected (self->selection, gtk_list_item_get_position (item));
  g_signal_emit (self, open_signal, 0, drawing);
}

static void
setup_item (GtkSignalListItemFactory *factory, GtkListItem *item, LimnLibraryPage *self)
{
  GtkWidget *tile = limn_tile_new_for_list ();

  g_object_set_data (G_OBJECT (item), "page", self);
  g_signal_connect_object (tile, "menu", G_CALLBACK (on_tile_menu), item, 0);
  g_signal_connect_object (tile, "open", G_CALLBACK (on_tile_open), item, 0);
  gtk_list_item_set_child (item, tile);
}

static void
bind_item (GtkSignalListItemFactory *factory, GtkListItem *item, LimnLibraryPage *self)
{
  LimnDrawing *drawing = gtk_list_item_get_item (item);

  limn_tile_set_drawing (LIMN_TILE (gtk_list_item_get_child (item)), drawing);
  limn_compat_list_item_set_label (item, limn_drawing_get_prompt (drawing));
}

static void
unbind_item (GtkSignalListItemFactory *factory, GtkListItem *item, LimnLibraryPage *self)
{
  limn_tile_set_drawing (LIMN_TILE (gtk_list_item_get_child (item)), NULL);
}

static void
on_activate (LimnLibraryPage *self, guint position)
{
  g_autoptr (LimnDrawing) drawing = g_list_model_get_item (G_LIST_MODEL (self->filtered), position);

  if (drawing != NULL)
    g_signal_emit (self, open_signal, 0, drawing);
}

static void
hold_selected (LimnLibraryPage *self)
{
  LimnDrawing *selected = limn_library_page_get_selected (self);

  if (selected == self->held)
    return;
  if (selected != NULL)
    limn_texture_store_hold (selected);
  if (self->held != NULL)
    limn_texture_store_release (self->held);
  g_set_object (&self->held, selected);
}

static void
on_selected (LimnLibraryPage *self)
{
  hold_selected (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

static void
on_draw_clicked (LimnLibraryPage *self)
{
  g_signal_emit (self, draw_signal, 0, gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

/* ---- object ---- */

static void
limn_library_page_dispose (GObject *object)
{
  LimnLibraryPage *self = LIMN_LIBRARY_PAGE (object);

  g_clear_handle_id (&self->day_timer, g_source_remove);
  g_clear_handle_id (&self->top_timer, g_source_remove);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  if (self->grid != NULL)
    gtk_grid_view_set_model (self->grid, NULL);
  if (self->filter != NULL)
    gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
  if (self->filtered != NULL)
    g_signal_handlers_disconnect_by_data (self->filtered, self);
  g_clear_object (&self->selection);
  hold_selected (self);
  g_clear_object (&self->filtered);
  g_clear_object (&self->filter);
  g_clear_object (&self->library);
  g_clear_pointer (&self->words, g_strfreev);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMN_TYPE_LIBRARY_PAGE);
  limn_widget_drop_children (GTK_WIDGET (self));
  G_OBJECT_CLASS (limn_library_page_parent_class)->dispose (object);
}

static void
limn_library_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SELECTED)
    g_value_set_object (value, limn_library_page_get_selected (LIMN_LIBRARY_PAGE (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/limn_app/Limn/window/limn-library-page.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, LimnLibraryPage, name)
  BIND (search);
  BIND (favourites);
  BIND (stack);
  BIND (scroller);
  BIND (grid);
  BIND (day_revealer);
  BIND (day);
  BIND (draw_button);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_draw_clicked);
  gtk_widget_class_bind_template_callback (widget_class, limn_library_page_refilter);
}

static void
limn_library_page_class_init (LimnLibraryPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = limn_library_page_dispose;
  object_class->get_property = limn_library_page_get_property;
  GTK_WIDGET_CLASS (klass)->map = limn_library_page_map;
  properties[PROP_SELECTED] = g_param_spec_object ("selected", NULL, NULL, LIMN_TYPE_DRAWING,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  open_signal = g_signal_new ("open", LIMN_TYPE_LIBRARY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 1, LIMN_TYPE_DRAWING);
  /**
   * LimnLibraryPage::draw:
   * @words: what was searched for and is not there
   */
  draw_signal = g_signal_new ("draw", LIMN_TYPE_LIBRARY_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
make_menu (LimnLibraryPage *self)
{
  self->menu = gtk_popover_menu_new_from_model (limn_menu_get ("picture_menu"));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
}

static void
make_factory (LimnLibraryPage *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_item), self);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_item), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_item), self);
  gtk_grid_view_set_factory (self->grid, factory);
}

static void
limn_library_page_init (LimnLibraryPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_entry_set_key_capture_widget (self->search, GTK_WIDGET (self));
  self->filter = gtk_custom_filter_new (matches, self, NULL);
  self->filtered = gtk_filter_list_model_new (NULL, g_object_ref (GTK_FILTER (self->filter)));
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->filtered)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  make_factory (self);
  gtk_grid_view_set_model (self->grid, GTK_SELECTION_MODEL (self->selection));
  make_menu (self);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->filtered, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->scroller), "value-changed",
                           G_CALLBACK (on_scrolled), self, G_CONNECT_SWAPPED);
  show_page (self);
}

/**
 * limn_library_page_set_library:
 * @library: (nullable): what to show
 */
void
limn_library_page_set_library (LimnLibraryPage *self, LimnLibrary *library)
{
  if (self->library == library)
    return;
  if (self->library != NULL)
    g_signal_handlers_disconnect_by_func (self->library, show_page, self);
  g_set_object (&self->library, library);
  gtk_filter_list_model_set_model (self->filtered, G_LIST_MODEL (library));
  if (library != NULL)
    g_signal_connect_object (library, "notify::loading", G_CALLBACK (show_page), self,
                             G_CONNECT_SWAPPED);
  show_page (self);
}

/**
 * limn_library_page_get_shown:
 *
 * Returns: (transfer none): the pictures shown, in their order
 */
GListModel *
limn_library_page_get_shown (LimnLibraryPage *self)
{
  return G_LIST_MODEL (self->filtered);
}

LimnDrawing *
limn_library_page_get_selected (LimnLibraryPage *self)
{
  return self->selection != NULL ? gtk_single_selection_get_selected_item (self->selection) : NULL;
}

void
limn_library_page_focus_search (LimnLibraryPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

/* Shows the pictures of these words. */
void
limn_library_page_search (LimnLibraryPage *self, const char *words)
{
  gtk_toggle_button_set_active (self->favourites, FALSE);
  gtk_editable_set_text (GTK_EDITABLE (self->search), words);
  limn_library_page_refilter (self);
}
