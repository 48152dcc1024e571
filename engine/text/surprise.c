/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Surprise me": funny prompts.  For a model that was taught a list of things
 * they are about what those can do, in scenes it was taught; for others from
 * a grammar of silliness at large.  The same seed gives the same prompt. */
#include "surprise.h"

#include "../model/model-private.h"
#include "sentence.h"
#include "vocabulary-private.h"

#include <string.h>

typedef struct
{
  LimnVocabulary *vocabulary; /* borrowed */
  guint64 state;
  GString *text;
} Writer;

static guint
roll (Writer *writer, guint n)
{
  guint64 z = writer->state += G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return (guint) (((z ^ (z >> 31)) >> 32) * n >> 32);
}

#define PICK(writer, list) ((list)[roll ((writer), G_N_ELEMENTS (list))])

static void
append (Writer *writer, const char *words)
{
  if (writer->text->len > 0)
    g_string_append_c (writer->text, ' ');
  g_string_append (writer->text, words);
}

static void
append_with_article (Writer *writer, const char *noun)
{
  gboolean is_vowel = strchr ("aeiou", noun[0]) != NULL && !g_str_has_prefix (noun, "uni")
                      && !g_str_has_prefix (noun, "ufo");
  gboolean is_plural = g_str_has_suffix (noun, "s") && !g_str_has_suffix (noun, "ss")
                       && !g_str_has_suffix (noun, "us");

  if (!is_plural && !limn_english_is_uncountable (noun))
    append (writer, is_vowel ? "an" : "a");
  append (writer, noun);
}

/* ---- things that the model knows ----------------------------------------------- */

static gboolean
is_actor (const LimnConcept *concept)
{
  return concept->group[0] == '\0' || g_str_equal (concept->group, "animal")
         || g_str_equal (concept->group, "character");
}

/* A thing of a group (NULL: any), with all of the traits; NULL if there is none.
 * Short names make better prompts than "person in suit levitating". */
static const LimnConcept *
pick_concept (Writer *writer, const char *group, LimnTraits traits, gboolean actor)
{
  g_autoptr (GPtrArray) fitting = g_ptr_array_new ();

  for (guint i = 0; i < limn_vocabulary_get_n_concepts (writer->vocabulary); i++)
    {
      const LimnConcept *concept = limn_vocabulary_get_concept (writer->vocabulary, i);

      if ((group == NULL || g_str_equal (group, concept->group))
          && (concept->traits & traits) == traits && (!actor || is_actor (concept))
          && strlen (concept->name) <= 18 && strstr (concept->name, "face") == NULL
          && strstr (concept->name, "person") == NULL && !g_str_equal (concept->group, "symbol")
          && !g_str_equal (concept->group, "body") && !g_str_equal (concept->group, "flag"))
        g_ptr_array_add (fitting, (gpointer) concept);
    }
  return fitting->len == 0 ? NULL : g_ptr_array_index (fitting, roll (writer, fitting->len));
}

static void
append_place (Writer *writer)
{
  static const char *const places[] = {
    "on the moon", "in space",      "on mars",       "on the beach",     "in the ocean",
    "under water", "in the desert", "in the forest", "in the mountains", "in the snow",
    "in the city", "at night",      "at sunset",     "in the sky",       "on the road",
    "in a room",   "on stage",      "in hell",       "in the garden"
  };

  append (writer, PICK (writer, places));
}

typedef struct
{
  const char *actor; /* its group; NULL for any that acts */
  LimnTraits actor_traits;
  const char *words;
  const char *group; /* of the object; NULL for any */
  LimnTraits object_traits;
} Deed;

/* actor, what it does, to what, where; FALSE if the model lacks one of them. */
static gboolean
write_deed (Writer *writer, const Deed *deed)
{
  const LimnConcept *actor = pick_concept (writer, deed->actor, deed->actor_traits, TRUE);
  const LimnConcept *object = pick_concept (writer, deed->group, deed->object_traits, FALSE);

  if (actor == NULL || object == NULL || actor == object)
    return FALSE;
  append_with_article (writer, actor->name);
  append (writer, deed->words);
  append_with_article (writer, object->name);
  if (roll (writer, 4) > 0)
    append_place (writer);
  return TRUE;
}

static void
write_crowd (Writer *writer)
{
  static const char *const numbers[] = { "two", "three", "four", "five" };
  const LimnConcept *actor = pick_concept (writer, NULL, 0, TRUE);

  if (actor == NULL)
    actor = limn_vocabulary_get_concept (
        writer->vocabulary, roll (writer, limn_vocabulary_get_n_concepts (writer->vocabulary)));
  append (writer, PICK (writer, numbers));
  append (writer, actor->plural);
  append_place (writer);
}

