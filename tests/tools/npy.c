/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads and writes small .npy files whole. */
#include "npy.h"

#include <string.h>

#define MAGIC       "\x93NUMPY\x01\x00"
#define HEADER_SIZE 10 /* magic, version, length of the text */
#define ALIGN       64

G_GNUC_PRINTF (2, 3)
static gboolean
fail (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error,
                     g_error_new_valist (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, format, arguments));
  va_end (arguments);
  return FALSE;
}

static gboolean
parse_shape (const char *text, NpyArray *array)
{
  const char *p = strstr (text, "'shape': (");

  if (!p)
    return FALSE;
  p += strlen ("'shape': (");
  array->n = 1;
  while (*p != ')')
    {
      char *end;
      guint64 size = g_ascii_strtoull (p, &end, 10);

      if (end == p || array->n_dims == NPY_MAX_DIMS
          || !g_size_checked_mul (&array->n, array->n, size))
        return FALSE;
      array->shape[array->n_dims++] = size;
      p = end + strspn (end, ", ");
    }
  return TRUE;
}

static double
get_number (const guint8 *data, const char *type, gsize i)
{
  if (g_str_equal (type, "<f4"))
    return ((const float *) data)[i];
  if (g_str_equal (type, "<f8"))
    return ((const double *) data)[i];
  if (g_str_equal (type, "<i4"))
    return ((const gint32 *) data)[i];
  if (g_str_equal (type, "<i8"))
    return (double) ((const gint64 *) data)[i];
  return data[i];
}

static gsize
get_type_size (const char *type)
{
  static const char *const types[] = { "|u1", "<f4", "<i4", "<f8", "<i8" };
  static const gsize sizes[] = { 1, 4, 4, 8, 8 };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i], type))
      return sizes[i];
  return 0;
}

gboolean
npy_read (const char *path, NpyArray *array, GError **error)
{
  g_autofree char *content = NULL, *text = NULL, *type = NULL;
  g_autofree guint8 *data = NULL;
  gsize size, header_size, item_size;
  const char *p;

  memset (array, 0, sizeof *array);
  if (!g_file_get_contents (path, &content, &size, error))
    return FALSE;
  if (size < HEADER_SIZE || memcmp (content, MAGIC, 8) != 0)
    return fail (error, "%s: not a .npy file of version 1.0", path);
  header_size = HEADER_SIZE + (guint8) content[8] + 256 * (gsize) (guint8) content[9];
  if (header_size > size)
    return fail (error, "%s: ends inside its header", path);
  text = g_strndup (content + HEADER_SIZE, header_size - HEADER_SIZE);
  p = strstr (text, "'descr': '");
  if (!p || !parse_shape (text, array) || !strstr (text, "'fortran_order': False"))
    return fail (error, "%s: its header is not understood", path);
  type = g_strndup (p + strlen ("'descr': '"), 3);
  item_size = get_type_size (type);
  if (item_size == 0 || array->n != (size - header_size) / item_size)
    return fail (error, "%s: type “%s” is not understood, or the size is wrong", path, type);
  data = g_memdup2 (content + header_size, size - header_size); /* aligned */
  array->values = g_new (double, array->n);
  for (gsize i = 0; i < array->n; i++)
    array->values[i] = get_number (data, type, i);
  return TRUE;
}

void
npy_clear (NpyArray *array)
{
  g_clear_pointer (&array->values, g_free);
}

static gboolean
write_array (const char *path,
             const char *type,
             gconstpointer values,
             gsize n_bytes,
             guint n_dims,
             const gsize *shape,
             GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "{'descr': '%s', 'fortran_order': False, 'shape': (", type);
  for (guint i = 0; i < n_dims; i++)
    g_string_append_printf (text, "%" G_GSIZE_FORMAT ",", shape[i]);
  g_string_append (text, "), }");
  while ((HEADER_SIZE + text->len + 1) % ALIGN != 0)
    g_string_append_c (text, ' ');
  g_string_append_c (text, '\n');
  g_string_append_len (out, MAGIC, 8);
  g_string_append_c (out, (char) (text->len & 255));
  g_string_append_c (out, (char) (text->len >> 8));
  g_string_append_len (out, text->str, (gssize) text->len);
  g_string_append_len (out, values, (gssize) n_bytes);
  return g_file_set_contents (path, out->str, (gssize) out->len, error);
}

gboolean
npy_write_floats (const char *path,
                  const float *values,
                  guint n_dims,
                  const gsize *shape,
                  GError **error)
{
  gsize n = 1;

  for (guint i = 0; i < n_dims; i++)
    n *= shape[i];
  return write_array (path, "<f4", values, n * sizeof (float), n_dims, shape, error);
}

gboolean
npy_write_ids (const char *path, const guint32 *ids, gsize n, GError **error)
{
  return write_array (path, "<i4", ids, n * sizeof (guint32), 1, &n, error);
}
