/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What sentence.c, place.c, order.c and caption.c share. */
#pragma once

#include "sentence.h"

G_BEGIN_DECLS

typedef struct
{
  LimnWordKind kind; /* THING for a noun with what belongs to it */
  GPtrArray *before; /* owned: number, colours, adjectives; NULL for others */
  char *text;        /* owned; NULL: no noun yet */
  guint n_first;     /* number and adjectives, before the colours */
  gboolean has_number;
  gboolean is_number_plural;
  gboolean is_foreign; /* needs its article */
  gboolean is_bare;
  gboolean is_apart; /* behind a comma */
} LimnPhrase;

struct _LimnSentence
{
  GPtrArray *phrases; /* LimnPhrase: of the part that is being read */
  GString *text;      /* parts that are done */
  gboolean wants_comma;
  LimnVocabulary *vocabulary; /* borrowed; NULL: any English will do */
};

static inline LimnPhrase *
limn_sentence_get (LimnSentence *sentence, guint i)
{
  return g_ptr_array_index (sentence->phrases, i);
}

static inline gboolean
limn_sentence_is (LimnSentence *sentence, guint i, LimnWordKind kind)
{
  return i < sentence->phrases->len && limn_sentence_get (sentence, i)->kind == kind;
}

static inline void
limn_sentence_remove (LimnSentence *sentence, guint i)
{
  g_ptr_array_remove_index (sentence->phrases, i);
}

gboolean limn_phrase_is_locative (const LimnPhrase *phrase);
void limn_phrase_set_text (LimnPhrase *phrase, const char *text);

void limn_sentence_settle_places (LimnSentence *sentence, const char *locale);
void limn_sentence_move_places (LimnSentence *sentence);
void limn_sentence_move_bare_places (LimnSentence *sentence);
void limn_sentence_move (LimnSentence *sentence, guint from, guint to, guint at);
void limn_sentence_order (LimnSentence *sentence, const char *locale);
void limn_sentence_make_caption (LimnSentence *sentence);

G_END_DECLS
