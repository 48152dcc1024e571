/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limn's command line: “limn draw”, “limn import”, “limn info”, “limn models”. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

enum
{
  LIMN_EXIT_OK = 0,
  LIMN_EXIT_FAILED = 1,
  LIMN_EXIT_USAGE = 2,
  LIMN_EXIT_SIGNAL = 128, /* plus the signal's number */
};

/* Whether the command line is for the commands, not for the window. */
gboolean limn_cli_handles (int argc, char **argv);

/* Runs a command; returns the program's exit status. */
int limn_cli_run (int argc, char **argv);

/* ---- for the commands themselves ------------------------------------------- */

/* Each takes its arguments with its own name first, NULL-terminated. */
int limn_cli_draw (char **arguments);
int limn_cli_enlarge (char **arguments);
int limn_cli_import (char **arguments);
int limn_cli_info (char **arguments);
int limn_cli_models (char **arguments);

/**
 * limn_cli_parse:
 * @arguments: (inout): options are taken out of it; a copy is put in its place
 * @usage: what follows the command's name, such as “FILE”
 *
 * Returns: -1 to go on, or an exit status after help or a mistake was printed
 */
int limn_cli_parse (char ***arguments,
                    const char *usage,
                    const char *summary,
                    const GOptionEntry *options);

/* Prints @message to stderr after the program's name; returns @status. */
int limn_cli_fail (int status, const char *message);

G_END_DECLS
