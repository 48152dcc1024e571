/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models that were taught a list of things understand its names only.  Here a
 * prompt's words find the nearest of them: the same word, another word for it,
 * one that is used of it, its neighbour, or one spelt nearly so. */
#include "vocabulary.h"

#include "../model/model-private.h"
#include "fold.h"
#include "spelling.h"

#include <string.h>

#define MAX_CONCEPTS   65536
#define MAX_NAME_BYTES 256
#define MAX_CANDIDATES 4
#define MAX_WORDS      4

struct _LimnVocabulary
{
  GArray *concepts;  /* LimnConcept */
  GHashTable *names; /* folded name or plural, owned, to index + 1 */
  LimnWordList *english;
  LimnWordList *entries;
};

/* ---- the model's list ------------------------------------------------------- */

static void
add_name (LimnVocabulary *vocabulary, const char *name, guint index)
{
  g_auto (LimnFolded) folded = { 0 };

  limn_fold (&folded, name, strlen (name));
  if (folded.length > 0 && !g_hash_table_contains (vocabulary->names, folded.text))
    g_hash_table_insert (vocabulary->names, g_steal_pointer (&folded.text),
                         GUINT_TO_POINTER (index + 1));
}

static void
read_traits (LimnConcept *concept, const char *text)
{
  static const char letters[] = "rmwho";
  g_auto (GStrv) fields = g_strsplit (text, "|", 3);

  if (g_strv_length (fields) != 3)
    return;
  if (*fields[0] != '\0')
    {
      g_free (concept->plural);
      concept->plural = g_strdup (fields[0]);
    }
  g_free (concept->group);
  concept->group = g_strdup (fields[1]);
  for (guint i = 0; letters[i] != '\0'; i++)
    if (strchr (fields[2], letters[i]) != NULL)
      concept->traits |= 1u << i;
}

static void
add_concept (LimnVocabulary *vocabulary, const char *names, const char *traits)
{
  g_autofree char *valid = g_utf8_make_valid (names, (gssize) MIN (strlen (names), MAX_NAME_BYTES));
  g_autofree char *valid_traits =
      traits == NULL ? NULL
                     : g_utf8_make_valid (traits, (gssize) MIN (strlen (traits), MAX_NAME_BYTES));
  g_auto (GStrv) list = g_strsplit (valid, "|", -1);
  guint index = vocabulary->concepts->len;
  LimnConcept concept = { 0 };

  if (list[0] == NULL || *list[0] == '\0')
    return;
  concept.name = g_strdup (list[0]);
  concept.plural = limn_english_plural (list[0]);
  concept.group = g_strdup ("");
  if (valid_traits != NULL)
    read_traits (&concept, valid_traits);
  g_array_append_val (vocabulary->concepts, concept);
  for (guint i = 0; list[i] != NULL; i++)
    add_name (vocabulary, list[i], index);
}

/* Names go before plurals: "glasses" is a thing of its own. */
static void
add_plurals (LimnVocabulary *vocabulary)
{
  for (guint i = 0; i < vocabulary->concepts->len; i++)
    add_name (vocabulary, g_array_index (vocabulary->concepts, LimnConcept, i).plural, i);
}

LimnVocabulary *
limn_vocabulary_new (const char *const *concepts,
                     gsize n_concepts,
                     const char *const *traits,
                     gsize n_traits)
{
  LimnVocabulary *vocabulary = g_new0 (LimnVocabulary, 1);

  vocabulary->concepts = g_array_new (FALSE, TRUE, sizeof (LimnConcept));
  vocabulary->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  vocabulary->english = limn_lexicon_get_list ("en");
  vocabulary->entries = limn_lexicon_get_list ("entries");
  for (gsize i = 0; i < MIN (n_concepts, MAX_CONCEPTS); i++)
    add_concept (vocabulary, concepts[i], i < n_traits ? traits[i] : NULL);
  add_plurals (vocabulary);
  return vocabulary;
}

LimnVocabulary *
limn_vocabulary_new_for_model (LimnModel *model)
{
  gsize n_concepts = 0, n_traits = 0;
  const char *const *concepts =
      limn_gguf_get_strings (model->gguf, "limn.concepts", &n_concepts, NULL);
  const char *const *traits =
      limn_gguf_get_strings (model->gguf, "limn.concept_traits", &n_traits, NULL);

  if (concepts == NULL || n_concepts == 0)
    return NULL;
  return limn_vocabulary_new (concepts, n_concepts, traits, traits == NULL ? 0 : n_traits);
}

