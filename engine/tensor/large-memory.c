/* SPDX-License-Identifier: GPL-3.0-or-later */
/* large-memory.c: memory in pages of two megabytes, where the system has them. */
#include "large-memory.h"

#include <stdlib.h>
#include <sys/mman.h>

#define LARGE_PAGE ((gsize) 2 << 20)

void
limn_large_memory_advise (gpointer memory, gsize n_bytes)
{
  gsize begin = ((gsize) memory + LARGE_PAGE - 1) & ~(LARGE_PAGE - 1);
  gsize end = ((gsize) memory + n_bytes) & ~(LARGE_PAGE - 1);

  /* whole pages alone: what is around them may be somebody else's; refused or not, the
   * memory is as good */
  if (begin < end)
    madvise ((gpointer) begin, end - begin, MADV_HUGEPAGE);
}

gpointer
limn_large_memory_new (gsize n_bytes)
{
  gpointer memory;

  if (posix_memalign (&memory, n_bytes >= 2 * LARGE_PAGE ? LARGE_PAGE : 64, n_bytes) != 0)
    return NULL;
  limn_large_memory_advise (memory, n_bytes);
  return memory;
}
