/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Import: what is refused and how it is said, what configs and the other small
 * files do, progress and cancelling.
 */
#include "config.h"

#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tests/tools/golden.h"

/* ---- refusals ------------------------------------------------------------ */

static void
refuse (const char *const *names, const char *quantize, int code, const char *about)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) paths = import_find_all (names);
  g_autofree char *output = import_make_path ("refused.gguf");
  LimnImportOptions options = { .quantize = quantize };
  g_assert_false (
      limn_import ((const char *const *) paths, output, &options, NULL, NULL, NULL, &error));
  g_assert_error (error, LIMN_ERROR, code);
  if (strstr (error->message, about) == NULL)
    g_error ("“%s” does not tell about “%s”", error->message, about);
  g_assert_false (g_file_test (output, G_FILE_TEST_EXISTS));
}

static void
test_incomplete (void)
{
  static const char *const no_decoder[] = { "tiny/encoder.pt", "tiny/config.json", NULL };
  static const char *const no_encoder[] = { "tiny/decoder.pt", "tiny/config.json", NULL };
  static const char *const subset[] = { "formats/tinyvq_strided_subset.pt", NULL };
  static const char *const nothing[] = { "tiny/config.json", NULL };
  static const char *const twice[] = { "tiny/encoder.pt", "tiny/decoder.pt",
                                       "tiny/flax_model.msgpack", NULL };
  refuse (no_decoder, NULL, LIMN_ERROR_MISSING, "decoder is missing");
  refuse (no_encoder, NULL, LIMN_ERROR_MISSING, "encoder is missing");
  refuse (subset, NULL, LIMN_ERROR_MISSING, "vqgan.");
  refuse (nothing, NULL, LIMN_ERROR_MISSING, "no part of a model");
  refuse (twice, NULL, LIMN_ERROR_CORRUPT, "both hold");
  refuse (nothing, "q4_0", LIMN_ERROR_INVALID_REQUEST, "q4_0");
}

/* A tokenizer alone is a part; so is either network. */
static void
test_parts_alone (void)
{
  static const char *const tokenizer[] = { "tokenizer/vocab.json", "tokenizer/merges.txt", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnModel) model = import_golden (tokenizer, NULL);
  g_assert_cmpuint (limn_model_get_info (model)->parts, ==, LIMN_MODEL_PART_TOKENIZER);
  g_assert_false (limn_model_require (model, LIMN_MODEL_PART_TEXT, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_MISSING);
}

/* A config of the reference set with one line changed. */
static char *
write_changed (const char *name, const char *from, const char *to)
{
  g_autofree char *original = golden_find (name);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (original, &text, NULL, NULL));
  g_auto (GStrv) parts = g_strsplit (text, from, 2);
  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  g_autofree char *changed = g_strconcat (parts[0], to, parts[1], NULL);
  char *path = import_make_path ("config.json");
  g_assert_true (g_file_set_contents (path, changed, -1, NULL));
  return path;
}

static char *
write_config (const char *from, const char *to)
{
  return write_changed ("tiny/config.json", from, to);
}

static char *
write_vqgan_config (const char *line)
{
  return write_changed ("formats/tinyvq_config.json", "\"dropout\": 0.0", line);
}

