/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Encoder and decoder against the reference vectors made with the peer's code,
 * at toy size and (program argument "mini") at the real one.
 */
#include "engine/bart/sampler.h"
#include "fixture.h"

#include <math.h>
#include <string.h>

#define ENCODER_TOLERANCE 3e-5
#define LOGITS_TOLERANCE  1.5e-4

/* One prompt being drawn alone: both streams, one picture. */
typedef struct
{
  Fixture *fixture;
  JsonObject *prompt;
  LimnCompute *compute;
  LimnTextState texts;
  LimnDecoder *decoder;
  double guidance;
  float *super; /* (V) */
} Drawing;

static void
drawing_clear (Drawing *drawing)
{
  limn_text_state_clear (&drawing->texts);
  limn_decoder_free (drawing->decoder);
  limn_compute_free (drawing->compute);
  g_free (drawing->super);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Drawing, drawing_clear)

static void
drawing_begin (Drawing *drawing, const LimnProbe *probe)
{
  Fixture *fixture = drawing->fixture;
  g_autofree guint32 *ids = fixture_get_text_ids (fixture, drawing->prompt);

  drawing->compute = fixture_new_compute (fixture, 2, 1);
  g_assert_true (limn_encoder_run (&fixture->model, drawing->compute, ids, 2, TRUE, probe, NULL,
                                   &drawing->texts, NULL));
  drawing->decoder = limn_decoder_new (&fixture->model, drawing->compute, &drawing->texts, 1, NULL);
  g_assert_nonnull (drawing->decoder);
  drawing->super = g_new (float, fixture->model.text.image_rows);
}

static const float *
drawing_step (Drawing *drawing, guint32 token)
{
  limn_decoder_step (drawing->decoder, &token, drawing->fixture->model.text.image_rows);
  limn_bart_kernels_get ()->condition (limn_decoder_get_logits (drawing->decoder, 0, 0),
                                       limn_decoder_get_logits (drawing->decoder, 1, 0),
                                       (float) drawing->guidance, drawing->super,
                                       drawing->fixture->model.text.image_vocab);
  return drawing->super;
}

/* ---- toy size ------------------------------------------------------------- */

typedef struct
{
  Drawing *drawing;
  const char *what; /* "encoder" or "decoder_step0" */
  guint n_layers;
} Trace;

static void
check_layer (gpointer data, gint layer, const float *x, guint n_rows)
{
  Trace *trace = data;
  g_auto (NpyArray) reference = { 0 };
  g_autofree char *part = layer < 0                         ? g_strdup ("embed_ln")
                          : (guint) layer < trace->n_layers ? g_strdup_printf ("layer%d", layer)
                                                            : g_strdup ("final_ln");
  g_autofree char *file = g_strdup_printf ("p0_%s_%s.npy", trace->what, part);
  g_autofree char *name = fixture_name (trace->drawing->fixture, file);
  g_autofree char *path = golden_find (name);

  if (!path)
    return;
  golden_load_npy (name, &reference);
  g_assert_cmpuint (reference.n, ==, n_rows * trace->drawing->fixture->model.text.d);
  golden_assert_close (file, x, reference.values, reference.n, ENCODER_TOLERANCE);
}

static void
check_encoder (Drawing *drawing, guint i_prompt)
{
  g_auto (NpyArray) reference = { 0 };
  g_autofree char *file = g_strdup_printf ("p%u_encoder_out.npy", i_prompt);
  g_autofree char *name = fixture_name (drawing->fixture, file);

  golden_load_npy (name, &reference);
  golden_assert_close (file, drawing->texts.x, reference.values, reference.n, ENCODER_TOLERANCE);
}

/* Teacher-forced logits (steps, 2, V + 1) and super-conditioned scores (steps, V). */
static void
check_logits (Drawing *drawing, guint i_prompt, const guint32 *forced, gsize n_forced)
{
  const LimnTextConfig *text = &drawing->fixture->model.text;
  g_auto (NpyArray) logits = { 0 }, super = { 0 };
  g_autofree char *logits_file = g_strdup_printf ("p%u_logits.npy", i_prompt);
  g_autofree char *super_file = g_strdup_printf ("p%u_superconditioned.npy", i_prompt);
  g_autofree char *logits_name = fixture_name (drawing->fixture, logits_file);
  g_autofree char *super_name = fixture_name (drawing->fixture, super_file);
  double f = drawing->guidance;

  golden_load_npy (logits_name, &logits);
  golden_load_npy (super_name, &super);
  g_assert_cmpuint (logits.n, ==, n_forced * 2 * text->image_rows);
  for (gsize i = 0; i < n_forced; i++)
    {
      const float *scores = drawing_step (drawing, i == 0 ? text->start_token : forced[i - 1]);

      for (guint s = 0; s < 2; s++)
        golden_assert_close (logits_file, limn_decoder_get_logits (drawing->decoder, s, 0),
                             logits.values + (2 * i + s) * text->image_rows, text->image_rows,
                             LOGITS_TOLERANCE);
      golden_assert_close (super_file, scores, super.values + i * text->image_vocab,
                           text->image_vocab, LOGITS_TOLERANCE * (f + fabs (1 - f)));
    }
}

