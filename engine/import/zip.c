/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Zip archives as PyTorch writes them: stored entries, sizes only in the
 * central directory, zip64 records always.
 *
 * Why not libarchive: an import reads tensors straight from the mapping, in
 * another order than the archive's and some of them in strides, so it needs the
 * place of each entry in the file.  libarchive gives an entry's bytes as a
 * stream and does not tell where they are.  Nothing is ever compressed here, so
 * what is left to do is reading the directory.
 */
#include "config.h"

#include "zip.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define END_BYTES      22
#define END64_BYTES    56
#define LOCATOR_BYTES  20
#define CENTRAL_BYTES  46
#define LOCAL_BYTES    30
#define MAX_COMMENT    65535
#define MAX_ENTRIES    65536
#define MAX_NAME       512
#define FLAG_ENCRYPTED 1
#define EXTRA_ZIP64    1

typedef struct
{
  LimnMappedFile *file;
  const guint8 *data;
  guint64 size;
  guint64 n_entries;
  guint64 start; /* of the central directory */
  guint64 end;
} Zip;

typedef struct
{
  const char *name; /* in the mapping, not terminated */
  guint name_length;
  guint method;
  guint flags;
  guint64 packed_bytes;
  guint64 n_bytes;
  guint64 local;
} Central;

static gboolean
fail (Zip *zip, LimnError code, const char *reason, GError **error)
{
  g_set_error (error, LIMN_ERROR, code, _ ("%s: zip directory: %s"),
               limn_mapped_file_get_name (zip->file), reason);
  return FALSE;
}

static guint64
get (const guint8 *at, guint n_bytes)
{
  guint64 value = 0;
  memcpy (&value, at, n_bytes);
  return GUINT64_FROM_LE (value);
}

static gboolean
is_signature (const guint8 *at, char a, char b)
{
  return at[0] == 'P' && at[1] == 'K' && at[2] == a && at[3] == b;
}

/* The end record: the last one whose comment ends where the file ends. */
static gboolean
find_end (Zip *zip, guint64 *end)
{
  for (guint64 n = END_BYTES; n <= zip->size && n <= END_BYTES + MAX_COMMENT; n++)
    {
      const guint8 *at = zip->data + zip->size - n;
      if (is_signature (at, 5, 6) && get (at + 20, 2) == n - END_BYTES)
        {
          *end = zip->size - n;
          return TRUE;
        }
    }
  return FALSE;
}

/* A number of the end record, or its zip64 form where that says "see there". */
static gboolean
agree (guint64 small, guint64 most, guint64 large)
{
  return small == most || small == large;
}

static gboolean
read_end64 (Zip *zip, guint64 end, const guint8 *small, GError **error)
{
  guint64 at = get (zip->data + end - LOCATOR_BYTES + 8, 8);
  if (end < LOCATOR_BYTES + END64_BYTES || at > end - LOCATOR_BYTES - END64_BYTES
      || !is_signature (zip->data + at, 6, 6))
    return fail (zip, LIMN_ERROR_CORRUPT, _ ("its zip64 record is not where it should be"), error);
  const guint8 *record = zip->data + at;
  zip->n_entries = get (record + 32, 8);
  zip->start = get (record + 48, 8);
  zip->end = at;
  if (!agree (get (small + 10, 2), 0xffff, zip->n_entries)
      || !agree (get (small + 16, 4), 0xffffffff, zip->start))
    return fail (zip, LIMN_ERROR_CORRUPT, _ ("its two end records contradict each other"), error);
  return TRUE;
}

static gboolean
read_end (Zip *zip, GError **error)
{
  guint64 end = 0;
  if (!find_end (zip, &end))
    return fail (zip, LIMN_ERROR_TRUNCATED,
                 _ ("it is missing. The file is not complete, or not a zip archive"), error);
  const guint8 *record = zip->data + end;
  zip->n_entries = get (record + 10, 2);
  zip->start = get (record + 16, 4);
  zip->end = end;
  if (end >= LOCATOR_BYTES && is_signature (record - LOCATOR_BYTES, 6, 7)
      && !read_end64 (zip, end, record, error))
    return FALSE;
  if (zip->start > zip->end || zip->n_entries > (zip->end - zip->start) / CENTRAL_BYTES
      || zip->n_entries > MAX_ENTRIES)
    return fail (zip, LIMN_ERROR_CORRUPT, _ ("it is longer than the file"), error);
  return TRUE;
}

/* Sizes that do not fit in 32 bits are in an extra field, in this order. */
static gboolean
read_zip64 (const guint8 *extra, guint length, Central *entry)
{
  while (length >= 4)
    {
      guint id = (guint) get (extra, 2);
      guint n = (guint) get (extra + 2, 2);
      if (n > length - 4)
        return FALSE;
      if (id == EXTRA_ZIP64)
        {
          guint64 *fields[] = { &entry->n_bytes, &entry->packed_bytes, &entry->local };
          const guint8 *at = extra + 4;
          for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
            if (*fields[i] == 0xffffffff && n >= 8)
              {
                *fields[i] = get (at, 8);
                at += 8;
                n -= 8;
              }
          return TRUE;
        }
      extra += 4 + n;
      length -= 4 + n;
    }
  return TRUE;
}

