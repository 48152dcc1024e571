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
#include "stages.h"
#include "synthetic.h"

#define BASELINE_STEPS 3

typedef struct
{
  /* settings */
  char *size;
  char *type;
  char **files;
  int n_pictures;
  int n_threads;
  int n_rounds;
  int n_positions;
  double least_steps, least_render; /* ratios to plain OpenBLAS below which it fails */
  gboolean counts_work;
  gboolean has_no_baseline;
  /* state */
  LimnModel *model;
  SyntheticModel *synthetic;
  Ceilings ceilings;
  Stage stages[N_STAGES];
} Bench;

/* ---- measuring ------------------------------------------------------------ */

static void
keep_plain (Stage *stage, double seconds)
{
  if (stage->plain == 0 || seconds < stage->plain)
    stage->plain = seconds;
}

static void
measure_plain (Bench *bench)
{
  guint n = (guint) bench->n_pictures, n_threads = (guint) bench->n_threads;
  LimnModel *model = bench->model;
  Stage *stages = bench->stages;

  keep_plain (&stages[STAGE_ENCODER],
              baseline_time_encoder (model, 2 * model->text.text_length, n_threads));
  keep_plain (&stages[STAGE_STEPS],
              baseline_time_steps (model, 2 * n, BENCH_TEXT_TOKENS, BASELINE_STEPS, n_threads));
  keep_plain (&stages[STAGE_RENDER], baseline_time_render (model, n_threads) * n);
}

/* Rounds of everything in turn, so that a busy moment spoils no ratio; the best counts. */
static gboolean
measure (Bench *bench, GError **error)
{
  for (int i = 0; i < bench->n_rounds; i++)
    {
      ceilings_measure ((guint) bench->n_threads, &bench->ceilings);
      if (!stages_measure (bench->model, (guint) bench->n_pictures, (guint) bench->n_threads,
                           (guint) bench->n_positions, bench->stages, error))
        return FALSE;
      if (!bench->has_no_baseline)
        measure_plain (bench);
    }
  stages_count (bench->model, (guint) bench->n_pictures, bench->stages);
  return TRUE;
}

/* ---- the report ----------------------------------------------------------- */

/* The least seconds a stage can take here: weights from memory, or arithmetic. */
static double
get_floor (const Bench *bench, const Stage *stage)
{
  const Ceilings *ceilings = &bench->ceilings;
  double arithmetic;

  if (ceilings->multiplies <= 0)
    return 0;
  arithmetic =
      stage->integer_ops / ceilings->integer_ops + stage->floating_ops / ceilings->multiplies;
  return MAX (stage->bytes / ceilings->read_bytes, arithmetic);
}

static void
print_figure (double value, int width, int digits, const char *unit)
{
  if (value > 0)
    printf (" %*.*f%s", width, digits, value, unit);
  else
    printf (" %*s%*s", width, "", (int) strlen (unit), "");
}

static void
print_row (const Bench *bench, const char *name, const Stage *stage)
{
  double seconds = stage->seconds;
  double least = get_floor (bench, stage);

  printf ("%-26s %9.3f", name, seconds);
  print_figure (stage->bytes / seconds * 1e-9, 7, 1, "");
  print_figure ((stage->integer_ops + stage->floating_ops) / seconds * 1e-9, 9, 0, "");
  print_figure (100 * least / seconds, 7, 0, " %");
  print_figure (stage->plain, 10, 3, "");
  print_figure (stage->plain / seconds, 7, 1, " x");
  printf ("\n");
}

static Stage
add_up (const Stage *stages)
{
  Stage all = { 0 };

  for (guint i = 0; i < N_STAGES; i++)
    {
      all.seconds += stages[i].seconds;
      all.plain += stages[i].plain;
    }
  return all;
}

/* Until something can be seen: the texts, and the steps and previews of the first row of tokens. */
static double
get_first_preview (const Bench *bench)
{
  const Stage *stages = bench->stages;
  double n_rows = bench->model->info.grid_size;

  return stages[STAGE_ENCODER].seconds + stages[STAGE_TEXTS].seconds
         + (stages[STAGE_STEPS].seconds + stages[STAGE_SAMPLING].seconds
            + stages[STAGE_PREVIEWS].seconds)
               / n_rows;
}

