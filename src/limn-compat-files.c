/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limn-compat-files: choosing files, showing them in their folder, opening them
 * with another program, each in two versions, chosen when compiling.  Both file
 * choosers talk to the portal by themselves in a sandbox.
 */
#include "limn-compat.h"
#include "limn-portal.h"

#define MAX_WAIT_MS 5000

#if GTK_CHECK_VERSION(4, 10, 0)

/* Clears @error if it only says that the person, or the program, put the dialog away. */
static void
forgive_dismissal (GError **error)
{
  if (g_error_matches (*error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED)
      || g_error_matches (*error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED))
    g_clear_error (error);
}

/* Ends @task, which it takes, with what a dialog gave. */
static void
return_chosen (GTask *task, gpointer chosen, GError *error)
{
  forgive_dismissal (&error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, chosen, g_object_unref);
  g_object_unref (task);
}

#endif

/* ---- choosing files ---- */

#if GTK_CHECK_VERSION(4, 10, 0)

typedef GFile *(*DialogFinish) (GtkFileDialog *, GAsyncResult *, GError **);

static void
on_dialog_done (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;
  DialogFinish finish = (DialogFinish) g_task_get_task_data (data);
  GFile *file = finish (GTK_FILE_DIALOG (source), result, &error);

  return_chosen (data, file, error);
}

static void
choose (GtkWindow *parent,
        const char *title,
        const char *name,
        GFile *folder,
        GtkFileChooserAction action,
        GTask *task)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  GCancellable *cancellable = g_task_get_cancellable (task);

  gtk_file_dialog_set_title (dialog, title);
  if (folder != NULL)
    gtk_file_dialog_set_initial_folder (dialog, folder);
  switch (action)
    {
    case GTK_FILE_CHOOSER_ACTION_SAVE:
      gtk_file_dialog_set_initial_name (dialog, name);
      g_task_set_task_data (task, (gpointer) gtk_file_dialog_save_finish, NULL);
      gtk_file_dialog_save (dialog, parent, cancellable, on_dialog_done, task);
      break;
    case GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER:
      g_task_set_task_data (task, (gpointer) gtk_file_dialog_select_folder_finish, NULL);
      gtk_file_dialog_select_folder (dialog, parent, cancellable, on_dialog_done, task);
      break;
    default:
      g_task_set_task_data (task, (gpointer) gtk_file_dialog_open_finish, NULL);
      gtk_file_dialog_open (dialog, parent, cancellable, on_dialog_done, task);
    }
}

#else

typedef gpointer (*GetChosen) (GtkFileChooser *);

static void
on_chooser_response (GtkNativeDialog *dialog, int response, gpointer data)
{
  g_autoptr (GTask) task = data;
  GetChosen get = (GetChosen) g_task_get_task_data (task);
  gpointer chosen = response == GTK_RESPONSE_ACCEPT ? get (GTK_FILE_CHOOSER (dialog)) : NULL;

  g_task_return_pointer (task, chosen, g_object_unref);
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

/* @get is what asks @dialog for what was chosen: an object of the caller's. */
static void
show_chooser (GtkFileChooserNative *dialog, gpointer get, GTask *task)
{
  g_task_set_task_data (task, get, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_chooser_response), task);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
choose (GtkWindow *parent,
        const char *title,
        const char *name,
        GFile *folder,
        GtkFileChooserAction action,
        GTask *task)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (title, parent, action, NULL, NULL);

  if (folder != NULL)
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), folder, NULL);
  if (name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  show_chooser (dialog, (gpointer) gtk_file_chooser_get_file, task);
}

#endif

/**
 * limn_compat_save_async:
 * @name: the name suggested
 * @folder: (nullable): where to begin; a folder that is there
 *
 * Lets the person choose where to save; end with limn_compat_file_finish().
 */
void
limn_compat_save_async (GtkWindow *parent,
                        const char *title,
                        const char *name,
                        GFile *folder,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  choose (parent, title, name, folder, GTK_FILE_CHOOSER_ACTION_SAVE,
          g_task_new (parent, cancellable, callback, user_data));
}

/**
 * limn_compat_save_many_async:
 * @folder: (nullable): where to begin; a folder that is there
 *
 * Lets the person choose a folder to save in; end with limn_compat_file_finish().
 */
void
limn_compat_save_many_async (GtkWindow *parent,
                             const char *title,
                             GFile *folder,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  choose (parent, title, NULL, folder, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
          g_task_new (parent, cancellable, callback, user_data));
}

void
limn_compat_open_async (GtkWindow *parent,
                        const char *title,
                        gboolean is_folder,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  choose (parent, title, NULL, NULL,
          is_folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN,
          g_task_new (parent, cancellable, callback, user_data));
}

/**
 * limn_compat_file_finish:
 *
 * Returns: (transfer full) (nullable): the file; %NULL without @error when the
 *   person thought better of it
 */
GFile *
limn_compat_file_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- choosing several files ---- */

#if GTK_CHECK_VERSION(4, 10, 0)

