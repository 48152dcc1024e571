/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A library of ten thousand pictures: what it costs is counted, not timed.
 * The window does not wait for it, no picture is loaded before it is in
 * sight, and only those in sight and a few more stay in memory.  And what
 * pictures and their folder keep to themselves.
 */
#include "ui-test.h"

#include <glib/gstdio.h>

#include "jobs/limn-model-pool.h"
#include "library/limn-keeper.h"
#include "library/limn-library.h"
#include "library/picture-file.h"
#include "models/limn-model-store.h"
#include "window/limn-library-page.h"
#include "window/limn-tile.h"

#define N_FILES 10000
/* those not in sight any more that are kept for a while, and some rows */
#define MAX_TEXTURES 300
#define MAX_TILES    1000

static GBytes *
make_png (void)
{
  const LimnPictureFacts facts = { .prompt = (char *) "one of many", .model = (char *) "m" };
  guint8 rgb[8 * 8 * 3] = { 0 };

  return limn_picture_file_encode (rgb, 8, 8, &facts, NULL);
}

static void
make_some (GFile *folder, guint n_files)
{
  g_autoptr (GBytes) png = make_png ();

  g_mkdir_with_parents (g_file_peek_path (folder), 0700);
  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/%u.png", g_file_peek_path (folder), i);

      /* plain files: only their contents matter here */
      g_assert_true (g_file_set_contents_full (name, g_bytes_get_data (png, NULL),
                                               (gssize) g_bytes_get_size (png),
                                               G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }
}

static LimnLibraryPage *
get_page (LimnWindow *window)
{
  return LIMN_LIBRARY_PAGE (limn_window_get_part (window, "library_page"));
}

static guint
count_textures (GListModel *drawings)
{
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (drawings); i++)
    {
      g_autoptr (LimnDrawing) drawing = g_list_model_get_item (drawings, i);

      n += limn_drawing_get_texture (drawing) != NULL ? 1 : 0;
    }
  return n;
}

static guint
count_tiles (GtkWidget *widget)
{
  guint n = g_str_equal (G_OBJECT_TYPE_NAME (widget), "LimnTile") ? 1 : 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_tiles (child);
  return n;
}

static gboolean
is_loaded (GListModel *drawings, guint i)
{
  g_autoptr (LimnDrawing) drawing = g_list_model_get_item (drawings, i);

  return drawing != NULL && limn_drawing_get_texture (drawing) != NULL;
}

typedef struct
{
  GtkWidget *grid;
  guint item;
} Target;

/* Over and over: where rows have not been measured yet, GTK 4.8 may come to rest beside the item.
 */
static gboolean
scroll_to_target (gpointer data)
{
  Target *target = data;

  gtk_widget_activate_action (target->grid, "list.scroll-to-item", "u", target->item);
  return G_SOURCE_CONTINUE;
}

static void
test_many (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  GListModel *shown = limn_library_page_get_shown (get_page (window));
  GtkWidget *grid = ui_find (window, "GtkGridView");

  /* the window is there and can be used while the library is still being read */
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (window)));
  ui_type_prompt (window, "a frog");
  ui_wait_until (g_list_model_get_n_items (shown) == N_FILES);
  g_assert_cmpuint (count_textures (shown), ==, 0);
  g_assert_cmpuint (count_tiles (GTK_WIDGET (get_page (window))), <, MAX_TILES);

  ui_act (window, "win.library");
  ui_wait_until (is_loaded (shown, 0));
  for (guint i = 0; i < N_FILES; i += 997)
    {
      Target target = { grid, i };
      guint scrolling = g_timeout_add (50, scroll_to_target, &target);

      ui_wait_until (is_loaded (shown, i));
      g_source_remove (scrolling);
      g_assert_cmpuint (count_textures (shown), <, MAX_TEXTURES);
      g_assert_cmpuint (count_tiles (grid), <, MAX_TILES);
    }
  ui_window_close (window);
}

