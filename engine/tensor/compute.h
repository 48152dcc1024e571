/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnCompute: the threads and the scratch memory of one job, and the matrix
 * products made with them.
 *
 * Results never depend on the number of threads: work is cut into chunks whose
 * borders depend on the shapes alone, each output is summed in one fixed order.
 */
#pragma once

#include "tensor.h"

G_BEGIN_DECLS

typedef struct _LimnCompute LimnCompute;

/* n_threads 0: one a core.  scratch_bytes: of each thread, what the *_scratch_bytes() ask
 * for at most; NULL with LIMN_ERROR_NO_MEMORY when it cannot be had. */
LimnCompute *limn_compute_new (guint n_threads, gsize scratch_bytes, GError **error);
void limn_compute_free (LimnCompute *compute);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnCompute, limn_compute_free)
guint limn_compute_get_n_threads (LimnCompute *compute);

/* Runs task (data, chunk) for chunk 0 .. n_chunks - 1 on the job's threads and
 * waits; which thread takes which chunk is not fixed.  Never allocates. */
typedef void (*LimnTask) (gpointer data, guint chunk);
void limn_compute_run (LimnCompute *compute, guint n_chunks, LimnTask task, gpointer data);

/* y (m, n_rows) = x (m, n_cols) * W^T for any weight type, m >= 1.  Bit for bit,
 * row i of y depends on row i of x and W alone: not on m, nor on the threads.
 * Made for the few rows of a decoder step.  Never allocates. */
void limn_matmul (LimnCompute *compute, const LimnMatrix *w, const float *x, guint m, float *y);
gsize limn_matmul_scratch_bytes (const LimnMatrix *w, guint m);

/* Several products of the same x, n up to LIMN_MATMUL_MAX_EACH, all W of one n_cols. */
#define LIMN_MATMUL_MAX_EACH 4
void limn_matmul_each (LimnCompute *compute,
                       guint n,
                       const LimnMatrix *const *w,
                       const float *x,
                       guint m,
                       float *const *y);

/* The same product for many rows (an encoder's), through OpenBLAS for float
 * weights; its last bits may depend on m. */
void
limn_matmul_large (LimnCompute *compute, const LimnMatrix *w, const float *x, guint m, float *y);
gsize limn_matmul_large_scratch_bytes (const LimnMatrix *w, guint m);

/* Row of a table as float: out (n_cols). */
void limn_matrix_get_row (const LimnMatrix *w, guint row, float *out);

G_END_DECLS
