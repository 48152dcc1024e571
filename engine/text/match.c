/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the words of one language in text: the longest entry of its list at
 * each place.  Korean words carry particles, Chinese, Japanese and Thai have no
 * spaces; other words may have an ending that the list does not know. */
#include "item.h"

#include "ending.h"
#include "fold.h"
#include "vietnamese.h"

#include <string.h>

#define MAX_WORDS      4  /* of one entry */
#define MAX_CHARACTERS 14 /* of one entry in languages without spaces */
#define MAX_PIECES     4  /* of one Korean word */
#define MAX_DIGITS     2  /* of a number of things */

void
limn_items_init (LimnItems *items, const char *source)
{
  items->source = source;
  items->items = g_array_new (FALSE, TRUE, sizeof (LimnItem));
}

void
limn_items_clear (LimnItems *items)
{
  for (guint i = 0; i < items->items->len; i++)
    g_free (limn_items_get (items, i)->text);
  g_clear_pointer (&items->items, g_array_unref);
}

LimnItem *
limn_items_add (LimnItems *items,
                LimnWordKind kind,
                const char *text,
                gsize text_length,
                gsize start,
                gsize end)
{
  LimnItem item = {
    .kind = kind, .text = g_strndup (text, text_length), .start = start, .end = end
  };

  g_array_append_val (items->items, item);
  return limn_items_get (items, items->items->len - 1);
}

gboolean
limn_locale_has_spaces (const char *locale)
{
  return !g_str_equal (locale, "zh") && !g_str_equal (locale, "ja") && !g_str_equal (locale, "th");
}

typedef struct
{
  LimnItems *items;   /* NULL: only count */
  LimnWordList *list; /* borrowed */
  const LimnFolded *folded;
  const char *source; /* borrowed: what was folded */
  gsize base;         /* of the text in the prompt */
  double score;
  guint n_words;
  gboolean has_tones; /* Vietnamese, and written as it should be */
  gboolean has_stems; /* forms count, too */
} Matcher;

/* How much an entry speaks for its language. */
static double
weigh (LimnWordKind kind, guint n_words)
{
  switch (kind)
    {
    case LIMN_WORD_UNKNOWN:
      return 0;
    case LIMN_WORD_REMARK:
    case LIMN_WORD_KEYWORD:
      return 0.4 * n_words;
    case LIMN_WORD_THING:
    case LIMN_WORD_NAME:
      return 1.1 * n_words;
    default:
      return 1.2 * n_words; /* what holds a sentence together tells most */
    }
}

static void
add_match (Matcher *matcher, const LimnWord *word, gsize start, gsize end, guint n_words)
{
  const LimnFolded *folded = matcher->folded;
  LimnItem *item;

  matcher->score += weigh (word->kind, n_words);
  matcher->n_words += n_words;
  if (matcher->items == NULL)
    return;
  item =
      limn_items_add (matcher->items, word->kind, word->value, word->value_length,
                      matcher->base + folded->origin[start], matcher->base + folded->origin[end]);
  item->is_foreign = TRUE;
  item->is_bare = memchr (word->key, ' ', word->key_length) == NULL;
}

/* Unknown text next to unknown text is one piece. */
static void
add_unknown (Matcher *matcher, gsize start, gsize end, gboolean joins)
{
  gsize first = matcher->base + matcher->folded->origin[start];
  gsize last = matcher->base + matcher->folded->origin[end];
  GArray *array = matcher->items == NULL ? NULL : matcher->items->items;
  LimnItem *item;

  matcher->n_words++;
  if (array == NULL)
    return;
  item = array->len == 0 ? NULL : &g_array_index (array, LimnItem, array->len - 1);
  if (joins && item != NULL && item->kind == LIMN_WORD_UNKNOWN && item->end == first)
    {
      first = item->start;
      g_free (item->text);
      g_array_set_size (array, array->len - 1);
    }
  item = limn_items_add (matcher->items, LIMN_WORD_UNKNOWN, matcher->items->source + first,
                         last - first, first, last);
  item->is_foreign = TRUE;
}