/* Feeds prefix, then takes the likeliest token again and again. */
static void
check_greedy (Drawing *drawing, const char *prefix_member, const char *member)
{
  gsize n_prefix = 0, n;
  g_autofree guint32 *prefix =
      prefix_member ? golden_get_ids (drawing->prompt, prefix_member, &n_prefix) : NULL;
  g_autofree guint32 *expected = golden_get_ids (drawing->prompt, member, &n);
  guint32 token = drawing->fixture->model.text.start_token;

  limn_decoder_restart (drawing->decoder, 1);
  for (gsize i = 0; i < n_prefix; i++)
    {
      drawing_step (drawing, token);
      token = prefix[i];
    }
  for (gsize i = 0; i < n; i++)
    {
      const float *scores = drawing_step (drawing, token);

      token = limn_scores_sample (limn_bart_kernels_get (), scores,
                                  drawing->fixture->model.text.image_vocab, 0, 0, 0, NULL);
      g_assert_cmpuint (token, ==, expected[i]);
    }
}

/* Traces inside decoder steps 0 and 5 of prompt 0. */
static void
check_traces (Drawing *drawing, const guint32 *forced)
{
  Trace trace = { drawing, NULL, drawing->fixture->model.text.decoder.n_layers };
  LimnProbe probe = { check_layer, &trace };

  for (guint i = 0; i <= 5; i++)
    {
      trace.what = i == 0 ? "decoder_step0" : "decoder_step5";
      limn_decoder_set_probe (drawing->decoder, i == 0 || i == 5 ? &probe : NULL);
      drawing_step (drawing, i == 0 ? drawing->fixture->model.text.start_token : forced[i - 1]);
    }
  limn_decoder_set_probe (drawing->decoder, NULL);
  limn_decoder_restart (drawing->decoder, 1);
}

static void
test_tiny (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("tiny");
  g_autofree guint32 *forced = NULL;
  JsonArray *prompts;
  gsize n_forced;

  if (!fixture)
    return;
  forced = golden_get_ids (fixture->vectors, "forced_tokens", &n_forced);
  prompts = json_object_get_array_member (fixture->vectors, "prompts");
  for (guint i = 0; i < json_array_get_length (prompts); i++)
    {
      g_auto (Drawing) drawing = { fixture, json_array_get_object_element (prompts, i) };
      Trace trace = { &drawing, "encoder", fixture->model.text.encoder.n_layers };
      LimnProbe probe = { check_layer, &trace };

      drawing.guidance = json_object_get_double_member (drawing.prompt, "condition_scale");
      drawing_begin (&drawing, i == 0 ? &probe : NULL);
      check_encoder (&drawing, i);
      if (i == 0)
        check_traces (&drawing, forced);
      check_logits (&drawing, i, forced, n_forced);
      check_greedy (&drawing, NULL, "greedy16");
      check_greedy (&drawing, NULL, "greedy256");
      check_greedy (&drawing, "prefix_tokens", "prefix_then_greedy32");
    }
}

/* ---- real size ------------------------------------------------------------ */

static void
check_first8 (JsonObject *step, const char *member, const float *logits)
{
  JsonArray *first = json_object_get_array_member (step, member);

  for (guint i = 0; i < json_array_get_length (first); i++)
    g_assert_cmpfloat_with_epsilon (logits[i], json_array_get_double_element (first, i),
                                    LOGITS_TOLERANCE);
}

