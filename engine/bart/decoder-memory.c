/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The memory of a decoder: one block for everything its steps need, and what
 * is put there once, the keys and values of the texts.
 */
#include "config.h"

#include "decoder-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "attention.h"

/* A cache of 8-bit integers costs less accuracy than 8-bit weights have lost already. */
static gboolean
is_small_enough (LimnModel *model)
{
  return model->decoder.layers[0].self.k.type == LIMN_TYPE_I8;
}

static gboolean
set_sizes (LimnDecoder *d, LimnModel *model, guint n_streams, guint max_pictures)
{
  const LimnTextConfig *text = &model->text;
  guint head_size = text->d / text->decoder.n_heads;

  d->model = model;
  d->d = text->d;
  d->ffn = text->decoder.ffn;
  d->n_heads = text->decoder.n_heads;
  d->n_layers = text->decoder.n_layers;
  d->n_streams = n_streams;
  d->max_pictures = max_pictures;
  d->self_shape = limn_kv_shape (head_size, text->image_length, is_small_enough (model));
  d->cross_shape = limn_kv_shape (head_size, text->text_length, is_small_enough (model));
  d->scores_stride = MAX (d->self_shape.capacity, d->cross_shape.capacity);
  return limn_kv_shape_get_bytes (&d->self_shape, &d->self_bytes)
         && limn_kv_shape_get_bytes (&d->cross_shape, &d->cross_bytes);
}

/* Takes n * m * size bytes. */
static gpointer
take (LimnDecoder *d, gsize n, gsize m, gsize size)
{
  gsize bytes = 0;

  if (!g_size_checked_mul (&bytes, m, size))
    d->arena.has_overflowed = TRUE;
  return limn_arena_take (&d->arena, n, bytes);
}

/* Takes all buffers; run twice, first to measure. */
static void
lay_out (LimnDecoder *d)
{
  const LimnTextConfig *text = &d->model->text;
  gsize n_rows = (gsize) d->n_streams * d->max_pictures;
  gsize n_layer_heads = (gsize) d->n_layers * d->n_heads;

  d->x = take (d, n_rows, d->d, sizeof (float));
  d->h = take (d, n_rows, d->d, sizeof (float));
  d->q = take (d, n_rows, d->d, sizeof (float));
  d->k = take (d, n_rows, d->d, sizeof (float));
  d->v = take (d, n_rows, d->d, sizeof (float));
  d->y = take (d, n_rows, d->d, sizeof (float));
  d->gate = take (d, n_rows, d->ffn, sizeof (float));
  d->linear = take (d, n_rows, d->ffn, sizeof (float));
  d->logits = take (d, n_rows, text->image_rows, sizeof (float));
  d->scores = take (d, n_rows * d->n_heads, d->scores_stride, sizeof (float));
  d->self_kv = take (d, n_layer_heads, n_rows, d->self_bytes);
  d->cross_kv = take (d, n_layer_heads, d->n_streams, d->cross_bytes);
  d->text_x = take (d, text->text_length, d->d, sizeof (float));
  d->text_k = take (d, text->text_length, d->d, sizeof (float));
  d->text_v = take (d, text->text_length, d->d, sizeof (float));
}

gboolean
limn_decoder_plan_bytes (LimnModel *model, guint n_streams, guint max_pictures, gsize *bytes)
{
  LimnDecoder d = { NULL };

  if (!set_sizes (&d, model, n_streams, max_pictures))
    return FALSE;
  lay_out (&d);
  return !d.arena.has_overflowed
         && g_size_checked_add (bytes, d.arena.used_bytes, sizeof d + LIMN_ARENA_ALIGN_BYTES);
}

gsize
limn_decoder_get_scratch_bytes (LimnModel *model, guint n_streams, guint max_pictures)
{
  guint n_rows = n_streams * max_pictures, n_text = model->text.text_length;
  gsize bytes = limn_matmul_scratch_bytes (&model->decoder.lm_head, n_rows);

  for (guint i = 0; i < model->text.decoder.n_layers; i++)
    {
      const LimnLayer *l = &model->decoder.layers[i];
      const LimnMatrix *all[] = { &l->self.q,    &l->self.k, &l->self.v, &l->self.out, &l->cross.q,
                                  &l->cross.out, &l->fc0,    &l->fc1,    &l->fc2 };

      for (guint k = 0; k < G_N_ELEMENTS (all); k++)
        bytes = MAX (bytes, limn_matmul_scratch_bytes (all[k], n_rows));
      bytes = MAX (bytes, limn_matmul_large_scratch_bytes (&l->cross.k, n_text));
      bytes = MAX (bytes, limn_matmul_large_scratch_bytes (&l->cross.v, n_text));
    }
  return bytes;
}

/* Keys and values of one text in one layer. */
static void
read_text (LimnDecoder *d, const LimnTextState *texts, guint stream, guint i_layer)
{
  const LimnAttention *cross = &d->model->decoder.layers[i_layer].cross;
  guint n = texts->n_keys[stream], size = d->cross_shape.head_size;

  for (guint i = 0; i < n; i++)
    {
      gsize row = texts->first_row[stream] + texts->keys[stream][i];

      memcpy (d->text_x + (gsize) i * d->d, texts->x + row * d->d, d->d * sizeof (float));
    }
  limn_matmul_large (d->compute, &cross->k, d->text_x, n, d->text_k);
  limn_matmul_large (d->compute, &cross->v, d->text_x, n, d->text_v);
  for (guint i = 0; i < n; i++)
    for (guint head = 0; head < d->n_heads; head++)
      {
        gsize at = (gsize) i * d->d + (gsize) head * size;

        d->kernels->store (&d->cross_shape, limn_decoder_get_cross_kv (d, i_layer, stream, head), i,
                           d->text_k + at, d->text_v + at);
      }
}

LimnDecoder *
limn_decoder_new (LimnModel *model,
                  LimnCompute *compute,
                  const LimnTextState *texts,
                  guint max_pictures,
                  GError **error)
{
  g_autoptr (LimnDecoder) d = g_new0 (LimnDecoder, 1);
  gboolean is_ok = set_sizes (d, model, texts->n_streams, max_pictures);

  if (is_ok)
    lay_out (d);
  if (!is_ok || !limn_arena_allocate (&d->arena))
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
                   _ ("Not enough memory to draw %u pictures together."), max_pictures);
      return NULL;
    }
  lay_out (d);
  d->compute = compute;
  d->kernels = limn_bart_kernels_get ();
  for (guint s = 0; s < d->n_streams; s++)
    {
      d->n_keys[s] = texts->n_keys[s];
      for (guint i = 0; i < d->n_layers; i++)
        read_text (d, texts, s, i);
    }
  limn_decoder_restart (d, max_pictures);
  return g_steal_pointer (&d);
}

void
limn_decoder_free (LimnDecoder *d)
{
  if (!d)
    return;
  limn_arena_clear (&d->arena);
  g_free (d);
}

void
limn_decoder_restart (LimnDecoder *d, guint n_pictures)
{
  g_return_if_fail (n_pictures >= 1 && n_pictures <= d->max_pictures);
  d->n_pictures = n_pictures;
  d->position = 0;
  d->is_shared = TRUE;
}

guint
limn_decoder_get_position (LimnDecoder *d)
{
  return d->position;
}

void
limn_decoder_set_probe (LimnDecoder *d, const LimnProbe *probe)
{
  d->probe = probe ? *probe : (LimnProbe){ NULL };
}
