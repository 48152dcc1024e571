/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a fuzz target over the files of its corpus, where libFuzzer is not built in. */
#include <glib.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static guint
replay_folder (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;
  guint n = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *data = NULL;
      gsize size;

      if (!g_file_get_contents (path, &data, &size, NULL))
        continue;
      LLVMFuzzerTestOneInput ((const guint8 *) data, size);
      n++;
    }
  return n;
}

int
main (int argc, char *argv[])
{
  for (int i = 1; i < argc; i++)
    {
      guint n = replay_folder (argv[i]);

      g_print ("%s: %u files\n", argv[i], n);
      g_assert_cmpuint (n, >, 0);
    }
  return 0;
}
