/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PyTorch checkpoints: the zip form (since 1.6) and the older one, to named
 * views.  Leaves the pickle to pickle.c and the archive to zip.c.
 */
#include "config.h"

#include "checkpoint.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pickle.h"
#include "zip.h"

#define MAX_DEPTH  8
#define MAX_VISITS (256 * 1024)

static const guint8 legacy_magic[] = { 0x80, 2,    0x8a, 10,   0x6c, 0xfc, 0x9c, 0x46,
                                       0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.' };

typedef struct
{
  LimnMappedFile *file;
  LimnCheckpoint *checkpoint;
  LimnPickle *pickle;
  GHashTable *entries;  /* zip form: name to LimnZipEntry */
  char *folder;         /* zip form: with its slash */
  GHashTable *storages; /* key to LimnStorage, borrowed from the checkpoint */
  guint n_visits;
  GError **error;
} Reader;

gboolean
limn_torch_recognizes (LimnMappedFile *file)
{
  const guint8 *data = limn_mapped_file_get_data (file);
  gsize size = limn_mapped_file_get_size (file);
  return (size >= 4 && memcmp (data, "PK\3\4", 4) == 0)
         || (size >= sizeof legacy_magic && memcmp (data, legacy_magic, sizeof legacy_magic) == 0);
}

static gboolean
fail (Reader *reader, LimnError code, const char *field, const char *reason)
{
  return limn_checkpoint_fail (reader->file, code, field, reason, reader->error);
}

/* ---- storages ------------------------------------------------------------ */

static LimnStorage *
add_storage (Reader *reader, const char *key, LimnNumber number, const guint8 *data, guint64 n)
{
  LimnStorage *storage = limn_storage_new (reader->file, number, data, n);
  g_hash_table_insert (reader->storages, g_strdup (key), storage);
  return limn_checkpoint_add_storage (reader->checkpoint, storage);
}

/* The storage of a tensor; its entry must hold all the numbers that it claims. */
static LimnStorage *
find_storage (Reader *reader, const LimnPickleValue *value)
{
  g_autofree char *key = g_strndup (value->text, value->text_length);
  LimnStorage *storage = g_hash_table_lookup (reader->storages, key);
  guint64 n_bytes;
  if (storage != NULL
      && (storage->number != value->number_type || storage->n != (guint64) value->number))
    return fail (reader, LIMN_ERROR_CORRUPT, key, _ ("the same data with two types or sizes")),
           NULL;
  if (storage != NULL)
    return storage;
  if (reader->entries == NULL)
    return fail (reader, LIMN_ERROR_CORRUPT, key, _ ("the data is missing")), NULL;

  g_autofree char *name = g_strconcat (reader->folder, "data/", key, NULL);
  const LimnZipEntry *entry = g_hash_table_lookup (reader->entries, name);
  if (entry == NULL)
    return fail (reader, LIMN_ERROR_CORRUPT, name, _ ("the data is missing")), NULL;
  if (!g_uint64_checked_mul (&n_bytes, (guint64) value->number,
                             limn_number_get_bytes (value->number_type))
      || n_bytes > entry->n_bytes)
    return fail (reader, LIMN_ERROR_CORRUPT, name, _ ("the data is shorter than it claims")), NULL;
  return add_storage (reader, key, value->number_type, entry->data, (guint64) value->number);
}

/* ---- tensors ------------------------------------------------------------- */

static gboolean
add_tensor (Reader *reader, const char *name, const LimnPickleValue *tensor)
{
  const LimnPickleValue *kept = limn_pickle_get (reader->pickle, tensor->storage);
  LimnView view = { .offset = (guint64) tensor->number };
  guint n_strides;
  if (kept->number_type == LIMN_NUMBER_OTHER)
    return TRUE; /* counters and masks; if one is needed, it will be missed */
  if (!limn_pickle_get_sizes (reader->pickle, tensor->size, &view.n_dims, view.shape)
      || !limn_pickle_get_sizes (reader->pickle, tensor->stride, &n_strides, view.strides)
      || n_strides != view.n_dims)
    return fail (reader, LIMN_ERROR_CORRUPT, name, _ ("its shape is not a shape"));
  view.storage = find_storage (reader, kept);
  if (view.storage == NULL)
    return FALSE;
  return limn_checkpoint_add (reader->checkpoint, name, &view, reader->error);
}

static gboolean
add_dict (Reader *reader, const char *prefix, const LimnPickleValue *dict, guint depth);

static gboolean
add_item (Reader *reader,
          const char *prefix,
          const LimnPickleValue *key,
          const LimnPickleValue *item,
          guint depth)
{
  if (++reader->n_visits > MAX_VISITS)
    return fail (reader, LIMN_ERROR_TOO_LARGE, _ ("pickle"), _ ("too many values"));
  if (key->kind != LIMN_PICKLE_TEXT)
    return TRUE; /* not a name, so nothing of a model */
  if (item->kind != LIMN_PICKLE_TENSOR && item->kind != LIMN_PICKLE_DICT)
    return TRUE;
  if (key->text_length > 256)
    return fail (reader, LIMN_ERROR_CORRUPT, _ ("pickle"), _ ("a name is too long"));
  g_autofree char *name = g_strdup_printf ("%s%.*s", prefix, (int) key->text_length, key->text);
  if (item->kind == LIMN_PICKLE_TENSOR)
    return add_tensor (reader, name, item);
  g_autofree char *inside = g_strconcat (name, ".", NULL);
  return add_dict (reader, inside, item, depth + 1);
}

static gboolean
add_dict (Reader *reader, const char *prefix, const LimnPickleValue *dict, guint depth)
{
  LimnPickleRef key, item;
  guint link = 0;
  if (depth > MAX_DEPTH)
    return fail (reader, LIMN_ERROR_CORRUPT, _ ("pickle"), _ ("too many levels of names"));
  while (limn_pickle_next (reader->pickle, dict, &link, &key)
         && limn_pickle_next (reader->pickle, dict, &link, &item))
    if (!add_item (reader, prefix, limn_pickle_get (reader->pickle, key),
                   limn_pickle_get (reader->pickle, item), depth))
      return FALSE;
  return TRUE;
}

static gboolean
add_all (Reader *reader)
{
  const LimnPickleValue *root =
      limn_pickle_get (reader->pickle, limn_pickle_get_root (reader->pickle));
  if (root->kind != LIMN_PICKLE_DICT)
    return fail (reader, LIMN_ERROR_UNSUPPORTED, _ ("pickle"), _ ("it is not a table of tensors"));
  return add_dict (reader, "", root, 0);
}

/* ---- zip form ------------------------------------------------------------ */

/* The folder all entries are in: the one with data.pkl directly inside. */
static char *
find_folder (GHashTable *entries)
{
  GHashTableIter iter;
  gpointer name;
  g_hash_table_iter_init (&iter, entries);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      const char *slash = strchr (name, '/');
      if (slash != NULL && strcmp (slash, "/data.pkl") == 0)
        return g_strndup (name, (gsize) (slash + 1 - (char *) name));
    }
  return NULL;
}

