/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of all tensors of a model, see model-layout.h. */
#include "config.h"

#include "model-layout.h"

#include <stdarg.h>
#include <string.h>

#include "model-config.h"

/* The list being made, and where in the tree of names it is. */
typedef struct
{
  GArray *slots;
  LimnModelPart part;
  const char *prefix;
} Layout;

static LimnSlot *
add (Layout *layout, LimnSlotKind kind, gpointer target, const char *name)
{
  LimnSlot slot = { .kind = kind, .part = layout->part, .target = target };
  int length = g_snprintf (slot.name, sizeof slot.name, "%s%s", layout->prefix, name);
  g_assert (length > 0 && length < (int) sizeof slot.name);
  g_array_append_val (layout->slots, slot);
  return &g_array_index (layout->slots, LimnSlot, layout->slots->len - 1);
}

static void
set_shape (LimnSlot *slot, guint n_dims, const guint64 *shape)
{
  slot->n_dims = n_dims;
  memcpy (slot->shape, shape, n_dims * sizeof *shape);
}

static void
add_matrix (Layout *layout,
            LimnSlotKind kind,
            LimnMatrix *matrix,
            const char *name,
            guint n_rows,
            guint n_cols)
{
  matrix->n_rows = n_rows;
  matrix->n_cols = n_cols;
  set_shape (add (layout, kind, matrix, name), 2, (guint64[]){ n_rows, n_cols });
}

static void
add_vector (Layout *layout,
            const float **target,
            const char *name,
            const char *ending,
            guint n,
            gboolean is_optional)
{
  g_autofree char *whole = g_strconcat (name, ending, NULL);
  LimnSlot *slot = add (layout, LIMN_SLOT_VECTOR, target, whole);
  slot->is_optional = is_optional;
  set_shape (slot, 1, (guint64[]){ n });
}

/* Published text models have no scale in front of linear layers: it is one there. */
static void
add_norm (Layout *layout, LimnNorm *norm, const char *name, guint n, gboolean is_scale_optional)
{
  norm->n = n;
  add_vector (layout, &norm->weight, name, ".weight", n, is_scale_optional);
  add_vector (layout, &norm->bias, name, ".bias", n, FALSE);
}

/* ---- BART ---------------------------------------------------------------- */

static void
add_attention (Layout *layout, LimnAttention *attention, const char *name, guint d)
{
  LimnMatrix *matrices[] = { &attention->q, &attention->k, &attention->v, &attention->out };
  static const char *const names[] = { "q", "k", "v", "out" };
  for (guint i = 0; i < G_N_ELEMENTS (matrices); i++)
    {
      g_autofree char *whole = g_strdup_printf ("%s.%s_proj.weight", name, names[i]);
      add_matrix (layout, LIMN_SLOT_MATRIX, matrices[i], whole, d, d);
    }
}

static void
add_layer (Layout *layout, LimnLayer *layer, guint d, guint ffn, gboolean is_decoder)
{
  add_norm (layout, &layer->pre_self, "pre_self_attn_layer_norm", d, TRUE);
  add_attention (layout, &layer->self, "self_attn", d);
  add_norm (layout, &layer->post_self, "self_attn_layer_norm", d, FALSE);
  if (is_decoder)
    {
      add_norm (layout, &layer->pre_cross, "pre_encoder_attn_layer_norm", d, TRUE);
      add_attention (layout, &layer->cross, "encoder_attn", d);
      add_norm (layout, &layer->post_cross, "encoder_attn_layer_norm", d, FALSE);
    }
  add_norm (layout, &layer->ln0, "glu.ln0", d, TRUE);
  add_matrix (layout, LIMN_SLOT_MATRIX, &layer->fc0, "glu.fc0.weight", ffn, d);
  add_matrix (layout, LIMN_SLOT_MATRIX, &layer->fc1, "glu.fc1.weight", ffn, d);
  add_norm (layout, &layer->ln1, "glu.ln1", ffn, TRUE);
  add_matrix (layout, LIMN_SLOT_MATRIX, &layer->fc2, "glu.fc2.weight", d, ffn);
}

