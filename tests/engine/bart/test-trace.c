/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limn-trace, run as a program on models imported from each kind of checkpoint. */
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "engine/limn.h"
#include "tests/tools/golden.h"
#include "tests/tools/program.h"

static const char *program; /* path of limn-trace */

/* Imports reference files into dir; NULL when they are not there. */
static char *
import_model (const char *dir, const char *const *names, const char *quantize)
{
  LimnImportOptions options = { .quantize = quantize };
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *output = g_build_filename (dir, "model.gguf", NULL);
  g_autoptr (GError) error = NULL;

  for (; *names; names++)
    {
      char *path = golden_find (*names);

      if (!path)
        {
          g_test_skip ("the reference vectors are not here");
          return NULL;
        }
      g_ptr_array_add (paths, path);
    }
  g_ptr_array_add (paths, NULL);
  if (!limn_import ((const char *const *) paths->pdata, output, &options, NULL, NULL, NULL, &error))
    g_error ("import: %s", error->message);
  return g_steal_pointer (&output);
}

/* Runs limn-trace MODEL ARGUMENTS -o DIR; its exit status. */
static int
trace (const char *model, const char *dir, const char *const *arguments)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();

  g_ptr_array_add (argv, (gpointer) program);
  g_ptr_array_add (argv, (gpointer) model);
  for (; *arguments; arguments++)
    g_ptr_array_add (argv, (gpointer) *arguments);
  g_ptr_array_add (argv, (gpointer) "-o");
  g_ptr_array_add (argv, (gpointer) dir);
  g_ptr_array_add (argv, NULL);
  return program_run ((const char *const *) argv->pdata, TRUE);
}

static void
remove_dir (const char *dir)
{
  g_autoptr (GDir) listing = g_dir_open (dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (listing)))
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);

      g_unlink (path);
    }
  g_rmdir (dir);
}

/* Array of a traced file, as floats. */
static float *
load_traced (const char *dir, const char *name, gsize n)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_auto (NpyArray) array = { 0 };
  g_autoptr (GError) error = NULL;
  float *values;

  if (!npy_read (path, &array, &error))
    g_error ("%s", error->message);
  g_assert_cmpuint (array.n, ==, n);
  values = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    values[i] = (float) array.values[i];
  return values;
}

/* Ids of a member as "1,2,3"; padding ends them. */
static char *
join_ids (JsonObject *object, const char *member)
{
  gsize n;
  g_autofree guint32 *ids = golden_get_ids (object, member, &n);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    {
      if (g_str_has_prefix (member, "text_ids") && ids[i] == 1)
        break;
      g_string_append_printf (text, i > 0 ? ",%u" : "%u", ids[i]);
    }
  return g_string_free (text, FALSE);
}

static void
check_prompt (const char *dir, const char *model, JsonObject *vectors, guint i)
{
  JsonArray *prompts = json_object_get_array_member (vectors, "prompts");
  JsonObject *prompt = json_array_get_object_element (prompts, i);
  g_autofree char *ids = join_ids (prompt, "text_ids_cond");
  g_autofree char *forced = join_ids (vectors, "forced_tokens");
  const char *arguments[] = { "--ids", ids,         "--forced", forced, "--guidance",
                              "10",    "--threads", "2",        NULL };
  g_autofree char *encoder_file = g_strdup_printf ("tiny/p%u_encoder_out.npy", i);
  g_autofree char *logits_file = g_strdup_printf ("tiny/p%u_logits.npy", i);
  g_autofree char *super_file = g_strdup_printf ("tiny/p%u_superconditioned.npy", i);
  g_auto (NpyArray) encoder = { 0 }, logits = { 0 }, super = { 0 };
  g_autofree float *got_encoder = NULL, *got_uncond = NULL, *got_cond = NULL, *got_super = NULL;

  g_assert_cmpint (trace (model, dir, arguments), ==, 0);
  golden_load_npy (encoder_file, &encoder);
  golden_load_npy (logits_file, &logits);
  golden_load_npy (super_file, &super);
  got_encoder = load_traced (dir, "encoder.npy", encoder.n);
  got_uncond = load_traced (dir, "logits_uncond.npy", logits.n / 2);
  got_cond = load_traced (dir, "logits_cond.npy", logits.n / 2);
  got_super = load_traced (dir, "logits_super.npy", super.n);
  golden_assert_close ("encoder", got_encoder, encoder.values, encoder.n, 3e-5);
  golden_assert_close ("super", got_super, super.values, super.n, 2.9e-3);
  for (gsize step = 0; step < 16; step++)
    {
      const double *row = logits.values + step * 2 * 1025;

      golden_assert_close ("uncond", got_uncond + step * 1025, row, 1025, 1.5e-4);
      golden_assert_close ("cond", got_cond + step * 1025, row + 1025, 1025, 1.5e-4);
    }
}

