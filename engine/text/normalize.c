/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prompts in the form that the models' captions had.  The steps of dalle-mini's
 * normaliser are kept one by one and in their order, even where they get in
 * each other's way: the weights know text that went through exactly these.
 * Not here: its repair of text in a wrong encoding (step 1, "ftfy"). */
#include "normalize.h"

#include "ascii.h"
#include "emoji.h"
#include "entities.h"
#include "hashtag.h"

#include <string.h>

/* Stand for characters that a later step must not see.  They are made of word
 * characters, as the peer's are: later patterns look at their neighbours. */
#define KEPT_DOT   "xtokxdotxtokx"
#define KEPT_QUOTE "xtokxquotextokx"
#define KEPT_SLASH "xtokxslashxtokx"

/* The peer's notion of white space, ASCII part. */
static gboolean
is_space (char c)
{
  return (c >= '\t' && c <= '\r') || (c >= 0x1C && c <= ' ');
}

static gboolean
is_word (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

/* ---- passes: each makes a new string from text and frees it ---------------- */

/* A leading or trailing "[12]", as wikis have them. */
static char *
remove_wiki_references (char *text)
{
  gsize start = 0, end = strlen (text);
  gsize i = 0;

  while (is_space (text[i]))
    i++;
  if (text[i] == '[' && g_ascii_isdigit (text[i + 1]))
    {
      for (i++; g_ascii_isdigit (text[i]);)
        i++;
      if (text[i] == ']')
        start = i + 1;
    }
  i = end;
  while (i > start && is_space (text[i - 1]))
    i--;
  if (i > start + 2 && text[i - 1] == ']' && g_ascii_isdigit (text[i - 2]))
    {
      for (i--; i > start && g_ascii_isdigit (text[i - 1]);)
        i--;
      if (i > start && text[i - 1] == '[')
        end = i - 1;
    }
  memmove (text, text + start, end - start);
  text[end - start] = '\0';
  return text;
}

/* "<...>" with at least one character inside and no "<" becomes a space. */
static char *
remove_tags (char *text)
{
  GString *result = g_string_sized_new (strlen (text) + 1);
  const char *p = text;

  while (*p != '\0')
    {
      gsize n = 0;

      if (p[0] == '<' && p[1] != '\0' && p[1] != '<')
        n = 2 + strcspn (p + 2, "<>");
      if (n > 0 && p[n] == '>')
        {
          g_string_append_c (result, ' ');
          p += n + 1;
        }
      else
        g_string_append_c (result, *p++);
    }
  g_free (text);
  return g_string_free (result, FALSE);
}

static char *
remove_urls (char *text)
{
  char *to = text;
  const char *p = text;

  while (*p != '\0')
    if (strncmp (p, "http", 4) == 0 && p[4] != '\0' && !is_space (p[4]))
      while (*p != '\0' && !is_space (*p))
        p++;
    else
      *to++ = *p++;
  *to = '\0';
  return text;
}

/* "1,000" to "1000". */
static char *
remove_thousands_commas (char *text)
{
  char *to = text;
  const char *p = text;

  while (*p != '\0')
    if (g_ascii_isdigit (p[0]) && p[1] == ',' && g_ascii_isdigit (p[2]) && g_ascii_isdigit (p[3])
        && g_ascii_isdigit (p[4]))
      {
        *to++ = p[0];
        memmove (to, p + 2, 3);
        to += 3;
        p += 5;
      }
    else
      *to++ = *p++;
  *to = '\0';
  return text;
}

typedef gboolean (*CharTest) (char c);

static gboolean
is_digit (char c)
{
  return g_ascii_isdigit (c);
}

/* Replaces c between two characters that pass the test; a character is the
 * neighbour of one replacement only, so of "a.b.c" the first dot is replaced. */
static char *
replace_between (char *text, CharTest test, char c, const char *replacement)
{
  GString *result = g_string_sized_new (strlen (text) + 1);
  const char *p = text;

  while (*p != '\0')
    if (test (p[0]) && p[1] == c && test (p[2]))
      {
        g_string_append_c (result, p[0]);
        g_string_append (result, replacement);
        g_string_append_c (result, p[2]);
        p += 3;
      }
    else
      g_string_append_c (result, *p++);
  g_free (text);
  return g_string_free (result, FALSE);
}

/* Whether an English short form ("'s", "'ll") follows and ends its word. */
static gboolean
is_short_form (const char *p)
{
  static const char *const forms[] = { "s", "t", "d", "m", "ll", "re", "ve" };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      gsize n = strlen (forms[i]);

      if (strncmp (p, forms[i], n) == 0 && !is_word (p[n]))
        return TRUE;
    }
  return FALSE;
}

