/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program.h"

int
program_run (const char *const *argv, gboolean is_silent)
{
  const char *emulator = g_getenv ("MESON_EXE_WRAPPER");
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) first = NULL, all = NULL;
  g_autoptr (GError) error = NULL;
  GSpawnFlags flags =
      is_silent ? G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL : G_SPAWN_DEFAULT;
  int status;

  if (emulator != NULL && g_shell_parse_argv (emulator, NULL, &first, NULL))
    g_strv_builder_addv (words, (const char **) first);
  g_strv_builder_addv (words, (const char **) argv);
  all = g_strv_builder_end (words);
  if (!g_spawn_sync (NULL, all, NULL, flags, NULL, NULL, NULL, NULL, &status, &error))
    g_error ("%s: %s", argv[0], error->message);
  return status;
}