static void
check_stats (JsonObject *stats, const float *x, double tolerance)
{
  gsize n = (gsize) json_object_get_int_member (stats, "n");
  double sum = 0, squares = 0, probe = 0;

  for (gsize i = 0; i < n; i++)
    {
      sum += x[i];
      squares += (double) x[i] * x[i];
      probe += golden_random ("limn", "probe", i) >> 63 ? x[i] : -x[i];
    }
  g_assert_cmpfloat_with_epsilon (sum / n, json_object_get_double_member (stats, "mean"),
                                  tolerance);
  g_assert_cmpfloat_with_epsilon (sqrt (squares), json_object_get_double_member (stats, "l2"),
                                  1e-5 * json_object_get_double_member (stats, "l2"));
  g_assert_cmpfloat_with_epsilon (probe, json_object_get_double_member (stats, "probe"),
                                  tolerance * sqrt (n));
}

/* Order is checked where neighbours are further apart than the tolerance. */
static void
check_top (JsonObject *step, const float *scores, gsize n, double tolerance)
{
  JsonArray *ids = json_object_get_array_member (step, "super_top6_ids");
  JsonArray *top = json_object_get_array_member (step, "super_top6");

  for (guint i = 0; i < json_array_get_length (ids); i++)
    {
      gsize id = (gsize) json_array_get_int_element (ids, i);
      guint n_above = 0;

      g_assert_cmpfloat_with_epsilon (scores[id], json_array_get_double_element (top, i),
                                      tolerance);
      for (gsize j = 0; j < n; j++)
        n_above += scores[j] > scores[id] + tolerance;
      g_assert_cmpuint (n_above, <=, i);
    }
}

static void
check_mini_step (Drawing *drawing, guint i, const float *scores)
{
  g_autofree char *key = g_strdup_printf ("%u", i);
  JsonObject *steps = json_object_get_object_member (drawing->fixture->vectors, "steps");
  const LimnTextConfig *text = &drawing->fixture->model.text;
  double tolerance = LOGITS_TOLERANCE * (2 * drawing->guidance - 1);
  JsonObject *step;

  if (!json_object_has_member (steps, key))
    return;
  step = json_object_get_object_member (steps, key);
  check_first8 (step, "uncond_first8", limn_decoder_get_logits (drawing->decoder, 0, 0));
  check_first8 (step, "cond_first8", limn_decoder_get_logits (drawing->decoder, 1, 0));
  check_stats (json_object_get_object_member (step, "uncond"),
               limn_decoder_get_logits (drawing->decoder, 0, 0), LOGITS_TOLERANCE);
  check_stats (json_object_get_object_member (step, "cond"),
               limn_decoder_get_logits (drawing->decoder, 1, 0), LOGITS_TOLERANCE);
  check_stats (json_object_get_object_member (step, "super_stats"), scores, tolerance);
  check_top (step, scores, text->image_vocab, tolerance);
}

static void
check_mini_encoder (Drawing *drawing)
{
  g_auto (NpyArray) reference = { 0 };
  gsize n, d = drawing->fixture->model.text.d;
  g_autofree guint32 *rows = golden_get_ids (drawing->fixture->vectors, "encoder_rows", &n);
  g_autofree char *name = fixture_name (drawing->fixture, "encoder_rows.npy");

  golden_load_npy (name, &reference);
  for (guint s = 0; s < 2; s++)
    for (gsize i = 0; i < n; i++)
      golden_assert_close ("encoder_rows.npy", drawing->texts.x + (s * 64 + rows[i]) * d,
                           reference.values + (s * n + i) * d, d, ENCODER_TOLERANCE);
}

/* 256 teacher-forced steps. */
static void
check_mini_steps (Drawing *drawing)
{
  const LimnTextConfig *text = &drawing->fixture->model.text;
  g_auto (NpyArray) logits = { 0 };
  g_autofree char *name = fixture_name (drawing->fixture, "logits.npy");
  gsize n_forced;
  g_autofree guint32 *forced =
      golden_get_ids (drawing->fixture->vectors, "forced_tokens", &n_forced);

  golden_load_npy (name, &logits);
  for (guint i = 0; i < text->image_length; i++)
    {
      check_mini_step (drawing, i,
                       drawing_step (drawing, i == 0 ? text->start_token : forced[i - 1]));
      if (i == 0 || i == 255)
        for (guint s = 0; s < 2; s++)
          golden_assert_close ("logits.npy", limn_decoder_get_logits (drawing->decoder, s, 0),
                               logits.values + ((i == 255) * 2 + s) * text->image_rows,
                               text->image_rows, LOGITS_TOLERANCE);
    }
}