static char *
keep_short_forms (char *text)
{
  GString *result = g_string_sized_new (strlen (text) + 1);

  for (const char *p = text; *p != '\0'; p++)
    if (*p == '\'' && is_short_form (p + 1))
      g_string_append (result, KEPT_QUOTE);
    else
      g_string_append_c (result, *p);
  g_free (text);
  return g_string_free (result, FALSE);
}

/* Puts before and after around each of the characters in set, or the text
 * replacement in its place. */
static char *
replace_each (char *text,
              const char *set,
              const char *before,
              const char *after,
              const char *replacement)
{
  GString *result = g_string_sized_new (strlen (text) + 1);

  for (const char *p = text; *p != '\0'; p++)
    if (strchr (set, *p) == NULL)
      g_string_append_c (result, *p);
    else
      {
        g_string_append (result, before);
        if (replacement != NULL)
          g_string_append (result, replacement);
        else
          g_string_append_c (result, *p);
        g_string_append (result, after);
      }
  g_free (text);
  return g_string_free (result, FALSE);
}

static char *
expand_hashtags (char *text, const char *const *words, gsize n_words)
{
  GString *result;
  LimnHashtags *hashtags;

  if (words == NULL || strchr (text, '#') == NULL)
    return text;
  result = g_string_sized_new (strlen (text) + 1);
  hashtags = limn_hashtags_new (words, n_words);
  for (const char *p = text; *p != '\0';)
    {
      gsize n = 0;

      while (p[0] == '#' && is_word (p[1 + n]))
        n++;
      if (n > 0)
        limn_hashtags_append_split (hashtags, result, p + 1, n);
      else
        g_string_append_c (result, *p);
      p += n + 1;
    }
  limn_hashtags_free (hashtags);
  g_free (text);
  return g_string_free (result, FALSE);
}

static char *
restore (char *text, const char *kept, char c)
{
  gsize n = strlen (kept);
  char *to = text;
  const char *p = text;

  while (*p != '\0')
    if (strncmp (p, kept, n) == 0)
      {
        *to++ = c;
        p += n;
      }
    else
      *to++ = *p++;
  *to = '\0';
  return text;
}

/* Four or more of a character become one; numbers stay, and "VIII". */
static char *
shorten_repeats (char *text)
{
  char *to = text;
  const char *p = text;

  while (*p != '\0')
    {
      gsize n = 1;

      while (p[n] == p[0])
        n++;
      if (n >= 4 && !g_ascii_isdigit (p[0]))
        *to++ = p[0];
      else
        for (gsize i = 0; i < n; i++)
          *to++ = p[0];
      p += n;
    }
  *to = '\0';
  return text;
}

/* A run of c's and spaces with at least one c becomes replacement. */
static char *
merge_runs (char *text, char c, const char *replacement)
{
  GString *result = g_string_sized_new (strlen (text) + 1);
  const char *p = text;

  while (*p != '\0')
    {
      gsize n = 0;
      gboolean has_c = FALSE;

      for (; p[n] == c || is_space (p[n]); n++)
        has_c = has_c || p[n] == c;
      if (has_c)
        g_string_append (result, replacement);
      else
        g_string_append_len (result, p, (gssize) n);
      p += n;
      if (*p != '\0')
        g_string_append_c (result, *p++);
    }
  g_free (text);
  return g_string_free (result, FALSE);
}

