/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clean-ups and tokenizer without golden vectors: what each step does, broken
 * vocabularies, and that no bytes whatever upset them. */
#include "engine/limn.h"
#include "engine/string-hash.h"
#include "engine/text/ascii.h"
#include "engine/text/emoji.h"
#include "engine/text/normalize.h"
#include "vocabulary.h"

#include <string.h>

#define TEXT_LENGTH 64
#define MEGABYTE    (1024 * 1024)

/* ---- clean-ups ------------------------------------------------------------- */

typedef struct
{
  const char *prompt;
  const char *expected;
} Case;

static const char *const words[] = { "the 5", "cat 4", "love", "in", "space", "2", "20" };

static void
check_cases (LimnNormalizer normalizer, const Case *cases, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text =
          limn_text_normalize (normalizer, cases[i].prompt, words, G_N_ELEMENTS (words));

      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

static void
test_dalle_mini (void)
{
  static const Case cases[] = {
    { NULL, " " },
    { "\xff\xfe broken \xc3", " broken" },
    { "A Cat\xef\xb8\x8f", " a cat" },
    { "&lt;b&gt;bold&lt;/b&gt; &amp;amp; &#39;x&#x27; &eacute &unknown;",
      " bold & \" x \" e & unknown" },
    { "1,234,567 1,23", " 1234567 1, 23" },
    { "a.b.c a-b-c 1/2/3", " a.b, c a b, c 1/2, 3" },
    { "#catlove #cat_in_space #c2020z", " cat love cat in space c 2020 z" },
    { "see http://x.y/z, or httpx http", " see or http" },
    { "<> <<a> <a <b>>", " <> < <a >" },
    { "aaaa bbb 1111 ----", " a bbb 1111" },
    { "it's 'quoted' they'll 'tis", " it's \" quoted \" they'll \" tis" },
    { " [12] ref [3] ", " ref" },
    { "½ cup №5 — “x”…", " 1/2 cup no, 5, \" x \"" },
    { "Zürich Łódź Москва 北京 한국 ひらがな कखग",
      " zurich lodz moskva bei jing hangug hiragana kkhg" },
    { "🦔+🍕", " hedgehog, pizza" },
    { ",,", " " },
  };

  check_cases (LIMN_NORMALIZER_DALLE_MINI, cases, G_N_ELEMENTS (cases));
}

static void
test_min_dalle (void)
{
  static const Case cases[] = {
    { NULL, "" },
    { "A  Ça", "a  a" },
    { "x🦔y", "xhedgehogy" },
    { "🏴‍☠️ 🏴 👩🏽‍🚀",
      "pirate_flag black_flag woman_astronaut_medium_skin_tone" },
    { "1️⃣🥇 1", "keycap_11st_place_medal 1" },
    { "İK", "ik" },
    { "tab\tnew\nline", "tab\tnew\nline" },
    { "\xf0\x9f\xa6", "" },
  };

  check_cases (LIMN_NORMALIZER_MIN_DALLE, cases, G_N_ELEMENTS (cases));
}

/* Every prefix of "man, woman, girl" that is an emoji is found, and what is
 * half of the next joins nothing. */
static void
test_emoji_prefixes (void)
{
  gsize length_bytes;

  g_assert_cmpstr (limn_emoji_match ("👨‍👩‍👧 x", &length_bytes), ==,
                   "family_man_woman_girl");
  g_assert_cmpuint (length_bytes, ==, strlen ("👨‍👩‍👧"));
  g_assert_cmpstr (limn_emoji_match ("👨x", &length_bytes), ==, "man");
  g_assert_null (limn_emoji_match ("👨\xe2\x80\x8dx", &length_bytes)); /* no way back */
  g_assert_null (limn_emoji_match ("1", &length_bytes));
  g_assert_null (limn_emoji_match ("", &length_bytes));
}

static void
test_ascii_everywhere (void)
{
  g_autoptr (GString) result = g_string_new (NULL);

  for (gunichar c = 1; c <= 0x10FFFF; c++)
    if (g_unichar_validate (c))
      {
        g_string_truncate (result, 0);
        limn_ascii_append (result, c);
        g_assert_true (g_str_is_ascii (result->str));
        g_assert_cmpuint (result->len, <, 32);
      }
}

/* ---- tokenizer ------------------------------------------------------------- */

static void
assert_encodes (LimnTokenizer *tokenizer,
                LimnSplit split,
                const char *text,
                const guint32 *ids,
                guint n)
{
  g_autoptr (GArray) found = limn_tokenizer_encode (tokenizer, split, text);

  g_assert_cmpmem (found->data, found->len * sizeof (guint32), ids, n * sizeof (guint32));
}

/* 5 + byte for a byte's id; 261 + i for merge i. */
static void
test_encode (void)
{
  g_autoptr (LimnTokenizer) tokenizer = limn_test_make_small_tokenizer ();

#define CHECK(split, text, ...)                                                                    \
  assert_encodes (tokenizer, split, text, (const guint32[]){ __VA_ARGS__ },                        \
                  sizeof ((const guint32[]){ __VA_ARGS__ }) / sizeof (guint32))
  CHECK (LIMN_SPLIT_SPACE, "the  the", 263, 263);
  CHECK (LIMN_SPLIT_GPT2, "the the", 5 + 't', 5 + 'h', 5 + 'e', 263);
  CHECK (LIMN_SPLIT_GPT2, " the  the", 263, 5 + ' ', 263);
  CHECK (LIMN_SPLIT_GPT2, "aaaaaaa", 265, 264, 5 + 'a');   /* leftmost first */
  CHECK (LIMN_SPLIT_SPACE, "\t", 5 + ' ', LIMN_TOKEN_UNK); /* characters, not bytes */
  CHECK (LIMN_SPLIT_GPT2, "\n\n", 5 + '\n', 5 + '\n');
  CHECK (LIMN_SPLIT_GPT2, "\xc3\xa9", 5 + 0xc3, 5 + 0xa9);
#undef CHECK
  assert_encodes (tokenizer, LIMN_SPLIT_GPT2, "", NULL, 0);
  assert_encodes (tokenizer, LIMN_SPLIT_SPACE, "   ", NULL, 0);
  assert_encodes (tokenizer, LIMN_SPLIT_GPT2, NULL, NULL, 0);
}

/* The merges would join "<s>" and the vocabulary has it as id 0. */
static void
test_special_tokens_are_not_text (void)
{
  g_autoptr (LimnTokenizer) tokenizer = limn_test_make_small_tokenizer ();

  for (LimnSplit split = LIMN_SPLIT_GPT2; split <= LIMN_SPLIT_SPACE; split++)
    {
      g_autoptr (GArray) ids = limn_tokenizer_encode (tokenizer, split, "<s> </s> <pad> a<s>a <s>");

      for (guint i = 0; i < ids->len; i++)
        g_assert_cmpuint (g_array_index (ids, guint32, i), >, LIMN_TOKEN_EOS);
    }
}

static void
test_row (void)
{
  g_autoptr (LimnTokenizer) tokenizer = limn_test_make_small_tokenizer ();
  guint32 row[5];

  g_assert_cmpuint (limn_tokenizer_encode_row (tokenizer, LIMN_SPLIT_SPACE, "the", 5, 100, row), ==,
                    3);
  g_assert_cmpmem (row, sizeof row, ((guint32[]){ 0, 99, 2, 1, 1 }), sizeof row);
  g_assert_cmpuint (
      limn_tokenizer_encode_row (tokenizer, LIMN_SPLIT_SPACE, "the the the the", 5, 1000, row), ==,
      5);
  g_assert_cmpmem (row, sizeof row, ((guint32[]){ 0, 263, 263, 263, 2 }), sizeof row);
  g_assert_cmpuint (limn_tokenizer_encode_row (tokenizer, LIMN_SPLIT_SPACE, "", 2, 1000, row), ==,
                    2);
  g_assert_cmpmem (row, 8, ((guint32[]){ 0, 2 }), 8);
}

static void
assert_refused (const char *const *tokens, gsize n_tokens, const char *merge, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (limn_tokenizer_new (tokens, n_tokens, &merge, merge == NULL ? 0 : 1, &error));
  g_assert_error (error, LIMN_ERROR, code);
}

static void
test_broken_vocabularies (void)
{
  static const char *const tokens[] = { "<s>", "<pad>", "</s>", "<unk>", "a", "a", "" };
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnTokenizer) odd = NULL;

  assert_refused (tokens, 0, NULL, LIMN_ERROR_CORRUPT);
  assert_refused (tokens, 3, NULL, LIMN_ERROR_CORRUPT);
  assert_refused (tokens, 5, "ab", LIMN_ERROR_CORRUPT);
  assert_refused (tokens, 5, "a ", LIMN_ERROR_CORRUPT);
  assert_refused (tokens, 5, " a", LIMN_ERROR_CORRUPT);
  assert_refused (tokens, 5, "a b c", LIMN_ERROR_CORRUPT);
  assert_refused (tokens, 5, "", LIMN_ERROR_CORRUPT);
  assert_refused (tokens, (gsize) 1 << 40, NULL, LIMN_ERROR_TOO_LARGE);
  /* missing bytes, doubled and empty tokens are odd, but usable */
  odd = limn_tokenizer_new (tokens, G_N_ELEMENTS (tokens), NULL, 0, &error);
  g_assert_no_error (error);
  assert_encodes (odd, LIMN_SPLIT_GPT2, "ab", (const guint32[]){ 5, LIMN_TOKEN_UNK }, 2);
}

