/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnModel: opens a GGUF file, checks that every tensor is there with the
 * shape its sizes imply, and makes views of them.  Copies no weights.
 */
#include "config.h"

#include "model-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "model-config.h"
#include "model-layout.h"

#define MAX_TEXT_BYTES 65536 /* of a text for people; the rest is left out */

/* ---- texts --------------------------------------------------------------- */

/* A text for people: it goes to terminals, which would obey an escape sequence in it, and into
 * labels.  Every control character becomes one that shows, or a blank. */
static char *
clean_text (const char *text)
{
  GString *clean = g_string_new (NULL);
  for (const char *at = text; *at != '\0' && at - text < MAX_TEXT_BYTES; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      if (g_unichar_iscntrl (c))
        c = g_unichar_isspace (c) ? ' ' : 0xfffd;
      g_string_append_unichar (clean, c);
    }
  return g_string_free (clean, FALSE);
}

/* ---- binding ------------------------------------------------------------- */

static gboolean
fail_tensor (LimnModel *model, const char *name, LimnError code, const char *reason, GError **error)
{
  g_set_error (error, LIMN_ERROR, code, _ ("%s: %s: %s"), model->info.path, name, reason);
  return FALSE;
}

static gboolean
has_shape (const LimnGgufTensor *tensor, guint n_dims, const guint64 *shape)
{
  return tensor->n_dims == n_dims && memcmp (tensor->shape, shape, n_dims * sizeof *shape) == 0;
}

static gboolean
bind_scale (LimnModel *model, const LimnSlot *slot, LimnMatrix *matrix, GError **error)
{
  char name[LIMN_NAME_BYTES];
  guint64 n_rows = (slot->shape[0] + LIMN_PACK_ROWS - 1) / LIMN_PACK_ROWS * LIMN_PACK_ROWS;
  limn_slot_get_scale_name (slot, name);
  const LimnGgufTensor *scale = limn_gguf_find_tensor (model->gguf, name);
  if (scale == NULL)
    return fail_tensor (model, name, LIMN_ERROR_MISSING, _ ("the tensor is missing"), error);
  if (scale->type != LIMN_GGUF_F32 || !has_shape (scale, 1, &n_rows))
    return fail_tensor (model, name, LIMN_ERROR_CORRUPT, _ ("it has a wrong shape or type"), error);
  matrix->scale = scale->data;
  return TRUE;
}

static gboolean
get_type (LimnModel *model,
          const LimnSlot *slot,
          const LimnGgufTensor *tensor,
          LimnType *type,
          GError **error)
{
  gboolean is_float_only = slot->kind == LIMN_SLOT_VECTOR || slot->kind == LIMN_SLOT_EXACT;
  if (tensor->type == LIMN_GGUF_F32)
    *type = LIMN_TYPE_F32;
  else if (tensor->type == LIMN_GGUF_F16 && !is_float_only)
    *type = LIMN_TYPE_F16;
  else if (tensor->type == LIMN_GGUF_BF16 && !is_float_only)
    *type = LIMN_TYPE_BF16;
  else if (tensor->type == LIMN_GGUF_I8 && slot->kind == LIMN_SLOT_MATRIX)
    *type = LIMN_TYPE_I8;
  else
    return fail_tensor (model, slot->name, LIMN_ERROR_UNSUPPORTED,
                        _ ("Limn cannot use this tensor's type"), error);
  return TRUE;
}

static void
point (const LimnSlot *slot, LimnType type, const void *data)
{
  if (slot->kind == LIMN_SLOT_VECTOR)
    *(const float **) slot->target = data;
  else if (slot->kind == LIMN_SLOT_CONV)
    {
      LimnConv *conv = slot->target;
      conv->type = type;
      conv->weight = data;
    }
  else
    {
      LimnMatrix *matrix = slot->target;
      matrix->type = type;
      matrix->data = data;
    }
}

