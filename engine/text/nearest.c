/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model that was taught a list of things can draw for any English word: the same thing,
 * another word for it, one that is used of it, its neighbour, or one spelt nearly so. */
#include "fold.h"
#include "spelling.h"
#include "vocabulary-private.h"

#include <string.h>

#define MAX_CANDIDATES 4

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

/* Whether the model draws what a line of the English list names, and not only a neighbour of it. */
gboolean
limn_vocabulary_has_listed (LimnVocabulary *vocabulary, const LimnWord *word)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  add_entries (vocabulary, found, word->value, word->value_length, FALSE);
  return found->len > 0;
}

/**
 * limn_vocabulary_find_within:
 * @text: folded words
 * @length: bytes of @text
 * @only_head: whether the word must be what the others are said about, as "man" in "man with
 *   beard" and "boot" in "woman's boot"
 *
 * Returns: (nullable): what the model draws for one of several words, the last first
 */
const LimnConcept *
limn_vocabulary_find_within (LimnVocabulary *vocabulary,
                             const char *text,
                             gsize length,
                             gboolean only_head)
{
  g_autofree char *copy = g_strndup (text, length);
  g_auto (GStrv) words = g_strsplit (copy, " ", -1);
  guint n = g_strv_length (words);

  if (only_head && g_strv_contains ((const char *const *) words, "and"))
    return NULL; /* "couch and lamp" is said about neither */
  for (guint i = n; i > 0 && n > 1; i--)
    {
      const LimnConcept *concept =
          limn_vocabulary_find (vocabulary, words[i - 1], strlen (words[i - 1]));

      if (concept != NULL && (!only_head || i == n || g_str_equal (words[i], "with")))
        return concept;
    }
  return NULL;
}

/* What the English list says of the word: its synonym, or the entries it belongs to. */
static void
add_listed (LimnVocabulary *vocabulary, GPtrArray *found, const char *text, gsize length)
{
  LimnWord word;

  add_candidate (found, limn_vocabulary_find (vocabulary, text, length));
  if (!limn_word_list_find (vocabulary->english, text, length, &word))
    return;
  if (word.kind == LIMN_WORD_SYNONYM || word.kind == LIMN_WORD_THING)
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
  if (found->len == 0)
    add_candidate (found, limn_vocabulary_find_within (vocabulary, text, length, TRUE));
  if (word.kind == LIMN_WORD_NAME) /* what is near to a remark is far */
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
      if (word.key_length >= LIMN_SPELLING_MIN && word.kind != LIMN_WORD_KEYWORD
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

/* Whether a word stays as it is: the model has it, or was taught it, such as "background". */
static gboolean
is_taught (LimnVocabulary *vocabulary, const LimnFolded *folded, const LimnWord *listed)
{
  return limn_vocabulary_find (vocabulary, folded->text, folded->length) != NULL
         || (listed->kind == LIMN_WORD_THING && listed->value_length == folded->length
             && memcmp (listed->value, folded->text, folded->length) == 0);
}

/* Everyday English, verbs, and words that the list has something to say about are no slips. */
static gboolean
may_be_misspelt (const LimnFolded *folded, const LimnWord *listed)
{
  LimnWord word;

  return listed->key == NULL && !g_str_has_suffix (folded->text, "ing")
         && !limn_word_list_find (limn_lexicon_get_list ("common"), folded->text, folded->length,
                                  &word);
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
  LimnWord listed;

  memset (choice, 0, sizeof *choice);
  limn_fold (&folded, text, strlen (text));
  if (!limn_word_list_find (vocabulary->english, folded.text, folded.length, &listed))
    listed = (LimnWord){ 0 };
  if (is_taught (vocabulary, &folded, &listed))
    {
      choice->text = g_strdup (folded.text);
      return;
    }
  choice->kind = LIMN_REPLACEMENT_NEAREST;
  if (listed.kind != LIMN_WORD_SKIP) /* nothing to draw */
    {
      add_listed (vocabulary, found, folded.text, folded.length);
      if (found->len == 0)
        is_plural = add_without_ending (vocabulary, found, folded.text);
    }
  if (found->len == 0 && may_be_misspelt (&folded, &listed))
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
