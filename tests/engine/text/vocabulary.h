/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vocabularies that the text tests use. */
#pragma once

#include "engine/text/tokenizer.h"
#include "engine/text/vocabulary.h"

#include <json-glib/json-glib.h>

JsonNode *limn_test_load_golden (const char *name);
LimnTokenizer *limn_test_load_golden_tokenizer (void);
LimnTokenizer *limn_test_make_small_tokenizer (void);
LimnVocabulary *limn_test_load_concepts (gboolean only_core);
char **limn_test_load_lines (const char *name);
