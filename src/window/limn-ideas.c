/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ideas for prompts: a few examples to click, and endless ones put together
 * from parts.  They are English, since that is what the models read, and use
 * words that the Starter model knows.
 */
#include "limn-ideas.h"

static const char *const examples[] = {
  "a frog on the moon",
  "a panda riding a bicycle",
  "a cat wearing a crown",
  "a pizza in space",
  "a penguin on the beach",
  "an octopus eating a hamburger",
  NULL,
};

static const char *const animals[] = {
  "a frog",   "a cat",    "a dog",      "a panda",   "a penguin", "a fox",       "a lion",
  "a monkey", "a rabbit", "an octopus", "a unicorn", "a pig",     "an elephant", "a tiger",
  "a bear",   "a cow",    "a chicken",  "a dragon",  "a whale",   "a hamster",
};

static const char *const things[] = {
  "a pizza",  "a banana", "a hamburger", "an apple", "a robot",  "a rocket",
  "a guitar", "a car",    "a mushroom",  "a ghost",  "an alien", "a snowman",
};

static const char *const doings[] = {
  "riding a bicycle",   "wearing a crown",    "wearing a top hat",    "eating a pizza",
  "eating a hamburger", "wearing sunglasses", "riding a horse",       "playing a guitar",
  "in a car",           "next to a rocket",   "dreaming of a banana", "on fire",
};

static const char *const places[] = {
  "on the moon",  "on mars",       "in space",    "on the beach",     "in the desert",
  "under water",  "in the forest", "in the snow", "in the mountains", "in the city at night",
  "on a rainbow", "at sunset",
};

#define PICK(random, list) ((list)[g_rand_int_range ((random), 0, G_N_ELEMENTS (list))])

/**
 * limn_ideas_get_examples:
 *
 * Returns: (transfer none): %NULL-terminated
 */
const char *const *
limn_ideas_get_examples (void)
{
  return examples;
}

/**
 * limn_ideas_surprise:
 *
 * Returns: (transfer full): a prompt that nobody typed
 */
char *
limn_ideas_surprise (GRand *random)
{
  gboolean is_animal = g_rand_int_range (random, 0, 4) > 0;
  const char *who = is_animal ? PICK (random, animals) : PICK (random, things);
  const char *doing = PICK (random, doings);
  const char *where = PICK (random, places);

  switch (g_rand_int_range (random, 0, 4))
    {
    case 0:
      return g_strjoin (" ", who, where, NULL);
    case 1:
      return is_animal ? g_strjoin (" ", who, doing, NULL) : g_strjoin (" ", who, where, NULL);
    default:
      return is_animal ? g_strjoin (" ", who, doing, where, NULL)
                       : g_strjoin (" ", who, where, NULL);
    }
}
