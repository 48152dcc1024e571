/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * models.c: “limn models”: the list, and getting, importing, verifying and
 * deleting models.  The work is LimnModelItem's, as in the window.
 */
#include "config.h"

#include <stdio.h>

#include <glib/gi18n.h>

#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/models-list.h"
#include "cli/progress-bar.h"
#include "limn.h"
#include "models/limn-model-manager.h"

typedef struct
{
  /* options, owned */
  char *folder;
  char *mirror;
  char *source;
  char *quantize;
  char *name;
  gboolean keep_files;
  gboolean is_json;
  gboolean is_quiet;
  gboolean is_names;
  gboolean allow_loopback;
  /* the job */
  LimnModelManager *manager; /* owned */
  LimnModelItem *item;       /* borrowed */
  LimnInterrupt *interrupt;  /* owned */
  LimnProgressBar bar;
} Models;

static void
models_clear (Models *models)
{
  g_free (models->folder);
  g_free (models->mirror);
  g_free (models->source);
  g_free (models->quantize);
  g_free (models->name);
  g_clear_object (&models->manager);
  g_clear_pointer (&models->interrupt, limn_interrupt_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Models, models_clear)

static int
parse_options (char ***arguments, Models *models)
{
  const GOptionEntry entries[] = {
    { "folder", 0, 0, G_OPTION_ARG_FILENAME, &models->folder,
      N_ ("Where models are, instead of the folder set"), "FOLDER" },
    { "source", 0, 0, G_OPTION_ARG_STRING, &models->source,
      N_ ("Which files to download: min-dalle (smaller) or dalle-mini"), "NAME" },
    { "mirror", 0, 0, G_OPTION_ARG_STRING, &models->mirror,
      N_ ("Download from another server with the hub’s layout"), "URL" },
    { "quantize", 0, 0, G_OPTION_ARG_STRING, &models->quantize,
      N_ ("Precision of the imported weights: i8, f16, bf16, f32 or keep"), "TYPE" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &models->name, N_ ("What to call an imported model"),
      "NAME" },
    { "keep", 0, 0, G_OPTION_ARG_NONE, &models->keep_files,
      N_ ("Keep the downloaded files after the import"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &models->is_json, N_ ("Print JSON"), NULL },
    { "names", 0, 0, G_OPTION_ARG_NONE, &models->is_names,
      N_ ("Print only the names of models that are here"), NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &models->is_quiet, N_ ("Print nothing but errors"),
      NULL },
    /* for mirrors on this very computer, and for tests */
    { "allow-loopback", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &models->allow_loopback, NULL,
      NULL },
    { NULL },
  };

  return limn_cli_parse (
      arguments, "[list | get NAME | import FILES… | verify NAME | delete NAME | path NAME]",
      _ ("List, get and check models. Nothing is downloaded but by "
         "“limn models get”."),
      entries);
}

static char *
get_mirror_setting (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema =
      source ? g_settings_schema_source_lookup (source, APPLICATION_ID, TRUE) : NULL;
  g_autoptr (GSettings) settings = NULL;

  if (schema == NULL || !g_settings_schema_has_key (schema, "hub-mirror"))
    return NULL;
  settings = g_settings_new_full (schema, NULL, NULL);
  return g_settings_get_string (settings, "hub-mirror");
}

static void
make_manager (Models *models)
{
  if (models->mirror == NULL)
    models->mirror = get_mirror_setting ();
  models->manager = limn_model_manager_new (&(LimnModelSettings){
      .folder = models->folder,
      .mirror = models->mirror,
      .source = models->source,
      .quantize = models->quantize,
      .keep_files = models->keep_files,
      .allow_loopback = models->allow_loopback,
  });
}

static int
fail_source (LimnModelItem *item, const char *source, char **sources)
{
  g_autofree char *names = g_strjoinv (", ", sources);
  g_autofree char *message = g_strdup_printf (_ ("%s has no source “%s”. There are: %s"),
                                              limn_model_item_get_name (item), source, names);

  return limn_cli_fail (LIMN_EXIT_USAGE, message);
}

static int
fail_unknown (Models *models, const char *name)
{
  g_autoptr (GString) names = g_string_new (NULL);
  g_autofree char *message = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (models->manager)); i++)
    {
      g_autoptr (LimnModelItem) item = g_list_model_get_item (G_LIST_MODEL (models->manager), i);

      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", limn_model_item_get_id (item));
    }
  message = name ? g_strdup_printf (_ ("There is no model “%s”. There are: %s"), name, names->str)
                 : g_strdup_printf (_ ("Name a model: %s"), names->str);
  return limn_cli_fail (LIMN_EXIT_USAGE, message);
}

/* ---- waiting for a job ---- */

