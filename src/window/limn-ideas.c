/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ideas for prompts: a few examples to click, and endless ones by the engine.
 * They are English, since that is what the models read, and use words that the
 * Starter model knows.
 */
#include "limn-ideas.h"

#include <limn.h>

static const char *const examples[] = {
  "a frog on the moon",
  "a panda riding a bicycle",
  "a cat wearing a crown",
  "a pizza in space",
  "a penguin on the beach",
  "an octopus eating a hamburger",
  NULL,
};

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
 * Returns: (transfer full): a funny prompt that nobody typed
 */
char *
limn_ideas_surprise (GRand *random)
{
  return limn_surprise (NULL, g_rand_int (random));
}
