/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GGUF writer: metadata and the table of tensors first, then the data as a
 * stream, so that a file of any size needs little memory.  The file appears
 * when it is whole (see output-file).
 */
#include "config.h"

#include "gguf-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "output-file.h"

typedef struct
{
  char *name; /* owned */
  LimnGgufType type;
  guint n_dims;
  guint64 shape[LIMN_GGUF_MAX_DIMS];
  guint64 n_bytes;
} Tensor;

struct _LimnGgufWriter
{
  char *name;           /* owned: of the finished file, from begin on */
  GByteArray *metadata; /* owned: keys and values as they will be written */
  guint64 n_keys;
  GArray *tensors;      /* owned: Tensor */
  LimnOutputFile *file; /* owned, from begin on */
  guint current;        /* tensor that is being written */
  guint64 n_bytes;      /* of the whole file */
  guint64 n_done;       /* bytes of it */
};

static void
tensor_clear (gpointer data)
{
  g_free (((Tensor *) data)->name);
}

LimnGgufWriter *
limn_gguf_writer_new (void)
{
  LimnGgufWriter *writer = g_new0 (LimnGgufWriter, 1);
  writer->metadata = g_byte_array_new ();
  writer->tensors = g_array_new (FALSE, TRUE, sizeof (Tensor));
  g_array_set_clear_func (writer->tensors, tensor_clear);
  limn_gguf_writer_set_uint (writer, GGUF_ALIGNMENT_KEY, LIMN_GGUF_ALIGNMENT);
  return writer;
}

void
limn_gguf_writer_free (LimnGgufWriter *writer)
{
  if (writer == NULL)
    return;
  g_byte_array_unref (writer->metadata);
  g_array_unref (writer->tensors);
  g_clear_pointer (&writer->file, limn_output_file_free);
  g_free (writer->name);
  g_free (writer);
}

static void
put_u32 (GByteArray *array, guint32 value)
{
  value = GUINT32_TO_LE (value);
  g_byte_array_append (array, (const guint8 *) &value, sizeof value);
}

static void
put_u64 (GByteArray *array, guint64 value)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (array, (const guint8 *) &value, sizeof value);
}

static void
put_string (GByteArray *array, const char *text)
{
  gsize length = strlen (text);
  put_u64 (array, length);
  g_byte_array_append (array, (const guint8 *) text, length);
}

static void
put_key (LimnGgufWriter *writer, const char *key, GgufValueType type)
{
  writer->n_keys++;
  put_string (writer->metadata, key);
  put_u32 (writer->metadata, type);
}

static void
put_list_key (LimnGgufWriter *writer, const char *key, GgufValueType item_type, gsize n)
{
  put_key (writer, key, GGUF_VALUE_ARRAY);
  put_u32 (writer->metadata, item_type);
  put_u64 (writer->metadata, n);
}

void
limn_gguf_writer_set_uint (LimnGgufWriter *writer, const char *key, guint32 value)
{
  put_key (writer, key, GGUF_VALUE_U32);
  put_u32 (writer->metadata, value);
}

void
limn_gguf_writer_set_float (LimnGgufWriter *writer, const char *key, float value)
{
  guint32 bits;
  memcpy (&bits, &value, sizeof bits);
  put_key (writer, key, GGUF_VALUE_F32);
  put_u32 (writer->metadata, bits);
}

void
limn_gguf_writer_set_string (LimnGgufWriter *writer, const char *key, const char *value)
{
  put_key (writer, key, GGUF_VALUE_STRING);
  put_string (writer->metadata, value);
}

void
limn_gguf_writer_set_strings (LimnGgufWriter *writer,
                              const char *key,
                              const char *const *values,
                              gsize n)
{
  put_list_key (writer, key, GGUF_VALUE_STRING, n);
  for (gsize i = 0; i < n; i++)
    put_string (writer->metadata, values[i]);
}

void
limn_gguf_writer_set_uints (LimnGgufWriter *writer, const char *key, const guint32 *values, gsize n)
{
  put_list_key (writer, key, GGUF_VALUE_U32, n);
  for (gsize i = 0; i < n; i++)
    put_u32 (writer->metadata, values[i]);
}

/**
 * limn_gguf_writer_add_tensor:
 * @shape: (array length=n_dims): outermost first; sizes that have been checked
 */
