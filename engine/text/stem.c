/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes case and number endings off, roughly, so that a word's forms meet.
 * Words are as fold.c leaves them.  Only used for words that are not known as
 * they stand, so that a coarse rule does little harm. */
#include "stem.h"

#include <string.h>

typedef struct
{
  const char *locales;
  const char *prefixes;
  const char *suffixes; /* the first that fits is taken off, then one of last */
  const char *last;
  guint min_letters; /* that stay */
} Rules;

static const Rules rules[] = {
  { " es fr pt it ca ro ", "", "s x", "a o e i", 3 },
  { " de nl da sv nb ", "", "ern en em er es e n s", "", 3 },
  { " ru uk bg sr ", "",
    "ами ями ого его ому ему ыми ими ым им ов ев ои еи ом ем ам ям ах ях ую юю ая яя ое ее ые ие "
    "ыи ии ы "
    "и а я о е у ю ь",
    "", 2 },
  { " pl cs sk sl hr lt lv et ", "",
    "ami ach ego emu owi ych ow ou em om im as is us ie y i a e o u", "", 3 },
  { " ar ", "وال بال كال فال ال لل", "ات ين ون ان ها ا ه ي", "", 2 },
  { " fa ur ", "", "هاي ها ين وں وں ي", "", 2 },
  { " he ", "ה ב ל", "ים ות ה", "", 2 },
  { " hi mr ", "", "ियों ियां ाओं ों ें ां े ी ा ो ि", "", 1 },
  { " tr ", "",
    "lerin larin lerde larda lere lara ler lar nin nun dan den da de ta te yi yu ya ye in un a e i "
    "u",
    "", 3 },
  { " fi hu ", "", "ssa lla lta sta lle ksi ban ben nak nek val vel ok ek ak on en t n a k", "",
    3 },
  { " el ", "", "ους οσ ου ον οι εσ ων ησ ασ α η ο", "", 2 },
  { " id ms ", "", "nya", "", 3 },
};

static const Rules *
find_rules (const char *locale)
{
  g_autofree char *padded = g_strdup_printf (" %s ", locale);

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (strstr (rules[i].locales, padded) != NULL)
      return &rules[i];
  return NULL;
}

static gboolean
keeps_enough (const char *word, gsize length, guint min_letters)
{
  return g_utf8_strlen (word, (gssize) length) >= min_letters;
}

static gsize
strip_suffix (const char *word, gsize length, const char *suffixes, guint min_letters)
{
  g_auto (GStrv) list = g_strsplit (suffixes, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    {
      gsize n = strlen (list[i]);

      if (n > 0 && n < length && memcmp (word + length - n, list[i], n) == 0
          && keeps_enough (word, length - n, min_letters))
        return length - n;
    }
  return length;
}

static gsize
count_prefix (const char *word, gsize length, const char *prefixes, guint min_letters)
{
  g_auto (GStrv) list = g_strsplit (prefixes, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    {
      gsize n = strlen (list[i]);

      if (n > 0 && n < length && memcmp (word, list[i], n) == 0
          && keeps_enough (word + n, length - n, min_letters))
        return n;
    }
  return 0;
}

/**
 * limn_stem_find_start:
 *
 * Returns: bytes of what is written together with the front of @word: "and", "the"
 */
gsize
limn_stem_find_start (const char *locale, const char *word, gsize length)
{
  const Rules *r = find_rules (locale);

  return r == NULL ? 0 : count_prefix (word, length, r->prefixes, r->min_letters);
}

/**
 * limn_stem:
 * @word: folded, without spaces
 * @length: bytes of it
 *
 * Returns: (transfer full) (nullable): what is left of @word in the language
 *   @locale, %NULL for languages without rules
 */
char *
limn_stem (const char *locale, const char *word, gsize length)
{
  const Rules *r = find_rules (locale);
  gsize start;

  if (r == NULL)
    return NULL;
  start = count_prefix (word, length, r->prefixes, r->min_letters);
  word += start;
  length -= start;
  length = strip_suffix (word, length, r->suffixes, r->min_letters);
  length = strip_suffix (word, length, r->last, r->min_letters);
  return g_strndup (word, length);
}
