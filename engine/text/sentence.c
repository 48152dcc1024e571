/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts words together: words make phrases ("two" "red" "cats"), phrases a sentence.  Which of
 * them are places is place.c's, their English order order.c's.  Unknown words go, with what
 * was said about them. */
#include "sentence-private.h"

#include <string.h>

static void
phrase_free (gpointer data)
{
  LimnPhrase *phrase = data;

  g_clear_pointer (&phrase->before, g_ptr_array_unref);
  g_free (phrase->text);
  g_free (phrase);
}

/* @vocabulary: (nullable): of the model with a list of things, see caption.c */
LimnSentence *
limn_sentence_new (LimnVocabulary *vocabulary)
{
  LimnSentence *sentence = g_new0 (LimnSentence, 1);

  sentence->vocabulary = vocabulary;
  sentence->phrases = g_ptr_array_new_with_free_func (phrase_free);
  sentence->text = g_string_new (NULL);
  return sentence;
}

void
limn_phrase_set_text (LimnPhrase *phrase, const char *text)
{
  g_free (phrase->text);
  phrase->text = g_strdup (text);
}

static LimnPhrase *
add_phrase (LimnSentence *sentence, LimnWordKind kind, const char *text)
{
  LimnPhrase *phrase = g_new0 (LimnPhrase, 1);

  phrase->kind = kind;
  phrase->text = g_strdup (text);
  if (kind == LIMN_WORD_THING)
    phrase->before = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (sentence->phrases, phrase);
  return phrase;
}

static gboolean
looks_plural (const char *noun)
{
  return g_str_has_suffix (noun, "s") && !g_str_has_suffix (noun, "ss")
         && !g_str_has_suffix (noun, "us");
}

/* The noun phrase that is being built, or a new one. */
static LimnPhrase *
open_phrase (LimnSentence *sentence, gboolean needs_no_noun)
{
  LimnPhrase *last =
      sentence->phrases->len == 0 ? NULL : limn_sentence_get (sentence, sentence->phrases->len - 1);

  if (last != NULL && last->kind == LIMN_WORD_THING && (!needs_no_noun || last->text == NULL))
    return last;
  return add_phrase (sentence, LIMN_WORD_THING, NULL);
}

static void
add_noun (LimnSentence *sentence, const LimnItem *item)
{
  LimnPhrase *phrase = open_phrase (sentence, TRUE);
  guint n = sentence->phrases->len;

  /* "a sword" that became "swords" */
  if (looks_plural (item->text) && phrase->before->len == 0 && n > 1
      && limn_sentence_get (sentence, n - 2)->kind == LIMN_WORD_SKIP)
    g_ptr_array_remove_index (sentence->phrases, n - 2);
  phrase->text = g_strdup (item->text);
  phrase->is_foreign = item->is_foreign;
}

static void
add_attribute (LimnSentence *sentence, const LimnItem *item)
{
  LimnPhrase *phrase = open_phrase (sentence, item->kind == LIMN_WORD_NUMBER || !item->is_foreign);

  if (item->kind == LIMN_WORD_NUMBER)
    {
      phrase->has_number = TRUE;
      phrase->is_number_plural = !g_str_equal (item->text, "one");
      g_ptr_array_insert (phrase->before, 0,
                          g_strdup (phrase->is_number_plural ? item->text : "a"));
      phrase->n_first++;
      return;
    }
  /* "big red", not "red big" */
  g_ptr_array_insert (phrase->before,
                      item->kind == LIMN_WORD_ADJECTIVE ? (int) phrase->n_first : -1,
                      g_strdup (item->text));
  phrase->n_first += item->kind == LIMN_WORD_ADJECTIVE ? 1 : 0;
}

gboolean
limn_phrase_is_locative (const LimnPhrase *phrase)
{
  return phrase->kind == LIMN_WORD_AT || phrase->kind == LIMN_WORD_AFTER
         || (phrase->kind == LIMN_WORD_RELATION
             && (g_str_equal (phrase->text, "on") || g_str_equal (phrase->text, "in")
                 || g_str_equal (phrase->text, "at")));
}

/* Of two in a row the one that says more: "montando en", "sitzt auf". */
static void
add_relation (LimnSentence *sentence, const LimnItem *item)
{
  guint n = sentence->phrases->len;
  LimnPhrase *last = n == 0 ? NULL : limn_sentence_get (sentence, n - 1);
  LimnPhrase *phrase = add_phrase (sentence, LIMN_WORD_RELATION, item->text);

  if (item->is_foreign && last != NULL && last->kind == LIMN_WORD_RELATION)
    g_ptr_array_remove_index (
        sentence->phrases,
        limn_phrase_is_locative (phrase) || g_str_equal (phrase->text, "of") ? n : n - 1);
}

