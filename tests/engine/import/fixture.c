/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See fixture.h. */
#include "fixture.h"

#include <glib/gstdio.h>

#include "tests/tools/golden.h"

static char *folder;

gboolean
import_fixture_set_up (void)
{
  g_autofree char *present = golden_find ("tiny/encoder.pt");
  if (present != NULL)
    folder = g_dir_make_tmp ("limn-import-XXXXXX", NULL);
  return folder != NULL;
}

void
import_fixture_tear_down (void)
{
  g_assert_cmpint (g_rmdir (folder), ==, 0); /* nothing was left behind */
  g_clear_pointer (&folder, g_free);
}

char *
import_make_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

char **
import_find_all (const char *const *names)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  for (guint i = 0; names[i] != NULL; i++)
    g_ptr_array_add (paths, names[i][0] == '/' ? g_strdup (names[i]) : golden_find (names[i]));
  g_ptr_array_add (paths, NULL);
  return (char **) g_ptr_array_steal (paths, NULL);
}

LimnModel *
import_golden (const char *const *names, const char *quantize)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) paths = import_find_all (names);
  g_autofree char *output = import_make_path ("out.gguf");
  LimnImportOptions options = { .quantize = quantize };
  g_assert_true (
      limn_import ((const char *const *) paths, output, &options, NULL, NULL, NULL, &error)
      || error != NULL);
  g_assert_no_error (error);
  LimnModel *model = limn_model_open (output, &error);
  g_assert_no_error (error);
  g_unlink (output);
  return model;
}
