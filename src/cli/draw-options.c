/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw-options.c: what the command line of “limn draw” asks for.
 *
 * Pictures to start from are draw-start.c's.
 */
#include "config.h"

#include "cli/draw-options.h"

#include <glib/gi18n.h>

#include "cli/cli.h"

/* A seed a person can type, for when none is given. */
#define MAX_RANDOM_SEED 1000000000
/* Of the first prompt of a list: the same every time, so that a list can be gone on with. */
#define LIST_SEED "1"

void
limn_draw_options_clear (LimnDrawOptions *options)
{
  g_free (options->seed);
  g_free (options->model);
  g_free (options->temperature);
  g_free (options->guidance);
  g_free (options->folder);
  g_free (options->negative);
  g_free (options->blend);
  g_free (options->mix);
  g_free (options->list);
  g_free (options->shard);
  limn_draw_start_clear (&options->start);
}
/* Words are taken as raw bytes: a locale without their letters is no reason to refuse them. */
int
limn_draw_options_parse (char ***arguments, LimnDrawOptions *options)
{
  const GOptionEntry entries[] = {
    { "number", 'n', 0, G_OPTION_ARG_INT, &options->n_pictures, N_ ("How many pictures (9)"), "N" },
    { "seed", 's', 0, G_OPTION_ARG_STRING, &options->seed,
      N_ ("Draw the same pictures as before: a whole number"), "N" },
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &options->model,
      N_ ("A model’s name or its file (starter)"), "NAME|FILE" },
    { "temperature", 't', 0, G_OPTION_ARG_STRING, &options->temperature,
      N_ ("How daring: 0 takes the likeliest, 1 is usual"), "X" },
    { "top-k", 'k', 0, G_OPTION_ARG_INT, &options->top_k,
      N_ ("Choose among the K likeliest tokens; 0 for all"), "K" },
    { "guidance", 'g', 0, G_OPTION_ARG_STRING, &options->guidance,
      N_ ("How closely to follow the words; 1 for no guidance"), "G" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options->folder,
      N_ ("The folder for the pictures (the current one)"), "DIR" },
    { "again", 0, 0, G_OPTION_ARG_FILENAME, &options->start.again,
      N_ ("Draw one of Limn’s pictures again, exactly as it was"), "FILE" },
    { "vary", 0, 0, G_OPTION_ARG_FILENAME, &options->start.vary,
      N_ ("Draw variations of one of Limn’s pictures"), "FILE" },
    { "finish", 0, 0, G_OPTION_ARG_FILENAME, &options->start.finish,
      N_ ("Keep the top of a photo and draw the rest"), "FILE" },
    { "strength", 0, 0, G_OPTION_ARG_STRING, &options->start.strength,
      N_ ("How much of it to vary: 0 for nothing, 1 for all (0.5)"), "X" },
    { "keep-rows", 0, 0, G_OPTION_ARG_INT, &options->start.keep_rows,
      N_ ("Keep so many rows from the top and draw the rest"), "K" },
    { "keep-cells", 0, 0, G_OPTION_ARG_INT, &options->start.keep_cells,
      N_ ("The same in cells, in reading order"), "N" },
    { "negative", 0, 0, G_OPTION_ARG_FILENAME, &options->negative,
      N_ ("What the pictures shall not show"), "WORDS" },
    { "blend", 0, 0, G_OPTION_ARG_FILENAME, &options->blend,
      N_ ("Mix a second sentence into the first"), "WORDS" },
    { "mix", 0, 0, G_OPTION_ARG_STRING, &options->mix,
      N_ ("How much of the second sentence, from 0 to 1 (0.5)"), "X" },
    { "tile", 0, 0, G_OPTION_ARG_NONE, &options->wants_tiles,
      N_ ("Draw pictures that can be repeated without a seam"), NULL },
    { "seamless", 0, 0, G_OPTION_ARG_NONE, &options->wants_seamless,
      N_ ("Also let all pictures run into each other in one"), NULL },
    { "rank", 0, 0, G_OPTION_ARG_NONE, &options->wants_rank, N_ ("Print the best match first"),
      NULL },
    { "sheet", 0, 0, G_OPTION_ARG_NONE, &options->wants_sheet,
      N_ ("Also put all pictures side by side in one"), NULL },
    { "surprise", 0, 0, G_OPTION_ARG_NONE, &options->wants_surprise,
      N_ ("Draw something funny; needs no words"), NULL },
    { "prompts", 0, 0, G_OPTION_ARG_FILENAME, &options->list,
      N_ ("Draw every line of a file; goes on where it stopped"), "FILE" },
    { "shard", 0, 0, G_OPTION_ARG_STRING, &options->shard,
      N_ ("Of these prompts only part I of N, as on one of N computers"), "I/N" },
    { "gentle", 0, 0, G_OPTION_ARG_NONE, &options->is_gentle,
      N_ ("Slowly, on one core and after all other programs"), NULL },
    { "threads", 0, 0, G_OPTION_ARG_INT, &options->n_threads, N_ ("Processor cores to use (all)"),
      "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->wants_json,
      N_ ("Print one JSON object at the end"), NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &options->is_quiet, N_ ("Print nothing but errors"),
      NULL },
    { NULL },
  };

  return limn_cli_parse (arguments, "WORDS…",
                         _ ("Draw pictures of a sentence: limn draw \"a frog on the moon\""),
                         entries);
}

