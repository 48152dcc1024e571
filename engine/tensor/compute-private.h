/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rest of this room sees of LimnCompute. */
#pragma once

#include "compute.h"

G_BEGIN_DECLS

/* Scratch of one thread, aligned to 64 bytes, n_bytes <= limn_compute_new()'s
 * scratch_bytes.  Slot 0 is the caller's and free for what all chunks share. */
gpointer limn_compute_get_scratch (LimnCompute *compute, guint slot, gsize n_bytes);
/* Inside a task: the slot of the thread it runs on. */
guint limn_compute_get_slot (void);

/* OpenBLAS on one thread a call, as the chunks are our threads'. */
void limn_compute_prepare_blas (void);

G_END_DECLS
