/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import.c: “limn import”, published checkpoints to one model file. */
#include "config.h"

#include <stdio.h>

#include <glib/gi18n.h>

#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/progress-bar.h"
#include "limn.h"

typedef struct
{
  char *output;
  char *quantize;
  char *name;
  char *license;
  char *source;
  gboolean is_quiet;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->output);
  g_free (options->quantize);
  g_free (options->name);
  g_free (options->license);
  g_free (options->source);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static int
parse_options (char ***arguments, Options *options)
{
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output, N_ ("The model file to write"),
      "MODEL.gguf" },
    { "quantize", 0, 0, G_OPTION_ARG_STRING, &options->quantize,
      N_ ("Precision of the weights: keep (as in the files), f32, f16, bf16 or i8"), "TYPE" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &options->name, N_ ("The model’s name"), "NAME" },
    { "license", 0, 0, G_OPTION_ARG_STRING, &options->license, N_ ("The licence of the weights"),
      "TEXT" },
    { "source", 0, 0, G_OPTION_ARG_STRING, &options->source, N_ ("Where the files came from"),
      "TEXT" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &options->is_quiet, N_ ("Print nothing but errors"),
      NULL },
    { NULL },
  };

  return limn_cli_parse (
      arguments, "FILES… -o MODEL.gguf",
      _ ("Make a model file from checkpoints, tokenizer files and configs, in any "
         "order.\nNothing in the files is executed."),
      entries);
}

static void
on_progress (double fraction, const char *what, gpointer bar)
{
  limn_progress_bar_update (bar, fraction, -1, what);
}

static gboolean
import_files (char **files, const Options *options, GCancellable *cancellable, GError **error)
{
  LimnProgressBar bar;
  gboolean is_done;
  const LimnImportOptions import_options = {
    .quantize = options->quantize,
    .name = options->name,
    .license = options->license,
    .source = options->source,
  };

  limn_progress_bar_init (&bar, !options->is_quiet);
  is_done = limn_import ((const char *const *) files, options->output, &import_options, on_progress,
                         &bar, cancellable, error);
  limn_progress_bar_wipe (&bar);
  if (is_done && !options->is_quiet)
    puts (options->output); /* raw bytes, whatever the locale */
  return is_done;
}

int
limn_cli_import (char **arguments)
{
  g_auto (Options) options = { 0 };
  g_autoptr (LimnInterrupt) interrupt = NULL;
  g_autoptr (GError) error = NULL;
  int status = parse_options (&arguments, &options);
  g_auto (GStrv) words = arguments;

  if (status >= 0)
    return status;
  if (!words[0] || !words[1] || !options.output)
    return limn_cli_fail (
        LIMN_EXIT_USAGE, _ ("Name the files to import and the file to write: limn import FILES… -o "
                            "MODEL.gguf"));

  interrupt = limn_interrupt_new ();
  if (import_files (words + 1, &options, limn_interrupt_get_cancellable (interrupt), &error))
    return LIMN_EXIT_OK;
  return limn_interrupt_fail (interrupt, error);
}