static gboolean
bind_slot (LimnModel *model, const LimnSlot *slot, GError **error)
{
  const LimnGgufTensor *tensor = limn_gguf_find_tensor (model->gguf, slot->name);
  guint64 packed[LIMN_GGUF_MAX_DIMS];
  LimnType type;
  if (tensor == NULL && slot->is_optional)
    return TRUE;
  if (tensor == NULL)
    return fail_tensor (model, slot->name, LIMN_ERROR_MISSING, _ ("the tensor is missing"), error);
  if (!get_type (model, slot, tensor, &type, error))
    return FALSE;
  if (type == LIMN_TYPE_I8)
    limn_packed_get_shape (slot->shape[0], slot->shape[1], packed);
  if (type == LIMN_TYPE_I8 ? !has_shape (tensor, 4, packed)
                           : !has_shape (tensor, slot->n_dims, slot->shape))
    return fail_tensor (model, slot->name, LIMN_ERROR_CORRUPT,
                        _ ("its shape does not fit the model's sizes"), error);
  point (slot, type, tensor->data);
  model->info.n_parameters += limn_slot_get_n_elements (slot);
  return type != LIMN_TYPE_I8 || bind_scale (model, slot, slot->target, error);
}

static gboolean
bind_all (LimnModel *model, GError **error)
{
  g_autoptr (GArray) slots = limn_model_layout_new (model, model->info.parts);
  for (guint i = 0; i < slots->len; i++)
    if (!bind_slot (model, &g_array_index (slots, LimnSlot, i), error))
      return FALSE;
  return TRUE;
}

/* ---- parts --------------------------------------------------------------- */

static gboolean
check_architecture (LimnModel *model, GError **error)
{
  const char *name = limn_gguf_get_string (model->gguf, "general.architecture", error);
  if (name == NULL)
    return FALSE;
  if (strcmp (name, LIMN_ARCHITECTURE) == 0)
    return TRUE;
  g_autofree char *clean = clean_text (name);
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED,
               _ ("%s: this is a model of the kind “%s”; Limn draws with “%s” models"),
               model->info.path, clean, LIMN_ARCHITECTURE);
  return FALSE;
}

static gboolean
read_tokenizer (LimnModel *model, GError **error)
{
  gsize n_tokens, n_merges;
  const char *const *tokens =
      limn_gguf_get_strings (model->gguf, "tokenizer.ggml.tokens", &n_tokens, error);
  if (tokens == NULL)
    return FALSE;
  const char *const *merges =
      limn_gguf_get_strings (model->gguf, "tokenizer.ggml.merges", &n_merges, error);
  if (merges == NULL)
    return FALSE;
  model->tokenizer = limn_tokenizer_new (tokens, n_tokens, merges, n_merges, error);
  if (model->tokenizer == NULL)
    g_prefix_error (error, "%s: ", model->info.path);
  return model->tokenizer != NULL;
}

static gboolean
read_preview (LimnModel *model, GError **error)
{
  if (!limn_gguf_get_uint (model->gguf, "preview.pixels", &model->preview_pixels, error))
    return FALSE;
  if (model->preview_pixels < 1 || model->preview_pixels > 32)
    return fail_tensor (model, "preview.pixels", LIMN_ERROR_CORRUPT, _ ("it is out of range"),
                        error);
  return TRUE;
}

static LimnModelPart
find_parts (LimnGguf *gguf)
{
  static const struct
  {
    const char *tensor;
    LimnModelPart part;
  } signs[] = {
    { "decoder.embed_tokens.weight", LIMN_MODEL_PART_TEXT },
    { "encoder.embed_tokens.weight", LIMN_MODEL_PART_TEXT },
    { "vqgan.decoder.conv_in.weight", LIMN_MODEL_PART_DECODER },
    { "vqgan.encoder.conv_in.weight", LIMN_MODEL_PART_ENCODER },
    { "preview.weight", LIMN_MODEL_PART_PREVIEW },
  };
  LimnModelPart parts = 0;
  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    if (limn_gguf_find_tensor (gguf, signs[i].tensor) != NULL)
      parts |= signs[i].part;
  if (limn_gguf_has_key (gguf, "tokenizer.ggml.tokens"))
    parts |= LIMN_MODEL_PART_TOKENIZER;
  return parts;
}

/* Parts that only make sense together fit each other. */
static gboolean
check_fit (LimnModel *model, GError **error)
{
  LimnModelPart both = LIMN_MODEL_PART_TEXT | LIMN_MODEL_PART_DECODER;
  if ((model->info.parts & both) == both && model->text.image_vocab > model->vqgan.n_embed)
    return fail_tensor (model, "vqgan.codebook_size", LIMN_ERROR_CORRUPT,
                        _ ("the text model has more image tokens than the codebook"), error);
  if ((model->info.parts & LIMN_MODEL_PART_PREVIEW)
      && !(model->info.parts & LIMN_MODEL_PART_DECODER))
    return fail_tensor (model, "preview.weight", LIMN_ERROR_CORRUPT,
                        _ ("a preview without a decoder"), error);
  return TRUE;
}

