/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One decoder step: embedding, layers of self-attention, cross-attention and
 * gated linear units, and the logits.  Memory is in decoder-memory.c.  Leaves
 * the choice of tokens to the sampler.
 */
#include "decoder-private.h"

#include <string.h>

#include "../tensor/ops.h"
#include "attention.h"

/* ---- rows ----------------------------------------------------------------- */

static void
normalize (LimnDecoder *d, const LimnNorm *norm, const float *x, float *out)
{
  limn_layer_norm (norm, d->model->text.layer_norm_eps, x, out);
}

/* x = LN_embed (E_img[token] + P_img[position]); h = what the first layer reads */
static void
embed_row (gpointer data, guint row)
{
  LimnDecoder *d = data;
  const LimnBart *bart = &d->model->decoder;
  gsize at = (gsize) row * d->d;
  guint32 token = d->tokens[row % d->n_active];

  limn_matrix_get_row (&bart->embed_tokens, MIN (token, d->model->text.image_rows - 1), d->x + at);
  limn_matrix_get_row (&bart->embed_positions, d->position, d->y + at);
  limn_add (d->x + at, d->y + at, d->d);
  normalize (d, &bart->layernorm_embedding, d->x + at, d->x + at);
  normalize (d, &d->layer->pre_self, d->x + at, d->h + at);
}

static void
finish_self_row (gpointer data, guint row)
{
  LimnDecoder *d = data;
  gsize at = (gsize) row * d->d;

  normalize (d, &d->layer->post_self, d->y + at, d->y + at);
  limn_add (d->x + at, d->y + at, d->d);
  normalize (d, &d->layer->pre_cross, d->x + at, d->h + at);
}

static void
finish_cross_row (gpointer data, guint row)
{
  LimnDecoder *d = data;
  gsize at = (gsize) row * d->d;

  normalize (d, &d->layer->post_cross, d->y + at, d->y + at);
  limn_add (d->x + at, d->y + at, d->d);
  normalize (d, &d->layer->ln0, d->x + at, d->h + at);
}

static void
gate_row (gpointer data, guint row)
{
  LimnDecoder *d = data;
  gsize at = (gsize) row * d->ffn;

  limn_gelu_gate (d->gate + at, d->linear + at, d->gate + at, d->ffn);
  normalize (d, &d->layer->ln1, d->gate + at, d->gate + at);
}

/* x += y; h = what the next layer reads, or lm_head */
static void
finish_layer_row (gpointer data, guint row)
{
  LimnDecoder *d = data;
  gsize at = (gsize) row * d->d;

  limn_add (d->x + at, d->y + at, d->d);
  normalize (d, d->next_norm, d->x + at, d->h + at);
}

/* ---- attention ------------------------------------------------------------ */

static guint8 *
get_self_kv (LimnDecoder *d, gsize layer, guint stream, guint picture, guint head)
{
  gsize slot = (layer * d->n_streams + stream) * d->max_pictures + picture;

  return d->self_kv + (slot * d->n_heads + head) * d->self_bytes;
}

/* Heads of a row that one thread attends to after another, so that it knows which to ask memory
 * for; enough chunks for some threads are left with two rows. */
#define CHUNK_HEADS 8

static guint
count_parts_of_row (LimnDecoder *d)
{
  return (d->n_heads + CHUNK_HEADS - 1) / CHUNK_HEADS;
}

/* One head of one row; its result takes the place of the query. */
typedef void (*AttendHead) (LimnDecoder *d, guint row, guint head);

static void
attend_chunk (LimnDecoder *d, guint chunk, AttendHead attend)
{
  guint n_parts = count_parts_of_row (d);
  guint row = chunk / n_parts, first = chunk % n_parts * CHUNK_HEADS;

  for (guint head = first; head < MIN (first + CHUNK_HEADS, d->n_heads); head++)
    attend (d, row, head);
}

static float *
get_scores (LimnDecoder *d, guint row, guint head)
{
  return d->scores + ((gsize) row * d->n_heads + head) * d->scores_stride;
}

/* Its new key and value join the cache. */
static void
attend_self_head (LimnDecoder *d, guint row, guint head)
{
  guint size = d->self_shape.head_size;
  gsize at = (gsize) row * d->d + (gsize) head * size;
  guint8 *kv = get_self_kv (d, d->i_layer, row / d->n_active, row % d->n_active, head);

  d->kernels->store (&d->self_shape, kv, d->position, d->k + at, d->v + at);
  d->kernels->attend (&d->self_shape, kv, kv + d->self_bytes, d->q + at, d->position + 1,
                      get_scores (d, row, head), d->q + at);
}

static void
attend_cross_head (LimnDecoder *d, guint row, guint head)
{
  guint size = d->cross_shape.head_size, stream = row / d->n_active;
  gsize at = (gsize) row * d->d + (gsize) head * size;
  const guint8 *kv = limn_decoder_get_cross_kv (d, d->i_layer, stream, head);

  d->kernels->attend (&d->cross_shape, kv, kv + d->cross_bytes, d->q + at, d->n_keys[stream],
                      get_scores (d, row, head), d->q + at);
}

