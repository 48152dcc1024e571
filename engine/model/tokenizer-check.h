/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a tokenizer is the published one, by prompts whose ids are known. */
#pragma once

#include "../text/tokenizer.h"

G_BEGIN_DECLS

gboolean
limn_tokenizer_check (LimnTokenizer *tokenizer, guint32 n_vocab, const char *path, GError **error);

G_END_DECLS
