/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window does: drawing, keeping, cancelling, closing, names for all. */
#include "ui-test.h"

#include <glib/gstdio.h>

#include "library/limn-keeper.h"
#include "library/picture-file.h"
#include "limn-compat.h"
#include "window/limn-draw-page.h"
#include "window/limn-ideas.h"
#include "window/limn-preferences.h"
#include "window/limn-share.h"
#include "window/limn-time-left.h"

static gboolean
is_drawing (LimnWindow *window)
{
  return ui_action_is_enabled (window, "win.cancel");
}

static void
draw (LimnWindow *window, const char *prompt)
{
  ui_type_prompt (window, prompt);
  ui_act (window, "win.draw");
  ui_wait_until (!is_drawing (window));
}

static void
test_empty (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));
  GtkWidget *entry = ui_find_id (window, "entry");

  g_assert_true (focus == entry || gtk_widget_is_ancestor (focus, entry));
  g_assert_false (ui_action_is_enabled (window, "win.draw"));
  g_assert_false (ui_action_is_enabled (window, "win.copy"));
  ui_type_prompt (window, "   ");
  g_assert_false (ui_action_is_enabled (window, "win.draw"));
  ui_type_prompt (window, "a frog");
  g_assert_true (ui_action_is_enabled (window, "win.draw"));
  ui_window_close (window);
}

static GtkWidget *
find_anywhere (const char *id)
{
  g_autoptr (GListModel) windows = g_object_ref (gtk_window_get_toplevels ());
  GtkWidget *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (windows) && found == NULL; i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      found = ui_find_id (window, id);
    }
  return found;
}

/* The library can be looked at before there is a picture in it. */
static void
test_show_library (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  g_autoptr (GFile) folder = limn_keeper_dup_folder (NULL);
  g_autofree char *away = g_strconcat (g_file_peek_path (folder), ".away", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GAppInfo) files =
      g_app_info_create_from_commandline ("true", "Files", G_APP_INFO_CREATE_NONE, &error);
  GStatBuf status;

  g_assert_no_error (error);
  g_app_info_set_as_default_for_type (files, "inode/directory", &error);
  g_assert_no_error (error);
  g_rename (g_file_peek_path (folder), away); /* pictures that were drawn before */
  g_assert_false (g_file_query_exists (folder, NULL));
  limn_preferences_show (GTK_WINDOW (window));
  ui_wait_until (find_anywhere ("open_folder") != NULL);
  g_signal_emit_by_name (find_anywhere ("open_folder"), "clicked");
  g_assert_cmpint (g_stat (g_file_peek_path (folder), &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0700);
  limn_compat_close_dialogs (GTK_WINDOW (window));
  ui_window_close (window);
  g_app_info_reset_type_associations ("inode/directory");
}

static void
on_fraction (GObject *bar, GParamSpec *pspec, gpointer data)
{
  double *last = data, fraction = gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (bar));

  g_assert_cmpfloat (fraction, >=, *last);
  *last = fraction;
}

