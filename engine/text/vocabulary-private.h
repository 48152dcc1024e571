/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What vocabulary.c and nearest.c share. */
#pragma once

#include "vocabulary.h"

G_BEGIN_DECLS

struct _LimnVocabulary
{
  GArray *concepts;   /* LimnConcept */
  GHashTable *names;  /* folded name or plural, owned, to index + 1 */
  GHashTable *styles; /* owned: those the model was taught */
  LimnWordList *english;
  LimnWordList *entries;
};

gboolean limn_vocabulary_has_style (LimnVocabulary *vocabulary, const char *style);
gboolean limn_vocabulary_has_listed (LimnVocabulary *vocabulary, const LimnWord *word);
const LimnConcept *limn_vocabulary_find_within (LimnVocabulary *vocabulary,
                                                const char *text,
                                                gsize length,
                                                gboolean only_head);

G_END_DECLS
