/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The BART encoder: all texts of a prompt in one go, each attending to itself.
 * Leaves tokens to text/ and products to tensor/.
 */
#include "config.h"

#include "encoder.h"

#include <glib/gi18n-lib.h>

#include "../tensor/ops.h"
#include "attention.h"

typedef struct
{
  /* borrowed */
  LimnModel *model;
  LimnCompute *compute;
  LimnTextState *state;
  const LimnProbe *probe;
  const guint32 *ids; /* (n_streams, T) */
  const LimnLayer *layer;
  const LimnBartKernels *kernels;
  /* settings */
  guint n; /* rows of all streams */
  guint d;
  guint n_heads;
  LimnKvShape kv_shape;
  gsize kv_bytes; /* of one head */
  /* owned by the arena */
  LimnArena arena;
  guint *position;          /* (n) in its text */
  guint *stream;            /* (n) */
  float *h, *q, *k, *v, *y; /* (n, D) */
  float *gate, *linear;     /* (n, F) */
  guint8 *kv;               /* (n_streams, H, kv_bytes) */
  float *scores;            /* (n_streams, H, capacity) */
} Encoder;

/* ---- memory --------------------------------------------------------------- */

/* Takes all buffers for n rows; run twice, first to measure. */
static void
lay_out (Encoder *e, guint n, guint n_streams, gboolean *is_ok)
{
  const LimnTextConfig *text = &e->model->text;
  gsize row_bytes = 0, gate_bytes = 0, n_heads = (gsize) n_streams * e->n_heads;

  *is_ok = g_size_checked_mul (&row_bytes, e->d, sizeof (float))
           && g_size_checked_mul (&gate_bytes, text->encoder.ffn, sizeof (float));
  e->position = limn_arena_take (&e->arena, n, sizeof (guint));
  e->stream = limn_arena_take (&e->arena, n, sizeof (guint));
  e->h = limn_arena_take (&e->arena, n, row_bytes);
  e->q = limn_arena_take (&e->arena, n, row_bytes);
  e->k = limn_arena_take (&e->arena, n, row_bytes);
  e->v = limn_arena_take (&e->arena, n, row_bytes);
  e->y = limn_arena_take (&e->arena, n, row_bytes);
  e->gate = limn_arena_take (&e->arena, n, gate_bytes);
  e->linear = limn_arena_take (&e->arena, n, gate_bytes);
  e->kv = limn_arena_take (&e->arena, n_heads, e->kv_bytes);
  e->scores = limn_arena_take (&e->arena, n_heads, e->kv_shape.capacity * sizeof (float));
  *is_ok = *is_ok && !e->arena.has_overflowed;
}

static gboolean
set_sizes (Encoder *e, LimnModel *model)
{
  const LimnTextConfig *text = &model->text;

  e->model = model;
  e->d = text->d;
  e->n_heads = text->encoder.n_heads;
  e->kv_shape = limn_kv_shape (e->d / e->n_heads, text->text_length, FALSE);
  return limn_kv_shape_get_bytes (&e->kv_shape, &e->kv_bytes);
}

gboolean
limn_encoder_plan_bytes (LimnModel *model, guint n_streams, gsize *bytes)
{
  Encoder e = { NULL };
  guint n_rows = n_streams * model->text.text_length;
  gboolean is_ok = set_sizes (&e, model);

  if (is_ok)
    lay_out (&e, n_rows, n_streams, &is_ok);
  limn_arena_take (&e.arena, n_rows, e.d * sizeof (float));
  limn_arena_take (&e.arena, n_rows, sizeof (guint));
  *bytes = e.arena.used_bytes;
  return is_ok && !e.arena.has_overflowed
         && g_size_checked_add (bytes, *bytes, 8 * LIMN_ARENA_ALIGN_BYTES);
}

gsize
limn_encoder_get_scratch_bytes (LimnModel *model, guint n_streams)
{
  guint n_rows = n_streams * model->text.text_length;
  gsize bytes = 0;

  for (guint i = 0; i < model->text.encoder.n_layers; i++)
    {
      const LimnLayer *l = &model->encoder.layers[i];
      const LimnMatrix *all[] = { &l->self.q, &l->self.k, &l->self.v, &l->self.out,
                                  &l->fc0,    &l->fc1,    &l->fc2 };

      for (guint k = 0; k < G_N_ELEMENTS (all); k++)
        bytes = MAX (bytes, limn_matmul_large_scratch_bytes (all[k], n_rows));
    }
  return bytes;
}

