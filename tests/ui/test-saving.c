/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What leaves the window: all pictures of a grid into a folder in which there may be others, names
 * that tell nothing, a copy with words. */
#include "config.h"

#include "ui-test.h"

#include <glib/gstdio.h>

#include "library/limn-export.h"
#include "window/limn-share.h"

#define N_PICTURES 2

/* Pictures of one grid, in one shade; others with the same seed have other shades. */
static GListModel *
grid_new (guint8 shade)
{
  g_autoptr (LimnRecipe) recipe = limn_recipe_new ("a grey cat");
  GListStore *grid = g_list_store_new (LIMN_TYPE_DRAWING);
  g_autoptr (GdkTexture) texture = ui_texture_new (8, 8, shade);

  for (guint i = 0; i < N_PICTURES; i++)
    {
      g_autoptr (LimnDrawing) drawing = limn_drawing_new (recipe, i, 42 + i);

      limn_drawing_set_texture (drawing, texture);
      limn_drawing_set_state (drawing, LIMN_DRAWING_DONE);
      g_list_store_append (grid, drawing);
    }
  return G_LIST_MODEL (grid);
}

static GFile *
make_folder (const char *name)
{
  GFile *folder = g_file_new_build_filename (g_get_home_dir (), name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (g_file_peek_path (folder), 0700), ==, 0);
  return folder;
}

static guint
count_files (GFile *folder)
{
  g_autoptr (GDir) dir = g_dir_open (g_file_peek_path (folder), 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static GtkWidget *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (GTK_IS_FILE_CHOOSER (window) && gtk_widget_get_visible (window))
        return window;
    }
  return NULL;
}

static gboolean
is_in (GtkWidget *dialog, GFile *folder)
{
  g_autoptr (GFile) current = gtk_file_chooser_get_current_folder (GTK_FILE_CHOOSER (dialog));

  return current != NULL && g_file_equal (current, folder);
}

static void
save_all (LimnWindow *window, GListModel *grid, GFile *folder)
{
  const char *done = "2 pictures saved";

  limn_share_set_last_folder (folder); /* where the dialog begins */
  limn_share_save_all (GTK_WIDGET (window), grid);
  ui_wait_until (find_dialog () != NULL && is_in (find_dialog (), folder));
  gtk_dialog_response (GTK_DIALOG (find_dialog ()), GTK_RESPONSE_ACCEPT);
  ui_wait_until (ui_has_toast (GTK_WIDGET (window), done));
  ui_wait_until (!ui_has_toast (GTK_WIDGET (window), done));
}

/* Other pictures of the same names stay; the same ones are not saved twice. */
static void
test_all_twice (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  g_autoptr (GFile) folder = make_folder ("all");
  g_autoptr (GListModel) dark = grid_new (40), light = grid_new (200);

  save_all (window, dark, folder);
  g_assert_cmpuint (count_files (folder), ==, N_PICTURES);
  save_all (window, light, folder);
  g_assert_cmpuint (count_files (folder), ==, 2 * N_PICTURES);
  save_all (window, dark, folder);
  save_all (window, light, folder);
  g_assert_cmpuint (count_files (folder), ==, 2 * N_PICTURES);
  ui_window_close (window);
}

/* Saved where it is, the library stays as it is; others of the same names come beside. */
static void
test_all_into_library (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  g_autoptr (GFile) folder = make_folder ("library");
  g_autoptr (GListModel) dark = grid_new (40), light = grid_new (200);
  g_autoptr (LimnDrawing) drawing = g_list_model_get_item (dark, 0);
  g_autoptr (GFile) file = g_file_get_child (folder, "a-grey-cat-42.png");
  g_autoptr (GBytes) before = NULL, after = NULL;
  g_autoptr (GError) error = NULL;

  limn_share_write (drawing, file, &error);
  g_assert_no_error (error);
  limn_drawing_set_file (drawing, file);
  before = g_file_load_bytes (file, NULL, NULL, NULL);
  save_all (window, dark, folder);
  g_assert_cmpuint (count_files (folder), ==, N_PICTURES);
  save_all (window, light, folder);
  g_assert_cmpuint (count_files (folder), ==, 2 * N_PICTURES);
  after = g_file_load_bytes (file, NULL, NULL, NULL);
  g_assert_true (g_bytes_equal (before, after));
  ui_window_close (window);
}

/* ---- names ---- */

/* With the option set, the names of files tell nothing, either. */
static void
test_stripped_names (void)
{
  g_autoptr (GSettings) settings = g_settings_new ("io.github.limn_app.Limn");
  g_autoptr (LimnRecipe) recipe = limn_recipe_new ("a brave cat");
  g_autoptr (LimnDrawing) one = limn_drawing_new (recipe, 0, 42);
  g_autoptr (LimnDrawing) other = limn_drawing_new (recipe, 1, 43);
  g_autofree char *told = limn_share_suggest_name (one, ".png");
  g_autofree char *first = NULL, *again = NULL, *second = NULL;

  g_assert_cmpstr (told, ==, "a-brave-cat-42.png");
  g_settings_set_boolean (settings, "strip-facts-on-sharing", TRUE);
  first = limn_share_suggest_name (one, ".png");
  again = limn_share_suggest_name (one, ".png");
  second = limn_share_suggest_name (other, ".webp");
  g_assert_true (g_regex_match_simple ("^limn-[0-9a-f]{8}\\.png$", first, 0, 0));
  g_assert_true (g_regex_match_simple ("^limn-[0-9a-f]{8}\\.webp$", second, 0, 0));
  g_assert_cmpstr (first, ==, again);
  g_assert_false (strncmp (first, second, strlen ("limn-00000000")) == 0);
  g_settings_reset (settings, "strip-facts-on-sharing");
}

/* ---- words on a picture ---- */

static int
get_copied_width (LimnWindow *window)
{
  GdkContentProvider *content =
      gdk_clipboard_get_content (gtk_widget_get_clipboard (GTK_WIDGET (window)));
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, GDK_TYPE_TEXTURE);
  if (content == NULL || !gdk_content_provider_get_value (content, &value, NULL))
    return 0;
  return gdk_texture_get_width (g_value_get_object (&value));
}

/* While words are added, Ctrl+C copies the picture with them: the larger one. */
static void
test_copy_with_words (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  GtkWidget *editor = limn_window_get_part (window, "caption_editor");

  ui_act (window, "win.caption");
  gtk_editable_set_text (GTK_EDITABLE (ui_find_id (editor, "top")), "hello");
  gtk_widget_grab_focus (ui_find_id (editor, "view"));
  ui_keys (GTK_WIDGET (window), "ctrl+c");
  ui_run_for (400);
  g_assert_cmpint (get_copied_width (window), ==, 768);
  gtk_widget_grab_focus (ui_find_id (editor, "top")); /* selects all: what is wanted are letters */
  ui_keys (GTK_WIDGET (window), "ctrl+c");
  ui_run_for (400);
  g_assert_cmpint (get_copied_width (window), ==, 0);
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/saving/all-twice", test_all_twice);
  g_test_add_func ("/saving/all-into-library", test_all_into_library);
  g_test_add_func ("/saving/stripped-names", test_stripped_names);
  if (ui_has_hands () && ui_has_model ())
    g_test_add_func ("/saving/copy-with-words", test_copy_with_words);
  return g_test_run ();
}
