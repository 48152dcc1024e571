/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Toasts, found from any widget of a window.  Texts are escaped here: titles
 * of toasts are markup, and prompts or file names may hold anything.
 */
#include "config.h"

#include "limn-toast.h"

#include <adwaita.h>
#include <glib/gi18n.h>

static AdwToastOverlay *
find_overlay (GtkWidget *widget)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  GtkRoot *root = gtk_widget_get_root (widget);

  if (overlay == NULL && ADW_IS_APPLICATION_WINDOW (root))
    overlay = adw_application_window_get_content (ADW_APPLICATION_WINDOW (root));
  return ADW_IS_TOAST_OVERLAY (overlay) ? ADW_TOAST_OVERLAY (overlay) : NULL;
}

static AdwToast *
toast_new (const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  return adw_toast_new (markup);
}

static void
show (GtkWidget *widget, AdwToast *toast)
{
  AdwToastOverlay *overlay = find_overlay (widget);

  if (overlay != NULL)
    adw_toast_overlay_add_toast (overlay, toast);
  else
    g_object_unref (g_object_ref_sink (toast));
}

void
limn_toast (GtkWidget *widget, const char *text)
{
  AdwToast *toast = toast_new (text);

  adw_toast_set_timeout (toast, 2);
  show (widget, toast);
}

/**
 * limn_toast_error:
 * @what: what could not be done, a sentence without its full stop
 */
void
limn_toast_error (GtkWidget *widget, const char *what, const GError *error)
{
  /* Translators: what went wrong, then why */
  g_autofree char *text = g_strdup_printf (_ ("%s: %s"), what, error->message);
  AdwToast *toast = toast_new (text);

  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  show (widget, toast);
}

/* “Saved …” with a button that shows the file. */
void
limn_toast_saved (GtkWidget *widget, const char *name, GFile *file)
{
  g_autofree char *text = g_strdup_printf (_ ("Saved “%s”"), name);
  g_autofree char *uri = g_file_get_uri (file);
  AdwToast *toast = toast_new (text);

  adw_toast_set_button_label (toast, _ ("_Show in Files"));
  adw_toast_set_action_name (toast, "app.show-in-files");
  adw_toast_set_action_target_value (toast, g_variant_new_string (uri));
  show (widget, toast);
}

void
limn_toast_undo (GtkWidget *widget, const char *text, const char *action, GVariant *target)
{
  AdwToast *toast = toast_new (text);

  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_action_name (toast, action);
  if (target != NULL)
    adw_toast_set_action_target_value (toast, target);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  show (widget, toast);
}
