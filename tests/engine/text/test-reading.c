/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prompts as people write them: other languages, emoji, slips, and words that a
 * model was never taught; and prompts that nobody wrote. */
#include "engine/text/fold.h"
#include "engine/text/surprise.h"
#include "vocabulary.h"

#include <string.h>

static const LimnReplacement *
find_replacement (LimnReading *reading, const char *written)
{
  for (guint i = 0; i < reading->replacements->len; i++)
    {
      const LimnReplacement *replacement = g_ptr_array_index (reading->replacements, i);

      if (g_str_equal (replacement->written, written))
        return replacement;
    }
  return NULL;
}

/* ---- languages -------------------------------------------------------------------- */

static void
test_languages (void)
{
  g_auto (GStrv) lines = limn_test_load_lines ("prompts.tsv");
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_languages = 0;
  GHashTableIter iter;
  gpointer count;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], "\t", -1);
      g_autoptr (LimnReading) reading = NULL;

      reading = limn_vocabulary_read (NULL, fields[1], "en_GB.UTF-8");
      g_test_message ("%s", fields[1]);
      g_assert_cmpstr (reading->prompt, ==, fields[2]);
      g_assert_cmpstr (reading->language, ==, fields[0]);
      count = g_hash_table_lookup (counts, fields[0]);
      g_hash_table_insert (counts, (gpointer) g_intern_string (fields[0]),
                           GUINT_TO_POINTER (GPOINTER_TO_UINT (count) + 1));
    }
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, NULL, &count))
    n_languages += GPOINTER_TO_UINT (count) >= 12 ? 1 : 0;
  g_assert_cmpuint (n_languages, >=, 10);
}

/* A word that two languages share is the user's. */
static void
test_locale_decides (void)
{
  g_autoptr (LimnReading) german = limn_vocabulary_read (NULL, "Hut", "de_DE");
  g_autoptr (LimnReading) french = limn_vocabulary_read (NULL, "chat", "fr_FR.UTF-8");
  g_autoptr (LimnReading) japanese = limn_vocabulary_read (NULL, "馬", "ja_JP");

  g_assert_cmpstr (german->prompt, ==, "a hat");
  g_assert_cmpstr (french->prompt, ==, "a cat");
  g_assert_cmpstr (japanese->language, ==, "ja");
  g_assert_cmpstr (japanese->prompt, ==, "a horse");
}

static void
test_english_is_untouched (void)
{
  static const char *const prompts[] = {
    "a comfy chair that looks like an avocado",
    "cctv of yoda robbing a liquor store",
    "Dali painting of WALL·E",
    "darth vader at a playground with younglings in shibuya.",
    "court sketch of godzilla on trial",
    "Nuclear explosion broccoli",
    "the mona lisa as a hamster, oil on canvas, 4k",
    "a cathedral interior with stained glass windows, volumetric light",
    "spider-man's café  — double  spaces",
    "Karl Marx slimed at Kids Choice Awards",
    "trail cam footage of gollum eating watermelon",
    "",
    "   ",
    "123 !!!",
  };

  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++)
    {
      g_autoptr (LimnReading) reading = limn_vocabulary_read (NULL, prompts[i], "en_US.UTF-8");

      g_assert_cmpstr (reading->prompt, ==, prompts[i]);
      g_assert_cmpstr (reading->language, ==, "en");
      g_assert_cmpuint (reading->replacements->len, ==, 0);
    }
}

static void
test_emoji (void)
{
  g_autoptr (LimnReading) mixed = limn_vocabulary_read (NULL, "a 🐸 riding a 🚲", NULL);
  g_autoptr (LimnReading) doubled = limn_vocabulary_read (NULL, "a frog 🐸 on the moon", NULL);
  g_autoptr (LimnReading) alone = limn_vocabulary_read (NULL, "🐸🎩", NULL);
  g_autoptr (LimnReading) german =
      limn_vocabulary_read (NULL, "ein Frosch mit 🎩 auf dem Mond", NULL);

  g_assert_cmpstr (mixed->prompt, ==, "a frog riding a bicycle");
  g_assert_cmpint (find_replacement (mixed, "🐸")->kind, ==, LIMN_REPLACEMENT_EMOJI);
  g_assert_cmpstr (doubled->prompt, ==, "a frog on the moon");
  g_assert_cmpstr (alone->prompt, ==, "a frog and a top hat");
  g_assert_nonnull (strstr (german->prompt, "top hat"));
  g_assert_nonnull (strstr (german->prompt, "on the moon"));
}

/* ---- a model's own list ------------------------------------------------------------- */

typedef struct
{
  const char *prompt;
  const char *understood;
} Case;

