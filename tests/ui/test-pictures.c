/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a person does with pictures: look at them large, keep the best, throw
 * some away and take them back, find old ones.
 */
#include "ui-test.h"

#include <glib/gstdio.h>

#include "library/limn-favourites.h"
#include "library/limn-keeper.h"
#include "library/limn-library.h"
#include "library/limn-texture-store.h"
#include "library/picture-file.h"
#include "window/limn-day.h"
#include "window/limn-draw-page.h"
#include "window/limn-history.h"
#include "window/limn-library-page.h"
#include "window/limn-tile.h"
#include "window/limn-viewer.h"

static void
test_viewer (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  LimnViewer *viewer = LIMN_VIEWER (limn_window_get_part (window, "viewer"));

  ui_act (window, "win.open-picture");
  g_assert_cmpstr (ui_get_place (window), ==, "viewer");
  g_assert_true (limn_viewer_get_drawing (viewer) == ui_get_drawing (window, 0));
  g_assert_false (ui_action_is_enabled (window, "win.previous"));
  ui_act (window, "win.next");
  ui_act (window, "win.next");
  g_assert_true (limn_window_get_drawing (window) == ui_get_drawing (window, 2));
  ui_act (window, "win.previous");
  g_assert_true (limn_window_get_drawing (window) == ui_get_drawing (window, 1));
  ui_act (window, "win.escape");
  g_assert_cmpstr (ui_get_place (window), ==, "main");
  ui_window_close (window);
}

static void
test_trash_and_undo (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  LimnDrawing *drawing = ui_get_drawing (window, 0);
  g_autofree char *path = g_file_get_path (limn_drawing_get_file (drawing));

  ui_act (window, "win.trash");
  g_assert_true (limn_drawing_is_removed (drawing));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_false (ui_action_is_enabled (window, "win.copy"));
  ui_act (window, "win.undo");
  g_assert_false (limn_drawing_is_removed (drawing));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_false (ui_action_is_enabled (window, "win.undo"));
  ui_window_close (window);
}

/* Without Undo the file leaves the library, at the latest when the window closes. */
static void
test_trash_for_good (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  g_autofree char *path = g_file_get_path (limn_drawing_get_file (ui_get_drawing (window, 0)));
  g_autofree char *other = g_file_get_path (limn_drawing_get_file (ui_get_drawing (window, 1)));

  ui_act (window, "win.trash");
  ui_window_close (window);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (other, G_FILE_TEST_EXISTS));
}

static guint
get_selected_index (LimnWindow *window)
{
  return limn_drawing_get_index (limn_window_get_drawing (window));
}

/* Keys pass over pictures that were thrown away; the others can still be reached. */
static void
test_trash_is_passed_over (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  GtkWidget *gallery = ui_find_id (window, "gallery");

  ui_act (window, "win.trash");
  g_assert_true (gtk_widget_child_focus (gallery, GTK_DIR_TAB_FORWARD));
  g_assert_cmpuint (get_selected_index (window), ==, 1);
  g_assert_false (gtk_widget_child_focus (gallery, GTK_DIR_LEFT));
  gtk_widget_child_focus (gallery, GTK_DIR_DOWN);
  g_assert_cmpuint (get_selected_index (window), ==, 4);
  ui_act (window, "win.trash");
  ui_act (window, "win.focus-prompt");
  g_assert_true (gtk_widget_child_focus (gallery, GTK_DIR_TAB_FORWARD));
  g_assert_cmpuint (get_selected_index (window), ==, 1);
  gtk_widget_child_focus (gallery, GTK_DIR_DOWN);
  g_assert_cmpuint (get_selected_index (window), ==, 7);
  if (ui_has_hands ())
    {
      ui_keys (GTK_WIDGET (window), "End");
      g_assert_cmpuint (get_selected_index (window), ==, 8);
      ui_act (window, "win.trash");
      ui_act (window, "win.focus-prompt");
      gtk_widget_child_focus (gallery, GTK_DIR_TAB_FORWARD);
      ui_keys (GTK_WIDGET (window), "End");
      g_assert_cmpuint (get_selected_index (window), ==, 7);
      ui_keys (GTK_WIDGET (window), "Home");
      g_assert_cmpuint (get_selected_index (window), ==, 1);
    }
  ui_window_close (window);
}

