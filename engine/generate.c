/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One job: a request in, pictures out.  The prompt is read once; then batches
 * of pictures that fit the memory are drawn token by token together and
 * rendered one after another.
 */
#include "config.h"

#include "generate-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bart/arena.h"
#include "bart/decoder.h"
#include "bart/rng.h"
#include "bart/sampler.h"
#include "nice-thread.h"
#include "vqgan/decoder.h"
#include "vqgan/preview.h"

#define MAX_AT_ONCE 16 /* beyond it the rows of a step gain nothing */
/* Draws of a picture's seed that decide which kept tokens are drawn again; far beyond any step. */
#define REDRAW_DRAWS ((guint64) 1 << 32)

typedef struct
{
  /* borrowed */
  LimnModel *model;
  const LimnRequest *request;
  LimnProgressFunc progress;
  gpointer user_data;
  GCancellable *cancellable;
  const LimnBartKernels *kernels;

  /* owned */
  LimnCompute *compute;
  LimnTextState texts;
  LimnDecoder *decoder;
  LimnVqganDecoder *vqgan;
  LimnPreview *preview; /* NULL when nobody looks */
  GPtrArray *pictures;
  LimnArena arena;

  /* settings */
  guint n_ids;   /* I */
  guint n_codes; /* V */
  guint n_at_once;
  guint preview_size;   /* 0 for none */
  gboolean has_without; /* the first stream is the unconditional one */
  gboolean has_blend;   /* the last stream is the second prompt's */

  /* state of a batch; in the arena, n_at_once long */
  guint first;
  guint n_batch;
  guint32 *ids;       /* (n_batch, I) */
  guint32 *tokens;    /* (n_batch) of this step */
  guint64 *seeds;     /* (n_batch) */
  double *likelihood; /* (n_batch) score so far */
  float *mixed;       /* (n_batch, V): the two prompts' */
  float *super;       /* (n_batch, V) */
  float *scratch;     /* (n_batch, V) */
  guint8 *previews;   /* (n_batch, preview_size, preview_size, 3) */
  float *pixels;      /* (picture_size, picture_size, 3) */
  LimnClock clock;

  /* result */
  GError *error;
} Job;

/* ---- reading the prompt --------------------------------------------------- */

/* A row of T ids; without text the row of nothing. */
static void
encode_text (LimnModel *model, const char *text, guint32 *row)
{
  const LimnTextConfig *config = &model->text;
  LimnSplit split =
      config->normalizer == LIMN_NORMALIZER_MIN_DALLE ? LIMN_SPLIT_SPACE : LIMN_SPLIT_GPT2;
  g_autofree char *clean = NULL;

  if (text)
    {
      clean = limn_text_normalize (config->normalizer, text, NULL, 0);
      limn_tokenizer_encode_row (model->tokenizer, split, clean, config->text_length,
                                 config->text_vocab, row);
      return;
    }
  for (guint t = 0; t < config->text_length; t++)
    row[t] = LIMN_TOKEN_PAD;
  row[0] = LIMN_TOKEN_BOS;
  row[1] = LIMN_TOKEN_EOS;
}

/* Rows (n, T): without words, with them, with those of the second prompt; those that could
 * change nothing are left out. */
static guint
make_text_rows (Job *job, guint32 *rows)
{
  const LimnRequest *request = job->request;
  gsize length = job->model->text.text_length, n_bytes = length * sizeof *rows;
  guint32 *with = rows + length, *other = with + length;
  double blend = request->blend_prompt ? request->blend : 0;

  encode_text (job->model, request->negative_prompt, rows);
  encode_text (job->model, blend == 1 ? request->blend_prompt : request->prompt, with);
  encode_text (job->model, request->blend_prompt, other);
  job->has_blend = blend > 0 && blend < 1 && memcmp (with, other, n_bytes) != 0;
  job->has_without =
      request->guidance != 1 && (job->has_blend || memcmp (rows, with, n_bytes) != 0);
  if (!job->has_without)
    memmove (rows, with, 2 * n_bytes);
  return 1 + job->has_without + job->has_blend;
}