static gboolean
read_parts (LimnModel *model, GError **error)
{
  LimnModelPart parts = model->info.parts = find_parts (model->gguf);
  if (parts == 0)
    return fail_tensor (model, _ ("table of tensors"), LIMN_ERROR_MISSING,
                        _ ("the file holds no part of a model"), error);
  if ((parts & LIMN_MODEL_PART_TEXT) && !limn_text_config_read (&model->text, model->gguf, error))
    return FALSE;
  if ((parts & (LIMN_MODEL_PART_DECODER | LIMN_MODEL_PART_ENCODER))
      && !limn_vqgan_config_read (&model->vqgan, model->gguf, error))
    return FALSE;
  if ((parts & LIMN_MODEL_PART_PREVIEW) && !read_preview (model, error))
    return FALSE;
  if ((parts & LIMN_MODEL_PART_TOKENIZER) && !read_tokenizer (model, error))
    return FALSE;
  return check_fit (model, error);
}

/* ---- facts --------------------------------------------------------------- */

static char *
dup_text (LimnModel *model, const char *key)
{
  const char *text = limn_gguf_get_string (model->gguf, key, NULL);
  return clean_text (text == NULL ? "" : text);
}

static double
get_setting (LimnModel *model, const char *key, double min, double max, double otherwise)
{
  double value;
  gboolean is_there = limn_gguf_get_double (model->gguf, key, &value, NULL);
  return is_there && value >= min && value <= max ? value : otherwise;
}

static char *
make_source (LimnModel *model)
{
  g_autofree char *url = dup_text (model, "general.source.url");
  return *url != '\0' ? g_steal_pointer (&url) : dup_text (model, "general.source");
}

static const char *
get_weight_type (LimnModel *model)
{
  static const char *const names[] = { "F32", "F16", "BF16", "I8" };
  if (model->info.parts & LIMN_MODEL_PART_TEXT)
    return names[model->decoder.layers[0].fc0.type];
  if (model->info.parts & LIMN_MODEL_PART_DECODER)
    return names[model->vqgan_decoder.conv_in.type];
  if (model->info.parts & LIMN_MODEL_PART_ENCODER)
    return names[model->vqgan_encoder.conv_in.type];
  return "";
}

static void
fill_sizes (LimnModel *model)
{
  LimnModelInfo *info = &model->info;
  const LimnTextConfig *text = &model->text;
  const LimnVqganConfig *vqgan = &model->vqgan;
  if (info->parts & LIMN_MODEL_PART_TEXT)
    {
      info->grid_size = limn_text_config_get_grid_size (text);
      info->text_length = text->text_length;
      info->embedding_length = text->d;
      info->n_encoder_layers = text->encoder.n_layers;
      info->n_decoder_layers = text->decoder.n_layers;
      info->image_vocab_size = text->image_vocab;
    }
  else if (vqgan->n_levels > 0)
    {
      info->grid_size = vqgan->resolution >> (vqgan->n_levels - 1);
      info->image_vocab_size = vqgan->n_embed;
    }
  if (info->parts & LIMN_MODEL_PART_DECODER)
    info->picture_size = info->grid_size << (vqgan->n_levels - 1);
}

static void
fill_info (LimnModel *model)
{
  LimnModelInfo *info = &model->info;
  model->source = make_source (model);
  info->name = model->name = dup_text (model, "general.name");
  info->license = model->license = dup_text (model, "general.license");
  info->source = model->source;
  info->file_size_bytes = limn_gguf_get_size_bytes (model->gguf);
  info->weight_type = get_weight_type (model);
  info->default_temperature =
      get_setting (model, "dallebart.sampling.temperature", 0, 100, LIMN_DEFAULT_TEMPERATURE);
  info->default_top_k =
      (guint) get_setting (model, "dallebart.sampling.top_k", 0, 1 << 20, LIMN_DEFAULT_TOP_K);
  info->default_guidance =
      get_setting (model, "dallebart.sampling.guidance", 0, 1000, LIMN_DEFAULT_GUIDANCE);
  model->text.min_probability = get_setting (model, "dallebart.sampling.min_probability", 0, 1, 0);
  fill_sizes (model);
}

