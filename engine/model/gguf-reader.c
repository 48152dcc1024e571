/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GGUF reader: checks a file from its first byte to its last table entry, then
 * hands out views.  Leaves the meaning of keys and tensors to config and model,
 * the values of the metadata to gguf-values.
 *
 * How it stays safe: one cursor reads every field and fails once for all;
 * sums and products are checked before they are compared; no count of the file
 * is believed before the bytes it needs are known to be there.
 */
#include "config.h"

#include "gguf-private.h"

#include <glib/gi18n-lib.h>
#include <stdint.h>
#include <string.h>

#include "../limn.h"
#include "../string-hash.h"

#define MAX_KEYS         65536
#define MAX_TENSORS      65536
#define MAX_KEY_BYTES    255
#define MIN_KEY_BYTES    (8 + 1 + 4 + 1)         /* length, name, type, value */
#define MIN_TENSOR_BYTES (8 + 1 + 4 + 8 + 4 + 8) /* length, name, rank, one size, type, offset */
#define MIN_ALIGNMENT    8
#define MAX_ALIGNMENT    65536

static const guint8 value_bytes[GGUF_N_VALUES] = { 1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8 };

/* ---- cursor -------------------------------------------------------------- */

gboolean
limn_gguf_cursor_fail (GgufCursor *cursor, LimnError code, const char *field, const char *reason)
{
  if (!cursor->has_failed)
    g_set_error (cursor->error, LIMN_ERROR, code, _ ("%s: %s: %s"), cursor->name, field, reason);
  cursor->has_failed = TRUE;
  return FALSE;
}

static gboolean
fail (GgufCursor *cursor, const char *field, const char *reason)
{
  return limn_gguf_cursor_fail (cursor, LIMN_ERROR_CORRUPT, field, reason);
}

gboolean
limn_gguf_cursor_take (GgufCursor *cursor, const char *field, guint64 n_bytes, const guint8 **data)
{
  if (cursor->has_failed)
    return FALSE;
  if (n_bytes > cursor->size - cursor->pos)
    return limn_gguf_cursor_fail (cursor, LIMN_ERROR_TRUNCATED, field,
                                  _ ("the file ends before it"));
  *data = cursor->data + cursor->pos;
  cursor->pos += n_bytes;
  return TRUE;
}

guint32
limn_gguf_cursor_u32 (GgufCursor *cursor, const char *field)
{
  const guint8 *data;
  guint32 value = 0;
  if (limn_gguf_cursor_take (cursor, field, sizeof value, &data))
    memcpy (&value, data, sizeof value);
  return GUINT32_FROM_LE (value);
}

guint64
limn_gguf_cursor_u64 (GgufCursor *cursor, const char *field)
{
  const guint8 *data;
  guint64 value = 0;
  if (limn_gguf_cursor_take (cursor, field, sizeof value, &data))
    memcpy (&value, data, sizeof value);
  return GUINT64_FROM_LE (value);
}

gboolean
limn_gguf_cursor_string (GgufCursor *cursor, const char *field, const guint8 **text, gsize *length)
{
  guint64 n = limn_gguf_cursor_u64 (cursor, field);
  if (!limn_gguf_cursor_take (cursor, field, n, text))
    return FALSE;
  *length = n;
  return TRUE;
}

/* A name: short, valid UTF-8, not empty, without a zero byte. */
static char *
read_name (GgufCursor *cursor, const char *field, gsize max_bytes)
{
  const guint8 *text;
  gsize length;
  if (!limn_gguf_cursor_string (cursor, field, &text, &length))
    return NULL;
  if (length == 0 || length > max_bytes)
    return fail (cursor, field, _ ("its length is out of range")), NULL;
  if (!g_utf8_validate_len ((const char *) text, length, NULL))
    return fail (cursor, field, _ ("it is not text")), NULL;
  return g_strndup ((const char *) text, length);
}

