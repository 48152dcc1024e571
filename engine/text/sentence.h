/* SPDX-License-Identifier: GPL-3.0-or-later */
/* English sentences from pieces of any language. */
#pragma once

#include "item.h"
#include "vocabulary.h"

G_BEGIN_DECLS

typedef struct _LimnSentence LimnSentence;

LimnSentence *limn_sentence_new (LimnVocabulary *vocabulary);
void limn_sentence_add (LimnSentence *sentence, const LimnItem *item);
void limn_sentence_end_part (LimnSentence *sentence, const char *locale);
void limn_sentence_add_comma (LimnSentence *sentence);
char *limn_sentence_finish (LimnSentence *sentence); /* frees it */

gboolean limn_english_is_uncountable (const char *noun);

gboolean limn_locale_is_head_final (const char *locale);

G_END_DECLS
