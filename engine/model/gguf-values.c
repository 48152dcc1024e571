/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GGUF reader, second half: the values of the metadata, by key.  Lists become
 * arrays when they are first asked for, so that opening a file copies little.
 */
#include "config.h"

#include "gguf-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static GgufValue *
find (LimnGguf *gguf, const char *key, GError **error)
{
  GgufValue *value = g_hash_table_lookup (gguf->values, key);
  if (value == NULL)
    g_set_error (error, LIMN_ERROR, LIMN_ERROR_MISSING, _ ("%s: %s: the key is missing"),
                 gguf->name, key);
  return value;
}

static gboolean
fail (LimnGguf *gguf, const char *key, const char *reason, GError **error)
{
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_CORRUPT, _ ("%s: %s: %s"), gguf->name, key, reason);
  return FALSE;
}

gboolean
limn_gguf_has_key (LimnGguf *gguf, const char *key)
{
  return g_hash_table_contains (gguf->values, key);
}

/* Any whole number, as a sign and a size. */
static gboolean
get_integer (guint32 type, const guint8 *raw, gint64 *value)
{
  guint64 bits;
  memcpy (&bits, raw, sizeof bits);
  bits = GUINT64_FROM_LE (bits);
  switch (type)
    {
    case GGUF_VALUE_U8:
      *value = (guint8) bits;
      return TRUE;
    case GGUF_VALUE_I8:
      *value = (gint8) bits;
      return TRUE;
    case GGUF_VALUE_U16:
      *value = (guint16) bits;
      return TRUE;
    case GGUF_VALUE_I16:
      *value = (gint16) bits;
      return TRUE;
    case GGUF_VALUE_U32:
      *value = (guint32) bits;
      return TRUE;
    case GGUF_VALUE_I32:
      *value = (gint32) bits;
      return TRUE;
    case GGUF_VALUE_U64:
      *value = bits > G_MAXINT64 ? -1 : (gint64) bits;
      return TRUE;
    case GGUF_VALUE_I64:
      *value = (gint64) bits;
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
limn_gguf_get_uint (LimnGguf *gguf, const char *key, guint32 *value, GError **error)
{
  GgufValue *found = find (gguf, key, error);
  gint64 number;
  if (found == NULL)
    return FALSE;
  if (!get_integer (found->type, found->raw, &number))
    return fail (gguf, key, _ ("not a whole number"), error);
  if (number < 0 || number > G_MAXUINT32)
    return fail (gguf, key, _ ("the number is out of range"), error);
  *value = (guint32) number;
  return TRUE;
}

gboolean
limn_gguf_get_double (LimnGguf *gguf, const char *key, double *value, GError **error)
{
  GgufValue *found = find (gguf, key, error);
  gint64 number;
  guint32 bits;
  float single;
  guint64 wide;
  if (found == NULL)
    return FALSE;
  if (get_integer (found->type, found->raw, &number))
    *value = (double) number;
  else if (found->type == GGUF_VALUE_F32)
    {
      memcpy (&bits, found->raw, sizeof bits);
      bits = GUINT32_FROM_LE (bits);
      memcpy (&single, &bits, sizeof single);
      *value = single;
    }
  else if (found->type == GGUF_VALUE_F64)
    {
      memcpy (&wide, found->raw, sizeof wide);
      wide = GUINT64_FROM_LE (wide);
      memcpy (value, &wide, sizeof wide);
    }
  else
    return fail (gguf, key, _ ("not a number"), error);
  return TRUE;
}

/* Copies the text at the cursor with a zero at its end; FALSE when it is not text. */
static gboolean
copy_text (GgufCursor *cursor, const char *key, char *copy, gsize *length)
{
  const guint8 *text;
  if (!limn_gguf_cursor_string (cursor, key, &text, length))
    return FALSE;
  memcpy (copy, text, *length);
  copy[*length] = '\0';
  /* checked after the copy, which nobody can change any more */
  if (!g_utf8_validate_len (copy, *length, NULL))
    return limn_gguf_cursor_fail (cursor, LIMN_ERROR_CORRUPT, key, _ ("not text"));
  return TRUE;
}

static gboolean
load_string (LimnGguf *gguf, const char *key, GgufValue *value, GError **error)
{
  GgufCursor cursor = { gguf->data, gguf->size, value->pos, gguf->name, error, FALSE };
  const guint8 *text;
  gsize length;
  if (!limn_gguf_cursor_string (&cursor, key, &text, &length))
    return FALSE;
  g_autofree char *copy = g_try_malloc (length + 1);
  if (copy == NULL)
    return limn_gguf_cursor_fail (&cursor, LIMN_ERROR_NO_MEMORY, key, _ ("not enough memory"));
  cursor.size = cursor.pos; /* should the length change under us, no more is copied */
  cursor.pos = value->pos;
  if (!copy_text (&cursor, key, copy, &length))
    return FALSE;
  value->string = g_steal_pointer (&copy);
  return TRUE;
}

const char *
limn_gguf_get_string (LimnGguf *gguf, const char *key, GError **error)
{
  GgufValue *value = find (gguf, key, error);
  if (value == NULL)
    return NULL;
  if (value->type != GGUF_VALUE_STRING)
    return fail (gguf, key, _ ("not a text"), error), NULL;
  g_mutex_lock (&gguf->lock);
  if (value->string == NULL)
    load_string (gguf, key, value, error);
  const char *string = value->string;
  g_mutex_unlock (&gguf->lock);
  return string;
}

/* Where the n strings at pos end; 0 when they cannot be read. */
static gsize
find_end_of_strings (LimnGguf *gguf, const char *key, GgufValue *value, GError **error)
{
  GgufCursor cursor = { gguf->data, gguf->size, value->pos, gguf->name, error, FALSE };
  const guint8 *text;
  gsize length;
  for (guint64 i = 0; i < value->n_items; i++)
    if (!limn_gguf_cursor_string (&cursor, key, &text, &length))
      return 0;
  return cursor.pos;
}

/* One block: n + 1 pointers, then the texts.  A text of n bytes takes n + 8 in
 * the file and n + 1 here, so the block is bounded by the file. */
static gboolean
load_strings (LimnGguf *gguf, const char *key, GgufValue *value, GError **error)
{
  gsize n = value->n_items;
  gsize end = find_end_of_strings (gguf, key, value, error);
  gsize length;
  if (end == 0)
    return FALSE;
  GgufCursor cursor = { gguf->data, end, value->pos, gguf->name, error, FALSE };
  g_autofree char **strings = g_try_malloc ((n + 1) * sizeof (char *) + (end - value->pos) + 1);
  if (strings == NULL)
    return limn_gguf_cursor_fail (&cursor, LIMN_ERROR_NO_MEMORY, key, _ ("not enough memory"));
  char *copy = (char *) (strings + n + 1);
  for (gsize i = 0; i < n; i++)
    {
      strings[i] = copy;
      if (!copy_text (&cursor, key, copy, &length))
        return FALSE;
      copy += length + 1;
    }
  strings[n] = NULL;
  value->strings = g_steal_pointer (&strings);
  return TRUE;
}

const char *const *
limn_gguf_get_strings (LimnGguf *gguf, const char *key, gsize *n, GError **error)
{
  GgufValue *value = find (gguf, key, error);
  if (value == NULL)
    return NULL;
  if (value->type != GGUF_VALUE_ARRAY || value->item_type != GGUF_VALUE_STRING)
    return fail (gguf, key, _ ("not a list of texts"), error), NULL;
  g_mutex_lock (&gguf->lock);
  if (value->strings == NULL)
    load_strings (gguf, key, value, error);
  const char *const *strings = (const char *const *) value->strings;
  g_mutex_unlock (&gguf->lock);
  *n = value->n_items;
  return strings;
}

static gboolean
load_uints (LimnGguf *gguf, const char *key, GgufValue *value, GError **error)
{
  static const guint8 bytes[GGUF_N_VALUES] = { 1, 1, 2, 2, 4, 4, 0, 0, 0, 0, 8, 8, 0 };
  guint item_bytes = bytes[value->item_type];
  g_autofree guint32 *uints = NULL;
  if (item_bytes == 0)
    return fail (gguf, key, _ ("not a list of whole numbers"), error);
  uints = g_try_new (guint32, value->n_items + 1);
  if (uints == NULL)
    return fail (gguf, key, _ ("not enough memory"), error);
  for (gsize i = 0; i < value->n_items; i++)
    {
      guint8 raw[8] = { 0 };
      gint64 number = -1;
      memcpy (raw, gguf->data + value->pos + i * item_bytes, item_bytes);
      get_integer (value->item_type, raw, &number);
      if (number < 0 || number > G_MAXUINT32)
        return fail (gguf, key, _ ("a number is out of range"), error);
      uints[i] = (guint32) number;
    }
  value->uints = g_steal_pointer (&uints);
  return TRUE;
}

const guint32 *
limn_gguf_get_uints (LimnGguf *gguf, const char *key, gsize *n, GError **error)
{
  GgufValue *value = find (gguf, key, error);
  if (value == NULL)
    return NULL;
  if (value->type != GGUF_VALUE_ARRAY)
    return fail (gguf, key, _ ("not a list"), error), NULL;
  g_mutex_lock (&gguf->lock);
  if (value->uints == NULL)
    load_uints (gguf, key, value, error);
  const guint32 *uints = value->uints;
  g_mutex_unlock (&gguf->lock);
  *n = value->n_items;
  return uints;
}
