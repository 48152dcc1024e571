/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnArena: one block of memory cut into aligned pieces.  The same function
 * that takes the pieces is run once without a block, to measure: what was
 * planned is what is allocated.
 */
#pragma once

#include <glib.h>

#include "../tensor/large-memory.h"

G_BEGIN_DECLS

#define LIMN_ARENA_ALIGN_BYTES 64

typedef struct
{
  gpointer block; /* owned, NULL while measuring */
  guint8 *base;   /* block, aligned */
  gsize used_bytes;
  gboolean has_overflowed;
} LimnArena;

/* A piece for n * size bytes, zeroed when the block is new; NULL while measuring. */
static inline gpointer
limn_arena_take (LimnArena *arena, gsize n, gsize size)
{
  gsize bytes, end;
  gpointer piece = arena->base ? arena->base + arena->used_bytes : NULL;

  if (!g_size_checked_mul (&bytes, n, size)
      || !g_size_checked_add (&bytes, bytes, LIMN_ARENA_ALIGN_BYTES - 1))
    {
      arena->has_overflowed = TRUE;
      return NULL;
    }
  bytes &= ~(gsize) (LIMN_ARENA_ALIGN_BYTES - 1);
  if (!g_size_checked_add (&end, arena->used_bytes, bytes))
    arena->has_overflowed = TRUE;
  else
    arena->used_bytes = end;
  return piece;
}

/* Allocates what has been measured and starts again from its beginning; the
 * system hands out the pages as they are touched. */
static inline gboolean
limn_arena_allocate (LimnArena *arena)
{
  gsize bytes;

  if (arena->has_overflowed
      || !g_size_checked_add (&bytes, arena->used_bytes, LIMN_ARENA_ALIGN_BYTES))
    return FALSE;
  arena->block = g_try_malloc0 (bytes);
  if (!arena->block)
    return FALSE;
  limn_large_memory_advise (arena->block, bytes);
  arena->base = (guint8 *) (((gsize) arena->block + LIMN_ARENA_ALIGN_BYTES - 1)
                            & ~(gsize) (LIMN_ARENA_ALIGN_BYTES - 1));
  arena->used_bytes = 0;
  return TRUE;
}

static inline void
limn_arena_clear (LimnArena *arena)
{
  g_free (arena->block);
  *arena = (LimnArena){ NULL };
}

G_END_DECLS
