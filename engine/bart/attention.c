/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layout of caches of keys and values. */
#include "attention.h"

#include <math.h>
#include <string.h>

static guint
round_up (guint n, guint unit)
{
  return (n + unit - 1) / unit * unit;
}

LimnKvShape
limn_kv_shape (guint head_size, guint n_keys, gboolean is_small)
{
  LimnKvShape shape = {
    .head_size = head_size,
    .capacity = round_up (n_keys, LIMN_KEY_BLOCK),
    .scale = 1 / sqrtf ((float) head_size),
    .is_quads = is_small && head_size % 4 == 0,
  };
  gsize number_bytes = shape.is_quads ? 1 : sizeof (float);
  gsize scale_bytes = shape.is_quads ? LIMN_KEY_BLOCK * sizeof (float) : 0;

  shape.value_stride = round_up (head_size, shape.is_quads ? 64 : 16);
  shape.key_bytes = (gsize) head_size * LIMN_KEY_BLOCK * number_bytes + scale_bytes;
  shape.value_bytes = (gsize) shape.value_stride * LIMN_KEY_BLOCK * number_bytes + scale_bytes;
  shape.values_at = shape.capacity / LIMN_KEY_BLOCK * shape.key_bytes;
  return shape;
}

gboolean
limn_kv_shape_get_bytes (const LimnKvShape *shape, gsize *bytes)
{
  return g_size_checked_mul (bytes, shape->key_bytes + shape->value_bytes,
                             shape->capacity / LIMN_KEY_BLOCK);
}

void
limn_kv_copy (const LimnKvShape *shape, gconstpointer from, guint n_keys, gpointer to)
{
  gsize n_blocks = (n_keys + LIMN_KEY_BLOCK - 1) / LIMN_KEY_BLOCK;

  memcpy (to, from, n_blocks * shape->key_bytes);
  memcpy ((guint8 *) to + shape->values_at, (const guint8 *) from + shape->values_at,
          n_blocks * shape->value_bytes);
}
