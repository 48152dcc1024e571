/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts text as GPT-2's pattern does before byte pairs are merged:
 *   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 * written out by hand, so that it is linear in every case. */
#include "presplit.h"

#include <string.h>

typedef enum
{
  CLASS_END,
  CLASS_SPACE,
  CLASS_LETTER,
  CLASS_NUMBER,
  CLASS_OTHER,
} CharClass;

/* Unicode's White_Space; GLib's g_unichar_isspace() knows fewer. */
static gboolean
is_white_space (gunichar c)
{
  return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680
         || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F
         || c == 0x3000;
}

static CharClass
classify (const char *text)
{
  gunichar c = g_utf8_get_char (text);

  if (c == 0)
    return CLASS_END;
  if (is_white_space (c))
    return CLASS_SPACE;
  switch (g_unichar_type (c))
    {
    case G_UNICODE_LOWERCASE_LETTER:
    case G_UNICODE_UPPERCASE_LETTER:
    case G_UNICODE_TITLECASE_LETTER:
    case G_UNICODE_MODIFIER_LETTER:
    case G_UNICODE_OTHER_LETTER:
      return CLASS_LETTER;
    case G_UNICODE_DECIMAL_NUMBER:
    case G_UNICODE_LETTER_NUMBER:
    case G_UNICODE_OTHER_NUMBER:
      return CLASS_NUMBER;
    default:
      return CLASS_OTHER;
    }
}

static gsize
match_short_form (const char *text)
{
  static const char *const forms[] = { "'s", "'t", "'re", "'ve", "'m", "'ll", "'d" };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    if (g_str_has_prefix (text, forms[i]))
      return strlen (forms[i]);
  return 0;
}

/* Bytes of the run of one class that starts at text; 0 at white space or the end. */
static gsize
match_run (const char *text)
{
  CharClass class = classify (text);
  const char *p = text;

  if (class == CLASS_END || class == CLASS_SPACE)
    return 0;
  while (classify (p) == class)
    p = g_utf8_next_char (p);
  return (gsize) (p - text);
}

/* White space; the last character of it is left to the word that follows. */
static gsize
match_space (const char *text)
{
  const char *p = text, *last = text;

  while (classify (p) == CLASS_SPACE)
    {
      last = p;
      p = g_utf8_next_char (p);
    }
  return (gsize) ((*p == '\0' || last == text ? p : last) - text);
}

/**
 * limn_presplit_next:
 * @text: valid UTF-8
 *
 * Returns: how many bytes the first piece of @text has; 0 at its end
 */
gsize
limn_presplit_next (const char *text)
{
  gsize n = match_short_form (text);

  if (n == 0 && *text == ' ')
    {
      n = match_run (text + 1);
      n += n > 0 ? 1 : 0;
    }
  if (n == 0)
    n = match_run (text);
  if (n == 0)
    n = match_space (text);
  return n;
}