static void
test_favourite (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  LimnDrawing *drawing = ui_get_drawing (window, 0);
  g_autofree char *list = g_build_filename (g_get_user_data_dir (), "limn", "favourites", NULL);
  g_autofree char *text = NULL;

  ui_act (window, "win.favourite");
  g_assert_true (limn_drawing_is_favourite (drawing));
  g_assert_true (limn_favourites_contains (limn_drawing_get_file (drawing)));
  g_assert_true (g_file_get_contents (list, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, g_file_peek_path (limn_drawing_get_file (drawing))));
  ui_act (window, "win.favourite");
  g_assert_false (limn_favourites_contains (limn_drawing_get_file (drawing)));
  ui_window_close (window);
}

/* ---- lists that cannot be read or written ---- */

static guint
count_shown (LimnWindow *window)
{
  LimnLibraryPage *page = LIMN_LIBRARY_PAGE (limn_window_get_part (window, "library_page"));

  return g_list_model_get_n_items (limn_library_page_get_shown (page));
}

static void
search (LimnWindow *window, const char *words)
{
  GtkWidget *entry = ui_find_id (window, "search");

  gtk_editable_set_text (GTK_EDITABLE (entry), words);
  g_signal_emit_by_name (entry, "search-changed");
}

static void
test_library (void)
{
  LimnWindow *window = ui_open_with_pictures ("a purple Zebra in the rain");
  guint n;

  ui_act (window, "win.library");
  search (window, "ZEBRA purple");
  ui_wait_until (count_shown (window) == 9);
  search (window, "zebra green");
  g_assert_cmpuint (count_shown (window), ==, 0);
  g_assert_true (gtk_widget_get_visible (
      ui_find_id (limn_window_get_part (window, "library_page"), "draw_button")));
  search (window, "");
  n = count_shown (window);
  g_assert_cmpuint (n, >=, 9);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (ui_find_id (window, "favourites")), TRUE);
  g_assert_cmpuint (count_shown (window), <, n);
  ui_window_close (window);

  /* all are found again by the next window */
  window = ui_window_open (780, 900);
  search (window, "zebra");
  ui_wait_until (count_shown (window) == 9);
  ui_window_close (window);
}

static GtkSingleSelection *
get_selection (LimnWindow *window)
{
  GtkWidget *grid = ui_find_id (limn_window_get_part (window, "library_page"), "grid");

  return GTK_SINGLE_SELECTION (gtk_grid_view_get_model (GTK_GRID_VIEW (grid)));
}

/* A picture that was shown large is not what later pages are about. */
static void
test_leave_viewer (void)
{
  LimnWindow *window = ui_open_with_pictures ("a lonely lighthouse");
  g_autoptr (LimnDrawing) large = g_object_ref (ui_get_drawing (window, 0));
  static const char *const ways[] = { "win.caption", "win.vary" };

  search (window, "lighthouse");
  ui_wait_until (count_shown (window) == 9);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      ui_act (window, "win.focus-prompt");
      ui_act (window, "win.open-picture");
      g_assert_true (limn_window_get_drawing (window) == large);
      g_assert_true (ui_action_is_enabled (window, "win.trash"));
      ui_act (window, ways[i]);
      g_assert_false (ui_action_is_enabled (window, "win.trash")); /* it is being worked on */
      ui_act (window, "win.escape");
      g_assert_cmpstr (ui_get_place (window), ==, "viewer");
      ui_act (window, "win.library");
      gtk_single_selection_set_selected (get_selection (window), 5);
      g_assert_true (limn_window_get_drawing (window) != large);
      ui_act (window, ways[i]);
      g_assert_cmpstr (ui_get_place (window), !=, "main");
      g_assert_true (limn_window_get_drawing (window) != large);
      g_assert_false (ui_action_is_enabled (window, "win.trash"));
      ui_act (window, "win.escape");
      g_assert_cmpstr (ui_get_place (window), ==, "main");
    }
  ui_window_close (window);
}

