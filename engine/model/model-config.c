/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hyper-parameters of a model file: reading, writing, limits.  Whether the
 * tensors have the shapes they imply is model-layout's business.
 */
#include "config.h"

#include "model-config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#define MAX_MULTIPLIER 64
#define MAX_LOOK_WIDTH 1024

/* One whole-number field: where it is kept, its key, its limits. */
typedef struct
{
  const char *key;
  gsize offset;
  guint min;
  guint max;
} Field;

#define TEXT(field)  offsetof (LimnTextConfig, field)
#define VQGAN(field) offsetof (LimnVqganConfig, field)

static const Field text_fields[] = {
  { "dallebart.embedding_length", TEXT (d), 8, 16384 },
  { "dallebart.vocab_size", TEXT (text_vocab), 5, 1 << 22 },
  { "dallebart.context_length", TEXT (text_length), 4, 1024 },
  { "dallebart.image_vocab_size", TEXT (image_vocab), 1, 1 << 20 },
  { "dallebart.image_rows", TEXT (image_rows), 2, 1 << 20 },
  { "dallebart.image_length", TEXT (image_length), 1, 4096 },
  { "dallebart.start_token", TEXT (start_token), 0, 1 << 20 },
  { "dallebart.encoder.block_count", TEXT (encoder.n_layers), 1, 256 },
  { "dallebart.encoder.attention.head_count", TEXT (encoder.n_heads), 1, 1024 },
  { "dallebart.encoder.feed_forward_length", TEXT (encoder.ffn), 1, 65536 },
  { "dallebart.decoder.block_count", TEXT (decoder.n_layers), 1, 256 },
  { "dallebart.decoder.attention.head_count", TEXT (decoder.n_heads), 1, 1024 },
  { "dallebart.decoder.feed_forward_length", TEXT (decoder.ffn), 1, 65536 },
};

static const Field vqgan_fields[] = {
  { "vqgan.channels", VQGAN (ch), 1, 4096 },
  { "vqgan.res_block_count", VQGAN (n_res_blocks), 0, 16 },
  { "vqgan.resolution", VQGAN (resolution), 1, 4096 },
  { "vqgan.z_channels", VQGAN (z_channels), 1, 4096 },
  { "vqgan.embedding_length", VQGAN (embed_dim), 1, 4096 },
  { "vqgan.codebook_size", VQGAN (n_embed), 1, 1 << 20 },
  { "vqgan.group_count", VQGAN (n_groups), 1, 4096 },
};

#define KEY_LAYER_NORM_EPSILON "dallebart.attention.layer_norm_epsilon"
#define KEY_NORMALIZER         "dallebart.normalizer"
#define KEY_MULTIPLIERS        "vqgan.channel_multipliers"
#define KEY_ATTENTION          "vqgan.attention_resolutions"
#define KEY_GROUP_NORM_EPSILON "vqgan.group_norm_epsilon"
#define KEY_UPSAMPLE_FILTERS   "vqgan.upsample_filter_count" /* 1 when it is not there */
#define KEY_SKIPS_MIDDLE       "vqgan.encoder_skips_middle"  /* 0 when it is not there */
#define KEY_LOOK_TOKENS        "vqgan.looks.tokens"          /* no looks when it is not there */
#define KEY_LOOK_WIDTHS        "vqgan.looks.widths"
#define KEY_LOOK_SIZES         "vqgan.looks.sizes"
#define KEY_BACKGROUNDS        "vqgan.background_count"

static guint *
get_field (gconstpointer config, const Field *field)
{
  return (guint *) ((char *) config + field->offset);
}

static gboolean
fail (const char *name, const char *key, const char *reason, GError **error)
{
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED, _ ("%s: %s: %s"), name, key, reason);
  return FALSE;
}

