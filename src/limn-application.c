/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnApplication: start, command line, single instance, and the actions that
 * other programs and the desktop may call.  Owns the queue of the window, and
 * stays alive until its worker has ended.
 */
#include "config.h"

#include "limn-application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>

#include "jobs/limn-model-pool.h"
#include "jobs/limn-queue.h"
#include "library/limn-keeper.h"
#include "limn-compat.h"
#include "limn-search-provider.h"
#include "window/limn-preferences.h"
#include "window/limn-window.h"

#define DONE_NOTIFICATION "pictures-done"

struct _LimnApplication
{
  AdwApplication parent_instance;

  GSettings *settings;
  LimnQueue *queue; /* NULL while there is no window */
  LimnSearchProvider *search_provider;
};

G_DEFINE_FINAL_TYPE (LimnApplication, limn_application, ADW_TYPE_APPLICATION)

/* ---- queue ---- */

static void
on_current_changed (LimnQueue *queue, GParamSpec *pspec, LimnApplication *self)
{
  gboolean was_busy = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (queue), "busy"));
  gboolean is_busy = limn_queue_is_busy (queue);

  if (was_busy == is_busy)
    return;
  g_object_set_data (G_OBJECT (queue), "busy", GINT_TO_POINTER (is_busy));
  /* the queue has to live as long as its job, to tell of its end */
  if (is_busy)
    {
      g_object_ref (queue);
      g_application_hold (G_APPLICATION (self));
    }
  else
    {
      g_application_release (G_APPLICATION (self));
      g_object_unref (queue);
    }
}

static void
notify_done (LimnApplication *self, LimnJob *job)
{
  g_autoptr (GNotification) note = g_notification_new (_ ("Your pictures are ready"));

  g_notification_set_body (note, limn_job_get_recipe (job)->prompt);
  g_notification_set_default_action (note, "app.activate");
  g_application_send_notification (G_APPLICATION (self), DONE_NOTIFICATION, note);
}

static void
on_job_finished (LimnQueue *queue, LimnJob *job, LimnApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window != NULL && gtk_window_is_active (window))
    return;
  if (window == NULL || limn_job_get_state (job) != LIMN_JOB_DONE)
    return;
  if (g_settings_get_boolean (self->settings, "notify-when-done"))
    notify_done (self, job);
}

static LimnQueue *
ensure_queue (LimnApplication *self)
{
  g_autoptr (GFile) state = NULL;

  if (self->queue != NULL)
    return self->queue;
  state = g_file_new_build_filename (g_get_user_state_dir (), "limn", "queue", NULL);
  self->queue = limn_queue_new (state);
  g_settings_bind (self->settings, "draw-gently", self->queue, "is-gentle", G_SETTINGS_BIND_GET);
  g_signal_connect_object (self->queue, "notify::current", G_CALLBACK (on_current_changed), self,
                           0);
  g_signal_connect_object (self->queue, "finished", G_CALLBACK (on_job_finished), self, 0);
  return self->queue;
}

/* ---- window ---- */

static void
on_window_active (GtkWindow *window, GParamSpec *pspec, LimnApplication *self)
{
  if (gtk_window_is_active (window))
    g_application_withdraw_notification (G_APPLICATION (self), DONE_NOTIFICATION);
}

/* What is being drawn is cancelled; its worker is waited for by the hold. */
static void
limn_application_window_removed (GtkApplication *application, GtkWindow *window)
{
  LimnApplication *self = LIMN_APPLICATION (application);

  GTK_APPLICATION_CLASS (limn_application_parent_class)->window_removed (application, window);
  if (!LIMN_IS_WINDOW (window) || self->queue == NULL)
    return;
  limn_queue_close (self->queue);
  g_clear_object (&self->queue);
}

static LimnWindow *
ensure_window (LimnApplication *self)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (self));
  LimnWindow *window;
  g_autoptr (GFile) folder = NULL;

  for (GList *l = windows; l != NULL; l = l->next)
    if (LIMN_IS_WINDOW (l->data))
      return l->data;
  window = limn_window_new (ADW_APPLICATION (self), ensure_queue (self));
  g_signal_connect_object (window, "notify::is-active", G_CALLBACK (on_window_active), self, 0);
  folder = limn_keeper_dup_folder (NULL);
  limn_queue_restore (self->queue, folder);
  return window;
}

static LimnWindow *
present (LimnApplication *self)
{
  LimnWindow *window = ensure_window (self);

  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
limn_application_activate (GApplication *application)
{
  present (LIMN_APPLICATION (application));
}

static void
limn_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  LimnWindow *window = present (LIMN_APPLICATION (application));

  if (n_files > 0)
    limn_window_open_file (window, files[0]);
}

/* ---- command line ---- */

