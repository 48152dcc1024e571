/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnModelsPage: puts a LimnModelCard up for each model of a manager, keeps
 * the settings “models-folder” and “hub-mirror”, and takes dropped files.
 */
#include "config.h"

#include "limn-models-page.h"

#include <glib/gi18n.h>

#include "limn-compat.h"
#include "limn-fold-box.h"
#include "limn-model-card.h"
#include "limn-model-files.h"
#include "limn-toast.h"
#include "limn-widget.h"

struct _LimnModelsPage
{
  GtkWidget parent_instance;

  GtkWidget *back;
  GtkWidget *scroller;
  GtkWidget *offline;
  GtkBox *cards;
  AdwActionRow *folder;
  GtkWidget *choose;
  AdwActionRow *disk;
  AdwComboRow *source;
  AdwEntryRow *mirror;

  GSettings *settings;
  LimnModelManager *manager;
  guint disk_timer;
  guint inhibit_cookie; /* 0 while nothing is on its way */
};

G_DEFINE_FINAL_TYPE (LimnModelsPage, limn_models_page, GTK_TYPE_WIDGET)

/* ---- storage ---- */

static char *
get_free_space (const char *folder)
{
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  g_autoptr (GFileInfo) info = NULL;

  /* a folder that is not there yet will be made in one that is */
  while (!g_file_query_exists (file, NULL))
    {
      GFile *up = g_file_get_parent (file);

      if (up == NULL)
        return NULL;
      g_object_unref (file);
      file = up;
    }
  info = g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);
  if (info == NULL)
    return NULL;
  return g_format_size (g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE));
}

static void
show_storage (LimnModelsPage *self)
{
  g_autofree char *folder = limn_model_manager_dup_folder (self->manager);
  g_autofree char *free_space = get_free_space (folder);
  g_autofree char *used =
      g_format_size ((guint64) limn_model_manager_get_disk_bytes (self->manager));
  g_autofree char *text =
      g_strdup_printf (_ ("%s by your models, %s free"), used, free_space ? free_space : "?");
  g_autofree char *name = g_filename_display_name (folder);
  g_autofree char *escaped = g_markup_escape_text (name, -1);

  adw_action_row_set_subtitle (self->folder, escaped);
  adw_action_row_set_subtitle (self->disk, text);
  gtk_widget_set_sensitive (self->choose, !limn_model_manager_is_busy (self->manager));
  gtk_widget_set_sensitive (GTK_WIDGET (self->source), !limn_model_manager_is_busy (self->manager));
}

/* The computer stays awake while something is on its way. */
static void
inhibit (LimnModelsPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkApplication *application =
      GTK_IS_WINDOW (root) ? gtk_window_get_application (GTK_WINDOW (root)) : NULL;
  gboolean is_busy = limn_model_manager_is_busy (self->manager);

  if (application == NULL || is_busy == (self->inhibit_cookie != 0))
    return;
  if (is_busy)
    self->inhibit_cookie =
        gtk_application_inhibit (application, GTK_WINDOW (root), GTK_APPLICATION_INHIBIT_SUSPEND,
                                 _ ("A model is being downloaded or imported"));
  else
    {
      gtk_application_uninhibit (application, self->inhibit_cookie);
      self->inhibit_cookie = 0;
    }
}

static gboolean
on_disk_timer (gpointer data)
{
  LimnModelsPage *self = data;

  self->disk_timer = 0;
  show_storage (self);
  inhibit (self);
  return G_SOURCE_REMOVE;
}

/* An item changes ten times a second while it is on its way; the disk need not be asked so often.
 */
static void
on_item_changed (LimnModelsPage *self)
{
  if (self->disk_timer == 0)
    self->disk_timer = g_timeout_add (500, on_disk_timer, self);
}

static void
on_folder_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LimnModelsPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = limn_compat_file_finish (result, &error);
  const char *path = file != NULL ? g_file_peek_path (file) : NULL;

  if (error)
    limn_toast_error (GTK_WIDGET (self), _ ("No folder chosen"), error);
  if (path == NULL || self->manager == NULL || limn_model_manager_is_busy (self->manager))
    return;
  /* settings keep text alone, and file names may be any bytes */
  if (!g_utf8_validate (path, -1, NULL))
    {
      limn_toast (GTK_WIDGET (self),
                  _ ("The name of this folder cannot be read as text: choose another one"));
      return;
    }
  g_settings_set_string (self->settings, "models-folder", path);
  limn_model_manager_set_folder (self->manager, path);
  show_storage (self);
}

static void
choose_folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  limn_compat_open_async (GTK_WINDOW (gtk_widget_get_root (widget)), _ ("Folder for Models"), TRUE,
                          NULL, on_folder_chosen, g_object_ref (widget));
}

/* The ids of the catalog's sources, in the order of the row's choices. */
static const char *const sources[] = { "min-dalle", "dalle-mini" };

static void
on_source_selected (LimnModelsPage *self)
{
  guint i = adw_combo_row_get_selected (self->source);

  if (i >= G_N_ELEMENTS (sources) || self->manager == NULL
      || limn_model_manager_is_busy (self->manager))
    return;
  g_settings_set_string (self->settings, "hub-source", sources[i]);
  limn_model_manager_set_source (self->manager, sources[i]);
}

static void
show_source (LimnModelsPage *self)
{
  g_autofree char *source = g_settings_get_string (self->settings, "hub-source");

  adw_combo_row_set_selected (self->source, g_str_equal (source, sources[1]) ? 1 : 0);
}

