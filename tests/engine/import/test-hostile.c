/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The seeds of the fuzz targets as a test: what is well made is read, each
 * hostile file is refused with an error that names the file, and nothing that a
 * file asks for is done.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/import/checkpoint.h"
#include "engine/import/pickle.h"
#include "engine/import/settings.h"
#include "engine/model/model-private.h"

typedef gboolean (*Reader) (const char *path, GError **error);

static gboolean
read_model (const char *path, GError **error)
{
  g_autoptr (LimnModel) model = limn_model_open (path, error);
  return model != NULL;
}

/* is_known: whether its names must be those of a model */
static gboolean
read_checkpoint (const char *path, gboolean is_known, GError **error)
{
  LimnMappedFile *file = limn_mapped_file_open (path, error);
  g_assert_nonnull (file);
  g_autoptr (LimnCheckpoint) checkpoint = NULL;
  gboolean is_read = TRUE;
  if (limn_torch_recognizes (file))
    checkpoint = limn_torch_open (file, error);
  else if (limn_flax_recognizes (file))
    checkpoint = limn_flax_open (file, error);
  else
    {
      gsize n_read;
      g_autoptr (LimnPickle) pickle = limn_pickle_read (
          file, limn_mapped_file_get_data (file), limn_mapped_file_get_size (file), &n_read, error);
      is_read = pickle != NULL;
    }
  if (checkpoint == NULL)
    is_read = is_read && (error == NULL || *error == NULL);
  else if (is_known)
    is_read = limn_checkpoint_rename (checkpoint, error);
  limn_mapped_file_free (file);
  return is_read;
}

static gboolean
read_good_checkpoint (const char *path, GError **error)
{
  return read_checkpoint (path, FALSE, error);
}

static gboolean
read_bad_checkpoint (const char *path, GError **error)
{
  return read_checkpoint (path, TRUE, error);
}

static gboolean
read_settings (const char *path, GError **error)
{
  LimnMappedFile *file = limn_mapped_file_open (path, error);
  LimnSettings settings = { 0 };
  gboolean is_used = FALSE;
  gboolean is_read = limn_settings_read (&settings, file, "a.json", &is_used, error);
  g_assert_true (!is_read || is_used);
  limn_settings_clear (&settings);
  limn_mapped_file_free (file);
  return is_read;
}

static void
try_folder (const char *name, Reader good, Reader bad)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "fuzz", "corpus", name, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;
  g_assert_nonnull (dir);
  for (const char *file = g_dir_read_name (dir); file != NULL; file = g_dir_read_name (dir))
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = g_build_filename (folder, file, NULL);
      if (g_str_has_prefix (file, "good-"))
        {
          if (!good (path, &error))
            g_error ("%s was refused: %s", file, error->message);
        }
      else if (g_str_has_prefix (file, "bad-"))
        {
          if (bad (path, &error))
            g_error ("%s was not refused", file);
          g_assert_true (error->domain == LIMN_ERROR);
          g_assert_nonnull (strstr (error->message, file));
          g_test_message ("%s", strstr (error->message, file));
        }
      n++;
    }
  g_assert_cmpuint (n, >, 10);
}

static void
test_gguf (void)
{
  try_folder ("gguf", read_model, read_model);
}

static void
test_torch (void)
{
  try_folder ("torch", read_good_checkpoint, read_bad_checkpoint);
  g_assert_false (g_file_test ("limn-was-here", G_FILE_TEST_EXISTS));
}

static void
test_msgpack (void)
{
  try_folder ("msgpack", read_good_checkpoint, read_bad_checkpoint);
}

static void
test_settings (void)
{
  try_folder ("settings", read_settings, read_settings);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hostile/gguf", test_gguf);
  g_test_add_func ("/hostile/torch", test_torch);
  g_test_add_func ("/hostile/msgpack", test_msgpack);
  g_test_add_func ("/hostile/settings", test_settings);
  return g_test_run ();
}