/* A screen reader opens a picture by the tile's own action, not by the list's. */
static void
test_open_by_tile (void)
{
  LimnWindow *window = ui_open_with_pictures ("a quiet harbour");
  LimnViewer *viewer = LIMN_VIEWER (limn_window_get_part (window, "viewer"));
  GtkWidget *grid = ui_find_id (limn_window_get_part (window, "library_page"), "grid");
  LimnDrawing *drawing;

  ui_act (window, "win.library");
  search (window, "harbour");
  ui_wait_until (count_shown (window) == 9);
  ui_settle (window);
  drawing = limn_tile_get_drawing (LIMN_TILE (ui_find (grid, "LimnTile")));
  g_assert_nonnull (drawing);
  g_assert_true (gtk_widget_activate_action (ui_find (grid, "LimnTile"), "tile.open", NULL));
  g_assert_cmpstr (ui_get_place (window), ==, "viewer");
  g_assert_true (limn_viewer_get_drawing (viewer) == drawing);
  ui_window_close (window);
}

/* A picture that leaves the list while it is shown large leaves its place to step from. */
static void
test_unstar_in_viewer (void)
{
  LimnWindow *window = ui_open_with_pictures ("a golden pineapple");
  LimnViewer *viewer = LIMN_VIEWER (limn_window_get_part (window, "viewer"));
  g_autoptr (LimnDrawing) first = NULL, last = NULL;
  GListModel *shown = G_LIST_MODEL (get_selection (window));

  for (guint i = 0; i < 3; i++)
    g_assert_true (limn_favourites_set (ui_get_drawing (window, i), TRUE, NULL));
  search (window, "pineapple");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (ui_find_id (window, "favourites")), TRUE);
  ui_wait_until (count_shown (window) == 3);
  first = g_list_model_get_item (shown, 0);
  last = g_list_model_get_item (shown, 2);
  ui_act (window, "win.library");
  gtk_single_selection_set_selected (get_selection (window), 1);
  ui_act (window, "win.open-picture");

  ui_act (window, "win.favourite");
  g_assert_cmpuint (count_shown (window), ==, 2);
  g_assert_true (ui_action_is_enabled (window, "win.previous"));
  g_assert_true (ui_action_is_enabled (window, "win.next"));
  ui_act (window, "win.next");
  g_assert_true (limn_viewer_get_drawing (viewer) == last);

  ui_act (window, "win.favourite"); /* the last one: there are some before it alone */
  g_assert_false (ui_action_is_enabled (window, "win.next"));
  g_assert_false (gtk_widget_get_visible (ui_find_id (viewer, "next_button")));
  ui_act (window, "win.favourite");
  g_assert_cmpuint (count_shown (window), ==, 2);
  ui_act (window, "win.favourite");
  ui_act (window, "win.previous");
  g_assert_true (limn_viewer_get_drawing (viewer) == first);
  g_assert_false (gtk_widget_get_visible (ui_find_id (viewer, "next_button")));
  g_assert_false (gtk_widget_get_visible (ui_find_id (viewer, "previous_button")));
  ui_window_close (window);
}

/* The same picture is the same object in the grid and in the library. */
static void
test_library_shares (void)
{
  LimnWindow *window = ui_open_with_pictures ("a very special walrus");
  LimnLibraryPage *page = LIMN_LIBRARY_PAGE (limn_window_get_part (window, "library_page"));
  g_autoptr (LimnDrawing) drawing = NULL;

  ui_act (window, "win.favourite");
  ui_act (window, "win.library");
  search (window, "walrus");
  ui_wait_until (count_shown (window) == 9);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (ui_find_id (window, "favourites")), TRUE);
  g_assert_cmpuint (count_shown (window), ==, 1);
  drawing = g_list_model_get_item (limn_library_page_get_shown (page), 0);
  g_assert_true (drawing == ui_get_drawing (window, 0));
  ui_window_close (window);
}

/* Dropping or opening one of our files brings everything back; others are refused kindly. */
static void
test_open_file (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog & <b>friends</b>");
  GtkWidget *page = limn_window_get_part (window, "draw_page");
  LimnDrawing *drawing = ui_get_drawing (window, 3);
  g_autoptr (LimnRecipe) recipe = NULL;
  g_autoptr (GFile) text = g_file_new_build_filename (g_get_home_dir (), "no.png", NULL);

  ui_type_prompt (window, "something else");
  limn_window_open_file (window, limn_drawing_get_file (drawing));
  recipe = limn_draw_page_dup_recipe (LIMN_DRAW_PAGE (page));
  g_assert_cmpstr (recipe->prompt, ==, "a frog & <b>friends</b>");
  g_assert_true (recipe->has_seed);
  g_assert_true (recipe->seed == limn_drawing_get_seed (drawing));
  g_assert_cmpuint (recipe->n_pictures, ==, 9);
  g_assert_cmpfloat (recipe->guidance, >, 0);

  g_assert_true (g_file_set_contents (g_file_peek_path (text), "not a picture", -1, NULL));
  limn_window_open_file (window, text);
  ui_window_close (window);
}

