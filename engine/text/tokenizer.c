/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Byte-level BPE: text to ids.
 *
 * Characters become symbols; then the adjacent pair that comes first in the
 * list of merges (the leftmost of equals) is merged until no pair is in it.  A
 * heap over a linked list keeps that at O(n log n) for a word of any length.
 * Clean-up is normalize.c's business, cutting into words presplit.c's. */
#include "config.h"

#include "tokenizer.h"

#include "limn.h"
#include "presplit.h"
#include "string-hash.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_ENTRIES (1u << 24)
#define NO_SYMBOL   G_MAXUINT32
#define NO_NODE     G_MAXUINT32

typedef struct
{
  guint64 key; /* left symbol << 32 | right symbol */
  guint32 rank;
  guint32 merged; /* NO_SYMBOL: an empty slot */
} Pair;

struct _LimnTokenizer
{
  GStringChunk *texts;
  GHashTable *symbols; /* text, in texts, to symbol + 1 */
  GArray *ids;         /* guint32 of each symbol: its id, or LIMN_TOKEN_UNK */
  Pair *pairs;         /* open addressing */
  guint pair_mask;
  guint32 byte_symbols[256];
  guint32 space_symbol;
};

/* ---- vocabulary ------------------------------------------------------------ */

static guint32
find_symbol (LimnTokenizer *tokenizer, const char *text)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (tokenizer->symbols, text));

  return n == 0 ? NO_SYMBOL : n - 1;
}

static guint32
intern_symbol (LimnTokenizer *tokenizer, const char *text)
{
  const guint32 unknown = LIMN_TOKEN_UNK;
  guint32 symbol = find_symbol (tokenizer, text);

  if (symbol != NO_SYMBOL)
    return symbol;
  g_array_append_val (tokenizer->ids, unknown);
  g_hash_table_insert (tokenizer->symbols, g_string_chunk_insert (tokenizer->texts, text),
                       GUINT_TO_POINTER (tokenizer->ids->len));
  return tokenizer->ids->len - 1;
}

/* Begin, padding and end are never text, whatever the vocabulary calls them. */
static void
add_tokens (LimnTokenizer *tokenizer, const char *const *tokens, gsize n_tokens)
{
  for (guint32 id = LIMN_TOKEN_UNK + 1; id < n_tokens; id++)
    {
      guint32 symbol = intern_symbol (tokenizer, tokens[id]);

      g_array_index (tokenizer->ids, guint32, symbol) = id;
    }
}

/* GPT-2's table: printable Latin-1 stands for itself, the other bytes for
 * the characters from U+0100 on. */
static void
add_bytes (LimnTokenizer *tokenizer)
{
  gunichar next = 0x100;

  for (guint byte = 0; byte < 256; byte++)
    {
      gboolean is_printable =
          (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
      char text[8] = { 0 };

      g_unichar_to_utf8 (is_printable ? byte : next++, text);
      tokenizer->byte_symbols[byte] = find_symbol (tokenizer, text);
    }
  tokenizer->space_symbol = tokenizer->byte_symbols[' '];
}

/* ---- merges ---------------------------------------------------------------- */

static Pair *
find_slot (LimnTokenizer *tokenizer, guint64 key)
{
  guint64 hash = key * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  guint i = (guint) (hash >> 32) & tokenizer->pair_mask;

  while (tokenizer->pairs[i].merged != NO_SYMBOL && tokenizer->pairs[i].key != key)
    i = (i + 1) & tokenizer->pair_mask;
  return &tokenizer->pairs[i];
}

static const Pair *
find_pair (LimnTokenizer *tokenizer, guint32 left, guint32 right)
{
  const Pair *pair;

  if (left == NO_SYMBOL || right == NO_SYMBOL)
    return NULL;
  pair = find_slot (tokenizer, (guint64) left << 32 | right);
  return pair->merged == NO_SYMBOL ? NULL : pair;
}

static gboolean
add_merge (LimnTokenizer *tokenizer, const char *merge, guint32 rank, GError **error)
{
  const char *space = strchr (merge, ' ');
  g_autofree char *left = NULL;
  g_autofree char *joined = NULL;
  guint32 left_symbol, right_symbol, merged;
  Pair *pair;

  if (space == NULL || space == merge || space[1] == '\0' || strchr (space + 1, ' ') != NULL)
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_CORRUPT,
                   _ ("Merge %u of the tokenizer is not two pieces with a space between them"),
                   rank + 1);
      return FALSE;
    }
  left = g_strndup (merge, (gsize) (space - merge));
  joined = g_strconcat (left, space + 1, NULL);
  left_symbol = intern_symbol (tokenizer, left);
  right_symbol = intern_symbol (tokenizer, space + 1);
  merged = intern_symbol (tokenizer, joined);
  pair = find_slot (tokenizer, (guint64) left_symbol << 32 | right_symbol);
  if (pair->merged == NO_SYMBOL)
    *pair = (Pair){ (guint64) left_symbol << 32 | right_symbol, rank, merged };
  return TRUE;
}