static void
check_kept (LimnDrawing *drawing)
{
  g_auto (LimnPictureFacts) facts = { 0 };
  g_autoptr (GError) error = NULL;
  GFile *file = limn_drawing_get_file (drawing);

  g_assert_true (limn_drawing_is_done (drawing));
  g_assert_cmpint (gdk_texture_get_width (limn_drawing_get_texture (drawing)), >, 0);
  g_assert_nonnull (file);
  limn_picture_file_read_facts (g_file_peek_path (file), &facts, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (facts.prompt, ==, "a frog on the moon");
  g_assert_true (facts.seed == limn_drawing_get_seed (drawing));
}

static void
test_draw (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  GListModel *drawings;
  double last = 0;

  g_signal_connect (ui_find_id (window, "progress"), "notify::fraction", G_CALLBACK (on_fraction),
                    &last);
  draw (window, "a frog on the moon");
  g_assert_cmpint (limn_job_get_state (ui_get_job (window)), ==, LIMN_JOB_DONE);
  g_assert_cmpfloat (last, >, 0.5);
  drawings = limn_job_get_drawings (ui_get_job (window));
  g_assert_cmpuint (g_list_model_get_n_items (drawings), ==, 9);
  for (guint i = 0; i < 9; i++)
    {
      g_autoptr (LimnDrawing) drawing = g_list_model_get_item (drawings, i);

      check_kept (drawing);
    }
  ui_window_close (window);
}

static void
test_cancel (void)
{
  LimnWindow *window = ui_window_open (780, 900);

  ui_type_prompt (window, "a frog on the moon");
  ui_act (window, "win.draw");
  g_assert_true (is_drawing (window));
  ui_act (window, "win.cancel");
  ui_wait_until (!is_drawing (window));
  g_assert_cmpint (limn_job_get_state (ui_get_job (window)), ==, LIMN_JOB_CANCELLED);
  draw (window, "a frog on the moon");
  g_assert_cmpint (limn_job_get_state (ui_get_job (window)), ==, LIMN_JOB_DONE);
  ui_window_close (window);
}

/* The second prompt waits for the first; both are drawn. */
static void
test_queue (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  g_autoptr (LimnJob) first = NULL;

  ui_type_prompt (window, "a frog on the moon");
  ui_act (window, "win.draw");
  first = g_object_ref (ui_get_job (window));
  ui_type_prompt (window, "a cat");
  ui_act (window, "win.draw");
  g_assert_true (ui_get_job (window) == first);
  ui_wait_until (!is_drawing (window));
  g_assert_cmpint (limn_job_get_state (first), ==, LIMN_JOB_DONE);
  g_assert_true (ui_get_job (window) != first);
  g_assert_cmpstr (limn_job_get_recipe (ui_get_job (window))->prompt, ==, "a cat");
  g_assert_cmpint (limn_job_get_state (ui_get_job (window)), ==, LIMN_JOB_DONE);
  ui_window_close (window);
}

static void
test_close_while_drawing (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  g_autofree char *state = g_build_filename (g_get_user_state_dir (), "limn", "queue", NULL);

  ui_type_prompt (window, "a frog on the moon");
  ui_act (window, "win.draw");
  ui_run_for (30);
  ui_window_close (window);
  ui_run_for (300);
  g_unlink (state); /* or the next window would go on with it */
}

static GdkTexture *
read_clipboard_texture (LimnWindow *window)
{
  GdkContentProvider *content =
      gdk_clipboard_get_content (gtk_widget_get_clipboard (GTK_WIDGET (window)));
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, GDK_TYPE_TEXTURE);
  if (content == NULL || !gdk_content_provider_get_value (content, &value, NULL))
    return NULL;
  return g_value_dup_object (&value);
}

static void
test_keyboard_and_copy (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  GtkWidget *gallery = ui_find_id (window, "gallery");
  g_autoptr (GdkTexture) copied = NULL;

  draw (window, "a frog on the moon");
  g_assert_false (ui_action_is_enabled (window, "win.copy"));
  gtk_widget_child_focus (gallery, GTK_DIR_TAB_FORWARD);
  gtk_widget_child_focus (gallery, GTK_DIR_RIGHT);
  gtk_widget_child_focus (gallery, GTK_DIR_DOWN);
  g_assert_cmpuint (limn_drawing_get_index (limn_window_get_drawing (window)), ==, 4);
  gtk_widget_child_focus (gallery, GTK_DIR_LEFT);
  gtk_widget_child_focus (gallery, GTK_DIR_LEFT); /* already at the edge */
  g_assert_cmpuint (limn_drawing_get_index (limn_window_get_drawing (window)), ==, 3);
  ui_act (window, "win.copy");
  copied = read_clipboard_texture (window);
  g_assert_true (copied == limn_drawing_get_texture (limn_window_get_drawing (window)));
  ui_window_close (window);
}

static void
test_drag_content (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  g_autoptr (GdkContentProvider) content = NULL;
  g_autoptr (GdkContentFormats) formats = NULL;
  g_autoptr (LimnDrawing) drawing = NULL;

  draw (window, "a frog on the moon");
  drawing = g_list_model_get_item (limn_job_get_drawings (ui_get_job (window)), 0);
  content = limn_share_content_new (drawing, TRUE);
  formats = gdk_content_provider_ref_formats (content);
  g_assert_true (gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST));
  g_assert_true (gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE));
  ui_window_close (window);
}

/* WebP's decoder for gdk-pixbuf is not everywhere. */
static void
test_save_webp (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  g_autoptr (GFile) file = g_file_new_build_filename (g_get_home_dir (), "frog.webp", NULL);
  g_autoptr (LimnDrawing) drawing = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;

  draw (window, "a frog on the moon");
  drawing = g_list_model_get_item (limn_job_get_drawings (ui_get_job (window)), 0);
  limn_share_write (drawing, file, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (g_file_peek_path (file), &bytes, NULL, NULL));
  g_assert_cmpmem (bytes, 4, "RIFF", 4);
  g_assert_cmpmem (bytes + 8, 4, "WEBP", 4);
  ui_window_close (window);
}

