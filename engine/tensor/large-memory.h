/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks of many megabytes that are read again and again. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Aligned to 64 bytes or more, not cleared, to be freed with free(); NULL when it cannot be
 * had.  Large pages are asked for: fewer to be made, and fewer to be looked up. */
gpointer limn_large_memory_new (gsize n_bytes);
/* Asks for large pages in memory that was had in another way. */
void limn_large_memory_advise (gpointer memory, gsize n_bytes);

G_END_DECLS
