/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config.json of a text model or a VQGAN: sizes, and the switches of variants
 * that Limn does not draw with, each refused by its name.
 */
#include "config.h"

#include "settings-json.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define MAX_JSON_BYTES (8 * 1024 * 1024) /* it takes fifty times as much once it is read */
#define MAX_NESTING    32
#define MAX_TEXTS      256 /* of one list */

/* ---- JSON ---------------------------------------------------------------- */

static gboolean
fail (const char *name, const char *key, LimnError code, const char *reason, GError **error)
{
  g_set_error (error, LIMN_ERROR, code, _ ("%s: %s: %s"), name, key, reason);
  return FALSE;
}

/* The parser recurses: count brackets outside of texts first.  It also takes comments and texts in
 * other quotes, which plain JSON has not, and in which a bracket could hide. */
static gboolean
is_flat_enough (const char *text, gsize length)
{
  guint depth = 0;
  gboolean is_in_text = FALSE;
  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];
      if (is_in_text && c == '\\')
        i++;
      else if (c == '"')
        is_in_text = !is_in_text;
      else if (!is_in_text && strchr ("'/#", c) != NULL)
        return FALSE;
      else if (!is_in_text && (c == '{' || c == '[') && ++depth > MAX_NESTING)
        return FALSE;
      else if (!is_in_text && (c == '}' || c == ']') && depth > 0)
        depth--;
    }
  return TRUE;
}

JsonParser *
limn_json_parse (LimnMappedFile *file, GError **error)
{
  const char *name = limn_mapped_file_get_name (file);
  gsize length = limn_mapped_file_get_size (file);
  g_autoptr (GError) local_error = NULL;
  if (length > MAX_JSON_BYTES)
    return fail (name, "JSON", LIMN_ERROR_TOO_LARGE, _ ("the file is too large"), error), NULL;
  /* a copy: the parser must not see a file change under it */
  g_autofree char *text = g_strndup ((const char *) limn_mapped_file_get_data (file), length);
  if (!g_utf8_validate_len (text, length, NULL) || !is_flat_enough (text, length))
    return fail (name, "JSON", LIMN_ERROR_CORRUPT, _ ("it is not plain JSON text"), error), NULL;
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, (gssize) length, &local_error))
    return fail (name, "JSON", LIMN_ERROR_CORRUPT, local_error->message, error), NULL;
  return g_steal_pointer (&parser);
}

/* A whole number of 0 to 2^31 - 1; a missing key leaves value as it is. */
static gboolean
get_uint (JsonObject *object, const char *key, guint *value, const char *name, GError **error)
{
  JsonNode *node = json_object_get_member (object, key);
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (json_node_get_value_type (node) != G_TYPE_INT64 || json_node_get_int (node) < 0
      || json_node_get_int (node) > G_MAXINT32)
    return fail (name, key, LIMN_ERROR_CORRUPT, _ ("a whole number was expected"), error);
  *value = (guint) json_node_get_int (node);
  return TRUE;
}

static gboolean
get_double (JsonObject *object, const char *key, double *value, const char *name, GError **error)
{
  JsonNode *node = json_object_get_member (object, key);
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  GType type = json_node_get_value_type (node);
  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return fail (name, key, LIMN_ERROR_CORRUPT, _ ("a number was expected"), error);
  *value = type == G_TYPE_INT64 ? (double) json_node_get_int (node) : json_node_get_double (node);
  if (!isfinite (*value) || *value < 0)
    return fail (name, key, LIMN_ERROR_CORRUPT, _ ("the number is out of range"), error);
  return TRUE;
}

/* A switch must have the one value that Limn implements, where it is given. */
static gboolean
require_bool (JsonObject *object,
              const char *key,
              gboolean expected,
              const char *name,
              GError **error)
{
  JsonNode *node = json_object_get_member (object, key);
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node) == expected)
    return TRUE;
  return fail (name, key, LIMN_ERROR_UNSUPPORTED,
               expected ? _ ("Limn needs this to be true") : _ ("Limn needs this to be false"),
               error);
}

static gboolean
require_string (JsonObject *object,
                const char *key,
                const char *expected,
                const char *name,
                GError **error)
{
  JsonNode *node = json_object_get_member (object, key);
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (json_node_get_value_type (node) == G_TYPE_STRING
      && strcmp (json_node_get_string (node), expected) == 0)
    return TRUE;
  g_autofree char *reason = g_strdup_printf (_ ("Limn needs this to be “%s”"), expected);
  return fail (name, key, LIMN_ERROR_UNSUPPORTED, reason, error);
}

/* ---- text model ---------------------------------------------------------- */