static void
write_size (Writer *writer)
{
  static const char *const sizes[] = { "giant", "tiny", "cute", "funny", "happy" };
  gboolean is_food = roll (writer, 3) == 0;
  const LimnConcept *thing = pick_concept (writer, is_food ? "food" : NULL, 0, !is_food);
  g_autofree char *noun = NULL;

  if (thing != NULL && limn_english_is_uncountable (thing->name))
    thing = pick_concept (writer, NULL, 0, TRUE);
  if (thing == NULL)
    thing = limn_vocabulary_get_concept (
        writer->vocabulary, roll (writer, limn_vocabulary_get_n_concepts (writer->vocabulary)));
  noun = g_strdup_printf ("%s %s", PICK (writer, sizes), thing->name);
  append_with_article (writer, noun);
  append_place (writer);
}

/* Now and then in a style, if the model was taught it. */
static void
append_style (Writer *writer)
{
  static const char *const styles[] = { "black and white", "pixel art", "sketch",
                                        "sticker",         "vintage",   "watercolor" };
  const char *style = PICK (writer, styles);

  if (roll (writer, 4) == 0 && limn_vocabulary_has_style (writer->vocabulary, style))
    g_string_append_printf (writer->text, ", %s", style);
}

/* Animals more often than people: a wizard with a book makes nobody laugh. */
static const Deed deeds[] = {
  { NULL, LIMN_TRAIT_RIDER, "riding", NULL, LIMN_TRAIT_MOUNT },
  { "animal", LIMN_TRAIT_RIDER, "riding", NULL, LIMN_TRAIT_MOUNT },
  { "animal", LIMN_TRAIT_WEARER, "wearing", NULL, LIMN_TRAIT_HAT },
  { NULL, LIMN_TRAIT_WEARER, "eating", "food", LIMN_TRAIT_HELD },
  { "animal", LIMN_TRAIT_WEARER, "holding", NULL, LIMN_TRAIT_HELD },
  { "animal", 0, "and", "character", 0 },
};

static void
write_known (Writer *writer)
{
  guint n = roll (writer, G_N_ELEMENTS (deeds) + 2);

  if (n == G_N_ELEMENTS (deeds))
    write_crowd (writer);
  else if (n > G_N_ELEMENTS (deeds) || !write_deed (writer, &deeds[n]))
    write_size (writer);
  append_style (writer);
}

/* ---- anything -------------------------------------------------------------------- */

static void
write_anything (Writer *writer)
{
  static const char *const actors[] = { "frog",    "hedgehog", "raccoon",  "grandmother",
                                        "octopus", "penguin",  "capybara", "astronaut",
                                        "pigeon",  "sloth",    "dinosaur", "robot",
                                        "cat",     "wizard",   "hamster",  "llama",
                                        "viking",  "snail",    "alien",    "goose" };
  static const char *const doings[] = { "riding a unicycle",     "playing the accordion",
                                        "baking a pizza",        "running for president",
                                        "reading the newspaper", "stuck in a washing machine",
                                        "taking a driving test", "winning a chess game",
                                        "wearing a tuxedo",      "robbing a bank",
                                        "surfing on a banana",   "eating spaghetti",
                                        "at a job interview",    "on trial in a courtroom",
                                        "hosting a talk show",   "doing yoga" };
  static const char *const places[] = { "on the moon",      "in a supermarket", "under water",
                                        "in the desert",    "at the beach",     "in ancient egypt",
                                        "on mount everest", "in space",         "in a library",
                                        "at a wedding" };
  static const char *const things[] = { "armchair",  "teapot", "castle",  "car",
                                        "cathedral", "lamp",   "handbag", "guitar" };
  static const char *const foods[] = { "avocado",   "broccoli",  "cheese", "waffles",
                                       "spaghetti", "chocolate", "bread",  "sushi" };
  static const char *const styles[] = { "court sketch of",
                                        "oil painting of",
                                        "a photo of",
                                        "claymation of",
                                        "a stained glass window of",
                                        "a children's book illustration of",
                                        "a renaissance painting of",
                                        "security camera footage of" };

  if (roll (writer, 5) == 0)
    {
      append_with_article (writer, PICK (writer, things));
      append (writer, "made of");
      append (writer, PICK (writer, foods));
      return;
    }
  if (roll (writer, 3) > 0)
    append (writer, PICK (writer, styles));
  append_with_article (writer, PICK (writer, actors));
  append (writer, PICK (writer, doings));
  if (roll (writer, 3) == 0)
    append (writer, PICK (writer, places));
}

char *
limn_vocabulary_surprise (LimnVocabulary *vocabulary, guint64 seed)
{
  Writer writer = { .vocabulary = vocabulary, .state = seed, .text = g_string_new (NULL) };

  if (vocabulary != NULL && limn_vocabulary_get_n_concepts (vocabulary) > 0)
    write_known (&writer);
  else
    write_anything (&writer);
  return g_string_free (writer.text, FALSE);
}

/**
 * limn_surprise:
 * @model: (nullable): the model that will draw it
 * @seed: any number
 *
 * Returns: (transfer full): a funny prompt, in English, that @model can draw;
 *   the same for the same @seed
 */
char *
limn_surprise (LimnModel *model, guint64 seed)
{
  g_autoptr (LimnVocabulary) vocabulary =
      model == NULL ? NULL : limn_vocabulary_new_for_model (model);

  return limn_vocabulary_surprise (vocabulary, seed);
}