static void
test_known_things (void)
{
  static const Case cases[] = {
    { "a frog wearing a top hat on the moon", "a frog wearing a top hat on the moon" },
    { "A Frog, sitting on a cat!", "a frog, sitting on a cat" },
    { "three red apples on the beach, sticker", "three red apples on the beach, sticker" },
    { "armadillo riding a unicycle", "hedgehog riding a bicycle" },
    { "a horsse wearing suglasses", "a horse wearing sunglasses" },
    { "darth vader eating a hotdog", "supervillain eating a hotdog" },
    { "an avocado armchair", "an avocado chair" },
    { "gigantic squirrels in the jungle", "giant squirrels in the forest" },
    { "a samurai with a lightsaber", "a ninja with swords" },
    { "Ein Gürteltier reitet auf einem Einhorn", "a unicorn" },
    { "кот в шляпе на луне", "a cat in a top hat on the moon" },
    { "一只戴着帽子的青蛙", "a frog wearing a top hat" },
    { "a qwrtzpx on a cat", "a cat" },
    { "a panada ridng a bycicle", "a panda riding a bicycle" },
    { "#frogonthemoon", "frog on the moon" },
    { "a cat on a car #pizza #two_dogs", "a cat on a car, pizza, two dogs" },
    { "a dog made of spaghetti", "a dog with spaghetti" },
    { "🐸🎩 🐼", "a frog and a top hat and a panda" },
    { "zwei 🐧 im Schnee", "two penguins in the snow" },
    { "two cats 🐱", "two cats" },
    { "zwei Katzen 🐱", "two cats" },
    { "🐶 a dog in the snow", "a dog in the snow" },
    { "a cartoon of a frog in a 🚗", "a cartoon of a frog in a car" },
    { "look, a frog", "a frog" },
    { "a dog looking at a cat", "a dog at a cat" },
    { "#sunset", "at sunset" },
    { "a lion in the sunset", "a lion at sunset" },
    /* what stands left or above is named first */
    { "a cat under a red dog on the beach", "a red dog above a cat on the beach" },
    { "two cats below a dog, sticker", "a dog above two cats, sticker" },
    { "a cat to the right of a dog on a blue background",
      "a dog to the left of a cat on a blue background" },
    { "a cat wearing a crown under a dog with a pizza",
      "a dog with a pizza above a cat wearing a crown" },
    { "a dog and a cat under a tree", "a dog and a tree above a cat" },
    { "eine Katze unter einem Hund", "a dog above a cat" },
    { "a cat on top of a dog", "a cat on top of a dog" },
    { "an octopus under water", "an octopus under water" },
    { "a cat under a blue wall", "a cat under a blue wall" },
    { "a cat against a red wall", "a cat in front of a red wall" },
    { "a cat under", "a cat" },
  };
  g_autoptr (LimnVocabulary) vocabulary = limn_test_load_concepts (FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LimnReading) reading = limn_vocabulary_read (vocabulary, cases[i].prompt, "en");

      g_assert_cmpstr (reading->prompt, ==, cases[i].understood);
    }
}

/* Reads every prompt of a file in its user's language. */
static void
check_prompts (LimnVocabulary *vocabulary, const char *file)
{
  g_auto (GStrv) lines = limn_test_load_lines (file);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], "\t", -1);
      g_autoptr (LimnReading) reading = limn_vocabulary_read (vocabulary, fields[1], fields[0]);

      g_test_message ("%s", fields[1]);
      g_assert_cmpstr (reading->prompt, ==, fields[2]);
    }
}

/* What Starter is told, in many languages: the user's own is their desktop's. */
static void
test_starter_prompts (void)
{
  g_autoptr (LimnVocabulary) vocabulary = limn_test_load_concepts (TRUE);

  check_prompts (vocabulary, "starter.tsv");
}

static void
test_styles (void)
{
  static const char *const styles[] = { "black and white", "vintage", "watercolor", "pixel art",
                                        "sketch" };
  g_autoptr (LimnVocabulary) vocabulary = limn_test_load_concepts (TRUE);

  limn_vocabulary_add_styles (vocabulary, styles, G_N_ELEMENTS (styles));
  check_prompts (vocabulary, "styles.tsv");
}

/* Words that a model never saw would make it draw anything. */
static void
test_untaught_styles (void)
{
  g_autoptr (LimnVocabulary) vocabulary = limn_test_load_concepts (TRUE);
  g_autoptr (LimnReading) behind = limn_vocabulary_read (vocabulary, "a castle, pixel art", "en");
  g_autoptr (LimnReading) before = limn_vocabulary_read (vocabulary, "a sketch of a dog", "en");

  g_assert_cmpstr (behind->prompt, ==, "a castle, digital art");
  g_assert_cmpstr (before->prompt, ==, "an illustration of a dog");
}