/* As many are found as there are, in one go for each batch: a list that is told of each picture
 * alone has ten thousand times to do its work. */
static void
on_items_changed (GListModel *model, guint position, guint n_removed, guint n_added, guint *n_news)
{
  g_assert_cmpuint (n_removed, ==, 0);
  (*n_news)++;
}

static void
test_news (void)
{
  g_autoptr (GFile) folder = limn_keeper_dup_folder (NULL);
  g_autoptr (LimnLibrary) library = limn_library_new (folder);
  g_autoptr (LimnDrawing) first = NULL;
  guint n_news = 0;

  g_signal_connect (library, "items-changed", G_CALLBACK (on_items_changed), &n_news);
  ui_wait_until (g_list_model_get_n_items (G_LIST_MODEL (library)) == N_FILES);
  g_assert_cmpuint (n_news, <, 100);
  first = g_list_model_get_item (G_LIST_MODEL (library), 0);
  g_assert_cmpstr (limn_drawing_get_prompt (first), ==, "one of many");
  g_assert_null (limn_drawing_get_texture (first));
}

/* A job may tell which picture it saved only after the library has found the file: the picture is
 * in the library once, and it is the job's. */
static void
test_late_job (void)
{
  g_autoptr (GFile) folder = g_file_new_build_filename (g_get_home_dir (), "late", NULL);
  g_autoptr (LimnRecipe) recipe = limn_recipe_new ("one of many");
  g_autoptr (LimnDrawing) drawing = limn_drawing_new (recipe, 0, 1);
  g_autoptr (GFile) file = NULL;
  g_autoptr (LimnLibrary) library = NULL;
  g_autoptr (LimnDrawing) found = NULL;
  g_autoptr (LimnDrawing) kept = NULL;

  make_some (folder, 3);
  library = limn_library_new (folder);
  ui_wait_until (g_list_model_get_n_items (G_LIST_MODEL (library)) == 3);
  found = g_list_model_get_item (G_LIST_MODEL (library), 1);
  file = g_object_ref (limn_drawing_get_file (found));
  limn_drawing_set_file (drawing, file);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (library)), ==, 3);
  kept = g_list_model_get_item (G_LIST_MODEL (library), 1);
  g_assert_true (kept == drawing);
  g_assert_true (limn_drawing_find (file) == drawing);
  g_assert_null (limn_drawing_get_file (found));
}

static void
write_bytes (GFile *file, GBytes *bytes, gsize from, gsize to)
{
  g_autoptr (GFileOutputStream) stream = g_file_append_to (file, G_FILE_CREATE_NONE, NULL, NULL);

  g_assert_true (g_output_stream_write_all (G_OUTPUT_STREAM (stream),
                                            (const guint8 *) g_bytes_get_data (bytes, NULL) + from,
                                            to - from, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, NULL));
}

static gboolean
is_listed (LimnLibrary *library, GFile *file)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (library)); i++)
    {
      g_autoptr (LimnDrawing) drawing = g_list_model_get_item (G_LIST_MODEL (library), i);

      if (g_file_equal (limn_drawing_get_file (drawing), file))
        return TRUE;
    }
  return FALSE;
}

/* A file that comes slowly is looked at again when it is whole: one whose facts were there at
 * first but not its pixels, and one that told nothing yet. */