static void
add_bart (Layout *layout, LimnBart *bart, const LimnTextConfig *config, gboolean is_decoder)
{
  const LimnBartConfig *size = is_decoder ? &config->decoder : &config->encoder;
  const char *prefix = is_decoder ? "decoder." : "encoder.";
  guint rows = is_decoder ? config->image_rows : config->text_vocab;
  guint length = is_decoder ? config->image_length : config->text_length;

  bart->layers = g_new0 (LimnLayer, size->n_layers);
  layout->prefix = prefix;
  add_matrix (layout, LIMN_SLOT_MATRIX, &bart->embed_tokens, "embed_tokens.weight", rows,
              config->d);
  add_matrix (layout, LIMN_SLOT_EXACT, &bart->embed_positions, "embed_positions.weight", length,
              config->d);
  add_norm (layout, &bart->layernorm_embedding, "layernorm_embedding", config->d, FALSE);
  for (guint i = 0; i < size->n_layers; i++)
    {
      g_autofree char *of_layer = g_strdup_printf ("%slayers.%u.", prefix, i);
      layout->prefix = of_layer;
      add_layer (layout, &bart->layers[i], config->d, size->ffn, is_decoder);
    }
  layout->prefix = prefix;
  add_norm (layout, &bart->final_ln, "final_ln", config->d, TRUE);
  if (is_decoder)
    add_matrix (layout, LIMN_SLOT_MATRIX, &bart->lm_head, "lm_head.weight", rows, config->d);
}

/* ---- VQGAN --------------------------------------------------------------- */

static void
add_conv (Layout *layout, LimnConv *conv, const char *name, guint n_out, guint n_in, guint size)
{
  g_autofree char *whole = g_strconcat (name, ".weight", NULL);
  conv->n_out = n_out;
  conv->n_in = n_in;
  conv->size = size;
  set_shape (add (layout, LIMN_SLOT_CONV, conv, whole), 4, (guint64[]){ n_out, n_in, size, size });
  add_vector (layout, &conv->bias, name, ".bias", n_out, FALSE);
}

static void
add_res_block (Layout *layout, LimnResBlock *block, const char *prefix, guint n_in, guint n_out)
{
  layout->prefix = prefix;
  add_norm (layout, &block->norm1, "norm1", n_in, FALSE);
  add_conv (layout, &block->conv1, "conv1", n_out, n_in, 3);
  add_norm (layout, &block->norm2, "norm2", n_out, FALSE);
  add_conv (layout, &block->conv2, "conv2", n_out, n_out, 3);
  if (n_in != n_out)
    add_conv (layout, &block->shortcut, "nin_shortcut", n_out, n_in, 1);
}

static void
add_attn_block (Layout *layout, LimnAttnBlock *block, const char *prefix, guint n)
{
  layout->prefix = prefix;
  add_norm (layout, &block->norm, "norm", n, FALSE);
  add_conv (layout, &block->q, "q", n, n, 1);
  add_conv (layout, &block->k, "k", n, n, 1);
  add_conv (layout, &block->v, "v", n, n, 1);
  add_conv (layout, &block->out, "proj_out", n, n, 1);
}

static void
add_level_blocks (Layout *layout,
                  LimnLevel *level,
                  const char *prefix,
                  guint n_in,
                  guint n_out,
                  gboolean has_attention)
{
  level->blocks = g_new0 (LimnResBlock, level->n_blocks);
  level->attn = has_attention ? g_new0 (LimnAttnBlock, level->n_blocks) : NULL;
  for (guint j = 0; j < level->n_blocks; j++)
    {
      g_autofree char *of_block = g_strdup_printf ("%sblock.%u.", prefix, j);
      g_autofree char *of_attn = g_strdup_printf ("%sattn.%u.", prefix, j);
      add_res_block (layout, &level->blocks[j], of_block, j == 0 ? n_in : n_out, n_out);
      if (has_attention)
        add_attn_block (layout, &level->attn[j], of_attn, n_out);
    }
}

