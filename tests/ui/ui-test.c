/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the window's tests share.  The application runs in the test's own
 * process with the real engine; settings, home and display are headless.sh's.
 */
#include "config.h"

#include "ui-test.h"

#include <gdk/x11/gdkx.h>

#include "limn-paths.h"
#include "models/limn-model-store.h"
#include "window/limn-draw-page.h"

static LimnApplication *application;

gboolean
ui_set_true (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

void
ui_test_init (int *argc, char ***argv)
{
  limn_paths_init ();
  g_setenv ("GTK_A11Y", "test", FALSE);
  gtk_test_init (argc, argv, NULL);
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Cantarell 11", NULL);
  application = limn_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  /* a window that is gone must not end the test program */
  g_application_hold (G_APPLICATION (application));
}

/* Whether there is a model to draw with; tests that draw are skipped otherwise. */
gboolean
ui_has_model (void)
{
  g_autofree char *path = limn_model_store_find (NULL, NULL);

  return path != NULL;
}

static void
set_animated (gboolean is_animated)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", is_animated, NULL);
}

/* Sets the window's size and lets the bars of libadwaita 1.2 come and go, which
 * warn of a child without room when they may not be animated. */
void
ui_resize (LimnWindow *window, int width, int height)
{
  set_animated (TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  ui_settle (window);
  set_animated (FALSE);
}

LimnWindow *
ui_window_open (int width, int height)
{
  GtkWindow *window;
  GList *windows;

  set_animated (TRUE);
  g_application_activate (G_APPLICATION (application));
  windows = gtk_application_get_windows (GTK_APPLICATION (application));
  g_assert_cmpuint (g_list_length (windows), ==, 1);
  window = windows->data;
  g_assert_true (LIMN_IS_WINDOW (window));
  ui_resize (LIMN_WINDOW (window), width, height);
  return LIMN_WINDOW (window);
}

/* Closes the window; one that stays alive is a failed test. */
void
ui_window_close (LimnWindow *window)
{
  gpointer alive = window;

  g_object_add_weak_pointer (G_OBJECT (window), &alive);
  gtk_window_close (GTK_WINDOW (window));
  ui_wait_until (alive == NULL);
}

void
ui_run_for (guint milliseconds)
{
  gboolean is_over = FALSE;

  g_timeout_add (milliseconds, ui_set_true, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

/* Lets animations and layout come to rest. */
void
ui_settle (LimnWindow *window)
{
  ui_run_for (450);
  gtk_widget_queue_draw (GTK_WIDGET (window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
}

static gboolean
matches (GtkWidget *widget, const char *name)
{
  return g_str_equal (G_OBJECT_TYPE_NAME (widget), name) || gtk_widget_has_css_class (widget, name);
}

/* The first widget below @root with this type or CSS class. */
GtkWidget *
ui_find (gpointer root, const char *name)
{
  if (matches (root, name))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = ui_find (child, name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* The first widget below @root with this id in its template. */
GtkWidget *
ui_find_id (gpointer root, const char *id)
{
  if (g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (root)), id) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = ui_find_id (child, id);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Whether a toast of this beginning is seen, or waits below another one. */
gboolean
ui_has_toast (GtkWidget *widget, const char *beginning)
{
  if (g_str_equal (G_OBJECT_TYPE_NAME (widget), "AdwToastWidget"))
    {
      g_autoptr (AdwToast) toast = NULL;

      g_object_get (widget, "toast", &toast, NULL);
      return toast != NULL && g_str_has_prefix (adw_toast_get_title (toast), beginning);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (ui_has_toast (child, beginning))
      return TRUE;
  return FALSE;
}

void
ui_type_prompt (LimnWindow *window, const char *prompt)
{
  gtk_editable_set_text (GTK_EDITABLE (ui_find_id (window, "entry")), prompt);
}

void
ui_act (LimnWindow *window, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), action, NULL));
}

gboolean
ui_action_is_enabled (LimnWindow *window, const char *action)
{
  /* an insensitive button is how a person sees it */
  g_autoptr (GtkWidget) button = g_object_ref_sink (gtk_button_new ());
  gboolean is_enabled;

  gtk_widget_insert_before (button, GTK_WIDGET (window), NULL);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  is_enabled = gtk_widget_get_sensitive (button);
  gtk_widget_unparent (button);
  return is_enabled;
}

LimnJob *
ui_get_job (LimnWindow *window)
{
  return limn_draw_page_get_job (LIMN_DRAW_PAGE (limn_window_get_part (window, "draw_page")));
}

LimnDrawing *
ui_get_drawing (LimnWindow *window, guint i)
{
  g_autoptr (LimnDrawing) drawing =
      g_list_model_get_item (limn_job_get_drawings (ui_get_job (window)), i);

  return drawing; /* the job keeps it */
}

/* A window with nine finished pictures, the first of them selected. */
LimnWindow *
ui_open_with_pictures (const char *prompt)
{
  LimnWindow *window = ui_window_open (780, 900);

  ui_type_prompt (window, prompt);
  ui_act (window, "win.draw");
  ui_wait_until (!ui_action_is_enabled (window, "win.cancel"));
  g_assert_cmpint (limn_job_get_state (ui_get_job (window)), ==, LIMN_JOB_DONE);
  gtk_widget_child_focus (ui_find_id (window, "gallery"), GTK_DIR_TAB_FORWARD);
  return window;
}

/* (height, width) of 32-bit ARGB */
GBytes *
ui_get_pixels (GdkTexture *texture)
{
  gsize stride = (gsize) gdk_texture_get_width (texture) * 4;
  gsize n_bytes = stride * (gsize) gdk_texture_get_height (texture);
  guint8 *pixels = g_malloc (n_bytes);

  gdk_texture_download (texture, pixels, stride);
  return g_bytes_new_take (pixels, n_bytes);
}

guint32
ui_get_pixel (GdkTexture *texture, int x, int y)
{
  g_autoptr (GBytes) pixels = ui_get_pixels (texture);
  const guint32 *data = g_bytes_get_data (pixels, NULL);

  return data[y * gdk_texture_get_width (texture) + x];
}

/* All of one grey. */
GdkTexture *
ui_texture_new (int width, int height, guint8 grey)
{
  gsize n_bytes = (gsize) width * (gsize) height * 3;
  guint8 *rgb = g_malloc (n_bytes);
  g_autoptr (GBytes) bytes = NULL;

  memset (rgb, grey, n_bytes);
  bytes = g_bytes_new_take (rgb, n_bytes);
  return gdk_memory_texture_new (width, height, GDK_MEMORY_R8G8B8, bytes, (gsize) width * 3);
}

/* The name of what the window shows: "main", "viewer", ... */
const char *
ui_get_place (LimnWindow *window)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (limn_window_get_part (window, "places")));
}

/* What a widget looks like, on nothing. */
GdkTexture *
ui_render (GtkWidget *widget)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  int width = gdk_paintable_get_intrinsic_width (paintable);
  int height = gdk_paintable_get_intrinsic_height (paintable);
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (widget));

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  return gsk_renderer_render_texture (renderer, node,
                                      &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
}

static void
save_paintable (GtkWidget *widget, const char *name)
{
  const char *folder = g_getenv ("LIMN_SCREENSHOT_DIR");
  g_autoptr (GdkTexture) texture = ui_render (widget);
  g_autofree char *path = NULL;

  g_mkdir_with_parents (folder, 0755);
  path = g_build_filename (folder, name, NULL);
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

/* Writes a popover, which has a surface of its own. */
void
ui_screenshot_popover (LimnWindow *window, GtkWidget *popover, const char *name)
{
  g_assert_true (gtk_widget_get_visible (popover));
  if (g_getenv ("LIMN_SCREENSHOT_DIR") == NULL)
    return;
  ui_settle (window);
  save_paintable (popover, name);
}

/* Writes what the window shows to @name in the folder LIMN_SCREENSHOT_DIR, where that is set. */
void
ui_screenshot (LimnWindow *window, const char *name)
{
  if (g_getenv ("LIMN_SCREENSHOT_DIR") == NULL)
    return;
  ui_settle (window);
  save_paintable (GTK_WIDGET (window), name);
}

/* ---- file dialogs ---- */

GtkWidget *
ui_find_file_dialog (void)
{
  g_autoptr (GListModel) windows = g_object_ref (gtk_window_get_toplevels ());

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (GTK_IS_FILE_CHOOSER (window) && gtk_widget_get_mapped (window))
        return window;
    }
  return NULL;
}

static gboolean
has_chosen (GFile *file)
{
  g_autoptr (GFile) chosen = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (ui_find_file_dialog ()));

  return chosen != NULL && g_file_equal (chosen, file);
}

/* Answers the question for a file or folder that is there. */
void
ui_choose_file (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  ui_wait_until (ui_find_file_dialog () != NULL);
  gtk_file_chooser_set_file (GTK_FILE_CHOOSER (ui_find_file_dialog ()), file, NULL);
  ui_wait_until (has_chosen (file));
  gtk_dialog_response (GTK_DIALOG (ui_find_file_dialog ()), GTK_RESPONSE_ACCEPT);
  ui_wait_until (ui_find_file_dialog () == NULL);
}

/* ---- hands ---- */

gboolean
ui_has_hands (void)
{
  g_autofree char *path = g_find_program_in_path ("xdotool");

  return path != NULL && GDK_IS_X11_DISPLAY (gdk_display_get_default ());
}

static void
on_hands_still (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static void
xdotool (const char *words)
{
  g_autofree char *line = g_strconcat ("xdotool ", words, NULL);
  g_auto (GStrv) arguments = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_over = FALSE;

  g_assert_true (g_shell_parse_argv (line, NULL, &arguments, &error));
  process = g_subprocess_newv ((const char *const *) arguments, G_SUBPROCESS_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_subprocess_wait_check_async (process, NULL, on_hands_still, &is_over);
  ui_wait_until (is_over);
  ui_run_for (50); /* the X server is another program */
}

static gulong
get_xid (GtkWidget *widget)
{
  return gdk_x11_surface_get_xid (gtk_native_get_surface (gtk_widget_get_native (widget)));
}

/* Presses keys by their X names; without a window manager the focus is the X server's to give. */
void
ui_keys (GtkWidget *window, const char *keys)
{
  g_autofree char *words =
      g_strdup_printf ("windowfocus --sync %lu key --delay 40 %s", get_xid (window), keys);

  xdotool (words);
}

void
ui_words (GtkWidget *window, const char *text)
{
  g_autofree char *quoted = g_shell_quote (text);
  g_autofree char *words =
      g_strdup_printf ("windowfocus --sync %lu type --delay 20 %s", get_xid (window), quoted);

  xdotool (words);
}

static char *
describe_point (GtkWidget *widget, double x, double y)
{
  GtkNative *native = gtk_widget_get_native (widget);
  graphene_point_t point;
  double left, top;

  gtk_native_get_surface_transform (native, &left, &top);
  g_assert_true (
      gtk_widget_compute_point (widget, GTK_WIDGET (native),
                                &GRAPHENE_POINT_INIT ((float) (x * gtk_widget_get_width (widget)),
                                                      (float) (y * gtk_widget_get_height (widget))),
                                &point));
  return g_strdup_printf ("mousemove --window %lu %d %d", get_xid (widget), (int) (point.x + left),
                          (int) (point.y + top));
}

/* Moves the mouse to a part of @widget: (0, 0) is its upper left corner, (1, 1) its lower right. */
void
ui_point (GtkWidget *widget, double x, double y)
{
  g_autofree char *move = describe_point (widget, x, y);

  xdotool (move);
}

/* Drags from the middle of a widget to the height @y of another. */
void
ui_drag (GtkWidget *from, GtkWidget *to, double y)
{
  g_autofree char *first = describe_point (from, 0.5, 0.5);
  g_autofree char *off = describe_point (from, 0.4, 0.8);
  g_autofree char *near = describe_point (to, 0.42, y);
  g_autofree char *last = describe_point (to, 0.4, y);
  g_autofree char *words =
      g_strdup_printf ("%s mousedown 1 sleep 0.1 %s sleep 0.1 mousemove_relative 8 8 sleep 0.1 "
                       "%s sleep 0.2 %s sleep 0.2 mouseup 1",
                       first, off, near, last);

  xdotool (words);
}
