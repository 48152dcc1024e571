/* SPDX-License-Identifier: GPL-3.0-or-later */
/* models.c: “limn models”, the list of model files that --model can name. */
#include "config.h"

#include <glib/gi18n.h>

#include "cli/cli.h"
#include "models/limn-model-store.h"

static void
print_file (const LimnModelFile *file)
{
  g_autofree char *size = g_format_size (file->size_bytes);

  g_print ("%-20s %10s  %s\n", file->id, size, file->path);
}

int
limn_cli_models (char **arguments)
{
  const GOptionEntry options[] = { { NULL } };
  g_auto (GStrv) words = NULL;
  g_autoptr (GPtrArray) files = NULL;
  int status = limn_cli_parse (&arguments, "", _ ("List the models on this computer."), options);

  words = arguments;
  if (status >= 0)
    return status;
  files = limn_model_store_list ();
  for (guint i = 0; i < files->len; i++)
    print_file (files->pdata[i]);
  if (files->len == 0)
    {
      g_autofree char *folder = limn_model_store_dup_folder ();

      g_printerr (_ ("No models were found. Your own go to “%s”.\n"), folder);
    }
  return LIMN_EXIT_OK;
}