static gboolean
check_fields (gconstpointer config, const Field *fields, gsize n, const char *name, GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      guint value = *get_field (config, &fields[i]);
      if (value >= fields[i].min && value <= fields[i].max)
        continue;
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED,
                   _ ("%s: %s: %u is not between %u and %u"), name, fields[i].key, value,
                   fields[i].min, fields[i].max);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_epsilon (float value, const char *key, const char *name, GError **error)
{
  /* written so that NaN fails */
  if (value > 0.0f && value < 1.0f)
    return TRUE;
  return fail (name, key, _ ("not a small positive number"), error);
}

guint
limn_text_config_get_grid_size (const LimnTextConfig *config)
{
  guint side = (guint) lround (sqrt (config->image_length));
  return side * side == config->image_length ? side : 0;
}

gboolean
limn_text_config_check (const LimnTextConfig *config, const char *name, GError **error)
{
  if (!check_fields (config, text_fields, G_N_ELEMENTS (text_fields), name, error))
    return FALSE;
  if (config->d % config->encoder.n_heads != 0 || config->d % config->decoder.n_heads != 0)
    return fail (name, "dallebart.embedding_length", _ ("not a multiple of the number of heads"),
                 error);
  if (config->image_vocab >= config->image_rows)
    return fail (name, "dallebart.image_vocab_size",
                 _ ("the table has no row left for the start token"), error);
  if (config->start_token >= config->image_rows)
    return fail (name, "dallebart.start_token", _ ("it is not in the table of image tokens"),
                 error);
  if (limn_text_config_get_grid_size (config) == 0)
    return fail (name, "dallebart.image_length", _ ("it is not a square number"), error);
  return check_epsilon (config->layer_norm_eps, KEY_LAYER_NORM_EPSILON, name, error);
}

static gboolean
check_channels (const LimnVqganConfig *config, const char *name, GError **error)
{
  for (guint i = 0; i < config->n_levels; i++)
    {
      guint multiplier = config->ch_mult[i];
      if (multiplier < 1 || multiplier > MAX_MULTIPLIER)
        return fail (name, KEY_MULTIPLIERS, _ ("a multiplier is out of range"), error);
      if (config->ch * multiplier > 8192)
        return fail (name, KEY_MULTIPLIERS, _ ("more channels than Limn can use"), error);
      if (config->ch * multiplier % config->n_groups != 0)
        return fail (name, "vqgan.group_count", _ ("it does not divide the channels"), error);
    }
  if (config->ch % config->n_groups != 0)
    return fail (name, "vqgan.group_count", _ ("it does not divide the channels"), error);
  return TRUE;
}

static gboolean
check_looks (const LimnVqganConfig *config, const char *name, GError **error)
{
  if (config->n_looks > LIMN_MAX_LOOKS)
    return fail (name, KEY_LOOK_TOKENS, _ ("the list is too long"), error);
  if (config->n_backgrounds > config->n_embed)
    return fail (name, KEY_BACKGROUNDS, _ ("more of them than tokens"), error);
  for (guint i = 0; i < config->n_looks; i++)
    {
      if (config->look_tokens[i] >= config->n_embed)
        return fail (name, KEY_LOOK_TOKENS, _ ("it is not in the table of image tokens"), error);
      if (config->look_widths[i] < 1 || config->look_widths[i] > MAX_LOOK_WIDTH)
        return fail (name, KEY_LOOK_WIDTHS, _ ("a number is out of range"), error);
      if (config->look_sizes[i] != 1 && config->look_sizes[i] != 3)
        return fail (name, KEY_LOOK_SIZES, _ ("a number is neither 1 nor 3"), error);
    }
  return TRUE;
}

