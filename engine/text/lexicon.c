/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The word lists of all languages, in one compact resource; a language is
 * unpacked when it is first asked for and then kept.  A list is text, sorted
 * lines of key, kind and value, that is searched where it lies. */
#include "lexicon.h"

#include "lexicon-resources.h"
#include "stem.h"

#include <string.h>

#define RESOURCE_PATH  "/io/github/limn_app/Limn/lexicon/lexicon.gvariant"
#define MAX_LIST_BYTES (4 * 1024 * 1024)

struct _LimnWordList
{
  char *name;
  char *text;
  guint32 *lines; /* (n_lines + 1) offsets of the lines */
  guint n_lines;
  gsize stems_ready;
  GHashTable *stems; /* stem, owned, to line + 1 */
};

static GVariant *
load_file (void)
{
  g_autoptr (GBytes) bytes = g_resource_lookup_data (limn_lexicon_get_resource (), RESOURCE_PATH,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GVariant) stored = NULL;

  if (bytes == NULL)
    return NULL;
  stored = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE ("a(say)"), bytes, FALSE));
  return G_BYTE_ORDER == G_LITTLE_ENDIAN ? g_steal_pointer (&stored) : g_variant_byteswap (stored);
}

static char *
inflate_list (GVariant *packed, gsize *length)
{
  g_autoptr (GConverter) converter =
      G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
  g_autoptr (GInputStream) memory = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autofree char *text = g_malloc (MAX_LIST_BYTES);
  gsize n_bytes;
  const void *data = g_variant_get_fixed_array (packed, &n_bytes, 1);

  memory = g_memory_input_stream_new_from_data (data, (gssize) n_bytes, NULL);
  stream = g_converter_input_stream_new (memory, converter);
  if (!g_input_stream_read_all (stream, text, MAX_LIST_BYTES - 1, length, NULL, NULL))
    return NULL;
  text[*length] = '\0';
  return g_realloc (g_steal_pointer (&text), *length + 1);
}

static void
index_lines (LimnWordList *list, gsize length)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 start = 0; start < length;)
    {
      const char *end = memchr (list->text + start, '\n', length - start);

      g_array_append_val (lines, start);
      start = end == NULL ? (guint32) length : (guint32) (end - list->text) + 1;
    }
  list->n_lines = lines->len;
  g_array_append_val (lines, (guint32){ (guint32) length });
  list->lines = (guint32 *) (void *) g_array_free (lines, FALSE);
}

static LimnWordList *
load_list (GVariant *file, const char *name)
{
  gsize n = file == NULL ? 0 : g_variant_n_children (file);

  for (gsize i = 0; i < n; i++)
    {
      const char *found;
      g_autoptr (GVariant) packed = NULL;
      LimnWordList *list;
      gsize length;

      g_variant_get_child (file, i, "(&s@ay)", &found, &packed);
      if (!g_str_equal (found, name))
        continue;
      list = g_new0 (LimnWordList, 1);
      list->name = g_strdup (name);
      list->text = inflate_list (packed, &length);
      if (list->text == NULL)
        list->text = g_strdup ("");
      index_lines (list, strlen (list->text));
      return list;
    }
  return NULL;
}

LimnWordList *
limn_lexicon_get_list (const char *name)
{
  static GMutex mutex;
  static GVariant *file;    /* for ever */
  static GHashTable *lists; /* name to list or NULL, for ever */
  gpointer list = NULL;

  g_mutex_lock (&mutex);
  if (lists == NULL)
    {
      lists = g_hash_table_new (g_str_hash, g_str_equal);
      file = load_file ();
    }
  if (!g_hash_table_lookup_extended (lists, name, NULL, &list))
    {
      list = load_list (file, name);
      g_hash_table_insert (lists, g_strdup (name), list);
    }
  g_mutex_unlock (&mutex);
  return list;
}

guint
limn_word_list_get_size (LimnWordList *list)
{
  return list->n_lines;
}

/* A line without tabs is a key alone. */
void
limn_word_list_get_word (LimnWordList *list, guint i, LimnWord *word)
{
  const char *line = list->text + list->lines[i];
  const char *end = list->text + list->lines[i + 1];
  const char *tab;

  if (end > line && end[-1] == '\n')
    end--;
  tab = memchr (line, '\t', (gsize) (end - line));
  *word = (LimnWord){ .key = line, .key_length = (gsize) ((tab != NULL ? tab : end) - line) };
  if (tab != NULL && end - tab >= 3)
    {
      word->kind = (LimnWordKind) tab[1];
      word->value = tab + 3;
      word->value_length = (gsize) (end - word->value);
    }
}

static int
compare (const char *a, gsize a_length, const char *b, gsize b_length)
{
  int order = memcmp (a, b, MIN (a_length, b_length));

  return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

/**
 * limn_word_list_find:
 * @key: folded words
 * @length: bytes of @key
 * @word: (out caller-allocates)
 *
 * Returns: whether the list has @key as it stands
 */
gboolean
limn_word_list_find (LimnWordList *list, const char *key, gsize length, LimnWord *word)
{
  guint low = 0, high = list == NULL ? 0 : list->n_lines;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      int order;

      limn_word_list_get_word (list, middle, word);
      order = compare (word->key, word->key_length, key, length);
      if (order == 0)
        return TRUE;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return FALSE;
}

static gboolean
has_forms (const LimnWord *word)
{
  return word->kind == LIMN_WORD_THING || word->kind == LIMN_WORD_COLOUR
         || word->kind == LIMN_WORD_ADJECTIVE || word->kind == LIMN_WORD_PLACE;
}

static void
index_stems (LimnWordList *list)
{
  list->stems = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < list->n_lines; i++)
    {
      LimnWord word;
      char *stem;

      limn_word_list_get_word (list, i, &word);
      if (!has_forms (&word) || memchr (word.key, ' ', word.key_length) != NULL)
        continue;
      stem = limn_stem (list->name, word.key, word.key_length);
      if (stem == NULL || g_hash_table_contains (list->stems, stem))
        g_free (stem);
      else
        g_hash_table_insert (list->stems, stem, GUINT_TO_POINTER (i + 1));
    }
}

/**
 * limn_word_list_find_stem:
 *
 * Returns: whether the list has a word that differs from @key by its ending only
 */
gboolean
limn_word_list_find_stem (LimnWordList *list, const char *key, gsize length, LimnWord *word)
{
  gsize start = limn_stem_find_start (list->name, key, length);
  g_autofree char *stem = limn_stem (list->name, key, length);
  guint line;

  if (stem == NULL)
    return FALSE;
  if ((start > 0 && limn_word_list_find (list, key + start, length - start, word))
      || limn_word_list_find (list, stem, strlen (stem), word))
    return TRUE;
  if (g_once_init_enter (&list->stems_ready))
    {
      index_stems (list);
      g_once_init_leave (&list->stems_ready, 1);
    }
  line = GPOINTER_TO_UINT (g_hash_table_lookup (list->stems, stem));
  if (line == 0)
    return FALSE;
  limn_word_list_get_word (list, line - 1, word);
  return TRUE;
}