/* ---- metadata ------------------------------------------------------------ */

static void
value_free (gpointer data)
{
  GgufValue *value = data;
  g_free (value->strings);
  g_free (value->uints);
  g_free (value->string);
  g_free (value);
}

static gboolean
skip_strings (GgufCursor *cursor, const char *key, guint64 n)
{
  const guint8 *text;
  gsize length;
  for (guint64 i = 0; i < n; i++)
    if (!limn_gguf_cursor_string (cursor, key, &text, &length))
      return FALSE;
  return TRUE;
}

static gboolean
read_array (GgufCursor *cursor, const char *key, GgufValue *value)
{
  value->item_type = limn_gguf_cursor_u32 (cursor, key);
  value->n_items = limn_gguf_cursor_u64 (cursor, key);
  value->pos = cursor->pos;
  if (cursor->has_failed)
    return FALSE;
  if (value->item_type >= GGUF_N_VALUES || value->item_type == GGUF_VALUE_ARRAY)
    return fail (cursor, key, _ ("a list of an unknown type"));
  guint item_bytes = value->item_type == GGUF_VALUE_STRING ? 8 : value_bytes[value->item_type];
  if (value->n_items > (cursor->size - cursor->pos) / item_bytes)
    return limn_gguf_cursor_fail (cursor, LIMN_ERROR_TRUNCATED, key,
                                  _ ("the list is longer than the file"));
  if (value->item_type == GGUF_VALUE_STRING)
    return skip_strings (cursor, key, value->n_items);
  const guint8 *items;
  return limn_gguf_cursor_take (cursor, key, value->n_items * item_bytes, &items);
}

static gboolean
read_value (GgufCursor *cursor, const char *key, GgufValue *value)
{
  const guint8 *data;
  gsize length;
  value->type = limn_gguf_cursor_u32 (cursor, key);
  value->pos = cursor->pos;
  if (cursor->has_failed)
    return FALSE;
  if (value->type >= GGUF_N_VALUES)
    return fail (cursor, key, _ ("a value of an unknown type"));
  if (value->type == GGUF_VALUE_ARRAY)
    return read_array (cursor, key, value);
  if (value->type == GGUF_VALUE_STRING)
    return limn_gguf_cursor_string (cursor, key, &data, &length);
  if (!limn_gguf_cursor_take (cursor, key, value_bytes[value->type], &data))
    return FALSE;
  memcpy (value->raw, data, value_bytes[value->type]);
  if (value->type == GGUF_VALUE_BOOL && value->raw[0] > 1)
    return fail (cursor, key, _ ("neither true nor false"));
  return TRUE;
}