gboolean
limn_vqgan_config_check (const LimnVqganConfig *config, const char *name, GError **error)
{
  if (!check_fields (config, vqgan_fields, G_N_ELEMENTS (vqgan_fields), name, error))
    return FALSE;
  if (config->n_levels < 1 || config->n_levels > LIMN_MAX_LEVELS)
    return fail (name, KEY_MULTIPLIERS, _ ("from one to eight levels are possible"), error);
  if (config->n_attn_resolutions > LIMN_MAX_LEVELS)
    return fail (name, KEY_ATTENTION, _ ("at most eight resolutions are possible"), error);
  if (config->resolution >> (config->n_levels - 1) << (config->n_levels - 1) != config->resolution)
    return fail (name, "vqgan.resolution", _ ("it cannot be halved at each level"), error);
  if (config->upsample_filters != 1 && config->upsample_filters != 4)
    return fail (name, KEY_UPSAMPLE_FILTERS, _ ("it is neither 1 nor 4"), error);
  if (config->skips_encoder_middle > 1)
    return fail (name, KEY_SKIPS_MIDDLE, _ ("it is neither 0 nor 1"), error);
  return check_channels (config, name, error) && check_looks (config, name, error)
         && check_epsilon (config->norm_eps, KEY_GROUP_NORM_EPSILON, name, error);
}

gboolean
limn_vqgan_config_has_attention (const LimnVqganConfig *config, guint level)
{
  for (guint i = 0; i < config->n_attn_resolutions; i++)
    if (config->attn_resolutions[i] == config->resolution >> level)
      return TRUE;
  return FALSE;
}

static gboolean
read_fields (gpointer config, const Field *fields, gsize n, LimnGguf *gguf, GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (!limn_gguf_get_uint (gguf, fields[i].key, get_field (config, &fields[i]), error))
      return FALSE;
  return TRUE;
}

static gboolean
read_epsilon (float *value, LimnGguf *gguf, const char *key, GError **error)
{
  double number;
  if (!limn_gguf_get_double (gguf, key, &number, error))
    return FALSE;
  *value = (float) number;
  return TRUE;
}

static gboolean
read_normalizer (LimnNormalizer *normalizer, LimnGguf *gguf, GError **error)
{
  const char *text = limn_gguf_get_string (gguf, KEY_NORMALIZER, error);
  if (text == NULL)
    return FALSE;
  if (strcmp (text, "dalle-mini") == 0)
    *normalizer = LIMN_NORMALIZER_DALLE_MINI;
  else if (strcmp (text, "min-dalle") == 0)
    *normalizer = LIMN_NORMALIZER_MIN_DALLE;
  else
    return fail (limn_gguf_get_name (gguf), KEY_NORMALIZER, _ ("an unknown one"), error);
  return TRUE;
}

static gboolean
read_list (guint *list, guint max, guint *n, LimnGguf *gguf, const char *key, GError **error)
{
  gsize length;
  const guint32 *values = limn_gguf_get_uints (gguf, key, &length, error);
  if (values == NULL)
    return FALSE;
  if (length > max)
    return fail (limn_gguf_get_name (gguf), key, _ ("the list is too long"), error);
  for (gsize i = 0; i < length; i++)
    list[i] = values[i];
  *n = (guint) length;
  return TRUE;
}

/**
 * limn_text_config_read:
 *
 * Reads and checks the sizes of the text model in @gguf.
 */
gboolean
limn_text_config_read (LimnTextConfig *config, LimnGguf *gguf, GError **error)
{
  return read_fields (config, text_fields, G_N_ELEMENTS (text_fields), gguf, error)
         && read_epsilon (&config->layer_norm_eps, gguf, KEY_LAYER_NORM_EPSILON, error)
         && read_normalizer (&config->normalizer, gguf, error)
         && limn_text_config_check (config, limn_gguf_get_name (gguf), error);
}

static gboolean
read_looks (LimnVqganConfig *config, LimnGguf *gguf, GError **error)
{
  guint n_widths, n_sizes;

  config->n_looks = config->n_backgrounds = 0;
  if (!limn_gguf_has_key (gguf, KEY_LOOK_TOKENS))
    return TRUE;
  if (!limn_gguf_get_uint (gguf, KEY_BACKGROUNDS, &config->n_backgrounds, error)
      || !read_list (config->look_tokens, LIMN_MAX_LOOKS, &config->n_looks, gguf, KEY_LOOK_TOKENS,
                     error)
      || !read_list (config->look_widths, LIMN_MAX_LOOKS, &n_widths, gguf, KEY_LOOK_WIDTHS, error)
      || !read_list (config->look_sizes, LIMN_MAX_LOOKS, &n_sizes, gguf, KEY_LOOK_SIZES, error))
    return FALSE;
  if (n_widths != config->n_looks || n_sizes != config->n_looks)
    return fail (limn_gguf_get_name (gguf), KEY_LOOK_TOKENS,
                 _ ("the lists about looks have different lengths"), error);
  return TRUE;
}

