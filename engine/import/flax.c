/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flax checkpoints (flax.serialization's msgpack) to named views: nested maps,
 * arrays as extensions that hold MessagePack once more, large arrays in chunks.
 */
#include "config.h"

#include "checkpoint.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "msgpack-tree.h"

#define MAX_DEPTH        16
#define MAX_CHUNKS       64
#define EXTENSION_ARRAY  1
#define EXTENSION_SCALAR 3
#define CHUNKED_KEY      "__msgpack_chunked_array__"

typedef struct
{
  LimnMappedFile *file;
  LimnCheckpoint *checkpoint;
  GArray *nodes;
  GError **error;
} Reader;

typedef struct
{
  LimnNumber number;
  guint n_dims;
  guint64 shape[LIMN_VIEW_MAX_DIMS];
  guint64 n; /* numbers */
  const guint8 *data;
} Array;

gboolean
limn_flax_recognizes (LimnMappedFile *file)
{
  const guint8 *data = limn_mapped_file_get_data (file);
  gsize size = limn_mapped_file_get_size (file);
  /* a map of one to fifteen names, the first one short; or a larger map */
  return size >= 8
         && (((data[0] & 0xf0) == 0x80 && data[0] != 0x80 && (data[1] & 0xe0) == 0xa0)
             || data[0] == 0xde || data[0] == 0xdf);
}

static gboolean
fail (Reader *reader, LimnError code, const char *field, const char *reason)
{
  return limn_checkpoint_fail (reader->file, code, field, reason, reader->error);
}

static gboolean
is_text (const LimnMsgpackNode *node, const char *text)
{
  return node->kind == LIMN_MSGPACK_TEXT && node->n == strlen (text)
         && memcmp (node->data, text, node->n) == 0;
}

/* The value of a name in a map, NULL when it is not there. */
static const LimnMsgpackNode *
find (GArray *nodes, const LimnMsgpackNode *map, const char *name)
{
  guint key = map->kind == LIMN_MSGPACK_MAP ? map->first_child : 0;
  while (key != 0)
    {
      guint value = limn_msgpack_node (nodes, key)->next;
      if (is_text (limn_msgpack_node (nodes, key), name))
        return limn_msgpack_node (nodes, value);
      key = limn_msgpack_node (nodes, value)->next;
    }
  return NULL;
}

/* ---- arrays -------------------------------------------------------------- */

static gboolean
get_number_type (const LimnMsgpackNode *node, LimnNumber *number)
{
  static const struct
  {
    const char *name;
    LimnNumber number;
  } types[] = {
    { "float32", LIMN_NUMBER_F32 },   { "float16", LIMN_NUMBER_F16 },
    { "bfloat16", LIMN_NUMBER_BF16 }, { "float64", LIMN_NUMBER_F64 },
    { "int32", LIMN_NUMBER_OTHER },   { "int64", LIMN_NUMBER_OTHER },
    { "uint32", LIMN_NUMBER_OTHER },  { "uint8", LIMN_NUMBER_OTHER },
    { "bool", LIMN_NUMBER_OTHER },
  };
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (is_text (node, types[i].name))
      {
        *number = types[i].number;
        return TRUE;
      }
  return FALSE;
}

static gboolean
add_size (Array *array, const LimnMsgpackNode *size)
{
  if (size->kind != LIMN_MSGPACK_INT || size->number < 0 || array->n_dims >= LIMN_VIEW_MAX_DIMS)
    return FALSE;
  array->shape[array->n_dims++] = (guint64) size->number;
  return g_uint64_checked_mul (&array->n, array->n, (guint64) size->number);
}

/* [shape, type, data]; the nodes are of the array's own little tree */
static gboolean
parse_array (GArray *nodes, guint root, Array *array)
{
  const LimnMsgpackNode *list = limn_msgpack_node (nodes, root);
  const LimnMsgpackNode *parts[3];
  guint n = 0;
  guint64 n_bytes;
  if (list->kind != LIMN_MSGPACK_LIST)
    return FALSE;
  for (guint i = list->first_child; i != 0; i = limn_msgpack_node (nodes, i)->next)
    {
      if (n == 3)
        return FALSE;
      parts[n++] = limn_msgpack_node (nodes, i);
    }
  if (n != 3 || parts[0]->kind != LIMN_MSGPACK_LIST || parts[2]->kind != LIMN_MSGPACK_BYTES
      || !get_number_type (parts[1], &array->number))
    return FALSE;
  array->n = 1;
  for (guint i = parts[0]->first_child; i != 0; i = limn_msgpack_node (nodes, i)->next)
    if (!add_size (array, limn_msgpack_node (nodes, i)))
      return FALSE;
  array->data = parts[2]->data;
  return array->number == LIMN_NUMBER_OTHER
         || (g_uint64_checked_mul (&n_bytes, array->n, limn_number_get_bytes (array->number))
             && n_bytes == parts[2]->n);
}

static gboolean
read_array (Reader *reader, const char *name, const LimnMsgpackNode *node, Array *array)
{
  guint root = 0;
  const char *reason = NULL;
  memset (array, 0, sizeof *array);
  if (node->kind != LIMN_MSGPACK_EXTENSION
      || (node->number != EXTENSION_ARRAY && node->number != EXTENSION_SCALAR))
    return fail (reader, LIMN_ERROR_UNSUPPORTED, name, _ ("it is not an array of numbers"));
  g_autoptr (GArray) nodes = limn_msgpack_read (node->data, node->n, &root, &reason);
  if (nodes == NULL)
    return fail (reader, LIMN_ERROR_CORRUPT, name, reason);
  if (!parse_array (nodes, root, array))
    return fail (reader, LIMN_ERROR_CORRUPT, name,
                 _ ("its shape, type and data contradict each other, or the type is not known"));
  return TRUE;
}

static gboolean
add_view (Reader *reader, const char *name, LimnStorage *storage, const Array *array)
{
  LimnView view = { .storage = limn_checkpoint_add_storage (reader->checkpoint, storage),
                    .n_dims = array->n_dims };
  memcpy (view.shape, array->shape, sizeof view.shape);
  limn_view_set_contiguous (&view);
  return limn_checkpoint_add (reader->checkpoint, name, &view, reader->error);
}

static gboolean
add_array (Reader *reader, const char *name, const LimnMsgpackNode *node)
{
  Array array;
  if (!read_array (reader, name, node, &array))
    return FALSE;
  if (array.number == LIMN_NUMBER_OTHER)
    return TRUE;
  return add_view (reader, name, limn_storage_new (reader->file, array.number, array.data, array.n),
                   &array);
}

/* ---- arrays in chunks ---------------------------------------------------- */

/* Item i of a map whose names are "0", "1", ... */
static const LimnMsgpackNode *
find_item (GArray *nodes, const LimnMsgpackNode *map, guint i)
{
  char name[16];
  g_snprintf (name, sizeof name, "%u", i);
  return find (nodes, map, name);
}

static gboolean
read_chunked_shape (Reader *reader, const LimnMsgpackNode *map, Array *array)
{
  const LimnMsgpackNode *shape = find (reader->nodes, map, "shape");
  const LimnMsgpackNode *size;
  array->n = 1;
  if (shape == NULL)
    return FALSE;
  for (guint i = 0; (size = find_item (reader->nodes, shape, i)) != NULL; i++)
    if (!add_size (array, size))
      return FALSE;
  return array->n_dims > 0;
}

static gboolean
read_chunks (Reader *reader, const char *name, const LimnMsgpackNode *chunks, LimnStorage *storage)
{
  const LimnMsgpackNode *node;
  g_autoptr (GPtrArray) places = g_ptr_array_new ();
  gboolean is_last = FALSE;
  for (guint i = 0; (node = find_item (reader->nodes, chunks, i)) != NULL; i++)
    {
      Array chunk;
      if (!read_array (reader, name, node, &chunk))
        return FALSE;
      if (i == 0)
        {
          storage->number = chunk.number;
          storage->n_in_piece = chunk.n;
        }
      /* all but the last have the same size */
      if (chunk.n == 0 || is_last || chunk.number != storage->number
          || chunk.n > storage->n_in_piece || i >= MAX_CHUNKS)
        return fail (reader, LIMN_ERROR_CORRUPT, name, _ ("its chunks do not fit together"));
      is_last = chunk.n < storage->n_in_piece;
      storage->n += chunk.n;
      g_ptr_array_add (places, (gpointer) chunk.data);
    }
  storage->n_pieces = places->len;
  storage->pieces = g_memdup2 (places->pdata, places->len * sizeof (gpointer));
  return TRUE;
}

static gboolean
add_chunked (Reader *reader, const char *name, const LimnMsgpackNode *map)
{
  Array array = { 0 };
  const LimnMsgpackNode *chunks = find (reader->nodes, map, "chunks");
  if (chunks == NULL || !read_chunked_shape (reader, map, &array))
    return fail (reader, LIMN_ERROR_CORRUPT, name, _ ("its shape or its chunks are missing"));
  LimnStorage *storage = g_new0 (LimnStorage, 1);
  storage->file = reader->file;
  limn_checkpoint_add_storage (reader->checkpoint, storage);
  if (!read_chunks (reader, name, chunks, storage))
    return FALSE;
  if (storage->n != array.n || storage->number == LIMN_NUMBER_OTHER)
    return fail (reader, LIMN_ERROR_CORRUPT, name, _ ("its chunks do not fill its shape"));
  LimnView view = { .storage = storage, .n_dims = array.n_dims };
  memcpy (view.shape, array.shape, sizeof view.shape);
  limn_view_set_contiguous (&view);
  return limn_checkpoint_add (reader->checkpoint, name, &view, reader->error);
}

/* ---- the tree ------------------------------------------------------------ */

static gboolean
add_map (Reader *reader, const char *prefix, const LimnMsgpackNode *map, guint depth);

static gboolean
add_value (Reader *reader, const char *name, const LimnMsgpackNode *value, guint depth)
{
  if (value->kind == LIMN_MSGPACK_EXTENSION)
    return add_array (reader, name, value);
  if (value->kind != LIMN_MSGPACK_MAP)
    return TRUE; /* a number or a text: nothing of a model */
  if (find (reader->nodes, value, CHUNKED_KEY) != NULL)
    return add_chunked (reader, name, value);
  g_autofree char *prefix = g_strconcat (name, "/", NULL);
  return add_map (reader, prefix, value, depth + 1);
}

static gboolean
add_map (Reader *reader, const char *prefix, const LimnMsgpackNode *map, guint depth)
{
  guint i = map->first_child;
  if (depth > MAX_DEPTH)
    return fail (reader, LIMN_ERROR_CORRUPT, _ ("names"), _ ("too many levels"));
  while (i != 0)
    {
      const LimnMsgpackNode *key = limn_msgpack_node (reader->nodes, i);
      const LimnMsgpackNode *value = limn_msgpack_node (reader->nodes, key->next);
      if (key->kind != LIMN_MSGPACK_TEXT || key->n > 128
          || !g_utf8_validate_len ((const char *) key->data, key->n, NULL))
        return fail (reader, LIMN_ERROR_CORRUPT, _ ("names"), _ ("a name is not a name"));
      g_autofree char *name =
          g_strdup_printf ("%s%.*s", prefix, (int) key->n, (const char *) key->data);
      if (!add_value (reader, name, value, depth))
        return FALSE;
      i = value->next;
    }
  return TRUE;
}

/**
 * limn_flax_open:
 * @file: a checkpoint, valid as long as the result is used
 *
 * Returns: (transfer full): its tensors, the names' levels joined by “/”, or
 *   %NULL with @error set
 */
LimnCheckpoint *
limn_flax_open (LimnMappedFile *file, GError **error)
{
  guint root = 0;
  const char *reason = NULL;
  g_autoptr (LimnCheckpoint) checkpoint = limn_checkpoint_new (file);
  g_autoptr (GArray) nodes = limn_msgpack_read (limn_mapped_file_get_data (file),
                                                limn_mapped_file_get_size (file), &root, &reason);
  Reader reader = { file, checkpoint, nodes, error };
  if (nodes == NULL)
    {
      fail (&reader, LIMN_ERROR_CORRUPT, _ ("MessagePack"), reason);
      return NULL;
    }
  const LimnMsgpackNode *top = limn_msgpack_node (nodes, root);
  if (top->kind != LIMN_MSGPACK_MAP)
    {
      fail (&reader, LIMN_ERROR_UNSUPPORTED, _ ("MessagePack"), _ ("it is not a map of arrays"));
      return NULL;
    }
  return add_map (&reader, "", top, 0) ? g_steal_pointer (&checkpoint) : NULL;
}
