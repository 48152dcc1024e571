/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See tiny-checkpoint.h. */
#include "tiny-checkpoint.h"

#include <msgpack.h>
#include <string.h>

#define D      16
#define F      24
#define T      8
#define I      16
#define V      32
#define N_TEXT 40
#define C      32 /* channels of the VQGAN, everywhere */
#define E      8  /* code vectors */

const char *const tiny_checkpoint_names[] = { "flax_model.msgpack", "vqgan.msgpack", "config.json",
                                              "vocab.json",         "merges.txt",    NULL };

typedef struct
{
  const char *path;
  guint shape[4]; /* 0 ends it */
} Tensor;

#define LAYER(side, n)                                                                             \
  { "model/" side "/layers/FlaxBart" n "Layers/LayerNorm_0/bias", { 1, D } },                      \
      { "model/" side "/layers/FlaxBart" n "Layers/LayerNorm_1/scale", { 1, D } },                 \
      { "model/" side "/layers/FlaxBart" n "Layers/LayerNorm_1/bias", { 1, D } },                  \
      { "model/" side "/layers/FlaxBart" n "Layers/FlaxBartAttention_0/q_proj/kernel",             \
        { 1, D, D } },                                                                             \
      { "model/" side "/layers/FlaxBart" n "Layers/FlaxBartAttention_0/k_proj/kernel",             \
        { 1, D, D } },                                                                             \
      { "model/" side "/layers/FlaxBart" n "Layers/FlaxBartAttention_0/v_proj/kernel",             \
        { 1, D, D } },                                                                             \
      { "model/" side "/layers/FlaxBart" n "Layers/FlaxBartAttention_0/out_proj/kernel",           \
        { 1, D, D } },                                                                             \
      { "model/" side "/layers/FlaxBart" n "Layers/GLU_0/LayerNorm_0/bias", { 1, D } },            \
      { "model/" side "/layers/FlaxBart" n "Layers/GLU_0/LayerNorm_1/bias", { 1, F } },            \
      { "model/" side "/layers/FlaxBart" n "Layers/GLU_0/Dense_0/kernel", { 1, D, F } },           \
      { "model/" side "/layers/FlaxBart" n "Layers/GLU_0/Dense_1/kernel", { 1, D, F } },           \
      { "model/" side "/layers/FlaxBart" n "Layers/GLU_0/Dense_2/kernel", { 1, F, D } },           \
      { "model/" side "/layernorm_embedding/scale", { D } },                                       \
      { "model/" side "/layernorm_embedding/bias", { D } },                                        \
  {                                                                                                \
    "model/" side "/final_ln/bias",                                                                \
    {                                                                                              \
      D                                                                                            \
    }                                                                                              \
  }

#define CROSS "model/decoder/layers/FlaxBartDecoderLayers/"

static const Tensor text_tensors[] = {
  { "lm_head/kernel", { D, V + 1 } },
  { "model/encoder/embed_tokens/embedding", { N_TEXT, D } },
  { "model/encoder/embed_positions/embedding", { T, D } },
  { "model/decoder/embed_tokens/embedding", { V + 1, D } },
  { "model/decoder/embed_positions/embedding", { I, D } },
  LAYER ("encoder", "Encoder"),
  LAYER ("decoder", "Decoder"),
  { CROSS "LayerNorm_2/bias", { 1, D } },
  { CROSS "LayerNorm_3/scale", { 1, D } },
  { CROSS "LayerNorm_3/bias", { 1, D } },
  { CROSS "FlaxBartAttention_1/q_proj/kernel", { 1, D, D } },
  { CROSS "FlaxBartAttention_1/k_proj/kernel", { 1, D, D } },
  { CROSS "FlaxBartAttention_1/v_proj/kernel", { 1, D, D } },
  { CROSS "FlaxBartAttention_1/out_proj/kernel", { 1, D, D } },
};

#define CONV(name, size, from, to)                                                                 \
  { name "/kernel", { size, size, from, to } },                                                    \
  {                                                                                                \
    name "/bias",                                                                                  \
    {                                                                                              \
      to                                                                                           \
    }                                                                                              \
  }
#define NORM(name)                                                                                 \
  { name "/scale", { C } },                                                                        \
  {                                                                                                \
    name "/bias",                                                                                  \
    {                                                                                              \
      C                                                                                            \
    }                                                                                              \
  }
#define RES(name)                                                                                  \
  NORM (name "/norm1"), NORM (name "/norm2"), CONV (name "/conv1", 3, C, C),                       \
      CONV (name "/conv2", 3, C, C)

static const Tensor vqgan_tensors[] = {
  { "quantize/embedding/embedding", { V, E } },
  CONV ("post_quant_conv", 1, E, C),
  CONV ("decoder/conv_in", 3, C, C),
  RES ("decoder/mid/block_1"),
  RES ("decoder/mid/block_2"),
  NORM ("decoder/mid/attn_1/norm"),
  CONV ("decoder/mid/attn_1/q", 1, C, C),
  CONV ("decoder/mid/attn_1/k", 1, C, C),
  CONV ("decoder/mid/attn_1/v", 1, C, C),
  CONV ("decoder/mid/attn_1/proj_out", 1, C, C),
  RES ("decoder/up_1/block_0"),
  RES ("decoder/up_1/block_1"),
  CONV ("decoder/up_1/upsample/conv", 3, C, C),
  RES ("decoder/up_0/block_0"),
  RES ("decoder/up_0/block_1"),
  NORM ("decoder/norm_out"),
  CONV ("decoder/conv_out", 3, C, 3),
};