static gboolean
on_interrupted_idle (gpointer item)
{
  limn_model_item_stop (item);
  return G_SOURCE_REMOVE;
}

/* on the signal thread */
static void
on_interrupted (GCancellable *cancellable, gpointer item)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_interrupted_idle, g_object_ref (item), g_object_unref);
}

static void
on_changed (LimnModelItem *item, gpointer user_data)
{
  Models *models = user_data;

  if (limn_model_item_is_busy (item))
    limn_progress_bar_update (&models->bar, MAX (limn_model_item_get_progress (item), 0), -1,
                              limn_model_item_get_status (item));
}

/* Runs until the model at work has come to rest. */
static int
wait_for_item (Models *models, LimnModelItem *item)
{
  GCancellable *cancellable;
  const GError *error;
  gulong handler, id;

  models->item = item;
  models->interrupt = limn_interrupt_new ();
  cancellable = limn_interrupt_get_cancellable (models->interrupt);
  limn_progress_bar_init (&models->bar, !models->is_quiet);
  handler = g_signal_connect (item, "changed", G_CALLBACK (on_changed), models);
  id = g_cancellable_connect (cancellable, G_CALLBACK (on_interrupted), item, NULL);
  while (limn_model_item_is_busy (item))
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_disconnect (cancellable, id);
  g_signal_handler_disconnect (item, handler);
  limn_progress_bar_wipe (&models->bar);

  error = limn_model_item_get_error (item);
  if (limn_interrupt_get_signal (models->interrupt))
    {
      if (limn_model_item_get_state (item) == LIMN_MODEL_STATE_PAUSED
          && limn_model_item_get_arrived_bytes (item) > 0 && !models->is_quiet)
        g_printerr ("%s. %s\n", limn_model_item_get_status (item),
                    _ ("The same command goes on from there."));
      return LIMN_EXIT_SIGNAL + limn_interrupt_get_signal (models->interrupt);
    }
  return error ? limn_cli_fail (LIMN_EXIT_FAILED, error->message) : LIMN_EXIT_OK;
}

static int
finish_with_item (Models *models, LimnModelItem *item)
{
  int status = wait_for_item (models, item);

  if (status == LIMN_EXIT_OK && models->is_json)
    limn_models_print_json (limn_models_item_to_json (item));
  else if (status == LIMN_EXIT_OK && !models->is_quiet)
    puts (limn_model_item_get_path (item)); /* raw bytes, whatever the locale */
  return status;
}

static void
wait_until_settled (Models *models)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (models->manager)); i++)
    {
      g_autoptr (LimnModelItem) item = g_list_model_get_item (G_LIST_MODEL (models->manager), i);

      while (!limn_model_item_is_settled (item))
        g_main_context_iteration (NULL, TRUE);
    }
}

/* ---- commands ---- */

static void
print_names (Models *models)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (models->manager)); i++)
    {
      g_autoptr (LimnModelItem) item = g_list_model_get_item (G_LIST_MODEL (models->manager), i);

      if (limn_model_item_get_path (item))
        puts (limn_model_item_get_id (item)); /* a file's name, raw */
    }
}

static int
list (Models *models, char **words)
{
  if (models->is_names)
    {
      print_names (models);
      return LIMN_EXIT_OK;
    }
  wait_until_settled (models);
  if (models->is_json)
    limn_models_print_json (limn_models_list_to_json (models->manager));
  else
    limn_models_list_print (models->manager);
  return LIMN_EXIT_OK;
}

static int
get (Models *models, char **words)
{
  LimnModelItem *item = words[0] ? limn_model_manager_find (models->manager, words[0]) : NULL;
  g_auto (GStrv) sources = item ? limn_model_item_dup_sources (item) : NULL;

  if (item == NULL)
    return fail_unknown (models, words[0]);
  if (models->source && *sources
      && !g_strv_contains ((const char *const *) sources, models->source))
    return fail_source (item, models->source, sources);
  if (limn_model_item_get_path (item))
    {
      g_autofree char *message =
          g_strdup_printf (_ ("%s is here already: %s"), limn_model_item_get_name (item),
                           limn_model_item_get_path (item));

      return limn_cli_fail (LIMN_EXIT_FAILED, message);
    }
  if (limn_model_item_get_download_bytes (item) == 0)
    return limn_cli_fail (LIMN_EXIT_FAILED, _ ("Nobody offers this model for download."));
  if (!models->is_quiet)
    {
      g_autofree char *size = g_format_size ((guint64) limn_model_item_get_download_bytes (item));

      g_printerr (_ ("%s, %s from %s\nLicence: %s\n"), limn_model_item_get_name (item), size,
                  models->mirror && *models->mirror ? models->mirror
                                                    : limn_model_item_get_page (item),
                  limn_model_item_get_license (item));
    }
  limn_model_item_download (item);
  return finish_with_item (models, item);
}