static void
check_mini (Fixture *fixture)
{
  g_auto (Drawing) drawing = { fixture };

  if (!fixture)
    return;
  drawing.prompt = fixture->vectors;
  drawing.guidance = json_object_get_double_member (fixture->vectors, "condition_scale");
  drawing_begin (&drawing, NULL);
  check_mini_encoder (&drawing);
  check_mini_steps (&drawing);
}

static void
test_mini (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("mini");

  check_mini (fixture);
}

/* ---- real size, through an import ------------------------------------------ */

/* Half precision holds these numbers exactly: full tolerance. */
static void
test_mini_torch (void)
{
  g_autoptr (Fixture) fixture = fixture_new_imported ("mini", "pt", "keep");

  check_mini (fixture);
}

static void
test_mini_flax (void)
{
  g_autoptr (Fixture) fixture = fixture_new_imported ("mini", "flax", "keep");

  check_mini (fixture);
}

typedef struct
{
  double squares, of_reference, most;
} Difference;

static void
add_difference (Difference *difference, const float *x, const double *reference, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      double d = x[i] - reference[i];

      difference->squares += d * d;
      difference->of_reference += (double) reference[i] * reference[i];
      difference->most = MAX (difference->most, fabs (d));
    }
}

/* The reference's likeliest code is among the engine's five likeliest. */
static void
check_likeliest (JsonObject *steps, guint i, const float *scores, gsize n)
{
  g_autofree char *key = g_strdup_printf ("%u", i);
  gsize id;
  guint n_above = 0;

  if (!json_object_has_member (steps, key))
    return;
  id = (gsize) json_array_get_int_element (
      json_object_get_array_member (json_object_get_object_member (steps, key), "super_top6_ids"),
      0);
  for (gsize j = 0; j < n; j++)
    n_above += scores[j] > scores[id];
  g_assert_cmpuint (n_above, <, 5);
}

/* What rounding the weights costs; FORMAT.md has the figures. */
static void
check_rounded (const char *quantize, double most_relative)
{
  g_autoptr (Fixture) fixture = fixture_new_imported ("mini", "pt", quantize);
  g_auto (Drawing) drawing = { fixture };
  g_auto (NpyArray) logits = { 0 };
  g_autofree guint32 *forced = NULL;
  Difference difference = { 0 };
  JsonObject *steps;
  gsize n;

  if (!fixture)
    return;
  golden_load_npy ("mini/logits.npy", &logits);
  forced = golden_get_ids (fixture->vectors, "forced_tokens", &n);
  steps = json_object_get_object_member (fixture->vectors, "steps");
  drawing.prompt = fixture->vectors;
  drawing.guidance = json_object_get_double_member (fixture->vectors, "condition_scale");
  drawing_begin (&drawing, NULL);
  n = fixture->model.text.image_rows;
  for (guint i = 0; i < 256; i++)
    {
      const float *scores =
          drawing_step (&drawing, i == 0 ? fixture->model.text.start_token : forced[i - 1]);

      check_likeliest (steps, i, scores, fixture->model.text.image_vocab);
      for (guint s = 0; s < 2 && (i == 0 || i == 255); s++)
        add_difference (&difference, limn_decoder_get_logits (drawing.decoder, s, 0),
                        logits.values + ((i == 255) * 2 + s) * n, n);
    }
  g_test_message ("%s: relative error of the logits %.3f %%, at most %.3f", quantize,
                  100 * sqrt (difference.squares / difference.of_reference), difference.most);
  g_assert_cmpfloat (sqrt (difference.squares / difference.of_reference), <, most_relative);
}

static void
test_mini_bf16 (void)
{
  check_rounded ("bf16", 0.02);
}

static void
test_mini_i8 (void)
{
  check_rounded ("i8", 0.08); /* activations are rounded as well */
}

int
main (int argc, char **argv)
{
  const char *set;

  g_test_init (&argc, &argv, NULL);
  set = argc > 1 ? argv[1] : "tiny";
  if (g_str_equal (set, "mini"))
    g_test_add_func ("/text-parity/mini", test_mini);
  else if (g_str_equal (set, "mini-imported"))
    {
      g_test_add_func ("/text-parity/mini/torch", test_mini_torch);
      g_test_add_func ("/text-parity/mini/flax", test_mini_flax);
      g_test_add_func ("/text-parity/mini/bf16", test_mini_bf16);
      g_test_add_func ("/text-parity/mini/i8", test_mini_i8);
    }
  else
    g_test_add_func ("/text-parity/tiny", test_tiny);
  return g_test_run ();
}
