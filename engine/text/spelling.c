/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The number of typing slips between two words: a letter too many, one missing,
 * a wrong one, two swapped. */
#include "spelling.h"

#include <string.h>

#define MAX_LETTERS 32

/* Slips that a word of this length may have; 0 for none. */
guint
limn_spelling_tolerance (const char *text)
{
  gsize n = strlen (text);

  if (n < LIMN_SPELLING_MIN || n > MAX_LETTERS)
    return 0;
  return n < 8 ? 1 : 2;
}

/**
 * limn_spelling_distance:
 * @a: folded text
 * @b: (array length=b_length): folded text
 *
 * Returns: slips between @a and @b, or @limit if there are as many or more, or
 *   the first letters differ
 */
guint
limn_spelling_distance (const char *a, const char *b, gsize b_length, guint limit)
{
  gsize a_length = strlen (a);
  guint rows[3][MAX_LETTERS + 2];

  if (a_length > MAX_LETTERS || b_length > MAX_LETTERS || b_length == 0 || a[0] != b[0]
      || MAX (a_length, b_length) - MIN (a_length, b_length) >= limit)
    return limit;
  for (guint j = 0; j <= b_length; j++)
    rows[0][j] = j;
  for (guint i = 1; i <= a_length; i++)
    {
      guint *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
      guint least = row[0] = i;

      for (guint j = 1; j <= b_length; j++)
        {
          row[j] =
              MIN (MIN (row[j - 1], above[j]) + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
          if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            row[j] = MIN (row[j], before[j - 2] + 1);
          least = MIN (least, row[j]);
        }
      if (least >= limit)
        return limit;
    }
  return MIN (rows[a_length % 3][b_length], limit);
}
