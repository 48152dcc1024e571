/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A tensor inside a mapped checkpoint, as it lies there: strided, in pieces,
 * not aligned.  Reads blocks of it as plain rows of floats.
 */
#pragma once

#include "../model/mapped-file.h"

G_BEGIN_DECLS

#define LIMN_VIEW_MAX_DIMS 8

typedef enum
{
  LIMN_NUMBER_F32,
  LIMN_NUMBER_F16,
  LIMN_NUMBER_BF16,
  LIMN_NUMBER_F64,
  LIMN_NUMBER_OTHER, /* whole numbers and such: known, of no use here */
} LimnNumber;

guint limn_number_get_bytes (LimnNumber number); /* 0 for LIMN_NUMBER_OTHER */

/* Numbers of one type, one after another, in one piece or several of equal size. */
typedef struct
{
  LimnMappedFile *file; /* borrowed */
  LimnNumber number;
  guint64 n;             /* numbers in all */
  guint64 n_in_piece;    /* numbers in each piece but the last */
  const guint8 **pieces; /* owned array of places in the mapping */
  guint n_pieces;
} LimnStorage;

/* A storage in one piece. */
LimnStorage *
limn_storage_new (LimnMappedFile *file, LimnNumber number, const guint8 *data, guint64 n);
void limn_storage_free (LimnStorage *storage);

typedef struct
{
  LimnStorage *storage; /* borrowed */
  guint n_dims;
  guint64 shape[LIMN_VIEW_MAX_DIMS];
  guint64 strides[LIMN_VIEW_MAX_DIMS]; /* in numbers */
  guint64 offset;                      /* in numbers */
} LimnView;

/* FALSE when a number of the view would lie outside its storage, or when sizes wrap. */
gboolean limn_view_is_inside (const LimnView *view);
/* Strides of a C array of the view's shape. */
void limn_view_set_contiguous (LimnView *view);
/* Swaps two axes. */
void limn_view_swap (LimnView *view, guint a, guint b);
/* Takes item i along the first axis. */
void limn_view_slice (LimnView *view, guint64 i);

/* Numbers behind one index of the first axis. */
guint64 limn_view_get_row_length (const LimnView *view);
/* out (n_rows, row length) = rows first_row ... of the view, in the order of its
 * axes.  The view is inside its storage and has one to LIMN_VIEW_MAX_DIMS axes. */
void limn_view_read_rows (const LimnView *view, guint64 first_row, guint64 n_rows, float *out);
/* Lets go of the memory that reading the view took. */
void limn_view_forget (const LimnView *view);

G_END_DECLS
