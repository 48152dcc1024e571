/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts translated words in English order.  Words make phrases ("two" "red"
 * "cats"); phrases are moved as the language they come from needs it: in
 * Japanese, Korean, Hindi, Turkish and others the relation stands behind what it is about and
 * the thing comes last, in Chinese what is said about a thing stands before
 * 的, in many languages the colour follows its thing.  Places go to the end. */
#include "sentence-private.h"
#include "vocabulary.h"

#include <string.h>

static void
phrase_free (gpointer data)
{
  LimnPhrase *phrase = data;

  g_clear_pointer (&phrase->before, g_ptr_array_unref);
  g_free (phrase->text);
  g_free (phrase);
}

/* @is_caption: for the model with a list of things, see caption.c */
LimnSentence *
limn_sentence_new (gboolean is_caption)
{
  LimnSentence *sentence = g_new0 (LimnSentence, 1);

  sentence->is_caption = is_caption;
  sentence->phrases = g_ptr_array_new_with_free_func (phrase_free);
  sentence->text = g_string_new (NULL);
  return sentence;
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

static gboolean
is_locative (const LimnPhrase *phrase)
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
    g_ptr_array_remove_index (sentence->phrases, is_locative (phrase) ? n : n - 1);
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

/* ---- places ------------------------------------------------------------------ */

static gboolean
is_head_final (const char *locale)
{
  static const char *const locales[] = { "ja", "ko", "hi", "ur", "bn", "tr", NULL };

  return g_strv_contains (locales, locale);
}

static guint
count_things (LimnSentence *sentence)
{
  guint n = 0;

  for (guint i = 0; i < sentence->phrases->len; i++)
    if (limn_sentence_get (sentence, i)->kind == LIMN_WORD_THING
        && limn_sentence_get (sentence, i)->text != NULL
        && *limn_sentence_get (sentence, i)->text != '\0')
      n++;
  return n;
}

/* "on the moon" to "moon": somebody holds, eats or is it. */
static void
make_noun (LimnPhrase *phrase)
{
  static const char *const words[] = { "on ", "in ", "at ", "under ", "the ", "a " };
  const char *noun = phrase->text;
  char *copy;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (noun, words[i]))
      noun += strlen (words[i]);
  copy = g_strdup (noun);
  g_free (phrase->text);
  phrase->text = copy;
  phrase->kind = LIMN_WORD_THING;
  phrase->before = g_ptr_array_new_with_free_func (g_free);
  phrase->is_foreign = TRUE;
}

/* A place's name alone is a thing when there is no other, or when something is done to it. */
static void
settle_places (LimnSentence *sentence, const char *locale)
{
  guint n_things = count_things (sentence);

  for (guint i = 0; i < sentence->phrases->len; i++)
    {
      LimnPhrase *phrase = limn_sentence_get (sentence, i);
      guint beside = is_head_final (locale) ? i + 1 : i - 1; /* i - 1 of 0 is out of range, too */
      LimnPhrase *relation =
          beside < sentence->phrases->len ? limn_sentence_get (sentence, beside) : NULL;
      gboolean is_done_to;

      if (phrase->kind != LIMN_WORD_PLACE || !phrase->is_bare)
        continue;
      is_done_to =
          relation != NULL && relation->kind == LIMN_WORD_RELATION && !is_locative (relation);
      if (is_done_to || (n_things == 0 && (relation == NULL || !is_locative (relation))))
        make_noun (phrase);
    }
}

static void
remove_phrase (LimnSentence *sentence, guint i)
{
  g_ptr_array_remove_index (sentence->phrases, i);
}

/* Takes the words around a place that only say that it is one. */
static void
move_places (LimnSentence *sentence)
{
  guint n_left = sentence->phrases->len;

  for (guint i = 0; n_left > 0; n_left--)
    {
      if (!limn_sentence_is (sentence, i, LIMN_WORD_PLACE))
        {
          i++;
          continue;
        }
      while (i + 1 < sentence->phrases->len && n_left > 1
             && (is_locative (limn_sentence_get (sentence, i + 1))
                 || limn_sentence_is (sentence, i + 1, LIMN_WORD_DE)))
        {
          remove_phrase (sentence, i + 1);
          n_left--;
        }
      if (i > 0 && is_locative (limn_sentence_get (sentence, i - 1)))
        remove_phrase (sentence, --i);
      g_ptr_array_add (sentence->phrases, g_ptr_array_steal_index (sentence->phrases, i));
    }
}

