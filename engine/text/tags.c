/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "#frogonthemoon" into words that the lexicon has. */
#include "tags.h"

#include "hashtag.h"
#include "lexicon.h"

#include <string.h>

#define N_FREE 200 /* ranks that no word has: a word more must cost something */

static void
add_words (GPtrArray *words, const char *list_name)
{
  LimnWordList *list = limn_lexicon_get_list (list_name);

  for (guint i = 0; list != NULL && i < limn_word_list_get_size (list); i++)
    {
      LimnWord word;
      char *copy;

      limn_word_list_get_word (list, i, &word);
      copy = g_strndup (word.key, word.key_length);
      if (g_str_is_ascii (copy) && strchr (copy, ' ') == NULL)
        g_ptr_array_add (words, copy);
      else
        g_free (copy);
    }
}

/* Everyday words first. */
static LimnHashtags *
load_words (void)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < N_FREE; i++)
    g_ptr_array_add (words, g_strdup (""));
  add_words (words, "common");
  add_words (words, "en");
  return limn_hashtags_new ((const char *const *) words->pdata, words->len);
}

/* "GatoEnLaLuna": words of another language are told by their capitals alone. */
static void
append_foreign (GString *result, const char *tag, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && g_ascii_isupper (tag[i]) && g_ascii_islower (tag[i - 1]))
        g_string_append_c (result, ' ');
      g_string_append_c (result, tag[i] == '_' ? ' ' : tag[i]);
    }
}

/**
 * limn_tags_open:
 * @text: a prompt
 *
 * Returns: (transfer full): @text with its hashtags taken apart, commas between
 */
char *
limn_tags_open (const char *text)
{
  g_autoptr (LimnHashtags) words = NULL;
  GString *result = g_string_new (NULL);

  for (const char *p = text; *p != '\0';)
    {
      gboolean is_start = p == text || g_ascii_isspace (p[-1]);
      gsize length = 0;

      if (*p == '#' && is_start)
        while (g_ascii_isalnum (p[1 + length]) || p[1 + length] == '_')
          length++;
      if (length == 0)
        {
          g_string_append_c (result, *p++);
          continue;
        }
      if (words == NULL)
        words = load_words ();
      if ((guchar) p[1 + length] >= 0x80 || !limn_hashtags_knows (words, p + 1, length))
        {
          append_foreign (result, p + 1, length);
          p += 1 + length;
          continue;
        }
      while (result->len > 0 && g_ascii_isspace (result->str[result->len - 1]))
        g_string_truncate (result, result->len - 1);
      if (result->len > 0)
        g_string_append (result, ", ");
      limn_hashtags_append_split (words, result, p + 1, length);
      p += 1 + length;
    }
  return g_string_free (result, FALSE);
}
