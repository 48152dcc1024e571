/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the engine's stages one by one on a clock. */
#include "stages.h"

#include <time.h>

#include "baseline.h"
#include "engine/bart/decoder-private.h"
#include "engine/bart/rng.h"
#include "engine/bart/sampler.h"
#include "engine/vqgan/decoder.h"
#include "engine/vqgan/preview.h"

static guint threads_of_work; /* 0: the clock on the wall */

void
stages_set_clock (gboolean counts_work, guint n_threads)
{
  threads_of_work = counts_work ? n_threads : 0;
}

double
stages_get_time (void)
{
  struct timespec now;

  clock_gettime (threads_of_work > 0 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &now);
  return ((double) now.tv_sec + 1e-9 * (double) now.tv_nsec) / MAX (threads_of_work, 1);
}

typedef struct
{
  LimnModel *model;
  LimnCompute *compute;
  guint n; /* pictures */
  guint n_positions;
  Stage *stages;
} Run;

static void
keep (Run *run, StageName name, double seconds)
{
  Stage *stage = &run->stages[name];

  if (stage->seconds == 0 || seconds < stage->seconds)
    stage->seconds = seconds;
}

/* ---- text ----------------------------------------------------------------- */

typedef struct
{
  LimnDecoder *decoder;
  const LimnBartKernels *kernels;
  guint n_codes;
  guint32 *tokens;
  float *super, *scratch;
} Sampling;

static void
sample_picture (gpointer data, guint p)
{
  Sampling *s = data;
  const float *u = limn_decoder_get_logits (s->decoder, 0, p);
  const float *c = limn_decoder_get_logits (s->decoder, 1, p);
  float *super = s->super + (gsize) p * s->n_codes;
  guint position = limn_decoder_get_position (s->decoder);
  guint32 token;

  s->kernels->condition (u, c, 10, super, s->n_codes);
  token =
      limn_scores_sample (s->kernels, super, s->n_codes, 1, 50, limn_random_uniform (p, position),
                          s->scratch + (gsize) p * s->n_codes);
  limn_logits_log_probability (s->kernels, u, s->n_codes, token);
  limn_logits_log_probability (s->kernels, c, s->n_codes, token);
  s->tokens[p] = token;
}

/* Steps at some positions spread over all; what is cached before them makes no difference
 * to the time.  Different first tokens: every picture has rows of its own. */
static void
run_steps (Run *run, LimnDecoder *decoder)
{
  guint n = run->n, n_codes = run->model->text.image_vocab, length = run->model->text.image_length;
  g_autofree guint32 *tokens = g_new (guint32, n);
  g_autofree float *super = g_new (float, (gsize) n *n_codes);
  g_autofree float *scratch = g_new (float, (gsize) n *n_codes);
  Sampling sampling = { decoder, limn_bart_kernels_get (), n_codes, tokens, super, scratch };
  double steps = 0, choices = 0;

  for (guint p = 0; p < n; p++)
    tokens[p] = p;
  limn_decoder_step (decoder, tokens, n_codes);
  for (guint i = 0; i < run->n_positions; i++)
    {
      double began = stages_get_time (), stepped;

      decoder->position = (2 * i + 1) * length / (2 * run->n_positions);
      limn_decoder_step (decoder, tokens, n_codes);
      stepped = stages_get_time ();
      limn_compute_run (run->compute, n, sample_picture, &sampling);
      choices += stages_get_time () - stepped;
      steps += stepped - began;
    }
  keep (run, STAGE_STEPS, steps * length / run->n_positions);
  keep (run, STAGE_SAMPLING, choices * length / run->n_positions);
}

static gboolean
run_text (Run *run, GError **error)
{
  guint length = run->model->text.text_length;
  g_autofree guint32 *ids = g_new (guint32, 2 * length);
  g_auto (LimnTextState) texts = { 0 };
  g_autoptr (LimnDecoder) decoder = NULL;
  double began;

  for (guint i = 0; i < 2 * length; i++)
    ids[i] = i % length < (i < length ? 2 : BENCH_TEXT_TOKENS) ? 5 + i : LIMN_TOKEN_PAD;
  began = stages_get_time ();
  if (!limn_encoder_run (run->model, run->compute, ids, 2, FALSE, NULL, NULL, &texts, error))
    return FALSE;
  keep (run, STAGE_ENCODER, stages_get_time () - began);
  began = stages_get_time ();
  decoder = limn_decoder_new (run->model, run->compute, &texts, run->n, error);
  if (!decoder)
    return FALSE;
  keep (run, STAGE_TEXTS, stages_get_time () - began);
  run_steps (run, decoder);
  return TRUE;
}

/* ---- pictures ------------------------------------------------------------- */