/* ---- text state ----------------------------------------------------------- */

void
limn_text_state_clear (LimnTextState *state)
{
  limn_arena_clear (&state->arena);
}

static gboolean
count_rows (LimnTextState *state, const guint32 *ids, guint length, GError **error)
{
  guint n = 0;

  for (guint s = 0; s < state->n_streams; s++)
    {
      guint n_keys = 0;

      for (guint t = 0; t < length; t++)
        n_keys += ids[s * length + t] != LIMN_TOKEN_PAD;
      if (n_keys == 0)
        {
          g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST,
                               _ ("The text has no tokens: it is all padding."));
          return FALSE;
        }
      state->n_keys[s] = n_keys;
      state->n_rows[s] = state->has_padding ? length : n_keys;
      state->first_row[s] = n;
      n += state->n_rows[s];
    }
  return TRUE;
}

static guint
get_n_rows (const LimnTextState *state)
{
  guint last = state->n_streams - 1;

  return state->first_row[last] + state->n_rows[last];
}

static void
lay_out_state (LimnTextState *state)
{
  state->x = limn_arena_take (&state->arena, get_n_rows (state), state->d * sizeof (float));
  for (guint s = 0; s < state->n_streams; s++)
    state->keys[s] = limn_arena_take (&state->arena, state->n_keys[s], sizeof (guint));
}

/* Gives each row its stream and position, each stream its keys. */
static void
number_rows (Encoder *e, const guint32 *ids, guint length)
{
  LimnTextState *state = e->state;
  guint row = 0;

  for (guint s = 0; s < state->n_streams; s++)
    for (guint t = 0, n_keys = 0; t < length; t++)
      {
        gboolean is_key = ids[s * length + t] != LIMN_TOKEN_PAD;

        if (is_key)
          state->keys[s][n_keys++] = row - state->first_row[s];
        if (!is_key && !state->has_padding)
          continue;
        e->stream[row] = s;
        e->position[row++] = t;
      }
}

/* ---- the network ---------------------------------------------------------- */

static void
embed_row (gpointer data, guint row)
{
  Encoder *e = data;
  const LimnBart *bart = &e->model->encoder;
  float *x = e->state->x + (gsize) row * e->d;
  float *position = e->y + (gsize) row * e->d;
  guint32 id = e->ids[e->stream[row] * e->model->text.text_length + e->position[row]];

  limn_matrix_get_row (&bart->embed_tokens, MIN (id, e->model->text.text_vocab - 1), x);
  limn_matrix_get_row (&bart->embed_positions, e->position[row], position);
  limn_add (x, position, e->d);
  limn_layer_norm (&bart->layernorm_embedding, e->model->text.layer_norm_eps, x, x);
}

static void
begin_row (gpointer data, guint row)
{
  Encoder *e = data;
  gsize at = (gsize) row * e->d;

  limn_layer_norm (&e->layer->pre_self, e->model->text.layer_norm_eps, e->state->x + at, e->h + at);
}

/* One head of one stream: its keys, then every row's query; the result takes
 * the place of the query. */
static void
attend_head (gpointer data, guint chunk)
{
  Encoder *e = data;
  guint s = chunk / e->n_heads, head = chunk % e->n_heads, size = e->kv_shape.head_size;
  gsize first = (gsize) e->state->first_row[s] * e->d + (gsize) head * size;
  guint8 *kv = e->kv + chunk * e->kv_bytes;

  for (guint i = 0; i < e->state->n_keys[s]; i++)
    {
      gsize at = first + (gsize) e->state->keys[s][i] * e->d;

      e->kernels->store (&e->kv_shape, kv, i, e->k + at, e->v + at);
    }
  for (guint row = 0; row < e->state->n_rows[s]; row++)
    {
      float *q = e->q + first + (gsize) row * e->d;

      e->kernels->attend (&e->kv_shape, kv, kv, q, e->state->n_keys[s],
                          e->scores + (gsize) chunk * e->kv_shape.capacity, q);
    }
}

static void
finish_attention_row (gpointer data, guint row)
{
  Encoder *e = data;
  float eps = e->model->text.layer_norm_eps;
  gsize at = (gsize) row * e->d;

  limn_layer_norm (&e->layer->post_self, eps, e->y + at, e->y + at);
  limn_add (e->state->x + at, e->y + at, e->d);
  limn_layer_norm (&e->layer->ln0, eps, e->state->x + at, e->h + at);
}