static gboolean
read_prompt (Job *job, GError **error)
{
  g_autofree guint32 *rows = g_new (guint32, 3 * (gsize) job->model->text.text_length);
  guint n_streams = make_text_rows (job, rows);
  gsize bytes = limn_encoder_get_scratch_bytes (job->model, n_streams);
  gsize decoder_bytes = limn_decoder_get_scratch_bytes (job->model, n_streams, job->n_at_once);

  job->compute = limn_compute_new (job->request->n_threads, MAX (bytes, decoder_bytes), error);
  if (!job->compute
      || !limn_encoder_run (job->model, job->compute, rows, n_streams, FALSE, NULL,
                            job->cancellable, &job->texts, error))
    return FALSE;
  limn_model_forget_weights (job->model, "encoder."); /* not used any more */
  if (job->preview_size > 0)
    job->preview = limn_preview_new (job->model, job->compute, error);
  if (job->preview_size > 0 && !job->preview)
    return FALSE;
  job->decoder = limn_decoder_new (job->model, job->compute, &job->texts, job->n_at_once, error);
  return job->decoder != NULL;
}

/* ---- progress ------------------------------------------------------------- */

static void
report (Job *job, LimnStage stage, guint rows_done, LimnPicture *picture)
{
  gboolean has_previews = stage == LIMN_STAGE_DRAW && job->preview_size > 0;
  LimnProgress progress = {
    .stage = stage,
    .fraction = limn_clock_get_fraction (&job->clock),
    .seconds_left = limn_clock_get_seconds_left (&job->clock),
    .first = job->first,
    .n_batch = job->n_batch,
    .rows_done = rows_done,
    .previews = has_previews ? job->previews : NULL,
    .preview_size = has_previews ? job->preview_size : 0,
    .picture = picture,
  };

  if (job->progress)
    job->progress (&progress, job->user_data);
}

/* ---- drawing -------------------------------------------------------------- */

/* Whether token i of picture p is given. */
static gboolean
is_kept (const Job *job, guint p, guint i)
{
  return i < job->request->n_keep
         && !(limn_random_uniform (job->seeds[p], REDRAW_DRAWS + i) < job->request->redraw);
}

/* The logits of the words: of one prompt, or of two mixed. */
static const float *
mix_prompts (Job *job, guint p)
{
  guint stream = job->has_without ? 1 : 0;
  const float *first = limn_decoder_get_logits (job->decoder, stream, p);
  float *mixed = job->mixed + (gsize) p * job->n_codes;

  if (!job->has_blend)
    return first;
  job->kernels->condition (first, limn_decoder_get_logits (job->decoder, stream + 1, p),
                           (float) job->request->blend, mixed, job->n_codes);
  return mixed;
}

/* Scores without what the words make too unlikely; the model says what that is. */
static const float *
drop_implausible (Job *job, guint p, const float *scores, const float *cond)
{
  float *plausible = job->super + (gsize) p * job->n_codes;

  if (!(job->model->text.min_probability > 0))
    return scores;
  if (scores != plausible)
    memcpy (plausible, scores, job->n_codes * sizeof *plausible);
  limn_scores_drop_implausible (job->kernels, plausible, cond, job->n_codes,
                                job->model->text.min_probability);
  return plausible;
}

static guint32
sample_token (Job *job, guint p, guint i, const float *scores, const float *with)
{
  return limn_scores_sample (job->kernels, drop_implausible (job, p, scores, with), job->n_codes,
                             job->request->temperature, job->request->top_k,
                             limn_random_uniform (job->seeds[p], i),
                             job->scratch + (gsize) p * job->n_codes);
}

