/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a model file: the reader, then the model behind it, and a touch
 * of everything that they hand out. */
#include "engine/model/model-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static guint8 volatile sink;

static void
touch (const guint8 *data, gsize n)
{
  guint8 sum = 0;
  for (gsize i = 0; i < n; i++)
    sum ^= data[i];
  sink = sum;
}

static void
touch_tensors (LimnGguf *gguf)
{
  for (guint i = 0; i < limn_gguf_get_n_tensors (gguf); i++)
    {
      const LimnGgufTensor *tensor = limn_gguf_get_tensor (gguf, i);
      g_assert (limn_gguf_find_tensor (gguf, tensor->name) == tensor);
      touch (tensor->data, tensor->n_bytes);
    }
}

static void
touch_model (LimnModel *model)
{
  LimnMemoryPlan plan;
  guint32 row[1024];
  const LimnModelInfo *info = limn_model_get_info (model);
  limn_model_plan_memory (model, 9, &plan);
  g_assert (info->name != NULL && info->license != NULL && info->source != NULL);
  if (info->parts & LIMN_MODEL_PART_TEXT)
    for (guint i = 0; i < model->text.encoder.n_layers; i++)
      touch ((const guint8 *) model->encoder.layers[i].ln0.bias, sizeof (float) * model->text.d);
  if (model->tokenizer != NULL)
    limn_tokenizer_encode_row (model->tokenizer, LIMN_SPLIT_GPT2, "a frog", 64, 100, row);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  LimnGguf *gguf = limn_gguf_new_from_bytes (bytes, "fuzzed.gguf", &error);
  g_assert ((gguf == NULL) == (error != NULL));
  if (gguf == NULL)
    return 0;
  touch_tensors (gguf);
  g_autoptr (LimnModel) model = limn_model_new_from_gguf (gguf, "fuzzed.gguf", &error);
  g_assert ((model == NULL) == (error != NULL));
  if (model != NULL)
    touch_model (model);
  return 0;
}
