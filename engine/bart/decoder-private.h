/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of LimnDecoder, shared by the step and the memory it works in. */
#pragma once

#include "decoder.h"
#include "kernels.h"

G_BEGIN_DECLS

struct _LimnDecoder
{
  /* borrowed */
  LimnModel *model;
  LimnCompute *compute;
  const LimnBartKernels *kernels;
  LimnProbe probe;

  /* settings */
  guint d;       /* D */
  guint ffn;     /* F */
  guint n_heads; /* H */
  guint n_layers;
  guint n_streams;
  guint max_pictures;
  LimnKvShape self_shape, cross_shape;
  gsize self_bytes, cross_bytes; /* of one head */
  gsize scores_stride;
  guint n_keys[LIMN_MAX_STREAMS]; /* of each text */

  /* owned by the arena; R = n_streams * max_pictures */
  LimnArena arena;
  float *x, *h, *q, *k, *v, *y;    /* (R, D) */
  float *gate, *linear;            /* (R, F) */
  float *logits;                   /* (R, image_rows) */
  float *scores;                   /* (R, H, scores_stride) */
  guint8 *self_kv;                 /* (n_layers, n_streams, max_pictures, H, self_bytes) */
  guint8 *cross_kv;                /* (n_layers, n_streams, H, cross_bytes) */
  float *text_x, *text_k, *text_v; /* (T, D), while the texts are read */

  /* state */
  guint n_pictures;
  guint position;
  gboolean is_shared; /* all pictures got the same tokens so far */
  /* state of a step */
  const guint32 *tokens; /* (n_pictures), borrowed */
  guint n_active;        /* pictures computed: one while they are shared */
  guint n_rows;          /* n_streams * n_active; row = stream * n_active + picture */
  guint n_columns;
  guint i_layer;
  const LimnLayer *layer;
  const LimnNorm *next_norm;
};

static inline guint8 *
limn_decoder_get_cross_kv (LimnDecoder *d, gsize layer, guint stream, guint head)
{
  return d->cross_kv + ((layer * d->n_streams + stream) * d->n_heads + head) * d->cross_bytes;
}

G_END_DECLS