static gboolean
read_central (Zip *zip, guint64 *pos, Central *entry, GError **error)
{
  if (zip->end - *pos < CENTRAL_BYTES || !is_signature (zip->data + *pos, 1, 2))
    return fail (zip, LIMN_ERROR_CORRUPT, _ ("an entry is not where it should be"), error);
  const guint8 *at = zip->data + *pos;
  guint extra_length = (guint) get (at + 30, 2);
  entry->flags = (guint) get (at + 8, 2);
  entry->method = (guint) get (at + 10, 2);
  entry->packed_bytes = get (at + 20, 4);
  entry->n_bytes = get (at + 24, 4);
  entry->name_length = (guint) get (at + 28, 2);
  entry->local = get (at + 42, 4);
  entry->name = (const char *) at + CENTRAL_BYTES;
  guint64 n = CENTRAL_BYTES + (guint64) entry->name_length + extra_length + get (at + 32, 2);
  if (n > zip->end - *pos)
    return fail (zip, LIMN_ERROR_CORRUPT, _ ("an entry is longer than the directory"), error);
  if (!read_zip64 (at + CENTRAL_BYTES + entry->name_length, extra_length, entry))
    return fail (zip, LIMN_ERROR_CORRUPT, _ ("an entry has a broken extra field"), error);
  *pos += n;
  return TRUE;
}

/* Where an entry's bytes are: behind its local header, which has lengths of its own. */
static gboolean
locate (Zip *zip, const Central *entry, const char *name, LimnZipEntry *place, GError **error)
{
  if (entry->method != 0 || entry->packed_bytes != entry->n_bytes)
    return fail (zip, LIMN_ERROR_UNSUPPORTED, _ ("an entry is compressed. PyTorch writes none"),
                 error);
  if (entry->flags & FLAG_ENCRYPTED)
    return fail (zip, LIMN_ERROR_UNSUPPORTED, _ ("an entry is encrypted"), error);
  if (entry->local > zip->start || zip->start - entry->local < LOCAL_BYTES
      || !is_signature (zip->data + entry->local, 3, 4))
    return fail (zip, LIMN_ERROR_CORRUPT, _ ("an entry points to a wrong place"), error);
  const guint8 *at = zip->data + entry->local;
  guint64 n_before = LOCAL_BYTES + get (at + 26, 2) + get (at + 28, 2);
  guint64 room = zip->start - entry->local;
  if (n_before > room || entry->n_bytes > room - n_before)
    return fail (zip, LIMN_ERROR_CORRUPT, _ ("an entry is longer than the file"), error);
  if (get (at + 26, 2) != entry->name_length || memcmp (at + LOCAL_BYTES, name, entry->name_length))
    return fail (zip, LIMN_ERROR_CORRUPT, _ ("an entry has two names"), error);
  place->data = at + n_before;
  place->n_bytes = entry->n_bytes;
  return TRUE;
}

static gboolean
read_entry (Zip *zip, guint64 *pos, GHashTable *entries, GError **error)
{
  Central entry;
  LimnZipEntry place;
  if (!read_central (zip, pos, &entry, error))
    return FALSE;
  if (entry.name_length == 0 || entry.name_length > MAX_NAME
      || !g_utf8_validate_len (entry.name, entry.name_length, NULL))
    return fail (zip, LIMN_ERROR_CORRUPT, _ ("an entry's name is not a name"), error);
  g_autofree char *name = g_strndup (entry.name, entry.name_length);
  if (g_str_has_suffix (name, "/")) /* a folder */
    return TRUE;
  if (!locate (zip, &entry, name, &place, error))
    return FALSE;
  if (g_hash_table_contains (entries, name))
    return fail (zip, LIMN_ERROR_CORRUPT, _ ("a name is there twice"), error);
  g_hash_table_insert (entries, g_steal_pointer (&name), g_memdup2 (&place, sizeof place));
  return TRUE;
}

/**
 * limn_zip_list:
 * @file: an archive of stored entries
 *
 * Returns: (transfer full): entries by name, valid as long as @file is; or
 *   %NULL with @error set
 */
GHashTable *
limn_zip_list (LimnMappedFile *file, GError **error)
{
  Zip zip = { file, limn_mapped_file_get_data (file), limn_mapped_file_get_size (file) };
  if (!read_end (&zip, error))
    return NULL;
  g_autoptr (GHashTable) entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  guint64 pos = zip.start;
  for (guint64 i = 0; i < zip.n_entries; i++)
    if (!read_entry (&zip, &pos, entries, error))
      return NULL;
  return g_steal_pointer (&entries);
}