/* A number that may be missing, and then is usual. */
static gboolean
read_optional (guint *value, guint usual, LimnGguf *gguf, const char *key, GError **error)
{
  *value = usual;
  return !limn_gguf_has_key (gguf, key) || limn_gguf_get_uint (gguf, key, value, error);
}

/**
 * limn_vqgan_config_read:
 *
 * Reads and checks the sizes of the VQGAN in @gguf.
 */
gboolean
limn_vqgan_config_read (LimnVqganConfig *config, LimnGguf *gguf, GError **error)
{
  return read_optional (&config->upsample_filters, 1, gguf, KEY_UPSAMPLE_FILTERS, error)
         && read_optional (&config->skips_encoder_middle, 0, gguf, KEY_SKIPS_MIDDLE, error)
         && read_fields (config, vqgan_fields, G_N_ELEMENTS (vqgan_fields), gguf, error)
         && read_epsilon (&config->norm_eps, gguf, KEY_GROUP_NORM_EPSILON, error)
         && read_list (config->ch_mult, LIMN_MAX_LEVELS, &config->n_levels, gguf, KEY_MULTIPLIERS,
                       error)
         && read_list (config->attn_resolutions, LIMN_MAX_LEVELS, &config->n_attn_resolutions, gguf,
                       KEY_ATTENTION, error)
         && read_looks (config, gguf, error)
         && limn_vqgan_config_check (config, limn_gguf_get_name (gguf), error);
}

static void
write_fields (gconstpointer config, const Field *fields, gsize n, LimnGgufWriter *writer)
{
  for (gsize i = 0; i < n; i++)
    limn_gguf_writer_set_uint (writer, fields[i].key, *get_field (config, &fields[i]));
}

void
limn_text_config_write (const LimnTextConfig *config, LimnGgufWriter *writer)
{
  write_fields (config, text_fields, G_N_ELEMENTS (text_fields), writer);
  limn_gguf_writer_set_float (writer, KEY_LAYER_NORM_EPSILON, config->layer_norm_eps);
  limn_gguf_writer_set_string (writer, KEY_NORMALIZER,
                               config->normalizer == LIMN_NORMALIZER_MIN_DALLE ? "min-dalle"
                                                                               : "dalle-mini");
}

void
limn_vqgan_config_write (const LimnVqganConfig *config, LimnGgufWriter *writer)
{
  write_fields (config, vqgan_fields, G_N_ELEMENTS (vqgan_fields), writer);
  limn_gguf_writer_set_float (writer, KEY_GROUP_NORM_EPSILON, config->norm_eps);
  limn_gguf_writer_set_uint (writer, KEY_UPSAMPLE_FILTERS, config->upsample_filters);
  limn_gguf_writer_set_uint (writer, KEY_SKIPS_MIDDLE, config->skips_encoder_middle);
  limn_gguf_writer_set_uints (writer, KEY_MULTIPLIERS, config->ch_mult, config->n_levels);
  limn_gguf_writer_set_uints (writer, KEY_ATTENTION, config->attn_resolutions,
                              config->n_attn_resolutions);
  if (config->n_looks == 0)
    return;
  limn_gguf_writer_set_uint (writer, KEY_BACKGROUNDS, config->n_backgrounds);
  limn_gguf_writer_set_uints (writer, KEY_LOOK_TOKENS, config->look_tokens, config->n_looks);
  limn_gguf_writer_set_uints (writer, KEY_LOOK_WIDTHS, config->look_widths, config->n_looks);
  limn_gguf_writer_set_uints (writer, KEY_LOOK_SIZES, config->look_sizes, config->n_looks);
}