static char *
merge_spaces (char *text)
{
  char *to = text;

  for (const char *p = text; *p != '\0'; p++)
    if (!is_space (*p))
      *to++ = *p;
    else if (!is_space (p[1]))
      *to++ = ' ';
  *to = '\0';
  return text;
}

/* Trims, takes one comma off each end, trims again, and puts one space before. */
static char *
trim (char *text)
{
  const char *start = text, *end = text + strlen (text);
  char *result;

  for (guint round = 0; round < 2; round++)
    {
      while (start < end && is_space (*start))
        start++;
      while (end > start && is_space (end[-1]))
        end--;
      if (round == 0 && end > start && end[-1] == ',')
        end--;
      if (round == 0 && end > start && *start == ',')
        start++;
    }
  result = g_strdup_printf (" %.*s", (int) MIN (end - start, G_MAXINT), start);
  g_free (text);
  return result;
}

/* ---- the two clean-ups ----------------------------------------------------- */

/* Any text to lower-case ASCII; emoji by name. */
static char *
spell_in_ascii (const char *prompt)
{
  g_autofree char *once = limn_entities_decode (prompt);
  g_autofree char *twice = limn_entities_decode (once);
  g_autofree char *named = limn_emoji_spell_out (twice, ":", ":");
  char *text = limn_ascii_from_utf8 (named);

  for (char *p = text; *p != '\0'; p++)
    *p = g_ascii_tolower (*p);
  return text;
}

static char *
normalize_dalle_mini (const char *prompt, const char *const *words, gsize n_words)
{
  char *text = spell_in_ascii (prompt);

  text = remove_wiki_references (text);
  text = remove_tags (text);
  text = remove_urls (text);
  text = remove_thousands_commas (text);
  text = remove_thousands_commas (text);
  text = replace_between (text, is_word, '.', KEPT_DOT);
  text = keep_short_forms (text);
  text = replace_between (text, is_digit, '/', KEPT_SLASH);
  text = replace_between (text, is_word, '-', " ");
  text = replace_each (text, "%&/$*", " ", " ", NULL);
  text = expand_hashtags (text, words, n_words);
  text = replace_each (text, "_#\\", "", "", " ");
  text = replace_each (text, "'\"`", "", "", " \" ");
  text = replace_each (text, "()[].,|:;?!=+~-/{}", "", "", ",");
  text = restore (text, KEPT_DOT, '.');
  text = restore (text, KEPT_QUOTE, '\'');
  text = restore (text, KEPT_SLASH, '/');
  text = shorten_repeats (text);
  text = merge_runs (text, '"', " \" ");
  text = merge_runs (text, ',', ", ");
  text = merge_spaces (text);
  return trim (text);
}

/* Emoji by name, lower case, and what is then not ASCII is dropped.  The only
 * characters that become ASCII letters in lower case are the capital I with a
 * dot and the Kelvin sign. */
static char *
normalize_min_dalle (const char *prompt)
{
  g_autofree char *named = limn_emoji_spell_out (prompt, "", "");
  GString *result = g_string_sized_new (strlen (named) + 1);

  for (const char *p = named; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c < 128)
        g_string_append_c (result, g_ascii_tolower ((char) c));
      else if (c == 0x130 || c == 0x212A)
        g_string_append_c (result, c == 0x130 ? 'i' : 'k');
    }
  return g_string_free (result, FALSE);
}

/**
 * limn_text_normalize:
 * @normalizer: which clean-up
 * @prompt: (nullable): any bytes
 * @words: (nullable) (array length=n_words): lines of a word-frequency file
 *
 * Any prompt in the form that a model's captions had.  Takes time in proportion
 * to the prompt (and once to @words, if it has a hashtag); any thread.
 *
 * Returns: (transfer full): ASCII text
 */
char *
limn_text_normalize (LimnNormalizer normalizer,
                     const char *prompt,
                     const char *const *words,
                     gsize n_words)
{
  g_autofree char *valid = g_utf8_make_valid (prompt != NULL ? prompt : "", -1);

  if (normalizer == LIMN_NORMALIZER_MIN_DALLE)
    return normalize_min_dalle (valid);
  return normalize_dalle_mini (valid, words, n_words);
}