/* Whether digits may touch the character that begins there: no 4k, 16:9, R2D2 or 3.5. */
static gboolean
is_apart (const char *p)
{
  return *p == '\0' || g_ascii_isspace (*p) || (guchar) *p >= 0x80;
}

/* "3 gatos", "2匹", "10只": the end of the digits at start; 0 if there are none. */
static gsize
match_digits (Matcher *matcher, gsize start)
{
  static const char *const names[] = { "one", "two",   "three", "four", "five",
                                       "six", "seven", "eight", "nine", "ten" };
  const LimnFolded *folded = matcher->folded;
  LimnWord word = { .kind = LIMN_WORD_NUMBER, .key = folded->text + start };
  gsize end = start;
  const char *written;
  guint64 n;

  while (g_ascii_isdigit (folded->text[end]))
    end++;
  if (matcher->items == NULL || end == start || end - start > MAX_DIGITS)
    return 0; /* digits do not tell the language */
  written = matcher->items->source + matcher->base + folded->origin[start];
  if ((written > matcher->items->source && !is_apart (written - 1))
      || !is_apart (written + (end - start)))
    return 0;
  n = g_ascii_strtoull (word.key, NULL, 10);
  word.key_length = end - start;
  word.value = n > 0 && n <= G_N_ELEMENTS (names) ? names[n - 1] : word.key;
  word.value_length = word.value == word.key ? word.key_length : strlen (word.value);
  add_match (matcher, &word, start, end, 1);
  return end;
}

/* ---- words between spaces -------------------------------------------------- */

/* End of the n-th word from start on; 0 if there are not so many. */
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

/* Cuts a Korean word into entries; FALSE if some of it is not one. */
static gboolean
match_pieces (Matcher *matcher, gsize start, gsize end, guint n_left)
{
  const char *text = matcher->folded->text;
  LimnWord word;

  if (start == end)
    return TRUE;
  for (gsize middle = end; n_left > 0 && middle > start;
       middle = (gsize) (g_utf8_find_prev_char (text + start, text + middle) - text))
    {
      GArray *array = matcher->items == NULL ? NULL : matcher->items->items;
      guint n = array == NULL ? 0 : array->len;
      Matcher before = *matcher;

      if (!limn_word_list_find (matcher->list, text + start, middle - start, &word))
        {
          if (g_utf8_find_prev_char (text + start, text + middle) == NULL)
            break;
          continue;
        }
      add_match (matcher, &word, start, middle, middle == end ? 1 : 0);
      if (match_pieces (matcher, middle, end, n_left - 1))
        return TRUE;
      *matcher = before;
      for (; array != NULL && array->len > n; g_array_set_size (array, array->len - 1))
        g_free (g_array_index (array, LimnItem, array->len - 1).text);
      if (g_utf8_find_prev_char (text + start, text + middle) == NULL)
        break;
    }
  return FALSE;
}

/* Words written together: the first counts for all. */
static gboolean
match_parts (Matcher *matcher, const char *locale, gsize start, gsize end)
{
  const char *text = matcher->folded->text;
  LimnParts parts;

  if (!limn_ending_cut (locale, matcher->list, text + start, end - start, &parts))
    return FALSE;
  for (guint i = 0; i < parts.n; i++)
    {
      gsize first = (gsize) (parts.words[i].key - text);

      add_match (matcher, &parts.words[i], first, first + parts.words[i].key_length,
                 i == 0 ? 1 : 0);
    }
  return TRUE;
}

static void
match_word (Matcher *matcher, const char *locale, gsize start, gsize end)
{
  gboolean has_forms = matcher->items != NULL || matcher->has_stems;
  LimnWord word;

  if (g_str_equal (locale, "ko") && match_pieces (matcher, start, end, MAX_PIECES))
    return;
  if (has_forms && match_parts (matcher, locale, start, end))
    return;
  if (has_forms
      && limn_word_list_find_stem (matcher->list, matcher->folded->text + start, end - start,
                                   &word))
    add_match (matcher, &word, start, end, 1);
  else
    add_unknown (matcher, start, end, FALSE);
}

static gboolean
is_filler (Matcher *matcher, gsize start, gsize end)
{
  gsize first = matcher->folded->origin[start];

  return matcher->has_tones
         && limn_vietnamese_is_filler (matcher->source + first,
                                       matcher->folded->origin[end] - first);
}