static gboolean
add_merges (LimnTokenizer *tokenizer, const char *const *merges, gsize n_merges, GError **error)
{
  guint n_slots = 16;

  while (n_slots < 2 * n_merges)
    n_slots *= 2;
  tokenizer->pair_mask = n_slots - 1;
  tokenizer->pairs = g_new (Pair, n_slots);
  for (guint i = 0; i < n_slots; i++)
    tokenizer->pairs[i].merged = NO_SYMBOL;
  for (guint32 rank = 0; rank < n_merges; rank++)
    if (!add_merge (tokenizer, merges[rank], rank, error))
      return FALSE;
  return TRUE;
}

/**
 * limn_tokenizer_new:
 * @tokens: (array length=n_tokens): tokens[i] is the text of id i, in GPT-2's
 *   byte alphabet; the first four are begin, padding, end and unknown
 * @merges: (array length=n_merges): "left right", best first
 *
 * Makes a tokenizer, which can then be used by any number of threads.
 *
 * Returns: (transfer full): a new tokenizer, or %NULL with @error set
 */
LimnTokenizer *
limn_tokenizer_new (const char *const *tokens,
                    gsize n_tokens,
                    const char *const *merges,
                    gsize n_merges,
                    GError **error)
{
  g_autoptr (LimnTokenizer) tokenizer = NULL;

  if (n_tokens <= LIMN_TOKEN_UNK)
    {
      g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_CORRUPT,
                           _ ("The tokenizer's list of tokens is empty"));
      return NULL;
    }
  if (n_tokens > MAX_ENTRIES || n_merges > MAX_ENTRIES)
    {
      g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_TOO_LARGE,
                           _ ("The tokenizer has more tokens or merges than Limn accepts"));
      return NULL;
    }
  tokenizer = g_new0 (LimnTokenizer, 1);
  tokenizer->texts = g_string_chunk_new (64 * 1024);
  tokenizer->symbols = g_hash_table_new (limn_string_hash, g_str_equal);
  tokenizer->ids = g_array_sized_new (FALSE, FALSE, sizeof (guint32), (guint) n_tokens);
  add_tokens (tokenizer, tokens, n_tokens);
  if (!add_merges (tokenizer, merges, n_merges, error))
    return NULL;
  add_bytes (tokenizer);
  return g_steal_pointer (&tokenizer);
}

void
limn_tokenizer_free (LimnTokenizer *tokenizer)
{
  if (tokenizer == NULL)
    return;
  g_string_chunk_free (tokenizer->texts);
  g_hash_table_unref (tokenizer->symbols);
  g_array_unref (tokenizer->ids);
  g_free (tokenizer->pairs);
  g_free (tokenizer);
}

/* ---- merging a word -------------------------------------------------------- */

typedef struct
{
  guint32 symbol;
  guint32 previous, next;
} Node;