/* ---- life ---------------------------------------------------------------- */

static LimnModel *
model_new (LimnGguf *gguf, const char *path)
{
  LimnModel *model = g_new0 (LimnModel, 1);
  g_atomic_ref_count_init (&model->ref_count);
  model->gguf = gguf;
  model->path = g_filename_display_name (path);
  model->info.path = model->path;
  return model;
}

LimnModel *
limn_model_new_from_gguf (LimnGguf *gguf, const char *path, GError **error)
{
  g_autoptr (LimnModel) model = model_new (gguf, path);
  if (!check_architecture (model, error) || !read_parts (model, error) || !bind_all (model, error))
    return NULL;
  fill_info (model);
  return limn_model_check (model, error) ? g_steal_pointer (&model) : NULL;
}

/**
 * limn_model_open:
 * @path: a GGUF file made by limn_import()
 *
 * Opens a model; reads its tables, not its weights, so it takes milliseconds.
 * Any thread.  The file may be deleted or replaced while the model is in use;
 * when it is cut short or written to, jobs end with an error.
 *
 * Returns: (transfer full): the model, or %NULL with @error set
 */
LimnModel *
limn_model_open (const char *path, GError **error)
{
  LimnGguf *gguf = limn_gguf_open (path, error);
  return gguf == NULL ? NULL : limn_model_new_from_gguf (gguf, path, error);
}

LimnModel *
limn_model_ref (LimnModel *model)
{
  g_atomic_ref_count_inc (&model->ref_count);
  return model;
}

void
limn_model_unref (LimnModel *model)
{
  if (model == NULL || !g_atomic_ref_count_dec (&model->ref_count))
    return;
  limn_model_layout_clear (model);
  g_clear_pointer (&model->tokenizer, limn_tokenizer_free);
  g_clear_pointer (&model->gguf, limn_gguf_free);
  g_free (model->path);
  g_free (model->name);
  g_free (model->license);
  g_free (model->source);
  g_free (model);
}

/**
 * limn_model_get_info:
 *
 * Returns: facts of @model, valid as long as it is
 */
const LimnModelInfo *
limn_model_get_info (LimnModel *model)
{
  return &model->info;
}

gboolean
limn_model_check (LimnModel *model, GError **error)
{
  return limn_gguf_check (model->gguf, error);
}

guint64
limn_model_get_weights_bytes (LimnModel *model, const char *prefix)
{
  guint64 n_bytes = 0;
  for (guint i = 0; i < limn_gguf_get_n_tensors (model->gguf); i++)
    {
      const LimnGgufTensor *tensor = limn_gguf_get_tensor (model->gguf, i);
      if (g_str_has_prefix (tensor->name, prefix))
        n_bytes += tensor->n_bytes;
    }
  return n_bytes;
}

void
limn_model_forget_weights (LimnModel *model, const char *prefix)
{
  for (guint i = 0; i < limn_gguf_get_n_tensors (model->gguf); i++)
    {
      const LimnGgufTensor *tensor = limn_gguf_get_tensor (model->gguf, i);
      if (g_str_has_prefix (tensor->name, prefix))
        limn_gguf_forget (model->gguf, tensor);
    }
}

gboolean
limn_model_require (LimnModel *model, LimnModelPart parts, GError **error)
{
  const char *what;
  LimnModelPart missing = parts & ~model->info.parts;
  if (missing == 0)
    return TRUE;
  if (missing & LIMN_MODEL_PART_TEXT)
    what = _ ("the text model is missing. Import its encoder and decoder checkpoints as well");
  else if (missing & LIMN_MODEL_PART_TOKENIZER)
    what = _ ("the tokenizer is missing. Import vocab.json and merges.txt as well");
  else if (missing & LIMN_MODEL_PART_DECODER)
    what = _ ("the picture decoder is missing. Import a VQGAN checkpoint as well");
  else if (missing & LIMN_MODEL_PART_ENCODER)
    what = _ ("the picture encoder is missing. Import a VQGAN checkpoint that has one");
  else
    what = _ ("the preview map is missing. Import the model again");
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_MISSING, _ ("%s: %s."), model->info.path, what);
  return FALSE;
}
