/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pickle of a checkpoint, read as data: a small fixed set of opcodes and
 * names is understood, everything else refused.  Nothing is ever executed.
 */
#pragma once

#include "view.h"

G_BEGIN_DECLS

typedef enum
{
  LIMN_PICKLE_NONE,
  LIMN_PICKLE_BOOL,
  LIMN_PICKLE_INT,
  LIMN_PICKLE_FLOAT, /* its value is of no use here */
  LIMN_PICKLE_TEXT,
  LIMN_PICKLE_TUPLE,
  LIMN_PICKLE_LIST,
  LIMN_PICKLE_DICT,
  LIMN_PICKLE_GLOBAL,  /* a function or class of the fixed list */
  LIMN_PICKLE_STORAGE, /* numbers kept elsewhere in the file */
  LIMN_PICKLE_TENSOR,
} LimnPickleKind;

typedef guint LimnPickleRef; /* index of a value; a value made later has a higher one */

typedef struct
{
  LimnPickleKind kind;
  guint global;     /* GLOBAL: which */
  gint64 number;    /* BOOL, INT; STORAGE and TENSOR: count of numbers, offset */
  const char *text; /* TEXT; STORAGE: its key.  In the mapping, not terminated */
  guint text_length;
  guint n_items;    /* TUPLE, LIST: items; DICT: keys and values in turn */
  guint first_link; /* of the chain of items, 0 for none */
  guint last_link;
  LimnNumber number_type; /* STORAGE */
  guint number_bytes;     /* STORAGE: of one number, of any type */
  LimnPickleRef storage;  /* TENSOR */
  LimnPickleRef size;     /* TENSOR: tuple */
  LimnPickleRef stride;   /* TENSOR: tuple */
} LimnPickleValue;

typedef struct _LimnPickle LimnPickle;

/* Reads one pickle from data; n_read is where it ended.  The values borrow from data. */
LimnPickle *limn_pickle_read (LimnMappedFile *file,
                              const guint8 *data,
                              gsize n_bytes,
                              gsize *n_read,
                              GError **error);
void limn_pickle_free (LimnPickle *pickle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnPickle, limn_pickle_free)

LimnPickleRef limn_pickle_get_root (LimnPickle *pickle);
guint limn_pickle_get_n_values (LimnPickle *pickle);
const LimnPickleValue *limn_pickle_get (LimnPickle *pickle, LimnPickleRef ref);
/* Walks the items of a tuple, list or dict: start with link = 0, ends with FALSE. */
gboolean limn_pickle_next (LimnPickle *pickle,
                           const LimnPickleValue *value,
                           guint *link,
                           LimnPickleRef *item);
/* All items of a tuple of whole numbers; FALSE when it is something else. */
gboolean limn_pickle_get_sizes (LimnPickle *pickle, LimnPickleRef ref, guint *n, guint64 *sizes);

G_END_DECLS
