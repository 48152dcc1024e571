/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes words that are written together apart: of all ways to cut, the one of
 * least cost, a word's cost being the logarithm of its rank by frequency.  That
 * is what dalle-mini's captions went through. */
#include "hashtag.h"

#include <math.h>
#include <string.h>

/* Words longer than this in a list are not looked for: keeps hostile lists cheap. */
#define MAX_WORD 64
/* Characters of hashtags taken apart in one prompt; a prompt's 64 ids end long before. */
#define MAX_WORK 8192

struct _LimnHashtags
{
  GHashTable *ranks; /* word, owned, to rank from 1 */
  gsize max_word;
  gsize n_done; /* characters taken apart so far */
};

/**
 * limn_hashtags_new:
 * @words: (array length=n_words): lines, most frequent first; the first field counts
 *
 * Returns: (transfer full): a splitter for one prompt
 */
LimnHashtags *
limn_hashtags_new (const char *const *words, gsize n_words)
{
  LimnHashtags *hashtags = g_new0 (LimnHashtags, 1);

  hashtags->ranks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  hashtags->max_word = 1;
  for (gsize i = 0; i < n_words && i < G_MAXUINT; i++)
    {
      const char *word = words[i] + strspn (words[i], " \t\r\n\v\f");
      gsize length = strcspn (word, " \t\r\n\v\f");

      if (length == 0 || length > MAX_WORD)
        continue;
      hashtags->max_word = MAX (hashtags->max_word, length);
      g_hash_table_insert (hashtags->ranks, g_strndup (word, length), GUINT_TO_POINTER (i + 1));
    }
  return hashtags;
}

void
limn_hashtags_free (LimnHashtags *hashtags)
{
  g_hash_table_unref (hashtags->ranks);
  g_free (hashtags);
}

static double
word_cost (LimnHashtags *hashtags, const char *text, gsize length)
{
  char word[MAX_WORD + 1];
  guint rank;

  for (gsize i = 0; i < length; i++)
    word[i] = g_ascii_tolower (text[i]);
  word[length] = '\0';
  rank = GPOINTER_TO_UINT (g_hash_table_lookup (hashtags->ranks, word));
  return rank == 0 ? INFINITY : log ((double) rank);
}

/* lengths[i]: length of the last word of the cheapest way to cut text[0..i).
 * Of equal costs the shortest last word wins, so unknown text falls into letters. */
static void
find_cuts (LimnHashtags *hashtags, const char *text, gsize length, double *costs, guint8 *lengths)
{
  costs[0] = 0;
  for (gsize end = 1; end <= length; end++)
    {
      costs[end] = INFINITY;
      lengths[end] = 1;
      for (gsize n = 1; n <= MIN (end, hashtags->max_word); n++)
        {
          double cost = costs[end - n] + word_cost (hashtags, text + end - n, n);

          if (cost < costs[end])
            {
              costs[end] = cost;
              lengths[end] = (guint8) n;
            }
        }
    }
}

/* Marks where words start; numbers stay whole. */
static void
mark_starts (const char *text, gsize length, const guint8 *lengths, gboolean *is_start)
{
  for (gsize end = length; end > 0; end -= lengths[end])
    {
      gboolean joins =
          end < length && g_ascii_isdigit (text[end - 1]) && g_ascii_isdigit (text[end]);

      if (joins)
        is_start[end] = FALSE;
      is_start[end - lengths[end]] = TRUE;
    }
}

/**
 * limn_hashtags_knows:
 *
 * Returns: whether all of @tag can be cut into words
 */
gboolean
limn_hashtags_knows (LimnHashtags *hashtags, const char *tag, gsize length)
{
  g_autofree char *text = g_strndup (tag, length);
  g_autofree double *costs = g_new (double, length + 1);
  g_autofree guint8 *lengths = g_new (guint8, length + 1);
  gsize n = 0;

  if (length > MAX_WORK - hashtags->n_done)
    return FALSE;
  hashtags->n_done += length;
  for (gsize i = 0; i < length; i++)
    if (tag[i] != '_')
      text[n++] = tag[i];
  find_cuts (hashtags, text, n, costs, lengths);
  return n > 0 && isfinite (costs[n]);
}

static void
append_run (LimnHashtags *hashtags, GString *result, const char *text, gsize length)
{
  g_autofree double *costs = g_new (double, length + 1);
  g_autofree guint8 *lengths = g_new (guint8, length + 1);
  g_autofree gboolean *is_start = g_new0 (gboolean, length + 1);

  find_cuts (hashtags, text, length, costs, lengths);
  mark_starts (text, length, lengths, is_start);
  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && is_start[i])
        g_string_append_c (result, ' ');
      g_string_append_c (result, text[i]);
    }
}

/**
 * limn_hashtags_append_split:
 * @tag: ASCII letters, digits and "_", without the "#"
 * @length: its length
 *
 * Appends the words of @tag to @result, with spaces between them.
 */
void
limn_hashtags_append_split (LimnHashtags *hashtags, GString *result, const char *tag, gsize length)
{
  gsize start = 0;
  gboolean is_first = TRUE;

  if (length > MAX_WORK - hashtags->n_done)
    {
      g_string_append_len (result, tag, (gssize) length);
      return;
    }
  hashtags->n_done += length;
  while (start < length)
    {
      gsize end = start;

      while (end < length && tag[end] != '_')
        end++;
      if (!is_first && end > start)
        g_string_append_c (result, ' ');
      is_first = is_first && end == start;
      append_run (hashtags, result, tag + start, end - start);
      start = end;
      while (start < length && tag[start] == '_')
        start++;
    }
}