static void
test_vqgan_configs (void)
{
  static const struct
  {
    const char *line;
    int code;
    const char *about;
  } cases[] = {
    { "\"look_tokens\": [9], \"look_widths\": [4], \"look_sizes\": [2]", LIMN_ERROR_UNSUPPORTED,
      "vqgan.looks.sizes" },
    { "\"look_tokens\": [9], \"look_widths\": [4], \"look_sizes\": [1, 1]", LIMN_ERROR_CORRUPT,
      "different lengths" },
    { "\"look_tokens\": [9], \"look_widths\": [4]", LIMN_ERROR_CORRUPT, "look_sizes" },
    { "\"look_tokens\": [9], \"look_widths\": [4], \"look_sizes\": [1]", LIMN_ERROR_MISSING,
      "vqgan.looks.0" },
    { "\"encoder_skips_middle\": 2", LIMN_ERROR_UNSUPPORTED, "encoder_skips_middle" },
    { "\"encoder_skips_middle\": 1", LIMN_ERROR_UNSUPPORTED, "vqgan.encoder.mid" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *config = write_vqgan_config (cases[i].line);
      const char *names[] = { "formats/tinyvq_flax_f16.msgpack", config, NULL };
      refuse (names, NULL, cases[i].code, cases[i].about);
      g_unlink (config);
    }
}

static void
test_configs (void)
{
  static const struct
  {
    const char *from;
    const char *to;
    int code;
    const char *about;
  } cases[] = {
    { "\"layernorm\"", "\"rmsnorm\"", LIMN_ERROR_UNSUPPORTED, "ln_type" },
    { "\"normformer\"", "\"preln\"", LIMN_ERROR_UNSUPPORTED, "ln_positions" },
    { "\"use_head_scale\": false", "\"use_head_scale\": true", LIMN_ERROR_UNSUPPORTED,
      "use_head_scale" },
    { "\"use_cosine_attention\": false", "\"use_cosine_attention\": true", LIMN_ERROR_UNSUPPORTED,
      "use_cosine_attention" },
    { "\"use_glu\": true", "\"use_glu\": false", LIMN_ERROR_UNSUPPORTED, "use_glu" },
    { "\"use_bias\": false", "\"use_bias\": true", LIMN_ERROR_UNSUPPORTED, "use_bias" },
    { "\"sinkhorn_iters\": 1", "\"sinkhorn_iters\": 2", LIMN_ERROR_UNSUPPORTED, "sinkhorn_iters" },
    { "\"gelu\"", "\"swish\"", LIMN_ERROR_UNSUPPORTED, "activation_function" },
    { "\"dallebart\"", "\"bart\"", LIMN_ERROR_UNSUPPORTED, "model_type" },
    { "\"d_model\": 64", "\"d_model\": 128", LIMN_ERROR_CORRUPT, "d_model" },
    { "\"encoder_layers\": 2", "\"encoder_layers\": 3", LIMN_ERROR_CORRUPT, "encoder_layers" },
    { "\"d_model\": 64", "\"d_model\": \"big\"", LIMN_ERROR_CORRUPT, "d_model" },
    { "\"d_model\": 64", "\"d_model\": -1", LIMN_ERROR_CORRUPT, "d_model" },
    { "\"encoder_attention_heads\": 4", "\"encoder_attention_heads\": 5", LIMN_ERROR_UNSUPPORTED,
      "heads" },
    { "\"decoder_start_token_id\": 1024", "\"decoder_start_token_id\": 9999",
      LIMN_ERROR_UNSUPPORTED, "start_token" },
    { "\"d_model\": 64,", "\"d_model\": 64", LIMN_ERROR_CORRUPT, "JSON" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *config = write_config (cases[i].from, cases[i].to);
      const char *names[] = { "tiny/flax_model.msgpack", config, NULL };
      refuse (names, NULL, cases[i].code, cases[i].about);
      g_unlink (config);
    }
}

/* A config can say how to sample; an unset normaliser is min-dalle's. */
static void
test_settings (void)
{
  g_autofree char *config = write_config (
      "\"normalize_text\": true", "\"normalize_text\": false, \"limn_sampling\": "
                                  "{\"guidance\": 3.5, \"top_k\": 0, \"temperature\": 0.75, "
                                  "\"min_probability\": 0.25}, "
                                  "\"limn_model_name\": \"Tiny\", \"limn_licence\": \"CC0\", "
                                  "\"limn_styles\": [\"sketch\", 3, \"pixel art\"]");
  g_autofree char *concepts = import_make_path ("concepts.tsv");
  g_assert_true (g_file_set_contents (concepts,
                                      "codes\tname\tsynonyms\tplural\n1\tcat\tkitty|puss\tcats\n"
                                      "2\tfrog\t\tfrogs\n",
                                      -1, NULL));
  const char *names[] = { "tiny/flax_model.msgpack", config, concepts, NULL };
  g_autoptr (LimnModel) model = import_golden (names, NULL);
  const LimnModelInfo *info = limn_model_get_info (model);
  gsize n = 0;
  const char *const *lines = limn_gguf_get_strings (model->gguf, "limn.concepts", &n, NULL);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpstr (lines[0], ==, "cat|kitty|puss");
  g_assert_cmpstr (lines[1], ==, "frog");
  lines = limn_gguf_get_strings (model->gguf, "limn.styles", &n, NULL);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpstr (lines[1], ==, "pixel art");
  g_assert_cmpstr (info->name, ==, "Tiny");
  g_assert_cmpstr (info->license, ==, "CC0");
  g_unlink (concepts);
  g_assert_cmpfloat (info->default_guidance, ==, 3.5);
  g_assert_cmpuint (info->default_top_k, ==, 0);
  g_assert_cmpfloat (info->default_temperature, ==, 0.75);
  g_assert_cmpfloat (model->text.min_probability, ==, 0.25);
  g_assert_cmpint (model->text.normalizer, ==, LIMN_NORMALIZER_MIN_DALLE);
  g_unlink (config);
}

/* Published vocabularies have one word more than the table has rows. */
static void
test_short_table (void)
{
  g_autofree char *vocabulary = golden_find ("tokenizer/vocab.json");
  g_autofree char *text = NULL;
  g_autofree char *path = import_make_path ("longer.json");
  g_assert_true (g_file_get_contents (vocabulary, &text, NULL, NULL));
  *strrchr (text, '}') = '\0';
  g_autofree char *longer = g_strconcat (text, ", \"one more\": 768}", NULL);
  g_assert_true (g_file_set_contents (path, longer, -1, NULL));
  const char *names[] = { "tiny/flax_model.msgpack", "tiny/config.json", path,
                          "tokenizer/merges.txt", NULL };
  g_autoptr (LimnModel) model = import_golden (names, NULL);
  gsize n = 0;
  const char *const *tokens =
      limn_gguf_get_strings (model->gguf, "tokenizer.ggml.tokens", &n, NULL);
  g_assert_cmpuint (n, ==, 769);
  g_assert_cmpstr (tokens[768], ==, "one more");
  g_assert_cmpuint (model->text.text_vocab, ==, 768);
  g_unlink (path);
}

static void
on_progress (double fraction, const char *what, gpointer user_data)
{
  double *last = user_data;
  g_assert_cmpfloat (fraction, >=, *last);
  g_assert_cmpfloat (fraction, <=, 1);
  g_assert_nonnull (what);
  *last = fraction;
}

static void
cancel_in_the_middle (double fraction, const char *what, gpointer user_data)
{
  if (fraction > 0.3)
    g_cancellable_cancel (user_data);
}

static void
test_progress_and_cancel (void)
{
  static const char *const names[] = { "tiny/flax_model.msgpack", "tiny/config.json", NULL };
  g_auto (GStrv) paths = import_find_all (names);
  g_autofree char *output = import_make_path ("out.gguf");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  double last = 0;
  g_assert_true (
      limn_import ((const char *const *) paths, output, NULL, on_progress, &last, NULL, &error));
  g_assert_cmpfloat (last, ==, 1);
  g_unlink (output);
  g_assert_false (limn_import ((const char *const *) paths, output, NULL, cancel_in_the_middle,
                               cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_file_test (output, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!import_fixture_set_up ())
    {
      g_print ("1..0 # SKIP the reference checkpoints are not there\n");
      return 0;
    }
  g_test_add_func ("/import/incomplete", test_incomplete);
  g_test_add_func ("/import/parts-alone", test_parts_alone);
  g_test_add_func ("/import/configs", test_configs);
  g_test_add_func ("/import/vqgan-configs", test_vqgan_configs);
  g_test_add_func ("/import/settings", test_settings);
  g_test_add_func ("/import/short-table", test_short_table);
  g_test_add_func ("/import/progress-and-cancel", test_progress_and_cancel);
  int status = g_test_run ();
  import_fixture_tear_down ();
  return status;
}