/* Drawn again from its file alone, a picture is the same to the last bit. */
static void
test_draw_again_is_the_same (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  g_autoptr (LimnDrawing) first = g_object_ref (ui_get_drawing (window, 4));
  g_autoptr (GBytes) before = ui_get_pixels (limn_drawing_get_texture (first));
  g_autoptr (GBytes) after = NULL;

  limn_window_open_file (window, limn_drawing_get_file (first));
  ui_act (window, "win.draw");
  ui_wait_until (!ui_action_is_enabled (window, "win.cancel"));
  after = ui_get_pixels (limn_drawing_get_texture (ui_get_drawing (window, 0)));
  g_assert_true (g_bytes_equal (before, after));
  ui_window_close (window);
}

/* The upper half stays, to the last token; below it the pictures differ. */
static void
test_more_like_this (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog in space"); /* stars fall anywhere */
  g_autoptr (GArray) ids = g_array_ref (limn_drawing_get_ids (ui_get_drawing (window, 0)));
  guint n_same = 0;

  ui_act (window, "win.more-like-this");
  ui_wait_until (!ui_action_is_enabled (window, "win.cancel"));
  for (guint i = 0; i < 9; i++)
    {
      GArray *other = limn_drawing_get_ids (ui_get_drawing (window, i));

      g_assert_cmpuint (other->len, ==, ids->len);
      g_assert_cmpmem (other->data, ids->len / 2 * sizeof (guint32), ids->data,
                       ids->len / 2 * sizeof (guint32));
      n_same += memcmp (other->data, ids->data, ids->len * sizeof (guint32)) == 0;
    }
  g_assert_cmpuint (n_same, <, 9);
  ui_window_close (window);
}

static void
test_history (void)
{
  limn_history_clear ();
  limn_history_add ("one");
  limn_history_add ("two");
  limn_history_add ("one");
  g_assert_cmpuint (limn_history_get_length (), ==, 2);
  g_assert_cmpstr (limn_history_get (0), ==, "one");
  g_assert_cmpstr (limn_history_get (1), ==, "two");
  g_assert_null (limn_history_get (2));
  limn_history_clear ();
}

