/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of numbers from one type to another, and the packing of int8 weights. */
#pragma once

#include "tensor.h"

G_BEGIN_DECLS

/* Bytes of one number of a row-major type; LIMN_TYPE_I8: 1. */
gsize limn_type_bytes (LimnType type);

/* out (n) = in (n); F32, F16 and BF16.  Exact towards float, else to nearest even. */
void limn_convert_to_float (LimnType type, const void *in, float *out, gsize n);
void limn_convert_from_float (LimnType type, const float *in, void *out, gsize n);

/* n_cols rounded up to LIMN_PACK_COLS_MULTIPLE. */
gsize limn_i8_padded_cols (guint n_cols);
/* Bytes of data and numbers of scale of a LIMN_TYPE_I8 matrix. */
gsize limn_i8_data_bytes (guint n_rows, guint n_cols);
gsize limn_i8_n_scales (guint n_rows);

/* Quantises rows first_row .. first_row + n - 1 (n <= 16, first_row a multiple
 * of 16) of a matrix of n_cols columns: symmetric, one scale a row = max |w| /
 * 127.  Writes the block's bytes, padding zeroed, and 16 scales.
 * block: limn_i8_data_bytes (16, n_cols) bytes. */
void limn_i8_pack_block (const float *rows, guint n, guint n_cols, gint8 *block, float *scale);

G_END_DECLS