void
limn_vocabulary_free (LimnVocabulary *vocabulary)
{
  for (guint i = 0; i < vocabulary->concepts->len; i++)
    {
      LimnConcept *concept = &g_array_index (vocabulary->concepts, LimnConcept, i);

      g_free (concept->name);
      g_free (concept->plural);
      g_free (concept->group);
    }
  g_array_unref (vocabulary->concepts);
  g_hash_table_unref (vocabulary->names);
  g_free (vocabulary);
}

guint
limn_vocabulary_get_n_concepts (LimnVocabulary *vocabulary)
{
  return vocabulary->concepts->len;
}

const LimnConcept *
limn_vocabulary_get_concept (LimnVocabulary *vocabulary, guint i)
{
  return &g_array_index (vocabulary->concepts, LimnConcept, i);
}

/* text: folded. */
const LimnConcept *
limn_vocabulary_find (LimnVocabulary *vocabulary, const char *text, gsize length)
{
  g_autofree char *name = g_strndup (text, length);
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (vocabulary->names, name));

  return index == 0 ? NULL : limn_vocabulary_get_concept (vocabulary, index - 1);
}

/* ---- English prompts --------------------------------------------------------- */

static gsize
find_words_end (const LimnFolded *folded, gsize start, guint n)
{
  gsize end = start;

  for (; n > 0; n--)
    {
      if (end > start)
        end++;
      if (end >= folded->length)
        return 0;
      while (end < folded->length && folded->text[end] != ' ')
        end++;
    }
  return end;
}

/* Whether the model, or the English list, knows the phrase; a thing's text stays as it was written.
 */
static LimnWordKind
classify (LimnVocabulary *vocabulary, const char *text, gsize length, LimnWord *word)
{
  gboolean is_listed = limn_word_list_find (vocabulary->english, text, length, word);

  if (is_listed && word->kind != LIMN_WORD_NAME && word->kind != LIMN_WORD_KEYWORD
      && word->kind != LIMN_WORD_SYNONYM)
    return word->kind;
  if (!is_listed && limn_vocabulary_find (vocabulary, text, length) == NULL)
    return LIMN_WORD_UNKNOWN;
  *word = (LimnWord){ .key = text, .key_length = length, .value = text, .value_length = length };
  return LIMN_WORD_THING;
}

/* A slip in a word that says what is done or how things are: "ridng", "wering". */
static LimnWordKind
classify_misspelt (LimnVocabulary *vocabulary, const char *text, gsize length, LimnWord *word)
{
  g_autofree char *copy = g_strndup (text, length);
  LimnWord entry;

  if (limn_spelling_tolerance (copy) == 0 || strchr (copy, ' ') != NULL
      || limn_word_list_find (limn_lexicon_get_list ("common"), text, length, &entry))
    return LIMN_WORD_UNKNOWN;
  for (guint i = 0; i < limn_word_list_get_size (vocabulary->english); i++)
    {
      limn_word_list_get_word (vocabulary->english, i, &entry);
      if ((entry.kind == LIMN_WORD_RELATION || entry.kind == LIMN_WORD_ADJECTIVE
           || entry.kind == LIMN_WORD_COLOUR)
          && entry.key_length >= LIMN_SPELLING_MIN
          && limn_spelling_distance (copy, entry.key, entry.key_length, 2) < 2)
        {
          *word = entry;
          return entry.kind;
        }
    }
  return LIMN_WORD_UNKNOWN;
}

/**
 * limn_vocabulary_match:
 *
 * Adds the words of the English text in bytes [@start, @end) of the source to @items.
 */
void
limn_vocabulary_match (LimnVocabulary *vocabulary, LimnItems *items, gsize start, gsize end)
{
  g_auto (LimnFolded) folded = { 0 };
  gsize at = 0;

  limn_fold (&folded, items->source + start, end - start);
  while (at < folded.length)
    {
      LimnWordKind kind = LIMN_WORD_UNKNOWN;
      LimnWord word = { 0 };
      gsize to = 0;

      for (guint n = MAX_WORDS; n > 0 && kind == LIMN_WORD_UNKNOWN; n--)
        {
          to = find_words_end (&folded, at, n);
          if (to != 0)
            kind = classify (vocabulary, folded.text + at, to - at, &word);
        }
      if (kind == LIMN_WORD_UNKNOWN)
        kind = classify_misspelt (vocabulary, folded.text + at, to - at, &word);
      if (kind == LIMN_WORD_UNKNOWN)
        word = (LimnWord){ .value = folded.text + at, .value_length = to - at };
      limn_items_add (items, kind, word.value, word.value_length, start + folded.origin[at],
                      start + folded.origin[to]);
      at = to + 1;
    }
}

/* ---- the nearest thing --------------------------------------------------------- */

static void
add_candidate (GPtrArray *found, const LimnConcept *concept)
{
  if (concept != NULL && found->len < MAX_CANDIDATES && !g_ptr_array_find (found, concept, NULL))
    g_ptr_array_add (found, (gpointer) concept);
}

