/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The known-prompt check, on a tokenizer made for it: the words of the known
 * prompts at their known ids, built by merges from their letters.
 */
#include "config.h"

#include <string.h>

#include "limn.h"
#include "model/tokenizer-check.h"

#define G       "\xc4\xa0" /* U+0120, how byte-level BPE writes a space */
#define N_VOCAB 50265

static const struct
{
  guint id;
  const char *text;
} pieces[] = {
  { 8925, G "alien" },
  { 742, G "life" },
  { 58, G "a" },
  { 29872, G "comfy" },
  { 2408, G "chair" },
  { 766, G "that" },
  { 4126, G "looks" },
  { 1572, G "like" },
  { 101, G "an" },
  { 16632, G "avocado" },
  { 17685, G "cctv" },
  { 111, G "of" },
  { 24509, G "yoda" },
  { 976, G "rob" },
  { 11811, "bing" },
  { 13142, G "liquor" },
  { 1110, G "store" },
  { 21853, G "dali" },
  { 1545, G "painting" },
  { 563, G "wal" },
  { 92, "le" },
  { 19109, G "darth" },
  { 22981, G "vader" },
  { 202, G "at" },
  { 11071, G "playground" },
  { 208, G "with" },
  { 2466, G "young" },
  { 8233, "lings" },
  { 91, G "in" },
  { 43085, G "shibuya" },
  { 12, "." },
};

static char *
take_chars (const char *text, glong n)
{
  return g_utf8_substring (text, 0, n);
}

/* Each piece grows letter by letter from its left end. */
static void
add_piece (GPtrArray *merges, GHashTable *made, const char *text)
{
  glong length = g_utf8_strlen (text, -1);

  for (glong n = 2; n <= length; n++)
    {
      char *whole = take_chars (text, n);
      g_autofree char *left = take_chars (text, n - 1);

      if (g_hash_table_add (made, whole))
        g_ptr_array_add (merges, g_strdup_printf ("%s %s", left, whole + strlen (left)));
    }
}

static LimnTokenizer *
make_tokenizer (guint shift)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) merges = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) placed = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  LimnTokenizer *tokenizer;
  GHashTableIter iter;
  gpointer text;
  guint free_id = 30000;

  for (guint i = 0; i < N_VOCAB; i++)
    g_ptr_array_add (tokens, g_strdup_printf ("<%u>", i));
  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      guint id = pieces[i].id + (pieces[i].id == 58 ? 0 : shift);

      add_piece (merges, made, pieces[i].text);
      g_free (tokens->pdata[id]);
      tokens->pdata[id] = g_strdup (pieces[i].text);
      g_hash_table_add (placed, (gpointer) pieces[i].text);
    }
  g_hash_table_iter_init (&iter, made);
  while (g_hash_table_iter_next (&iter, &text, NULL))
    if (!g_hash_table_contains (placed, text))
      {
        g_free (tokens->pdata[free_id]);
        tokens->pdata[free_id++] = g_strdup (text);
      }
  for (char c = 'a'; c <= 'z'; c++)
    {
      g_free (tokens->pdata[free_id]);
      tokens->pdata[free_id++] = g_strdup_printf ("%c", c);
    }
  g_free (tokens->pdata[free_id]);
  tokens->pdata[free_id++] = g_strdup (G);
  tokenizer = limn_tokenizer_new ((const char *const *) tokens->pdata, tokens->len,
                                  (const char *const *) merges->pdata, merges->len, &error);
  g_assert_no_error (error);
  return tokenizer;
}

static void
test_right (void)
{
  g_autoptr (LimnTokenizer) tokenizer = make_tokenizer (0);
  g_autoptr (GError) error = NULL;

  g_assert_true (limn_tokenizer_check (tokenizer, 50264, "x.gguf", &error));
  g_assert_no_error (error);
  g_assert_true (limn_tokenizer_check (tokenizer, 50272, "x.gguf", &error));
  g_assert_no_error (error);
}

static void
test_shifted (void)
{
  g_autoptr (LimnTokenizer) tokenizer = make_tokenizer (1);
  g_autoptr (GError) error = NULL;

  g_assert_false (limn_tokenizer_check (tokenizer, 50264, "x.gguf", &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "x.gguf"));
  g_assert_nonnull (strstr (error->message, "alien life"));
  /* a model of another family has other ids */
  g_assert_true (limn_tokenizer_check (tokenizer, 4096, "x.gguf", NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/tokenizer-check/right", test_right);
  g_test_add_func ("/model/tokenizer-check/shifted", test_shifted);
  return g_test_run ();
}