/* With the option set, nothing that leaves tells how it was drawn. */
static void
test_stripped (void)
{
  g_autoptr (GSettings) settings = g_settings_new ("io.github.limn_app.Limn");
  LimnWindow *window = ui_window_open (780, 900);
  g_autoptr (GFile) saved = g_file_new_build_filename (g_get_home_dir (), "told.png", NULL);
  g_autoptr (GFile) handed = NULL;
  g_autoptr (LimnDrawing) drawing = NULL;
  g_auto (LimnPictureFacts) facts = { 0 };
  g_auto (LimnPictureFacts) none = { 0 };
  g_auto (LimnPictureFacts) nothing = { 0 };

  draw (window, "a frog on the moon");
  drawing = g_list_model_get_item (limn_job_get_drawings (ui_get_job (window)), 0);
  limn_share_write (drawing, saved, NULL);
  g_assert_true (limn_picture_file_read_facts (g_file_peek_path (saved), &facts, NULL));
  g_assert_cmpstr (facts.prompt, ==, "a frog on the moon");

  g_settings_set_boolean (settings, "strip-facts-on-sharing", TRUE);
  limn_share_write (drawing, saved, NULL);
  g_assert_false (limn_picture_file_read_facts (g_file_peek_path (saved), &none, NULL));
  handed = limn_share_dup_file (drawing);
  g_assert_false (g_file_equal (handed, limn_drawing_get_file (drawing)));
  g_assert_false (limn_picture_file_read_facts (g_file_peek_path (handed), &nothing, NULL));
  g_settings_reset (settings, "strip-facts-on-sharing");
  ui_window_close (window);
}

/* What the file manager took away is handed over from memory, if it is there. */
static void
test_removed_file (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  g_autoptr (GFile) handed = NULL;
  g_autoptr (LimnDrawing) drawing = NULL;

  draw (window, "a frog on the moon");
  drawing = g_list_model_get_item (limn_job_get_drawings (ui_get_job (window)), 0);
  g_assert_cmpint (g_unlink (g_file_peek_path (limn_drawing_get_file (drawing))), ==, 0);
  handed = limn_share_dup_file (drawing);
  g_assert_nonnull (handed);
  g_assert_true (g_file_query_exists (handed, NULL));
  limn_drawing_set_texture (drawing, NULL);
  g_assert_null (limn_share_dup_file (drawing));
  ui_window_close (window);
}

static void
test_save_formats (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  static const char *const names[] = { "frog.png", "frog.JPG" };
  g_autoptr (LimnDrawing) drawing = NULL;

  draw (window, "a frog on the moon");
  drawing = g_list_model_get_item (limn_job_get_drawings (ui_get_job (window)), 0);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GFile) file = g_file_new_build_filename (g_get_home_dir (), names[i], NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (GdkPixbuf) pixbuf = NULL;

      limn_share_write (drawing, file, &error);
      g_assert_no_error (error);
      pixbuf = limn_picture_file_load (file, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==,
                       gdk_texture_get_width (limn_drawing_get_texture (drawing)));
    }
  ui_window_close (window);
}

/* Puts a file where @folder is; returns where that is meanwhile. */
static char *
block_folder (GFile *folder)
{
  char *away = g_strconcat (g_file_peek_path (folder), ".away", NULL);

  g_mkdir_with_parents (g_file_peek_path (folder), 0700);
  g_rename (g_file_peek_path (folder), away);
  g_assert_true (g_file_set_contents (g_file_peek_path (folder), "in the way", -1, NULL));
  return away;
}

static void
unblock_folder (GFile *folder, const char *away)
{
  g_unlink (g_file_peek_path (folder));
  g_rename (away, g_file_peek_path (folder));
}

/* A library that cannot be written to: the pictures stay in the window and can be saved elsewhere.
 */