/* ---- anything at all ------------------------------------------------------- */

/* Clean-up, ids and row of a prompt; ids in range, the row well formed. */
static void
check_prompt (LimnTokenizer *tokenizer, const char *prompt)
{
  for (guint mode = 0; mode < 2; mode++)
    {
      g_autofree char *text =
          limn_text_normalize (mode == 0 ? LIMN_NORMALIZER_DALLE_MINI : LIMN_NORMALIZER_MIN_DALLE,
                               prompt, words, G_N_ELEMENTS (words));
      guint32 row[TEXT_LENGTH];
      guint n =
          limn_tokenizer_encode_row (tokenizer, mode == 0 ? LIMN_SPLIT_GPT2 : LIMN_SPLIT_SPACE,
                                     mode == 0 ? text : prompt, TEXT_LENGTH, 270, row);

      g_assert_true (g_str_is_ascii (text));
      g_assert_true (mode == 1 || text[0] == ' ');
      g_assert_cmpuint (strlen (text), <=, 64 + 128 * strlen (prompt));
      g_assert_cmpuint (n, >=, 2);
      g_assert_cmpuint (row[0], ==, LIMN_TOKEN_BOS);
      for (guint i = 1; i < n - 1; i++)
        g_assert_true (row[i] > LIMN_TOKEN_EOS && row[i] < 270);
      g_assert_cmpuint (row[n - 1], ==, LIMN_TOKEN_EOS);
      for (guint i = n; i < TEXT_LENGTH; i++)
        g_assert_cmpuint (row[i], ==, LIMN_TOKEN_PAD);
    }
}

