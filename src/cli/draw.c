/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw.c: “limn draw”, from words to PNG files.
 *
 * Each picture's file appears whole the moment the picture is done, so that
 * Ctrl+C keeps the finished ones.  What is printed about them is draw-report.c's,
 * which prompts of a list are left is prompt-list.c's and draw-missing.c's.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "cli/cli.h"
#include "cli/draw-memory.h"
#include "cli/draw-missing.h"
#include "cli/draw-report.h"
#include "cli/draw-start.h"
#include "cli/interrupt.h"
#include "cli/progress-bar.h"
#include "cli/prompt-list.h"
#include "library/picture-file.h"
#include "library/reading.h"
#include "library/seamless.h"
#include "library/sheet.h"
#include "models/limn-model-store.h"
#include "models/limn-speed.h"

/* A seed a person can type, for when none is given. */
#define MAX_RANDOM_SEED 1000000000
/* Of the first prompt of a list: the same every time, so that a list can be gone on with. */
#define LIST_SEED "1"

typedef struct
{
  int n_pictures;
  char *seed;
  char *model;
  char *temperature;
  int top_k;
  char *guidance;
  char *folder;
  LimnDrawStart start;
  int n_threads;
  char *negative;
  char *blend;
  char *mix;
  char *list;
  char *shard;
  gboolean is_gentle;
  gboolean wants_tiles;
  gboolean wants_seamless;
  gboolean wants_rank;
  gboolean wants_sheet;
  gboolean wants_surprise;
  gboolean wants_json;
  gboolean is_quiet;
} Options;

static void
options_clear (Options *options)
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
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

typedef struct
{
  /* borrowed */
  const Options *options;
  const LimnRequest *request; /* with the prompt as it was written */
  const LimnUnderstood *understood;
  const char *model_name;
  GCancellable *cancellable;
  /* of a list of prompts; NULL for a single one */
  const LimnMissing *missing;
  guint place;
  const char *of_all; /* “prompt 3 of 20” */
  /* state */
  LimnProgressBar bar;
  LimnDrawReport report;
  GError *error; /* of saving, which stops the job */
} Job;

/* ---- options --------------------------------------------------------------- */

static int
parse_options (char ***arguments, Options *options)
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
    { "negative", 0, 0, G_OPTION_ARG_STRING, &options->negative,
      N_ ("What the pictures shall not show"), "WORDS" },
    { "blend", 0, 0, G_OPTION_ARG_STRING, &options->blend,
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

static gboolean
fail_option (GError **error, const char *option, const char *value)
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
  return (end != value && *end == '\0') || fail_option (error, option, value);
}

static gboolean
parse_count (const char *option, int value, int min, int max, guint *count, GError **error)
{
  g_autofree char *digits = g_strdup_printf ("%d", value);

  if (value < min || value > max)
    return fail_option (error, option, digits);
  *count = (guint) value;
  return TRUE;
}

static gboolean
parse_seed (const char *value, guint64 *seed, GError **error)
{
  if (!value)
    *seed = (guint64) g_random_int_range (1, MAX_RANDOM_SEED);
  else if (!g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT64, seed, NULL))
    return fail_option (error, "--seed", value);
  return TRUE;
}

/* Numbers that the picture to start from knows, too, are set after it. */
static gboolean
apply_numbers (LimnRequest *request, const Options *options, GError **error)
{
  request->no_previews = TRUE;
  if (options->top_k >= 0)
    request->top_k = (guint) options->top_k;
  if (options->seed && !parse_seed (options->seed, &request->seed, error))
    return FALSE;
  return parse_number ("--temperature", options->temperature, &request->temperature, error)
         && parse_number ("--guidance", options->guidance, &request->guidance, error);
}

static gboolean
apply_ways (LimnRequest *request, const Options *options, GError **error)
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

