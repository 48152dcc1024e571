/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes words comparable: lower case, no accents on Latin, Greek and Cyrillic
 * letters, one form of Arabic letters, hiragana for katakana, everything that
 * is no letter or number a space.  data/lexicon/build.py does the same. */
#include "fold.h"

#include "ascii.h"

#include <string.h>

static gboolean
is_dropped (gunichar c)
{
  return (c >= 0x300 && c < 0x370) || (c >= 0x591 && c <= 0x5C7) || (c >= 0x64B && c <= 0x65F)
         || c == 0x640 || c == 0x93C || c == 0x200C || c == 0x200D || (c >= 0xFE00 && c <= 0xFE0F);
}

static gboolean
is_latin (gunichar c)
{
  return (c >= 0xC0 && c < 0x250) || (c >= 0x1E00 && c < 0x1F00);
}

/* Letters that are written with marks, and are the same word without. */
static gboolean
has_marks (gunichar c)
{
  return (c >= 0x370 && c < 0x530) || (c >= 0x1F00 && c < 0x2000) || (c >= 0x958 && c <= 0x95F);
}

static gunichar
replace_letter (gunichar c)
{
  switch (c)
    {
    case 0x622: /* the alefs */
    case 0x623:
    case 0x625:
    case 0x671:
      return 0x627;
    case 0x629: /* teh marbuta */
      return 0x647;
    case 0x649: /* the yehs */
    case 0x6CC:
      return 0x64A;
    case 0x6A9: /* the Persian kaf */
      return 0x643;
    case 0x901: /* chandrabindu */
      return 0x902;
    case 0x3C2: /* final sigma */
      return 0x3C3;
    default:
      return c;
    }
}

static gunichar
strip_marks (gunichar c)
{
  gunichar base, mark;

  c = g_unichar_tolower (c);
  while (g_unichar_decompose (c, &base, &mark))
    c = base;
  return c;
}

static void
fold_character (GString *result, gunichar c)
{
  if (c >= 0xFF01 && c <= 0xFF5E) /* full width */
    c -= 0xFEE0;
  if (c >= 0x30A1 && c <= 0x30F6) /* katakana */
    c -= 0x60;
  if (is_dropped (c))
    return;
  if (c < 128 || is_latin (c))
    {
      gsize start = result->len;

      limn_ascii_append (result, c);
      for (gsize i = start; i < result->len; i++)
        result->str[i] = g_ascii_isalnum (result->str[i]) ? g_ascii_tolower (result->str[i]) : ' ';
      return;
    }
  c = has_marks (c) ? strip_marks (c) : c;
  c = replace_letter (c);
  if (g_unichar_isalnum (c) || g_unichar_ismark (c))
    g_string_append_unichar (result, c);
  else
    g_string_append_c (result, ' ');
}

/* Spaces at the start, and before other spaces, go. */
static void
append_piece (GString *text, GArray *origin, const char *piece, guint32 at)
{
  for (const char *p = piece; *p != '\0'; p++)
    if (*p != ' ' || (text->len > 0 && text->str[text->len - 1] != ' '))
      {
        g_string_append_c (text, *p);
        g_array_append_val (origin, at);
      }
}

/**
 * limn_fold:
 * @folded: (out caller-allocates): free with limn_folded_clear()
 * @source: valid UTF-8
 * @length: bytes of it
 */
void
limn_fold (LimnFolded *folded, const char *source, gsize length)
{
  GString *text = g_string_new (NULL);
  GArray *origin = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GString) piece = g_string_new (NULL);
  guint32 end = (guint32) length;

  for (const char *p = source; p < source + length; p = g_utf8_next_char (p))
    {
      g_string_truncate (piece, 0);
      fold_character (piece, g_utf8_get_char (p));
      append_piece (text, origin, piece->str, (guint32) (p - source));
    }
  if (text->len > 0 && text->str[text->len - 1] == ' ')
    {
      end = g_array_index (origin, guint32, text->len - 1);
      g_string_truncate (text, text->len - 1);
      g_array_set_size (origin, (guint) text->len);
    }
  g_array_append_val (origin, end);
  folded->length = text->len;
  folded->text = g_string_free (text, FALSE);
  folded->origin = (guint32 *) (void *) g_array_free (origin, FALSE);
}

void
limn_folded_clear (LimnFolded *folded)
{
  g_clear_pointer (&folded->text, g_free);
  g_clear_pointer (&folded->origin, g_free);
}
