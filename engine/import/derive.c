/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sizes from shapes.  What the tensors show is taken from them and a config
 * that says otherwise is refused; what they cannot show (heads, start token,
 * clean-up of prompts) comes from the config, or from what all published
 * models have in common.
 */
#include "config.h"

#include "derive.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "../model/model-config.h"

#define HEAD_SIZE      64 /* of both published models */
#define LAYER_NORM_EPS 1e-5f
#define GROUP_NORM_EPS 1e-6f
#define N_GROUPS       32
#define DEFAULT_GRID   16
#define MAX_SIZE       (1 << 22)

static gboolean
fail (const char *name, LimnError code, const char *reason, GError **error)
{
  g_set_error (error, LIMN_ERROR, code, _ ("%s: %s"), name, reason);
  return FALSE;
}

static const LimnView *find (GHashTable *tensors, const char *format, ...) G_GNUC_PRINTF (2, 3);

static const LimnView *
find (GHashTable *tensors, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *name = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return g_hash_table_lookup (tensors, name);
}

/* One size of a tensor that must be there. */
static gboolean
get_size (GHashTable *tensors,
          const char *name,
          guint n_dims,
          guint axis,
          guint *size,
          GError **error)
{
  const LimnView *view = g_hash_table_lookup (tensors, name);
  if (view == NULL)
    return fail (name, LIMN_ERROR_MISSING, _ ("this tensor is not in any of the files"), error);
  if (view->n_dims != n_dims || view->shape[axis] < 1 || view->shape[axis] > MAX_SIZE)
    return fail (name, LIMN_ERROR_UNSUPPORTED, _ ("its shape is not one of a model like this"),
                 error);
  *size = (guint) view->shape[axis];
  return TRUE;
}

/* ---- text model ---------------------------------------------------------- */

static guint
count_layers (GHashTable *tensors, const char *side)
{
  guint n = 0;
  while (n <= 256 && find (tensors, "%s.layers.%u.self_attn.q_proj.weight", side, n) != NULL)
    n++;
  return n;
}

static gboolean
derive_side (LimnBartConfig *config,
             GHashTable *tensors,
             const char *side,
             guint d,
             guint n_heads,
             GError **error)
{
  g_autofree char *fc0 = g_strdup_printf ("%s.layers.0.glu.fc0.weight", side);
  config->n_layers = count_layers (tensors, side);
  config->n_heads = n_heads > 0 ? n_heads : d / HEAD_SIZE;
  if (n_heads == 0 && d % HEAD_SIZE != 0)
    return fail ("config.json", LIMN_ERROR_MISSING,
                 _ ("the number of attention heads cannot be told from the checkpoint alone; "
                    "import its config.json as well"),
                 error);
  return get_size (tensors, fc0, 2, 0, &config->ffn, error);
}

static gboolean
agree (const LimnTextSettings *settings, const char *key, guint said, guint found, GError **error)
{
  if (said == 0 || said == found)
    return TRUE;
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_CORRUPT,
               _ ("%s: %s: it says %u, but the checkpoint has %u. Do these files belong together?"),
               settings->file, key, said, found);
  return FALSE;
}

static gboolean
check_settings (const LimnTextConfig *config, const LimnTextSettings *settings, GError **error)
{
  return agree (settings, "d_model", settings->d, config->d, error)
         && agree (settings, "encoder_layers", settings->encoder_layers, config->encoder.n_layers,
                   error)
         && agree (settings, "decoder_layers", settings->decoder_layers, config->decoder.n_layers,
                   error)
         && agree (settings, "encoder_ffn_dim", settings->encoder_ffn, config->encoder.ffn, error)
         && agree (settings, "decoder_ffn_dim", settings->decoder_ffn, config->decoder.ffn, error)
         && agree (settings, "max_text_length", settings->text_length, config->text_length, error)
         && agree (settings, "image_length", settings->image_length, config->image_length, error);
}

/* Number of codes and start token.  With a config: codes end where the start
 * token is (mega counts columns that were never trained as codes too).  Without:
 * the codebook tells, or a table of a power of two and one more row. */
static gboolean
derive_codes (LimnTextConfig *config,
              const LimnTextSettings *settings,
              const LimnVqganConfig *vqgan,
              GError **error)
{
  guint n = settings->image_vocab > 0 ? settings->image_vocab : config->image_rows - 1;
  if (settings->has_start_token)
    {
      config->start_token = settings->start_token;
      config->image_vocab = settings->start_token > 0 ? MIN (n, settings->start_token) : n;
    }
  else if (vqgan != NULL && vqgan->n_embed < config->image_rows)
    config->image_vocab = config->start_token = vqgan->n_embed;
  else if ((n & (n - 1)) == 0)
    config->image_vocab = config->start_token = n;
  else
    return fail ("config.json", LIMN_ERROR_MISSING,
                 _ ("the start token cannot be told from the checkpoint alone; import its "
                    "config.json as well"),
                 error);
  if (vqgan != NULL)
    config->image_vocab = MIN (config->image_vocab, vqgan->n_embed);
  return TRUE;
}