/* Over the model's own defaults, which are in @request already; the engine checks the ranges. */
static gboolean
apply_options (LimnModel *model,
               const char *words,
               Options *options,
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

/* ---- drawing --------------------------------------------------------------- */

static char *
make_stem (Job *job, const char *tail)
{
  if (job->missing)
    return limn_listed_picture_make_stem (job->place, job->request->prompt, tail);
  return limn_picture_file_make_stem (job->request->prompt, tail);
}

/* Whether this is one of an earlier grid once more, not another one with its settings. */
static gboolean
is_again (Job *job, const LimnPicture *picture)
{
  const LimnDrawStart *start = &job->options->start;

  return start->again && picture->seed == start->facts.seed;
}

/* Of a picture in its grid, where not all of that is drawn. */
static guint
find_place (Job *job, const LimnPicture *picture)
{
  if (job->missing)
    return g_array_index (job->missing->places, guint, picture->index);
  return is_again (job, picture) ? job->options->start.facts.place : picture->index;
}

static char *
save_picture (Job *job, const LimnPicture *picture, GError **error)
{
  g_auto (LimnPictureFacts) facts = { 0 };
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, picture->seed);
  g_autofree char *stem = make_stem (job, seed);
  g_autoptr (GBytes) png = NULL;

  limn_picture_facts_init (&facts, job->request, job->model_name, picture);
  if (is_again (job, picture))
    facts.grid_seed = job->options->start.facts.grid_seed;
  png = limn_picture_file_encode (picture->rgb, picture->width, picture->height, &facts, error);
  if (!png)
    return NULL;
  return limn_picture_file_save (job->options->folder, stem, png, LIMN_PICTURE_MODE_ORDINARY,
                                 error);
}

static void
on_progress (const LimnProgress *progress, gpointer user_data)
{
  Job *job = user_data;

  if (progress->picture)
    progress->picture->index = find_place (job, progress->picture);
  if (progress->picture && !job->error)
    {
      g_autofree char *path = save_picture (job, progress->picture, &job->error);

      limn_progress_bar_wipe (&job->bar);
      if (path)
        limn_draw_report_add (&job->report, path, progress->picture);
      else
        g_cancellable_cancel (job->cancellable);
    }
  limn_progress_bar_update (&job->bar, progress->fraction, progress->seconds_left,
                            job->of_all                          ? job->of_all
                            : progress->stage == LIMN_STAGE_READ ? _ ("reading")
                                                                 : NULL);
}

static gboolean
save_sheet (Job *job, GPtrArray *pictures, GError **error)
{
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT "-sheet", job->request->seed);
  g_autofree char *stem = limn_picture_file_make_stem (job->request->prompt, seed);
  g_autoptr (GBytes) png = limn_sheet_encode (pictures, job->request, job->model_name, error);
  g_autofree char *path = NULL;

  if (png)
    path =
        limn_picture_file_save (job->options->folder, stem, png, LIMN_PICTURE_MODE_ORDINARY, error);
  if (path)
    limn_draw_report_set_sheet (&job->report, path);
  return path != NULL;
}

static gboolean
save_seamless (Job *job, LimnModel *model, GPtrArray *pictures, GError **error)
{
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT "-seamless", job->request->seed);
  g_autofree char *stem = limn_picture_file_make_stem (job->request->prompt, seed);
  g_autoptr (GBytes) png =
      limn_seamless_encode (pictures, model, job->request, job->cancellable, error);
  g_autofree char *path = NULL;

  if (png)
    path =
        limn_picture_file_save (job->options->folder, stem, png, LIMN_PICTURE_MODE_ORDINARY, error);
  if (path)
    limn_draw_report_set_seamless (&job->report, path);
  return path != NULL;
}

/* “limn models” tells how long each model takes here. */
static void
note_speed (Job *job)
{
  const char *model = job->options->model ? job->options->model : LIMN_MODEL_STARTER;
  double seconds = (double) (g_get_monotonic_time () - job->report.start_us) / G_USEC_PER_SEC;

  if (!strchr (model, G_DIR_SEPARATOR)) /* a file is no model of the list */
    limn_speed_note (model, job->request->n_pictures, seconds);
}