static gboolean
run_previews (Run *run, GError **error)
{
  LimnModel *model = run->model;
  guint grid = model->info.grid_size, side = grid * model->preview_pixels;
  g_autofree guint32 *ids = g_new0 (guint32, grid * grid);
  g_autofree guint8 *rgb = g_malloc ((gsize) side * side * 3);
  g_autoptr (LimnPreview) preview = NULL;
  double began = stages_get_time ();

  if (!(model->info.parts & LIMN_MODEL_PART_PREVIEW))
    return TRUE;
  preview = limn_preview_new (model, run->compute, error);
  if (!preview)
    return FALSE;
  for (guint row = 1; row <= grid; row++)
    for (guint p = 0; p < run->n; p++)
      limn_preview_draw (preview, ids, row * grid, grid, grid, rgb);
  keep (run, STAGE_PREVIEWS, stages_get_time () - began);
  return TRUE;
}

/* Seconds of one picture. */
static gboolean
run_picture (LimnVqganDecoder *decoder,
             const guint32 *ids,
             float *pixels,
             double *seconds,
             GError **error)
{
  double began = stages_get_time ();
  gboolean is_done = limn_vqgan_decoder_run (decoder, ids, pixels, NULL, error);

  *seconds = stages_get_time () - began;
  return is_done;
}

/* The first picture gets its memory from the system as it goes, which happens once a job and
 * counts as preparation; the others do not. */
static gboolean
run_render (Run *run, GError **error)
{
  LimnModel *model = run->model;
  guint grid = model->info.grid_size, size = model->info.picture_size;
  g_autofree guint32 *ids = g_new0 (guint32, grid * grid);
  g_autofree float *pixels = g_new (float, (gsize) size *size * 3);
  g_autoptr (LimnVqganDecoder) decoder = NULL;
  double prepared, first, second, began = stages_get_time ();

  for (guint i = 0; i < grid * grid; i++)
    ids[i] = i * 13 % model->vqgan.n_embed;
  decoder = limn_vqgan_decoder_new (model, run->compute, grid, grid, error);
  if (!decoder)
    return FALSE;
  prepared = stages_get_time () - began;
  if (!run_picture (decoder, ids, pixels, &first, error)
      || !run_picture (decoder, ids, pixels, &second, error))
    return FALSE;
  keep (run, STAGE_PREPARE, prepared + MAX (0, first - second));
  keep (run, STAGE_RENDER, MIN (first, second) * run->n);
  return TRUE;
}

gboolean
stages_measure (LimnModel *model,
                guint n_pictures,
                guint n_threads,
                guint n_positions,
                Stage *stages,
                GError **error)
{
  gsize bytes = MAX (limn_encoder_get_scratch_bytes (model, 2),
                     limn_decoder_get_scratch_bytes (model, 2, n_pictures));
  g_autoptr (LimnCompute) compute = limn_compute_new (n_threads, bytes, error);
  Run run = { model, compute, n_pictures, n_positions, stages };

  return compute && run_text (&run, error) && run_previews (&run, error)
         && run_render (&run, error);
}

/* ---- what there is to do -------------------------------------------------- */

/* Products of n_rows rows with weights of matrix's type. */
static void
add_products (Stage *stage, const LimnMatrix *matrix, double n_weights, double n_rows)
{
  gboolean is_integer = matrix->type == LIMN_TYPE_I8;
  double ops = 2 * n_weights * n_rows;

  stage->bytes += n_weights * (is_integer ? 1 : matrix->type == LIMN_TYPE_F32 ? 4 : 2);
  if (is_integer)
    stage->integer_ops += ops;
  else
    stage->floating_ops += ops;
}

void
stages_count (LimnModel *model, guint n_pictures, Stage *stages)
{
  const LimnTextConfig *text = &model->text;
  double d = text->d, n_rows = 2 * n_pictures, length = text->image_length;
  double step_weights =
      text->decoder.n_layers * (6 * d * d + 3 * d * text->decoder.ffn) + d * text->image_vocab;
  const LimnMatrix *encoder = &model->encoder.layers[0].fc0;
  const LimnMatrix *decoder = &model->decoder.layers[0].fc0;
  double cached = n_rows * (length + 1) / 2 * 2 * d * text->decoder.n_layers;

  for (guint i = 0; i < N_STAGES; i++)
    stages[i].bytes = stages[i].integer_ops = stages[i].floating_ops = 0;
  add_products (&stages[STAGE_ENCODER], encoder,
                text->encoder.n_layers * (4 * d * d + 3 * d * text->encoder.ffn),
                2 + BENCH_TEXT_TOKENS);
  add_products (&stages[STAGE_TEXTS], decoder, text->decoder.n_layers * 2 * d * d,
                2 + BENCH_TEXT_TOKENS);
  add_products (&stages[STAGE_STEPS], decoder, step_weights, n_rows);
  stages[STAGE_STEPS].bytes += cached * (decoder->type == LIMN_TYPE_I8 ? 1 : 4);
  stages[STAGE_STEPS].floating_ops += 2 * cached;
  stages[STAGE_STEPS].bytes *= length;
  stages[STAGE_STEPS].integer_ops *= length;
  stages[STAGE_STEPS].floating_ops *= length;
  stages[STAGE_RENDER].floating_ops = baseline_count_render (model) * n_pictures;
}
