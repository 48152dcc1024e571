/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thing, asked for in many languages: the Starter model must be told that thing. */
#include "vocabulary.h"

#include <string.h>

#define N_LEAST 60 /* prompts of a language, for its share to say something */

/* "a cat", "cats": without the article. */
static const char *
skip_article (const char *text)
{
  if (g_str_has_prefix (text, "a "))
    return text + 2;
  return text + (g_str_has_prefix (text, "an ") ? 3 : 0);
}

static gboolean
is_understood (LimnVocabulary *vocabulary,
               const char *prompt,
               const char *language,
               const LimnConcept *wanted)
{
  g_autoptr (LimnReading) reading = limn_vocabulary_read (vocabulary, prompt, language);
  const char *noun = skip_article (reading->prompt);

  if (limn_vocabulary_find (vocabulary, noun, strlen (noun)) == wanted)
    return TRUE;
  g_test_message ("%s: %s: %s, not %s", language, prompt, reading->prompt, wanted->name);
  return FALSE;
}

/* ">= 90 % of what English gets", which is all of it, in each of the languages. */
static void
test_language (gconstpointer data)
{
  const char *language = data;
  g_autoptr (LimnVocabulary) vocabulary = limn_test_load_concepts (TRUE);
  g_auto (GStrv) lines = limn_test_load_lines ("things.tsv");
  g_auto (GStrv) head = g_strsplit (lines[0], "\t", -1);
  guint column = 0, n = 0, n_right = 0;

  while (!g_str_equal (head[column], language))
    column++;
  for (guint i = 1; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], "\t", -1);
      g_auto (GStrv) prompts = g_strsplit (fields[column], "|", -1);
      const LimnConcept *wanted = limn_vocabulary_find (vocabulary, fields[0], strlen (fields[0]));

      g_assert_nonnull (wanted);
      for (guint k = 0; prompts[k] != NULL; k++, n++)
        n_right += is_understood (vocabulary, prompts[k], language, wanted) ? 1 : 0;
    }
  g_test_message ("%s: %u of %u understood (%.1f %%)", language, n_right, n, 100.0 * n_right / n);
  g_assert_cmpuint (n, >=, N_LEAST);
  g_assert_cmpfloat (n_right, >=, 0.9 * n);
}

int
main (int argc, char *argv[])
{
  g_auto (GStrv) lines = NULL;
  g_auto (GStrv) head = NULL;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions (); /* so that every language is told */
  lines = limn_test_load_lines ("things.tsv");
  head = g_strsplit (lines[0], "\t", -1);
  for (guint i = 0; head[i] != NULL; i++)
    {
      g_autofree char *path = g_strdup_printf ("/text/things/%s", head[i]);

      g_test_add_data_func (path, head[i], test_language);
    }
  return g_test_run ();
}
