/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts phrases in English order, as the language they come from needs it: in Japanese, Korean,
 * Hindi, Turkish and others the relation stands behind what it is about and the thing comes last,
 * in Chinese what is said about a thing stands before 的, in German what is done at the end. */
#include "sentence-private.h"

gboolean
limn_locale_is_head_final (const char *locale)
{
  static const char *const locales[] = { "ja", "ko", "hi", "ur", "bn", "tr", NULL };

  return g_strv_contains (locales, locale);
}

/* Moves phrases [from, to) so that they come before at, or after the end of it when at > from. */
void
limn_sentence_move (LimnSentence *sentence, guint from, guint to, guint at)
{
  for (guint n = to - from; n > 0; n--)
    {
      gboolean is_forward = at > from;
      LimnPhrase *phrase = g_ptr_array_steal_index (sentence->phrases, is_forward ? from : to - 1);

      g_ptr_array_insert (sentence->phrases, (int) (is_forward ? at - 1 : at), phrase);
    }
}

/* 帽子 の 猫, "with" "hat"; 침대 에서 고양이, "on" "bed". */
static void
name_joints (LimnSentence *sentence)
{
  for (guint i = 1; i < sentence->phrases->len; i++)
    {
      LimnPhrase *phrase = limn_sentence_get (sentence, i);

      if ((phrase->kind != LIMN_WORD_DE && phrase->kind != LIMN_WORD_AT)
          || !limn_sentence_is (sentence, i - 1, LIMN_WORD_THING)
          || !limn_sentence_is (sentence, i + 1, LIMN_WORD_THING))
        continue;
      limn_phrase_set_text (phrase, phrase->kind == LIMN_WORD_DE ? "with" : "on");
      phrase->kind = LIMN_WORD_RELATION;
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
        limn_sentence_remove (sentence, end);
      /* relation before its thing, then the head before both */
      limn_sentence_move (sentence, i, i + 1, i - 1);
      if (limn_sentence_is (sentence, end, LIMN_WORD_THING)
          && !(limn_sentence_is (sentence, end + 1, LIMN_WORD_RELATION) && i > 1
               && limn_sentence_is (sentence, i - 2, LIMN_WORD_THING)))
        limn_sentence_move (sentence, i - 1, i + 1, end + 1);
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
        limn_sentence_remove (sentence, i + 1);
      if (limn_sentence_is (sentence, i + 1, LIMN_WORD_THING))
        limn_sentence_move (sentence, i, i + 1, i + 2);
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
        limn_sentence_move (sentence, i, i + 1, i - 1);
      }
}

/* 桌子 上 有 苹果, "on" "table" "with" "apple": what is there comes first. */
static void
order_existence (LimnSentence *sentence)
{
  for (guint i = 0; i + 3 < sentence->phrases->len; i++)
    if ((i == 0 || ends_clause (sentence, i - 1))
        && limn_sentence_is (sentence, i, LIMN_WORD_RELATION)
        && limn_sentence_is (sentence, i + 1, LIMN_WORD_THING)
        && limn_sentence_is (sentence, i + 2, LIMN_WORD_RELATION)
        && g_str_equal (limn_sentence_get (sentence, i + 2)->text, "with")
        && limn_sentence_is (sentence, i + 3, LIMN_WORD_THING))
      {
        limn_sentence_remove (sentence, i + 2);
        limn_sentence_move (sentence, i, i + 2, i + 3);
      }
}

/* Whether the things joined at i are all said about one: 戴着墨镜 和 帽子 的 狗. */
static gboolean
joins_objects (LimnSentence *sentence, guint start, guint i)
{
  if (!limn_sentence_is (sentence, i, LIMN_WORD_AND)
      || !limn_sentence_is (sentence, start, LIMN_WORD_RELATION))
    return FALSE;
  for (guint k = i + 1;
       k < sentence->phrases->len && !limn_sentence_is (sentence, k, LIMN_WORD_PLACE); k++)
    if (limn_sentence_is (sentence, k, LIMN_WORD_DE))
      return limn_sentence_is (sentence, k + 1, LIMN_WORD_THING);
  return FALSE;
}

/* 在, and the 的 of 房子 的 前面, say nothing that a position word does not. */
static void
drop_places_joints (LimnSentence *sentence)
{
  for (guint i = sentence->phrases->len; i-- > 0;)
    if (limn_sentence_is (sentence, i, LIMN_WORD_AT)
        || (limn_sentence_is (sentence, i, LIMN_WORD_DE)
            && limn_sentence_is (sentence, i + 1, LIMN_WORD_AFTER)))
      limn_sentence_remove (sentence, i);
}

/* [relation thing] 的 thing: the last one comes first. */
static void
order_chinese (LimnSentence *sentence)
{
  guint start = 0;

  drop_places_joints (sentence);
  order_after_words (sentence);
  order_existence (sentence);
  for (guint i = 0; i < sentence->phrases->len; i++)
    {
      if (ends_clause (sentence, i) && !joins_objects (sentence, start, i))
        start = i + 1;
      if (!limn_sentence_is (sentence, i, LIMN_WORD_DE))
        continue;
      limn_sentence_remove (sentence, i);
      if (i > start && limn_sentence_is (sentence, start, LIMN_WORD_RELATION)
          && limn_sentence_is (sentence, i, LIMN_WORD_THING))
        limn_sentence_move (sentence, start, i, i + 1);
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
          || limn_phrase_is_locative (limn_sentence_get (sentence, i))
          || !ends_clause (sentence, i + 1))
        continue;
      if (i > 1 && limn_sentence_is (sentence, i - 2, LIMN_WORD_RELATION))
        limn_sentence_remove (sentence, --i - 1); /* "auf einem Pferd reitet" */
      limn_sentence_move (sentence, i, i + 1, i - 1);
    }
}

/**
 * limn_sentence_order:
 * @locale: the language that the words of the part come from
 */
void
limn_sentence_order (LimnSentence *sentence, const char *locale)
{
  if (limn_locale_is_head_final (locale) || !limn_locale_has_spaces (locale))
    order_backgrounds (sentence);
  if (limn_locale_is_head_final (locale))
    {
      name_joints (sentence);
      order_head_final (sentence);
    }
  else if (g_str_equal (locale, "zh"))
    order_chinese (sentence);
  else if (g_str_equal (locale, "de") || g_str_equal (locale, "nl"))
    order_verb_final (sentence);
}