/**
 * limn_sentence_add:
 * @item: a word with its English text
 *
 * Adds a word to the part that is being read.
 */
void
limn_sentence_add (LimnSentence *sentence, const LimnItem *item)
{
  switch (item->kind)
    {
    case LIMN_WORD_NUMBER:
    case LIMN_WORD_COLOUR:
    case LIMN_WORD_ADJECTIVE:
      add_attribute (sentence, item);
      break;
    case LIMN_WORD_THING:
      add_noun (sentence, item);
      break;
    case LIMN_WORD_SKIP:
      if (!item->is_foreign && *item->text != '\0')
        add_phrase (sentence, LIMN_WORD_SKIP, item->text);
      break;
    case LIMN_WORD_RELATION:
      add_relation (sentence, item);
      break;
    case LIMN_WORD_PLACE:
      add_phrase (sentence, LIMN_WORD_PLACE, item->text)->is_bare = item->is_bare;
      break;
    default:
      add_phrase (sentence, item->kind, item->text);
    }
}

/* ---- text ------------------------------------------------------------------------ */

/* Things without "a". */
gboolean
limn_english_is_uncountable (const char *noun)
{
  static const char *const nouns[] = {
    "honey",     "coffee", "tea",   "milk",      "beer",  "wine",  "water", "bread",  "rice",
    "cheese",    "fire",   "snow",  "money",     "sushi", "salad", "bacon", "butter", "popcorn",
    "spaghetti", "ice",    "space", "chocolate", "mars",  "soda",  "meat",  NULL
  };

  return g_strv_contains (nouns, noun);
}

static void
append_word (GString *text, const char *word)
{
  if (*word == '\0')
    return;
  /* "a" before a vowel */
  if (g_str_equal (word, "a") == FALSE && strchr ("aeiou", word[0]) != NULL
      && !g_str_has_prefix (word, "uni") && !g_str_has_prefix (word, "ufo")
      && !g_str_has_prefix (word, "one")
      && (g_str_equal (text->str, "a") || g_str_has_suffix (text->str, " a")))
    g_string_append_c (text, 'n');
  if (text->len > 0)
    g_string_append_c (text, ' ');
  g_string_append (text, word);
}

static void
append_noun_phrase (GString *text, const LimnPhrase *phrase)
{
  const char *noun = phrase->text == NULL ? "" : phrase->text;
  g_autofree char *plural = NULL;

  if (phrase->is_foreign && *noun != '\0' && !phrase->has_number && !looks_plural (noun)
      && !limn_english_is_uncountable (noun))
    append_word (text, "a");
  for (guint i = 0; i < phrase->before->len; i++)
    append_word (text, g_ptr_array_index (phrase->before, i));
  if (phrase->is_foreign && phrase->is_number_plural && *noun != '\0' && !looks_plural (noun))
    noun = plural = limn_english_plural (noun);
  append_word (text, noun);
}

static gboolean
needs_and (LimnSentence *sentence, guint i)
{
  return i > 0 && limn_sentence_is (sentence, i, LIMN_WORD_THING)
         && limn_sentence_is (sentence, i - 1, LIMN_WORD_THING)
         && limn_sentence_get (sentence, i)->is_foreign
         && limn_sentence_get (sentence, i - 1)->text != NULL;
}

static void
append_phrase (LimnSentence *sentence, guint i)
{
  LimnPhrase *phrase = limn_sentence_get (sentence, i);

  switch (phrase->kind)
    {
    case LIMN_WORD_THING:
      if (g_strcmp0 (phrase->text, "background") == 0 && phrase->is_foreign && i > 0
          && !limn_sentence_is (sentence, i - 1, LIMN_WORD_RELATION))
        append_word (sentence->text, "on");
      else if (needs_and (sentence, i))
        append_word (sentence->text, "and");
      append_noun_phrase (sentence->text, phrase);
      break;
    case LIMN_WORD_DE:
    case LIMN_WORD_AT:
      break;
    default:
      if (phrase->is_apart && sentence->text->len > 0
          && !g_str_has_suffix (sentence->text->str, ","))
        g_string_append_c (sentence->text, ',');
      append_word (sentence->text, phrase->text);
    }
}

static gboolean
is_nameless (LimnSentence *sentence, guint i)
{
  return limn_sentence_is (sentence, i, LIMN_WORD_THING)
         && g_strcmp0 (limn_sentence_get (sentence, i)->text, "") == 0;
}

