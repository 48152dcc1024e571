/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where keys and values of many heads lie.  The numbers themselves are moved
 * and mixed by kernels.
 */
#pragma once

#include "kernels.h"

G_BEGIN_DECLS

/* A cache for n_keys keys of heads of head_size; of 8-bit integers if asked and 4 divides
 * head_size. */
LimnKvShape limn_kv_shape (guint head_size, guint n_keys, gboolean is_small);

/* Bytes of one head; a multiple of 64.  FALSE when it overflows. */
gboolean limn_kv_shape_get_bytes (const LimnKvShape *shape, gsize *bytes);

/* Copies the first n_keys keys and values of one head. */
void limn_kv_copy (const LimnKvShape *shape, gconstpointer from, guint n_keys, gpointer to);

G_END_DECLS