static void
test_unwritable_library (void)
{
  g_autoptr (GFile) folder = limn_keeper_dup_folder (NULL);
  g_autofree char *away = NULL;
  g_autoptr (LimnDrawing) drawing = NULL;
  g_autoptr (GFile) elsewhere = g_file_new_build_filename (g_get_home_dir (), "x.png", NULL);
  g_autoptr (GError) error = NULL;
  LimnWindow *window = ui_window_open (780, 900);

  away = block_folder (folder);
  draw (window, "a frog on the moon");
  g_assert_cmpint (limn_job_get_state (ui_get_job (window)), ==, LIMN_JOB_DONE);
  g_assert_nonnull (limn_job_get_save_error (ui_get_job (window)));
  drawing = g_list_model_get_item (limn_job_get_drawings (ui_get_job (window)), 0);
  g_assert_null (limn_drawing_get_file (drawing));
  limn_share_write (drawing, elsewhere, &error);
  g_assert_no_error (error);
  ui_window_close (window);
  unblock_folder (folder, away);
}

/* ---- what went wrong while others wait ---- */

/* What is drawn next takes the place of the page that would tell: a toast does. */
static void
test_queued_failure (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  g_autoptr (LimnJob) failed = NULL;

  draw (window, "a frog on the moon");
  g_assert_true (
      gtk_widget_activate_action (GTK_WIDGET (window), "win.draw-with-model", "s", "gone"));
  failed = g_object_ref (ui_get_job (window));
  ui_type_prompt (window, "a cat");
  ui_act (window, "win.draw");
  ui_wait_until (limn_job_is_finished (failed));
  g_assert_cmpint (limn_job_get_state (failed), ==, LIMN_JOB_FAILED);
  g_assert_true (ui_get_job (window) != failed);
  g_assert_true (ui_has_toast (GTK_WIDGET (window), "One prompt could not be drawn"));
  ui_screenshot (window, "queued-failure.png");
  ui_wait_until (!is_drawing (window));
  g_assert_cmpint (limn_job_get_state (ui_get_job (window)), ==, LIMN_JOB_DONE);
  ui_window_close (window);
}

static void
check_held (LimnWindow *window, LimnJob *job, const char *waiting)
{
  GtkWidget *button = ui_find_id (window, "waiting_button");

  g_assert_nonnull (limn_job_get_save_error (job));
  g_assert_true (ui_get_job (window) == job);
  g_assert_false (is_drawing (window));
  g_assert_cmpstr (gtk_menu_button_get_label (GTK_MENU_BUTTON (button)), ==, waiting);
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (ui_find_id (window, "status"))), ==,
                   "These pictures could not be kept, so the rest waits");
}

static void
go_on (LimnWindow *window)
{
  GtkWidget *popover = ui_find_id (window, "waiting");

  gtk_menu_button_popup (GTK_MENU_BUTTON (ui_find_id (window, "waiting_button")));
  ui_screenshot_popover (window, popover, "queue-held.png");
  g_signal_emit_by_name (ui_find (popover, "limn-go-on"), "clicked");
}

/* Pictures that are in memory alone are not given up for the next prompt until a person says so:
 * by what the queue offers, or by drawing on. */
static void
test_queued_unwritable (void)
{
  g_autoptr (GFile) folder = limn_keeper_dup_folder (NULL);
  g_autofree char *away = NULL, *state = NULL, *text = NULL;
  LimnWindow *window = ui_window_open (780, 900);
  static const char *const prompts[] = { "a frog on the moon", "a cat", "a dog" };
  g_autoptr (LimnJob) first = NULL, second = NULL;

  away = block_folder (folder);
  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++)
    {
      ui_type_prompt (window, prompts[i]);
      ui_act (window, "win.draw");
    }
  first = g_object_ref (ui_get_job (window));
  ui_wait_until (limn_job_is_finished (first));
  check_held (window, first, "2 waiting");
  g_assert_true (ui_has_toast (GTK_WIDGET (window), "Pictures could not be kept in the library"));
  ui_screenshot (window, "held.png");
  /* nothing was being drawn: the next start may draw what comes first here */
  state = g_build_filename (g_get_user_state_dir (), "limn", "queue", NULL);
  g_assert_true (g_file_get_contents (state, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "(true,"));
  go_on (window);
  g_assert_true (is_drawing (window));
  second = g_object_ref (ui_get_job (window));
  g_assert_cmpstr (limn_job_get_recipe (second)->prompt, ==, "a cat");
  ui_wait_until (limn_job_is_finished (second));
  check_held (window, second, "1 waiting");
  unblock_folder (folder, away);
  draw (window, "a bird");
  g_assert_cmpstr (limn_job_get_recipe (ui_get_job (window))->prompt, ==, "a bird");
  g_assert_null (limn_job_get_save_error (ui_get_job (window)));
  ui_window_close (window);
}

