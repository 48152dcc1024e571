/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Import of the reference checkpoints: in every container and layout, the
 * tensors of the model file are exactly the generator's.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/model/model-private.h"
#include "engine/tensor/convert.h"
#include "engine/tensor/half.h"
#include "tests/tools/golden.h"
#include "tests/tools/manifest.h"

static char *folder;

static char *
make_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/* Golden files by name, others as they are. */
static char **
find_all (const char *const *names)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  for (guint i = 0; names[i] != NULL; i++)
    g_ptr_array_add (paths, names[i][0] == '/' ? g_strdup (names[i]) : golden_find (names[i]));
  g_ptr_array_add (paths, NULL);
  return (char **) g_ptr_array_steal (paths, NULL);
}

/* config.json of the nano models, which the set does not have. */
static char *
write_nano_config (void)
{
  static const char config[] =
      "{\"model_type\": \"dallebart\", \"d_model\": 16, \"encoder_layers\": 2, "
      "\"decoder_layers\": 2, \"encoder_attention_heads\": 2, \"decoder_attention_heads\": 2, "
      "\"encoder_ffn_dim\": 40, \"decoder_ffn_dim\": 40, \"image_vocab_size\": 48, "
      "\"decoder_start_token_id\": 48, \"normalize_text\": true}";
  char *path = make_path ("nano.json");
  g_assert_true (g_file_set_contents (path, config, -1, NULL));
  return path;
}

static LimnModel *
import (const char *const *names, const char *quantize)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) paths = find_all (names);
  g_autofree char *output = make_path ("out.gguf");
  LimnImportOptions options = { .quantize = quantize };
  g_assert_true (
      limn_import ((const char *const *) paths, output, &options, NULL, NULL, NULL, &error)
      || error != NULL);
  g_assert_no_error (error);
  LimnModel *model = limn_model_open (output, &error);
  g_assert_no_error (error);
  g_unlink (output);
  return model;
}

/* What a checkpoint does to the generator's numbers. */
typedef enum
{
  CHANGE_NONE,
  CHANGE_BF16,
  CHANGE_LOWVAR, /* both tables of embeddings times 2^-7 */
} Change;

static void
apply (Change change, const char *name, float *values, guint64 n)
{
  for (guint64 i = 0; i < n; i++)
    if (change == CHANGE_BF16)
      values[i] = limn_bf16_to_float (limn_bf16_from_float (values[i]));
    else if (change == CHANGE_LOWVAR && strstr (name, ".embed_") != NULL)
      values[i] *= 0x1p-7f;
}

static LimnType
get_type (const LimnGgufTensor *tensor)
{
  switch (tensor->type)
    {
    case LIMN_GGUF_F32:
      return LIMN_TYPE_F32;
    case LIMN_GGUF_F16:
      return LIMN_TYPE_F16;
    case LIMN_GGUF_BF16:
      return LIMN_TYPE_BF16;
    default:
      g_error ("%s has another type", tensor->name);
    }
}

static void
check_row (const Manifest *manifest,
           const ManifestRow *row,
           const LimnGgufTensor *tensor,
           Change change)
{
  guint64 n = manifest_row_get_n (row);
  g_autofree float *expected = manifest_row_fill (manifest, row);
  g_autofree float *found = g_new (float, n);
  g_assert_cmpuint (tensor->n_dims, ==, row->n_dims);
  g_assert_cmpmem (tensor->shape, sizeof (guint64) * row->n_dims, row->shape,
                   sizeof (guint64) * row->n_dims);
  apply (change, row->name, expected, n);
  limn_convert_to_float (get_type (tensor), tensor->data, found, n);
  if (memcmp (expected, found, n * sizeof (float)) != 0)
    g_error ("%s is not what the checkpoint was made of", row->name);
}

/* Every tensor of the list that the model should have is there and equal, and
 * nothing else is.  prefix: of the part of the list that the files hold. */