/* The next token of one picture, from the logits of this step, unless it is given. */
static void
choose_token (gpointer data, guint p)
{
  Job *job = data;
  guint i = limn_decoder_get_position (job->decoder) - 1;
  const float *with = mix_prompts (job, p), *scores = with;
  const float *without = limn_decoder_get_logits (job->decoder, 0, p);
  float *super = job->super + (gsize) p * job->n_codes, guidance = (float) job->request->guidance;
  guint32 token;

  if (job->has_without)
    {
      job->kernels->condition (without, with, guidance, super, job->n_codes);
      scores = super;
    }
  token = is_kept (job, p, i) ? job->request->keep_ids[i] : sample_token (job, p, i, scores, with);
  job->likelihood[p] += limn_logits_log_probability (job->kernels, with, job->n_codes, token);
  job->tokens[p] = token;
}

static void
draw_token (Job *job, guint i)
{
  const LimnRequest *request = job->request;
  gboolean is_given = i < request->n_keep && request->redraw == 0; /* to every picture */

  limn_decoder_step (job->decoder, job->tokens, is_given ? 0 : job->n_codes);
  if (!is_given)
    limn_compute_run (job->compute, job->n_batch, choose_token, job);
  for (guint p = 0; p < job->n_batch; p++)
    {
      if (is_given)
        job->tokens[p] = request->keep_ids[i];
      job->ids[(gsize) p * job->n_ids + i] = job->tokens[p];
    }
}

/* What is there of each picture after n_done tokens. */
static void
draw_previews (Job *job, guint n_done)
{
  guint width = job->model->info.grid_size;
  gsize size = (gsize) job->preview_size * job->preview_size * 3;

  for (guint p = 0; p < job->n_batch && job->preview; p++)
    limn_preview_draw (job->preview, job->ids + (gsize) p * job->n_ids, n_done, width, width,
                       job->previews + p * size);
}

static gboolean
draw_batch (Job *job, GError **error)
{
  guint width = job->model->info.grid_size;

  limn_decoder_restart (job->decoder, job->n_batch);
  for (guint p = 0; p < job->n_batch; p++)
    {
      job->tokens[p] = job->model->text.start_token;
      job->likelihood[p] = 0;
      job->seeds[p] = job->request->seeds ? job->request->seeds[job->first + p]
                                          : limn_picture_seed (job->request->seed, job->first + p);
    }
  limn_clock_mark (&job->clock);
  for (guint i = 0; i < job->n_ids; i++)
    {
      if (g_cancellable_set_error_if_cancelled (job->cancellable, error)
          || !limn_model_check (job->model, error))
        return FALSE;
      draw_token (job, i);
      limn_clock_add_step (&job->clock);
      if ((i + 1) % width != 0)
        continue;
      draw_previews (job, i + 1);
      report (job, LIMN_STAGE_DRAW, (i + 1) / width, NULL);
    }
  return TRUE;
}

/* ---- rendering ------------------------------------------------------------ */

static LimnPicture *
render_picture (Job *job, guint p, GError **error)
{
  const guint32 *ids = job->ids + (gsize) p * job->n_ids;
  guint size = job->model->info.picture_size;
  g_autoptr (LimnPicture) picture =
      limn_picture_new (job->first + p, size, size, job->n_ids, error);

  if (!picture || !limn_vqgan_decoder_run (job->vqgan, ids, job->pixels, job->cancellable, error))
    return NULL;
  limn_vqgan_to_8bit (job->pixels, (gsize) size * size * 3, picture->rgb);
  memcpy (picture->ids, ids, job->n_ids * sizeof *ids);
  picture->seed = job->seeds[p];
  picture->score = job->likelihood[p];
  return g_steal_pointer (&picture);
}

