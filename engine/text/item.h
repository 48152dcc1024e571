/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A prompt as a list of known and unknown pieces. */
#pragma once

#include "lexicon.h"

G_BEGIN_DECLS

typedef struct
{
  LimnWordKind kind; /* LIMN_WORD_UNKNOWN: text is as written */
  char *text;        /* owned: in English */
  gsize start, end;  /* bytes of the prompt */
  gboolean is_foreign;
  gboolean is_emoji;
  gboolean is_unknown; /* a thing without a name */
  gboolean is_bare;    /* one word: a place without its preposition */
} LimnItem;

typedef struct
{
  const char *source; /* borrowed: the prompt, valid UTF-8 */
  GArray *items;      /* LimnItem */
} LimnItems;

void limn_items_init (LimnItems *items, const char *source);
void limn_items_clear (LimnItems *items);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LimnItems, limn_items_clear)
LimnItem *limn_items_add (LimnItems *items,
                          LimnWordKind kind,
                          const char *text,
                          gsize text_length,
                          gsize start,
                          gsize end);
#define limn_items_get(items, i) (&g_array_index ((items)->items, LimnItem, (i)))

void limn_match (LimnItems *items, const char *locale, gsize start, gsize end);
double limn_match_score (const char *locale,
                         const char *text,
                         gsize length,
                         gboolean has_stems,
                         guint *n_words);
gboolean limn_locale_has_spaces (const char *locale);

G_END_DECLS