static void
check (LimnModel *model, const char *list, Change change, gboolean has_all_scales)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = golden_find (list);
  g_autoptr (Manifest) manifest = manifest_read (path, &error);
  g_assert_no_error (error);
  guint n_found = 0;
  for (guint i = 0; i < manifest->rows->len; i++)
    {
      const ManifestRow *row = &g_array_index (manifest->rows, ManifestRow, i);
      g_autofree char *name = manifest_get_model_name (row->name);
      const LimnGgufTensor *tensor = limn_gguf_find_tensor (model->gguf, name);
      if (tensor == NULL && !has_all_scales && row->kind[0] == 'n')
        continue;
      if (tensor == NULL)
        g_error ("%s is missing", name);
      check_row (manifest, row, tensor, change);
      n_found++;
    }
  guint n_preview = limn_model_get_info (model)->parts & LIMN_MODEL_PART_PREVIEW ? 2 : 0;
  g_assert_cmpuint (n_found + n_preview, ==, limn_gguf_get_n_tensors (model->gguf));
}

/* ---- text models --------------------------------------------------------- */

static void
check_tiny (LimnModel *model)
{
  const LimnModelInfo *info = limn_model_get_info (model);
  check (model, "tiny/tensors.tsv", CHANGE_NONE, TRUE);
  g_assert_cmpuint (info->parts, ==, LIMN_MODEL_PART_TEXT | LIMN_MODEL_PART_TOKENIZER);
  g_assert_cmpstr (info->weight_type, ==, "F16");
  g_assert_cmpuint (info->embedding_length, ==, 64);
  g_assert_cmpuint (info->image_vocab_size, ==, 1024);
  g_assert_cmpuint (info->default_top_k, ==, 50);
  g_assert_cmpfloat (info->default_guidance, ==, 10);
  g_assert_cmpuint (model->text.encoder.n_heads, ==, 4);
  g_assert_cmpuint (model->text.start_token, ==, 1024);
  g_assert_cmpint (model->text.normalizer, ==, LIMN_NORMALIZER_DALLE_MINI);
  g_assert_cmpint (model->decoder.embed_positions.type, ==, LIMN_TYPE_F32);
  g_assert_null (model->decoder.final_ln.weight);
  g_assert_nonnull (model->decoder.final_ln.bias);
}

static void
test_tiny_torch (void)
{
  static const char *const names[] = { "tiny/encoder.pt",      "tiny/decoder.pt",
                                       "tiny/config.json",     "tokenizer/vocab.json",
                                       "tokenizer/merges.txt", NULL };
  g_autoptr (LimnModel) model = import (names, NULL);
  check_tiny (model);
}

static void
test_tiny_flax (void)
{
  static const char *const names[] = { "tokenizer/tokenizer.json", "tiny/config.json",
                                       "tiny/flax_model.msgpack", NULL };
  g_autoptr (LimnModel) model = import (names, "keep");
  check_tiny (model);
}

static void
test_folder (void)
{
  g_autofree char *tiny = golden_find ("tiny");
  g_autofree char *encoder = golden_find ("tiny/encoder.pt");
  const char *paths[] = { tiny, NULL };
  g_autofree char *output = make_path ("out.gguf");
  g_autoptr (GError) error = NULL;
  /* the folder holds the same model twice, and arrays of another kind */
  g_assert_false (limn_import (paths, output, NULL, NULL, NULL, NULL, &error));
  g_assert_nonnull (error);
  g_assert_false (g_file_test (output, G_FILE_TEST_EXISTS));

  g_autofree char *copies = make_path ("copies");
  static const char *const names[] = { "tiny/encoder.pt",      "tiny/decoder.pt",
                                       "tiny/config.json",     "tokenizer/vocab.json",
                                       "tokenizer/merges.txt", NULL };
  g_auto (GStrv) files = find_all (names);
  g_mkdir (copies, 0700);
  for (guint i = 0; files[i] != NULL; i++)
    {
      g_autofree char *base = g_path_get_basename (files[i]);
      g_autofree char *copy = g_build_filename (copies, base, NULL);
      g_autoptr (GFile) from = g_file_new_for_path (files[i]);
      g_autoptr (GFile) to = g_file_new_for_path (copy);
      g_assert_true (g_file_copy (from, to, 0, NULL, NULL, NULL, NULL));
    }
  const char *folders[] = { copies, NULL };
  g_autoptr (LimnModel) model = import (folders, NULL);
  check_tiny (model);
  g_autoptr (GDir) dir = g_dir_open (copies, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *copy = g_build_filename (copies, name, NULL);
      g_unlink (copy);
    }
  g_rmdir (copies);
}

