/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The prompt clean-ups of the two peers. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  LIMN_NORMALIZER_DALLE_MINI, /* what the weights were trained on */
  LIMN_NORMALIZER_MIN_DALLE,  /* what min-dalle does, for comparison */
} LimnNormalizer;

/* words: lines of a word-frequency file, most frequent first, for taking
 * "#hashtags" apart; NULL just drops the "#".  Never fails: invalid UTF-8 is
 * repaired, the result is ASCII, and bounded in length by the prompt's. */
char *limn_text_normalize (LimnNormalizer normalizer,
                           const char *prompt,
                           const char *const *words,
                           gsize n_words);

G_END_DECLS