/* The concept that an entry of the lexicon is, by any of its names. */
static const LimnConcept *
concept_of_entry (LimnVocabulary *vocabulary, const char *names, gsize length)
{
  g_autofree char *copy = g_strndup (names, length);
  g_auto (GStrv) list = g_strsplit (copy, "|", -1);

  for (guint i = 0; list[i] != NULL; i++)
    {
      g_auto (LimnFolded) folded = { 0 };
      const LimnConcept *concept;

      limn_fold (&folded, list[i], strlen (list[i]));
      concept = limn_vocabulary_find (vocabulary, folded.text, folded.length);
      if (concept != NULL)
        return concept;
    }
  return NULL;
}

/* numbers: "12,7"; with_neighbours: the things near those entries, not themselves. */
static void
add_entries (LimnVocabulary *vocabulary,
             GPtrArray *found,
             const char *numbers,
             gsize length,
             gboolean with_neighbours)
{
  g_autofree char *copy = g_strndup (numbers, length);
  g_auto (GStrv) list = g_strsplit (copy, ",", -1);

  for (guint i = 0; list[i] != NULL; i++)
    {
      guint64 n = g_ascii_strtoull (list[i], NULL, 10);
      const char *tab;
      LimnWord entry;

      if (n >= limn_word_list_get_size (vocabulary->entries))
        continue;
      limn_word_list_get_word (vocabulary->entries, (guint) n, &entry);
      tab = memchr (entry.value, '\t', entry.value_length);
      if (tab == NULL)
        continue;
      if (with_neighbours)
        add_entries (vocabulary, found, tab + 1,
                     (gsize) (entry.value + entry.value_length - tab - 1), FALSE);
      else
        add_candidate (found,
                       concept_of_entry (vocabulary, entry.value, (gsize) (tab - entry.value)));
    }
}

/* What the English list says of the word: its synonym, or the entries it belongs to. */
static void
add_listed (LimnVocabulary *vocabulary, GPtrArray *found, const char *text, gsize length)
{
  LimnWord word;

  add_candidate (found, limn_vocabulary_find (vocabulary, text, length));
  if (!limn_word_list_find (vocabulary->english, text, length, &word))
    return;
  if (word.kind == LIMN_WORD_SYNONYM)
    {
      g_auto (LimnFolded) folded = { 0 };

      limn_fold (&folded, word.value, word.value_length);
      add_candidate (found, limn_vocabulary_find (vocabulary, folded.text, folded.length));
      if (limn_word_list_find (vocabulary->english, folded.text, folded.length, &word)
          && word.kind == LIMN_WORD_SYNONYM)
        return;
    }
  if (word.kind != LIMN_WORD_NAME && word.kind != LIMN_WORD_KEYWORD)
    return;
  add_entries (vocabulary, found, word.value, word.value_length, FALSE);
  add_entries (vocabulary, found, word.value, word.value_length, TRUE);
}

/* Without an ending: "cats", "foxes", "berries", "wolves", "wizard's", "frogging". */
static gboolean
add_without_ending (LimnVocabulary *vocabulary, GPtrArray *found, const char *text)
{
  static const char *const endings[][2] = { { "ies", "y" }, { "ves", "f" }, { "ves", "fe" },
                                            { "es", "" },   { "s", "" },    { " s", "" },
                                            { "ing", "" },  { "ing", "e" }, { "ed", "" },
                                            { "ish", "" },  { "like", "" }, { "y", "" } };

  for (guint i = 0; i < G_N_ELEMENTS (endings) && found->len == 0; i++)
    if (g_str_has_suffix (text, endings[i][0]) && strlen (text) > strlen (endings[i][0]) + 2)
      {
        g_autofree char *stem = g_strndup (text, strlen (text) - strlen (endings[i][0]));
        g_autofree char *whole = g_strconcat (stem, endings[i][1], NULL);

        add_listed (vocabulary, found, whole, strlen (whole));
        if (found->len > 0)
          return i < 5; /* a plural */
      }
  return FALSE;
}

static gboolean
is_nearer (const char *text, const char *word, gsize length, guint *best)
{
  guint distance = limn_spelling_distance (text, word, length, *best);

  if (distance >= *best)
    return FALSE;
  *best = distance;
  return TRUE;
}

