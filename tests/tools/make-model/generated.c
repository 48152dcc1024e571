/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Presets, the rule that gives each tensor its scale, and the numbers. */
#include "generated.h"

#include <math.h>
#include <string.h>

#include "engine/model/model-config.h"
#include "tests/tools/manifest.h"

#define BUFFER 16384

typedef struct
{
  const char *name;
  const char *vqgan_salt;
  const char *decoder_prefix; /* of the VQGAN's streams */
  const char *encoder_prefix;
  LimnTextConfig text;
  LimnVqganConfig vqgan;
} Preset;

#define TEXT(D, HEADS, LAYERS_E, LAYERS_D, F, VOCAB, CODES, ROWS)                                  \
  {                                                                                                \
    .d = D, .text_vocab = VOCAB, .text_length = 64, .image_vocab = CODES, .image_rows = ROWS,      \
    .image_length = 256, .start_token = CODES, .layer_norm_eps = 1e-5f,                            \
    .encoder = { LAYERS_E, HEADS, F }, .decoder = {                                                \
      LAYERS_D,                                                                                    \
      HEADS,                                                                                       \
      F                                                                                            \
    }                                                                                              \
  }
#define VQGAN(CH, LEVELS, BLOCKS, Z, CODES, GROUPS, FILTERS)                                       \
  .ch = CH, .n_levels = LEVELS, .n_res_blocks = BLOCKS, .resolution = 256, .z_channels = Z,        \
  .embed_dim = Z, .n_embed = CODES, .n_groups = GROUPS, .norm_eps = 1e-6f,                         \
  .upsample_filters = FILTERS
#define ATTENTION_AT_16 .n_attn_resolutions = 1, .attn_resolutions = { 16 }
#define PUBLISHED_VQGAN                                                                            \
  {                                                                                                \
    VQGAN (128, 5, 2, 256, 16384, 32, 1), ATTENTION_AT_16, .ch_mult = { 1, 1, 2, 2, 4 }            \
  }

static const Preset presets[] = {
  { "tiny",
    "limn-a-tinyvq",
    "vq.",
    "vq.",
    TEXT (64, 4, 2, 2, 160, 768, 1024, 1025),
    { VQGAN (32, 5, 1, 32, 1024, 32, 1), ATTENTION_AT_16, .ch_mult = { 1, 1, 2, 1, 1 } } },
  { "mini", "limn-a-vqgan", "detoker.", "vqenc.",
    TEXT (1024, 16, 12, 12, 2730, 50264, 16384, 16385), PUBLISHED_VQGAN },
  { "mega", "limn-a-vqgan", "detoker.", "vqenc.",
    TEXT (2048, 32, 24, 24, 4096, 50272, 16384, 16416), PUBLISHED_VQGAN },
  { "starter",
    "limn-a-startervq",
    "vq.",
    "vq.",
    TEXT (384, 6, 3, 4, 1024, 2048, 16384, 16385),
    { VQGAN (32, 5, 0, 256, 16384, 4, 4), .ch_mult = { 1, 1, 2, 4, 8 } } },
};

/* ---- rules --------------------------------------------------------------- */

static int
fan_in_exponent (const LimnSlot *slot)
{
  double fan_in = 1;
  for (guint i = 1; i < slot->n_dims; i++)
    fan_in *= (double) slot->shape[i];
  return (int) floor (log2 (2 / sqrt (fan_in)) + 0.5);
}

/* The reference set's rule: what kind of numbers, how large. */
static void
set_rule (GeneratedTensor *tensor)
{
  const char *name = tensor->slot.name;
  gboolean is_picture = g_str_has_prefix (name, "vqgan.decoder.conv_out.");
  if (g_str_has_suffix (name, ".bias"))
    {
      tensor->e = -3;
      tensor->offset = is_picture ? 0.5 : 0;
    }
  else if (tensor->slot.n_dims == 1)
    tensor->is_norm = TRUE;
  else if (g_str_has_suffix (name, "embed_tokens.weight")
           || g_str_has_suffix (name, "embedding.weight"))
    tensor->e = 0;
  else if (g_str_has_suffix (name, "embed_positions.weight"))
    tensor->e = -1;
  else if (is_picture)
    tensor->e = tensor->slot.shape[1] >= 128 ? -6 : -5;
  else
    tensor->e =
        fan_in_exponent (&tensor->slot) + (g_str_has_suffix (name, "lm_head.weight") ? 1 : 0);
}

