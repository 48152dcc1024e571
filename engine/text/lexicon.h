/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The word lists: data/lexicon/lexicon.gvariant. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A word's kind, as in data/lexicon/build.py. */
typedef enum
{
  LIMN_WORD_UNKNOWN = 0,
  LIMN_WORD_SKIP = 's', /* nothing to draw: articles, "please" */
  LIMN_WORD_DE = 'd',   /* what is said about a thing ends here, the thing follows */
  LIMN_WORD_AND = 'a',
  LIMN_WORD_NUMBER = 'n',
  LIMN_WORD_COLOUR = 'c',
  LIMN_WORD_ADJECTIVE = 'j',
  LIMN_WORD_RELATION = 'r',
  LIMN_WORD_AFTER = 't', /* a relation that stands behind its thing */
  LIMN_WORD_AT = 'x',    /* a place comes */
  LIMN_WORD_PLACE = 'p',
  LIMN_WORD_STYLE = 'y',
  LIMN_WORD_THING = 'w',
  LIMN_WORD_REMARK = 'k',  /* maybe a thing: found beside one emoji only */
  LIMN_WORD_NAME = 'N',    /* English: entry numbers follow */
  LIMN_WORD_KEYWORD = 'K', /* the same, less sure */
  LIMN_WORD_SYNONYM = 'S', /* English: an English name follows */
  LIMN_WORD_COMMA = ',',
} LimnWordKind;

typedef struct
{
  const char *key; /* borrowed from the lexicon, like value; not terminated */
  gsize key_length;
  LimnWordKind kind;
  const char *value;
  gsize value_length;
} LimnWord;

typedef struct _LimnWordList LimnWordList;

/* name: a locale, "en", "common" or "entries"; NULL if there is no such list.
 * Lists live as long as the program; any thread. */
LimnWordList *limn_lexicon_get_list (const char *name);
guint limn_word_list_get_size (LimnWordList *list);
void limn_word_list_get_word (LimnWordList *list, guint i, LimnWord *word);
gboolean limn_word_list_find (LimnWordList *list, const char *key, gsize length, LimnWord *word);
gboolean
limn_word_list_find_stem (LimnWordList *list, const char *key, gsize length, LimnWord *word);

G_END_DECLS
