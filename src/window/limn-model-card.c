/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnModelCard: shows one LimnModelItem and passes on what its buttons ask
 * for.  Which model draws is the setting “model”.
 */
#include "config.h"

#include "limn-model-card.h"

#include <glib/gi18n.h>

#include "jobs/limn-model-pool.h"
#include "limn-compat.h"
#include "limn-fold-box.h"
#include "limn-model-files.h"
#include "limn-toast.h"
#include "limn-widget.h"
#include "limn.h"

struct _LimnModelCard
{
  GtkWidget parent_instance;

  GtkLabel *name;
  GtkLabel *badge;
  GtkMenuButton *more;
  GtkLabel *good_at;
  GtkFlowBox *facts;
  GtkLabel *memory_note;
  GtkWidget *work;
  GtkProgressBar *progress;
  GtkLabel *status;
  GtkWidget *error_box;
  GtkLabel *error;
  GtkMenuButton *license;
  GtkLabel *license_text;
  GtkLinkButton *page;
  GtkWidget *discard;
  GtkButton *stop;
  GtkButton *download;
  GtkWidget *use;

  GSettings *settings;
  LimnModelItem *item;
  char *facts_shown; /* what the facts say, to leave them alone while it is the same */
};

G_DEFINE_FINAL_TYPE (LimnModelCard, limn_model_card, GTK_TYPE_WIDGET)

static GtkWindow *
get_window (LimnModelCard *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

static gboolean
is_in_use (LimnModelCard *self)
{
  g_autofree char *model = g_settings_get_string (self->settings, "model");

  return limn_model_item_get_path (self->item) != NULL
         && g_str_equal (model, limn_model_item_get_id (self->item));
}

/* ---- facts ---- */

static void
add_fact (LimnModelCard *self, const char *what, const char *value, gboolean is_warning)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *what_label = gtk_label_new (what);
  GtkWidget *value_label = gtk_label_new (value);
  GtkWidget *child = gtk_flow_box_child_new ();

  gtk_label_set_xalign (GTK_LABEL (what_label), 0);
  gtk_label_set_xalign (GTK_LABEL (value_label), 0);
  gtk_label_set_wrap (GTK_LABEL (value_label), TRUE);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (value_label), GTK_NATURAL_WRAP_NONE);
  gtk_widget_add_css_class (what_label, "caption");
  gtk_widget_add_css_class (what_label, "dim-label");
  gtk_widget_add_css_class (value_label, "numeric");
  if (is_warning)
    gtk_widget_add_css_class (value_label, "warning");
  gtk_box_append (GTK_BOX (box), what_label);
  gtk_box_append (GTK_BOX (box), value_label);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), box);
  gtk_widget_set_focusable (child, FALSE);
  gtk_flow_box_append (self->facts, child);
}

static char *
describe_size (LimnModelItem *item, const char **what)
{
  goffset n_bytes = limn_model_item_get_file_bytes (item);

  *what = _ ("On This Computer");
  if (limn_model_item_get_path (item) == NULL)
    {
      *what = _ ("Download");
      n_bytes = limn_model_item_get_download_bytes (item);
    }
  return n_bytes > 0 ? g_format_size ((guint64) n_bytes) : NULL;
}

static char *
describe_seconds (double seconds)
{
  gulong n;

  if (seconds < 0)
    return g_strdup (_ ("Not measured yet"));
  if (seconds < 90)
    {
      n = (gulong) MAX (seconds + 0.5, 1);
      return g_strdup_printf (ngettext ("%lu second", "%lu seconds", n), n);
    }
  n = (gulong) (seconds / 60 + 0.5);
  return g_strdup_printf (ngettext ("%lu minute", "%lu minutes", n), n);
}

static char *
describe_memory (guint64 needs, guint64 available)
{
  g_autofree char *needs_text = g_format_size (needs);
  g_autofree char *available_text = g_format_size (available);

  /* Translators: memory that a model needs, memory that is free */
  return g_strdup_printf (_ ("%s · %s free"), needs_text, available_text);
}

