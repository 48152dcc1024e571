/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The things a model can draw. */
#pragma once

#include "../limn.h"
#include "item.h"

G_BEGIN_DECLS

/* What a thing can do in a funny prompt. */
typedef enum
{
  LIMN_TRAIT_RIDER = 1 << 0,
  LIMN_TRAIT_MOUNT = 1 << 1,
  LIMN_TRAIT_WEARER = 1 << 2,
  LIMN_TRAIT_HAT = 1 << 3,
  LIMN_TRAIT_HELD = 1 << 4,
} LimnTraits;

typedef struct
{
  char *name;
  char *plural;
  char *group; /* "animal", "food", ... or empty */
  LimnTraits traits;
} LimnConcept;

typedef struct
{
  LimnReplacementKind kind; /* only when is_changed */
  gboolean is_changed;
  char *text;   /* owned; empty when nothing near is known */
  GStrv others; /* owned: what else it could be */
} LimnChoice;

typedef struct _LimnVocabulary LimnVocabulary;

/* concepts: "name|synonym|synonym" each; traits: as many of "plural|group|rmwho"
 * (letters for what applies), or none. */
LimnVocabulary *limn_vocabulary_new (const char *const *concepts,
                                     gsize n_concepts,
                                     const char *const *traits,
                                     gsize n_traits);
LimnVocabulary *limn_vocabulary_new_for_model (LimnModel *model); /* NULL: it takes any words */
void
limn_vocabulary_add_styles (LimnVocabulary *vocabulary, const char *const *styles, gsize n_styles);
void limn_vocabulary_free (LimnVocabulary *vocabulary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnVocabulary, limn_vocabulary_free)

guint limn_vocabulary_get_n_concepts (LimnVocabulary *vocabulary);
const LimnConcept *limn_vocabulary_get_concept (LimnVocabulary *vocabulary, guint i);
const LimnConcept *
limn_vocabulary_find (LimnVocabulary *vocabulary, const char *text, gsize length);
void limn_vocabulary_match (LimnVocabulary *vocabulary, LimnItems *items, gsize start, gsize end);
void limn_vocabulary_choose (LimnVocabulary *vocabulary, const char *text, LimnChoice *choice);
void limn_choice_clear (LimnChoice *choice);

/* As limn_model_read_prompt(), for a list of things; NULL: any English will do. */
LimnReading *
limn_vocabulary_read (LimnVocabulary *vocabulary, const char *prompt, const char *locale);

char *limn_english_plural (const char *noun);

G_END_DECLS
