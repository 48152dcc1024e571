/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limn-paths.c: finds Limn's own files.
 *
 * A program in BUILD/src beside BUILD/meson-private runs uninstalled and takes
 * its schema, translations and models from the build folder, so that nothing
 * needs to be set up to try a change.  What belongs to the user (models,
 * pictures) is not known here.
 */
#include "config.h"

#include "limn-paths.h"

static char *build_dir;
static char *locale_dir;
static char *font_dir;
static char *model_dir;

/* The build folder two levels up from @program, or %NULL. */
static char *
find_build_dir (const char *program)
{
  g_autofree char *folder = g_path_get_dirname (program);
  g_autofree char *name = g_path_get_basename (folder);
  g_autofree char *parent = g_path_get_dirname (folder);
  g_autofree char *mark = g_build_filename (parent, "meson-private", "coredata.dat", NULL);

  /* src/ for the program itself, tests/app/ and tests/ui/ for its tests */
  if (g_file_test (mark, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&parent);
  if (g_str_equal (name, "app") || g_str_equal (name, "ui"))
    return find_build_dir (folder);
  return NULL;
}

void
limn_paths_init (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  if (model_dir)
    return;
  build_dir = program ? find_build_dir (program) : NULL;
  if (build_dir)
    {
      g_autofree char *schema_dir = g_build_filename (build_dir, "data", NULL);

      locale_dir = g_build_filename (build_dir, "po", NULL);
      font_dir = g_build_filename (build_dir, "data", "fonts", NULL);
      model_dir = g_build_filename (build_dir, "data", "models", NULL);
      g_setenv ("GSETTINGS_SCHEMA_DIR", schema_dir, FALSE);
    }
  else
    {
      locale_dir = g_strdup (LOCALEDIR);
      font_dir = g_build_filename (PKGDATADIR, "fonts", NULL);
      model_dir = g_build_filename (PKGDATADIR, "models", NULL);
    }
}

const char *
limn_paths_get_locale_dir (void)
{
  limn_paths_init ();
  return locale_dir;
}

const char *
limn_paths_get_font_dir (void)
{
  limn_paths_init ();
  return font_dir;
}

const char *
limn_paths_get_model_dir (void)
{
  limn_paths_init ();
  return model_dir;
}