/* The model's names first, then all of English; the first letter must be right. */
static void
add_misspelt (LimnVocabulary *vocabulary, GPtrArray *found, const char *text)
{
  guint best = limn_spelling_tolerance (text) + 1;
  const char *nearest = NULL;
  GHashTableIter iter;
  gpointer key;
  LimnWord word, hit = { 0 };

  if (best == 1)
    return;
  g_hash_table_iter_init (&iter, vocabulary->names);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      guint before = best;

      if (is_nearer (text, key, strlen (key), &best)
          || (nearest != NULL && strcmp (key, nearest) < 0 && best == before
              && limn_spelling_distance (text, key, strlen (key), best + 1) == best))
        nearest = key; /* of equals the first by name, whatever the table's order */
    }
  for (guint i = 0; i < limn_word_list_get_size (vocabulary->english); i++)
    {
      limn_word_list_get_word (vocabulary->english, i, &word);
      if (word.key_length >= LIMN_SPELLING_MIN
          && is_nearer (text, word.key, word.key_length, &best))
        hit = word;
    }
  if (hit.key != NULL)
    add_listed (vocabulary, found, hit.key, hit.key_length);
  else if (nearest != NULL)
    add_candidate (found, limn_vocabulary_find (vocabulary, nearest, strlen (nearest)));
}

static void
fill_choice (LimnChoice *choice, GPtrArray *found, gboolean is_plural)
{
  g_autoptr (GStrvBuilder) others = g_strv_builder_new ();

  for (guint i = 1; i < found->len; i++)
    g_strv_builder_add (others, ((const LimnConcept *) g_ptr_array_index (found, i))->name);
  choice->others = g_strv_builder_end (others);
  choice->is_changed = TRUE;
  if (found->len == 0)
    {
      choice->kind = LIMN_REPLACEMENT_UNKNOWN;
      choice->text = g_strdup ("");
      return;
    }
  choice->text = g_strdup (is_plural ? ((const LimnConcept *) g_ptr_array_index (found, 0))->plural
                                     : ((const LimnConcept *) g_ptr_array_index (found, 0))->name);
}

/**
 * limn_vocabulary_choose:
 * @text: an English word or phrase
 * @choice: (out caller-allocates): free with limn_choice_clear()
 *
 * Finds what the model can draw for @text.
 */
void
limn_vocabulary_choose (LimnVocabulary *vocabulary, const char *text, LimnChoice *choice)
{
  g_auto (LimnFolded) folded = { 0 };
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  gboolean is_plural = FALSE;
  LimnWord word;

  memset (choice, 0, sizeof *choice);
  limn_fold (&folded, text, strlen (text));
  if (limn_vocabulary_find (vocabulary, folded.text, folded.length) != NULL
      || (limn_word_list_find (vocabulary->english, folded.text, folded.length, &word)
          && word.kind == LIMN_WORD_THING)) /* such as "background" */
    {
      choice->text = g_strdup (folded.text);
      return;
    }
  choice->kind = LIMN_REPLACEMENT_NEAREST;
  add_listed (vocabulary, found, folded.text, folded.length);
  if (found->len == 0)
    is_plural = add_without_ending (vocabulary, found, folded.text);
  if (found->len == 0
      && !limn_word_list_find (limn_lexicon_get_list ("common"), folded.text, folded.length, &word))
    {
      choice->kind = LIMN_REPLACEMENT_SPELLING;
      add_misspelt (vocabulary, found, folded.text);
    }
  fill_choice (choice, found, is_plural);
}

void
limn_choice_clear (LimnChoice *choice)
{
  g_clear_pointer (&choice->text, g_free);
  g_clear_pointer (&choice->others, g_strfreev);
}

/* ---- English ------------------------------------------------------------------- */

/**
 * limn_english_plural:
 *
 * Returns: (transfer full): more than one @noun
 */
char *
limn_english_plural (const char *noun)
{
  static const char *const odd[][2] = {
    { "man", "men" },         { "person", "people" },   { "child", "children" },
    { "mouse", "mice" },      { "goose", "geese" },     { "foot", "feet" },
    { "tooth", "teeth" },     { "fish", "fish" },       { "sheep", "sheep" },
    { "deer", "deer" },       { "wolf", "wolves" },     { "leaf", "leaves" },
    { "knife", "knives" },    { "scarf", "scarves" },   { "bread", "bread" },
    { "glasses", "glasses" }, { "potato", "potatoes" }, { "tomato", "tomatoes" }
  };
  gsize n = strlen (noun);

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    if (g_str_has_suffix (noun, odd[i][0]))
      return g_strdup_printf ("%.*s%s", (int) (n - strlen (odd[i][0])), noun, odd[i][1]);
  if (n > 1 && noun[n - 1] == 'y' && strchr ("aeiou", noun[n - 2]) == NULL)
    return g_strdup_printf ("%.*sies", (int) (n - 1), noun);
  if (g_str_has_suffix (noun, "s") || g_str_has_suffix (noun, "x") || g_str_has_suffix (noun, "ch")
      || g_str_has_suffix (noun, "sh"))
    return g_strconcat (noun, "es", NULL);
  return g_strconcat (noun, "s", NULL);
}
