/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where keys and values of many heads lie.  The numbers themselves are moved
 * and mixed by kernels.
 */
#pragma once

#include "kernels.h"

G_BEGIN_DECLS

/* A cache for n_keys keys of heads of head_size; of bfloat16 if asked and head_size is even. */
LimnKvShape limn_kv_shape (guint head_size, guint n_keys, gboolean is_half);

/* Bytes of one head; a multiple of 64.  FALSE when it overflows. */
gboolean limn_kv_shape_get_bytes (const LimnKvShape *shape, gsize *bytes);

/* Copies the first n_keys keys and values of one head. */
void limn_kv_copy (const LimnKvShape *shape, gconstpointer from, guint n_keys, gpointer to);

/* q (head_size) *= 1 / sqrt (head_size) */
void limn_attention_scale_query (float *q, guint head_size);

G_END_DECLS