/* The name in the checkpoint, with the prefix of its file. */
static char *
make_stream (const Preset *preset, const char *name)
{
  if (!g_str_has_prefix (name, "vqgan."))
    return g_strdup (name);
  const char *rest = name + strlen ("vqgan.");
  gboolean is_taming = strcmp (preset->decoder_prefix, "vq.") == 0;
  gboolean is_encoder =
      g_str_has_prefix (rest, "encoder.") || g_str_has_prefix (rest, "quant_conv.");
  if (is_taming && strcmp (rest, "embedding.weight") == 0)
    rest = "quantize.embedding.weight";
  return g_strconcat (is_encoder ? preset->encoder_prefix : preset->decoder_prefix, rest, NULL);
}

static void
tensor_clear (gpointer data)
{
  g_free (((GeneratedTensor *) data)->stream);
}

static void
add_tensors (Generated *generated, const Preset *preset)
{
  g_autoptr (GArray) slots = limn_model_layout_new (generated->model, generated->parts);
  for (guint i = 0; i < slots->len; i++)
    {
      GeneratedTensor tensor = { .slot = g_array_index (slots, LimnSlot, i) };
      if (tensor.slot.is_optional) /* published models do not have them */
        continue;
      tensor.stream = make_stream (preset, tensor.slot.name);
      tensor.salt =
          tensor.slot.part & LIMN_MODEL_PART_TEXT ? generated->text_salt : generated->vqgan_salt;
      set_rule (&tensor);
      g_array_append_val (generated->tensors, tensor);
    }
}

/* Rules and salt of a list, for the tensors that are in it. */
static gboolean
apply_list (Generated *generated, const char *path, GError **error)
{
  g_autoptr (Manifest) manifest = manifest_read (path, error);
  g_autoptr (GHashTable) rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (manifest == NULL)
    return FALSE;
  for (guint i = 0; i < manifest->rows->len; i++)
    {
      ManifestRow *row = &g_array_index (manifest->rows, ManifestRow, i);
      g_hash_table_insert (rows, manifest_get_model_name (row->name), row);
    }
  for (guint i = 0; i < generated->tensors->len; i++)
    {
      GeneratedTensor *tensor = &g_array_index (generated->tensors, GeneratedTensor, i);
      const ManifestRow *row = g_hash_table_lookup (rows, tensor->slot.name);
      if (row == NULL)
        continue;
      if (memcmp (row->shape, tensor->slot.shape, row->n_dims * sizeof *row->shape) != 0)
        {
          g_set_error (error, LIMN_ERROR, LIMN_ERROR_CORRUPT, "%s: %s has another shape", path,
                       row->name);
          return FALSE;
        }
      g_free (tensor->stream);
      tensor->stream = g_strdup (row->name);
      tensor->is_norm = row->kind[0] == 'n';
      tensor->e = row->e;
      tensor->offset = row->offset;
      if (tensor->slot.part & LIMN_MODEL_PART_TEXT)
        {
          g_free (generated->text_salt);
          generated->text_salt = g_strdup (manifest->salt);
          tensor->salt = generated->text_salt;
        }
    }
  for (guint i = 0; i < generated->tensors->len; i++)
    {
      GeneratedTensor *tensor = &g_array_index (generated->tensors, GeneratedTensor, i);
      if (tensor->slot.part & LIMN_MODEL_PART_TEXT)
        tensor->salt = generated->text_salt;
    }
  return TRUE;
}

Generated *
generated_new (const char *name,
               LimnModelPart parts,
               const char *salt,
               const char *vqgan_salt,
               const char *list,
               GError **error)
{
  const Preset *preset = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (presets); i++)
    if (strcmp (presets[i].name, name) == 0)
      preset = &presets[i];
  if (preset == NULL)
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST,
                   "“%s” is not a preset: tiny, mini, mega or starter", name);
      return NULL;
    }
  g_autoptr (Generated) generated = g_new0 (Generated, 1);
  generated->name = g_strdup (name);
  generated->parts = parts;
  generated->text_salt = salt != NULL ? g_strdup (salt) : g_strconcat ("limn-a-", name, NULL);
  generated->vqgan_salt = g_strdup (vqgan_salt != NULL ? vqgan_salt : preset->vqgan_salt);
  generated->model = g_new0 (LimnModel, 1);
  generated->model->text = preset->text;
  generated->model->vqgan = preset->vqgan;
  generated->tensors = g_array_new (FALSE, TRUE, sizeof (GeneratedTensor));
  g_array_set_clear_func (generated->tensors, tensor_clear);
  if (!limn_text_config_check (&preset->text, name, error)
      || !limn_vqgan_config_check (&preset->vqgan, name, error))
    return NULL;
  add_tensors (generated, preset);
  if (list != NULL && !apply_list (generated, list, error))
    return NULL;
  return g_steal_pointer (&generated);
}