static gboolean
read_metadata (LimnGguf *gguf, GgufCursor *cursor, guint64 n_keys)
{
  if (n_keys > MAX_KEYS || n_keys > (cursor->size - cursor->pos) / MIN_KEY_BYTES)
    return fail (cursor, _ ("number of metadata keys"), _ ("more than the file can hold"));
  for (guint64 i = 0; i < n_keys; i++)
    {
      g_autofree char *key = read_name (cursor, _ ("name of a metadata key"), MAX_KEY_BYTES);
      if (key == NULL)
        return FALSE;
      GgufValue *value = g_new0 (GgufValue, 1);
      if (g_hash_table_contains (gguf->values, key))
        fail (cursor, key, _ ("the key is there twice"));
      else
        read_value (cursor, key, value);
      g_hash_table_replace (gguf->values, g_steal_pointer (&key), value);
      if (cursor->has_failed)
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_alignment (LimnGguf *gguf, GgufCursor *cursor, guint64 *alignment)
{
  guint32 value = GGUF_DEFAULT_ALIGNMENT;
  if (limn_gguf_has_key (gguf, GGUF_ALIGNMENT_KEY)
      && !limn_gguf_get_uint (gguf, GGUF_ALIGNMENT_KEY, &value, NULL))
    return fail (cursor, GGUF_ALIGNMENT_KEY, _ ("not a whole number"));
  if (value < MIN_ALIGNMENT || value > MAX_ALIGNMENT || (value & (value - 1)) != 0)
    return fail (cursor, GGUF_ALIGNMENT_KEY, _ ("not a power of two from 8 to 65536"));
  *alignment = value;
  return TRUE;
}

/* ---- tensors ------------------------------------------------------------- */

guint
limn_gguf_type_get_bytes (LimnGgufType type)
{
  switch (type)
    {
    case LIMN_GGUF_F32:
      return 4;
    case LIMN_GGUF_F16:
    case LIMN_GGUF_BF16:
      return 2;
    case LIMN_GGUF_I8:
      return 1;
    default:
      return 0;
    }
}

const char *
limn_gguf_type_get_name (LimnGgufType type)
{
  switch (type)
    {
    case LIMN_GGUF_F32:
      return "F32";
    case LIMN_GGUF_F16:
      return "F16";
    case LIMN_GGUF_BF16:
      return "BF16";
    case LIMN_GGUF_I8:
      return "I8";
    default:
      return "?";
    }
}

static gboolean
read_shape (GgufCursor *cursor, LimnGgufTensor *tensor)
{
  tensor->n_dims = limn_gguf_cursor_u32 (cursor, tensor->name);
  if (cursor->has_failed)
    return FALSE;
  if (tensor->n_dims < 1 || tensor->n_dims > LIMN_GGUF_MAX_DIMS)
    return fail (cursor, tensor->name, _ ("a tensor has one to four dimensions"));
  for (guint i = 0; i < tensor->n_dims; i++)
    {
      guint64 size = limn_gguf_cursor_u64 (cursor, tensor->name);
      if (!cursor->has_failed && (size == 0 || size > G_MAXINT64))
        return fail (cursor, tensor->name, _ ("a dimension is out of range"));
      tensor->shape[tensor->n_dims - 1 - i] = size;
    }
  return !cursor->has_failed;
}

static gboolean
measure (GgufCursor *cursor, LimnGgufTensor *tensor)
{
  guint64 n_bytes = limn_gguf_type_get_bytes (tensor->type);
  guint64 n = 1;
  gboolean is_wrapped = FALSE;
  for (guint i = 0; i < tensor->n_dims; i++)
    is_wrapped |= __builtin_mul_overflow (n, tensor->shape[i], &n);
  is_wrapped |= __builtin_mul_overflow (n, n_bytes, &tensor->n_bytes);
  if (is_wrapped)
    return limn_gguf_cursor_fail (cursor, LIMN_ERROR_TOO_LARGE, tensor->name,
                                  _ ("its size is beyond any file"));
  return TRUE;
}

static gboolean
read_tensor (LimnGguf *gguf, GgufCursor *cursor, LimnGgufTensor *tensor, guint64 *offset)
{
  char *name = read_name (cursor, _ ("name of a tensor"), GGUF_MAX_NAME);
  if (name == NULL)
    return FALSE;
  tensor->name = name;
  if (!g_hash_table_insert (gguf->by_name, name, tensor)) /* the table owns the name */
    {
      tensor->name = NULL;
      return fail (cursor, _ ("table of tensors"), _ ("a name is there twice"));
    }
  if (!read_shape (cursor, tensor))
    return FALSE;
  tensor->type = limn_gguf_cursor_u32 (cursor, name);
  *offset = limn_gguf_cursor_u64 (cursor, name);
  return !cursor->has_failed && measure (cursor, tensor);
}

/* Tensors follow one another in the order of the table, each at the next
 * aligned place, as the format demands: so none overlaps another or hides
 * bytes between.  A type of unknown size may end anywhere. */
static gboolean
place_tensors (LimnGguf *gguf, GgufCursor *cursor, const guint64 *offsets, guint64 alignment)
{
  guint64 start = (cursor->pos + alignment - 1) & ~(alignment - 1);
  guint64 size = cursor->size > start ? cursor->size - start : 0;
  guint64 end = 0;
  gboolean is_end_known = TRUE;

  for (guint i = 0; i < gguf->n_tensors; i++)
    {
      LimnGgufTensor *tensor = &gguf->tensors[i];
      guint64 next = (end + alignment - 1) & ~(alignment - 1);
      if (offsets[i] & (alignment - 1))
        return fail (cursor, tensor->name, _ ("its data is not aligned"));
      if (offsets[i] < next)
        return fail (cursor, tensor->name, _ ("its data overlaps another tensor's"));
      if (offsets[i] > next && is_end_known)
        return fail (cursor, tensor->name, _ ("there is a hole before its data"));
      if (offsets[i] > size || tensor->n_bytes > size - offsets[i])
        return limn_gguf_cursor_fail (cursor, LIMN_ERROR_TRUNCATED, tensor->name,
                                      _ ("the file ends before the end of its data"));
      tensor->data = cursor->data + start + offsets[i];
      end = offsets[i] + tensor->n_bytes;
      is_end_known = tensor->n_bytes > 0;
    }
  if (is_end_known && size > end && size - end >= alignment)
    return fail (cursor, _ ("end of the file"), _ ("there are bytes that belong to nothing"));
  return TRUE;
}

static gboolean
read_tensors (LimnGguf *gguf, GgufCursor *cursor, guint64 n_tensors)
{
  guint64 alignment = 0;
  if (!read_alignment (gguf, cursor, &alignment))
    return FALSE;
  if (n_tensors > MAX_TENSORS || n_tensors > (cursor->size - cursor->pos) / MIN_TENSOR_BYTES)
    return fail (cursor, _ ("number of tensors"), _ ("more than the file can hold"));
  g_autofree guint64 *offsets = g_new0 (guint64, n_tensors + 1);
  gguf->tensors = g_new0 (LimnGgufTensor, n_tensors + 1);
  for (guint64 i = 0; i < n_tensors; i++)
    {
      if (!read_tensor (gguf, cursor, &gguf->tensors[i], &offsets[i]))
        return FALSE;
      gguf->n_tensors++;
    }
  return place_tensors (gguf, cursor, offsets, alignment);
}

/* ---- opening ------------------------------------------------------------- */

static gboolean
read_all (LimnGguf *gguf, GError **error)
{
  GgufCursor cursor = { gguf->data, gguf->size, 0, gguf->name, error, FALSE };
  guint32 magic = limn_gguf_cursor_u32 (&cursor, _ ("start of the file"));
  if (!cursor.has_failed && magic != GGUF_MAGIC)
    return limn_gguf_cursor_fail (&cursor, LIMN_ERROR_UNSUPPORTED, _ ("start of the file"),
                                  _ ("this is not a GGUF model"));
  guint32 version = limn_gguf_cursor_u32 (&cursor, _ ("version"));
  if (!cursor.has_failed && version != GGUF_VERSION)
    return limn_gguf_cursor_fail (&cursor, LIMN_ERROR_UNSUPPORTED, _ ("version"),
                                  _ ("only version 3 of GGUF in little-endian order is known"));
  guint64 n_tensors = limn_gguf_cursor_u64 (&cursor, _ ("number of tensors"));
  guint64 n_keys = limn_gguf_cursor_u64 (&cursor, _ ("number of metadata keys"));
  return !cursor.has_failed && read_metadata (gguf, &cursor, n_keys)
         && read_tensors (gguf, &cursor, n_tensors);
}

static LimnGguf *
gguf_new (const char *name)
{
  LimnGguf *gguf = g_new0 (LimnGguf, 1);
  gguf->name = g_strdup (name);
  gguf->values = g_hash_table_new_full (limn_string_hash, g_str_equal, g_free, value_free);
  gguf->by_name = g_hash_table_new_full (limn_string_hash, g_str_equal, g_free, NULL);
  g_mutex_init (&gguf->lock);
  return gguf;
}

/**
 * limn_gguf_open:
 * @path: a GGUF file, version 3
 *
 * Maps a file and checks its whole structure; any thread.  What the returned
 * reader hands out stays valid as long as it lives.
 *
 * Returns: (transfer full): the reader, or %NULL with @error set
 */
LimnGguf *
limn_gguf_open (const char *path, GError **error)
{
  LimnMappedFile *file = limn_mapped_file_open (path, error);
  if (file == NULL)
    return NULL;
  g_autoptr (LimnGguf) gguf = gguf_new (limn_mapped_file_get_name (file));
  gguf->file = file;
  gguf->data = limn_mapped_file_get_data (file);
  gguf->size = limn_mapped_file_get_size (file);
  gboolean is_read = read_all (gguf, error);
  if (!is_read || !limn_mapped_file_check (file, error))
    return NULL;
  return g_steal_pointer (&gguf);
}

static void
free_aligned (gpointer data)
{
  g_aligned_free (data);
}

/* Tensors must be aligned in memory too; a mapping always is. */
static GBytes *
align_bytes (GBytes *bytes)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  if (((uintptr_t) data & (LIMN_GGUF_ALIGNMENT - 1)) == 0)
    return g_bytes_ref (bytes);
  gpointer copy = g_aligned_alloc (size + 1, 1, LIMN_GGUF_ALIGNMENT);
  memcpy (copy, data, size);
  return g_bytes_new_with_free_func (copy, size, free_aligned, copy);
}

/**
 * limn_gguf_new_from_bytes:
 * @bytes: a whole file in memory
 * @name: what messages call it
 *
 * Returns: (transfer full): the reader, or %NULL with @error set
 */
LimnGguf *
limn_gguf_new_from_bytes (GBytes *bytes, const char *name, GError **error)
{
  g_autoptr (LimnGguf) gguf = gguf_new (name);
  gguf->bytes = align_bytes (bytes);
  gguf->data = g_bytes_get_data (gguf->bytes, &gguf->size);
  return read_all (gguf, error) ? g_steal_pointer (&gguf) : NULL;
}

void
limn_gguf_free (LimnGguf *gguf)
{
  if (gguf == NULL)
    return;
  g_hash_table_unref (gguf->values);
  g_hash_table_unref (gguf->by_name);
  g_mutex_clear (&gguf->lock);
  g_clear_pointer (&gguf->file, limn_mapped_file_free);
  g_clear_pointer (&gguf->bytes, g_bytes_unref);
  g_free (gguf->tensors);
  g_free (gguf->name);
  g_free (gguf);
}

gboolean
limn_gguf_check (LimnGguf *gguf, GError **error)
{
  return gguf->file == NULL || limn_mapped_file_check (gguf->file, error);
}

void
limn_gguf_forget (LimnGguf *gguf, const LimnGgufTensor *tensor)
{
  if (gguf->file != NULL)
    limn_mapped_file_forget (gguf->file, tensor->data, (gsize) tensor->n_bytes);
}

const char *
limn_gguf_get_name (LimnGguf *gguf)
{
  return gguf->name;
}

guint64
limn_gguf_get_size_bytes (LimnGguf *gguf)
{
  return gguf->size;
}

guint
limn_gguf_get_n_tensors (LimnGguf *gguf)
{
  return gguf->n_tensors;
}

const LimnGgufTensor *
limn_gguf_get_tensor (LimnGguf *gguf, guint i)
{
  return i < gguf->n_tensors ? &gguf->tensors[i] : NULL;
}

const LimnGgufTensor *
limn_gguf_find_tensor (LimnGguf *gguf, const char *name)
{
  return g_hash_table_lookup (gguf->by_name, name);
}