/* Bytes that the steps care about, more often than others. */
static char
random_byte (GRand *random)
{
  static const char telling[] =
      "aaa  .,-/'\"#&;<>[]19httpx\t_:\xf0\x9f\xa6\x94\xe2\x80\x8d\xef\xb8\x8f";

  if (g_rand_boolean (random))
    return telling[g_rand_int_range (random, 0, sizeof telling - 1)];
  return (char) g_rand_int_range (random, 1, 256);
}

static void
test_random_bytes (void)
{
  g_autoptr (LimnTokenizer) tokenizer = limn_test_make_small_tokenizer ();
  g_autoptr (GRand) random = g_rand_new_with_seed (20);

  for (guint round = 0; round < 100000; round++)
    {
      char prompt[49] = { 0 };
      guint n = (guint) g_rand_int_range (random, 0, sizeof prompt);

      for (guint i = 0; i < n; i++)
        prompt[i] = random_byte (random);
      check_prompt (tokenizer, prompt);
    }
}

static void
check_repeated (LimnTokenizer *tokenizer, const char *piece)
{
  g_autofree char *prompt = g_malloc (MEGABYTE + 1);
  gsize n = strlen (piece);

  for (gsize i = 0; i < MEGABYTE; i++)
    prompt[i] = piece[i % n];
  prompt[MEGABYTE] = '\0';
  check_prompt (tokenizer, prompt);
}

/* A word of a megabyte, and what is quadratic when done carelessly. */
static void
test_huge_prompts (void)
{
  static const char *const pieces[] = {
    "a",  "ab", "the ", " ",       "<",  "#",   "&",       "&#1",          "\"",   ",",     "[1",
    "'s", "é",  "́",     "👨‍", "-a", "a.b", "http://", "\xf0\x9f\xa6", "#aa ", "&amp;", "1,000"
  };
  g_autoptr (LimnTokenizer) tokenizer = limn_test_make_small_tokenizer ();

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    check_repeated (tokenizer, pieces[i]);
}

/* Texts that GLib's own hash takes for one another. */
static void
test_chosen_texts (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  g_assert_cmpuint (g_str_hash ("Ab"), ==, g_str_hash ("BA"));
  for (guint i = 0; i < 4096; i++)
    {
      char text[25] = "";

      for (guint k = 0; k < 12; k++)
        strcat (text, i >> k & 1 ? "Ab" : "BA");
      g_hash_table_add (seen, GUINT_TO_POINTER (limn_string_hash (text)));
    }
  g_assert_cmpuint (g_hash_table_size (seen), >, 4000);
  g_assert_cmpuint (limn_string_hash ("limn"), ==, limn_string_hash ("limn"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/normalize/dalle-mini", test_dalle_mini);
  g_test_add_func ("/text/normalize/min-dalle", test_min_dalle);
  g_test_add_func ("/text/emoji/prefixes", test_emoji_prefixes);
  g_test_add_func ("/text/ascii/everywhere", test_ascii_everywhere);
  g_test_add_func ("/text/tokenizer/encode", test_encode);
  g_test_add_func ("/text/tokenizer/chosen-texts", test_chosen_texts);
  g_test_add_func ("/text/tokenizer/special-tokens", test_special_tokens_are_not_text);
  g_test_add_func ("/text/tokenizer/row", test_row);
  g_test_add_func ("/text/tokenizer/broken", test_broken_vocabularies);
  g_test_add_func ("/text/hostile/random-bytes", test_random_bytes);
  g_test_add_func ("/text/hostile/huge", test_huge_prompts);
  return g_test_run ();
}
