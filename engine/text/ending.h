/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words that carry another word with them. */
#pragma once

#include "lexicon.h"

G_BEGIN_DECLS

typedef struct
{
  LimnWord words[2]; /* in the order they are written; keys are parts of the word */
  guint n;
} LimnParts;

gboolean limn_ending_cut (const char *locale,
                          LimnWordList *list,
                          const char *word,
                          gsize length,
                          LimnParts *parts);

G_END_DECLS