static gboolean
check_switches (JsonObject *object, const char *name, GError **error)
{
  static const struct
  {
    const char *key;
    gboolean expected;
  } bools[] = {
    { "use_head_scale", FALSE },
    { "use_cosine_attention", FALSE },
    { "use_swin_position_embeddings", FALSE },
    { "use_deepnet_scaling", FALSE },
    { "use_subln_init", FALSE },
    { "use_alibi", FALSE },
    { "use_bias", FALSE },
    { "scale_embedding", FALSE },
    { "tie_word_embeddings", FALSE },
    { "use_glu", TRUE },
    { "use_absolute_position_embeddings", TRUE },
    { "use_final_ln_encoder", TRUE },
    { "use_final_ln_decoder", TRUE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (bools); i++)
    if (!require_bool (object, bools[i].key, bools[i].expected, name, error))
      return FALSE;
  return require_string (object, "model_type", "dallebart", name, error)
         && require_string (object, "ln_type", "layernorm", name, error)
         && require_string (object, "ln_positions", "normformer", name, error)
         && require_string (object, "activation_function", "gelu", name, error);
}

static gboolean
check_sinkhorn (JsonObject *object, const char *name, GError **error)
{
  guint n = 1;
  if (!get_uint (object, "sinkhorn_iters", &n, name, error))
    return FALSE;
  if (n > 1)
    return fail (name, "sinkhorn_iters", LIMN_ERROR_UNSUPPORTED, _ ("Limn needs this to be 1"),
                 error);
  return TRUE;
}

static gboolean
read_sizes (LimnTextSettings *settings, JsonObject *object, const char *name, GError **error)
{
  const struct
  {
    const char *key;
    guint *value;
  } sizes[] = {
    { "d_model", &settings->d },
    { "encoder_layers", &settings->encoder_layers },
    { "decoder_layers", &settings->decoder_layers },
    { "encoder_attention_heads", &settings->encoder_heads },
    { "decoder_attention_heads", &settings->decoder_heads },
    { "encoder_ffn_dim", &settings->encoder_ffn },
    { "decoder_ffn_dim", &settings->decoder_ffn },
    { "encoder_vocab_size", &settings->text_vocab },
    { "image_vocab_size", &settings->image_vocab },
    { "max_text_length", &settings->text_length },
    { "image_length", &settings->image_length },
    { "decoder_start_token_id", &settings->start_token },
  };
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (!get_uint (object, sizes[i].key, sizes[i].value, name, error))
      return FALSE;
  JsonNode *start = json_object_get_member (object, "decoder_start_token_id");
  settings->has_start_token = start != NULL && !JSON_NODE_HOLDS_NULL (start);
  return TRUE;
}

static gboolean
read_sampling (LimnTextSettings *settings, JsonObject *object, const char *name, GError **error)
{
  JsonNode *node = json_object_get_member (object, "limn_sampling");
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail (name, "limn_sampling", LIMN_ERROR_CORRUPT, _ ("a table was expected"), error);
  JsonObject *sampling = json_node_get_object (node);
  settings->has_sampling = TRUE;
  return get_double (sampling, "temperature", &settings->temperature, name, error)
         && get_double (sampling, "guidance", &settings->guidance, name, error)
         && get_uint (sampling, "top_k", &settings->top_k, name, error)
         && get_double (sampling, "min_probability", &settings->min_probability, name, error);
}

/* A text that the model says about itself; anything else is left out. */
static char *
get_text (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);
  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_dup_string (node)
             : NULL;
}

/* The texts of a list, or NULL; what is no text is left out. */
static GPtrArray *
get_texts (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);
  JsonArray *array =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = array == NULL ? 0 : MIN (json_array_get_length (array), MAX_TEXTS);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n; i++)
    {
      JsonNode *item = json_array_get_element (array, i);
      if (json_node_get_value_type (item) == G_TYPE_STRING)
        g_ptr_array_add (texts, json_node_dup_string (item));
    }
  return texts->len > 0 ? g_steal_pointer (&texts) : NULL;
}

gboolean
limn_text_settings_read (LimnTextSettings *settings,
                         JsonObject *object,
                         const char *name,
                         GError **error)
{
  JsonNode *normalize = json_object_get_member (object, "normalize_text");
  if (settings->is_there)
    return fail (name, "d_model", LIMN_ERROR_CORRUPT,
                 _ ("this is a second config of a text model. Give Limn the files of one"), error);
  settings->is_there = TRUE;
  settings->file = g_strdup (name);
  settings->normalizes_text = TRUE;
  settings->model_name = get_text (object, "limn_model_name");
  settings->license = get_text (object, "limn_licence");
  settings->styles = get_texts (object, "limn_styles");
  if (normalize != NULL && json_node_get_value_type (normalize) == G_TYPE_BOOLEAN)
    settings->normalizes_text = json_node_get_boolean (normalize);
  return check_switches (object, name, error) && check_sinkhorn (object, name, error)
         && read_sizes (settings, object, name, error)
         && read_sampling (settings, object, name, error);
}