static void
add_mid (Layout *layout, LimnVqgan *vqgan, gboolean is_decoder, guint n)
{
  const char *side = is_decoder ? "decoder" : "encoder";
  g_autofree char *block_1 = g_strdup_printf ("vqgan.%s.mid.block_1.", side);
  g_autofree char *attn_1 = g_strdup_printf ("vqgan.%s.mid.attn_1.", side);
  g_autofree char *block_2 = g_strdup_printf ("vqgan.%s.mid.block_2.", side);
  add_res_block (layout, &vqgan->mid_1, block_1, n, n);
  add_attn_block (layout, &vqgan->mid_attn, attn_1, n);
  add_res_block (layout, &vqgan->mid_2, block_2, n, n);
}

/* What looks do, see vqgan/looks.h. */
static void
add_looks (Layout *layout, LimnModel *model)
{
  const LimnVqganConfig *config = &model->vqgan;

  model->looks = config->n_looks > 0 ? g_new0 (LimnLook, config->n_looks) : NULL;
  for (guint i = 0; i < config->n_looks; i++)
    {
      guint width = config->look_widths[i], taps = config->look_sizes[i] * config->look_sizes[i];
      g_autofree char *prefix = g_strdup_printf ("vqgan.looks.%u.", i);

      layout->prefix = prefix;
      add_vector (layout, &model->looks[i].keep, "keep", ".weight", 2 * config->embed_dim, FALSE);
      add_matrix (layout, LIMN_SLOT_MATRIX, &model->looks[i].in, "in.weight", width,
                  config->embed_dim);
      add_vector (layout, &model->looks[i].bias, "in", ".bias", 2 * width, FALSE);
      add_matrix (layout, LIMN_SLOT_MATRIX, &model->looks[i].out, "out.weight", config->embed_dim,
                  width * taps);
    }
}

static void
add_vqgan_decoder (Layout *layout, LimnVqgan *vqgan, const LimnVqganConfig *config)
{
  guint n_last = config->n_levels - 1;
  guint n_in = config->ch * config->ch_mult[n_last];

  layout->prefix = "vqgan.";
  add_conv (layout, &vqgan->quant, "post_quant_conv", config->z_channels, config->embed_dim, 1);
  add_conv (layout, &vqgan->conv_in, "decoder.conv_in", n_in, config->z_channels, 3);
  add_mid (layout, vqgan, TRUE, n_in);
  for (guint i = config->n_levels; i-- > 0;)
    {
      LimnLevel *level = &vqgan->levels[i];
      guint n_out = config->ch * config->ch_mult[i];
      g_autofree char *prefix = g_strdup_printf ("vqgan.decoder.up.%u.", i);
      level->n_blocks = config->n_res_blocks + 1;
      add_level_blocks (layout, level, prefix, n_in, n_out,
                        limn_vqgan_config_has_attention (config, i));
      layout->prefix = prefix;
      if (i > 0)
        add_conv (layout, &level->resample, "upsample.conv", config->upsample_filters * n_out,
                  n_out, 3);
      n_in = n_out;
    }
  layout->prefix = "vqgan.decoder.";
  add_norm (layout, &vqgan->norm_out, "norm_out", n_in, FALSE);
  add_conv (layout, &vqgan->conv_out, "conv_out", 3, n_in, 3);
}

static void
add_vqgan_encoder (Layout *layout, LimnVqgan *vqgan, const LimnVqganConfig *config)
{
  guint n_last = config->n_levels - 1;
  guint n_in = config->ch;

  layout->prefix = "vqgan.encoder.";
  add_conv (layout, &vqgan->conv_in, "conv_in", n_in, 3, 3);
  for (guint i = 0; i < config->n_levels; i++)
    {
      LimnLevel *level = &vqgan->levels[i];
      guint n_out = config->ch * config->ch_mult[i];
      g_autofree char *prefix = g_strdup_printf ("vqgan.encoder.down.%u.", i);
      /* Channels change in a level's first block, so the encoder cannot do without one. */
      level->n_blocks = MAX (config->n_res_blocks, 1);
      add_level_blocks (layout, level, prefix, n_in, n_out,
                        limn_vqgan_config_has_attention (config, i));
      layout->prefix = prefix;
      if (i < n_last)
        add_conv (layout, &level->resample, "downsample.conv", n_out, n_out, 3);
      n_in = n_out;
    }
  if (!config->skips_encoder_middle)
    add_mid (layout, vqgan, FALSE, n_in);
  layout->prefix = "vqgan.encoder.";
  add_norm (layout, &vqgan->norm_out, "norm_out", n_in, FALSE);
  add_conv (layout, &vqgan->conv_out, "conv_out", config->z_channels, n_in, 3);
  layout->prefix = "vqgan.";
  add_conv (layout, &vqgan->quant, "quant_conv", config->embed_dim, config->z_channels, 1);
}