static void
test_day (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_local (2026, 3, 15, 12, 0, 0);
  static const struct
  {
    int year, month, day;
    const char *text;
  } cases[] = {
    { 2026, 3, 15, "Today" },     { 2026, 3, 14, "Yesterday" },         { 2026, 3, 12, "Thursday" },
    { 2026, 2, 1, "1 February" }, { 2024, 12, 31, "31 December 2024" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GDateTime) then =
          g_date_time_new_local (cases[i].year, cases[i].month, cases[i].day, 23, 59, 0);
      g_autofree char *text =
          limn_day_format (g_date_time_to_unix (then), g_date_time_to_unix (now));

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
on_library_gone (gpointer main_thread, GObject *library)
{
  g_assert_true (g_thread_self () == main_thread);
}

/* However early a library is given up, its drawings end in the main thread, where all know them. */
static void
test_library_thread (void)
{
  g_autoptr (GFile) folder = g_file_new_build_filename (g_get_home_dir (), "nothing", NULL);

  for (guint i = 0; i < 300; i++)
    {
      LimnLibrary *library = limn_library_new (folder);
      gpointer alive = library;

      g_object_weak_ref (G_OBJECT (library), on_library_gone, g_thread_self ());
      g_object_add_weak_pointer (G_OBJECT (library), &alive);
      g_object_unref (library);
      ui_wait_until (alive == NULL);
    }
}

static void
on_items_changed (GListModel *model,
                  guint position,
                  guint n_removed,
                  guint n_added,
                  gpointer thread)
{
  g_assert_true (g_thread_self () == thread);
}

/* News of a library come in the main thread, however the reading thread and the loop fall together.
 */
static void
test_library_news (void)
{
  g_autoptr (GFile) folder = g_file_new_build_filename (g_get_home_dir (), "few", NULL);
  const LimnPictureFacts facts = { .prompt = (char *) "few", .model = (char *) "m" };
  guint8 rgb[8 * 8 * 3] = { 0 };
  g_autoptr (GBytes) png = limn_picture_file_encode (rgb, 8, 8, &facts, NULL);
  g_autofree char *path = limn_picture_file_save (g_file_peek_path (folder), "few", png,
                                                  LIMN_PICTURE_MODE_PRIVATE, NULL);

  g_assert_nonnull (path);
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (LimnLibrary) library = limn_library_new (folder);

      g_signal_connect (library, "items-changed", G_CALLBACK (on_items_changed), g_thread_self ());
      if (i % 2 == 0)
        g_usleep (2000); /* the loop does not run: nothing may come */
      ui_wait_until (g_list_model_get_n_items (G_LIST_MODEL (library)) == 1);
    }
}

static void
on_drawing_gone (gpointer main_thread, GObject *drawing)
{
  g_assert_true (g_thread_self () == main_thread);
}

static void
test_texture_thread (void)
{
  g_autoptr (GFile) file = g_file_new_build_filename (g_get_home_dir (), "none.png", NULL);
  g_autoptr (LimnRecipe) recipe = limn_recipe_new ("nothing");

  for (guint i = 0; i < 300; i++)
    {
      LimnDrawing *drawing = limn_drawing_new_for_file (file, recipe, 1, 1);
      gpointer alive = drawing;

      g_object_weak_ref (G_OBJECT (drawing), on_drawing_gone, g_thread_self ());
      g_object_add_weak_pointer (G_OBJECT (drawing), &alive);
      limn_texture_store_hold (drawing);
      limn_texture_store_release (drawing);
      g_object_unref (drawing);
      ui_wait_until (alive == NULL);
    }
}

/* However well their words go, pictures that were not finished come after those that were. */
static void
test_best_first_stopped (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  LimnDrawPage *page = LIMN_DRAW_PAGE (limn_window_get_part (window, "draw_page"));
  GListModel *shown;
  LimnJob *job;

  gtk_widget_activate_action (GTK_WIDGET (page), "drawings.best-first", NULL);
  ui_type_prompt (window, "a frog");
  ui_act (window, "win.draw");
  job = ui_get_job (window);
  ui_wait_until (limn_job_get_n_done (job) > 0);
  limn_job_cancel (job);
  ui_wait_until (limn_job_is_finished (job));
  g_test_message ("%u pictures were finished", limn_job_get_n_done (job));
  shown = limn_draw_page_get_shown (page);
  for (guint i = 0; i < limn_job_get_n_done (job); i++)
    {
      g_autoptr (LimnDrawing) drawing = g_list_model_get_item (shown, i);

      g_assert_true (limn_drawing_is_done (drawing));
    }
  gtk_widget_activate_action (GTK_WIDGET (page), "drawings.best-first", NULL);
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/pictures/history", test_history);
  g_test_add_func ("/pictures/day", test_day);
  g_test_add_func ("/pictures/library-thread", test_library_thread);
  g_test_add_func ("/pictures/library-news", test_library_news);
  g_test_add_func ("/pictures/texture-thread", test_texture_thread);
  if (!ui_has_model ())
    {
      g_test_message ("there is no model: what draws is not tested");
      return g_test_run () == 0 ? 77 : 1;
    }
  g_test_add_func ("/pictures/viewer", test_viewer);
  g_test_add_func ("/pictures/trash-and-undo", test_trash_and_undo);
  g_test_add_func ("/pictures/trash-for-good", test_trash_for_good);
  g_test_add_func ("/pictures/trash-is-passed-over", test_trash_is_passed_over);
  g_test_add_func ("/pictures/favourite", test_favourite);
  g_test_add_func ("/pictures/library", test_library);
  g_test_add_func ("/pictures/leave-viewer", test_leave_viewer);
  g_test_add_func ("/pictures/open-by-tile", test_open_by_tile);
  g_test_add_func ("/pictures/unstar-in-viewer", test_unstar_in_viewer);
  g_test_add_func ("/pictures/library-shares", test_library_shares);
  g_test_add_func ("/pictures/open-file", test_open_file);
  g_test_add_func ("/pictures/draw-again-is-the-same", test_draw_again_is_the_same);
  g_test_add_func ("/pictures/more-like-this", test_more_like_this);
  g_test_add_func ("/pictures/best-first-stopped", test_best_first_stopped);
  return g_test_run ();
}