static void
test_replacements (void)
{
  g_autoptr (LimnVocabulary) vocabulary = limn_test_load_concepts (FALSE);
  g_autoptr (LimnReading) reading =
      limn_vocabulary_read (vocabulary, "an armadillo and a horsse and a qwrtzpx", "en");
  const LimnReplacement *nearest = find_replacement (reading, "armadillo");
  const LimnReplacement *spelling = find_replacement (reading, "horsse");
  const LimnReplacement *unknown = find_replacement (reading, "qwrtzpx");

  g_assert_cmpstr (nearest->understood, ==, "hedgehog");
  g_assert_cmpint (nearest->kind, ==, LIMN_REPLACEMENT_NEAREST);
  g_assert_nonnull (nearest->others);
  g_assert_cmpstr (spelling->understood, ==, "horse");
  g_assert_cmpint (spelling->kind, ==, LIMN_REPLACEMENT_SPELLING);
  g_assert_cmpstr (unknown->understood, ==, "");
  g_assert_cmpint (unknown->kind, ==, LIMN_REPLACEMENT_UNKNOWN);
  g_assert_cmpstr (reading->prompt, ==, "a hedgehog and a horse");
}

/* A model that knows less finds something else that it knows. */
static void
test_neighbours (void)
{
  static const char *const concepts[] = { "cat|kitty", "dog", "apple", "car" };
  g_autoptr (LimnVocabulary) vocabulary = limn_vocabulary_new (concepts, 4, NULL, 0);
  g_autoptr (LimnReading) kitty = limn_vocabulary_read (vocabulary, "a kitty", "en");
  g_autoptr (LimnReading) katze = limn_vocabulary_read (vocabulary, "zwei Katzen", "en");
  g_autoptr (LimnReading) puppy = limn_vocabulary_read (vocabulary, "a puppy", "en");

  g_assert_cmpstr (kitty->prompt, ==, "a kitty"); /* its own synonym */
  g_assert_cmpstr (katze->prompt, ==, "two cats");
  g_assert_cmpstr (puppy->prompt, ==, "a dog");
}

/* Every name of the model's list is understood as itself. */
static void
test_own_names (void)
{
  g_autoptr (LimnVocabulary) vocabulary = limn_test_load_concepts (TRUE);
  guint n_kept = 0, n = limn_vocabulary_get_n_concepts (vocabulary);

  for (guint i = 0; i < n; i++)
    {
      const char *name = limn_vocabulary_get_concept (vocabulary, i)->name;
      g_autofree char *prompt = g_strdup_printf ("a %s on the moon", name);
      g_autoptr (LimnReading) reading = limn_vocabulary_read (vocabulary, prompt, "en");

      if (strstr (reading->prompt, name) != NULL)
        n_kept++;
      else
        g_test_message ("%s: %s", prompt, reading->prompt);
    }
  g_assert_cmpuint (n_kept, ==, n);
}

/* ---- anything at all ------------------------------------------------------------------ */

static void
check_reading (LimnVocabulary *vocabulary, const char *prompt)
{
  g_autoptr (LimnReading) reading = limn_vocabulary_read (vocabulary, prompt, NULL);

  g_assert_true (g_utf8_validate (reading->prompt, -1, NULL));
  for (guint i = 0; i < reading->replacements->len; i++)
    {
      const LimnReplacement *replacement = g_ptr_array_index (reading->replacements, i);

      g_assert_true (g_utf8_validate (replacement->written, -1, NULL));
      g_assert_true (*replacement->written != '\0');
    }
}

static void
append_random_word (GRand *random, GString *prompt)
{
  static const char *const pieces[] = {
    "猫", "的",     "戴着", "上",  "在",     "の",   "をかぶった",
    "月", "고양이", "를",   "탄",  "قطة",    "و",    "ال",
    "पर", "मेंढक",    "und",  "auf", "der",    "chat", "sur",
    "la", "lune",   "frog", "a",   "riding", "🐸",    "👨‍👩‍👧",
    ", ", "。",     "\n",   " ",   "3",      "가",   "луна",
    "на", "แมว",    "بحر",  "́",    "\u200d", "\xff", "\xf0\x9f"
  };

  g_string_append (prompt, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
  if (g_rand_boolean (random))
    g_string_append_c (prompt, ' ');
}

static void
test_random_words (void)
{
  static const char *const concepts[] = {
    "cat", "frog", "moon|full moon", "", "|", "\xff", "a|b||c"
  };
  g_autoptr (LimnVocabulary) vocabulary =
      limn_vocabulary_new (concepts, G_N_ELEMENTS (concepts), concepts, 3);
  g_autoptr (GRand) random = g_rand_new_with_seed (21);

  for (guint round = 0; round < 4000; round++)
    {
      g_autoptr (GString) prompt = g_string_new (NULL);

      for (guint n = (guint) g_rand_int_range (random, 0, 14); n > 0; n--)
        append_random_word (random, prompt);
      check_reading (round % 2 == 0 ? NULL : vocabulary, prompt->str);
    }
}

static void
test_huge_prompts (void)
{
  static const char *const pieces[] = { "a", "猫", "の",   "고양이", "🐸",
                                        "́e", ",",  "قطة ", "frog ",  "qwertzu " };
  static const char *const concepts[] = { "cat", "frog" };
  g_autoptr (LimnVocabulary) vocabulary = limn_vocabulary_new (concepts, 2, NULL, 0);

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr (GString) prompt = g_string_new (NULL);

      while (prompt->len < 100000)
        g_string_append (prompt, pieces[i]);
      check_reading (NULL, prompt->str);
      check_reading (vocabulary, prompt->str);
    }
}

