/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentences as the model with a list of things was taught them: its captions.  It draws from the
 * left and from above, and was taught sentences that name things in that order; those that say it
 * the other way round are turned: "a cat under a dog" becomes "a dog above a cat", "a cat to the
 * right of a dog" becomes "a dog to the left of a cat", and so does "a cat on the right and a dog
 * on the left".  How a picture is drawn is said behind a comma: "pixel art cat" becomes "cat, pixel
 * art"; a style that the model was not taught is said as one that changes nothing. */
#include "sentence-private.h"
#include "vocabulary-private.h"

#define ON_THE_RIGHT "on the right"
#define ON_THE_LEFT  "on the left"

static const struct
{
  const char *relation, *turned;
} converses[] = {
  { "to the right of", "to the left of" },
  { "under", "above" },
  { "below", "above" },
};

static gboolean
is_relation (LimnSentence *sentence, guint i, const char *text)
{
  return limn_sentence_is (sentence, i, LIMN_WORD_RELATION)
         && g_strcmp0 (limn_sentence_get (sentence, i)->text, text) == 0;
}

/* The relation that says the same the other way round, or NULL. */
static const char *
find_converse (LimnSentence *sentence, guint i)
{
  for (guint k = 0; k < G_N_ELEMENTS (converses); k++)
    if (is_relation (sentence, i, converses[k].relation))
      return converses[k].turned;
  return NULL;
}

/* A colour behind everything, no thing. */
static gboolean
is_ground (const LimnPhrase *phrase)
{
  return g_strcmp0 (phrase->text, "background") == 0 || g_strcmp0 (phrase->text, "wall") == 0;
}

/* The end of a thing with its article that begins at a phrase, or 0. */
static guint
find_thing_end (LimnSentence *sentence, guint i)
{
  while (limn_sentence_is (sentence, i, LIMN_WORD_SKIP))
    i++;
  if (!limn_sentence_is (sentence, i, LIMN_WORD_THING)
      || limn_sentence_get (sentence, i)->text == NULL
      || is_ground (limn_sentence_get (sentence, i)))
    return 0;
  return i + 1;
}

/* What a thing wears, holds and so on moves with it. */
static gboolean
is_belonging (LimnSentence *sentence, guint i)
{
  static const char *const relations[] = { "wearing", "riding", "holding", "eating", "with" };

  for (guint k = 0; k < G_N_ELEMENTS (relations); k++)
    if (is_relation (sentence, i, relations[k]))
      return TRUE;
  return FALSE;
}

/* The end of a thing with all that belongs to it, or 0. */
static guint
find_group_end (LimnSentence *sentence, guint i)
{
  guint end = find_thing_end (sentence, i);

  while (end > 0 && is_belonging (sentence, end) && find_thing_end (sentence, end + 1) > 0)
    end = find_thing_end (sentence, end + 1);
  return end;
}

/* Exchanges the phrases [first, middle) and [middle + 1, end). */
static void
exchange (LimnSentence *sentence, guint first, guint middle, guint end)
{
  limn_sentence_move (sentence, first, middle, end);
  limn_sentence_move (sentence, first, first + 1, first + (end - middle)); /* what was between */
}

/* "cat" "on the right" "and" "dog": returns the place of the "and", or 0. */
static guint
find_and_after_side (LimnSentence *sentence, guint end)
{
  return is_relation (sentence, end, ON_THE_RIGHT)
                 && limn_sentence_is (sentence, end + 1, LIMN_WORD_AND)
             ? end + 1
             : 0;
}

/* Returns where to go on. */
static guint
turn_group (LimnSentence *sentence, guint first, guint end)
{
  const char *turned = find_converse (sentence, end);
  guint middle = turned != NULL ? end : find_and_after_side (sentence, end);
  guint last = middle > 0 ? find_group_end (sentence, middle + 1) : 0;

  if (last == 0)
    return end;
  if (turned != NULL)
    limn_phrase_set_text (limn_sentence_get (sentence, middle), turned);
  exchange (sentence, first, middle, last);
  return last;
}

static void
turn_groups (LimnSentence *sentence)
{
  for (guint i = 0; i < sentence->phrases->len;)
    {
      guint end = find_group_end (sentence, i);

      i = end > 0 ? turn_group (sentence, i, end) : i + 1;
    }
}

/* Sides that are only named now say nothing more. */
static void
drop_sides (LimnSentence *sentence)
{
  for (guint i = sentence->phrases->len; i-- > 0;)
    if (is_relation (sentence, i, ON_THE_RIGHT) || is_relation (sentence, i, ON_THE_LEFT))
      limn_sentence_remove (sentence, i);
}

/* Things stand next to each other, but in front of a wall. */
static void
settle_grounds (LimnSentence *sentence)
{
  for (guint i = 0; i < sentence->phrases->len; i++)
    {
      guint noun = i + 1;

      while (limn_sentence_is (sentence, noun, LIMN_WORD_SKIP))
        noun++;
      if (is_relation (sentence, i, "next to") && limn_sentence_is (sentence, noun, LIMN_WORD_THING)
          && is_ground (limn_sentence_get (sentence, noun)))
        limn_phrase_set_text (limn_sentence_get (sentence, i), "in front of");
    }
}

/* Styles that only some models were taught, and the words that lead on from them to what is shown.
 */
static const struct
{
  const char *style, *leading;
} styles[] = {
  { "black and white", "a black and white picture of" },
  { "vintage", "a vintage photo of" },
  { "watercolor", "a watercolor of" },
  { "pixel art", "a pixel art of" },
  { "sketch", "a sketch of" },
};

#define ANY_STYLE   "digital art"
#define ANY_LEADING "an illustration of"

static void
settle_style (LimnSentence *sentence, LimnPhrase *phrase)
{
  for (guint k = 0; k < G_N_ELEMENTS (styles); k++)
    {
      gboolean leads = g_str_equal (phrase->text, styles[k].leading);

      if ((leads || g_str_equal (phrase->text, styles[k].style))
          && !limn_vocabulary_has_style (sentence->vocabulary, styles[k].style))
        {
          limn_phrase_set_text (phrase, leads ? ANY_LEADING : ANY_STYLE);
          return;
        }
    }
}

static void
settle_styles (LimnSentence *sentence)
{
  for (guint i = 0; i < sentence->phrases->len; i++)
    if (limn_sentence_is (sentence, i, LIMN_WORD_STYLE))
      settle_style (sentence, limn_sentence_get (sentence, i));
}

/* How the picture is drawn, unless it leads on to what it shows ("a sketch of"). */
static gboolean
is_manner (LimnSentence *sentence, guint i)
{
  const char *text = limn_sentence_get (sentence, i)->text;

  return limn_sentence_is (sentence, i, LIMN_WORD_STYLE) && !g_str_has_suffix (text, " of")
         && !g_str_has_prefix (text, "riding ") && !g_str_has_prefix (text, "holding ");
}

static void
move_manners (LimnSentence *sentence)
{
  guint n = sentence->phrases->len;

  for (guint i = 0, seen = 0; seen < n; seen++)
    if (is_manner (sentence, i))
      {
        limn_sentence_get (sentence, i)->is_apart = TRUE;
        limn_sentence_move (sentence, i, i + 1, n);
      }
    else
      i++;
}

void
limn_sentence_make_caption (LimnSentence *sentence)
{
  settle_styles (sentence);
  move_manners (sentence);
  turn_groups (sentence);
  drop_sides (sentence);
  settle_grounds (sentence);
}
