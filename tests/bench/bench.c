/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limn-bench: seconds of a grid of pictures, stage by stage, as ratios to plain
 * OpenBLAS and to what this computer can do, all measured in the same run.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "baseline.h"
#include "ceilings.h"
#include "engine/bart/decoder.h"
#include "engine/bart/rng.h"
#include "engine/bart/sampler.h"
#include "engine/vqgan/decoder.h"
#include "engine/vqgan/preview.h"
#include "synthetic.h"

#define N_TEXT         12 /* tokens of the prompt: about eight words */
#define BASELINE_STEPS 6

typedef struct
{
  double encoder, texts, steps, sampling, previews, prepare, render;
  guint n_steps, n_renders; /* measured */
} Times;

typedef struct
{
  /* settings */
  char *size;
  char *type;
  char **files;
  int n_pictures;
  int n_threads;
  gboolean is_quick;
  gboolean has_no_baseline;
  /* state */
  LimnModel *model;
  SyntheticModel *synthetic;
  Ceilings ceilings;
  Times times;
} Bench;

static double
get_time (void)
{
  return (double) g_get_monotonic_time () * 1e-6;
}

/* ---- the engine ----------------------------------------------------------- */

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

  s->kernels->condition (u, c, 10, super, s->n_codes);
  s->tokens[p] =
      limn_scores_sample (s->kernels, super, s->n_codes, 1, 50, limn_random_uniform (p, position),
                          s->scratch + (gsize) p * s->n_codes);
  limn_logits_log_probability (s->kernels, u, s->n_codes, s->tokens[p]);
  limn_logits_log_probability (s->kernels, c, s->n_codes, s->tokens[p]);
}

/* Steps of all positions; in a quick run only some, then scaled. */
static void
run_steps (Bench *bench, LimnCompute *compute, LimnDecoder *decoder)
{
  guint n = (guint) bench->n_pictures, n_codes = bench->model->text.image_vocab;
  g_autofree guint32 *tokens = g_new (guint32, n);
  g_autofree float *super = g_new (float, n *n_codes);
  g_autofree float *scratch = g_new (float, n *n_codes);
  Sampling sampling = { decoder, limn_bart_kernels_get (), n_codes, tokens, super, scratch };
  Times *times = &bench->times;

  for (guint p = 0; p < n; p++)
    tokens[p] = bench->model->text.start_token;
  times->n_steps = bench->is_quick ? 48 : bench->model->text.image_length;
  for (guint i = 0; i < times->n_steps; i++)
    {
      double began = get_time (), stepped;

      limn_decoder_step (decoder, tokens, n_codes);
      stepped = get_time ();
      limn_compute_run (compute, n, sample_picture, &sampling);
      times->sampling += get_time () - stepped;
      times->steps += stepped - began;
    }
}

static gboolean
run_text (Bench *bench, LimnCompute *compute, GError **error)
{
  guint length = bench->model->text.text_length;
  g_autofree guint32 *ids = g_new (guint32, 2 * length);
  g_auto (LimnTextState) texts = { 0 };
  g_autoptr (LimnDecoder) decoder = NULL;
  double began;

  for (guint i = 0; i < 2 * length; i++)
    ids[i] = i % length < (i < length ? 2 : N_TEXT) ? 5 + i : LIMN_TOKEN_PAD;
  began = get_time ();
  if (!limn_encoder_run (bench->model, compute, ids, 2, FALSE, NULL, NULL, &texts, error))
    return FALSE;
  bench->times.encoder = get_time () - began;
  began = get_time ();
  decoder = limn_decoder_new (bench->model, compute, &texts, (guint) bench->n_pictures, error);
  if (!decoder)
    return FALSE;
  bench->times.texts = get_time () - began;
  run_steps (bench, compute, decoder);
  return TRUE;
}

static gboolean
run_render (Bench *bench, LimnCompute *compute, GError **error)
{
  guint grid = bench->model->info.grid_size, size = bench->model->info.picture_size;
  g_autofree guint32 *ids = g_new0 (guint32, grid * grid);
  g_autofree float *pixels = g_new (float, (gsize) size *size * 3);
  g_autoptr (LimnVqganDecoder) decoder = NULL;
  double began = get_time ();

  for (guint i = 0; i < grid * grid; i++)
    ids[i] = i * 13 % bench->model->vqgan.n_embed;
  decoder = limn_vqgan_decoder_new (bench->model, compute, grid, grid, error);
  if (!decoder)
    return FALSE;
  bench->times.prepare = get_time () - began;
  began = get_time ();
  bench->times.n_renders = bench->is_quick ? 1 : (guint) bench->n_pictures;
  for (guint p = 0; p < bench->times.n_renders; p++)
    if (!limn_vqgan_decoder_run (decoder, ids, pixels, NULL, error))
      return FALSE;
  bench->times.render = get_time () - began;
  return TRUE;
}