/* A pair that could be merged: made when its symbols became neighbours, and
 * stale when one of them has changed since. */
typedef struct
{
  guint32 rank;
  guint32 left; /* node */
  guint32 left_symbol, right_symbol;
  guint32 merged;
} Candidate;

typedef struct
{
  LimnTokenizer *tokenizer; /* borrowed */
  GArray *nodes;            /* Node: the word's symbols, a linked list */
  GArray *heap;             /* Candidate, the best first */
  GArray *ids;              /* guint32: the result so far; borrowed */
} Encoder;

static gboolean
is_better (const Candidate *a, const Candidate *b)
{
  return a->rank < b->rank || (a->rank == b->rank && a->left < b->left);
}

static void
push_candidate (Encoder *encoder, const Candidate *candidate)
{
  guint i = encoder->heap->len;
  Candidate *heap;

  g_array_append_vals (encoder->heap, candidate, 1);
  heap = (Candidate *) (void *) encoder->heap->data;
  while (i > 0 && is_better (candidate, &heap[(i - 1) / 2]))
    {
      heap[i] = heap[(i - 1) / 2];
      i = (i - 1) / 2;
    }
  heap[i] = *candidate;
}

static Candidate
pop_candidate (Encoder *encoder)
{
  Candidate *heap = (Candidate *) (void *) encoder->heap->data;
  guint n = encoder->heap->len - 1;
  Candidate best = heap[0], last = heap[n];
  guint i = 0;

  while (2 * i + 1 < n)
    {
      guint child = 2 * i + 1;

      if (child + 1 < n && is_better (&heap[child + 1], &heap[child]))
        child++;
      if (!is_better (&heap[child], &last))
        break;
      heap[i] = heap[child];
      i = child;
    }
  heap[i] = last;
  g_array_set_size (encoder->heap, n);
  return best;
}

static void
consider (Encoder *encoder, guint32 left)
{
  const Node *nodes = (const Node *) (const void *) encoder->nodes->data;
  const Pair *pair;

  if (left == NO_NODE || nodes[left].next == NO_NODE)
    return;
  pair = find_pair (encoder->tokenizer, nodes[left].symbol, nodes[nodes[left].next].symbol);
  if (pair != NULL)
    push_candidate (encoder, &(Candidate){ pair->rank, left, nodes[left].symbol,
                                           nodes[nodes[left].next].symbol, pair->merged });
}

static void
merge (Encoder *encoder, const Candidate *candidate)
{
  Node *nodes = (Node *) (void *) encoder->nodes->data;
  Node *left = &nodes[candidate->left];
  guint32 right = left->next;

  if (left->symbol != candidate->left_symbol || right == NO_NODE
      || nodes[right].symbol != candidate->right_symbol)
    return; /* stale */
  left->symbol = candidate->merged;
  left->next = nodes[right].next;
  if (left->next != NO_NODE)
    nodes[left->next].previous = candidate->left;
  nodes[right].symbol = NO_SYMBOL;
  nodes[right].next = NO_NODE;
  consider (encoder, left->previous);
  consider (encoder, candidate->left);
}

static void
append_node (Encoder *encoder, guint32 symbol)
{
  guint32 n = encoder->nodes->len;
  Node node = { symbol, n - 1, NO_NODE }; /* NO_NODE before the first */

  if (n > 0)
    g_array_index (encoder->nodes, Node, n - 1).next = n;
  g_array_append_val (encoder->nodes, node);
}

/* Merges the word in nodes, appends its ids and clears it. */
static void
finish_word (Encoder *encoder)
{
  for (guint32 i = 0; i < encoder->nodes->len; i++)
    consider (encoder, i);
  while (encoder->heap->len > 0)
    {
      Candidate best = pop_candidate (encoder);

      merge (encoder, &best);
    }
  for (guint32 i = 0; i < encoder->nodes->len; i = g_array_index (encoder->nodes, Node, i).next)
    {
      guint32 symbol = g_array_index (encoder->nodes, Node, i).symbol;
      guint32 id = symbol == NO_SYMBOL ? (guint32) LIMN_TOKEN_UNK
                                       : g_array_index (encoder->tokenizer->ids, guint32, symbol);

      g_array_append_val (encoder->ids, id);
    }
  g_array_set_size (encoder->nodes, 0);
}