typedef struct
{
  const char *name;
  const char *files[3];
  Change change;
  gboolean has_all_scales;
} NanoCase;

static const NanoCase nano_cases[] = {
  { "kuprel",
    { "formats/nano_encoder_kuprel_converter.pt", "formats/nano_decoder_kuprel_converter.pt" } },
  { "contiguous",
    { "formats/nano_encoder_f16_contiguous.pt", "formats/nano_decoder_f16_contiguous.pt" } },
  { "legacy", { "formats/nano_encoder_f16_legacy.pt", "formats/nano_decoder_f16_contiguous.pt" } },
  { "parameters",
    { "formats/nano_encoder_f32_parameters.pt", "formats/nano_decoder_f16_contiguous.pt" } },
  { "state-dict",
    { "formats/nano_encoder_full_f32_statedict.pt", "formats/nano_decoder_full_f32_statedict.pt" },
    CHANGE_NONE,
    TRUE },
  { "lowvar",
    { "formats/nano_encoder_lowvar_f16.pt", "formats/nano_decoder_lowvar_f16.pt" },
    CHANGE_LOWVAR },
  { "scan", { "formats/nano_flax_scan_f32.msgpack" } },
  { "scan-scales", { "formats/nano_flax_scan_f16_allscales.msgpack" }, CHANGE_NONE, TRUE },
  { "chunked", { "formats/nano_flax_scan_f32_chunked.msgpack" } },
  { "unscanned", { "formats/nano_flax_unscan_f32.msgpack" } },
};

static void
test_nano (gconstpointer data)
{
  const NanoCase *one = data;
  g_autofree char *config = write_nano_config ();
  const char *names[] = { one->files[0], one->files[1] != NULL ? one->files[1] : config,
                          one->files[1] != NULL ? config : NULL, NULL };
  g_autoptr (LimnModel) model = import (names, NULL);
  check (model, "formats/nano_tensors.tsv", one->change, one->has_all_scales);
  g_assert_cmpuint (limn_model_get_info (model)->parts, ==, LIMN_MODEL_PART_TEXT);
  g_assert_cmpuint (model->text.image_vocab, ==, 48);
  g_unlink (config);
}

/* Tensors of one file only; the other one's come from a file that is right. */
static void
test_nano_bf16 (void)
{
  g_autofree char *config = write_nano_config ();
  const char *names[] = { "formats/nano_encoder_f16_contiguous.pt", "formats/nano_decoder_bf16.pt",
                          config, NULL };
  g_autoptr (LimnModel) model = import (names, NULL);
  g_autofree char *path = golden_find ("formats/nano_tensors.tsv");
  g_autoptr (Manifest) manifest = manifest_read (path, NULL);
  for (guint i = 0; i < manifest->rows->len; i++)
    {
      const ManifestRow *row = &g_array_index (manifest->rows, ManifestRow, i);
      const LimnGgufTensor *tensor = limn_gguf_find_tensor (model->gguf, row->name);
      if (tensor != NULL)
        check_row (manifest, row, tensor,
                   g_str_has_prefix (row->name, "decoder.") ? CHANGE_BF16 : CHANGE_NONE);
    }
  g_assert_cmpstr (limn_model_get_info (model)->weight_type, ==, "BF16");
  g_unlink (config);
}

/* ---- VQGAN --------------------------------------------------------------- */

static void
test_vqgan_flax (void)
{
  static const char *const names[] = { "formats/tinyvq_flax_f16.msgpack",
                                       "formats/tinyvq_config.json", NULL };
  g_autoptr (LimnModel) model = import (names, NULL);
  const LimnModelInfo *info = limn_model_get_info (model);
  g_assert_cmpuint (info->parts, ==,
                    LIMN_MODEL_PART_DECODER | LIMN_MODEL_PART_ENCODER | LIMN_MODEL_PART_PREVIEW);
  g_assert_cmpuint (info->picture_size, ==, 256);
  g_assert_cmpuint (info->grid_size, ==, 16);
  g_assert_cmpuint (model->vqgan.n_embed, ==, 1024);
  g_assert_cmpfloat (model->vqgan.norm_eps, ==, 1e-6f);
  g_assert_nonnull (model->vqgan_decoder.levels[4].attn);
  g_assert_null (model->vqgan_decoder.levels[3].attn);
  check (model, "formats/tinyvq_tensors.tsv", CHANGE_NONE, TRUE);
}

