/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See zip-writer.h. */
#include "zip-writer.h"

#include <string.h>

#include "engine/model/output-file.h"

#define ALIGNMENT 64
#define FLAGS     0x0808 /* sizes follow the data; names are UTF-8 */

struct _ZipWriter
{
  LimnOutputFile *file;
  guint64 pos;
  GByteArray *directory;
  guint64 n_entries;
  gboolean is_wide;
  /* of the entry being written */
  char *name;
  guint64 start;
  guint64 n_bytes;
  guint32 crc;
  guint32 table[256];
};

static void
put (GByteArray *array, guint64 value, guint n_bytes)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (array, (const guint8 *) &value, n_bytes);
}

static gboolean
write_out (ZipWriter *zip, const void *data, gsize n, GError **error)
{
  zip->pos += n;
  return limn_output_file_write (zip->file, data, n, error);
}

ZipWriter *
zip_writer_new (const char *path, gboolean is_wide, GError **error)
{
  g_autoptr (ZipWriter) zip = g_new0 (ZipWriter, 1);
  zip->is_wide = is_wide;
  zip->directory = g_byte_array_new ();
  for (guint32 i = 0; i < 256; i++)
    {
      guint32 c = i;
      for (guint bit = 0; bit < 8; bit++)
        c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
      zip->table[i] = c;
    }
  zip->file = limn_output_file_new (path, 0, error);
  return zip->file == NULL ? NULL : g_steal_pointer (&zip);
}

void
zip_writer_free (ZipWriter *zip)
{
  if (zip == NULL)
    return;
  g_clear_pointer (&zip->file, limn_output_file_free);
  g_byte_array_unref (zip->directory);
  g_free (zip->name);
  g_free (zip);
}

gboolean
zip_writer_begin (ZipWriter *zip, const char *name, GError **error)
{
  g_autoptr (GByteArray) header = g_byte_array_new ();
  gsize length = strlen (name);
  guint64 unpadded = zip->pos + 30 + length + 4;
  guint padding = (guint) (-unpadded & (ALIGNMENT - 1));
  g_free (zip->name);
  zip->name = g_strdup (name);
  zip->start = zip->pos;
  zip->n_bytes = 0;
  zip->crc = 0xffffffff;
  put (header, 0x04034b50, 4);
  put (header, 0, 2);
  put (header, FLAGS, 2);
  put (header, 0, 2 + 2 + 2); /* stored, no time */
  put (header, 0, 8);
  put (header, 0, 4); /* checksum and sizes: not here */
  put (header, length, 2);
  put (header, 4 + padding, 2);
  g_byte_array_append (header, (const guint8 *) name, (guint) length);
  put (header, 'F' | 'B' << 8, 2);
  put (header, padding, 2);
  while (padding-- > 0)
    put (header, 'Z', 1);
  return write_out (zip, header->data, header->len, error);
}

gboolean
zip_writer_write (ZipWriter *zip, const void *data, gsize n, GError **error)
{
  const guint8 *bytes = data;
  guint32 crc = zip->crc;
  for (gsize i = 0; i < n; i++)
    crc = zip->table[(crc ^ bytes[i]) & 255] ^ crc >> 8;
  zip->crc = crc;
  zip->n_bytes += n;
  return write_out (zip, data, n, error);
}

static void
put_central (ZipWriter *zip)
{
  gboolean is_far = zip->is_wide || zip->start >= 0xffffffff;
  gboolean is_big = zip->is_wide || zip->n_bytes >= 0xffffffff;
  guint n_extra = (is_far ? 8 : 0) + (is_big ? 16 : 0);
  GByteArray *out = zip->directory;
  put (out, 0x02014b50, 4);
  put (out, 0, 4);
  put (out, FLAGS, 2);
  put (out, 0, 2 + 2 + 2);
  put (out, ~zip->crc & 0xffffffff, 4);
  put (out, is_big ? 0xffffffff : zip->n_bytes, 4);
  put (out, is_big ? 0xffffffff : zip->n_bytes, 4);
  put (out, strlen (zip->name), 2);
  put (out, n_extra == 0 ? 0 : 4 + n_extra, 2);
  put (out, 0, 2 + 2 + 2);
  put (out, 0, 4);
  put (out, is_far ? 0xffffffff : zip->start, 4);
  g_byte_array_append (out, (const guint8 *) zip->name, (guint) strlen (zip->name));
  if (n_extra == 0)
    return;
  put (out, 1, 2);
  put (out, n_extra, 2);
  if (is_big)
    {
      put (out, zip->n_bytes, 8);
      put (out, zip->n_bytes, 8);
    }
  if (is_far)
    put (out, zip->start, 8);
}

gboolean
zip_writer_end (ZipWriter *zip, GError **error)
{
  g_autoptr (GByteArray) descriptor = g_byte_array_new ();
  put (descriptor, 0x08074b50, 4);
  put (descriptor, ~zip->crc & 0xffffffff, 4);
  put (descriptor, zip->n_bytes, zip->n_bytes >= 0xffffffff ? 8 : 4);
  put (descriptor, zip->n_bytes, zip->n_bytes >= 0xffffffff ? 8 : 4);
  put_central (zip);
  zip->n_entries++;
  return write_out (zip, descriptor->data, descriptor->len, error);
}

gboolean
zip_writer_finish (ZipWriter *zip, GError **error)
{
  g_autoptr (GByteArray) end = g_byte_array_new ();
  guint64 start = zip->pos;
  guint64 size = zip->directory->len;
  put (end, 0x06064b50, 4);
  put (end, 44, 8);
  put (end, 0x031e, 2);
  put (end, 45, 2);
  put (end, 0, 8); /* disks */
  put (end, zip->n_entries, 8);
  put (end, zip->n_entries, 8);
  put (end, size, 8);
  put (end, start, 8);
  put (end, 0x07064b50, 4);
  put (end, 0, 4);
  put (end, start + size, 8);
  put (end, 1, 4);
  put (end, 0x06054b50, 4);
  put (end, 0, 4);
  put (end, MIN (zip->n_entries, 0xffff), 2);
  put (end, MIN (zip->n_entries, 0xffff), 2);
  put (end, MIN (size, 0xffffffff), 4);
  put (end, MIN (start, 0xffffffff), 4);
  put (end, 0, 2);
  return write_out (zip, zip->directory->data, zip->directory->len, error)
         && write_out (zip, end->data, end->len, error)
         && limn_output_file_commit (zip->file, error);
}