static void
on_mirror_applied (LimnModelsPage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->mirror));

  if (*text != '\0' && !g_str_has_prefix (text, "https://"))
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->mirror), "error");
      limn_toast (GTK_WIDGET (self), _ ("A mirror’s address begins with https://"));
      return;
    }
  gtk_widget_remove_css_class (GTK_WIDGET (self->mirror), "error");
  g_settings_set_string (self->settings, "hub-mirror", text);
  limn_model_manager_set_mirror (self->manager, text);
}

/* ---- cards ---- */

static GtkWidget *
get_card (LimnModelsPage *self, guint position)
{
  GtkWidget *card = gtk_widget_get_first_child (GTK_WIDGET (self->cards));

  for (guint i = 0; card != NULL && i < position; i++)
    card = gtk_widget_get_next_sibling (card);
  return card;
}

static void
on_items_changed (GListModel *list,
                  guint position,
                  guint n_removed,
                  guint n_added,
                  LimnModelsPage *self)
{
  GtkWidget *before;

  for (guint i = 0; i < n_removed; i++)
    gtk_box_remove (self->cards, get_card (self, position));
  before = position > 0 ? get_card (self, position - 1) : NULL;
  for (guint i = 0; i < n_added; i++)
    {
      g_autoptr (LimnModelItem) item = g_list_model_get_item (list, position + i);
      GtkWidget *card = limn_model_card_new (item);

      g_signal_connect_object (item, "changed", G_CALLBACK (on_item_changed), self,
                               G_CONNECT_SWAPPED);
      gtk_box_insert_child_after (self->cards, card, before);
      before = card;
    }
  show_storage (self);
}

/* ---- importing ---- */

static void
import_paths (GtkWidget *widget, const char *const *paths)
{
  LimnModelsPage *self = LIMN_MODELS_PAGE (widget);
  g_autofree char *name = NULL;
  g_autoptr (GError) error = NULL;

  if (self->manager == NULL)
    return;
  name = limn_model_manager_suggest_name (self->manager, paths);
  if (limn_model_manager_import (self->manager, paths, name, &error) == NULL)
    limn_toast (widget, error->message);
}

/* For cards: files that become a model of their own. */
static void
import_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autofree const char **paths = g_variant_get_bytestring_array (parameter, NULL);

  import_paths (widget, paths);
}

static void
import_files_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  limn_model_files_choose (widget, FALSE, import_paths);
}

static void
import_folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  limn_model_files_choose (widget, TRUE, import_paths);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, LimnModelsPage *self)
{
  return limn_model_files_drop (GTK_WIDGET (self), value, import_paths);
}

/* ---- network ---- */

static void
on_network_changed (LimnModelsPage *self)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();

  gtk_widget_set_visible (self->offline, !g_network_monitor_get_network_available (monitor));
}

/* ---- object ---- */

LimnModelManager *
limn_models_page_get_manager (LimnModelsPage *self)
{
  return self->manager;
}

void
limn_models_page_set_manager (LimnModelsPage *self, LimnModelManager *manager)
{
  GListModel *list = G_LIST_MODEL (manager);

  g_return_if_fail (self->manager == NULL);
  self->manager = g_object_ref (manager);
  g_signal_connect_object (list, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  on_items_changed (list, 0, 0, g_list_model_get_n_items (list), self);
}

/* What has been copied into the folder by hand is found when one looks. */
static void
limn_models_page_map (GtkWidget *widget)
{
  LimnModelsPage *self = LIMN_MODELS_PAGE (widget);

  if (self->manager != NULL)
    {
      limn_model_manager_refresh (self->manager);
      show_storage (self);
    }
  GTK_WIDGET_CLASS (limn_models_page_parent_class)->map (widget);
}

static void
limn_models_page_dispose (GObject *object)
{
  LimnModelsPage *self = LIMN_MODELS_PAGE (object);

  g_clear_handle_id (&self->disk_timer, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMN_TYPE_MODELS_PAGE);
  limn_widget_drop_children (GTK_WIDGET (self));
  g_clear_object (&self->manager);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (limn_models_page_parent_class)->dispose (object);
}

static void
limn_models_page_class_init (LimnModelsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limn_models_page_dispose;
  widget_class->map = limn_models_page_map;
  gtk_widget_class_install_action (widget_class, "models.choose-folder", NULL,
                                   choose_folder_action);
  gtk_widget_class_install_action (widget_class, "models.import", "aay", import_action);
  gtk_widget_class_install_action (widget_class, "models.import-files", NULL, import_files_action);
  gtk_widget_class_install_action (widget_class, "models.import-folder", NULL,
                                   import_folder_action);
  g_type_ensure (LIMN_TYPE_FOLD_BOX);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/limn_app/Limn/window/limn-models-page.ui");
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.close-page", NULL);
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, LimnModelsPage, name)
  BIND (back);
  BIND (scroller);
  BIND (offline);
  BIND (cards);
  BIND (folder);
  BIND (choose);
  BIND (disk);
  BIND (source);
  BIND (mirror);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_source_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_mirror_applied);
}

static void
limn_models_page_init (LimnModelsPage *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  GNetworkMonitor *monitor = g_network_monitor_get_default ();
  g_autofree char *mirror = NULL;

  self->settings = g_settings_new (APPLICATION_ID);
  gtk_widget_init_template (GTK_WIDGET (self));
  mirror = g_settings_get_string (self->settings, "hub-mirror");
  gtk_editable_set_text (GTK_EDITABLE (self->mirror), mirror);
  show_source (self);
  g_signal_connect_swapped (self->settings, "changed::hub-source", G_CALLBACK (show_source), self);
  g_signal_connect_object (target, "drop", G_CALLBACK (on_drop), self, 0);
  gtk_widget_add_controller (self->scroller, GTK_EVENT_CONTROLLER (target));
  g_signal_connect_object (monitor, "network-changed", G_CALLBACK (on_network_changed), self,
                           G_CONNECT_SWAPPED);
  on_network_changed (self);
}
