/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A generated model as one GGUF file, and the small files beside a checkpoint. */
#include "generated.h"

#include "engine/model/model-config.h"
#include "engine/tensor/convert.h"

static const guint own_order[] = { 0, 1, 2, 3 };

typedef struct
{
  LimnGgufWriter *writer;
  LimnType type;
  guint n_cols;
  /* rows that do not fill a packed block yet */
  GArray *rows;
  GArray *scales;
} Output;

static LimnType
choose_type (const LimnSlot *slot, LimnType type)
{
  if (slot->kind == LIMN_SLOT_VECTOR || slot->kind == LIMN_SLOT_EXACT)
    return LIMN_TYPE_F32;
  return type == LIMN_TYPE_I8 && slot->kind != LIMN_SLOT_MATRIX ? LIMN_TYPE_F16 : type;
}

static void
declare (LimnGgufWriter *writer, const LimnSlot *slot, LimnType type)
{
  static const LimnGgufType types[] = { LIMN_GGUF_F32, LIMN_GGUF_F16, LIMN_GGUF_BF16,
                                        LIMN_GGUF_I8 };
  guint64 shape[LIMN_GGUF_MAX_DIMS];
  char scale_name[LIMN_NAME_BYTES];
  if (type != LIMN_TYPE_I8)
    {
      limn_gguf_writer_add_tensor (writer, slot->name, types[type], slot->n_dims, slot->shape);
      return;
    }
  guint64 n_scales = limn_i8_n_scales ((guint) slot->shape[0]);
  limn_packed_get_shape (slot->shape[0], slot->shape[1], shape);
  limn_slot_get_scale_name (slot, scale_name);
  limn_gguf_writer_add_tensor (writer, slot->name, LIMN_GGUF_I8, 4, shape);
  limn_gguf_writer_add_tensor (writer, scale_name, LIMN_GGUF_F32, 1, &n_scales);
}

static gboolean
write_packed_rows (Output *output, guint n_rows, GError **error)
{
  float scales[LIMN_PACK_ROWS];
  gsize n = limn_i8_data_bytes (LIMN_PACK_ROWS, output->n_cols);
  g_autofree gint8 *block = g_malloc (n);
  limn_i8_pack_block ((const float *) output->rows->data, n_rows, output->n_cols, block, scales);
  g_array_append_vals (output->scales, scales, LIMN_PACK_ROWS);
  g_array_remove_range (output->rows, 0, n_rows * output->n_cols);
  return limn_gguf_writer_write (output->writer, block, n, error);
}

static gboolean
take (gpointer data, const float *values, gsize n, GError **error)
{
  Output *output = data;
  if (output->type != LIMN_TYPE_I8)
    {
      g_autofree guint8 *converted = g_malloc (n * sizeof (float) + 1);
      limn_convert_from_float (output->type, values, converted, n);
      return limn_gguf_writer_write (output->writer, converted, n * limn_type_bytes (output->type),
                                     error);
    }
  g_array_append_vals (output->rows, values, (guint) n);
  while (output->rows->len >= LIMN_PACK_ROWS * output->n_cols)
    if (!write_packed_rows (output, LIMN_PACK_ROWS, error))
      return FALSE;
  return TRUE;
}

static gboolean
write_tensor (LimnGgufWriter *writer, const GeneratedTensor *tensor, LimnType type, GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) scales = g_array_new (FALSE, FALSE, sizeof (float));
  Output output = { writer, choose_type (&tensor->slot, type), (guint) tensor->slot.shape[1], rows,
                    scales };
  if (!generated_emit (tensor, own_order, take, &output, error))
    return FALSE;
  if (output.type != LIMN_TYPE_I8)
    return TRUE;
  return (rows->len == 0 || write_packed_rows (&output, rows->len / output.n_cols, error))
         && limn_gguf_writer_write (writer, scales->data, scales->len * sizeof (float), error);
}

static void
write_metadata (Generated *generated, LimnGgufWriter *writer)
{
  static const char *const no_merges[] = { NULL };
  g_autoptr (GPtrArray) tokens = make_tokens (generated->model->text.text_vocab);
  g_autofree char *name = g_strconcat ("generated ", generated->name, NULL);
  limn_gguf_writer_set_string (writer, "general.architecture", LIMN_ARCHITECTURE);
  limn_gguf_writer_set_string (writer, "general.name", name);
  if (generated->parts & LIMN_MODEL_PART_TEXT)
    {
      limn_text_config_write (&generated->model->text, writer);
      limn_gguf_writer_set_strings (writer, "tokenizer.ggml.tokens",
                                    (const char *const *) tokens->pdata, tokens->len);
      limn_gguf_writer_set_strings (writer, "tokenizer.ggml.merges", no_merges, 0);
    }
  if (generated->parts & (LIMN_MODEL_PART_DECODER | LIMN_MODEL_PART_ENCODER))
    limn_vqgan_config_write (&generated->model->vqgan, writer);
}