static void
attend_self (gpointer data, guint chunk)
{
  attend_chunk (data, chunk, attend_self_head);
}

static void
attend_cross (gpointer data, guint chunk)
{
  attend_chunk (data, chunk, attend_cross_head);
}

/* ---- a step --------------------------------------------------------------- */

static void
multiply (LimnDecoder *d, const LimnMatrix *w, const float *x, float *y)
{
  limn_matmul (d->compute, w, x, d->n_rows, y);
}

static void
run_layer (LimnDecoder *d)
{
  const LimnLayer *layer = d->layer;

  limn_matmul_each (d->compute, 3,
                    (const LimnMatrix *[]){ &layer->self.q, &layer->self.k, &layer->self.v }, d->h,
                    d->n_rows, (float *[]){ d->q, d->k, d->v });
  limn_compute_run (d->compute, d->n_rows * count_parts_of_row (d), attend_self, d);
  multiply (d, &layer->self.out, d->q, d->y);
  limn_compute_run (d->compute, d->n_rows, finish_self_row, d);

  multiply (d, &layer->cross.q, d->h, d->q);
  limn_compute_run (d->compute, d->n_rows * count_parts_of_row (d), attend_cross, d);
  multiply (d, &layer->cross.out, d->q, d->y);
  limn_compute_run (d->compute, d->n_rows, finish_cross_row, d);

  limn_matmul_each (d->compute, 2, (const LimnMatrix *[]){ &layer->fc0, &layer->fc1 }, d->h,
                    d->n_rows, (float *[]){ d->gate, d->linear });
  limn_compute_run (d->compute, d->n_rows, gate_row, d);
  multiply (d, &layer->fc2, d->gate, d->y);
  limn_compute_run (d->compute, d->n_rows, finish_layer_row, d);
}

/* Copies what one stream of the first picture has cached in one layer to
 * another picture. */
static void
spread_cache (gpointer data, guint chunk)
{
  LimnDecoder *d = data;
  guint picture = 1 + chunk % (d->n_pictures - 1);
  guint stream = chunk / (d->n_pictures - 1) % d->n_streams;
  gsize layer = chunk / (d->n_pictures - 1) / d->n_streams;

  for (guint head = 0; head < d->n_heads; head++)
    limn_kv_copy (&d->self_shape, get_self_kv (d, layer, stream, 0, head), d->position,
                  get_self_kv (d, layer, stream, picture, head));
}

/* Decides whether the rows of one picture still stand for all. */
static void
choose_rows (LimnDecoder *d, const guint32 *tokens)
{
  gboolean is_equal = TRUE;

  for (guint i = 1; i < d->n_pictures; i++)
    is_equal = is_equal && tokens[i] == tokens[0];
  if (d->is_shared && !is_equal)
    {
      d->is_shared = FALSE;
      if (d->position > 0)
        limn_compute_run (d->compute, d->n_layers * d->n_streams * (d->n_pictures - 1),
                          spread_cache, d);
    }
  d->n_active = d->is_shared ? 1 : d->n_pictures;
  d->n_rows = d->n_active * d->n_streams;
  d->tokens = tokens;
}

static void
show (LimnDecoder *d, gint layer, const float *x)
{
  if (d->probe.show)
    d->probe.show (d->probe.data, layer, x, d->n_rows);
}

static const LimnNorm *
get_next_norm (LimnDecoder *d, guint layer)
{
  const LimnBart *bart = &d->model->decoder;

  return layer + 1 < d->n_layers ? &bart->layers[layer + 1].pre_self : &bart->final_ln;
}

void
limn_decoder_step (LimnDecoder *d, const guint32 *tokens, guint n_columns)
{
  const LimnBart *bart = &d->model->decoder;

  g_return_if_fail (d->position < d->model->text.image_length);
  choose_rows (d, tokens);
  d->layer = &bart->layers[0];
  limn_compute_run (d->compute, d->n_rows, embed_row, d);
  show (d, -1, d->x);
  for (d->i_layer = 0; d->i_layer < d->n_layers; d->i_layer++)
    {
      d->layer = &bart->layers[d->i_layer];
      d->next_norm = get_next_norm (d, d->i_layer);
      run_layer (d);
      show (d, (gint) d->i_layer, d->x);
    }
  show (d, (gint) d->n_layers, d->h);
  d->n_columns = MIN (n_columns, bart->lm_head.n_rows);
  if (d->n_columns > 0)
    {
      LimnMatrix head = bart->lm_head;

      head.n_rows = d->n_columns; /* the first ones: every layout keeps them in front */
      multiply (d, &head, d->h, d->logits);
    }
  d->position++;
}

const float *
limn_decoder_get_logits (LimnDecoder *d, guint stream, guint picture)
{
  guint row = stream * d->n_active + (d->is_shared ? 0 : picture);

  return d->logits + (gsize) row * d->n_columns;
}
