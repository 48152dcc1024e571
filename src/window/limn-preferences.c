/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The preferences: switches over GSettings and a few buttons. */
#include "config.h"

#include "limn-preferences.h"

#include <glib/gi18n.h>

#include "library/limn-keeper.h"
#include "library/picture-file.h"
#include "limn-compat.h"
#include "limn-history.h"

static void
on_open_folder (GtkButton *button, gpointer data)
{
  g_autoptr (GFile) folder = limn_keeper_dup_folder (NULL);
  g_autofree char *uri = g_file_get_uri (folder);

  /* it comes with the first picture otherwise; where it cannot be made, that is told next */
  limn_picture_file_make_folder (g_file_peek_path (folder), LIMN_PICTURE_MODE_PRIVATE, NULL);
  gtk_show_uri (NULL, uri, GDK_CURRENT_TIME); /* a parent may be closed before GTK has done it */
}

static void
on_forget_confirmed (GObject *source, GAsyncResult *result, gpointer data)
{
  if (limn_compat_confirm_finish (result))
    limn_history_clear ();
}

static void
on_clear_history (GtkButton *button, gpointer data)
{
  limn_compat_confirm_async (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (button))),
                             _ ("Forget Earlier Prompts?"),
                             _ ("They are no longer suggested. Pictures stay as they are."),
                             _ ("_Forget"), on_forget_confirmed, NULL);
}

static void
bind_switch (GtkBuilder *builder, GSettings *settings, const char *key, const char *id)
{
  g_settings_bind (settings, key, gtk_builder_get_object (builder, id), "active",
                   G_SETTINGS_BIND_DEFAULT);
}

static void
show_folder (GtkBuilder *builder)
{
  g_autoptr (GFile) folder = limn_keeper_dup_folder (NULL);
  g_autofree char *name = g_file_get_parse_name (folder);
  g_autofree char *markup = g_markup_escape_text (name, -1);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (gtk_builder_get_object (builder, "folder_row")),
                               markup);
}

void
limn_preferences_show (GtkWindow *parent)
{
  g_autoptr (GtkBuilder) builder =
      gtk_builder_new_from_resource ("/io/github/limn_app/Limn/window/limn-preferences.ui");
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);

  bind_switch (builder, settings, "strip-facts-on-sharing", "strip");
  bind_switch (builder, settings, "notify-when-done", "notify");
  bind_switch (builder, settings, "draw-gently", "gently");
  show_folder (builder);
  g_signal_connect (gtk_builder_get_object (builder, "open_folder"), "clicked",
                    G_CALLBACK (on_open_folder), NULL);
  g_signal_connect (gtk_builder_get_object (builder, "clear_history"), "clicked",
                    G_CALLBACK (on_clear_history), NULL);
  limn_compat_show_preferences (parent, GTK_WIDGET (gtk_builder_get_object (builder, "page")));
}