static int
import (Models *models, char **words)
{
  g_autoptr (GError) error = NULL;
  LimnModelItem *item;

  if (words[0] == NULL)
    return limn_cli_fail (LIMN_EXIT_USAGE,
                          _ ("Name the files to import: limn models import FILES…"));
  item = limn_model_manager_import (models->manager, (const char *const *) words, models->name,
                                    &error);
  return item ? finish_with_item (models, item) : limn_cli_fail (LIMN_EXIT_FAILED, error->message);
}

static int
verify (Models *models, char **words)
{
  LimnModelItem *item = words[0] ? limn_model_manager_find (models->manager, words[0]) : NULL;
  int status;

  if (item == NULL)
    return fail_unknown (models, words[0]);
  if (limn_model_item_get_path (item) == NULL)
    return limn_cli_fail (LIMN_EXIT_FAILED, _ ("This model is not on this computer yet."));
  wait_until_settled (models);
  limn_model_item_verify (item);
  status = wait_for_item (models, item);
  /* what is wrong with a model is a result as well */
  if (models->is_json && status <= LIMN_EXIT_FAILED)
    limn_models_print_json (limn_models_item_to_json (item));
  else if (status == LIMN_EXIT_OK && !models->is_quiet)
    g_print ("%s: %s\n", limn_model_item_get_id (item), limn_model_item_get_status (item));
  return status;
}

static int
delete_model (Models *models, char **words)
{
  LimnModelItem *item = words[0] ? limn_model_manager_find (models->manager, words[0]) : NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *size = NULL;
  goffset n_bytes;

  if (item == NULL)
    return fail_unknown (models, words[0]);
  if (limn_model_item_get_path (item) && !limn_model_item_can_delete (item))
    return limn_cli_fail (LIMN_EXIT_FAILED,
                          _ ("This model belongs to Limn or to the system, not to you."));
  n_bytes = limn_model_item_get_path (item) ? limn_model_item_delete (item, &error)
                                            : limn_model_item_discard_parts (item, &error);
  if (n_bytes < 0)
    return limn_cli_fail (LIMN_EXIT_FAILED, error->message);
  size = g_format_size ((guint64) n_bytes);
  if (!models->is_quiet)
    g_print (_ ("%s freed.\n"), size);
  return LIMN_EXIT_OK;
}

/* The raw bytes of the path, for programs. */
static int
print_path (Models *models, char **words)
{
  LimnModelItem *item = words[0] ? limn_model_manager_find (models->manager, words[0]) : NULL;
  g_autofree char *folder = limn_model_manager_dup_folder (models->manager);

  if (words[0] == NULL)
    puts (folder);
  else if (item == NULL)
    return fail_unknown (models, words[0]);
  else if (limn_model_item_get_path (item) == NULL)
    return limn_cli_fail (LIMN_EXIT_FAILED, _ ("This model is not on this computer yet."));
  else
    puts (limn_model_item_get_path (item));
  return LIMN_EXIT_OK;
}

typedef struct
{
  const char *name;
  int (*run) (Models *models, char **words);
  guint max_words;
} Command;

static const Command commands[] = {
  { "list", list, 0 },       { "get", get, 1 },
  { "download", get, 1 },    { "import", import, G_MAXUINT },
  { "verify", verify, 1 },   { "delete", delete_model, 1 },
  { "path", print_path, 1 },
};

static const Command *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (name, commands[i].name))
      return &commands[i];
  return NULL;
}

/* What can be known to be wrong before anything is done; -1 when nothing is. */
static int
check (const Models *models, const Command *command, char **words)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;

  if (!limn_import_check_quantize (models->quantize, &error))
    return limn_cli_fail (LIMN_EXIT_USAGE, error->message);
  if (command == NULL)
    message = g_strdup_printf (_ ("“%s” is no command of “limn models”. Try “limn models --help”."),
                               words[0]);
  else if (g_strv_length (words + 1) > command->max_words)
    message = g_strdup_printf (_ ("“%s” is one word too many. Try “limn models --help”."),
                               words[1 + command->max_words]);
  return message ? limn_cli_fail (LIMN_EXIT_USAGE, message) : -1;
}

int
limn_cli_models (char **arguments)
{
  g_auto (Models) models = { 0 };
  int status = parse_options (&arguments, &models);
  g_auto (GStrv) words = arguments;
  char *no_words[] = { (char *) "list", NULL };
  const Command *command;
  char **asked;

  if (status >= 0)
    return status;
  asked = words[0] && words[1] ? words + 1 : no_words;
  command = find_command (asked[0]);
  status = check (&models, command, asked);
  if (status >= 0)
    return status;
  make_manager (&models);
  return command->run (&models, asked + 1);
}