static void
add_preview (Layout *layout, LimnModel *model)
{
  guint n = model->preview_pixels * model->preview_pixels * 3;
  layout->prefix = "preview";
  add_matrix (layout, LIMN_SLOT_EXACT, &model->preview, ".weight", n, model->vqgan.embed_dim);
  add_vector (layout, &model->preview_bias, "", ".bias", n, FALSE);
}

/**
 * limn_model_layout_new:
 *
 * Returns: (transfer full) (element-type LimnSlot): all tensors of @parts
 */
GArray *
limn_model_layout_new (LimnModel *model, LimnModelPart parts)
{
  Layout layout = { g_array_new (FALSE, TRUE, sizeof (LimnSlot)), LIMN_MODEL_PART_TEXT, "" };
  if (parts & LIMN_MODEL_PART_TEXT)
    {
      add_bart (&layout, &model->encoder, &model->text, FALSE);
      add_bart (&layout, &model->decoder, &model->text, TRUE);
    }
  layout.part = LIMN_MODEL_PART_DECODER | LIMN_MODEL_PART_ENCODER;
  layout.prefix = "vqgan.";
  if (parts & layout.part)
    add_matrix (&layout, LIMN_SLOT_MATRIX, &model->codebook, "embedding.weight",
                model->vqgan.n_embed, model->vqgan.embed_dim);
  layout.part = LIMN_MODEL_PART_DECODER;
  if (parts & LIMN_MODEL_PART_DECODER)
    {
      add_vqgan_decoder (&layout, &model->vqgan_decoder, &model->vqgan);
      add_looks (&layout, model);
    }
  layout.part = LIMN_MODEL_PART_ENCODER;
  if (parts & LIMN_MODEL_PART_ENCODER)
    add_vqgan_encoder (&layout, &model->vqgan_encoder, &model->vqgan);
  layout.part = LIMN_MODEL_PART_PREVIEW;
  if (parts & LIMN_MODEL_PART_PREVIEW)
    add_preview (&layout, model);
  return layout.slots;
}

static void
clear_vqgan (LimnVqgan *vqgan)
{
  for (guint i = 0; i < LIMN_MAX_LEVELS; i++)
    {
      g_clear_pointer (&vqgan->levels[i].blocks, g_free);
      g_clear_pointer (&vqgan->levels[i].attn, g_free);
    }
}

void
limn_model_layout_clear (LimnModel *model)
{
  g_clear_pointer (&model->encoder.layers, g_free);
  g_clear_pointer (&model->decoder.layers, g_free);
  clear_vqgan (&model->vqgan_decoder);
  clear_vqgan (&model->vqgan_encoder);
  g_clear_pointer (&model->looks, g_free);
}

guint64
limn_slot_get_n_elements (const LimnSlot *slot)
{
  guint64 n = 1;
  for (guint i = 0; i < slot->n_dims; i++)
    n *= slot->shape[i]; /* the limits of model-config keep it far from wrapping */
  return n;
}

void
limn_slot_get_scale_name (const LimnSlot *slot, char *name)
{
  g_assert (g_str_has_suffix (slot->name, ".weight"));
  g_strlcpy (name, slot->name, LIMN_NAME_BYTES);
  strcpy (name + strlen (name) - strlen (".weight"), ".scale");
}

void
limn_packed_get_shape (guint64 n_rows, guint64 n_cols, guint64 *shape)
{
  guint64 padded =
      (n_cols + LIMN_PACK_COLS_MULTIPLE - 1) / LIMN_PACK_COLS_MULTIPLE * LIMN_PACK_COLS_MULTIPLE;
  shape[0] = (n_rows + LIMN_PACK_ROWS - 1) / LIMN_PACK_ROWS;
  shape[1] = padded / LIMN_PACK_COLS;
  shape[2] = LIMN_PACK_ROWS;
  shape[3] = LIMN_PACK_COLS;
}
