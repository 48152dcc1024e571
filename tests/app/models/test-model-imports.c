/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What imports and deletions must leave alone: a model of the same name,
 * another import's files, what another Limn downloads.
 */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "models/limn-download-error.h"
#include "models/limn-model-install.h"
#include "models/limn-model-manager.h"
#include "tiny-checkpoint.h"

typedef struct
{
  char *folder; /* of models */
  char *from;   /* mine.files, the files of a model */
  LimnModelManager *manager;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) files = tiny_checkpoint_new ();

  f->folder = g_dir_make_tmp ("limn-models-XXXXXX", NULL);
  f->from = g_build_filename (f->folder, "mine.files", NULL);
  g_assert_cmpint (g_mkdir (f->from, 0700), ==, 0);
  for (guint i = 0; tiny_checkpoint_names[i]; i++)
    {
      g_autofree char *path = g_build_filename (f->from, tiny_checkpoint_names[i], NULL);
      gsize size;
      const char *text = g_bytes_get_data (files->pdata[i], &size);

      g_assert_true (g_file_set_contents (path, text, (gssize) size, NULL));
    }
  f->manager = limn_model_manager_new (&(LimnModelSettings){ .folder = f->folder });
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  for (guint i = 0; tiny_checkpoint_names[i]; i++)
    {
      g_autofree char *path = g_build_filename (f->from, tiny_checkpoint_names[i], NULL);

      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (f->from), ==, 0);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0); /* every test leaves it empty */
  g_clear_object (&f->manager);
  g_free (f->folder);
  g_free (f->from);
}

static char *
in_folder (Fixture *f, const char *name)
{
  return g_build_filename (f->folder, name, NULL);
}

static void
settle (LimnModelItem *item)
{
  while (limn_model_item_is_busy (item) || !limn_model_item_is_settled (item))
    g_main_context_iteration (NULL, TRUE);
}

static LimnModelItem *
import (Fixture *f, const char *name, const char *id)
{
  const char *paths[] = { f->from, NULL };
  g_autoptr (GError) error = NULL;
  LimnModelItem *item = limn_model_manager_import (f->manager, paths, name, &error);

  g_assert_no_error (error);
  settle (item);
  g_assert_null (limn_model_item_get_error (item));
  g_assert_cmpstr (limn_model_item_get_id (item), ==, id);
  return item;
}

static void
refuse (Fixture *f, const char *name, const char *id)
{
  const char *paths[] = { f->from, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (limn_model_manager_import (f->manager, paths, name, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, id));
}

/* A model of that name is never replaced; the window finds another name. */
static void
test_names (Fixture *f, gconstpointer data)
{
  const char *paths[] = { f->from, NULL };
  LimnModelItem *first = import (f, NULL, "mine");
  LimnModelItem *second;
  g_autofree char *name = limn_model_manager_suggest_name (f->manager, paths);
  g_autofree char *next = NULL;

  refuse (f, NULL, "mine");
  refuse (f, "Mine", "mine");
  g_assert_cmpstr (name, ==, "mine-2");
  second = import (f, name, "mine-2");
  next = limn_model_manager_suggest_name (f->manager, paths);
  g_assert_cmpstr (next, ==, "mine-3");
  g_assert_cmpint (limn_model_item_delete (second, NULL), >, 0);
  g_assert_cmpint (limn_model_item_delete (first, NULL), >, 0);
}

static gboolean
install (Fixture *f, const char *output, GError **error)
{
  const char *paths[] = { f->from, NULL };
  const LimnImportOptions options = { .quantize = "i8" };

  return limn_model_install (paths, output, &options, NULL, NULL, NULL, error);
}

/* It came while the import was at work; its hash stays with it. */
static void
test_never_replaces (Fixture *f, gconstpointer data)
{
  g_autofree char *output = in_folder (f, "mine.gguf");
  g_autofree char *hash = in_folder (f, "mine.gguf.sha256");
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (output, "GGUF", -1, NULL));
  g_assert_true (g_file_set_contents (hash, "its hash", -1, NULL));
  g_assert_false (install (f, output, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_true (g_file_get_contents (hash, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "its hash");
  g_assert_cmpint (limn_model_remove (output, NULL), ==, 4);
}

/* Another Limn makes a model of that name; then it is killed, and leaves what it had. */
static void
test_one_at_a_time (Fixture *f, gconstpointer data)
{
  g_autofree char *output = in_folder (f, "mine.gguf");
  g_autofree char *hidden = in_folder (f, ".mine.gguf.new");
  g_autofree char *lock = in_folder (f, ".mine.gguf.lock");
  g_autofree char *stale = in_folder (f, "mine.gguf.sha256");
  g_autoptr (GError) error = NULL;
  int fd = open (lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
  g_assert_true (g_file_set_contents (hidden, "half", -1, NULL));
  g_assert_false (install (f, output, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_true (g_file_test (hidden, G_FILE_TEST_EXISTS));

  close (fd);
  g_assert_true (g_file_set_contents (stale, "of a model deleted by hand", -1, NULL));
  install (f, output, &error);
  g_assert_no_error (error);
  limn_model_verify (output, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (hidden, "half", -1, NULL));
  g_assert_cmpint (limn_model_remove (output, NULL), >, 4);
}

/* ---- downloads ---- */

/* Nine bytes that have arrived. */
static char *
arrive (Fixture *f, const char *source, const char *name)
{
  g_autofree char *folder = g_build_filename (f->folder, "downloads", "mini", source, NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *state = g_strconcat (path, ".part-state", NULL);
  char *part = g_strconcat (path, ".part", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (part, "PK\003\004 more", -1, NULL));
  g_assert_true (g_file_set_contents (state, "[part]\noffset=9\nsize=1000\n", -1, NULL));
  return part;
}

/* Of all sources, whichever is chosen; and not under another Limn's hands. */
static void
test_parts (Fixture *f, gconstpointer data)
{
  g_autofree char *half = arrive (f, "min-dalle", "encoder_mini.pt");
  g_autofree char *full = arrive (f, "dalle-mini", "flax_model.msgpack");
  g_autoptr (GError) error = NULL;
  LimnModelItem *mini = limn_model_manager_find (f->manager, "mini");
  LimnModelItem *here;
  int fd = open (full, O_RDWR | O_CLOEXEC);

  limn_model_manager_refresh (f->manager);
  g_assert_cmpint (limn_model_item_get_part_bytes (mini), ==, 18);
  g_assert_cmpint (limn_model_item_get_arrived_bytes (mini), ==, 9);
  g_assert_cmpint (limn_model_manager_get_disk_bytes (f->manager), ==, 18);
  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
  g_assert_cmpint (limn_model_item_discard_parts (mini, &error), ==, -1);
  g_assert_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_IN_USE);
  g_clear_error (&error);
  g_assert_cmpint (limn_model_item_get_part_bytes (mini), ==, 18);
  here = import (f, "mini", "mini");
  g_assert_cmpint (limn_model_item_delete (here, &error), ==, -1);
  g_assert_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_IN_USE);
  g_assert_nonnull (limn_model_item_get_path (here));

  close (fd);
  g_assert_cmpint (limn_model_item_delete (here, NULL), >, 18);
  g_assert_cmpint (limn_model_item_get_state (mini), ==, LIMN_MODEL_STATE_ABSENT);
  g_assert_false (g_file_test (half, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (full, G_FILE_TEST_EXISTS));
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/model-imports/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("LIMN_MODEL_PATH");
  add ("names", test_names);
  add ("never-replaces", test_never_replaces);
  add ("one-at-a-time", test_one_at_a_time);
  add ("parts", test_parts);
  return g_test_run ();
}