/* ---- order --------------------------------------------------------------------- */

/* Moves phrases [from, to) so that they come before at, or after the end of it when at > from. */
static void
move_range (LimnSentence *sentence, guint from, guint to, guint at)
{
  for (guint n = to - from; n > 0; n--)
    {
      gboolean is_forward = at > from;
      LimnPhrase *phrase = g_ptr_array_steal_index (sentence->phrases, is_forward ? from : to - 1);

      g_ptr_array_insert (sentence->phrases, (int) (is_forward ? at - 1 : at), phrase);
    }
}

/* Thing, relation, thing: the last one is what it is about.  Thing, thing,
 * relation at the end: the relation goes between. */
static void
order_head_final (LimnSentence *sentence)
{
  for (guint i = 1; i < sentence->phrases->len; i++)
    {
      guint end = i + 1; /* of the head */

      if (!limn_sentence_is (sentence, i, LIMN_WORD_RELATION)
          || !limn_sentence_is (sentence, i - 1, LIMN_WORD_THING))
        continue;
      if (limn_sentence_is (sentence, end, LIMN_WORD_DE))
        remove_phrase (sentence, end);
      /* relation before its thing, then the head before both */
      move_range (sentence, i, i + 1, i - 1);
      if (limn_sentence_is (sentence, end, LIMN_WORD_THING)
          && !(limn_sentence_is (sentence, end + 1, LIMN_WORD_RELATION) && i > 1
               && limn_sentence_is (sentence, i - 2, LIMN_WORD_THING)))
        move_range (sentence, i - 1, i + 1, end + 1);
    }
}

/* "blue background's horse": what stands before a background is in front of it. */
static void
order_backgrounds (LimnSentence *sentence)
{
  for (guint i = 0; i < sentence->phrases->len; i++)
    {
      if (!limn_sentence_is (sentence, i, LIMN_WORD_THING)
          || g_strcmp0 (limn_sentence_get (sentence, i)->text, "background") != 0)
        continue;
      if (limn_sentence_is (sentence, i + 1, LIMN_WORD_DE))
        remove_phrase (sentence, i + 1);
      if (limn_sentence_is (sentence, i + 1, LIMN_WORD_THING))
        move_range (sentence, i, i + 1, i + 2);
    }
}

static gboolean
ends_clause (LimnSentence *sentence, guint i)
{
  return i >= sentence->phrases->len || limn_sentence_is (sentence, i, LIMN_WORD_AND)
         || limn_sentence_is (sentence, i, LIMN_WORD_PLACE)
         || limn_sentence_is (sentence, i, LIMN_WORD_STYLE);
}

/* A position word goes before its thing: 桌子 上 to "on" "table". */
static void
order_after_words (LimnSentence *sentence)
{
  for (guint i = 1; i < sentence->phrases->len; i++)
    if (limn_sentence_is (sentence, i, LIMN_WORD_AFTER)
        && limn_sentence_is (sentence, i - 1, LIMN_WORD_THING))
      {
        limn_sentence_get (sentence, i)->kind = LIMN_WORD_RELATION;
        move_range (sentence, i, i + 1, i - 1);
      }
}

/* [relation thing] 的 thing: the last one comes first. */
static void
order_chinese (LimnSentence *sentence)
{
  guint start = 0;

  order_after_words (sentence);
  for (guint i = 0; i < sentence->phrases->len; i++)
    if (limn_sentence_is (sentence, i, LIMN_WORD_AT))
      remove_phrase (sentence, i--);
  for (guint i = 0; i < sentence->phrases->len; i++)
    {
      if (ends_clause (sentence, i))
        start = i + 1;
      if (!limn_sentence_is (sentence, i, LIMN_WORD_DE))
        continue;
      remove_phrase (sentence, i);
      if (i > start && limn_sentence_is (sentence, start, LIMN_WORD_RELATION)
          && limn_sentence_is (sentence, i, LIMN_WORD_THING))
        move_range (sentence, start, i, i + 1);
      i--;
    }
}