void
generated_free (Generated *generated)
{
  if (generated == NULL)
    return;
  limn_model_layout_clear (generated->model);
  g_array_unref (generated->tensors);
  g_free (generated->model);
  g_free (generated->name);
  g_free (generated->text_salt);
  g_free (generated->vqgan_salt);
  g_free (generated);
}

/* ---- numbers ------------------------------------------------------------- */

#define GAMMA G_GUINT64_CONSTANT (0x9E3779B97F4A7C15)

static inline guint64
mix (guint64 z)
{
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return z ^ (z >> 31);
}

static guint64
make_seed (const char *salt, const char *stream)
{
  guint64 seed = G_GUINT64_CONSTANT (0xcbf29ce484222325);
  const char *texts[] = { salt, "/", stream };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (const char *p = texts[i]; *p != '\0'; p++)
      seed = (seed ^ (guint8) *p) * G_GUINT64_CONSTANT (0x100000001b3);
  return seed;
}

typedef struct
{
  const GeneratedTensor *tensor;
  guint64 seed;
  float unit;
  guint64 shape[LIMN_GGUF_MAX_DIMS];   /* in the order asked for */
  guint64 strides[LIMN_GGUF_MAX_DIMS]; /* in numbers of the tensor's own order */
  GeneratedSink sink;
  gpointer data;
  GError **error;
  gsize n;
  float buffer[BUFFER];
} Emission;

static gboolean
flush (Emission *emission)
{
  gsize n = emission->n;
  emission->n = 0;
  return emission->sink (emission->data, emission->buffer, n, emission->error);
}

/* n numbers from index on, stride apart; at most a buffer of them. */
static void
fill (Emission *emission, guint64 index, guint64 stride, gsize n)
{
  float *out = emission->buffer + emission->n;
  guint64 state = emission->seed + (index + 1) * GAMMA;
  guint64 step = stride * GAMMA;
  float unit = emission->unit;
  float offset = (float) emission->tensor->offset;
  if (emission->tensor->is_norm)
    for (gsize i = 0; i < n; i++, state += step)
      out[i] = 1 + (float) ((int) (mix (state) >> 56) - 128) * 0x1p-10f;
  else
    for (gsize i = 0; i < n; i++, state += step)
      out[i] = offset + (float) ((int) (mix (state) >> 53) - 1024) * unit;
  emission->n += n;
}

static gboolean
emit_axis (Emission *emission, guint axis, guint64 index)
{
  gboolean is_last = axis + 1 == emission->tensor->slot.n_dims;
  for (guint64 i = 0; i < emission->shape[axis] && !is_last; i++)
    if (!emit_axis (emission, axis + 1, index + i * emission->strides[axis]))
      return FALSE;
  for (guint64 i = 0; i < emission->shape[axis] && is_last;)
    {
      if (emission->n == BUFFER && !flush (emission))
        return FALSE;
      gsize n = MIN (emission->shape[axis] - i, BUFFER - emission->n);
      fill (emission, index + i * emission->strides[axis], emission->strides[axis], n);
      i += n;
    }
  return TRUE;
}

gboolean
generated_emit (const GeneratedTensor *tensor,
                const guint *order,
                GeneratedSink sink,
                gpointer data,
                GError **error)
{
  guint64 strides[LIMN_GGUF_MAX_DIMS];
  g_autofree Emission *emission = g_new0 (Emission, 1);
  guint64 stride = 1;
  for (guint i = tensor->slot.n_dims; i-- > 0;)
    {
      strides[i] = stride;
      stride *= tensor->slot.shape[i];
    }
  for (guint i = 0; i < tensor->slot.n_dims; i++)
    {
      emission->shape[i] = tensor->slot.shape[order[i]];
      emission->strides[i] = strides[order[i]];
    }
  emission->tensor = tensor;
  emission->seed = make_seed (tensor->salt, tensor->stream);
  emission->unit = ldexpf (1, tensor->e - 10);
  emission->sink = sink;
  emission->data = data;
  emission->error = error;
  return emit_axis (emission, 0, 0) && flush (emission);
}