static void
print_stages (const Bench *bench)
{
  static const char *const names[N_STAGES] = {
    "encoder",  "keys, values of the texts", "decoder steps", "choice of tokens",
    "previews", "preparing the VQGAN",       "rendering",
  };
  Stage all = add_up (bench->stages);
  double length = bench->model->text.image_length;

  printf ("\n%-26s %9s %7s %9s %9s %10s %9s\n", "stage", "seconds", "GB/s", "Gop/s", "ceiling",
          "plain BLAS", "ratio");
  for (guint i = 0; i < N_STAGES; i++)
    print_row (bench, names[i], &bench->stages[i]);
  print_row (bench, "all", &all);
  printf ("\na decoder step %.2f ms, a picture's rendering %.0f ms, previews %.2f %% of the "
          "whole,\nthe first preview after %.2f s, a picture %.3f s, %.0f a day\n",
          1e3 * bench->stages[STAGE_STEPS].seconds / length,
          1e3 * bench->stages[STAGE_RENDER].seconds / bench->n_pictures,
          100 * bench->stages[STAGE_PREVIEWS].seconds / all.seconds, get_first_preview (bench),
          all.seconds / bench->n_pictures, 86400 * bench->n_pictures / all.seconds);
}

static void
print_header (const Bench *bench)
{
  const Ceilings *ceilings = &bench->ceilings;

  printf ("%d pictures with %s, %s weights, %d threads, %s\n", bench->n_pictures,
          bench->synthetic ? bench->size : bench->model->info.path,
          bench->synthetic ? bench->type : bench->model->info.weight_type, bench->n_threads,
          bench->counts_work ? "time that processors worked" : "time that passed");
  printf ("best of %d rounds, %d of %u steps and one rendering measured, scaled to all\n",
          bench->n_rounds, bench->n_positions, bench->model->text.image_length);
  printf ("kernels: %s; OpenBLAS: %s\n", limn_cpu_get_level (), baseline_get_core ());
  printf ("ceilings: reading %.1f GB/s, multiplying %.0f GFLOP/s, 8-bit products %.0f Gop/s\n",
          ceilings->read_bytes * 1e-9, ceilings->multiplies * 1e-9, ceilings->integer_ops * 1e-9);
}

/* For tests: whether a stage beats plain OpenBLAS by as much as it should. */
static gboolean
is_fast_enough (const Stage *stage, const char *name, double least)
{
  if (stage->plain / stage->seconds >= least)
    return TRUE;
  fprintf (stderr, "limn-bench: %s only %.2f times faster than plain OpenBLAS, not %.2f\n", name,
           stage->plain / stage->seconds, least);
  return FALSE;
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
    { "rounds", 'r', 0, G_OPTION_ARG_INT, &bench->n_rounds, "rounds, the best of which counts (2)",
      "N" },
    { "steps", 0, 0, G_OPTION_ARG_INT, &bench->n_positions, "decoder steps measured (8)", "N" },
    { "work", 0, 0, G_OPTION_ARG_NONE, &bench->counts_work,
      "count time that processors worked: for a busy computer", NULL },
    { "no-baseline", 0, 0, G_OPTION_ARG_NONE, &bench->has_no_baseline, "the engine alone", NULL },
    { "least-steps", 0, 0, G_OPTION_ARG_DOUBLE, &bench->least_steps,
      "fail if steps are not X times faster than plain OpenBLAS", "X" },
    { "least-render", 0, 0, G_OPTION_ARG_DOUBLE, &bench->least_render,
      "fail if rendering is not X times faster", "X" },
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
  bench->n_rounds = CLAMP (bench->n_rounds, 1, 1000);
  bench->n_positions = CLAMP (bench->n_positions, 1, 256);
  stages_set_clock (bench->counts_work, (guint) bench->n_threads);
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
  Bench bench = { .n_pictures = 9, .n_rounds = 2, .n_positions = 8 };
  g_autoptr (GError) error = NULL;
  gboolean is_ok;

  shed_environment (argv);
  bench.size = g_strdup ("mini");
  bench.type = g_strdup ("i8");
  is_ok = parse_arguments (&bench, &argc, &argv, &error) && open_model (&bench, &error)
          && measure (&bench, &error);
  if (is_ok)
    {
      print_header (&bench);
      print_stages (&bench);
      is_ok = is_fast_enough (&bench.stages[STAGE_STEPS], "steps are", bench.least_steps);
      is_ok =
          is_fast_enough (&bench.stages[STAGE_RENDER], "rendering is", bench.least_render) && is_ok;
    }
  else
    fprintf (stderr, "limn-bench: %s\n", error->message);
  bench_clear (&bench);
  return is_ok ? 0 : 1;
}
