/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Another program on the same desktop, for tests of clipboard, drag and drop:
 *
 *   partner formats        prints what types the clipboard offers, one a line
 *   partner paste TYPE     waits until it offers TYPE, writes the bytes to standard output
 *   partner take           a window that prints what is dropped on it and ends
 *   partner give FILE      a window whose whole area drags FILE
 *
 * It prints "ready" when its window can be seen.
 */
#include <gtk/gtk.h>
#include <stdio.h>

#define SIDE 300

static GMainLoop *loop;
static const char *wanted_type;

static void
say (const char *text)
{
  printf ("%s\n", text);
  fflush (stdout);
}

/* ---- clipboard ---- */

static void
on_spliced (GObject *stream, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gsize n;

  if (g_output_stream_splice_finish (G_OUTPUT_STREAM (stream), result, &error) < 0)
    g_error ("%s", error->message);
  n = g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (stream));
  fwrite (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (stream)), 1, n, stdout);
  g_main_loop_quit (loop);
}

static void
on_read (GObject *clipboard, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  const char *type;
  g_autoptr (GInputStream) in =
      gdk_clipboard_read_finish (GDK_CLIPBOARD (clipboard), result, &type, &error);
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();

  if (in == NULL)
    g_error ("%s", error->message);
  g_output_stream_splice_async (out, in, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, G_PRIORITY_DEFAULT,
                                NULL, on_spliced, NULL);
}

static void
read_when_there (GdkClipboard *clipboard)
{
  const char *types[] = { wanted_type, NULL };

  if (!gdk_content_formats_contain_mime_type (gdk_clipboard_get_formats (clipboard), wanted_type))
    return;
  g_signal_handlers_disconnect_by_func (clipboard, read_when_there, NULL);
  gdk_clipboard_read_async (clipboard, types, G_PRIORITY_DEFAULT, NULL, on_read, NULL);
}

static void
print_when_there (GdkClipboard *clipboard)
{
  gsize n;
  const char *const *types =
      gdk_content_formats_get_mime_types (gdk_clipboard_get_formats (clipboard), &n);

  if (n == 0)
    return;
  for (gsize i = 0; i < n; i++)
    say (types[i]);
  g_main_loop_quit (loop);
}

/* ---- drag and drop ---- */

static void
print_files (GdkFileList *list)
{
  g_autoptr (GSList) files = gdk_file_list_get_files (list);

  for (GSList *l = files; l != NULL; l = l->next)
    {
      g_autofree char *text = g_strconcat ("file ", g_file_peek_path (l->data), NULL);

      say (text);
    }
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, gpointer data)
{
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    print_files (g_value_get_boxed (value));
  else if (G_VALUE_HOLDS (value, GDK_TYPE_TEXTURE))
    say ("texture");
  g_main_loop_quit (loop);
  return TRUE;
}

static gboolean
on_accept (GtkDropTarget *target, GdkDrop *drop, gpointer data)
{
  g_autofree char *formats = gdk_content_formats_to_string (gdk_drop_get_formats (drop));
  g_autofree char *text = g_strconcat ("offer ", formats, NULL);

  say (text);
  return TRUE;
}

static void
take_drops (GtkWidget *widget)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GType types[] = { GDK_TYPE_FILE_LIST, GDK_TYPE_TEXTURE };

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  g_signal_connect (target, "accept", G_CALLBACK (on_accept), NULL);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), NULL);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (target));
}

static void
give_file (GtkWidget *widget, const char *path)
{
  GtkDragSource *source = gtk_drag_source_new ();
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GdkFileList *list = gdk_file_list_new_from_array (&file, 1);
  g_autoptr (GdkContentProvider) content =
      gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, list);

  g_boxed_free (GDK_TYPE_FILE_LIST, list);
  gtk_drag_source_set_content (source, content);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (source));
}

static void
on_frame (GdkFrameClock *clock, gpointer data)
{
  g_signal_handlers_disconnect_by_func (clock, on_frame, data);
  say ("ready");
}

static GtkWidget *
open_window (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *area = gtk_label_new ("partner");

  gtk_window_set_title (GTK_WINDOW (window), "Partner");
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), SIDE, SIDE);
  gtk_window_set_child (GTK_WINDOW (window), area);
  gtk_widget_realize (window);
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_frame),
                    NULL);
  gtk_window_present (GTK_WINDOW (window));
  return area;
}

int
main (int argc, char **argv)
{
  const char *what = argc > 1 ? argv[1] : "";
  GdkClipboard *clipboard;

  gtk_init ();
  loop = g_main_loop_new (NULL, FALSE);
  clipboard = gdk_display_get_clipboard (gdk_display_get_default ());
  if (g_str_equal (what, "take"))
    take_drops (open_window ());
  else if (g_str_equal (what, "give") && argc > 2)
    give_file (open_window (), argv[2]);
  else if (g_str_equal (what, "formats"))
    {
      g_signal_connect (clipboard, "changed", G_CALLBACK (print_when_there), NULL);
      print_when_there (clipboard);
    }
  else if (g_str_equal (what, "paste") && argc > 2)
    {
      wanted_type = argv[2];
      g_signal_connect (clipboard, "changed", G_CALLBACK (read_when_there), NULL);
      read_when_there (clipboard);
    }
  else
    return 2;
  g_main_loop_run (loop);
  return 0;
}
