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
limn_kv_shape (guint head_size, guint n_keys, gboolean is_half)
{
  LimnKvShape shape = {
    .head_size = head_size,
    .capacity = round_up (n_keys, LIMN_KEY_BLOCK),
    .is_half = is_half && head_size % 2 == 0,
  };

  shape.value_stride = round_up (head_size, shape.is_half ? 32 : 16);
  shape.values_at = (gsize) shape.capacity * head_size;
  return shape;
}

gboolean
limn_kv_shape_get_bytes (const LimnKvShape *shape, gsize *bytes)
{
  gsize per_key = (gsize) shape->head_size + shape->value_stride;

  if (!g_size_checked_mul (bytes, per_key, shape->capacity)
      || !g_size_checked_mul (bytes, *bytes, shape->is_half ? 2 : 4)
      || !g_size_checked_add (bytes, *bytes, 63))
    return FALSE;
  *bytes &= ~(gsize) 63;
  return TRUE;
}

void
limn_kv_copy (const LimnKvShape *shape, gconstpointer from, guint n_keys, gpointer to)
{
  gsize element = shape->is_half ? 2 : 4;
  gsize n_blocks = (n_keys + LIMN_KEY_BLOCK - 1) / LIMN_KEY_BLOCK;
  gsize values_at = shape->values_at * element;

  memcpy (to, from, n_blocks * LIMN_KEY_BLOCK * shape->head_size * element);
  memcpy ((guint8 *) to + values_at, (const guint8 *) from + values_at,
          (gsize) n_keys * shape->value_stride * element);
}

void
limn_attention_scale_query (float *q, guint head_size)
{
  float scale = 1 / sqrtf ((float) head_size);

  for (guint d = 0; d < head_size; d++)
    q[d] *= scale;
}