static void
show_facts (LimnModelCard *self)
{
  guint64 needs = (guint64) limn_model_item_get_needs_memory_bytes (self->item);
  guint64 available = limn_memory_get_available_bytes ();
  const char *what;
  g_autofree char *size = describe_size (self->item, &what);
  g_autofree char *memory = describe_memory (needs, available);
  double seconds = limn_model_item_get_seconds (self->item);
  g_autofree char *time = describe_seconds (seconds);
  g_autofree char *note = limn_model_item_dup_memory_note (self->item);
  g_autofree char *all = g_strdup_printf ("%s %s %s %s", what, size, memory, time);
  GtkWidget *child;

  if (g_strcmp0 (all, self->facts_shown) == 0)
    return;
  g_free (self->facts_shown);
  self->facts_shown = g_steal_pointer (&all);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->facts))) != NULL)
    gtk_flow_box_remove (self->facts, child);
  if (size)
    add_fact (self, what, size, FALSE);
  if (needs > 0)
    add_fact (self, _ ("Memory"), memory, note != NULL);
  if (seconds > 0 || limn_model_item_get_path (self->item))
    add_fact (self, _ ("Nine Pictures"), time, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->facts),
                          gtk_widget_get_first_child (GTK_WIDGET (self->facts)) != NULL);
  gtk_label_set_label (self->memory_note, note ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->memory_note), note != NULL);
}

/* ---- showing ---- */

static void
show_badge (LimnModelCard *self)
{
  gboolean is_here = limn_model_item_get_path (self->item) != NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->badge), is_here);
  gtk_label_set_label (self->badge, is_in_use (self) ? _ ("In Use") : _ ("Ready"));
  if (is_in_use (self))
    gtk_widget_add_css_class (GTK_WIDGET (self->badge), "accent");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->badge), "accent");
}

static void
show_license (LimnModelCard *self)
{
  const char *full = limn_model_item_get_license (self->item);
  const char *brief = limn_model_item_get_brief_license (self->item);
  const char *page = limn_model_item_get_page (self->item);

  gtk_menu_button_set_label (self->license, *brief ? brief : _ ("Licence unknown"));
  gtk_label_set_label (self->license_text, *full ? full : _ ("The files name no licence."));
  gtk_widget_set_visible (GTK_WIDGET (self->page), page != NULL);
  if (page != NULL)
    gtk_link_button_set_uri (self->page, page);
}

static void
show_work (LimnModelCard *self)
{
  LimnModelState state = limn_model_item_get_state (self->item);
  const char *status = limn_model_item_get_status (self->item);
  double progress = limn_model_item_get_progress (self->item);
  gboolean is_busy = limn_model_item_is_busy (self->item);
  const GError *error = limn_model_item_get_error (self->item);
  goffset total = limn_model_item_get_download_bytes (self->item);

  if (state == LIMN_MODEL_STATE_PAUSED && total > 0)
    progress = (double) limn_model_item_get_arrived_bytes (self->item) / (double) total;
  gtk_widget_set_visible (self->work, status != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), is_busy || state == LIMN_MODEL_STATE_PAUSED);
  gtk_label_set_label (self->status, status ? status : "");
  if (progress >= 0)
    gtk_progress_bar_set_fraction (self->progress, MIN (progress, 1));
  else if (is_busy)
    gtk_progress_bar_pulse (self->progress);
  gtk_widget_set_visible (self->error_box, error != NULL);
  gtk_label_set_label (self->error, error ? error->message : "");
}

static const char *
get_download_label (LimnModelCard *self)
{
  if (limn_model_item_get_state (self->item) != LIMN_MODEL_STATE_PAUSED
      || limn_model_item_get_arrived_bytes (self->item) == 0)
    return _ ("Download");
  return limn_model_item_get_arrived_bytes (self->item)
                 >= limn_model_item_get_download_bytes (self->item)
             ? _ ("Import")
             : _ ("Resume");
}