static const char config[] = "{\"model_type\": \"dallebart\", \"d_model\": 16, "
                             "\"encoder_layers\": 1, \"decoder_layers\": 1, "
                             "\"encoder_attention_heads\": 2, \"decoder_attention_heads\": 2, "
                             "\"encoder_ffn_dim\": 24, \"decoder_ffn_dim\": 24, "
                             "\"encoder_vocab_size\": 40, \"image_vocab_size\": 32, "
                             "\"decoder_start_token_id\": 32, \"max_text_length\": 8, "
                             "\"image_length\": 16, \"normalize_text\": true}";

static void
pack_text (msgpack_packer *packer, const char *text, gsize length)
{
  msgpack_pack_str (packer, length);
  msgpack_pack_str_body (packer, text, length);
}

/* An array as flax writes it: ext type 1 of (shape, dtype, data). */
static void
pack_array (msgpack_packer *packer, const Tensor *tensor, GRand *rand)
{
  msgpack_sbuffer inner;
  msgpack_packer inner_packer;
  guint n_dims = 0, n = 1;
  g_autofree float *values = NULL;

  while (n_dims < 4 && tensor->shape[n_dims] > 0)
    n *= tensor->shape[n_dims++];
  values = g_new (float, n);
  for (guint i = 0; i < n; i++)
    values[i] = (float) g_rand_double_range (rand, -0.2, 0.2);
  msgpack_sbuffer_init (&inner);
  msgpack_packer_init (&inner_packer, &inner, msgpack_sbuffer_write);
  msgpack_pack_array (&inner_packer, 3);
  msgpack_pack_array (&inner_packer, n_dims);
  for (guint i = 0; i < n_dims; i++)
    msgpack_pack_uint32 (&inner_packer, tensor->shape[i]);
  pack_text (&inner_packer, "float32", 7);
  msgpack_pack_bin (&inner_packer, n * sizeof (float));
  msgpack_pack_bin_body (&inner_packer, values, n * sizeof (float));
  msgpack_pack_ext (packer, inner.size, 1);
  msgpack_pack_ext_body (packer, inner.data, inner.size);
  msgpack_sbuffer_destroy (&inner);
}

/* The first tensor behind i whose path goes another way at this depth. */
static guint
find_end (const Tensor *const *tensors, guint i, guint n, gsize depth)
{
  gsize length = depth + strcspn (tensors[i]->path + depth, "/");
  guint end = i + 1;

  while (end < n && strncmp (tensors[i]->path, tensors[end]->path, length) == 0
         && (tensors[end]->path[length] == '/' || tensors[end]->path[length] == '\0'))
    end++;
  return end;
}

/* Paths become nested maps; the tensors are sorted. */
static void
pack_level (msgpack_packer *packer, const Tensor *const *tensors, guint n, gsize depth, GRand *rand)
{
  guint n_keys = 0;

  for (guint i = 0; i < n; i = find_end (tensors, i, n, depth))
    n_keys++;
  msgpack_pack_map (packer, n_keys);
  for (guint i = 0; i < n;)
    {
      guint end = find_end (tensors, i, n, depth);
      gsize length = strcspn (tensors[i]->path + depth, "/");

      pack_text (packer, tensors[i]->path + depth, length);
      if (tensors[i]->path[depth + length] == '/')
        pack_level (packer, tensors + i, end - i, depth + length + 1, rand);
      else
        pack_array (packer, tensors[i], rand);
      i = end;
    }
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const Tensor *const *) a)->path, (*(const Tensor *const *) b)->path);
}

static GBytes *
pack (const Tensor *tensors, guint n)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (n);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  msgpack_sbuffer buffer;
  msgpack_packer packer;
  GBytes *bytes;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (sorted, (gpointer) &tensors[i]);
  g_ptr_array_sort (sorted, compare);
  msgpack_sbuffer_init (&buffer);
  msgpack_packer_init (&packer, &buffer, msgpack_sbuffer_write);
  pack_level (&packer, (const Tensor *const *) sorted->pdata, n, 0, rand);
  bytes = g_bytes_new (buffer.data, buffer.size);
  msgpack_sbuffer_destroy (&buffer);
  return bytes;
}

static GBytes *
make_vocabulary (void)
{
  GString *text = g_string_new ("{\"<s>\": 0, \"<pad>\": 1, \"</s>\": 2, \"<unk>\": 3, "
                                "\"<mask>\": 4, \"\xc4\xa0\": 5, \"\xc4\xa0"
                                "a\": 6");

  for (char c = 'a'; c <= 'z'; c++)
    g_string_append_printf (text, ", \"%c\": %d", c, 7 + c - 'a');
  g_string_append (text, "}");
  return g_string_free_to_bytes (text);
}

GPtrArray *
tiny_checkpoint_new (void)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  const char *merges = "#version: 0.2\n\xc4\xa0 a\n";

  g_ptr_array_add (files, pack (text_tensors, G_N_ELEMENTS (text_tensors)));
  g_ptr_array_add (files, pack (vqgan_tensors, G_N_ELEMENTS (vqgan_tensors)));
  g_ptr_array_add (files, g_bytes_new_static (config, strlen (config)));
  g_ptr_array_add (files, make_vocabulary ());
  g_ptr_array_add (files, g_bytes_new (merges, strlen (merges)));
  return files;
}
