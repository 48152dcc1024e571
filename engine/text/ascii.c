/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes characters of all scripts in ASCII, one by one and without regard to
 * language: "café" "cafe", "Москва" "Moskva", "北京" "Bei Jing ".  The captions
 * that the public models learned from were written like that.  A table of our
 * own (make-tables.py) rather than ICU keeps pictures the same everywhere. */
#include "ascii.h"

#include <string.h>

/* digits, spellings, pages: a page holds 256 cells of two digits each, the
 * number of a spelling; missing cells at its end are 0, the empty spelling. */
#include "ascii-table.inc"

#define N_DIGITS     (sizeof digits - 1)
#define HANGUL_FIRST 0xAC00
#define HANGUL_LAST  0xD7A3

static guint
digit_value (char c)
{
  return (guint) (strchr (digits, c) - digits);
}

static const char *
find_cells (guint32 page)
{
  guint low = 0, high = G_N_ELEMENTS (pages);

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (pages[middle].page == page)
        return pages[middle].cells;
      if (pages[middle].page < page)
        low = middle + 1;
      else
        high = middle;
    }
  return NULL;
}

static const char *
spell (gunichar c)
{
  const char *cells = find_cells (c >> 8);
  gsize cell = 2 * (gsize) (c & 0xFF);

  if (cells == NULL || strlen (cells) <= cell)
    return "";
  return spellings[digit_value (cells[cell]) * N_DIGITS + digit_value (cells[cell + 1])];
}

/* A Hangul syllable is a formula of its letters (Unicode, section 3.12). */
static void
append_hangul (GString *result, gunichar c)
{
  guint n = c - HANGUL_FIRST;

  g_string_append (result, spell (0x1100 + n / (21 * 28)));
  g_string_append (result, spell (0x1161 + n / 28 % 21));
  if (n % 28 != 0)
    g_string_append (result, spell (0x11A7 + n % 28));
}

/**
 * limn_ascii_append:
 *
 * Appends the ASCII spelling of @c, which may be empty, to @result.
 */
void
limn_ascii_append (GString *result, gunichar c)
{
  if (c < 128)
    g_string_append_c (result, (char) c);
  else if (c >= HANGUL_FIRST && c <= HANGUL_LAST)
    append_hangul (result, c);
  else
    g_string_append (result, spell (c));
}

/**
 * limn_ascii_from_utf8:
 * @text: valid UTF-8
 *
 * Returns: (transfer full): @text in ASCII
 */
char *
limn_ascii_from_utf8 (const char *text)
{
  GString *result = g_string_sized_new (strlen (text) + 1);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    limn_ascii_append (result, g_utf8_get_char (text));
  return g_string_free (result, FALSE);
}
