/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Import of the reference checkpoints: in every container and layout, the
 * tensors of the model file are exactly the generator's.
 */
#include "config.h"

#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/import/checkpoint.h"
#include "engine/tensor/convert.h"
#include "engine/tensor/half.h"
#include "engine/vqgan/preview.h"
#include "tests/tools/golden.h"
#include "tests/tools/manifest.h"

/* config.json of the nano models, which the set does not have. */
static char *
write_nano_config (void)
{
  static const char config[] =
      "{\"model_type\": \"dallebart\", \"d_model\": 16, \"encoder_layers\": 2, "
      "\"decoder_layers\": 2, \"encoder_attention_heads\": 2, \"decoder_attention_heads\": 2, "
      "\"encoder_ffn_dim\": 40, \"decoder_ffn_dim\": 40, \"image_vocab_size\": 48, "
      "\"decoder_start_token_id\": 48, \"normalize_text\": true}";
  char *path = import_make_path ("nano.json");
  g_assert_true (g_file_set_contents (path, config, -1, NULL));
  return path;
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
  g_autoptr (LimnModel) model = import_golden (names, NULL);
  check_tiny (model);
}

static void
test_tiny_flax (void)
{
  static const char *const names[] = { "tokenizer/tokenizer.json", "tiny/config.json",
                                       "tiny/flax_model.msgpack", NULL };
  g_autoptr (LimnModel) model = import_golden (names, "keep");
  check_tiny (model);
}

static void
test_folder (void)
{
  g_autofree char *tiny = golden_find ("tiny");
  g_autofree char *encoder = golden_find ("tiny/encoder.pt");
  const char *paths[] = { tiny, NULL };
  g_autofree char *output = import_make_path ("out.gguf");
  g_autoptr (GError) error = NULL;
  /* the folder holds the same model twice, and arrays of another kind */
  g_assert_false (limn_import (paths, output, NULL, NULL, NULL, NULL, &error));
  g_assert_nonnull (error);
  g_assert_false (g_file_test (output, G_FILE_TEST_EXISTS));

  g_autofree char *copies = import_make_path ("copies");
  static const char *const names[] = { "tiny/encoder.pt",      "tiny/decoder.pt",
                                       "tiny/config.json",     "tokenizer/vocab.json",
                                       "tokenizer/merges.txt", NULL };
  g_auto (GStrv) files = import_find_all (names);
  g_mkdir (copies, 0700);
  for (guint i = 0; files[i] != NULL; i++)
    {
      g_autofree char *base = g_path_get_basename (files[i]);
      g_autofree char *copy = g_build_filename (copies, base, NULL);
      g_autoptr (GFile) from = g_file_new_for_path (files[i]);
      g_autoptr (GFile) to = g_file_new_for_path (copy);
      g_assert_true (g_file_copy (from, to, 0, NULL, NULL, NULL, NULL));
    }
  /* what else lies there does no harm, and the model does not tell of it */
  g_autofree char *letter = g_build_filename (copies, "letter.txt", NULL);
  g_autofree char *archive = g_build_filename (copies, "letters.zip", NULL);
  g_assert_true (g_file_set_contents (letter, "Dear all,\nhow are you these days?\n", -1, NULL));
  g_assert_true (g_file_set_contents (archive, "PK\003\004 no checkpoint, by any means", -1, NULL));
  const char *folders[] = { copies, NULL };
  g_clear_error (&error);
  g_autoptr (LimnModel) model = import_golden (folders, NULL);
  check_tiny (model);
  gsize n_sources = 0;
  g_assert_nonnull (
      limn_gguf_get_strings (model->gguf, "general.source.files", &n_sources, &error));
  g_assert_cmpuint (n_sources, ==, G_N_ELEMENTS (names) - 1);
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
  g_autoptr (LimnModel) model = import_golden (names, NULL);
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
  g_autoptr (LimnModel) model = import_golden (names, NULL);
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
  g_autoptr (LimnModel) model = import_golden (names, NULL);
  const LimnModelInfo *info = limn_model_get_info (model);
  g_assert_cmpuint (info->parts, ==,
                    LIMN_MODEL_PART_DECODER | LIMN_MODEL_PART_ENCODER | LIMN_MODEL_PART_PREVIEW);
  g_assert_cmpuint (info->picture_size, ==, 256);
  g_assert_cmpuint (info->grid_size, ==, 16);
  g_assert_cmpuint (model->vqgan.n_embed, ==, 1024);
  g_assert_cmpfloat (model->vqgan.norm_eps, ==, 1e-6f);
  g_assert_nonnull (model->vqgan_decoder.levels[4].attn);
  g_assert_null (model->vqgan_decoder.levels[3].attn);
  g_assert_cmpuint (model->preview_pixels, ==, LIMN_PREVIEW_PIXELS);
  check (model, "formats/tinyvq_tensors.tsv", CHANGE_NONE, TRUE);
}

