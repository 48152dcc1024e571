/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Byte-level BPE: text to ids.  Leaves clean-up to normalize. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LIMN_TOKEN_BOS 0 /* <s> */
#define LIMN_TOKEN_PAD 1
#define LIMN_TOKEN_EOS 2 /* </s> */
#define LIMN_TOKEN_UNK 3

typedef struct _LimnTokenizer LimnTokenizer;

/* How text is cut into words before merging. */
typedef enum
{
  LIMN_SPLIT_GPT2,  /* GPT-2's pattern, as dalle-mini */
  LIMN_SPLIT_SPACE, /* at U+0020 only, each word as a whole, as min-dalle */
} LimnSplit;

/* tokens[i] is the text of id i; merges are "left right", best first.  Copies what it needs. */
LimnTokenizer *limn_tokenizer_new (const char *const *tokens,
                                   gsize n_tokens,
                                   const char *const *merges,
                                   gsize n_merges,
                                   GError **error);
void limn_tokenizer_free (LimnTokenizer *tokenizer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnTokenizer, limn_tokenizer_free)

/* Writes a whole row: <s>, ids of text, </s>, padding to length; the text is cut
 * so that </s> stays.  Ids >= n_vocab become n_vocab - 1 (checkpoints whose table
 * is shorter than their vocabulary).  Returns the number of ids before the padding. */
guint limn_tokenizer_encode_row (LimnTokenizer *tokenizer,
                                 LimnSplit split,
                                 const char *text,
                                 guint length,
                                 guint32 n_vocab,
                                 guint32 *row);
/* Ids of text without special ones and without a limit. */
GArray *limn_tokenizer_encode (LimnTokenizer *tokenizer, LimnSplit split, const char *text);

G_END_DECLS
