/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The golden prompts: clean-ups and ids exactly as the peers' own code has them. */
#include "engine/text/normalize.h"
#include "vocabulary.h"

#define TEXT_LENGTH 64
#define N_VOCAB     50264

static void
assert_ids (JsonArray *expected, const guint32 *ids, guint n, const char *prompt)
{
  g_test_message ("%s", prompt);
  g_assert_cmpuint (json_array_get_length (expected), ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (json_array_get_int_element (expected, i), ==, ids[i]);
}

/* Begin and end around the ids, as the vectors have them. */
static void
assert_all_ids (LimnTokenizer *tokenizer, LimnSplit split, const char *text, JsonArray *expected)
{
  g_autoptr (GArray) ids = limn_tokenizer_encode (tokenizer, split, text);
  const guint32 begin = LIMN_TOKEN_BOS, end = LIMN_TOKEN_EOS;

  g_array_prepend_val (ids, begin);
  g_array_append_val (ids, end);
  assert_ids (expected, (const guint32 *) (const void *) ids->data, ids->len, text);
}

/* Prompts longer than the row are cut so that its end stays, as Hugging Face
 * does; min-dalle's rows lose it, so that only their ids can be compared. */
static void
test_min_dalle (void)
{
  g_autoptr (LimnTokenizer) tokenizer = limn_test_load_golden_tokenizer ();
  g_autoptr (JsonNode) node = limn_test_load_golden ("tokenizer/cases.json");
  JsonArray *cases;

  if (node == NULL)
    return;
  cases = json_object_get_array_member (json_node_get_object (node), "cases");
  g_assert_cmpuint (json_array_get_length (cases), >=, 40);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *object = json_array_get_object_element (cases, i);
      const char *prompt = json_object_get_string_member (object, "prompt");
      JsonArray *ids = json_object_get_array_member (object, "ids");
      g_autofree char *text = limn_text_normalize (LIMN_NORMALIZER_MIN_DALLE, prompt, NULL, 0);
      guint32 row[TEXT_LENGTH];
      guint n =
          limn_tokenizer_encode_row (tokenizer, LIMN_SPLIT_SPACE, text, TEXT_LENGTH, N_VOCAB, row);

      g_assert_cmpstr (text, ==, json_object_get_string_member (object, "cleaned"));
      assert_all_ids (tokenizer, LIMN_SPLIT_SPACE, text, ids);
      if (json_array_get_length (ids) <= TEXT_LENGTH)
        assert_ids (json_object_get_array_member (object, "cond_row"), row, TEXT_LENGTH, prompt);
      else
        g_assert_cmpuint (row[TEXT_LENGTH - 1], ==, LIMN_TOKEN_EOS);
      g_assert_cmpuint (n, ==, MIN (json_array_get_length (ids), TEXT_LENGTH));
    }
}

static char **
load_words (void)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("LIMN_GOLDEN_DIR"), "normalizer/words-frequency.txt", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return g_strsplit (g_strchomp (text), "\n", -1);
}

static void
test_dalle_mini (void)
{
  g_autoptr (LimnTokenizer) tokenizer = limn_test_load_golden_tokenizer ();
  g_autoptr (JsonNode) node = limn_test_load_golden ("normalizer/cases.json");
  g_auto (GStrv) words = NULL;
  JsonArray *cases;

  if (node == NULL)
    return;
  words = load_words ();
  cases = json_object_get_array_member (json_node_get_object (node), "cases");
  g_assert_cmpuint (json_array_get_length (cases), >=, 25);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *object = json_array_get_object_element (cases, i);
      const char *prompt = json_object_get_string_member (object, "prompt");
      g_autofree char *text = limn_text_normalize (
          LIMN_NORMALIZER_DALLE_MINI, prompt, (const char *const *) words, g_strv_length (words));
      guint32 row[TEXT_LENGTH];

      g_assert_cmpstr (text, ==, json_object_get_string_member (object, "normalized"));
      assert_all_ids (tokenizer, LIMN_SPLIT_GPT2, text,
                      json_object_get_array_member (object, "hf_ids"));
      limn_tokenizer_encode_row (tokenizer, LIMN_SPLIT_GPT2, text, TEXT_LENGTH, N_VOCAB, row);
      assert_ids (json_object_get_array_member (object, "row"), row, TEXT_LENGTH, prompt);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/golden/min-dalle", test_min_dalle);
  g_test_add_func ("/text/golden/dalle-mini", test_dalle_mini);
  return g_test_run ();
}