/* Convolutions that lie in memory as flax had them: (height, width, in, out). */
static void
test_vqgan_strided (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = golden_find ("formats/tinyvq_strided_subset.pt");
  g_autofree char *list = golden_find ("formats/tinyvq_tensors.tsv");
  g_autoptr (Manifest) manifest = manifest_read (list, &error);
  LimnMappedFile *file = limn_mapped_file_open (path, &error);
  g_autoptr (LimnCheckpoint) checkpoint = limn_torch_open (file, &error);
  g_assert_no_error (error);
  g_assert_true (limn_checkpoint_rename (checkpoint, &error));
  guint n_found = 0;
  for (guint i = 0; i < manifest->rows->len; i++)
    {
      const ManifestRow *row = &g_array_index (manifest->rows, ManifestRow, i);
      g_autofree char *name = manifest_get_model_name (row->name);
      const LimnView *view = g_hash_table_lookup (checkpoint->tensors, name);
      if (view == NULL)
        continue;
      guint64 n = manifest_row_get_n (row);
      g_autofree float *expected = manifest_row_fill (manifest, row);
      g_autofree float *found = g_new (float, n);
      g_assert_cmpuint (view->n_dims, ==, row->n_dims);
      limn_view_read_rows (view, 0, row->shape[0], found);
      g_assert_cmpmem (expected, n * sizeof (float), found, n * sizeof (float));
      n_found++;
    }
  g_assert_cmpuint (n_found, ==, g_hash_table_size (checkpoint->tensors));
  g_assert_cmpuint (n_found, >, 1);
  g_clear_pointer (&checkpoint, limn_checkpoint_free);
  limn_mapped_file_free (file);
}

/* All that the config says can be told from the tensors. */
static void
test_vqgan_without_config (void)
{
  static const char *const names[] = { "formats/tinyvq_flax_f16.msgpack",
                                       "formats/tinyvq_config.json", NULL };
  static const char *const alone[] = { "formats/tinyvq_flax_f16.msgpack", NULL };
  g_autoptr (LimnModel) model = import_golden (names, NULL);
  g_autoptr (LimnModel) same = import_golden (alone, NULL);
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
  g_autoptr (LimnModel) model = import_golden (names, NULL);
  g_assert_true (limn_model_require (model,
                                     LIMN_MODEL_PART_TEXT | LIMN_MODEL_PART_TOKENIZER
                                         | LIMN_MODEL_PART_DECODER | LIMN_MODEL_PART_ENCODER,
                                     NULL));
  LimnMemoryPlan plan;
  limn_model_plan_memory (model, 9, &plan);
  g_assert_cmpuint (plan.n_at_once, >=, 1);
  g_assert_cmpuint (plan.n_at_once, <=, 9);
  /* encoder, decoder and VQGAN are not in use together */
  g_assert_cmpuint (plan.weights_bytes, >, 0);
  g_assert_cmpuint (plan.weights_bytes, <, limn_model_get_info (model)->file_size_bytes);
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
      g_autoptr (LimnModel) model = import_golden (names, cases[i].quantize);
      g_assert_cmpstr (limn_model_get_info (model)->weight_type, ==, cases[i].type);
      g_assert_cmpint (model->decoder.layers[1].fc2.type, ==, cases[i].matrix);
      g_assert_cmpint (model->decoder.lm_head.type, ==, cases[i].matrix);
      g_assert_cmpint (model->codebook.type, ==, cases[i].matrix);
      g_assert_cmpint (model->vqgan_decoder.conv_out.type, ==, cases[i].conv);
      g_assert_cmpint (model->encoder.embed_positions.type, ==, LIMN_TYPE_F32);
    }
}

/* Each number within half a step of its row, rows and columns where they belong. */
static void
test_packed (void)
{
  static const char *const names[] = { "tiny/flax_model.msgpack", "tiny/config.json", NULL };
  g_autoptr (LimnModel) exact = import_golden (names, "f32");
  g_autoptr (LimnModel) packed = import_golden (names, "i8");
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!import_fixture_set_up ())
    {
      g_print ("1..0 # SKIP the reference checkpoints are not there\n");
      return 0;
    }
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
  g_test_add_func ("/import/vqgan/strided", test_vqgan_strided);
  g_test_add_func ("/import/vqgan/without-config", test_vqgan_without_config);
  g_test_add_func ("/import/whole", test_whole);
  g_test_add_func ("/import/types", test_types);
  g_test_add_func ("/import/packed", test_packed);
  int status = g_test_run ();
  import_fixture_tear_down ();
  return status;
}
