/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnDecoder: the BART decoder, one image token of all pictures a step, with
 * a cache of keys and values.
 *
 * A step has R rows, n_streams of each picture: the same tokens read beside
 * different texts.  As long as all pictures got the same tokens their rows are
 * equal, and only those of one picture are computed.
 */
#pragma once

#include "encoder.h"

G_BEGIN_DECLS

typedef struct _LimnDecoder LimnDecoder;

/**
 * limn_decoder_new:
 * @model: a model with its text part
 * @compute: with scratch of limn_decoder_get_scratch_bytes()
 * @texts: one state a stream; used here alone
 * @max_pictures: most pictures that will be drawn together
 *
 * Allocates everything the steps need and computes the keys and values of the
 * texts, which all pictures share.
 */
LimnDecoder *limn_decoder_new (LimnModel *model,
                               LimnCompute *compute,
                               const LimnTextState *texts,
                               guint max_pictures,
                               GError **error);
void limn_decoder_free (LimnDecoder *decoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnDecoder, limn_decoder_free)

/* Begins n_pictures (up to max_pictures) new pictures of the same texts. */
void limn_decoder_restart (LimnDecoder *decoder, guint n_pictures);

/**
 * limn_decoder_step:
 * @tokens: (n_pictures): the token before the one to be predicted; the model's
 *   start token at first
 * @n_columns: logits wanted, up to image_rows; 0 for none
 *
 * One step for all pictures, at most I of them after a restart.  Never
 * allocates.  Row by row the logits depend on the tokens and the texts alone.
 */
void limn_decoder_step (LimnDecoder *decoder, const guint32 *tokens, guint n_columns);

/* Logits (n_columns) of the last step, valid until the next one. */
const float *limn_decoder_get_logits (LimnDecoder *decoder, guint stream, guint picture);

/* Steps since the restart. */
guint limn_decoder_get_position (LimnDecoder *decoder);

/* Shows tests the rows (stream by stream) inside each step. */
void limn_decoder_set_probe (LimnDecoder *decoder, const LimnProbe *probe);

/* Bytes limn_decoder_new() allocates; FALSE when they overflow. */
gboolean
limn_decoder_plan_bytes (LimnModel *model, guint n_streams, guint max_pictures, gsize *bytes);

/* Scratch the matrix products of a decoder need at most. */
gsize limn_decoder_get_scratch_bytes (LimnModel *model, guint n_streams, guint max_pictures);

G_END_DECLS
