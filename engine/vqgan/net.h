/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnNet: the layers that VQGAN encoder and decoder are made of, and the memory
 * they work in.
 *
 * The whole network is walked twice by the same code: once dry, which checks
 * that the layers fit together, prepares the weights and adds up the memory,
 * and then for every picture.
 */
#pragma once

#include "../model/model-private.h"
#include "../tensor/conv.h"

G_BEGIN_DECLS

typedef struct _LimnNet LimnNet;
/* Walks a network from its input planes on; FALSE to stop. */
typedef gboolean (*LimnNetWalk) (LimnNet *net, const LimnVqgan *weights);

/* What goes in: planes of this size, with a border. */
typedef struct
{
  guint n_channels;
  guint height;
  guint width;
} LimnNetInput;

/* Checks, prepares and allocates.  model and compute are borrowed for the net's life. */
LimnNet *limn_net_new (LimnModel *model,
                       const LimnVqgan *weights,
                       LimnCompute *compute,
                       LimnNetInput input,
                       LimnNetWalk walk,
                       GError **error);
void limn_net_free (LimnNet *net);
/* From the next run on: whether beyond each edge convolutions see the opposite one. */
void limn_net_set_wraps (LimnNet *net, gboolean wraps);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnNet, limn_net_free)
/* Bytes that limn_net_new() would allocate, without doing it; 0 when it would fail. */
guint64 limn_net_bytes (LimnModel *model,
                        const LimnVqgan *weights,
                        guint n_threads,
                        LimnNetInput input,
                        LimnNetWalk walk);

/* The planes to fill before limn_net_run(). */
const LimnPlanes *limn_net_begin (LimnNet *net);
/* The planes that came out, or NULL with error set when cancelled. */
const LimnPlanes *limn_net_run (LimnNet *net, GCancellable *cancellable, GError **error);

/* ---- layers, for a LimnNetWalk: each works on what the last one left ---- */

/* with a norm: of swish (norm (x)) */
gboolean
limn_net_conv (LimnNet *net, const LimnNorm *norm, const LimnConv *conv, LimnConvKind kind);
/* A convolution with four filters for each channel, one for each pixel of the doubled picture. */
gboolean limn_net_subpixel_conv (LimnNet *net, const LimnConv *conv);
gboolean limn_net_res_block (LimnNet *net, const LimnResBlock *block);
gboolean limn_net_attn_block (LimnNet *net, const LimnAttnBlock *block);
/* The blocks of one level, without its resampling. */
gboolean limn_net_level (LimnNet *net, const LimnLevel *level);
gboolean limn_net_middle (LimnNet *net, const LimnVqgan *weights);

G_END_DECLS