gboolean
limn_derive_text (LimnTextConfig *config,
                  GHashTable *tensors,
                  const LimnTextSettings *settings,
                  const LimnVqganConfig *vqgan,
                  GError **error)
{
  const char *name = settings->is_there ? settings->file : _ ("text model");
  config->layer_norm_eps = LAYER_NORM_EPS;
  config->normalizer = !settings->is_there || settings->normalizes_text ? LIMN_NORMALIZER_DALLE_MINI
                                                                        : LIMN_NORMALIZER_MIN_DALLE;
  return get_size (tensors, "encoder.embed_tokens.weight", 2, 0, &config->text_vocab, error)
         && get_size (tensors, "encoder.embed_tokens.weight", 2, 1, &config->d, error)
         && get_size (tensors, "encoder.embed_positions.weight", 2, 0, &config->text_length, error)
         && get_size (tensors, "decoder.lm_head.weight", 2, 0, &config->image_rows, error)
         && get_size (tensors, "decoder.embed_positions.weight", 2, 0, &config->image_length, error)
         && derive_side (&config->encoder, tensors, "encoder", config->d, settings->encoder_heads,
                         error)
         && derive_side (&config->decoder, tensors, "decoder", config->d, settings->decoder_heads,
                         error)
         && check_settings (config, settings, error)
         && derive_codes (config, settings, vqgan, error)
         && limn_text_config_check (config, name, error);
}

guint
limn_derive_grid_size (GHashTable *tensors)
{
  const LimnView *view = find (tensors, "decoder.embed_positions.weight");
  LimnTextConfig config = { 0 };
  if (view == NULL || view->n_dims != 2 || view->shape[0] > MAX_SIZE)
    return 0;
  config.image_length = (guint) view->shape[0];
  return limn_text_config_get_grid_size (&config);
}

/* ---- VQGAN --------------------------------------------------------------- */

/* Names of levels and blocks on the side that is there; a decoder's levels have one block more. */
typedef struct
{
  GHashTable *tensors;
  const char *levels; /* "decoder.up" or "encoder.down" */
  gboolean is_decoder;
} Side;

static guint
count_levels (const Side *side)
{
  guint n = 0;
  while (n <= LIMN_MAX_LEVELS
         && find (side->tensors, "vqgan.%s.%u.block.0.conv1.weight", side->levels, n) != NULL)
    n++;
  return n;
}

static guint
count_blocks (const Side *side)
{
  guint n = 0;
  while (n <= 32 && find (side->tensors, "vqgan.%s.0.block.%u.conv1.weight", side->levels, n))
    n++;
  return side->is_decoder && n > 0 ? n - 1 : n;
}

static guint
get_divisor (guint a, guint b)
{
  while (b != 0)
    {
      guint rest = a % b;
      a = b;
      b = rest;
    }
  return a;
}

/* Channels of each level; the base is their greatest common divisor, or what
 * the encoder starts with. */
static gboolean
derive_channels (LimnVqganConfig *config, const Side *side, GError **error)
{
  guint channels[LIMN_MAX_LEVELS];
  guint base = 0;
  for (guint i = 0; i < config->n_levels; i++)
    {
      g_autofree char *name = g_strdup_printf ("vqgan.%s.%u.block.0.conv1.weight", side->levels, i);
      if (!get_size (side->tensors, name, 4, 0, &channels[i], error))
        return FALSE;
      base = get_divisor (channels[i], base);
    }
  if (!side->is_decoder
      && !get_size (side->tensors, "vqgan.encoder.conv_in.weight", 4, 0, &base, error))
    return FALSE;
  config->ch = base;
  for (guint i = 0; i < config->n_levels; i++)
    config->ch_mult[i] = channels[i] / base;
  return TRUE;
}

static void
derive_attention (LimnVqganConfig *config, const Side *side)
{
  config->n_attn_resolutions = 0;
  for (guint i = 0; i < config->n_levels; i++)
    if (find (side->tensors, "vqgan.%s.%u.attn.0.q.weight", side->levels, i) != NULL)
      config->attn_resolutions[config->n_attn_resolutions++] = config->resolution >> i;
}

static gboolean
derive_shapes (LimnVqganConfig *config, const Side *side, guint grid_size, GError **error)
{
  config->n_levels = count_levels (side);
  config->n_res_blocks = count_blocks (side);
  config->n_groups = N_GROUPS;
  config->norm_eps = GROUP_NORM_EPS;
  config->upsample_filters = 1;
  if (config->n_levels < 1)
    return fail (side->is_decoder ? "vqgan.decoder.up.0" : "vqgan.encoder.down.0",
                 LIMN_ERROR_MISSING, _ ("these tensors are not in any of the files"), error);
  if (config->n_levels > LIMN_MAX_LEVELS)
    return fail ("VQGAN", LIMN_ERROR_UNSUPPORTED, _ ("at most eight levels are possible"), error);
  if (!derive_channels (config, side, error))
    return FALSE;
  config->resolution = (grid_size > 0 ? grid_size : DEFAULT_GRID) << (config->n_levels - 1);
  derive_attention (config, side);
  return TRUE;
}

gboolean
limn_derive_vqgan (LimnVqganConfig *config,
                   GHashTable *tensors,
                   const LimnVqganSettings *settings,
                   guint grid_size,
                   GError **error)
{
  gboolean is_decoder = find (tensors, "vqgan.decoder.conv_in.weight") != NULL;
  Side side = { tensors, is_decoder ? "decoder.up" : "encoder.down", is_decoder };
  const char *conv_name =
      is_decoder ? "vqgan.decoder.conv_in.weight" : "vqgan.encoder.conv_out.weight";
  guint z_channels, embed_dim, n_embed;
  if (settings->is_there)
    *config = settings->config;
  else if (!derive_shapes (config, &side, grid_size, error))
    return FALSE;
  if (!get_size (tensors, "vqgan.embedding.weight", 2, 0, &n_embed, error)
      || !get_size (tensors, "vqgan.embedding.weight", 2, 1, &embed_dim, error)
      || !get_size (tensors, conv_name, 4, is_decoder ? 1 : 0, &z_channels, error))
    return FALSE;
  config->n_embed = n_embed;
  config->embed_dim = embed_dim;
  config->z_channels = z_channels;
  return limn_vqgan_config_check (config, settings->is_there ? settings->file : "VQGAN", error);
}