/* ---- text to words --------------------------------------------------------- */

/* One piece of GPT-2's pattern; its bytes are the symbols.  Returns its length. */
static gsize
read_word_gpt2 (Encoder *encoder, const char *text)
{
  gsize n = limn_presplit_next (text);

  for (gsize i = 0; i < n; i++)
    append_node (encoder, encoder->tokenizer->byte_symbols[(guchar) text[i]]);
  return n;
}

/* What stands up to the next space, with the space's symbol before it; its
 * characters, not bytes, are the symbols.  Returns its length and the space's. */
static gsize
read_word_space (Encoder *encoder, const char *text)
{
  const char *p = text;

  if (*p != ' ')
    append_node (encoder, encoder->tokenizer->space_symbol);
  while (*p != '\0' && *p != ' ')
    {
      gsize n = (gsize) (g_utf8_next_char (p) - p);
      char character[8] = { 0 };

      memcpy (character, p, n);
      append_node (encoder, find_symbol (encoder->tokenizer, character));
      p += n;
    }
  return (gsize) (p - text) + (*p == ' ' ? 1 : 0);
}

/* Ids of text's words until there are at least limit. */
static GArray *
encode (LimnTokenizer *tokenizer, LimnSplit split, const char *text, guint limit)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  Encoder encoder = { .tokenizer = tokenizer };
  const char *p = valid;

  encoder.nodes = g_array_new (FALSE, FALSE, sizeof (Node));
  encoder.heap = g_array_new (FALSE, FALSE, sizeof (Candidate));
  encoder.ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  while (*p != '\0' && encoder.ids->len < limit)
    {
      p += split == LIMN_SPLIT_SPACE ? read_word_space (&encoder, p) : read_word_gpt2 (&encoder, p);
      finish_word (&encoder);
    }
  g_array_unref (encoder.nodes);
  g_array_unref (encoder.heap);
  return encoder.ids;
}

/**
 * limn_tokenizer_encode:
 * @text: (nullable): UTF-8; invalid bytes are replaced
 *
 * Returns: (transfer full) (element-type guint32): the ids of @text, without
 *   begin, end and padding, which no text can produce
 */
GArray *
limn_tokenizer_encode (LimnTokenizer *tokenizer, LimnSplit split, const char *text)
{
  return encode (tokenizer, split, text, G_MAXUINT);
}

/**
 * limn_tokenizer_encode_row:
 * @length: T, at least 2
 * @n_vocab: rows of the text embedding, at least 4
 * @row: (array length=length) (out caller-allocates): (T)
 *
 * Writes begin, the ids of @text as far as they fit, end, and padding.
 *
 * Returns: the number of ids before the padding
 */
guint
limn_tokenizer_encode_row (LimnTokenizer *tokenizer,
                           LimnSplit split,
                           const char *text,
                           guint length,
                           guint32 n_vocab,
                           guint32 *row)
{
  g_autoptr (GArray) ids = NULL;
  guint n;

  g_return_val_if_fail (length >= 2 && n_vocab > LIMN_TOKEN_UNK, 0);
  ids = encode (tokenizer, split, text, length - 2);
  n = MIN (ids->len, length - 2);
  row[0] = LIMN_TOKEN_BOS;
  for (guint i = 0; i < n; i++)
    row[1 + i] = MIN (g_array_index (ids, guint32, i), n_vocab - 1);
  row[1 + n] = LIMN_TOKEN_EOS;
  for (guint i = n + 2; i < length; i++)
    row[i] = LIMN_TOKEN_PAD;
  return n + 2;
}