/* Dutch and German end a clause with what is done: "der eine Pizza isst". */
static void
order_verb_final (LimnSentence *sentence)
{
  for (guint i = 1; i < sentence->phrases->len; i++)
    {
      if (!limn_sentence_is (sentence, i, LIMN_WORD_RELATION)
          || !limn_sentence_is (sentence, i - 1, LIMN_WORD_THING)
          || is_locative (limn_sentence_get (sentence, i)) || !ends_clause (sentence, i + 1))
        continue;
      if (i > 1 && limn_sentence_is (sentence, i - 2, LIMN_WORD_RELATION))
        remove_phrase (sentence, --i - 1); /* "auf einem Pferd reitet" */
      move_range (sentence, i, i + 1, i - 1);
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
      append_word (sentence->text, phrase->text);
    }
}

static gboolean
is_nameless (LimnSentence *sentence, guint i)
{
  return limn_sentence_is (sentence, i, LIMN_WORD_THING)
         && g_strcmp0 (limn_sentence_get (sentence, i)->text, "") == 0;
}

/* Things that nobody knows: before another thing it was a word about that one,
 * else what is said about it goes with it. */
static void
drop_nameless_attributes (LimnSentence *sentence)
{
  for (guint i = sentence->phrases->len; i-- > 0;)
    if (is_nameless (sentence, i) && limn_sentence_is (sentence, i + 1, LIMN_WORD_THING)
        && limn_sentence_get (sentence, i + 1)->text != NULL)
      remove_phrase (sentence, i);
}

static void
drop_nameless (LimnSentence *sentence)
{
  for (guint i = sentence->phrases->len; i-- > 0;)
    {
      if (!is_nameless (sentence, i))
        continue;
      remove_phrase (sentence, i);
      while (i > 0
             && (limn_sentence_is (sentence, i - 1, LIMN_WORD_SKIP)
                 || limn_sentence_is (sentence, i - 1, LIMN_WORD_RELATION)))
        remove_phrase (sentence, --i);
      if (i == 0
          && (limn_sentence_is (sentence, 0, LIMN_WORD_RELATION)
              || limn_sentence_is (sentence, 0, LIMN_WORD_AND)))
        remove_phrase (sentence, 0);
    }
}

/* An "and", or a relation, that nothing follows or precedes is left over. */
static void
drop_loose_ends (LimnSentence *sentence)
{
  for (guint i = sentence->phrases->len; i-- > 0;)
    {
      LimnWordKind kind = limn_sentence_get (sentence, i)->kind;
      gboolean has_right = limn_sentence_is (sentence, i + 1, LIMN_WORD_THING)
                           || limn_sentence_is (sentence, i + 1, LIMN_WORD_SKIP)
                           || limn_sentence_is (sentence, i + 1, LIMN_WORD_UNKNOWN)
                           || limn_sentence_is (sentence, i + 1, LIMN_WORD_PLACE);

      if (((kind == LIMN_WORD_AND || kind == LIMN_WORD_RELATION || kind == LIMN_WORD_AFTER)
           && !has_right)
          || (kind == LIMN_WORD_AND && i == 0)
          || (kind == LIMN_WORD_SKIP && i + 1 == sentence->phrases->len))
        remove_phrase (sentence, i);
    }
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
      settle_places (sentence, locale);
      drop_nameless_attributes (sentence);
      move_places (sentence);
      if (is_head_final (locale) || !limn_locale_has_spaces (locale))
        order_backgrounds (sentence);
      if (is_head_final (locale))
        order_head_final (sentence);
      else if (g_str_equal (locale, "zh"))
        order_chinese (sentence);
      else if (g_str_equal (locale, "de") || g_str_equal (locale, "nl"))
        order_verb_final (sentence);
    }
  drop_nameless (sentence);
  if (sentence->is_caption)
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
