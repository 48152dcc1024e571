/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * main.c: decides which of Limn's two faces to show.
 *
 * "limn draw", "limn import" and their like go to src/cli; everything else
 * (no arguments, files, options such as --prompt) goes to the application.
 * Nothing here knows how to draw.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "cli/cli.h"
#include "limn-application.h"
#include "limn-environment.h"
#include "limn-paths.h"

static void
init_translations (void)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, limn_paths_get_locale_dir ());
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

static int
run_window (int argc, char **argv)
{
  g_autoptr (LimnApplication) application = limn_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}

int
main (int argc, char **argv)
{
  limn_environment_clean (argv);
  limn_paths_init ();
  init_translations ();
  if (limn_cli_handles (argc, argv))
    return limn_cli_run (argc, argv);

  g_set_prgname (APPLICATION_ID); /* what a Wayland shell matches with the desktop file */
  return run_window (argc, argv);
}
