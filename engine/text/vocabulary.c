/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of things that a model was taught, and the words of English prompts that name them or
 * hold a sentence together.  What other words come nearest to is nearest.c's. */
#include "vocabulary-private.h"

#include "../model/model-private.h"
#include "fold.h"
#include "spelling.h"

#include <string.h>

#define MAX_CONCEPTS   65536
#define MAX_NAME_BYTES 256
#define MAX_STYLES     256
#define MAX_WORDS      6

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
  vocabulary->styles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
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
  gsize n_concepts = 0, n_traits = 0, n_styles = 0;
  const char *const *concepts =
      limn_gguf_get_strings (model->gguf, "limn.concepts", &n_concepts, NULL);
  const char *const *traits =
      limn_gguf_get_strings (model->gguf, "limn.concept_traits", &n_traits, NULL);
  const char *const *styles = limn_gguf_get_strings (model->gguf, "limn.styles", &n_styles, NULL);
  LimnVocabulary *vocabulary;

  if (concepts == NULL || n_concepts == 0)
    return NULL;
  vocabulary = limn_vocabulary_new (concepts, n_concepts, traits, traits == NULL ? 0 : n_traits);
  limn_vocabulary_add_styles (vocabulary, styles, styles == NULL ? 0 : n_styles);
  return vocabulary;
}

/**
 * limn_vocabulary_add_styles:
 * @styles: (array length=n_styles): as the lexicon calls them, "pixel art"
 *
 * Says in which styles the model can draw.  Other ones are not asked of it.
 */
void
limn_vocabulary_add_styles (LimnVocabulary *vocabulary, const char *const *styles, gsize n_styles)
{
  for (gsize i = 0; i < MIN (n_styles, MAX_STYLES); i++)
    g_hash_table_add (vocabulary->styles, g_utf8_make_valid (styles[i], -1));
}

gboolean
limn_vocabulary_has_style (LimnVocabulary *vocabulary, const char *style)
{
  return g_hash_table_contains (vocabulary->styles, style);
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
  g_hash_table_unref (vocabulary->styles);
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

/* "black cat" and "man walking" are no things of the model's, but their words are: they say it
 * better than what is near to the whole. */
static gboolean
is_said_by_words (LimnVocabulary *vocabulary, const LimnWord *word)
{
  return (word->kind == LIMN_WORD_NAME || word->kind == LIMN_WORD_KEYWORD)
         && limn_vocabulary_find_within (vocabulary, word->key, word->key_length, FALSE) != NULL
         && !limn_vocabulary_has_listed (vocabulary, word);
}

/* Whether the model, or the English list, knows the phrase; a thing's text stays as it was written.
 */
static LimnWordKind
classify (LimnVocabulary *vocabulary, const char *text, gsize length, LimnWord *word)
{
  gboolean is_listed = limn_word_list_find (vocabulary->english, text, length, word);
  gboolean is_own = limn_vocabulary_find (vocabulary, text, length) != NULL;

  if (!is_own && (!is_listed || is_said_by_words (vocabulary, word)))
    return LIMN_WORD_UNKNOWN;
  if (is_listed && word->kind != LIMN_WORD_NAME && word->kind != LIMN_WORD_KEYWORD
      && word->kind != LIMN_WORD_SYNONYM
      && !(is_own && (word->kind == LIMN_WORD_THING || word->kind == LIMN_WORD_SKIP)))
    return word->kind;
  *word = (LimnWord){ .key = text, .key_length = length, .value = text, .value_length = length };
  return LIMN_WORD_THING;
}

/* "sitting on" of "sitting on the beach": the place says it all. */
static gboolean
leads_to_place (LimnVocabulary *vocabulary, const LimnFolded *folded, gsize at, gsize to)
{
  gsize last = to;
  LimnWord word;

  while (last > at && folded->text[last - 1] != ' ')
    last--;
  for (guint n = MAX_WORDS; last > at && n > 1; n--)
    {
      gsize end = find_words_end (folded, last, n);

      if (end != 0
          && classify (vocabulary, folded->text + last, end - last, &word) == LIMN_WORD_PLACE)
        return TRUE;
    }
  return FALSE;
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
          if (kind == LIMN_WORD_RELATION && leads_to_place (vocabulary, &folded, at, to))
            kind = LIMN_WORD_UNKNOWN;
        }
      if (kind == LIMN_WORD_UNKNOWN)
        kind = classify_misspelt (vocabulary, folded.text + at, to - at, &word);
      if (kind == LIMN_WORD_UNKNOWN)
        word = (LimnWord){ .value = folded.text + at, .value_length = to - at };
      limn_items_add (items, kind, word.value, word.value_length, start + folded.origin[at],
                      start + folded.origin[to])
          ->is_bare = memchr (folded.text + at, ' ', to - at) == NULL;
      at = to + 1;
    }
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
