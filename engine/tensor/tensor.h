/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plain views of weights, shared by the rooms of the engine.  A view borrows
 * its numbers (mostly from the mapped model file) and never frees them.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  LIMN_TYPE_F32,
  LIMN_TYPE_F16,
  LIMN_TYPE_BF16,
  LIMN_TYPE_I8, /* packed for integer dot products, see below */
} LimnType;

#define LIMN_PACK_ROWS          16
#define LIMN_PACK_COLS          4
#define LIMN_PACK_COLS_MULTIPLE 64

/*
 * LimnMatrix: the weight of a linear layer, y = x * W^T, or a table of rows.
 *
 * F32, F16, BF16: row-major (n_rows, n_cols), n_rows outputs.
 * I8: blocks of 16 rows, (ceil (n_rows / 16), padded_cols / 4, 16, 4) with
 * padded_cols = n_cols rounded up to a multiple of 64 and zeros as padding;
 * weight = scale[row] * q, q from -127 to 127, scale (n_rows rounded up to 16).
 * Sixteen rows of four neighbouring columns are one 64-byte line: the operand
 * of vpdpbusd, of four sdot and of an AMX tile row alike.
 */
typedef struct
{
  LimnType type;
  guint n_rows;
  guint n_cols;
  const void *data;   /* borrowed */
  const float *scale; /* I8 only, borrowed */
} LimnMatrix;

/* LimnNorm: scale and bias of a layer norm or group norm; weight NULL means ones,
 * bias NULL zeros. */
typedef struct
{
  guint n;
  const float *weight; /* (n), borrowed */
  const float *bias;   /* (n), borrowed */
} LimnNorm;

/* LimnConv: a convolution with bias, weight (n_out, n_in, size, size). */
typedef struct
{
  guint n_out;
  guint n_in;
  guint size;         /* 1 or 3 */
  LimnType type;      /* F32, F16 or BF16 */
  const void *weight; /* borrowed */
  const float *bias;  /* (n_out), borrowed */
} LimnConv;

G_END_DECLS