/* All that the config says can be told from the tensors. */
static void
test_vqgan_without_config (void)
{
  static const char *const names[] = { "formats/tinyvq_flax_f16.msgpack",
                                       "formats/tinyvq_config.json", NULL };
  static const char *const alone[] = { "formats/tinyvq_flax_f16.msgpack", NULL };
  g_autoptr (LimnModel) model = import (names, NULL);
  g_autoptr (LimnModel) same = import (alone, NULL);
  g_assert_cmpmem (&model->vqgan, sizeof model->vqgan, &same->vqgan, sizeof same->vqgan);
}

static void
test_whole (void)
{
  static const char *const names[] = { "tiny/flax_model.msgpack",
                                       "tiny/config.json",
                                       "formats/tinyvq_flax_f16.msgpack",
                                       "formats/tinyvq_config.json",
                                       "tokenizer/vocab.json",
                                       "tokenizer/merges.txt",
                                       NULL };
  g_autoptr (LimnModel) model = import (names, NULL);
  g_assert_true (limn_model_require (model,
                                     LIMN_MODEL_PART_TEXT | LIMN_MODEL_PART_TOKENIZER
                                         | LIMN_MODEL_PART_DECODER | LIMN_MODEL_PART_ENCODER,
                                     NULL));
  LimnMemoryPlan plan;
  limn_model_plan_memory (model, 9, &plan);
  g_assert_cmpuint (plan.n_at_once, >=, 1);
  g_assert_cmpuint (plan.n_at_once, <=, 9);
  g_assert_cmpuint (plan.weights_bytes, ==, limn_model_get_info (model)->file_size_bytes);
  g_assert_cmpuint (plan.available_bytes, >, 0);
}

/* ---- precision ----------------------------------------------------------- */

static void
test_types (void)
{
  static const char *const names[] = { "tiny/flax_model.msgpack", "tiny/config.json",
                                       "formats/tinyvq_flax_f16.msgpack", NULL };
  static const struct
  {
    const char *quantize;
    const char *type;
    LimnType matrix;
    LimnType conv;
  } cases[] = {
    { "f32", "F32", LIMN_TYPE_F32, LIMN_TYPE_F32 },
    { "f16", "F16", LIMN_TYPE_F16, LIMN_TYPE_F16 },
    { "bf16", "BF16", LIMN_TYPE_BF16, LIMN_TYPE_BF16 },
    { "i8", "I8", LIMN_TYPE_I8, LIMN_TYPE_F16 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LimnModel) model = import (names, cases[i].quantize);
      g_assert_cmpstr (limn_model_get_info (model)->weight_type, ==, cases[i].type);
      g_assert_cmpint (model->decoder.layers[1].fc2.type, ==, cases[i].matrix);
      g_assert_cmpint (model->decoder.lm_head.type, ==, cases[i].matrix);
      g_assert_cmpint (model->codebook.type, ==, cases[i].conv);
      g_assert_cmpint (model->vqgan_decoder.conv_out.type, ==, cases[i].conv);
      g_assert_cmpint (model->encoder.embed_positions.type, ==, LIMN_TYPE_F32);
    }
}

/* Each number within half a step of its row, rows and columns where they belong. */
static void
test_packed (void)
{
  static const char *const names[] = { "tiny/flax_model.msgpack", "tiny/config.json", NULL };
  g_autoptr (LimnModel) exact = import (names, "f32");
  g_autoptr (LimnModel) packed = import (names, "i8");
  const LimnMatrix *a = &exact->decoder.lm_head;
  const LimnMatrix *b = &packed->decoder.lm_head;
  const gint8 *data = b->data;
  guint padded = (b->n_cols + 63) / 64 * 64;
  g_assert_cmpuint (b->n_rows, ==, 1025);
  for (guint r = 0; r < b->n_rows; r++)
    for (guint c = 0; c < b->n_cols; c++)
      {
        float value = ((const float *) a->data)[(gsize) r * a->n_cols + c];
        gsize at = (gsize) (r / 16) * 16 * padded + (gsize) (c / 4) * 64 + (r % 16) * 4 + c % 4;
        g_assert_cmpfloat_with_epsilon (value, b->scale[r] * data[at], b->scale[r] * 0.501f);
      }
}

