/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells the language of text by its script and, where several share one, by
 * whose word list knows the most of it. */
#include "language.h"

#include "fold.h"
#include "item.h"

#include <string.h>

/* By script, the most spoken first: that one wins a draw. */
static const char *const candidates[] = {
  [LIMN_SCRIPT_LATIN] =
      "en es fr de pt it id tr vi nl pl sv ms ro cs hu da nb fi ca hr sk sl lt lv et sw",
  [LIMN_SCRIPT_HAN] = "zh ja",
  [LIMN_SCRIPT_HANGUL] = "ko",
  [LIMN_SCRIPT_CYRILLIC] = "ru uk bg sr",
  [LIMN_SCRIPT_GREEK] = "el",
  [LIMN_SCRIPT_ARABIC] = "ar fa ur",
  [LIMN_SCRIPT_HEBREW] = "he",
  [LIMN_SCRIPT_DEVANAGARI] = "hi mr",
  [LIMN_SCRIPT_BENGALI] = "bn",
  [LIMN_SCRIPT_TAMIL] = "ta",
  [LIMN_SCRIPT_TELUGU] = "te",
  [LIMN_SCRIPT_THAI] = "th",
};

typedef struct
{
  gunichar first, last;
  LimnScript script;
} Range;

static const Range ranges[] = {
  { 'A', 'Z', LIMN_SCRIPT_LATIN },        { 'a', 'z', LIMN_SCRIPT_LATIN },
  { 0xC0, 0x24F, LIMN_SCRIPT_LATIN },     { 0x370, 0x3FF, LIMN_SCRIPT_GREEK },
  { 0x400, 0x52F, LIMN_SCRIPT_CYRILLIC }, { 0x5D0, 0x5F2, LIMN_SCRIPT_HEBREW },
  { 0x620, 0x6FF, LIMN_SCRIPT_ARABIC },   { 0x900, 0x97F, LIMN_SCRIPT_DEVANAGARI },
  { 0x980, 0x9FF, LIMN_SCRIPT_BENGALI },  { 0xB80, 0xBFF, LIMN_SCRIPT_TAMIL },
  { 0xC00, 0xC7F, LIMN_SCRIPT_TELUGU },   { 0xE00, 0xE7F, LIMN_SCRIPT_THAI },
  { 0x1E00, 0x1EFF, LIMN_SCRIPT_LATIN },  { 0x1F00, 0x1FFF, LIMN_SCRIPT_GREEK },
  { 0x3041, 0x30FF, LIMN_SCRIPT_HAN },    { 0x3400, 0x9FFF, LIMN_SCRIPT_HAN },
  { 0xAC00, 0xD7A3, LIMN_SCRIPT_HANGUL }, { 0xF900, 0xFAFF, LIMN_SCRIPT_HAN },
};

LimnScript
limn_script_of (gunichar c)
{
  for (guint i = 0; i < G_N_ELEMENTS (ranges) && c >= ranges[i].first; i++)
    if (c <= ranges[i].last)
      return ranges[i].script;
  return LIMN_SCRIPT_NONE;
}

static gboolean
has_kana (const char *text, gsize length)
{
  for (const char *p = text; p < text + length; p = g_utf8_next_char (p))
    if (g_utf8_get_char (p) >= 0x3041 && g_utf8_get_char (p) <= 0x30FA)
      return TRUE;
  return FALSE;
}

/* English is known better than by the names of things. */
static double
score_english (const char *text, gsize length, guint *n_words)
{
  LimnWordList *names = limn_lexicon_get_list ("en");
  LimnWordList *common = limn_lexicon_get_list ("common");
  g_auto (LimnFolded) folded = { 0 };
  g_auto (GStrv) words = NULL;
  double score = 0;
  guint n = 0;

  limn_fold (&folded, text, length);
  words = g_strsplit (folded.text, " ", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      gsize length_bytes = strlen (words[i]);
      LimnWord word;

      if (strspn (words[i], "0123456789") == length_bytes)
        continue; /* of every language */
      n++;
      if (limn_word_list_find (common, words[i], length_bytes, &word)
          || (limn_word_list_find (names, words[i], length_bytes, &word)
              && word.kind != LIMN_WORD_KEYWORD))
        score += 1.2;
      else if (limn_word_list_find (names, words[i], length_bytes, &word)
               || (length_bytes > 3 && words[i][length_bytes - 1] == 's'
                   && limn_word_list_find (names, words[i], length_bytes - 1, &word)))
        score += 0.8;
      else if (g_str_has_suffix (words[i], "ing") || g_str_has_suffix (words[i], "ed"))
        score += 0.5;
    }
  *n_words = n;
  return score;
}

static gboolean
is_in (const char *list, const char *locale)
{
  g_auto (GStrv) names = g_strsplit (list, " ", -1);

  return g_strv_contains ((const char *const *) names, locale);
}

/* Best of the candidates, English apart: what is mostly English stays so. */
static const char *
guess_latin (const char *text, gsize length, const char *locale)
{
  g_auto (GStrv) names = g_strsplit (candidates[LIMN_SCRIPT_LATIN], " ", -1);
  guint n_words;
  double english = score_english (text, length, &n_words);
  double best = english + 0.35;
  gboolean is_english = english >= 0.7 * n_words;
  /* one word alone, for somebody who writes English: no remark, "chance" */
  double least = n_words == 1 && g_strcmp0 (locale, "en") == 0 ? 0.75 : 0.3 * n_words;
  const char *result = "en";

  if (n_words == 0
      || (is_english
          && (locale == NULL || !is_in (candidates[LIMN_SCRIPT_LATIN], locale)
              || g_str_equal (locale, "en"))))
    return "en";
  for (guint i = 1; names[i] != NULL; i++)
    {
      gboolean is_own = g_strcmp0 (names[i], locale) == 0;
      guint n;
      /* its user's own language is told by inflected words, too, but never against English */
      double score = limn_match_score (names[i], text, length, is_own && !is_english, &n);

      if (is_own && score > 0)
        score += 0.8;
      if (score > best && score >= least)
        {
          best = score;
          result = g_intern_string (names[i]);
        }
    }
  return result;
}

static const char *
guess_by_words (const char *list, const char *text, gsize length, const char *locale)
{
  g_auto (GStrv) names = g_strsplit (list, " ", -1);
  double best = -1;
  const char *result = NULL;

  for (guint i = 0; names[i] != NULL; i++)
    {
      guint n;
      gboolean is_own = g_strcmp0 (names[i], locale) == 0;
      double score = limn_match_score (names[i], text, length, is_own, &n);

      if (is_own)
        score += 0.5;
      if (score > best)
        {
          best = score;
          result = g_intern_string (names[i]);
        }
    }
  return result;
}

/**
 * limn_language_guess:
 * @text: letters of @script, and what stands between them
 * @locale: (nullable): the language of the user's desktop, which wins in doubt
 *
 * Returns: a locale that the lexicon has, or "en"
 */
const char *
limn_language_guess (LimnScript script, const char *text, gsize length, const char *locale)
{
  if (script == LIMN_SCRIPT_NONE)
    return "en";
  if (script == LIMN_SCRIPT_LATIN)
    return guess_latin (text, length, locale);
  if (script == LIMN_SCRIPT_HAN)
    return has_kana (text, length) || g_strcmp0 (locale, "ja") == 0 ? "ja" : "zh";
  return guess_by_words (candidates[script], text, length, locale);
}