static const LimnZipEntry *
find_entry (Reader *reader, const char *name)
{
  g_autofree char *whole = g_strconcat (reader->folder, name, NULL);
  return g_hash_table_lookup (reader->entries, whole);
}

static gboolean
read_zip (Reader *reader)
{
  gsize n_read;
  reader->entries = limn_zip_list (reader->file, reader->error);
  if (reader->entries == NULL)
    return FALSE;
  reader->folder = find_folder (reader->entries);
  if (reader->folder == NULL)
    return fail (reader, LIMN_ERROR_UNSUPPORTED, _ ("zip directory"),
                 _ ("there is no data.pkl in it, so it is not a PyTorch checkpoint"));
  const LimnZipEntry *order = find_entry (reader, "byteorder");
  if (order != NULL && (order->n_bytes != 6 || memcmp (order->data, "little", 6) != 0))
    return fail (reader, LIMN_ERROR_UNSUPPORTED, "byteorder", _ ("only “little” is known"));
  const LimnZipEntry *entry = find_entry (reader, "data.pkl");
  reader->pickle =
      limn_pickle_read (reader->file, entry->data, entry->n_bytes, &n_read, reader->error);
  return reader->pickle != NULL && add_all (reader);
}

/* ---- older form ---------------------------------------------------------- */

/* Types of all storages, by key: the older form keeps counts beside the data,
 * types only in the pickle. */
static GHashTable *
list_storage_types (LimnPickle *pickle, guint n_values)
{
  GHashTable *types = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (LimnPickleRef i = 0; i < n_values; i++)
    {
      const LimnPickleValue *value = limn_pickle_get (pickle, i);
      if (value->kind == LIMN_PICKLE_STORAGE)
        g_hash_table_insert (types, g_strndup (value->text, value->text_length), (gpointer) value);
    }
  return types;
}