static gboolean
render_batch (Job *job, GError **error)
{
  guint width = job->model->info.grid_size;

  limn_clock_mark (&job->clock);
  limn_model_forget_weights (job->model, "decoder."); /* until the next batch */
  if (!job->vqgan)
    job->vqgan = limn_vqgan_decoder_new (job->model, job->compute, width, width, error);
  if (!job->vqgan)
    return FALSE;
  limn_vqgan_decoder_set_wraps (job->vqgan, job->request->is_tile);
  for (guint p = 0; p < job->n_batch; p++)
    {
      LimnPicture *picture = render_picture (job, p, error);

      if (!picture)
        return FALSE;
      g_ptr_array_add (job->pictures, picture);
      limn_clock_add_render (&job->clock);
      report (job, LIMN_STAGE_RENDER, width, picture);
    }
  return limn_model_check (job->model, error);
}

/* ---- a job ---------------------------------------------------------------- */

static void
lay_out (Job *job)
{
  gsize n = job->n_at_once, size = job->preview_size, side = job->model->info.picture_size;

  job->ids = limn_arena_take (&job->arena, n * job->n_ids, sizeof (guint32));
  job->tokens = limn_arena_take (&job->arena, n, sizeof (guint32));
  job->seeds = limn_arena_take (&job->arena, n, sizeof (guint64));
  job->likelihood = limn_arena_take (&job->arena, n, sizeof (double));
  job->mixed = limn_arena_take (&job->arena, n * job->n_codes, sizeof (float));
  job->super = limn_arena_take (&job->arena, n * job->n_codes, sizeof (float));
  job->scratch = limn_arena_take (&job->arena, n * job->n_codes, sizeof (float));
  job->previews = limn_arena_take (&job->arena, n, size * size * 3);
  job->pixels = limn_arena_take (&job->arena, side * side * 3, sizeof (float));
}

/* Text states, caches, rows and the scratch of every thread. */
static gboolean
plan_text (LimnModel *model, guint n_streams, guint n_at_once, gsize *bytes)
{
  gsize encoder, decoder, scratch = limn_encoder_get_scratch_bytes (model, n_streams);
  gsize more_scratch = limn_decoder_get_scratch_bytes (model, n_streams, n_at_once);

  return limn_encoder_plan_bytes (model, n_streams, &encoder)
         && limn_decoder_plan_bytes (model, n_streams, n_at_once, &decoder)
         && g_size_checked_mul (bytes, MAX (scratch, more_scratch), g_get_num_processors ())
         && g_size_checked_add (bytes, *bytes, encoder)
         && g_size_checked_add (bytes, *bytes, decoder);
}

guint64
limn_generate_plan_bytes (LimnModel *model, guint n_streams, guint n_at_once)
{
  LimnModelPart parts = model->info.parts;
  guint width = model->info.grid_size;
  gsize side = model->info.picture_size, bytes = 0, picture = side * side * 3;
  guint64 vqgan = 0;
  Job job = { model, .n_at_once = n_at_once, .n_ids = model->text.image_length };

  if ((parts & LIMN_MODEL_PART_TEXT) && !plan_text (model, n_streams, n_at_once, &bytes))
    return G_MAXUINT64;
  job.n_codes = limn_model_get_n_codes (model);
  job.preview_size = model->preview_pixels * width;
  lay_out (&job);
  if (parts & LIMN_MODEL_PART_DECODER)
    vqgan = limn_vqgan_decoder_bytes (model, width, width, g_get_num_processors ());
  if (parts & LIMN_MODEL_PART_PREVIEW)
    vqgan += limn_preview_bytes (model);
  if (job.arena.has_overflowed || !g_size_checked_add (&bytes, bytes, job.arena.used_bytes)
      || !g_size_checked_add (&bytes, bytes, vqgan)
      || !g_size_checked_add (&bytes, bytes, n_at_once * (picture + job.n_ids * 4)))
    return G_MAXUINT64;
  return bytes;
}