void
limn_gguf_writer_add_tensor (LimnGgufWriter *writer,
                             const char *name,
                             LimnGgufType type,
                             guint n_dims,
                             const guint64 *shape)
{
  Tensor tensor = { g_strdup (name), type, n_dims, { 0 }, limn_gguf_type_get_bytes (type) };
  g_assert (n_dims >= 1 && n_dims <= LIMN_GGUF_MAX_DIMS && strlen (name) <= GGUF_MAX_NAME);
  for (guint i = 0; i < n_dims; i++)
    {
      tensor.shape[i] = shape[i];
      gboolean has_room = g_uint64_checked_mul (&tensor.n_bytes, tensor.n_bytes, shape[i]);
      g_assert (has_room && shape[i] > 0);
    }
  g_array_append_val (writer->tensors, tensor);
}

static guint64
align (guint64 offset)
{
  return (offset + LIMN_GGUF_ALIGNMENT - 1) & ~(guint64) (LIMN_GGUF_ALIGNMENT - 1);
}

/* The table of tensors; returns the bytes of all their data. */
static guint64
put_tensors (LimnGgufWriter *writer, GByteArray *header)
{
  guint64 offset = 0;
  for (guint i = 0; i < writer->tensors->len; i++)
    {
      const Tensor *tensor = &g_array_index (writer->tensors, Tensor, i);
      put_string (header, tensor->name);
      put_u32 (header, tensor->n_dims);
      for (guint j = tensor->n_dims; j > 0; j--)
        put_u64 (header, tensor->shape[j - 1]);
      put_u32 (header, tensor->type);
      put_u64 (header, offset);
      offset = align (offset + tensor->n_bytes);
    }
  return offset;
}

static gboolean
write_padding (LimnGgufWriter *writer, guint64 n_bytes, GError **error)
{
  static const guint8 zeros[LIMN_GGUF_ALIGNMENT];
  return limn_output_file_write (writer->file, zeros, align (n_bytes) - n_bytes, error);
}

/**
 * limn_gguf_writer_begin:
 * @path: name of the finished file
 *
 * Writes everything but the data; no key or tensor can be added after it.
 */
gboolean
limn_gguf_writer_begin (LimnGgufWriter *writer, const char *path, GError **error)
{
  g_autoptr (GByteArray) header = g_byte_array_new ();
  put_u32 (header, GGUF_MAGIC);
  put_u32 (header, GGUF_VERSION);
  put_u64 (header, writer->tensors->len);
  put_u64 (header, writer->n_keys);
  g_byte_array_append (header, writer->metadata->data, writer->metadata->len);
  guint64 n_data = put_tensors (writer, header);

  writer->name = g_filename_display_name (path);
  writer->n_bytes = align (header->len) + n_data;
  writer->file = limn_output_file_new (path, writer->n_bytes, error);
  return writer->file != NULL
         && limn_output_file_write (writer->file, header->data, header->len, error)
         && write_padding (writer, header->len, error);
}

gboolean
limn_gguf_writer_write (LimnGgufWriter *writer, const void *data, gsize n_bytes, GError **error)
{
  const guint8 *next = data;
  while (n_bytes > 0)
    {
      g_assert (writer->current < writer->tensors->len);
      const Tensor *tensor = &g_array_index (writer->tensors, Tensor, writer->current);
      gsize n = MIN (n_bytes, tensor->n_bytes - writer->n_done);
      if (!limn_output_file_write (writer->file, next, n, error))
        return FALSE;
      next += n;
      n_bytes -= n;
      writer->n_done += n;
      if (writer->n_done < tensor->n_bytes)
        continue;
      if (!write_padding (writer, tensor->n_bytes, error))
        return FALSE;
      writer->current++;
      writer->n_done = 0;
    }
  return TRUE;
}

/**
 * limn_gguf_writer_reopen:
 *
 * For what is made from the tensors written so far.  The reader is to be freed
 * before more is written.
 *
 * Returns: (transfer full): a reader of the unfinished file
 */
LimnGguf *
limn_gguf_writer_reopen (LimnGgufWriter *writer, GError **error)
{
  g_autofree char *path = limn_output_file_reopen (writer->file, writer->n_bytes, error);
  LimnGguf *gguf = path == NULL ? NULL : limn_gguf_open (path, error);
  if (gguf == NULL)
    return NULL;
  /* messages tell the name that the file will have */
  g_free (gguf->name);
  gguf->name = g_strdup (writer->name);
  return gguf;
}

/**
 * limn_gguf_writer_finish:
 *
 * All data must have been written.
 *
 * Returns: %TRUE when the file is safely on the disk
 */
gboolean
limn_gguf_writer_finish (LimnGgufWriter *writer, GError **error)
{
  g_assert (writer->current == writer->tensors->len);
  return limn_output_file_commit (writer->file, error);
}