static void
check_greedy (const char *dir, const char *model, JsonObject *vectors)
{
  JsonArray *prompts = json_object_get_array_member (vectors, "prompts");
  JsonObject *prompt = json_array_get_object_element (prompts, 0);
  g_autofree char *ids = join_ids (prompt, "text_ids_cond");
  g_autofree char *prefix = join_ids (prompt, "prefix_tokens");
  const char *arguments[] = { "--ids", ids,        "--forced", prefix, "--steps",
                              "1",     "--greedy", "32",       NULL };
  gsize n;
  g_autofree guint32 *expected = golden_get_ids (prompt, "prefix_then_greedy32", &n);
  g_autofree float *got = NULL;

  g_assert_cmpint (trace (model, dir, arguments), ==, 0);
  got = load_traced (dir, "tokens.npy", n);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpuint ((guint) got[i], ==, expected[i]);
}

static void
test_text (gconstpointer names)
{
  g_autofree char *dir = g_dir_make_tmp ("limn-trace-XXXXXX", NULL);
  g_autofree char *model = import_model (dir, names, NULL);
  g_autoptr (JsonObject) vectors = NULL;

  if (model)
    {
      vectors = golden_load_json ("tiny/vectors.json");
      check_prompt (dir, model, vectors, 0);
      check_prompt (dir, model, vectors, 1);
      check_greedy (dir, model, vectors);
    }
  remove_dir (dir);
}

/* ---- fewer bits ----------------------------------------------------------- */

/* Root of the mean square of the difference, as a share of the reference's deviation. */
static double
get_relative_error (const float *values, const double *reference, gsize n, gsize stride)
{
  double sum = 0, squares = 0, errors = 0;
  gsize n_rows = 16;

  for (gsize step = 0; step < n_rows; step++)
    for (gsize i = 0; i < n; i++)
      {
        double r = reference[step * stride + i], e = values[step * n + i] - r;

        sum += r;
        squares += r * r;
        errors += e * e;
      }
  return sqrt (errors / (squares - sum * sum / (double) (n_rows * n)));
}

/* How many of n scores beat the one that is largest in the reference. */
static guint
get_rank (const float *scores, const double *reference, gsize n)
{
  gsize best = 0;
  guint rank = 0;

  for (gsize i = 1; i < n; i++)
    if (reference[i] > reference[best])
      best = i;
  for (gsize i = 0; i < n; i++)
    rank += scores[i] > scores[best];
  return rank;
}

static void
check_quantized (const char *dir, const char *quantize, double limit)
{
  static const char *const names[] = { "tiny/encoder.pt", "tiny/decoder.pt", "tiny/config.json",
                                       NULL };
  g_autofree char *model = import_model (dir, names, quantize);
  g_autoptr (JsonObject) vectors = NULL;
  g_autofree char *ids = NULL, *forced = NULL;
  g_autofree float *cond = NULL, *super = NULL;
  g_auto (NpyArray) logits = { 0 }, reference = { 0 };
  double error;

  if (!model)
    return;
  vectors = golden_load_json ("tiny/vectors.json");
  ids = join_ids (
      json_array_get_object_element (json_object_get_array_member (vectors, "prompts"), 0),
      "text_ids_cond");
  forced = join_ids (vectors, "forced_tokens");
  g_assert_cmpint (trace (model, dir, (const char *[]){ "--ids", ids, "--forced", forced, NULL }),
                   ==, 0);
  golden_load_npy ("tiny/p0_logits.npy", &logits);
  golden_load_npy ("tiny/p0_superconditioned.npy", &reference);
  cond = load_traced (dir, "logits_cond.npy", 16 * 1025);
  super = load_traced (dir, "logits_super.npy", 16 * 1024);
  error = get_relative_error (cond, logits.values + 1025, 1025, 2 * 1025);
  g_test_message ("%s: logits differ by %.2f %%", quantize, 100 * error);
  g_assert_cmpfloat (error, <=, limit);
  for (gsize step = 0; step < 16; step++)
    g_assert_cmpuint (get_rank (super + step * 1024, reference.values + step * 1024, 1024), <, 5);
}