/* Pictures drawn together: batches of nearly the same size, none too large. */
static gboolean
choose_batch (Job *job, GError **error)
{
  guint n = job->request->n_pictures, n_most, n_batches;
  LimnMemoryPlan plan;

  limn_plan_memory (job->model, job->request->blend_prompt ? 3 : 2, MIN (n, MAX_AT_ONCE), &plan);
  if (plan.n_at_once == 0)
    {
      g_autofree char *needed = g_format_size (plan.weights_bytes + plan.working_bytes);
      g_autofree char *available = g_format_size (plan.available_bytes);

      g_set_error (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
                   _ ("Drawing with %s needs %s of memory, but only %s are free. Close other "
                      "programs, or draw with a smaller model."),
                   job->model->info.name, needed, available);
      return FALSE;
    }
  n_most = MIN (plan.n_at_once, MAX_AT_ONCE);
  n_batches = (n + n_most - 1) / n_most;
  job->n_at_once = (n + n_batches - 1) / n_batches;
  return TRUE;
}

/* Pixels along a preview's side; 0 when none are wanted or the model has none. */
static guint
choose_preview_size (Job *job)
{
  gboolean has_part = (job->model->info.parts & LIMN_MODEL_PART_PREVIEW) != 0;

  if (!job->progress || job->request->no_previews || !has_part)
    return 0;
  return job->model->preview_pixels * job->model->info.grid_size;
}

static gboolean
prepare (Job *job, GError **error)
{
  LimnModel *model = job->model;

  job->kernels = limn_bart_kernels_get ();
  job->n_ids = model->text.image_length;
  job->n_codes = limn_model_get_n_codes (model);
  job->preview_size = choose_preview_size (job);
  if (!choose_batch (job, error))
    return FALSE;
  lay_out (job);
  if (!limn_arena_allocate (&job->arena))
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
                   _ ("Not enough memory to draw %u pictures together."), job->n_at_once);
      return FALSE;
    }
  lay_out (job);
  return TRUE;
}

static gboolean
run (Job *job, GError **error)
{
  guint n = job->request->n_pictures;

  if (!prepare (job, error))
    return FALSE;
  limn_clock_begin (&job->clock, job->n_ids * ((n + job->n_at_once - 1) / job->n_at_once), n,
                    limn_clock_guess_render (job->model, job->n_at_once));
  report (job, LIMN_STAGE_READ, 0, NULL);
  if (!read_prompt (job, error))
    return FALSE;
  for (; job->first < n; job->first += job->n_batch)
    {
      job->n_batch = MIN (job->n_at_once, n - job->first);
      if (!draw_batch (job, error) || !render_batch (job, error))
        return FALSE;
    }
  return TRUE;
}

static void
run_all (gpointer data)
{
  Job *job = data;

  run (job, &job->error);
}

static void
job_clear (Job *job)
{
  limn_text_state_clear (&job->texts);
  g_clear_pointer (&job->decoder, limn_decoder_free);
  g_clear_pointer (&job->vqgan, limn_vqgan_decoder_free);
  g_clear_pointer (&job->preview, limn_preview_free);
  g_clear_pointer (&job->compute, limn_compute_free);
  limn_arena_clear (&job->arena);
}

GPtrArray *
limn_generate (LimnModel *model,
               const LimnRequest *request,
               LimnProgressFunc progress,
               gpointer user_data,
               GCancellable *cancellable,
               GError **error)
{
  Job job = { model, request, progress, user_data, cancellable };
  g_autoptr (GPtrArray) pictures = NULL;

  if (!limn_model_require (
          model, LIMN_MODEL_PART_TEXT | LIMN_MODEL_PART_TOKENIZER | LIMN_MODEL_PART_DECODER, error)
      || !limn_request_check (request, model, error)
      || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  pictures = g_ptr_array_new_with_free_func ((GDestroyNotify) limn_picture_unref);
  job.pictures = pictures;
  limn_run_nicely (request->niceness, run_all, &job);
  job_clear (&job);
  if (job.error)
    {
      g_propagate_error (error, job.error);
      return NULL;
    }
  return g_steal_pointer (&pictures);
}