/* "with a red", whose thing nobody knows. */
static void
name_colours (LimnSentence *sentence)
{
  for (guint i = 1; i < sentence->phrases->len; i++)
    {
      guint before = limn_sentence_is (sentence, i - 1, LIMN_WORD_SKIP) && i > 1 ? i - 2 : i - 1;

      if (limn_sentence_is (sentence, i, LIMN_WORD_THING)
          && limn_sentence_get (sentence, i)->text == NULL
          && limn_sentence_is (sentence, before, LIMN_WORD_RELATION))
        limn_sentence_get (sentence, i)->text = g_strdup ("");
    }
}

/* Things that nobody knows: before another thing it was a word about that one,
 * else what is said about it goes with it. */
static void
drop_nameless_attributes (LimnSentence *sentence)
{
  for (guint i = sentence->phrases->len; i-- > 0;)
    if (is_nameless (sentence, i) && limn_sentence_is (sentence, i + 1, LIMN_WORD_THING)
        && limn_sentence_get (sentence, i + 1)->text != NULL)
      limn_sentence_remove (sentence, i);
}

static void
drop_nameless (LimnSentence *sentence)
{
  for (guint i = sentence->phrases->len; i-- > 0;)
    {
      if (!is_nameless (sentence, i))
        continue;
      limn_sentence_remove (sentence, i);
      while (i > 0
             && (limn_sentence_is (sentence, i - 1, LIMN_WORD_SKIP)
                 || limn_sentence_is (sentence, i - 1, LIMN_WORD_RELATION)))
        limn_sentence_remove (sentence, --i);
      if (i == 0
          && (limn_sentence_is (sentence, 0, LIMN_WORD_RELATION)
              || limn_sentence_is (sentence, 0, LIMN_WORD_AND)))
        limn_sentence_remove (sentence, 0);
    }
}

/* Whether a word is left over: an "and", or a relation, that no thing follows or precedes, or an
 * article.  Places have prepositions of their own. */
static gboolean
is_loose (LimnSentence *sentence, guint i)
{
  gboolean has_right = limn_sentence_is (sentence, i + 1, LIMN_WORD_THING)
                       || limn_sentence_is (sentence, i + 1, LIMN_WORD_SKIP)
                       || limn_sentence_is (sentence, i + 1, LIMN_WORD_UNKNOWN);

  switch (limn_sentence_get (sentence, i)->kind)
    {
    case LIMN_WORD_AND:
      return !has_right || i == 0;
    case LIMN_WORD_RELATION:
    case LIMN_WORD_AFTER:
      return !has_right;
    case LIMN_WORD_SKIP:
      return !has_right && !limn_sentence_is (sentence, i + 1, LIMN_WORD_STYLE);
    default:
      return FALSE;
    }
}

static void
drop_loose_ends (LimnSentence *sentence)
{
  for (guint i = sentence->phrases->len; i-- > 0;)
    if (is_loose (sentence, i))
      limn_sentence_remove (sentence, i);
  /* nobody wears it; any English may begin with "riding", but not with "of" */
  while (sentence->text->len == 0 && limn_sentence_is (sentence, 0, LIMN_WORD_RELATION)
         && (sentence->vocabulary != NULL
             || g_str_equal (limn_sentence_get (sentence, 0)->text, "of")))
    limn_sentence_remove (sentence, 0);
}

/**
 * limn_sentence_end_part:
 * @locale: (nullable): the language of the words since the last end, %NULL for
 *   words that are in order
 *
 * Writes the words added so far.
 */
void
limn_sentence_end_part (LimnSentence *sentence, const char *locale)
{
  if (locale != NULL)
    {
      limn_sentence_settle_places (sentence, locale);
      drop_nameless_attributes (sentence);
      limn_sentence_move_places (sentence);
      limn_sentence_order (sentence, locale);
    }
  else
    limn_sentence_move_bare_places (sentence);
  name_colours (sentence);
  drop_nameless (sentence);
  if (sentence->vocabulary != NULL)
    limn_sentence_make_caption (sentence);
  drop_loose_ends (sentence);
  if (sentence->wants_comma && sentence->phrases->len > 0 && sentence->text->len > 0)
    g_string_append_c (sentence->text, ',');
  sentence->wants_comma = sentence->wants_comma && sentence->phrases->len == 0;
  for (guint i = 0; i < sentence->phrases->len; i++)
    append_phrase (sentence, i);
  g_ptr_array_set_size (sentence->phrases, 0);
}

/* Between parts. */
void
limn_sentence_add_comma (LimnSentence *sentence)
{
  sentence->wants_comma = TRUE;
}

char *
limn_sentence_finish (LimnSentence *sentence)
{
  char *text = g_string_free (sentence->text, FALSE);

  g_ptr_array_unref (sentence->phrases);
  g_free (sentence);
  return text;
}