/* ---- refusals ------------------------------------------------------------ */

static void
refuse (const char *const *names, const char *quantize, int code, const char *about)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) paths = find_all (names);
  g_autofree char *output = make_path ("refused.gguf");
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
  g_autoptr (LimnModel) model = import (tokenizer, NULL);
  g_assert_cmpuint (limn_model_get_info (model)->parts, ==, LIMN_MODEL_PART_TOKENIZER);
  g_assert_false (limn_model_require (model, LIMN_MODEL_PART_TEXT, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_MISSING);
}

/* config.json of tiny with one line changed. */
static char *
write_config (const char *from, const char *to)
{
  g_autofree char *original = golden_find ("tiny/config.json");
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (original, &text, NULL, NULL));
  g_auto (GStrv) parts = g_strsplit (text, from, 2);
  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  g_autofree char *changed = g_strconcat (parts[0], to, parts[1], NULL);
  char *path = make_path ("config.json");
  g_assert_true (g_file_set_contents (path, changed, -1, NULL));
  return path;
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
                                  "{\"guidance\": 3.5, \"top_k\": 0, \"temperature\": 0.75}, "
                                  "\"limn_model_name\": \"Tiny\", \"limn_licence\": \"CC0\"");
  g_autofree char *concepts = make_path ("concepts.tsv");
  g_assert_true (g_file_set_contents (concepts,
                                      "codes\tname\tsynonyms\tplural\n1\tcat\tkitty|puss\tcats\n"
                                      "2\tfrog\t\tfrogs\n",
                                      -1, NULL));
  const char *names[] = { "tiny/flax_model.msgpack", config, concepts, NULL };
  g_autoptr (LimnModel) model = import (names, NULL);
  const LimnModelInfo *info = limn_model_get_info (model);
  gsize n = 0;
  const char *const *lines = limn_gguf_get_strings (model->gguf, "limn.concepts", &n, NULL);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpstr (lines[0], ==, "cat|kitty|puss");
  g_assert_cmpstr (lines[1], ==, "frog");
  g_assert_cmpstr (info->name, ==, "Tiny");
  g_assert_cmpstr (info->license, ==, "CC0");
  g_unlink (concepts);
  g_assert_cmpfloat (info->default_guidance, ==, 3.5);
  g_assert_cmpuint (info->default_top_k, ==, 0);
  g_assert_cmpfloat (info->default_temperature, ==, 0.75);
  g_assert_cmpint (model->text.normalizer, ==, LIMN_NORMALIZER_MIN_DALLE);
  g_unlink (config);
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
  g_auto (GStrv) paths = find_all (names);
  g_autofree char *output = make_path ("out.gguf");
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
  g_autofree char *present = golden_find ("tiny/encoder.pt");
  if (present == NULL)
    {
      g_print ("1..0 # SKIP the reference checkpoints are not there\n");
      return 0;
    }
  folder = g_dir_make_tmp ("limn-import-XXXXXX", NULL);
  g_test_add_func ("/import/tiny/torch", test_tiny_torch);
  g_test_add_func ("/import/tiny/flax", test_tiny_flax);
  g_test_add_func ("/import/tiny/folder", test_folder);
  for (guint i = 0; i < G_N_ELEMENTS (nano_cases); i++)
    {
      g_autofree char *name = g_strconcat ("/import/nano/", nano_cases[i].name, NULL);
      g_test_add_data_func (name, &nano_cases[i], test_nano);
    }
  g_test_add_func ("/import/nano/bf16", test_nano_bf16);
  g_test_add_func ("/import/vqgan/flax", test_vqgan_flax);
  g_test_add_func ("/import/vqgan/without-config", test_vqgan_without_config);
  g_test_add_func ("/import/whole", test_whole);
  g_test_add_func ("/import/types", test_types);
  g_test_add_func ("/import/packed", test_packed);
  g_test_add_func ("/import/incomplete", test_incomplete);
  g_test_add_func ("/import/parts-alone", test_parts_alone);
  g_test_add_func ("/import/configs", test_configs);
  g_test_add_func ("/import/settings", test_settings);
  g_test_add_func ("/import/progress-and-cancel", test_progress_and_cancel);
  int status = g_test_run ();
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
  return status;
}