static void
test_quantized (void)
{
  g_autofree char *dir = g_dir_make_tmp ("limn-trace-XXXXXX", NULL);

  check_quantized (dir, "f16", 1e-4);
  check_quantized (dir, "bf16", 0.02);
  check_quantized (dir, "i8", 0.04);
  remove_dir (dir);
}

/* A file with a VQGAN alone. */
static void
test_pixels (void)
{
  static const char *const names[] = { "formats/tinyvq_flax_f16.msgpack",
                                       "formats/tinyvq_config.json", NULL };
  g_autofree char *dir = g_dir_make_tmp ("limn-trace-XXXXXX", NULL);
  g_autofree char *model = import_model (dir, names, NULL);
  g_autofree char *ids_file = g_build_filename (dir, "ids.txt", NULL);
  const char *arguments[] = { "--pixels-of", ids_file, NULL };
  const char *text_arguments[] = { "--ids", "0,5,2", NULL };

  if (model)
    {
      g_autoptr (JsonObject) vectors = golden_load_json ("formats/tinyvq_vectors.json");
      g_autofree char *ids = join_ids (vectors, "tokens");
      g_auto (NpyArray) raw = { 0 };
      g_autofree float *pixels = NULL, *some = g_new (float, 64 * 64 * 3);

      g_assert_true (g_file_set_contents (ids_file, ids, -1, NULL));
      g_assert_cmpint (trace (model, dir, arguments), ==, 0);
      golden_load_npy ("formats/tinyvq_raw_stride4.npy", &raw);
      pixels = load_traced (dir, "pixels.npy", 256 * 256 * 3);
      for (gsize i = 0; i < raw.n; i++)
        some[i] = pixels[(i / 3 / 64 * 4 * 256 + i / 3 % 64 * 4) * 3 + i % 3];
      golden_assert_close ("pixels", some, raw.values, raw.n, 5e-5);
      g_assert_cmpint (trace (model, dir, text_arguments), !=, 0); /* no text part */
    }
  remove_dir (dir);
}

static void
test_misuse (void)
{
  static const char *const pt[] = { "tiny/encoder.pt", "tiny/decoder.pt", "tiny/config.json",
                                    NULL };
  static const char *const misuses[][6] = {
    { NULL },
    { "--ids", "0,x,2", NULL },
    { "--ids", "", NULL },
    { "--ids", "99999999999", NULL },
    { "--ids", "0,2", "--forced", "1,2", "--steps", NULL },
    { "--ids", "0,2", "--greedy", "257", NULL },
    { "--ids", "0,2", "--steps", "3", NULL },
    { "--ids", "1,1", NULL },
    { "--pixels-of", "/dev/null", NULL },
  };
  g_autofree char *dir = g_dir_make_tmp ("limn-trace-XXXXXX", NULL);
  g_autofree char *model = import_model (dir, pt, NULL);

  for (gsize i = 0; model && i < G_N_ELEMENTS (misuses); i++)
    g_assert_cmpint (trace (model, dir, misuses[i]), !=, 0);
  remove_dir (dir);
}

int
main (int argc, char **argv)
{
  static const char *const pt[] = { "tiny/encoder.pt",      "tiny/decoder.pt",
                                    "tiny/config.json",     "tokenizer/vocab.json",
                                    "tokenizer/merges.txt", NULL };
  static const char *const flax[] = { "tiny/flax_model.msgpack", "tiny/config.json",
                                      "tokenizer/tokenizer.json", NULL };

  g_test_init (&argc, &argv, NULL);
  if (argc != 2)
    g_error ("usage: test-trace PATH-OF-LIMN-TRACE");
  program = argv[1];
  g_test_add_data_func ("/trace/torch", pt, test_text);
  g_test_add_data_func ("/trace/flax", flax, test_text);
  g_test_add_func ("/trace/quantized", test_quantized);
  g_test_add_func ("/trace/pixels", test_pixels);
  g_test_add_func ("/trace/misuse", test_misuse);
  return g_test_run ();
}
