/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fills a LimnModel of a known size with noise. */
#include "synthetic.h"

#include <string.h>

#include "engine/model/model-layout.h"
#include "engine/vqgan/preview.h"

static const struct
{
  const char *name;
  guint d, n_encoder_layers, n_decoder_layers, ffn;
  guint text_vocab, text_length, image_vocab, image_rows, ch;
} sizes[] = {
  { "mini", 1024, 12, 12, 2730, 50264, 64, 16384, 16385, 128 },
  { "mega", 2048, 24, 24, 4096, 50272, 64, 16384, 16416, 128 },
  { "starter", 512, 3, 6, 1360, 4096, 48, 4096, 4097, 64 },
};

static gboolean
set_sizes (LimnModel *model, const char *size)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (g_str_equal (sizes[i].name, size))
      {
        guint d = sizes[i].d;

        model->text = (LimnTextConfig){
          .d = d,
          .text_vocab = sizes[i].text_vocab,
          .text_length = sizes[i].text_length,
          .image_vocab = sizes[i].image_vocab,
          .image_rows = sizes[i].image_rows,
          .image_length = 256,
          .start_token = sizes[i].image_vocab,
          .layer_norm_eps = 1e-5f,
          .encoder = { sizes[i].n_encoder_layers, d / 64, sizes[i].ffn },
          .decoder = { sizes[i].n_decoder_layers, d / 64, sizes[i].ffn },
        };
        model->vqgan = (LimnVqganConfig){
          .ch = sizes[i].ch,
          .n_levels = 5,
          .ch_mult = { 1, 1, 2, 2, 4 },
          .n_res_blocks = 2,
          .n_attn_resolutions = 1,
          .attn_resolutions = { 16 },
          .resolution = 256,
          .z_channels = 256,
          .embed_dim = 256,
          .n_embed = sizes[i].image_vocab,
          .n_groups = 32,
          .upsample_filters = 1,
          .norm_eps = 1e-6f,
        };
        return TRUE;
      }
  return FALSE;
}

static gpointer
take_block (SyntheticModel *synthetic, gsize n_bytes)
{
  gpointer block = g_malloc (n_bytes + 64);
  gsize aligned = ((gsize) block + 63) & ~(gsize) 63;

  g_ptr_array_add (synthetic->blocks, block);
  return (gpointer) aligned;
}

/* Small numbers around centre, from a generator fast enough for gigabytes. */
static float *
make_floats (SyntheticModel *synthetic, gsize n, float centre, float spread)
{
  float *values = take_block (synthetic, n * sizeof (float));
  guint32 state = 1;

  for (gsize i = 0; i < n; i++)
    {
      state = state * 1664525 + 1013904223;
      values[i] = centre + ((float) (state >> 8) * 0x1p-23f - 1) * spread;
    }
  return values;
}

static gpointer
make_halves (SyntheticModel *synthetic, gsize n, LimnType type)
{
  guint16 *values = take_block (synthetic, n * sizeof (guint16));
  guint16 base = type == LIMN_TYPE_BF16 ? 0x3c00 : 0x2000; /* 2^-7 */
  guint32 state = 1;

  for (gsize i = 0; i < n; i++)
    {
      state = state * 1664525 + 1013904223;
      values[i] = (guint16) (base | (state >> 31 << 15) | (state >> 24 & 0x7f));
    }
  return values;
}

static void
fill_packed (SyntheticModel *synthetic, LimnMatrix *matrix)
{
  guint64 shape[LIMN_GGUF_MAX_DIMS];
  gsize n;
  gint8 *values;
  guint32 state = 1;

  limn_packed_get_shape (matrix->n_rows, matrix->n_cols, shape);
  n = shape[0] * shape[1] * shape[2] * shape[3];
  values = take_block (synthetic, n);
  for (gsize i = 0; i < n; i++)
    {
      state = state * 1664525 + 1013904223;
      values[i] = (gint8) MAX ((gint) (state >> 24) - 128, -127);
    }
  matrix->data = values;
  matrix->scale = make_floats (synthetic, shape[0] * shape[2], 2e-4f, 1e-5f);
}

static void
fill_slot (SyntheticModel *synthetic, const LimnSlot *slot, LimnType type)
{
  gsize n = limn_slot_get_n_elements (slot);
  LimnMatrix *matrix = slot->target;

  if (slot->kind == LIMN_SLOT_VECTOR)
    *(const float **) slot->target =
        make_floats (synthetic, n, g_str_has_suffix (slot->name, "weight"), 0.1f);
  else if (slot->kind == LIMN_SLOT_CONV)
    ((LimnConv *) slot->target)->weight = make_floats (synthetic, n, 0, 0.03f);
  else if (slot->kind == LIMN_SLOT_MATRIX && type != LIMN_TYPE_F32)
    {
      matrix->type = type;
      if (type == LIMN_TYPE_I8)
        fill_packed (synthetic, matrix);
      else
        matrix->data = make_halves (synthetic, n, type);
    }
  else
    matrix->data = make_floats (synthetic, n, 0, 0.03f);
}

SyntheticModel *
synthetic_model_new (const char *size, LimnType type)
{
  g_autoptr (SyntheticModel) synthetic = g_new0 (SyntheticModel, 1);
  LimnModel *model = &synthetic->model;
  g_autoptr (GArray) slots = NULL;

  synthetic->blocks = g_ptr_array_new_with_free_func (g_free);
  if (!set_sizes (model, size))
    return NULL;
  model->info = (LimnModelInfo){
    .name = size,
    .license = "",
    .source = "",
    .path = size,
    .parts = LIMN_MODEL_PART_TEXT | LIMN_MODEL_PART_DECODER | LIMN_MODEL_PART_PREVIEW,
    .grid_size = 16,
    .picture_size = 256,
  };
  model->preview_pixels = LIMN_PREVIEW_PIXELS;
  slots = limn_model_layout_new (model, model->info.parts);
  for (guint i = 0; i < slots->len; i++)
    fill_slot (synthetic, &g_array_index (slots, LimnSlot, i), type);
  return g_steal_pointer (&synthetic);
}

void
synthetic_model_free (SyntheticModel *synthetic)
{
  if (!synthetic)
    return;
  limn_model_layout_clear (&synthetic->model);
  g_ptr_array_unref (synthetic->blocks);
  g_free (synthetic);
}
