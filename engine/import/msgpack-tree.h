/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * MessagePack as flax writes it: nested maps with names as keys.  Reads one
 * value into a small tree that borrows texts and data from the buffer.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  LIMN_MSGPACK_OTHER, /* nothing, truth, a fraction: of no use here */
  LIMN_MSGPACK_INT,
  LIMN_MSGPACK_TEXT,
  LIMN_MSGPACK_BYTES,
  LIMN_MSGPACK_EXTENSION,
  LIMN_MSGPACK_MAP,
  LIMN_MSGPACK_LIST,
} LimnMsgpackKind;

typedef struct
{
  LimnMsgpackKind kind;
  gint64 number;      /* INT; EXTENSION: its type */
  const guint8 *data; /* TEXT, BYTES, EXTENSION: in the buffer */
  guint64 n;          /* bytes of data */
  guint first_child;  /* MAP: key, value, key, ...; LIST: items; 0 for none */
  guint last_child;
  guint next; /* in the parent's chain */
} LimnMsgpackNode;

/* Returns: (transfer full) (element-type LimnMsgpackNode): the nodes; the root
 * is the one at *root.  NULL with reason set to what is wrong. */
GArray *limn_msgpack_read (const guint8 *data, gsize n_bytes, guint *root, const char **reason);

static inline const LimnMsgpackNode *
limn_msgpack_node (GArray *nodes, guint i)
{
  return &g_array_index (nodes, LimnMsgpackNode, i);
}

G_END_DECLS