/* The table of colours, then a preview of every picture after each row. */
static gboolean
run_previews (Bench *bench, LimnCompute *compute, GError **error)
{
  guint grid = bench->model->info.grid_size, side = grid * bench->model->preview_pixels;
  g_autofree guint32 *ids = g_new0 (guint32, grid * grid);
  g_autofree guint8 *rgb = g_malloc ((gsize) side * side * 3);
  g_autoptr (LimnPreview) preview = NULL;
  double began = get_time ();

  if (!(bench->model->info.parts & LIMN_MODEL_PART_PREVIEW))
    return TRUE;
  preview = limn_preview_new (bench->model, compute, error);
  if (!preview)
    return FALSE;
  for (guint row = 1; row <= grid; row++)
    for (guint p = 0; p < (guint) bench->n_pictures; p++)
      limn_preview_draw (preview, ids, row * grid, grid, grid, rgb);
  bench->times.previews = get_time () - began;
  return TRUE;
}

static gboolean
run_engine (Bench *bench, GError **error)
{
  gsize bytes = MAX (limn_encoder_get_scratch_bytes (bench->model, 2),
                     limn_decoder_get_scratch_bytes (bench->model, 2, (guint) bench->n_pictures));
  g_autoptr (LimnCompute) compute = limn_compute_new ((guint) bench->n_threads, bytes, error);

  return compute && run_text (bench, compute, error) && run_previews (bench, compute, error)
         && run_render (bench, compute, error);
}

/* ---- the report ----------------------------------------------------------- */

static gsize
get_weight_size (LimnType type)
{
  return type == LIMN_TYPE_F32 ? 4 : type == LIMN_TYPE_I8 ? 1 : 2;
}

static double
count_step_weights (LimnModel *model)
{
  const LimnTextConfig *text = &model->text;
  double d = text->d;

  return text->decoder.n_layers * (6 * d * d + 3 * d * text->decoder.ffn) + d * text->image_vocab;
}

/* The least a step's products can take: weights from memory, or arithmetic. */
static double
get_step_floor (Bench *bench)
{
  LimnType type = bench->model->decoder.layers[0].fc0.type;
  double weights = count_step_weights (bench->model);
  double rate = type == LIMN_TYPE_I8 && bench->ceilings.integer_ops > 0
                    ? bench->ceilings.integer_ops
                    : bench->ceilings.multiplies;
  double memory = weights * (double) get_weight_size (type) / bench->ceilings.read_bytes;
  double arithmetic = rate > 0 ? weights * 2 * 2 * bench->n_pictures / rate : 0;

  return MAX (memory, arithmetic);
}

static void
print_row (const char *stage, double seconds, double baseline)
{
  printf ("%-28s %9.3f", stage, seconds);
  if (baseline > 0)
    printf (" %11.3f %8.1f x", baseline, baseline / seconds);
  printf ("\n");
}

static void
print_stages (Bench *bench)
{
  const Times *times = &bench->times;
  LimnModel *model = bench->model;
  guint n = (guint) bench->n_pictures, n_threads = (guint) bench->n_threads;
  double scale = (double) model->text.image_length / times->n_steps;
  double steps = times->steps * scale, sampling = times->sampling * scale;
  double render = times->render * n / times->n_renders;
  double plain_encoder = 0, plain_steps = 0, plain_render = 0;
  double total =
      times->encoder + times->texts + steps + sampling + times->previews + times->prepare + render;

  if (!bench->has_no_baseline)
    {
      plain_encoder = baseline_time_encoder (model, 2 * model->text.text_length, n_threads);
      plain_steps = baseline_time_steps (model, 2 * n, N_TEXT, BASELINE_STEPS, n_threads);
      plain_render = baseline_time_render (model, n_threads) * n;
    }
  printf ("\n%-28s %9s %11s %10s\n", "stage", "seconds", "plain BLAS", "ratio");
  print_row ("encoder", times->encoder, plain_encoder);
  print_row ("keys and values of the texts", times->texts, 0);
  print_row ("decoder steps", steps, plain_steps);
  print_row ("choice of tokens", sampling, 0);
  print_row ("previews", times->previews, 0);
  print_row ("preparing the VQGAN", times->prepare, 0);
  print_row ("rendering", render, plain_render);
  print_row ("all", total, plain_encoder + plain_steps + plain_render);
  printf ("\npreviews take %.2f %% of the whole\n", 100 * times->previews / total);
  printf ("a decoder step: %.2f ms; its products could take %.2f ms here: %.0f %% of the ceiling\n",
          1e3 * steps / model->text.image_length, 1e3 * get_step_floor (bench),
          100 * get_step_floor (bench) * model->text.image_length / steps);
}

