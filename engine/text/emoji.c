/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds emoji in text and replaces them by their Unicode names.  The table is
 * made by make-tables.py; other languages' names are the lexicon's business. */
#include "emoji.h"

#include <string.h>

/* "sequence\0name\0" after each other, sorted by sequence. */
static const char table[] =
#include "emoji-table.inc"
    ;

#define MAX_ROWS 8192

static const char *rows[MAX_ROWS];
static guint n_rows;

static void
index_rows (void)
{
  static gsize is_ready = 0;

  if (!g_once_init_enter (&is_ready))
    return;
  for (const char *row = table; *row != '\0' && n_rows < MAX_ROWS; n_rows++)
    {
      rows[n_rows] = row;
      row += strlen (row) + 1;
      row += strlen (row) + 1;
    }
  g_once_init_leave (&is_ready, 1);
}

/* First row in [low, high) whose bytes from offset on are not below (or, with
 * is_after, are above) the n_bytes of key.  All rows there agree before offset. */
static guint
find_bound (guint low, guint high, gsize offset, const char *key, gsize n_bytes, gboolean is_after)
{
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      int order = strncmp (rows[middle] + offset, key, n_bytes);

      if (order < 0 || (is_after && order == 0))
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/**
 * limn_emoji_match:
 * @text: valid UTF-8
 * @length_bytes: (out): bytes of the emoji found
 *
 * Follows the emoji sequences as far as @text does, one character after the
 * other; the longest prefix of a sequence must itself be an emoji, there is no
 * way back to a shorter one (as the peers' package does it).
 *
 * Returns: (nullable): the name of the emoji that @text starts with, borrowed
 *   from the table; words are joined by "_".
 */
const char *
limn_emoji_match (const char *text, gsize *length_bytes)
{
  guint low = 0, high;
  gsize offset = 0;

  index_rows ();
  high = n_rows;
  while (text[offset] != '\0')
    {
      gsize n_bytes = (gsize) (g_utf8_next_char (text + offset) - (text + offset));
      guint first = find_bound (low, high, offset, text + offset, n_bytes, FALSE);
      guint end = find_bound (first, high, offset, text + offset, n_bytes, TRUE);

      if (first == end)
        break;
      low = first;
      high = end;
      offset += n_bytes;
    }
  if (offset == 0 || rows[low][offset] != '\0')
    return NULL;
  *length_bytes = offset;
  return rows[low] + offset + 1;
}

/**
 * limn_emoji_spell_out:
 * @text: valid UTF-8
 * @before: put before every name
 * @after: put after every name
 *
 * Replaces emoji by their names and drops variation selectors elsewhere.
 *
 * Returns: (transfer full): the new text
 */
char *
limn_emoji_spell_out (const char *text, const char *before, const char *after)
{
  GString *result = g_string_sized_new (strlen (text) + 1);

  while (*text != '\0')
    {
      gsize length_bytes = (gsize) (g_utf8_next_char (text) - text);
      const char *name = limn_emoji_match (text, &length_bytes);
      gunichar c = g_utf8_get_char (text);

      if (name != NULL)
        {
          g_string_append (result, before);
          g_string_append (result, name);
          g_string_append (result, after);
        }
      else if (c != 0xFE0E && c != 0xFE0F)
        g_string_append_len (result, text, (gssize) length_bytes);
      text += length_bytes;
    }
  return g_string_free (result, FALSE);
}