static gboolean
is_control (GtkWidget *widget)
{
  return GTK_IS_BUTTON (widget) || GTK_IS_ENTRY (widget) || GTK_IS_MENU_BUTTON (widget)
         || GTK_IS_PROGRESS_BAR (widget) || GTK_IS_DROP_DOWN (widget) || GTK_IS_SWITCH (widget);
}

static gboolean
is_inner (GtkWidget *widget)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);

  /* libadwaita names its own; an entry's list of completions has a button of its own for a
   * heading that is never shown */
  return g_str_has_prefix (G_OBJECT_TYPE_NAME (widget), "Adw") || GTK_IS_MENU_BUTTON (parent)
         || (parent != NULL && gtk_widget_get_ancestor (parent, GTK_TYPE_ENTRY) != NULL)
         || gtk_widget_get_ancestor (widget, ADW_TYPE_ENTRY_ROW) != NULL
         || GTK_IS_DROP_DOWN (parent)
         || gtk_widget_get_ancestor (widget, GTK_TYPE_WINDOW_CONTROLS) != NULL
         || gtk_widget_get_ancestor (widget, GTK_TYPE_DROP_DOWN) != NULL;
}

/* Newer GTK names a button after the words on it, without a property of its own. */
static gboolean
has_name (GtkWidget *widget)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (widget);

  return gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL)
         || gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY)
         || (GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)) != NULL);
}

static void
check_names (GtkWidget *widget)
{
  if (is_control (widget) && !is_inner (widget) && !has_name (widget))
    g_error ("a %s (%s) has no name for screen readers", G_OBJECT_TYPE_NAME (widget),
             gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_names (child);
}

static void
test_names (void)
{
  LimnWindow *window = ui_window_open (780, 900);

  draw (window, "a frog on the moon");
  check_names (GTK_WIDGET (window));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (ui_find_id (window, "entry")),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Prompt");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (ui_find (window, "LimnTile")),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Picture 1 of 9: a frog on the moon");
  ui_window_close (window);
}

static void
test_draw_from_outside (void)
{
  LimnWindow *window = ui_window_open (780, 900);

  g_action_group_activate_action (G_ACTION_GROUP (g_application_get_default ()), "draw",
                                  g_variant_new_string ("a  cat\n<b>&amp;"));
  ui_wait_until (!is_drawing (window));
  g_assert_cmpstr (limn_job_get_recipe (ui_get_job (window))->prompt, ==, "a cat <b>&amp;");
  ui_window_close (window);
}

static void
test_time_left (void)
{
  static const struct
  {
    double seconds;
    const char *text;
  } cases[] = {
    { -1, NULL },
    { 2, "A few seconds left" },
    { 38, "About 40 seconds left" },
    { 61, "About 1 minute left" },
    { 100, "About 2 minutes left" },
    { 7000, "About 2 hours left" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = limn_time_left_format (cases[i].seconds);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_surprise (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 100; i++)
    g_hash_table_add (seen, limn_ideas_surprise (random));
  g_assert_cmpuint (g_hash_table_size (seen), >, 80);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/window/empty", test_empty);
  g_test_add_func ("/window/time-left", test_time_left);
  g_test_add_func ("/window/surprise", test_surprise);
  if (!ui_has_model ())
    {
      g_test_message ("there is no model: what draws is not tested");
      return g_test_run () == 0 ? 77 : 1;
    }
  g_test_add_func ("/window/draw", test_draw);
  g_test_add_func ("/window/cancel", test_cancel);
  g_test_add_func ("/window/queue", test_queue);
  g_test_add_func ("/window/close-while-drawing", test_close_while_drawing);
  g_test_add_func ("/window/keyboard-and-copy", test_keyboard_and_copy);
  g_test_add_func ("/window/drag-content", test_drag_content);
  g_test_add_func ("/window/save-formats", test_save_formats);
  g_test_add_func ("/window/save-webp", test_save_webp);
  g_test_add_func ("/window/stripped", test_stripped);
  g_test_add_func ("/window/removed-file", test_removed_file);
  g_test_add_func ("/window/unwritable-library", test_unwritable_library);
  g_test_add_func ("/window/queued-failure", test_queued_failure);
  g_test_add_func ("/window/queued-unwritable", test_queued_unwritable);
  g_test_add_func ("/window/names", test_names);
  g_test_add_func ("/window/draw-from-outside", test_draw_from_outside);
  g_test_add_func ("/window/show-library",
                   test_show_library); /* the last: it leaves no window active */
  return g_test_run ();
}