static void
show_buttons (LimnModelCard *self)
{
  LimnModelState state = limn_model_item_get_state (self->item);
  gboolean is_busy = limn_model_item_is_busy (self->item);
  gboolean is_here = limn_model_item_get_path (self->item) != NULL;
  gboolean can_download =
      !is_busy && !is_here && limn_model_item_get_download_bytes (self->item) > 0;
  GtkWidget *self_widget = GTK_WIDGET (self);

  gtk_button_set_label (self->download, get_download_label (self));
  gtk_button_set_label (self->stop,
                        state == LIMN_MODEL_STATE_DOWNLOADING ? _ ("Pause") : _ ("Cancel"));
  gtk_widget_set_visible (GTK_WIDGET (self->download), can_download);
  gtk_widget_set_visible (GTK_WIDGET (self->stop), is_busy);
  gtk_widget_set_visible (self->discard, state == LIMN_MODEL_STATE_PAUSED);
  gtk_widget_set_visible (self->use, is_here && !is_busy && !is_in_use (self));
  gtk_widget_action_set_enabled (self_widget, "model.import-files", !is_busy);
  gtk_widget_action_set_enabled (self_widget, "model.import-folder", !is_busy);
  gtk_widget_action_set_enabled (self_widget, "model.verify", is_here && !is_busy);
  gtk_widget_action_set_enabled (self_widget, "model.show-in-files", is_here);
  gtk_widget_action_set_enabled (self_widget, "model.delete",
                                 limn_model_item_can_delete (self->item));
}

static void
show (LimnModelCard *self)
{
  const char *good_at = limn_model_item_get_good_at (self->item);

  gtk_label_set_label (self->name, limn_model_item_get_name (self->item));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  limn_model_item_get_name (self->item), -1);
  gtk_label_set_label (self->good_at, good_at);
  gtk_widget_set_visible (GTK_WIDGET (self->good_at), *good_at != '\0');
  show_badge (self);
  show_facts (self);
  show_license (self);
  show_work (self);
  show_buttons (self);
}

/* ---- actions ---- */

static void
download_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  limn_model_item_download (LIMN_MODEL_CARD (widget)->item);
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  limn_model_item_stop (LIMN_MODEL_CARD (widget)->item);
}

static void
toast_freed (GtkWidget *widget, goffset n_bytes)
{
  g_autofree char *size = g_format_size ((guint64) n_bytes);
  g_autofree char *text = g_strdup_printf (_ ("%s freed"), size);

  limn_toast (widget, text);
}

static void
discard_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GError) error = NULL;
  goffset n_bytes = limn_model_item_discard_parts (LIMN_MODEL_CARD (widget)->item, &error);

  if (n_bytes < 0)
    limn_toast_error (widget, _ ("Not deleted"), error);
  else
    toast_freed (widget, n_bytes);
}

static void
use_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnModelCard *self = LIMN_MODEL_CARD (widget);

  g_settings_set_string (self->settings, "model", limn_model_item_get_id (self->item));
}

static void
verify_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  limn_model_item_verify (LIMN_MODEL_CARD (widget)->item);
}

static void
show_in_files_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnModelCard *self = LIMN_MODEL_CARD (widget);
  g_autoptr (GFile) file = g_file_new_for_path (limn_model_item_get_path (self->item));

  limn_compat_show_in_folder (get_window (self), file);
}

static void
on_delete_confirmed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LimnModelCard) self = data;
  g_autoptr (GError) error = NULL;
  goffset n_bytes;

  if (!limn_compat_confirm_finish (result) || self->item == NULL
      || !limn_model_item_can_delete (self->item))
    return;
  limn_model_pool_clear (); /* space is free when nobody has the file open any more */
  n_bytes = limn_model_item_delete (self->item, &error);
  if (n_bytes < 0)
    limn_toast_error (GTK_WIDGET (self), _ ("Not deleted"), error);
  else
    toast_freed (GTK_WIDGET (self), n_bytes);
}

