/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Toasts, found from any widget of a window.  Texts are escaped here: titles
 * of toasts are markup, and prompts or file names may hold anything.
 */
#include "config.h"

#include "limn-toast.h"

#include <glib/gi18n.h>

#define ERROR_SECONDS 10
#define TOOLS_CLASS   "limn-tools"
#define OWN_MARGIN    24 /* that libadwaita leaves below a toast */
#define GAP           8

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
  adw_toast_set_timeout (toast, ERROR_SECONDS); /* two sentences are more to read than one */
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

/* ---- where they are ---- */

/* How high the uppermost of the tools is that can be seen now. */
static float
find_top (GtkWidget *widget, GtkWidget *overlay, float top)
{
  graphene_rect_t bounds;

  if (!gtk_widget_get_mapped (widget))
    return top;
  if (gtk_widget_has_css_class (widget, TOOLS_CLASS)
      && gtk_widget_compute_bounds (widget, overlay, &bounds))
    return MIN (top, bounds.origin.y);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    top = find_top (child, overlay, top);
  return top;
}

static void
on_children (GListModel *children, guint position, guint n_removed, guint n_added, gpointer data)
{
  AdwToastOverlay *overlay = data;
  GtkWidget *content = adw_toast_overlay_get_child (overlay);
  int height = gtk_widget_get_height (GTK_WIDGET (overlay));
  int top = content != NULL ? (int) find_top (content, GTK_WIDGET (overlay), (float) height) : 0;
  int margin = CLAMP (height - top + GAP - OWN_MARGIN, 0, height / 2);

  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (GtkWidget) child = g_list_model_get_item (children, i);

      if (child != content)
        gtk_widget_set_margin_bottom (child, margin);
    }
}

/**
 * limn_toast_keep_clear:
 *
 * Has the toasts of @overlay appear above the tools at the foot of a page, which
 * have the class “limn-tools”: while one offers Undo, they can be used.
 */
void
limn_toast_keep_clear (AdwToastOverlay *overlay)
{
  GListModel *children = gtk_widget_observe_children (GTK_WIDGET (overlay));

  g_signal_connect (children, "items-changed", G_CALLBACK (on_children), overlay);
  g_object_set_data_full (G_OBJECT (overlay), "limn-children", children, g_object_unref);
}