/* ---- VQGAN --------------------------------------------------------------- */

static gboolean
read_list (JsonObject *object,
           const char *key,
           guint *list,
           guint max,
           guint *n,
           const char *name,
           GError **error)
{
  JsonNode *node = json_object_get_member (object, key);
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return fail (name, key, LIMN_ERROR_CORRUPT, _ ("a list of numbers was expected"), error);
  JsonArray *array = json_node_get_array (node);
  *n = json_array_get_length (array);
  if (*n > max)
    return fail (name, key, LIMN_ERROR_UNSUPPORTED, _ ("the list is too long"), error);
  for (guint i = 0; i < *n; i++)
    {
      JsonNode *item = json_array_get_element (array, i);
      if (json_node_get_value_type (item) != G_TYPE_INT64 || json_node_get_int (item) < 1
          || json_node_get_int (item) > 65536)
        return fail (name, key, LIMN_ERROR_CORRUPT, _ ("a number is out of range"), error);
      list[i] = (guint) json_node_get_int (item);
    }
  return TRUE;
}

static gboolean
require_three (JsonObject *object, const char *key, const char *name, GError **error)
{
  guint n = 3;
  if (!get_uint (object, key, &n, name, error))
    return FALSE;
  if (n != 3)
    return fail (name, key, LIMN_ERROR_UNSUPPORTED, _ ("Limn needs this to be 3"), error);
  return TRUE;
}

/* No published config has these: they are our own recipe's. */
static gboolean
read_looks (LimnVqganConfig *config, JsonObject *object, const char *name, GError **error)
{
  guint n_widths, n_sizes;
  if (!json_object_has_member (object, "look_tokens"))
    return TRUE;
  if (!get_uint (object, "n_backgrounds", &config->n_backgrounds, name, error)
      || !read_list (object, "look_tokens", config->look_tokens, LIMN_MAX_LOOKS, &config->n_looks,
                     name, error)
      || !read_list (object, "look_widths", config->look_widths, LIMN_MAX_LOOKS, &n_widths, name,
                     error)
      || !read_list (object, "look_sizes", config->look_sizes, LIMN_MAX_LOOKS, &n_sizes, name,
                     error))
    return FALSE;
  if (n_widths != config->n_looks || n_sizes != config->n_looks)
    return fail (name, "look_tokens", LIMN_ERROR_CORRUPT,
                 _ ("the lists about looks have different lengths"), error);
  return TRUE;
}

static gboolean
read_vqgan_sizes (LimnVqganConfig *config, JsonObject *object, const char *name, GError **error)
{
  double eps = 1e-6;
  config->n_groups = 32;
  config->upsample_filters = 1;
  if (!get_uint (object, "ch", &config->ch, name, error)
      || !get_uint (object, "num_res_blocks", &config->n_res_blocks, name, error)
      || !get_uint (object, "resolution", &config->resolution, name, error)
      || !get_uint (object, "z_channels", &config->z_channels, name, error)
      || !get_uint (object, "embed_dim", &config->embed_dim, name, error)
      || !get_uint (object, "n_embed", &config->n_embed, name, error)
      || !get_uint (object, "num_groups", &config->n_groups, name, error)
      || !get_uint (object, "upsample_filters", &config->upsample_filters, name, error)
      || !get_uint (object, "encoder_skips_middle", &config->skips_encoder_middle, name, error)
      || !get_double (object, "norm_eps", &eps, name, error))
    return FALSE;
  config->norm_eps = (float) eps;
  return read_list (object, "ch_mult", config->ch_mult, LIMN_MAX_LEVELS, &config->n_levels, name,
                    error)
         && read_list (object, "attn_resolutions", config->attn_resolutions, LIMN_MAX_LEVELS,
                       &config->n_attn_resolutions, name, error)
         && read_looks (config, object, name, error);
}

gboolean
limn_vqgan_settings_read (LimnVqganSettings *settings,
                          JsonObject *object,
                          const char *name,
                          GError **error)
{
  if (settings->is_there)
    return fail (name, "ch_mult", LIMN_ERROR_CORRUPT,
                 _ ("this is a second config of a VQGAN. Give Limn the files of one"), error);
  settings->is_there = TRUE;
  settings->file = g_strdup (name);
  return require_bool (object, "double_z", FALSE, name, error)
         && require_bool (object, "resamp_with_conv", TRUE, name, error)
         && require_bool (object, "give_pre_end", FALSE, name, error)
         && require_three (object, "in_channels", name, error)
         && require_three (object, "out_ch", name, error)
         && read_vqgan_sizes (&settings->config, object, name, error);
}