/* Draws and saves; the report is printed whatever happened, as finished pictures stay. */
static gboolean
run_job (Job *job, LimnModel *model, GError **error)
{
  g_autoptr (GPtrArray) pictures = NULL;
  gboolean is_done;

  limn_progress_bar_update (&job->bar, 0, -1, NULL);
  pictures =
      limn_generate (model, &job->understood->request, on_progress, job, job->cancellable, error);
  limn_progress_bar_wipe (&job->bar);
  if (job->error)
    {
      g_clear_error (error);
      g_propagate_error (error, g_steal_pointer (&job->error));
      return FALSE;
    }
  if (pictures)
    note_speed (job);
  is_done = pictures && (!job->options->wants_sheet || save_sheet (job, pictures, error))
            && (!job->options->wants_seamless || save_seamless (job, model, pictures, error));
  limn_draw_report_finish (&job->report, is_done);
  return is_done;
}

/* "armadillo → hedgehog": what is not drawn as it was written, for people to see. */
static void
tell_replacements (const LimnReading *reading)
{
  if (reading->replacements->len > 0)
    g_printerr (_ ("Drawing: %s\n"), reading->prompt);
  for (guint i = 0; i < reading->replacements->len; i++)
    {
      const LimnReplacement *replacement = g_ptr_array_index (reading->replacements, i);

      if (replacement->kind == LIMN_REPLACEMENT_UNKNOWN)
        g_printerr (_ ("  left out, not known to this model: %s\n"), replacement->written);
      else if (replacement->kind != LIMN_REPLACEMENT_TRANSLATION)
        g_printerr ("  %s → %s\n", replacement->written, replacement->understood);
    }
}

static LimnReportKind
choose_report (const Options *options)
{
  if (options->wants_json)
    return options->list ? LIMN_REPORT_JSON_LINES : LIMN_REPORT_JSON;
  return options->is_quiet ? LIMN_REPORT_NONE : LIMN_REPORT_PATHS;
}

static gboolean
run (Job *job, LimnModel *model, GError **error)
{
  const Options *options = job->options;
  g_auto (LimnUnderstood) understood = { 0 };
  gboolean is_done;

  limn_understood_init (&understood, model, job->request);
  job->understood = &understood;
  if (job->missing)
    {
      understood.request.n_pictures = job->missing->seeds->len;
      understood.request.seeds = (const guint64 *) (gpointer) job->missing->seeds->data;
    }
  if (!options->is_quiet && !options->wants_json)
    {
      tell_replacements (understood.prompt);
      limn_draw_memory_tell (model, job->request->n_pictures);
    }
  job->model_name = limn_model_get_info (model)->name;
  limn_progress_bar_init (&job->bar, !options->is_quiet);
  limn_draw_report_init (&job->report, job->request, understood.prompt, job->model_name,
                         choose_report (options));
  job->report.is_ranked = options->wants_rank;
  is_done = run_job (job, model, error);
  limn_draw_memory_advise (options->model ? options->model : options->start.facts.model, error);
  limn_draw_report_clear (&job->report);
  return is_done;
}

/* What is missing of one prompt of a list. */
static gboolean
run_listed (Job *job, LimnModel *model, guint *n_there, GError **error)
{
  g_auto (LimnMissing) missing = { 0 };
  gboolean is_done;

  if (!limn_missing_find (&missing, job->options->folder, job->place, job->request,
                          limn_model_get_info (model)->name, error))
    return FALSE;
  *n_there += missing.places->len == 0;
  job->missing = &missing;
  is_done = missing.places->len == 0 || run (job, model, error);
  job->missing = NULL;
  return is_done;
}

