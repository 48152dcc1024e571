/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places in a sentence: whether they are where the things are, or things themselves.  They go to
 * the end. */
#include "sentence-private.h"

#include <string.h>

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

/* "on the moon" to "moon". */
static const char *
get_place_noun (const LimnPhrase *phrase)
{
  static const char *const words[] = { "on ", "in ", "at ", "under ", "the ", "a " };
  const char *noun = phrase->text;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (noun, words[i]))
      noun += strlen (words[i]);
  return noun;
}

/* Whether the model can draw the place as a thing: a moon, but no forest. */
static gboolean
is_thing_too (LimnSentence *sentence, const LimnPhrase *phrase)
{
  const char *noun = get_place_noun (phrase);

  return sentence->vocabulary == NULL
         || limn_vocabulary_find (sentence->vocabulary, noun, strlen (noun)) != NULL;
}

/* Somebody holds, eats or is it. */
static void
make_noun (LimnPhrase *phrase)
{
  g_autofree char *noun = g_strdup (get_place_noun (phrase));

  limn_phrase_set_text (phrase, noun);
  phrase->kind = LIMN_WORD_THING;
  phrase->before = g_ptr_array_new_with_free_func (g_free);
  phrase->is_foreign = TRUE;
}

/**
 * limn_sentence_settle_places:
 * @locale: the language that the words of the part come from
 *
 * A place's name alone is a thing when there is no other, or when something is done to it.
 */
void
limn_sentence_settle_places (LimnSentence *sentence, const char *locale)
{
  guint n_things = count_things (sentence);
  gboolean has_noun = FALSE;

  for (guint i = 0; i < sentence->phrases->len; i++)
    {
      LimnPhrase *phrase = limn_sentence_get (sentence, i);
      guint beside =
          limn_locale_is_head_final (locale) ? i + 1 : i - 1; /* before 0: out of range */
      LimnPhrase *relation =
          beside < sentence->phrases->len ? limn_sentence_get (sentence, beside) : NULL;
      gboolean is_done_to = relation != NULL && relation->kind == LIMN_WORD_RELATION
                            && !limn_phrase_is_locative (relation);

      if (phrase->kind != LIMN_WORD_PLACE || !phrase->is_bare || !is_thing_too (sentence, phrase))
        continue;
      if (is_done_to
          || (n_things == 0 && (relation == NULL || !limn_phrase_is_locative (relation))
              && (!has_noun || limn_sentence_is (sentence, i - 1, LIMN_WORD_AND))))
        {
          make_noun (phrase);
          has_noun = TRUE; /* "city at night", but "sea and mountains" */
        }
    }
}

/**
 * limn_sentence_move_places:
 *
 * Puts places behind the things, without the words around them that only say that they are places.
 */
void
limn_sentence_move_places (LimnSentence *sentence)
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
             && (limn_phrase_is_locative (limn_sentence_get (sentence, i + 1))
                 || limn_sentence_is (sentence, i + 1, LIMN_WORD_DE)))
        {
          limn_sentence_remove (sentence, i + 1);
          n_left--;
        }
      if (i > 0 && limn_phrase_is_locative (limn_sentence_get (sentence, i - 1)))
        limn_sentence_remove (sentence, --i);
      g_ptr_array_add (sentence->phrases, g_ptr_array_steal_index (sentence->phrases, i));
    }
}

/* What stood before a place's name that went from i: its article, and the relation behind it, whose
 * thing the place seemed to be.  Returns how many phrases behind i are gone. */
static guint
drop_around_place (LimnSentence *sentence, guint *i, guint n_left)
{
  if (*i > 0 && limn_sentence_is (sentence, *i - 1, LIMN_WORD_SKIP)
      && !limn_sentence_is (sentence, *i, LIMN_WORD_THING))
    limn_sentence_remove (sentence, --*i);
  if (n_left == 0 || !limn_sentence_is (sentence, *i, LIMN_WORD_RELATION)
      || (*i > 0 && limn_sentence_is (sentence, *i - 1, LIMN_WORD_THING)))
    return 0;
  limn_sentence_remove (sentence, *i);
  return 1;
}

/**
 * limn_sentence_move_bare_places:
 *
 * In English, puts places behind the things that are only named: "a space cat", "a desert with a
 * camel".
 */
void
limn_sentence_move_bare_places (LimnSentence *sentence)
{
  guint n_left = sentence->phrases->len;

  for (guint i = 0; n_left > 0;)
    {
      n_left--;
      if (limn_sentence_is (sentence, i, LIMN_WORD_PLACE)
          && limn_sentence_get (sentence, i)->is_bare)
        {
          g_ptr_array_add (sentence->phrases, g_ptr_array_steal_index (sentence->phrases, i));
          n_left -= drop_around_place (sentence, &i, n_left);
        }
      else
        i++;
    }
}
