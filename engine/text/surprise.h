/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Funny prompts. */
#pragma once

#include "vocabulary.h"

G_BEGIN_DECLS

/* As limn_surprise(), for a list of things; NULL: any English will do. */
char *limn_vocabulary_surprise (LimnVocabulary *vocabulary, guint64 seed);

G_END_DECLS
