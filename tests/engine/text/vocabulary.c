/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vocabularies that the text tests use: the one of the golden vectors, and a
 * small one that needs no file. */
#include "vocabulary.h"

#include <string.h>

static char *
golden_path (const char *name)
{
  const char *folder = g_getenv ("LIMN_GOLDEN_DIR");

  return folder == NULL ? NULL : g_build_filename (folder, name, NULL);
}

/* NULL, and the test skipped, where the golden vectors are not there. */
JsonNode *
limn_test_load_golden (const char *name)
{
  g_autofree char *path = golden_path (name);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  if (path == NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("the golden vectors are not there");
      return NULL;
    }
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return json_parser_steal_root (parser);
}

static char **
tokens_of_json (JsonObject *vocabulary)
{
  guint n = json_object_get_size (vocabulary);
  char **tokens = g_new0 (char *, n + 1);
  JsonObjectIter iter;
  const char *text;
  JsonNode *id;

  json_object_iter_init (&iter, vocabulary);
  while (json_object_iter_next (&iter, &text, &id))
    {
      g_assert_cmpint (json_node_get_int (id), <, n);
      tokens[json_node_get_int (id)] = g_strdup (text);
    }
  return tokens;
}

LimnTokenizer *
limn_test_load_golden_tokenizer (void)
{
  g_autoptr (JsonNode) node = limn_test_load_golden ("tokenizer/vocab.json");
  g_autofree char *merges_path = golden_path ("tokenizer/merges.txt");
  g_autofree char *merges_text = NULL;
  g_auto (GStrv) tokens = NULL;
  g_auto (GStrv) merges = NULL;
  g_autoptr (GError) error = NULL;
  LimnTokenizer *tokenizer;

  if (node == NULL)
    return NULL;
  tokens = tokens_of_json (json_node_get_object (node));
  g_file_get_contents (merges_path, &merges_text, NULL, &error);
  g_assert_no_error (error);
  merges = g_strsplit (g_strchomp (merges_text), "\n", -1);
  g_assert_true (g_str_has_prefix (merges[0], "#version"));
  tokenizer =
      limn_tokenizer_new ((const char *const *) tokens, g_strv_length (tokens),
                          (const char *const *) merges + 1, g_strv_length (merges) - 1, &error);
  g_assert_no_error (error);
  return tokenizer;
}

/* The 256 bytes, and merges that chain: "aa", "aaaa", ... and a few of English. */
LimnTokenizer *
limn_test_make_small_tokenizer (void)
{
  static const char *const special[] = { "<s>", "<pad>", "</s>", "<unk>", "<mask>" };
  static const char *const merges[] = { "Ġ t",       "Ġt h", "Ġth e", "a a", "aa aa",
                                        "aaaa aaaa", "Ġ a",  "i n",   "< s", "<s >",
                                        "Ġ <s>",     "b a",  "ab ab" };
  g_autoptr (GPtrArray) tokens = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  LimnTokenizer *tokenizer;
  gunichar next = 0x100;

  for (guint i = 0; i < G_N_ELEMENTS (special); i++)
    g_ptr_array_add (tokens, g_strdup (special[i]));
  for (guint byte = 0; byte < 256; byte++)
    {
      gboolean is_printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte != 173);
      char text[8] = { 0 };

      g_unichar_to_utf8 (is_printable ? byte : next++, text);
      g_ptr_array_add (tokens, g_strdup (text));
    }
  for (guint i = 0; i < G_N_ELEMENTS (merges); i++)
    {
      g_auto (GStrv) parts = g_strsplit (merges[i], " ", 2);

      g_ptr_array_add (tokens, g_strconcat (parts[0], parts[1], NULL));
    }
  tokenizer = limn_tokenizer_new ((const char *const *) tokens->pdata, tokens->len, merges,
                                  G_N_ELEMENTS (merges), &error);
  g_assert_no_error (error);
  return tokenizer;
}

/* The lines of a table beside the tests, without remarks. */
char **
limn_test_load_lines (const char *name)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("G_TEST_SRCDIR"), "engine", "text", name, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '#')
      g_strv_builder_add (builder, lines[i]);
  return g_strv_builder_end (builder);
}

/* The Starter model's list, as its file has it. */
LimnVocabulary *
limn_test_load_concepts (gboolean only_core)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", "data", "starter", "concepts.tsv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GPtrArray) concepts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) traits = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (guint i = 1; lines[i] != NULL; i++)
    {
      g_auto (GStrv) f = g_strsplit (lines[i], "\t", -1);
      GString *flags = g_string_new (NULL);

      g_assert_cmpuint (g_strv_length (f), ==, 11);
      for (guint k = 0; k < 5; k++)
        if (g_str_equal (f[5 + k], "1"))
          g_string_append_c (flags, "rmwho"[k]);
      if (!only_core || g_str_equal (f[10], "1"))
        {
          g_ptr_array_add (concepts, g_strconcat (f[1], *f[2] == '\0' ? "" : "|", f[2], NULL));
          g_ptr_array_add (traits, g_strdup_printf ("%s|%s|%s", f[3], f[4], flags->str));
        }
      g_string_free (flags, TRUE);
    }
  return limn_vocabulary_new ((const char *const *) concepts->pdata, concepts->len,
                              (const char *const *) traits->pdata, traits->len);
}