static void
delete_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LimnModelCard *self = LIMN_MODEL_CARD (widget);
  goffset n_bytes =
      limn_model_item_get_file_bytes (self->item) + limn_model_item_get_part_bytes (self->item);
  g_autofree char *size = g_format_size ((guint64) n_bytes);
  g_autofree char *heading =
      g_strdup_printf (_ ("Delete %s?"), limn_model_item_get_name (self->item));
  g_autofree char *body = g_strdup_printf (
      _ ("This frees %s. To draw with it again, it has to be downloaded or imported again."), size);

  limn_compat_confirm_async (get_window (self), heading, body, _ ("_Delete"), on_delete_confirmed,
                             g_object_ref (self));
}

/* ---- importing ---- */

static void
import_paths (GtkWidget *widget, const char *const *paths)
{
  LimnModelCard *self = LIMN_MODEL_CARD (widget);

  if (self->item == NULL || limn_model_item_is_busy (self->item))
    return;
  if (limn_model_item_get_path (self->item) == NULL)
    limn_model_item_import (self->item, paths);
  else /* a model that is here is not replaced: these become another one */
    gtk_widget_activate_action (widget, "models.import", "@aay",
                                g_variant_new_bytestring_array (paths, -1));
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
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, LimnModelCard *self)
{
  return limn_model_files_drop (GTK_WIDGET (self), value, import_paths);
}

/* ---- object ---- */

static void
limn_model_card_dispose (GObject *object)
{
  LimnModelCard *self = LIMN_MODEL_CARD (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), LIMN_TYPE_MODEL_CARD);
  limn_widget_drop_children (GTK_WIDGET (self));
  g_clear_object (&self->item);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->facts_shown, g_free);
  G_OBJECT_CLASS (limn_model_card_parent_class)->dispose (object);
}

static const struct
{
  const char *name;
  GtkWidgetActionActivateFunc activate;
} actions[] = {
  { "model.download", download_action },
  { "model.stop", stop_action },
  { "model.discard", discard_action },
  { "model.use", use_action },
  { "model.verify", verify_action },
  { "model.delete", delete_action },
  { "model.import-files", import_files_action },
  { "model.import-folder", import_folder_action },
  { "model.show-in-files", show_in_files_action },
};

static void
limn_model_card_class_init (LimnModelCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limn_model_card_dispose;
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  g_type_ensure (LIMN_TYPE_FOLD_BOX);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/limn_app/Limn/window/limn-model-card.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, LimnModelCard, name)
  BIND (name);
  BIND (badge);
  BIND (more);
  BIND (good_at);
  BIND (facts);
  BIND (memory_note);
  BIND (work);
  BIND (progress);
  BIND (status);
  BIND (error_box);
  BIND (error);
  BIND (license);
  BIND (license_text);
  BIND (page);
  BIND (discard);
  BIND (stop);
  BIND (download);
  BIND (use);
#undef BIND
}

static void
limn_model_card_init (LimnModelCard *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  self->settings = g_settings_new (APPLICATION_ID);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (target, "drop", G_CALLBACK (on_drop), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

GtkWidget *
limn_model_card_new (LimnModelItem *item)
{
  LimnModelCard *self = g_object_new (LIMN_TYPE_MODEL_CARD, NULL);
  g_autofree char *more = g_strdup_printf (_ ("More for %s"), limn_model_item_get_name (item));

  self->item = g_object_ref (item);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->more), GTK_ACCESSIBLE_PROPERTY_LABEL, more,
                                  -1);
  g_signal_connect_object (item, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::model", G_CALLBACK (show), self,
                           G_CONNECT_SWAPPED);
  show (self);
  return GTK_WIDGET (self);
}

LimnModelItem *
limn_model_card_get_item (LimnModelCard *self)
{
  return self->item;
}