static void
test_slow_file (void)
{
  g_autoptr (GFile) folder = g_file_new_build_filename (g_get_home_dir (), "slow", NULL);
  g_autoptr (GFile) half = g_file_get_child (folder, "half.png");
  g_autoptr (GFile) start = g_file_get_child (folder, "start.png");
  g_autoptr (GBytes) png = make_png ();
  g_autoptr (GtkWidget) tile = g_object_ref_sink (limn_tile_new ());
  gsize n_bytes = g_bytes_get_size (png);
  g_autoptr (LimnLibrary) library = NULL;
  LimnDrawing *drawing;

  make_some (folder, 0);
  library = limn_library_new (folder);
  ui_wait_until (!limn_library_is_loading (library));
  write_bytes (half, png, 0, n_bytes - 6);
  write_bytes (start, png, 0, 20);
  ui_wait_until (is_listed (library, half));
  g_assert_false (is_listed (library, start));
  drawing = limn_drawing_find (half);
  limn_tile_set_drawing (LIMN_TILE (tile), drawing);
  ui_wait_until (limn_drawing_is_missing (drawing));
  write_bytes (half, png, n_bytes - 6, n_bytes);
  write_bytes (start, png, 20, n_bytes);
  ui_wait_until (is_listed (library, start));
  ui_wait_until (limn_drawing_get_texture (drawing) != NULL);
  g_assert_false (limn_drawing_is_missing (drawing));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (library)), ==, 2);
}

static void
remove_folder (GFile *folder, guint n_files)
{
  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/%u.png", g_file_peek_path (folder), i);

      g_assert_cmpint (g_unlink (name), ==, 0);
    }
  g_assert_cmpint (g_rmdir (g_file_peek_path (folder)), ==, 0);
}

/* A folder that was deleted meanwhile comes back with the next pictures, and they are seen. */
static void
test_deleted_folder (void)
{
  g_autoptr (GFile) folder = g_file_new_build_filename (g_get_home_dir (), "deleted", NULL);
  g_autoptr (GFile) file = g_file_get_child (folder, "new.png");
  g_autoptr (GBytes) png = make_png ();
  g_autoptr (LimnLibrary) library = NULL;

  make_some (folder, 3);
  library = limn_library_new (folder);
  ui_wait_until (g_list_model_get_n_items (G_LIST_MODEL (library)) == 3);
  remove_folder (folder, 3);
  limn_library_expect (library);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (library)), ==, 0);
  write_bytes (file, png, 0, g_bytes_get_size (png));
  ui_wait_until (is_listed (library, file));

  /* somebody else makes it, and the library learns of that later */
  g_assert_cmpint (g_unlink (g_file_peek_path (file)), ==, 0);
  remove_folder (folder, 0);
  ui_wait_until (g_list_model_get_n_items (G_LIST_MODEL (library)) == 0);
  make_some (folder, 2);
  limn_library_expect (library);
  ui_wait_until (g_list_model_get_n_items (G_LIST_MODEL (library)) == 2);
}

/* The folder that the window makes is the person's alone, as the pictures in it are. */
static void
test_private (void)
{
  g_autoptr (GFile) folder = g_file_new_build_filename (g_get_home_dir (), "new", "Limn", NULL);
  g_autoptr (LimnLibrary) library = limn_library_new (folder);
  GStatBuf status;

  limn_library_expect (library);
  g_assert_cmpint (g_stat (g_file_peek_path (folder), &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0700);
  ui_wait_until (!limn_library_is_loading (library));
}

/* A picture's recipe names its model, and no file that is then opened: not even that model's. */
static void
test_model_of_picture (void)
{
  g_autofree char *path = limn_model_store_find (NULL, NULL);
  g_autoptr (LimnModel) model = NULL;
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    {
      g_test_skip ("there is no model");
      return;
    }
  model = limn_model_pool_open (LIMN_MODEL_STARTER, &error);
  g_assert_no_error (error);
  g_assert_null (limn_model_pool_open (path, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_MISSING);
}

int
main (int argc, char **argv)
{
  g_autoptr (GFile) folder = NULL;

  ui_test_init (&argc, &argv);
  folder = limn_keeper_dup_folder (NULL);
  make_some (folder, N_FILES);
  g_test_add_func ("/library/private", test_private);
  g_test_add_func ("/library/model-of-picture", test_model_of_picture);
  g_test_add_func ("/library/late-job", test_late_job);
  g_test_add_func ("/library/slow-file", test_slow_file);
  g_test_add_func ("/library/deleted-folder", test_deleted_folder);
  g_test_add_func ("/library/news", test_news);
  g_test_add_func ("/library/many", test_many);
  return g_test_run ();
}