gboolean
make_gguf (Generated *generated, LimnType type, const char *path, GError **error)
{
  g_autoptr (LimnGgufWriter) writer = limn_gguf_writer_new ();
  write_metadata (generated, writer);
  for (guint i = 0; i < generated->tensors->len; i++)
    {
      const LimnSlot *slot = &g_array_index (generated->tensors, GeneratedTensor, i).slot;
      declare (writer, slot, choose_type (slot, type));
    }
  if (!limn_gguf_writer_begin (writer, path, error))
    return FALSE;
  for (guint i = 0; i < generated->tensors->len; i++)
    if (!write_tensor (writer, &g_array_index (generated->tensors, GeneratedTensor, i), type,
                       error))
      return FALSE;
  return limn_gguf_writer_finish (writer, error);
}

/* ---- small files --------------------------------------------------------- */

/* GPT-2's letter for a byte. */
static gunichar
get_byte_letter (guint byte)
{
  guint n = 0;
  for (guint i = 0; i <= byte; i++)
    {
      gboolean is_kept = (i >= 33 && i <= 126) || (i >= 161 && i <= 172) || i >= 174;
      if (i == byte)
        return is_kept ? byte : 256 + n;
      n += !is_kept;
    }
  g_assert_not_reached ();
}

GPtrArray *
make_tokens (guint n)
{
  static const char *const special[] = { "<s>", "<pad>", "</s>", "<unk>", "<mask>" };
  GPtrArray *tokens = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n; i++)
    {
      char letter[8] = "";
      if (i < G_N_ELEMENTS (special))
        g_ptr_array_add (tokens, g_strdup (special[i]));
      else if (i < G_N_ELEMENTS (special) + 256)
        {
          letter[g_unichar_to_utf8 (get_byte_letter (i - 5), letter)] = '\0';
          g_ptr_array_add (tokens, g_strdup (letter));
        }
      else
        g_ptr_array_add (tokens, g_strdup_printf ("<unused %u>", i));
    }
  return tokens;
}

static gboolean
write_text (const char *folder, const char *name, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  return g_file_set_contents (path, text, -1, error);
}

static char *
make_config (const LimnTextConfig *text)
{
  return g_strdup_printf (
      "{\n \"model_type\": \"dallebart\",\n \"d_model\": %u,\n \"encoder_layers\": %u,\n"
      " \"decoder_layers\": %u,\n \"encoder_attention_heads\": %u,\n"
      " \"decoder_attention_heads\": %u,\n \"encoder_ffn_dim\": %u,\n \"decoder_ffn_dim\": %u,\n"
      " \"encoder_vocab_size\": %u,\n \"image_vocab_size\": %u,\n \"max_text_length\": %u,\n"
      " \"image_length\": %u,\n \"decoder_start_token_id\": %u,\n \"normalize_text\": true,\n"
      " \"ln_type\": \"layernorm\",\n \"ln_positions\": \"normformer\",\n \"use_glu\": true,\n"
      " \"use_bias\": false,\n \"force_ln_scale\": false,\n \"activation_function\": \"gelu\"\n}\n",
      text->d, text->encoder.n_layers, text->decoder.n_layers, text->encoder.n_heads,
      text->decoder.n_heads, text->encoder.ffn, text->decoder.ffn, text->text_vocab,
      text->image_rows - 1, text->text_length, text->image_length, text->start_token);
}

static char *
make_vocabulary (guint n)
{
  g_autoptr (GPtrArray) tokens = make_tokens (n);
  GString *text = g_string_new ("{");
  for (guint i = 0; i < n; i++)
    {
      const char *token = tokens->pdata[i];
      const char *escape = *token == '"' || *token == '\\' ? "\\" : "";
      g_string_append_printf (text, "%s\"%s%s\": %u", i == 0 ? "" : ", ", escape, token, i);
    }
  g_string_append (text, "}\n");
  return g_string_free (text, FALSE);
}

gboolean
make_settings (Generated *generated, const char *folder, GError **error)
{
  const LimnTextConfig *text = &generated->model->text;
  g_autofree char *config = make_config (text);
  /* published vocabularies have one entry more than the table */
  g_autofree char *vocabulary = make_vocabulary (text->text_vocab + 1);
  if (!(generated->parts & LIMN_MODEL_PART_TEXT))
    return TRUE;
  return write_text (folder, "config.json", config, error)
         && write_text (folder, "vocab.json", vocabulary, error)
         && write_text (folder, "merges.txt", "#version: 0.2\n", error);
}