gboolean
limn_draw_options_refuse (GError **error, const char *option, const char *value)
{
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST, _ ("%s cannot be “%s”"), option,
               value);
  return FALSE;
}

static gboolean
parse_number (const char *option, const char *value, double *number, GError **error)
{
  char *end;

  if (!value)
    return TRUE;
  *number = g_ascii_strtod (value, &end);
  return (end != value && *end == '\0') || limn_draw_options_refuse (error, option, value);
}

static gboolean
parse_count (const char *option, int value, int min, int max, guint *count, GError **error)
{
  g_autofree char *digits = g_strdup_printf ("%d", value);

  if (value < min || value > max)
    return limn_draw_options_refuse (error, option, digits);
  *count = (guint) value;
  return TRUE;
}

static gboolean
parse_seed (const char *value, guint64 *seed, GError **error)
{
  if (!value)
    *seed = (guint64) g_random_int_range (1, MAX_RANDOM_SEED);
  else if (!g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT64, seed, NULL))
    return limn_draw_options_refuse (error, "--seed", value);
  return TRUE;
}

/* Numbers that the picture to start from knows, too, are set after it. */
static gboolean
apply_numbers (LimnRequest *request, const LimnDrawOptions *options, GError **error)
{
  request->no_previews = TRUE;
  if (options->top_k != LIMN_DRAW_UNSET
      && !parse_count ("-k", options->top_k, 0, G_MAXINT, &request->top_k, error))
    return FALSE;
  if (options->seed && !parse_seed (options->seed, &request->seed, error))
    return FALSE;
  return parse_number ("--temperature", options->temperature, &request->temperature, error)
         && parse_number ("--guidance", options->guidance, &request->guidance, error);
}

static gboolean
apply_ways (LimnRequest *request, const LimnDrawOptions *options, GError **error)
{
  request->is_tile = request->is_tile || options->wants_tiles;
  if (options->negative)
    request->negative_prompt = options->negative;
  if (options->mix && !options->blend)
    {
      g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST,
                           _ ("--mix goes with --blend"));
      return FALSE;
    }
  if (!options->blend)
    return TRUE;
  request->blend_prompt = options->blend;
  request->blend = 0.5;
  return parse_number ("--mix", options->mix, &request->blend, error);
}

gboolean
limn_draw_options_apply (LimnDrawOptions *options,
                         LimnModel *model,
                         const char *words,
                         GCancellable *cancellable,
                         LimnRequest *request,
                         GError **error)
{
  if (!parse_count ("-n", options->n_pictures, 1, LIMN_MAX_PICTURES, &request->n_pictures, error)
      || !parse_count ("--threads", options->n_threads, 0, 1024, &request->n_threads, error)
      || !parse_seed (options->seed, &request->seed, error)
      || !limn_draw_start_apply (&options->start, model, request, request->n_threads, cancellable,
                                 error))
    return FALSE;
  if (*words != '\0')
    request->prompt = words;
  if (options->is_gentle)
    {
      limn_request_be_gentle (request);
      if (options->n_threads > 0)
        request->n_threads = (guint) options->n_threads;
    }
  return apply_numbers (request, options, error) && apply_ways (request, options, error);
}

const char *
limn_draw_options_find_contradiction (const LimnDrawOptions *options, const char *words)
{
  const LimnDrawStart *start = &options->start;
  gboolean has_words = *words != '\0', has_start = start->again || start->vary || start->finish;

  if (options->list && (has_words || has_start || options->wants_surprise))
    return _ ("--prompts draws what is in its file, and takes no other words or pictures");
  if (options->wants_surprise && has_words)
    return _ ("--surprise draws something of its own, and takes no words");
  if (options->list && (options->wants_sheet || options->wants_seamless))
    return _ ("--sheet and --seamless cannot be used with --prompts");
  if (options->shard && !options->list)
    return _ ("--shard needs --prompts");
  if (!has_words && !options->wants_surprise && !options->list && !start->again && !start->vary)
    return _ ("What shall be drawn? limn draw \"a frog on the moon\"");
  return NULL;
}

void
limn_draw_options_complete (LimnDrawOptions *options)
{
  if (!options->folder)
    options->folder = g_strdup (".");
  if (options->list && !options->seed)
    options->seed = g_strdup (LIST_SEED);
}