/* ---- surprises ---------------------------------------------------------------------------- */

/* Styles only for models that were taught them; the model knows every word of them, too. */
static void
test_surprises_in_styles (void)
{
  static const char *const styles[] = { "pixel art", "watercolor" };
  g_autoptr (LimnVocabulary) vocabulary = limn_test_load_concepts (TRUE);
  guint n = 0;

  for (guint64 seed = 0; seed < 1000; seed++)
    {
      g_autofree char *prompt = limn_vocabulary_surprise (vocabulary, seed);
      g_assert_null (strchr (prompt, ','));
    }
  limn_vocabulary_add_styles (vocabulary, styles, G_N_ELEMENTS (styles));
  for (guint64 seed = 0; seed < 1000; seed++)
    {
      g_autofree char *prompt = limn_vocabulary_surprise (vocabulary, seed);
      g_autoptr (LimnReading) reading = limn_vocabulary_read (vocabulary, prompt, "en");

      g_assert_cmpstr (reading->prompt, ==, prompt);
      n += g_str_has_suffix (prompt, ", pixel art") || g_str_has_suffix (prompt, ", watercolor");
      g_assert_false (g_str_has_suffix (prompt, ", sketch"));
    }
  g_assert_cmpuint (n, >, 40);
  g_assert_cmpuint (n, <, 160);
}

static void
test_surprises (void)
{
  g_autoptr (LimnVocabulary) vocabulary = limn_test_load_concepts (TRUE);
  g_autoptr (GHashTable) different = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint64 seed = 0; seed < 1000; seed++)
    {
      g_autofree char *prompt = limn_vocabulary_surprise (vocabulary, seed);
      g_autofree char *again = limn_vocabulary_surprise (vocabulary, seed);
      g_autoptr (LimnReading) reading = limn_vocabulary_read (vocabulary, prompt, "en");

      g_assert_cmpstr (prompt, ==, again);
      g_assert_cmpstr (reading->prompt, ==, prompt); /* the model knows every word of it */
      g_hash_table_add (different, g_steal_pointer (&prompt));
    }
  g_assert_cmpuint (g_hash_table_size (different), >, 900);
}

static void
test_surprises_for_any_model (void)
{
  static const char *const concepts[] = { "cat" };
  g_autoptr (LimnVocabulary) vocabulary = limn_vocabulary_new (concepts, 1, NULL, 0);
  g_autoptr (GHashTable) different = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint64 seed = 0; seed < 1000; seed++)
    {
      g_autofree char *small = limn_vocabulary_surprise (vocabulary, seed);

      g_assert_nonnull (strstr (small, "cat"));
      g_hash_table_add (different, limn_surprise (NULL, seed));
    }
  g_assert_cmpuint (g_hash_table_size (different), >, 700);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/reading/languages", test_languages);
  g_test_add_func ("/text/reading/locale", test_locale_decides);
  g_test_add_func ("/text/reading/english", test_english_is_untouched);
  g_test_add_func ("/text/reading/emoji", test_emoji);
  g_test_add_func ("/text/reading/known-things", test_known_things);
  g_test_add_func ("/text/reading/starter", test_starter_prompts);
  g_test_add_func ("/text/reading/styles", test_styles);
  g_test_add_func ("/text/reading/untaught-styles", test_untaught_styles);
  g_test_add_func ("/text/reading/replacements", test_replacements);
  g_test_add_func ("/text/reading/neighbours", test_neighbours);
  g_test_add_func ("/text/reading/own-names", test_own_names);
  g_test_add_func ("/text/reading/random-words", test_random_words);
  g_test_add_func ("/text/reading/huge", test_huge_prompts);
  g_test_add_func ("/text/surprise/known", test_surprises);
  g_test_add_func ("/text/surprise/known-in-styles", test_surprises_in_styles);
  g_test_add_func ("/text/surprise/any", test_surprises_for_any_model);
  return g_test_run ();
}