static const GOptionEntry option_entries[] = {
  { "prompt", 'p', 0, G_OPTION_ARG_STRING, NULL, N_ ("Start drawing this"), N_ ("PROMPT") },
  { "surprise", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Suggest something to draw"), NULL },
  { "models", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Show the models"), NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and exit"), NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, N_ ("[PROMPT|FILE]") },
  { NULL },
};

static int
limn_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  if (!g_variant_dict_contains (options, "version"))
    return -1;
  g_print ("Limn %s\n", PACKAGE_VERSION);
  return 0;
}

/* A folder that merely has the name of a word is none that somebody wants to open. */
static gboolean
is_file (GFile *file, const char *word)
{
  GFileType type = g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL);

  return type != G_FILE_TYPE_UNKNOWN
         && (type != G_FILE_TYPE_DIRECTORY || strchr (word, G_DIR_SEPARATOR) != NULL);
}

/* Returns: (nullable): the files that the words name; NULL when one of them is something else */
static GPtrArray *
dup_files (GApplicationCommandLine *line, char **words)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  for (char **word = words; *word != NULL; word++)
    {
      g_ptr_array_add (files, g_application_command_line_create_file_for_arg (line, *word));
      if (!is_file (files->pdata[files->len - 1], *word))
        return NULL;
    }
  return g_steal_pointer (&files);
}

/* Words that all are files are opened; anything else is a prompt, in whatever bytes. */
static void
handle_words (LimnApplication *self, GApplicationCommandLine *line, char **words)
{
  g_autoptr (GPtrArray) files = dup_files (line, words);
  g_autofree char *bytes = NULL, *prompt = NULL;

  if (files != NULL)
    {
      g_application_open (G_APPLICATION (self), (GFile **) files->pdata, (int) files->len, "");
      return;
    }
  bytes = g_strjoinv (" ", words);
  prompt = g_utf8_make_valid (bytes, -1);
  g_action_group_activate_action (G_ACTION_GROUP (self), "draw", g_variant_new_string (prompt));
}

static int
limn_application_command_line (GApplication *application, GApplicationCommandLine *line)
{
  LimnApplication *self = LIMN_APPLICATION (application);
  GVariantDict *options = g_application_command_line_get_options_dict (line);
  const char *prompt = NULL;
  g_autofree char **words = NULL;

  g_application_activate (application);
  if (g_variant_dict_lookup (options, "prompt", "&s", &prompt))
    g_action_group_activate_action (G_ACTION_GROUP (self), "draw", g_variant_new_string (prompt));
  else if (g_variant_dict_contains (options, "surprise"))
    g_action_group_activate_action (G_ACTION_GROUP (self), "surprise", NULL);
  else if (g_variant_dict_contains (options, "models"))
    g_action_group_activate_action (G_ACTION_GROUP (self), "models", NULL);
  if (g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&ay", &words) && words[0] != NULL)
    handle_words (self, line, words);
  return 0;
}

/* ---- search from outside ---- */

static void
on_search_opened (LimnApplication *self, const char *words)
{
  limn_window_search (present (self), words);
}

static gboolean
limn_application_dbus_register (GApplication *application,
                                GDBusConnection *connection,
                                const char *path,
                                GError **error)
{
  LimnApplication *self = LIMN_APPLICATION (application);

  if (!G_APPLICATION_CLASS (limn_application_parent_class)
           ->dbus_register (application, connection, path, error))
    return FALSE;
  self->search_provider = limn_search_provider_new ();
  g_signal_connect_object (self->search_provider, "open", G_CALLBACK (on_search_opened), self,
                           G_CONNECT_SWAPPED);
  return limn_search_provider_export (self->search_provider, connection, error);
}

static void
limn_application_dbus_unregister (GApplication *application,
                                  GDBusConnection *connection,
                                  const char *path)
{
  g_clear_object (&LIMN_APPLICATION (application)->search_provider);
  G_APPLICATION_CLASS (limn_application_parent_class)
      ->dbus_unregister (application, connection, path);
}

/* ---- actions ---- */

static void
draw_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  LimnWindow *window = present (data);
  g_autofree char *prompt = g_utf8_make_valid (g_variant_get_string (parameter, NULL), -1);

  limn_window_draw_prompt (window, prompt);
}

static void
surprise_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (present (data)), "win.surprise", NULL);
}

static void
models_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (present (data)), "win.models", NULL);
}

static void
activate_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_application_activate (G_APPLICATION (data));
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GPtrArray) windows = g_ptr_array_new_with_free_func (g_object_unref);

  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (data)); l != NULL; l = l->next)
    g_ptr_array_add (windows, g_object_ref (l->data));
  for (guint i = 0; i < windows->len; i++)
    {
      limn_compat_close_dialogs (windows->pdata[i]);
      gtk_window_close (windows->pdata[i]);
    }
}

