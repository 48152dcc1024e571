/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models are found by name and by path, in the promised order. */
#include "models/limn-model-store.h"

#include <glib/gstdio.h>

#include "limn.h"

static char *root;

static char *
touch (const char *folder, const char *name)
{
  char *path = g_build_filename (root, folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "GGUF", 4, NULL));
  return path;
}

static void
assert_found (const char *name, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = limn_model_store_find (name, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (path, ==, expected);
}

static void
test_find (void)
{
  g_autofree char *first = touch ("first", "mini.gguf");
  g_autofree char *hidden = touch ("second", "mini.gguf");
  g_autofree char *single = touch ("third", "mega.gguf");
  g_autofree char *not_listed = touch ("third", "other.gguf");
  g_autofree char *own = touch ("data/limn/models", "mine.gguf");
  g_autofree char *no_model = touch ("first", "notes.txt");
  g_autofree char *search_path =
      g_strdup_printf ("%s/first:%s/second::%s:/not/there", root, root, single);

  g_setenv ("LIMN_MODEL_PATH", search_path, TRUE);
  assert_found ("mini", first);
  assert_found ("Mini", first);
  assert_found ("mega", single);
  assert_found ("mine", own);
  assert_found (not_listed, not_listed);
}

static void
test_list (void)
{
  g_autofree char *starter = touch ("first", "starter.gguf");
  g_autoptr (GPtrArray) files = limn_model_store_list ();
  guint n_own = 0;

  g_assert_cmpstr (((LimnModelFile *) files->pdata[0])->path, ==, starter);
  for (guint i = 1; i < files->len; i++)
    {
      LimnModelFile *file = files->pdata[i];

      g_assert_cmpuint (file->size_bytes, >=, 4);
      n_own += file->is_own ? 1 : 0;
      if (i > 1)
        g_assert_cmpstr (((LimnModelFile *) files->pdata[i - 1])->id, <, file->id);
    }
  g_assert_cmpuint (n_own, ==, 1);
  assert_found (NULL, starter);
}

static void
test_missing (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (limn_model_store_find ("nonesuch", &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_MISSING);
  g_assert_nonnull (strstr (error->message, "nonesuch"));
  g_assert_nonnull (strstr (error->message, "mini"));
  g_clear_error (&error);

  g_assert_null (limn_model_store_find ("/not/there.gguf", &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_MISSING);
  g_assert_nonnull (strstr (error->message, "/not/there.gguf"));
}

/* What a picture tells is looked for among the models there are, and is no path. */
static void
test_named (void)
{
  g_autofree char *first = g_build_filename (root, "first", "mini.gguf", NULL);
  g_autofree char *not_listed = g_build_filename (root, "third", "other.gguf", NULL);
  const char *const strange[] = {
    not_listed, first, "/etc/passwd", "../../etc/passwd", "./mini.gguf", "mini.gguf", ""
  };
  g_autofree char *found = limn_model_store_find_named ("mini", NULL);

  g_assert_cmpstr (found, ==, first);
  for (guint i = 0; i < G_N_ELEMENTS (strange); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (limn_model_store_find_named (strange[i], &error));
      g_assert_error (error, LIMN_ERROR, LIMN_ERROR_MISSING);
      g_assert_nonnull (strstr (error->message, "mini"));
      g_assert_null (limn_model_store_dup_id (strange[i]));
    }
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

int
main (int argc, char **argv)
{
  g_autofree char *data = NULL;
  int status;

  root = g_dir_make_tmp ("limn-models-XXXXXX", NULL);
  data = g_build_filename (root, "data", NULL);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model-store/find", test_find);
  g_test_add_func ("/model-store/list", test_list);
  g_test_add_func ("/model-store/missing", test_missing);
  g_test_add_func ("/model-store/named", test_named);
  status = g_test_run ();
  remove_tree (root);
  g_free (root);
  return status;
}