static void
match_spaced (Matcher *matcher, const char *locale)
{
  const LimnFolded *folded = matcher->folded;
  gsize start = 0;

  while (start < folded->length)
    {
      LimnWord word = { 0 };
      gsize end = 0;
      guint n;

      for (n = MAX_WORDS; n > 0; n--)
        {
          end = find_words_end (folded, start, n);
          if (end != 0
              && limn_word_list_find (matcher->list, folded->text + start, end - start, &word))
            break;
        }
      if (n == 1 && is_filler (matcher, start, end))
        word.kind = LIMN_WORD_SKIP;
      if (n > 0)
        add_match (matcher, &word, start, end, n);
      else if ((end = match_digits (matcher, start)) == 0)
        {
          end = find_words_end (folded, start, 1);
          match_word (matcher, locale, start, end);
        }
      start = folded->text[end] == ' ' ? end + 1 : end; /* 3마리: the word goes on */
    }
}

/* ---- text without spaces --------------------------------------------------- */

/* A remark of one character would be found everywhere. */
static gboolean
is_trusted (const LimnWord *word)
{
  return word->kind != LIMN_WORD_REMARK || g_utf8_strlen (word->key, (gssize) word->key_length) > 1;
}

static gsize
match_longest (Matcher *matcher, gsize start, LimnWord *word)
{
  const char *text = matcher->folded->text;
  gsize ends[MAX_CHARACTERS];
  guint n = 0;

  for (const char *p = text + start; n < MAX_CHARACTERS && *p != '\0' && *p != ' ';)
    {
      p = g_utf8_next_char (p);
      ends[n++] = (gsize) (p - text);
    }
  while (n-- > 0)
    if (limn_word_list_find (matcher->list, text + start, ends[n] - start, word)
        && is_trusted (word))
      return ends[n];
  return 0;
}

static void
match_unspaced (Matcher *matcher)
{
  const LimnFolded *folded = matcher->folded;
  gsize start = 0;

  while (start < folded->length)
    {
      LimnWord word;
      gsize end;

      if (folded->text[start] == ' ')
        {
          start++;
          continue;
        }
      end = match_longest (matcher, start, &word);
      if (end != 0)
        add_match (matcher, &word, start, end, 1);
      else if ((end = match_digits (matcher, start)) != 0)
        ;
      else
        {
          end = (gsize) (g_utf8_next_char (folded->text + start) - folded->text);
          add_unknown (matcher, start, end, TRUE);
        }
      start = end;
    }
}

static void
run (Matcher *matcher, const char *locale)
{
  matcher->has_tones = g_str_equal (locale, "vi")
                       && limn_vietnamese_has_tones (
                           matcher->source, matcher->folded->origin[matcher->folded->length]);
  if (limn_locale_has_spaces (locale))
    match_spaced (matcher, locale);
  else
    match_unspaced (matcher);
}

/**
 * limn_match:
 * @items: gets what is found in bytes [@start, @end) of its source
 * @locale: which language to look for
 */
void
limn_match (LimnItems *items, const char *locale, gsize start, gsize end)
{
  g_auto (LimnFolded) folded = { 0 };
  Matcher matcher = { .items = items, .list = limn_lexicon_get_list (locale), .base = start };

  limn_fold (&folded, items->source + start, end - start);
  matcher.folded = &folded;
  matcher.source = items->source + start;
  run (&matcher, locale);
}

/**
 * limn_match_score:
 * @has_stems: whether words count that the list has in another form only
 * @n_words: (out): how many words the text has in that language
 *
 * Returns: how much of @text could be @locale
 */
double
limn_match_score (const char *locale,
                  const char *text,
                  gsize length,
                  gboolean has_stems,
                  guint *n_words)
{
  g_auto (LimnFolded) folded = { 0 };
  Matcher matcher = { .list = limn_lexicon_get_list (locale), .has_stems = has_stems };

  limn_fold (&folded, text, length);
  matcher.folded = &folded;
  matcher.source = text;
  if (matcher.list != NULL)
    run (&matcher, locale);
  *n_words = matcher.n_words;
  return matcher.score;
}