static void
show_in_files_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));

  limn_compat_show_in_folder (gtk_application_get_active_window (GTK_APPLICATION (data)), file);
}

/* The window, unless something is open over it already. */
static GtkWindow *
get_free_window (GtkApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (application);

  return window != NULL && !limn_compat_has_dialog (window) ? window : NULL;
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  static const char *const credits[] = {
    "DALL·E Mini https://github.com/borisdayma/dalle-mini",
    "min(DALL·E) https://github.com/kuprel/min-dalle",
    "VQGAN https://github.com/CompVis/taming-transformers",
    "Fluent Emoji https://github.com/microsoft/fluentui-emoji",
    "Emojibase https://emojibase.dev",
    "emojilib https://github.com/muan/emojilib",
    "Unicode CLDR https://cldr.unicode.org",
    "Anton https://github.com/googlefonts/AntonFont",
    "OpenBLAS https://www.openblas.net",
    NULL,
  };
  GtkWindow *window = get_free_window (GTK_APPLICATION (data));
  const LimnAboutFacts facts = {
    .name = "Limn",
    .icon = APPLICATION_ID,
    .version = PACKAGE_VERSION,
    .comments = _ ("Draws nine pictures of whatever you describe, on this computer alone."),
    .website = "https://github.com/limn-app/limn",
    .credits_title = _ ("Built on the work of"),
    .credits = credits,
  };

  if (window != NULL)
    limn_compat_show_about (window, &facts);
}

static void
preferences_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = get_free_window (GTK_APPLICATION (data));

  if (window != NULL)
    limn_preferences_show (window);
}

static const GActionEntry action_entries[] = {
  { "activate", activate_action }, { "draw", draw_action, "s" },
  { "surprise", surprise_action }, { "show-in-files", show_in_files_action, "s" },
  { "about", about_action },       { "preferences", preferences_action },
  { "models", models_action },     { "quit", quit_action },
};

static const struct
{
  const char *action;
  const char *accels[3];
} accels[] = {
  { "app.quit", { "<Control>q" } },     { "app.preferences", { "<Control>comma" } },
  { "win.library", { "<Control>h" } },  { "win.search", { "<Control>f" } },
  { "window.close", { "<Control>w" } }, { "win.focus-prompt", { "<Control>l" } },
  { "win.surprise", { "<Control>j" } }, { "win.draw", { "<Control>Return" } },
};

/* ---- signals ---- */

/* Only for the first of each kind: the next one ends the program at once. */
static gboolean
on_signal (gpointer data)
{
  g_action_group_activate_action (G_ACTION_GROUP (data), "quit", NULL);
  return G_SOURCE_REMOVE;
}

/* A session that ends sends these: what waits to be drawn comes back with the next one. */
static void
watch_signals (LimnApplication *self)
{
  static const int signals[] = { SIGTERM, SIGHUP, SIGINT };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      struct sigaction before;

      /* as "nohup" asks for, and shells for what runs in the background */
      if (sigaction (signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        g_unix_signal_add (signals[i], on_signal, self);
    }
}

/* ---- object ---- */

static void
limn_application_startup (GApplication *application)
{
  LimnApplication *self = LIMN_APPLICATION (application);

  G_APPLICATION_CLASS (limn_application_parent_class)->startup (application);
  self->settings = g_settings_new (APPLICATION_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (self), action_entries,
                                   G_N_ELEMENTS (action_entries), self);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action,
                                           (const char *const *) accels[i].accels);
  gtk_window_set_default_icon_name (APPLICATION_ID);
  watch_signals (self);
}

static void
limn_application_shutdown (GApplication *application)
{
  LimnApplication *self = LIMN_APPLICATION (application);

  limn_model_pool_clear ();
  g_clear_object (&self->queue);
  g_clear_object (&self->settings);
  G_APPLICATION_CLASS (limn_application_parent_class)->shutdown (application);
}

static void
limn_application_class_init (LimnApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->dbus_register = limn_application_dbus_register;
  application_class->dbus_unregister = limn_application_dbus_unregister;
  application_class->startup = limn_application_startup;
  application_class->shutdown = limn_application_shutdown;
  application_class->activate = limn_application_activate;
  application_class->open = limn_application_open;
  application_class->handle_local_options = limn_application_handle_local_options;
  application_class->command_line = limn_application_command_line;
  GTK_APPLICATION_CLASS (klass)->window_removed = limn_application_window_removed;
}

static void
limn_application_init (LimnApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), option_entries);
}

LimnApplication *
limn_application_new (void)
{
  return g_object_new (LIMN_TYPE_APPLICATION, "application-id", APPLICATION_ID, "flags",
                       G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/io/github/limn_app/Limn", NULL);
}