static gboolean
read_legacy_storage (Reader *reader, const char *key, const LimnPickleValue *value, gsize *pos)
{
  gsize room = limn_mapped_file_get_size (reader->file) - *pos;
  const guint8 *at = limn_mapped_file_get_data (reader->file) + *pos;
  guint bytes = value->number_bytes;
  gint64 n;
  if (room < sizeof n)
    return fail (reader, LIMN_ERROR_TRUNCATED, key, _ ("the file ends before it"));
  memcpy (&n, at, sizeof n);
  if (n != value->number)
    return fail (reader, LIMN_ERROR_CORRUPT, key, _ ("its size is given twice, differently"));
  if ((guint64) n > (room - sizeof n) / bytes)
    return fail (reader, LIMN_ERROR_TRUNCATED, key, _ ("the file ends before its end"));
  add_storage (reader, key, value->number_type, at + sizeof n, (guint64) n);
  *pos += sizeof n + (gsize) n * bytes;
  return TRUE;
}

static gboolean
read_legacy_storages (Reader *reader, LimnPickle *keys, gsize pos, guint n_values)
{
  const LimnPickleValue *list = limn_pickle_get (keys, limn_pickle_get_root (keys));
  g_autoptr (GHashTable) types = list_storage_types (reader->pickle, n_values);
  LimnPickleRef item;
  guint link = 0;
  if (list->kind != LIMN_PICKLE_LIST)
    return fail (reader, LIMN_ERROR_CORRUPT, _ ("list of data"), _ ("it is not a list"));
  while (limn_pickle_next (keys, list, &link, &item))
    {
      const LimnPickleValue *text = limn_pickle_get (keys, item);
      if (text->kind != LIMN_PICKLE_TEXT)
        return fail (reader, LIMN_ERROR_CORRUPT, _ ("list of data"), _ ("a key is not a text"));
      g_autofree char *key = g_strndup (text->text, text->text_length);
      const LimnPickleValue *value = g_hash_table_lookup (types, key);
      if (value == NULL || g_hash_table_contains (reader->storages, key))
        return fail (reader, LIMN_ERROR_CORRUPT, key, _ ("data that nothing uses, or twice"));
      if (!read_legacy_storage (reader, key, value, &pos))
        return FALSE;
    }
  return TRUE;
}

/* Five pickles in a row: magic number, version, facts of the writer, the
 * tensors, the keys of their data; then the data. */
static gboolean
read_legacy (Reader *reader)
{
  const guint8 *data = limn_mapped_file_get_data (reader->file);
  gsize size = limn_mapped_file_get_size (reader->file);
  gsize pos = 0;
  g_autoptr (LimnPickle) keys = NULL;
  for (guint i = 0; i < 5; i++)
    {
      gsize n_read;
      g_autoptr (LimnPickle) pickle =
          limn_pickle_read (reader->file, data + pos, size - pos, &n_read, reader->error);
      if (pickle == NULL)
        return FALSE;
      pos += n_read;
      if (i == 3)
        reader->pickle = g_steal_pointer (&pickle);
      else if (i == 4)
        keys = g_steal_pointer (&pickle);
    }
  return read_legacy_storages (reader, keys, pos, limn_pickle_get_n_values (reader->pickle))
         && add_all (reader);
}

/**
 * limn_torch_open:
 * @file: a checkpoint, valid as long as the result is used
 *
 * Returns: (transfer full): its tensors, named as in the file, or %NULL with
 *   @error set
 */
LimnCheckpoint *
limn_torch_open (LimnMappedFile *file, GError **error)
{
  g_autoptr (LimnCheckpoint) checkpoint = limn_checkpoint_new (file);
  g_autoptr (GHashTable) storages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Reader reader = { file, checkpoint, NULL, NULL, NULL, storages, 0, error };
  gboolean is_read =
      limn_mapped_file_get_data (file)[0] == 'P' ? read_zip (&reader) : read_legacy (&reader);
  limn_pickle_free (reader.pickle);
  g_clear_pointer (&reader.entries, g_hash_table_unref);
  g_free (reader.folder);
  return is_read ? g_steal_pointer (&checkpoint) : NULL;
}
