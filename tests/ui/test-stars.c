/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of stars and of prompts that cannot be read or written. */
#include "ui-test.h"

#include <glib/gstdio.h>

#include "library/limn-favourites.h"
#include "window/limn-history.h"

/* Puts a folder where a file of ours is. */
static char *
block (const char *name)
{
  char *path = g_build_filename (g_get_user_data_dir (), "limn", name, NULL);

  g_unlink (path);
  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  return path;
}

static void
assert_contents (const char *path, const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static gboolean
set_star (const char *path, gboolean is_favourite)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (LimnRecipe) recipe = limn_recipe_new ("a frog");
  g_autoptr (LimnDrawing) drawing = limn_drawing_new_for_file (file, recipe, 1, 1);
  g_autoptr (GError) error = NULL;
  gboolean is_kept = limn_favourites_set (drawing, is_favourite, &error);

  g_assert_true (is_kept == (error == NULL));
  g_assert_true (limn_favourites_contains (file) == (is_kept && is_favourite));
  return is_kept;
}

/* A list that could not be read is none to be replaced.  It has to be the first test: lists are
 * read once. */
static void
test_unread_stars (void)
{
  g_autofree char *list = block ("favourites");

  g_assert_false (set_star ("/p/one.png", TRUE));
  g_assert_cmpint (g_rmdir (list), ==, 0);
  g_assert_true (g_file_set_contents (list, "/p/old.png\n", -1, NULL));
  g_assert_true (set_star ("/p/two.png", TRUE));
  assert_contents (list, "/p/old.png\n/p/two.png\n");
}

static void
test_unread_history (void)
{
  g_autofree char *list = block ("prompts");

  limn_history_add ("one");
  g_assert_cmpint (g_rmdir (list), ==, 0);
  g_assert_true (g_file_set_contents (list, "old\n", -1, NULL));
  limn_history_add ("two");
  g_assert_cmpstr (limn_history_get (0), ==, "two");
  assert_contents (list, "old\n");
  limn_history_clear (); /* but what is to be forgotten is */
  assert_contents (list, "");
  limn_history_add ("three");
  assert_contents (list, "three\n");
  limn_history_clear ();
}

/* A star that could not be kept is none, then and later. */
static void
test_unwritten_stars (void)
{
  g_autofree char *list = g_build_filename (g_get_user_data_dir (), "limn", "favourites", NULL);
  g_autofree char *blocked = NULL;

  g_assert_true (set_star ("/p/old.png", FALSE));
  g_assert_true (set_star ("/p/two.png", TRUE));
  assert_contents (list, "/p/two.png\n");
  blocked = block ("favourites");
  g_assert_false (set_star ("/p/one.png", TRUE));
  g_assert_cmpint (g_rmdir (list), ==, 0);
  g_assert_true (set_star ("/p/three.png", TRUE));
  assert_contents (list, "/p/three.png\n/p/two.png\n");
  g_assert_true (set_star ("/p/two.png", FALSE));
  g_assert_true (set_star ("/p/three.png", FALSE));
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/stars/unread", test_unread_stars);
  g_test_add_func ("/stars/unread-history", test_unread_history);
  g_test_add_func ("/stars/unwritten", test_unwritten_stars);
  return g_test_run ();
}
