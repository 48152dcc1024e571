/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of inner loops, one for each instruction set; cpu.c picks one at
 * start.  Every table gives the same integers; floats of two tables may differ
 * in their last bits, as one has fused multiply-add and another has not.
 * Within a table a number never depends on how many rows are computed together.
 */
#pragma once

#include "tensor.h"

G_BEGIN_DECLS

#define LIMN_DOT_ROWS 16 /* outputs of one call of a dot kernel at most */

/* y[i * y_stride + r] = sum over c of w[r * n_cols + c] * x[i * n_cols + c] for
 * r < n_rows <= LIMN_DOT_ROWS and i < m.  Sixteen running sums over the columns
 * 0, 16, 32 .. + lane, folded 8, 4, 2, 1 at the end. */
typedef void (*LimnDot) (const void *w, guint n_rows, guint n_cols, const float *x, guint m,
                         float *y, gsize y_stride);

/* sums[i * 16 + r] = sum over c of w (r, c) * x[i * padded_cols + c], exact
 * modulo 2^32, for one block of sixteen packed rows. */
typedef void (*LimnDotI8) (const gint8 *block, gsize padded_cols, const gint8 *x, guint m,
                           gint32 *sums);

typedef struct
{
  const char *name;
  LimnDot dot_f32;
  LimnDot dot_f16;
  LimnDot dot_bf16;
  LimnDotI8 dot_i8;

  void (*layer_norm) (const LimnNorm *norm, float eps, const float *x, float *out);
  void (*gelu_gate) (const float *a, const float *b, float *out, gsize n);
  void (*softmax) (float *x, gsize n);
} LimnKernels;

/* The table in use. */
const LimnKernels *limn_kernels (void);

extern const LimnKernels limn_kernels_generic;

G_END_DECLS
