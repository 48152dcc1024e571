/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The BART encoder: rows of text ids to text states, once a prompt. */
#pragma once

#include "../model/model-private.h"
#include "../tensor/compute.h"
#include "arena.h"

G_BEGIN_DECLS

#define LIMN_MAX_STREAMS 4 /* texts that guide one picture: nothing, prompt, ... */

/*
 * LimnTextState: what the encoder makes of up to LIMN_MAX_STREAMS texts.
 *
 * Padding ids take no part.  Where has_padding is set their states are computed
 * all the same (as the peers do), for comparison.
 */
typedef struct
{
  guint n_streams;
  guint d;                        /* D */
  guint n_rows[LIMN_MAX_STREAMS]; /* rows of each stream in x */
  guint first_row[LIMN_MAX_STREAMS];
  gboolean has_padding;
  guint n_keys[LIMN_MAX_STREAMS]; /* ids that are no padding */
  guint *keys[LIMN_MAX_STREAMS];  /* (n_keys) rows of them, counted from first_row */
  float *x;                       /* (all rows, D) */
  LimnArena arena;                /* owned: x and keys */
} LimnTextState;

void limn_text_state_clear (LimnTextState *state);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LimnTextState, limn_text_state_clear)

/*
 * LimnProbe: shows tests the rows x (n_rows, D) after the embedding (layer -1),
 * after each layer, and after the final norm (layer n_layers).
 */
typedef struct
{
  void (*show) (gpointer data, gint layer, const float *x, guint n_rows);
  gpointer data;
} LimnProbe;

/**
 * limn_encoder_run:
 * @model: a model with its text part
 * @compute: with scratch of limn_encoder_get_scratch_bytes()
 * @ids: (n_streams, T), one text a row, padded with %LIMN_TOKEN_PAD
 * @with_padding: whether padding gets states too
 * @probe: (nullable): sees the rows between the layers
 * @state: (out caller-allocates): to be cleared with limn_text_state_clear()
 *
 * Section 2.2 of the model's description.  Fails without memory, with a row of
 * padding only, and when @cancellable is triggered.
 */
gboolean limn_encoder_run (LimnModel *model,
                           LimnCompute *compute,
                           const guint32 *ids,
                           guint n_streams,
                           gboolean with_padding,
                           const LimnProbe *probe,
                           GCancellable *cancellable,
                           LimnTextState *state,
                           GError **error);

/* Scratch the matrix products of limn_encoder_run() need at most. */
gsize limn_encoder_get_scratch_bytes (LimnModel *model, guint n_streams);

/* Bytes limn_encoder_run() allocates at most; FALSE when they overflow. */
gboolean limn_encoder_plan_bytes (LimnModel *model, guint n_streams, gsize *bytes);

G_END_DECLS
