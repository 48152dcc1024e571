/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw.c: “limn draw”, from words to PNG files.
 *
 * Each picture's file appears whole the moment the picture is done, so that
 * Ctrl+C keeps the finished ones.  What is printed about them is draw-report.c's,
 * which prompts of a list are left is prompt-list.c's and draw-missing.c's,
 * options are draw-options.c's.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "cli/cli.h"
#include "cli/draw-memory.h"
#include "cli/draw-missing.h"
#include "cli/draw-options.h"
#include "cli/draw-report.h"
#include "cli/interrupt.h"
#include "cli/progress-bar.h"
#include "cli/prompt-list.h"
#include "library/picture-file.h"
#include "library/reading.h"
#include "library/seamless.h"
#include "library/sheet.h"
#include "models/limn-model-store.h"
#include "models/limn-speed.h"

typedef struct
{
  /* borrowed */
  const LimnDrawOptions *options;
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
  const LimnDrawOptions *options = job->options;
  const char *model = options->model ? options->model : LIMN_MODEL_STARTER;
  double seconds = (double) (g_get_monotonic_time () - job->report.start_us) / G_USEC_PER_SEC;

  /* a file is no model of the list, and a picture knows its model by another name */
  if (!strchr (model, G_DIR_SEPARATOR) && (options->model || !options->start.facts.model))
    limn_speed_note (model, job->understood->request.n_pictures, seconds);
}

/* Draws and saves; the report is printed whatever happened, as finished pictures stay. */
static gboolean
run_job (Job *job, LimnModel *model, GError **error)
{
  g_autoptr (GPtrArray) pictures = NULL;
  gboolean is_saved, is_done;

  limn_progress_bar_update (&job->bar, 0, -1, NULL);
  pictures =
      limn_generate (model, &job->understood->request, on_progress, job, job->cancellable, error);
  limn_progress_bar_wipe (&job->bar);
  is_saved = job->error == NULL;
  if (!is_saved)
    {
      g_clear_error (error);
      g_propagate_error (error, g_steal_pointer (&job->error));
    }
  else if (pictures)
    note_speed (job);
  is_done = is_saved && pictures
            && (!job->options->wants_sheet || save_sheet (job, pictures, error))
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
choose_report (const LimnDrawOptions *options)
{
  if (options->wants_json)
    return options->list ? LIMN_REPORT_JSON_LINES : LIMN_REPORT_JSON;
  return options->is_quiet ? LIMN_REPORT_NONE : LIMN_REPORT_PATHS;
}

static gboolean
run (Job *job, LimnModel *model, GError **error)
{
  const LimnDrawOptions *options = job->options;
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
    return limn_draw_options_refuse (error, "--shard", job->options->shard);
  prompts = limn_prompt_list_read (job->options->list, job->cancellable, error);
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
      if (g_cancellable_set_error_if_cancelled (job->cancellable, error)
          || !run_listed (job, model, &n_there, error))
        return FALSE;
    }
  if (n_there > 0 && !job->options->is_quiet)
    g_printerr (_ ("%u of %u prompts had been drawn before.\n"), n_there, n_ours);
  return prompts != NULL;
}

/* The model that is asked for, or that drew the picture to start from: that one by its name alone,
 * as pictures come from anywhere and may not choose a file to open. */
static char *
find_model (const LimnDrawOptions *options, GError **error)
{
  g_autoptr (GError) missing = NULL;
  char *path;

  if (options->model || !options->start.facts.model)
    return limn_model_store_find (options->model, error);
  path = limn_model_store_find_named (options->start.facts.model, &missing);
  if (!path)
    g_set_error (error, LIMN_ERROR, LIMN_ERROR_MISSING,
                 _ ("%s\nIf you have the file of the model that drew this picture, name it: "
                    "--model FILE"),
                 missing->message);
  return path;
}

static LimnModel *
open_model (const LimnDrawOptions *options, GError **error)
{
  g_autofree char *path = find_model (options, error);

  return path ? limn_model_open (path, error) : NULL;
}

static gboolean
draw (const char *words, LimnDrawOptions *options, GCancellable *cancellable, GError **error)
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
  if (!limn_draw_options_apply (options, model, words, cancellable, &request, error))
    return FALSE;
  if (options->wants_surprise)
    request.prompt = surprise = limn_surprise (model, request.seed);
  return options->list ? run_list (&job, model, &request, error) : run (&job, model, error);
}

int
limn_cli_draw (char **arguments)
{
  g_auto (LimnDrawOptions) options = LIMN_DRAW_OPTIONS_INIT;
  g_autoptr (LimnInterrupt) interrupt = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *prompt = NULL;
  const char *contradiction;
  int status = limn_draw_options_parse (&arguments, &options);
  g_auto (GStrv) words = arguments;

  if (status >= 0)
    return status;
  prompt = g_strstrip (g_strjoinv (" ", words + 1));
  contradiction = limn_draw_options_find_contradiction (&options, prompt);
  if (contradiction)
    return limn_cli_fail (LIMN_EXIT_USAGE, contradiction);
  limn_draw_options_complete (&options);
  interrupt = limn_interrupt_new ();
  if (draw (prompt, &options, limn_interrupt_get_cancellable (interrupt), &error))
    return LIMN_EXIT_OK;
  return limn_interrupt_fail (interrupt, error);
}