static void
on_many_done (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;
  GListModel *files =
      gtk_file_dialog_open_multiple_finish (GTK_FILE_DIALOG (source), result, &error);

  return_chosen (data, files, error);
}

#endif

/**
 * limn_compat_open_many_async:
 *
 * Lets the person choose files; end with limn_compat_files_finish().
 */
void
limn_compat_open_many_async (GtkWindow *parent,
                             const char *title,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (parent, cancellable, callback, user_data);
#if GTK_CHECK_VERSION(4, 10, 0)
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, title);
  gtk_file_dialog_open_multiple (dialog, parent, cancellable, on_many_done, task);
#else
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (title, parent, GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);

  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
  show_chooser (dialog, (gpointer) gtk_file_chooser_get_files, task);
#endif
}

/**
 * limn_compat_files_finish:
 *
 * Returns: (transfer full) (nullable): the files, as GFile; %NULL without
 *   @error when the person thought better of it
 */
GListModel *
limn_compat_files_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- showing in the folder ---- */

#if !GTK_CHECK_VERSION(4, 10, 0)

static void
on_items_shown (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree char *folder_uri = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  /* no file manager answers: any program that can show a folder will do */
  if (reply == NULL)
    gtk_show_uri (NULL, folder_uri, GDK_CURRENT_TIME);
}

static void
show_items (GFile *file, char *folder_uri_take)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autofree char *uri = g_file_get_uri (file);
  const char *uris[] = { uri, NULL };

  if (bus == NULL)
    {
      g_free (folder_uri_take);
      return;
    }
  g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                          "org.freedesktop.FileManager1", "ShowItems",
                          g_variant_new ("(^ass)", uris, ""), NULL, G_DBUS_CALL_FLAGS_NONE,
                          MAX_WAIT_MS, NULL, on_items_shown, folder_uri_take);
}

#endif

/* Opens the file manager with @file selected. */
void
limn_compat_show_in_folder (GtkWindow *parent, GFile *file)
{
#if GTK_CHECK_VERSION(4, 10, 0)
  g_autoptr (GtkFileLauncher) launcher = gtk_file_launcher_new (file);

  gtk_file_launcher_open_containing_folder (launcher, parent, NULL, NULL, NULL);
#else
  g_autoptr (GFile) folder = g_file_get_parent (file);

  show_items (file, g_file_get_uri (folder));
#endif
}

/* ---- opening with another program ---- */

/* Newer GTK has no such list any more, and leaves asking to the portal. */
G_GNUC_BEGIN_IGNORE_DEPRECATIONS

static void
on_program_chosen (GtkDialog *dialog, int response, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GAppInfo) program = NULL;
  g_autoptr (GdkAppLaunchContext) context = NULL;
  GList files = { .data = g_task_get_task_data (task) };
  GError *error = NULL;

  if (response == GTK_RESPONSE_OK)
    program = gtk_app_chooser_get_app_info (GTK_APP_CHOOSER (dialog));
  if (program != NULL)
    {
      context = gdk_display_get_app_launch_context (gtk_widget_get_display (GTK_WIDGET (dialog)));
      g_app_info_launch (program, &files, G_APP_LAUNCH_CONTEXT (context), &error);
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
choose_program (GTask *task)
{
  GtkWidget *dialog = gtk_app_chooser_dialog_new (g_task_get_source_object (task), GTK_DIALOG_MODAL,
                                                  g_task_get_task_data (task));

  g_signal_connect (dialog, "response", G_CALLBACK (on_program_chosen), task);
  gtk_window_present (GTK_WINDOW (dialog));
}

G_GNUC_END_IGNORE_DEPRECATIONS

#if GTK_CHECK_VERSION(4, 12, 0)

static void
on_launched (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (!gtk_file_launcher_launch_finish (GTK_FILE_LAUNCHER (source), result, &error))
    forgive_dismissal (&error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
launch (GTask *task)
{
  g_autoptr (GtkFileLauncher) launcher = gtk_file_launcher_new (g_task_get_task_data (task));

  gtk_file_launcher_set_always_ask (launcher, TRUE);
  gtk_file_launcher_launch (launcher, g_task_get_source_object (task), NULL, on_launched, task);
}

static void
on_portal_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  if (limn_portal_check_finish (source, result))
    launch (data);
  else
    choose_program (data);
}

/* Without the portal a launcher does not ask, but starts the usual program. */
static void
open_with (GTask *task)
{
  if (!limn_portal_check_async ("org.freedesktop.portal.OpenURI", on_portal_checked, task))
    choose_program (task);
}

#else
#define open_with choose_program
#endif

/**
 * limn_compat_open_with_async:
 *
 * Lets the person choose a program that opens @file; end with
 * limn_compat_open_with_finish().
 */
void
limn_compat_open_with_async (GtkWindow *parent,
                             GFile *file,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (parent, NULL, callback, user_data);

  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  open_with (task);
}

/* %FALSE with @error where the program could not be started; thinking better of it is none. */
gboolean
limn_compat_open_with_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
