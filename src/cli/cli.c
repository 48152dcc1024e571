/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cli.c: finds the command that the first argument names, and what all
 * commands have in common.  Each command is a file of its own.
 */
#include "config.h"

#include "cli/cli.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gi18n.h>
#include <stdio.h>

#include "limn.h"

typedef struct
{
  const char *name;
  int (*run) (char **arguments);
  const char *summary;
} Command;

static int print_help (char **arguments);
static int print_version (char **arguments);

static const Command commands[] = {
  { "draw", limn_cli_draw, N_ ("draw pictures of a sentence") },
  { "enlarge", limn_cli_enlarge, N_ ("make pictures two or four times as large") },
  { "import", limn_cli_import, N_ ("make a model file from published checkpoints") },
  { "info", limn_cli_info, N_ ("tell what is in a model, or how a picture was drawn") },
  { "models", limn_cli_models, N_ ("list, download, import and check models") },
  { "--help", print_help, NULL },
  { "-h", print_help, NULL },
  { "help", print_help, NULL },
  { "--version", print_version, NULL },
};

static const Command *
find_command (const char *name)
{
  for (guint i = 0; name && i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, name))
      return &commands[i];
  return NULL;
}

gboolean
limn_cli_handles (int argc, char **argv)
{
  return argc > 1 && find_command (argv[1]) != NULL;
}

int
limn_cli_run (int argc, char **argv)
{
  const Command *command = find_command (argv[1]);

  /* argv ends with NULL, as C promises */
  int status = command->run (argv + 1);

  if ((fflush (stdout) != 0 || ferror (stdout)) && status == LIMN_EXIT_OK)
    return limn_cli_fail (LIMN_EXIT_FAILED,
                          _ ("What was to be printed could not be written: is the disk full?"));
  return status;
}

static int
print_help (char **arguments)
{
  g_print ("%s\n\n", _ ("Limn draws pictures from words, on this computer alone."));
  g_print ("%s\n", _ ("Usage:"));
  g_print ("  limn                    %s\n", _ ("open the window"));
  g_print ("  limn --prompt \"WORDS\"   %s\n", _ ("open the window and start drawing"));
  g_print ("  limn FILE.png           %s\n", _ ("open one of Limn’s pictures in the window"));
  g_print ("\n%s\n", _ ("Commands:"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (commands[i].summary)
      g_print ("  limn %-18s %s\n", commands[i].name, _ (commands[i].summary));
  g_print ("  limn --version          %s\n", _ ("print the version"));
  g_print ("\n%s\n", _ ("“limn COMMAND --help” tells more about a command."));
  return LIMN_EXIT_OK;
}

static int
print_version (char **arguments)
{
  g_print ("limn %s\n", PACKAGE_VERSION);
  g_print ("GLib %u.%u.%u, gdk-pixbuf %s, %s, OpenBLAS %s\n", glib_major_version,
           glib_minor_version, glib_micro_version, gdk_pixbuf_version, limn_cpu_get_level (),
           limn_cpu_get_blas ());
  return LIMN_EXIT_OK;
}

int
limn_cli_fail (int status, const char *message)
{
  g_autofree char *shown = g_utf8_make_valid (message, -1);

  /* names out of hostile files must not steer the terminal */
  for (char *at = shown; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at) && *at != '\n' && *at != '\t')
      *at = '?';
  g_printerr ("limn: %s\n", shown);
  return status;
}

/* GLib leaves the first “--” where words behind it look like options. */
static void
drop_separator (char **arguments)
{
  while (*arguments && !g_str_equal (*arguments, "--"))
    arguments++;
  if (!*arguments)
    return;
  g_free (*arguments);
  for (; *arguments; arguments++)
    arguments[0] = arguments[1];
}

int
limn_cli_parse (char ***arguments,
                const char *usage,
                const char *summary,
                const GOptionEntry *options)
{
  g_autofree char *name = g_strdup ((*arguments)[0]);
  g_autofree char *program = g_strconcat ("limn ", name, NULL);
  g_autoptr (GOptionContext) context = g_option_context_new (usage);
  g_autoptr (GError) error = NULL;
  gboolean wants_help = FALSE;
  const GOptionEntry help[] = {
    { "help", 'h', 0, G_OPTION_ARG_NONE, &wants_help, N_ ("Show this help"), NULL },
    { NULL },
  };

  g_set_prgname (program); /* for the first line of the help */
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, summary);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, options, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, help, GETTEXT_PACKAGE);

  *arguments = g_strdupv (*arguments);
  if (!g_option_context_parse_strv (context, arguments, &error))
    {
      limn_cli_fail (LIMN_EXIT_USAGE, error->message);
      g_printerr (_ ("Try “limn %s --help”.\n"), name);
      return LIMN_EXIT_USAGE;
    }
  if (!wants_help)
    {
      drop_separator (*arguments);
      return -1;
    }
  {
    g_autofree char *text = g_option_context_get_help (context, TRUE, NULL);

    g_print ("%s", text);
  }
  return LIMN_EXIT_OK;
}
