/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes words apart that say more than one thing: Arabic writes "and" and "with" together with
 * their word, Turkish hangs "with", "on" and "to" on it, Spanish and Portuguese make small ones.
 * Only used for words that are not known as they stand; endings that say nothing to draw are
 * stem.c's. */
#include "ending.h"

#include <string.h>

#define MIN_STEM 2 /* bytes that stay */

static gboolean
is_noun (const LimnWord *word)
{
  return word->kind == LIMN_WORD_THING || word->kind == LIMN_WORD_REMARK;
}

static void
add_part (LimnParts *parts, const LimnWord *word, const char *key, gsize length)
{
  LimnWord *part = &parts->words[parts->n++];

  *part = *word;
  part->key = key;
  part->key_length = length;
}

static void
add_relation (LimnParts *parts,
              LimnWordKind kind,
              const char *english,
              const char *key,
              gsize length)
{
  LimnWord word = { .kind = kind, .value = english, .value_length = strlen (english) };

  add_part (parts, &word, key, length);
}

/* وكلب, "and" "dog"; بفستان, "with" "dress". */
static gboolean
cut_arabic (LimnWordList *list, const char *text, gsize length, LimnParts *parts)
{
  const gsize n = strlen ("و");
  gboolean is_and = length > n && memcmp (text, "و", n) == 0;
  gboolean is_with = length > n && memcmp (text, "ب", n) == 0;
  LimnWord word;

  if ((!is_and && !is_with)
      || (!limn_word_list_find (list, text + n, length - n, &word)
          && !limn_word_list_find_stem (list, text + n, length - n, &word))
      || (is_with && !is_noun (&word)))
    return FALSE;
  add_relation (parts, is_and ? LIMN_WORD_AND : LIMN_WORD_RELATION, is_and ? "and" : "with", text,
                n);
  add_part (parts, &word, text + n, length - n);
  return TRUE;
}

/* "patitos", "leoncito", "gatinho": small ones are what they are. */
static gboolean
cut_diminutive (LimnWordList *list, const char *text, gsize length, LimnParts *parts)
{
  static const char *const endings[][2] = {
    { "itos", "o" },  { "itas", "a" },  { "ito", "o" },  { "ita", "a" },
    { "citos", "" },  { "citas", "" },  { "cito", "" },  { "cita", "" },
    { "inhos", "o" }, { "inhas", "a" }, { "inho", "o" }, { "inha", "a" },
    { "zinhos", "" }, { "zinhas", "" }, { "zinho", "" }, { "zinha", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      gsize n = strlen (endings[i][0]);
      g_autofree char *whole = NULL;
      LimnWord word;

      if (length < n + MIN_STEM || memcmp (text + length - n, endings[i][0], n) != 0)
        continue;
      whole = g_strdup_printf ("%.*s%s", (int) (length - n), text, endings[i][1]);
      if (!limn_word_list_find (list, whole, strlen (whole), &word) || word.kind != LIMN_WORD_THING)
        continue;
      add_part (parts, &word, text, length);
      return TRUE;
    }
  return FALSE;
}

/* "şapkalı", with a hat; "yatakta", on a bed; "ormandaki", that is in a forest; "ata", to a horse,
 * which its verb says better. */
static gboolean
cut_turkish (LimnWordList *list, const char *text, gsize length, LimnParts *parts)
{
  static const struct
  {
    const char *ending, *english; /* NULL: says nothing more */
    gboolean is_of_place;
  } endings[] = {
    { "deki", "on" }, { "daki", "on" }, { "teki", "on" }, { "taki", "on" }, { "ki", NULL, TRUE },
    { "li", "with" }, { "lu", "with" }, { "de", "on" },   { "da", "on" },   { "te", "on" },
    { "ta", "on" },   { "e", NULL },    { "a", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      gsize n = strlen (endings[i].ending);
      gsize middle = length - n;
      LimnWord word;

      if (length < n + MIN_STEM || memcmp (text + middle, endings[i].ending, n) != 0
          || !limn_word_list_find (list, text, middle, &word)
          || !(endings[i].is_of_place ? word.kind == LIMN_WORD_PLACE : is_noun (&word)))
        continue;
      add_part (parts, &word, text, endings[i].english == NULL ? length : middle);
      if (endings[i].english != NULL)
        add_relation (parts, LIMN_WORD_RELATION, endings[i].english, text + middle, n);
      return TRUE;
    }
  return FALSE;
}

/**
 * limn_ending_cut:
 * @word: folded, without spaces, that @list does not have
 * @length: bytes of it
 * @parts: (out caller-allocates): one or two words of @list or of English
 *
 * Returns: whether @word is made of what @list has
 */
gboolean
limn_ending_cut (const char *locale,
                 LimnWordList *list,
                 const char *word,
                 gsize length,
                 LimnParts *parts)
{
  parts->n = 0;
  if (g_str_equal (locale, "ar"))
    return cut_arabic (list, word, length, parts);
  if (g_str_equal (locale, "tr"))
    return cut_turkish (list, word, length, parts);
  if (g_str_equal (locale, "es") || g_str_equal (locale, "pt"))
    return cut_diminutive (list, word, length, parts);
  return FALSE;
}