static void
print_header (Bench *bench)
{
  const Ceilings *ceilings = &bench->ceilings;

  printf ("%d pictures with %s, %s weights, %d threads%s\n", bench->n_pictures,
          bench->synthetic ? bench->size : bench->model->info.path,
          bench->synthetic ? bench->type : bench->model->info.weight_type, bench->n_threads,
          bench->is_quick ? " (quick: some steps and one render, scaled)" : "");
  printf ("kernels: %s; OpenBLAS: %s\n", limn_cpu_get_level (), baseline_get_core ());
  printf ("ceilings: reading %.1f GB/s, multiplying %.0f GFLOP/s, 8-bit products %.0f Gop/s\n",
          ceilings->read_bytes * 1e-9, ceilings->multiplies * 1e-9, ceilings->integer_ops * 1e-9);
}

/* ---- the command ---------------------------------------------------------- */

/* Settings meant for other programs can halve OpenBLAS's speed; it reads them
 * when it is loaded, so the program starts anew without them. */
static void
shed_environment (char **argv)
{
  if (!g_getenv ("OPENBLAS_CORETYPE") && !g_getenv ("OPENBLAS_L2_SIZE"))
    return;
  g_unsetenv ("OPENBLAS_CORETYPE");
  g_unsetenv ("OPENBLAS_L2_SIZE");
  execv ("/proc/self/exe", argv);
}

static gboolean
parse_type (const char *name, LimnType *type)
{
  static const char *const names[] = { "f32", "f16", "bf16", "i8" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], name))
      {
        *type = (LimnType) i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
open_model (Bench *bench, GError **error)
{
  LimnType type;

  if (bench->files && bench->files[0])
    {
      bench->model = limn_model_open (bench->files[0], error);
      return bench->model
             && limn_model_require (bench->model, LIMN_MODEL_PART_TEXT | LIMN_MODEL_PART_DECODER,
                                    error);
    }
  if (parse_type (bench->type, &type))
    bench->synthetic = synthetic_model_new (bench->size, type);
  if (bench->synthetic)
    bench->model = &bench->synthetic->model;
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         "sizes are mini, mega and starter; types f32, f16, bf16 and i8");
  return bench->model != NULL;
}

static gboolean
parse_arguments (Bench *bench, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "size", 0, 0, G_OPTION_ARG_STRING, &bench->size,
      "size of the generated model: mini (default), mega or starter", "SIZE" },
    { "type", 0, 0, G_OPTION_ARG_STRING, &bench->type,
      "type of its weights: i8 (default), bf16, f16 or f32", "TYPE" },
    { "pictures", 'n', 0, G_OPTION_ARG_INT, &bench->n_pictures, "pictures together (9)", "N" },
    { "threads", 't', 0, G_OPTION_ARG_INT, &bench->n_threads, "threads (one a core)", "N" },
    { "quick", 'q', 0, G_OPTION_ARG_NONE, &bench->is_quick,
      "some steps and one render, scaled to all", NULL },
    { "no-baseline", 0, 0, G_OPTION_ARG_NONE, &bench->has_no_baseline, "the engine alone", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &bench->files, NULL, "[MODEL.gguf]" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- time the engine");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (bench->n_threads <= 0)
    bench->n_threads = (int) g_get_num_processors ();
  bench->n_pictures = CLAMP (bench->n_pictures, 1, 64);
  return TRUE;
}

static void
bench_clear (Bench *bench)
{
  if (bench->synthetic)
    synthetic_model_free (bench->synthetic);
  else
    g_clear_pointer (&bench->model, limn_model_unref);
  g_free (bench->size);
  g_free (bench->type);
  g_strfreev (bench->files);
}

int
main (int argc, char **argv)
{
  Bench bench = { .n_pictures = 9 };
  g_autoptr (GError) error = NULL;
  gboolean is_ok;

  shed_environment (argv);
  bench.size = g_strdup ("mini");
  bench.type = g_strdup ("i8");
  is_ok = parse_arguments (&bench, &argc, &argv, &error) && open_model (&bench, &error);
  if (is_ok)
    {
      ceilings_measure ((guint) bench.n_threads, &bench.ceilings);
      print_header (&bench);
      is_ok = run_engine (&bench, &error);
    }
  if (is_ok)
    print_stages (&bench);
  else
    fprintf (stderr, "limn-bench: %s\n", error->message);
  bench_clear (&bench);
  return is_ok ? 0 : 1;
}