static gboolean
run_list (Job *job, LimnModel *model, LimnRequest *request, GError **error)
{
  g_autoptr (GPtrArray) prompts = NULL;
  guint64 first_seed = request->seed;
  LimnShard shard = { 1, 1 };
  guint n_ours = 0, n_there = 0;

  if (job->options->shard && !limn_shard_parse (job->options->shard, &shard))
    return fail_option (error, "--shard", job->options->shard);
  prompts = limn_prompt_list_read (job->options->list, error);
  for (guint i = 0; prompts && i < prompts->len; i++)
    {
      g_autofree char *of_all = g_strdup_printf (_ ("prompt %u of %u"), i + 1, prompts->len);

      if (!limn_shard_has (&shard, i))
        continue;
      request->prompt = g_ptr_array_index (prompts, i);
      request->seed = first_seed + i;
      job->place = i;
      job->of_all = of_all;
      n_ours++;
      if (!run_listed (job, model, &n_there, error))
        return FALSE;
    }
  if (n_there > 0 && !job->options->is_quiet)
    g_printerr (_ ("%u of %u prompts had been drawn before.\n"), n_there, n_ours);
  return prompts != NULL;
}

/* The model that is asked for, or that drew the picture to start from. */
static LimnModel *
open_model (const Options *options, GError **error)
{
  const char *name = options->model ? options->model : options->start.facts.model;
  g_autofree char *path = limn_model_store_find (name, error);

  return path ? limn_model_open (path, error) : NULL;
}

static gboolean
draw (const char *words, Options *options, GCancellable *cancellable, GError **error)
{
  g_autoptr (LimnModel) model = NULL;
  g_autofree char *surprise = NULL;
  LimnRequest request;
  Job job = { .options = options, .request = &request, .cancellable = cancellable };

  if (!limn_draw_start_read (&options->start, error))
    return FALSE;
  model = open_model (options, error);
  if (!model)
    return FALSE;
  limn_request_init (&request, model);
  request.prompt = words;
  if (!apply_options (model, words, options, cancellable, &request, error))
    return FALSE;
  if (options->wants_surprise)
    request.prompt = surprise = limn_surprise (model, request.seed);
  return options->list ? run_list (&job, model, &request, error) : run (&job, model, error);
}

/* NULL, or what is wrong with the options and words together. */
static const char *
find_contradiction (const Options *options, const char *words)
{
  const LimnDrawStart *start = &options->start;
  gboolean has_words = *words != '\0', has_start = start->again || start->vary || start->finish;

  if (options->list && (has_words || has_start || options->wants_surprise))
    return _ ("--prompts draws what is in its file, and takes no other words or pictures");
  if (options->list && (options->wants_sheet || options->wants_seamless))
    return _ ("--sheet and --seamless cannot be used with --prompts");
  if (options->shard && !options->list)
    return _ ("--shard needs --prompts");
  if (!has_words && !options->wants_surprise && !options->list && !start->again && !start->vary)
    return _ ("What shall be drawn? limn draw \"a frog on the moon\"");
  return NULL;
}

int
limn_cli_draw (char **arguments)
{
  g_auto (Options) options = { .n_pictures = 9, .top_k = -1, .start = LIMN_DRAW_START_INIT };
  g_autoptr (LimnInterrupt) interrupt = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *prompt = NULL;
  const char *contradiction;
  int status = parse_options (&arguments, &options);
  g_auto (GStrv) words = arguments;

  if (status >= 0)
    return status;
  prompt = g_strstrip (g_strjoinv (" ", words + 1));
  contradiction = find_contradiction (&options, prompt);
  if (contradiction)
    return limn_cli_fail (LIMN_EXIT_USAGE, contradiction);
  if (!options.folder)
    options.folder = g_strdup (".");
  if (options.list && !options.seed)
    options.seed = g_strdup (LIST_SEED);

  interrupt = limn_interrupt_new ();
  if (draw (prompt, &options, limn_interrupt_get_cancellable (interrupt), &error))
    return LIMN_EXIT_OK;
  if (limn_interrupt_get_signal (interrupt)
      && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return LIMN_EXIT_SIGNAL + limn_interrupt_get_signal (interrupt);
  return limn_cli_fail (g_error_matches (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST)
                            ? LIMN_EXIT_USAGE
                            : LIMN_EXIT_FAILED,
                        error->message);
}