static void
gate_row (gpointer data, guint row)
{
  Encoder *e = data;
  guint f = e->model->text.encoder.ffn;
  float *gate = e->gate + (gsize) row * f;

  limn_gelu_gate (gate, e->linear + (gsize) row * f, gate, f);
  limn_layer_norm (&e->layer->ln1, e->model->text.layer_norm_eps, gate, gate);
}

static void
finish_layer_row (gpointer data, guint row)
{
  Encoder *e = data;
  gsize at = (gsize) row * e->d;

  limn_add (e->state->x + at, e->y + at, e->d);
}

static void
finish_row (gpointer data, guint row)
{
  Encoder *e = data;
  float *x = e->state->x + (gsize) row * e->d;

  limn_layer_norm (&e->model->encoder.final_ln, e->model->text.layer_norm_eps, x, x);
}

static void
run_layer (Encoder *e)
{
  const LimnLayer *layer = e->layer;

  limn_compute_run (e->compute, e->n, begin_row, e);
  limn_matmul_large (e->compute, &layer->self.q, e->h, e->n, e->q);
  limn_matmul_large (e->compute, &layer->self.k, e->h, e->n, e->k);
  limn_matmul_large (e->compute, &layer->self.v, e->h, e->n, e->v);
  limn_compute_run (e->compute, e->state->n_streams * e->n_heads, attend_head, e);
  limn_matmul_large (e->compute, &layer->self.out, e->q, e->n, e->y);
  limn_compute_run (e->compute, e->n, finish_attention_row, e);
  limn_matmul_large (e->compute, &layer->fc0, e->h, e->n, e->gate);
  limn_matmul_large (e->compute, &layer->fc1, e->h, e->n, e->linear);
  limn_compute_run (e->compute, e->n, gate_row, e);
  limn_matmul_large (e->compute, &layer->fc2, e->gate, e->n, e->y);
  limn_compute_run (e->compute, e->n, finish_layer_row, e);
}

static void
show (Encoder *e, gint layer)
{
  if (e->probe)
    e->probe->show (e->probe->data, layer, e->state->x, e->n);
}

static gboolean
run_network (Encoder *e, GCancellable *cancellable, GError **error)
{
  limn_compute_run (e->compute, e->n, embed_row, e);
  show (e, -1);
  for (guint i = 0; i < e->model->text.encoder.n_layers; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      e->layer = &e->model->encoder.layers[i];
      run_layer (e);
      show (e, (gint) i);
    }
  limn_compute_run (e->compute, e->n, finish_row, e);
  show (e, (gint) e->model->text.encoder.n_layers);
  return TRUE;
}

static gboolean
allocate (Encoder *e, GError **error)
{
  LimnTextState *state = e->state;
  gboolean is_ok = set_sizes (e, e->model);

  if (is_ok)
    lay_out (e, e->n, state->n_streams, &is_ok);
  lay_out_state (state);
  if (!is_ok || !limn_arena_allocate (&e->arena) || !limn_arena_allocate (&state->arena))
    {
      g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
                           _ ("Not enough memory to read the prompt."));
      return FALSE;
    }
  lay_out (e, e->n, state->n_streams, &is_ok);
  lay_out_state (state);
  return TRUE;
}

gboolean
limn_encoder_run (LimnModel *model,
                  LimnCompute *compute,
                  const guint32 *ids,
                  guint n_streams,
                  gboolean with_padding,
                  const LimnProbe *probe,
                  GCancellable *cancellable,
                  LimnTextState *state,
                  GError **error)
{
  Encoder e = { model, compute, state, probe, ids, NULL, limn_bart_kernels_get () };
  guint length = model->text.text_length;
  gboolean is_ok;

  g_return_val_if_fail (n_streams >= 1 && n_streams <= LIMN_MAX_STREAMS, FALSE);
  *state = (LimnTextState){ .n_streams = n_streams, .d = model->text.d };
  state->has_padding = with_padding;
  if (!count_rows (state, ids, length, error))
    return FALSE;
  e.n = get_n_rows (state);
  is_ok = allocate (&e, error);
  if (is_ok)
    {
      number_rows (&e, ids, length);
      is_ok = run_network (&e, cancellable, error);
    }
  limn_arena_clear (&e.arena);
  if (!is_ok)
    limn_text_state_clear (state);
  return is_ok;
}
