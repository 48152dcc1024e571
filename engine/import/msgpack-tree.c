/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parser is msgpack-c's own, its template of the state machine, filled in
 * with our callbacks.  Its ready-made unpacker would reserve memory for as many
 * items as a header promises; these callbacks make a node when an item has
 * really arrived, and count them.
 */
#include "config.h"

#include "msgpack-tree.h"

#include <glib/gi18n-lib.h>

#define MAX_NODES     (256 * 1024)
#define MAX_LIST      64 /* flax has lists in shapes only */
#define ERROR_KIND    (-1)
#define ERROR_TOO_BIG (-2)

typedef struct
{
  GArray *nodes; /* owned by the caller; the first is not used */
} User;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wimplicit-fallthrough"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wsign-compare"

#include <msgpack/unpack.h>
#include <msgpack/unpack_define.h>

#define msgpack_unpack_struct(name)    struct template##name
#define msgpack_unpack_func(ret, name) static ret template##name
#define msgpack_unpack_callback(name)  template_callback##name
#define msgpack_unpack_object          guint
#define msgpack_unpack_user            User

/* Makes a node; the template's "object" is its index. */
static int
add (User *user, LimnMsgpackNode node, guint *index)
{
  if (user->nodes->len >= MAX_NODES)
    return ERROR_TOO_BIG;
  g_array_append_val (user->nodes, node);
  *index = user->nodes->len - 1;
  return 0;
}

static guint
template_callback_root (User *user)
{
  return 0;
}

#define INTEGER(name, type)                                                                        \
  static int template_callback##name (User *user, type value, guint *index)                        \
  {                                                                                                \
    LimnMsgpackNode node = { .kind = LIMN_MSGPACK_INT, .number = (gint64) value };                 \
    return add (user, node, index);                                                                \
  }
INTEGER (_uint8, guint8)
INTEGER (_uint16, guint16)
INTEGER (_uint32, guint32)
INTEGER (_uint64, guint64)
INTEGER (_int8, gint8)
INTEGER (_int16, gint16)
INTEGER (_int32, gint32)
INTEGER (_int64, gint64)

#define OTHER(name, ...)                                                                           \
  static int template_callback##name (User *user, ##__VA_ARGS__, guint *index)                     \
  {                                                                                                \
    LimnMsgpackNode node = { .kind = LIMN_MSGPACK_OTHER };                                         \
    return add (user, node, index);                                                                \
  }
OTHER (_float, float value)
OTHER (_double, double value)
OTHER (_nil)
OTHER (_true)
OTHER (_false)

static int
template_callback_array (User *user, unsigned int n, guint *index)
{
  LimnMsgpackNode node = { .kind = LIMN_MSGPACK_LIST };
  return n > MAX_LIST ? ERROR_KIND : add (user, node, index);
}

static int
template_callback_map (User *user, unsigned int n, guint *index)
{
  LimnMsgpackNode node = { .kind = LIMN_MSGPACK_MAP };
  return n > MAX_NODES ? ERROR_TOO_BIG : add (user, node, index);
}

static void
append (User *user, guint parent, guint child)
{
  LimnMsgpackNode *nodes = (LimnMsgpackNode *) user->nodes->data;
  if (nodes[parent].last_child == 0)
    nodes[parent].first_child = child;
  else
    nodes[nodes[parent].last_child].next = child;
  nodes[parent].last_child = child;
}

static int
template_callback_array_item (User *user, guint *list, guint item)
{
  append (user, *list, item);
  return 0;
}

static int
template_callback_map_item (User *user, guint *map, guint key, guint value)
{
  append (user, *map, key);
  append (user, *map, value);
  return 0;
}

static int
template_callback_str (User *user, const char *base, const char *at, unsigned int n, guint *index)
{
  LimnMsgpackNode node = { .kind = LIMN_MSGPACK_TEXT, .data = (const guint8 *) at, .n = n };
  return add (user, node, index);
}

static int
template_callback_bin (User *user, const char *base, const char *at, unsigned int n, guint *index)
{
  LimnMsgpackNode node = { .kind = LIMN_MSGPACK_BYTES, .data = (const guint8 *) at, .n = n };
  return add (user, node, index);
}

/* The first byte of an extension is its type. */
static int
template_callback_ext (User *user, const char *base, const char *at, unsigned int n, guint *index)
{
  LimnMsgpackNode node = { .kind = LIMN_MSGPACK_EXTENSION };
  if (n == 0) /* a length of 2^32 - 1 wraps in the template */
    return ERROR_KIND;
  node.number = (gint8) *at;
  node.data = (const guint8 *) at + 1;
  node.n = n - 1;
  return add (user, node, index);
}

#include <msgpack/unpack_template.h>
#pragma GCC diagnostic pop

GArray *
limn_msgpack_read (const guint8 *data, gsize n_bytes, guint *root, const char **reason)
{
  g_autoptr (GArray) nodes = g_array_new (FALSE, TRUE, sizeof (LimnMsgpackNode));
  struct template_context *context = g_new0 (struct template_context, 1);
  LimnMsgpackNode unused = { 0 };
  gsize pos = 0;
  g_array_append_val (nodes, unused);
  template_init (context);
  context->user.nodes = nodes;
  int result = template_execute (context, (const char *) data, n_bytes, &pos);
  *root = template_data (context);
  g_free (context);
  if (result == 1)
    return g_steal_pointer (&nodes);
  if (result == 0)
    *reason = _ ("the file ends in the middle of a value");
  else if (result == ERROR_TOO_BIG || result == MSGPACK_UNPACK_NOMEM_ERROR)
    *reason = _ ("too many values, or too many inside one another");
  else
    *reason = _ ("it holds something that does not belong in a flax checkpoint");
  return NULL;
}
