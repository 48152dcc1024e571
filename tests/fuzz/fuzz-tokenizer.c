/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a prompt, and as a vocabulary: both clean-ups, both ways to cut
 * words, and a tokenizer made of the input's own lines. */
#include "engine/text/normalize.h"
#include "engine/text/tokenizer.h"

#include <string.h>

#define TEXT_LENGTH 64

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_row (LimnTokenizer *tokenizer, LimnSplit split, const char *text)
{
  guint32 row[TEXT_LENGTH];
  guint n = limn_tokenizer_encode_row (tokenizer, split, text, TEXT_LENGTH, 300, row);

  g_assert (n >= 2 && n <= TEXT_LENGTH && row[0] == LIMN_TOKEN_BOS && row[n - 1] == LIMN_TOKEN_EOS);
  for (guint i = 1; i < n - 1; i++)
    g_assert (row[i] > LIMN_TOKEN_EOS && row[i] < 300);
}

/* Lines with one space are merges, the others tokens. */
static LimnTokenizer *
make_tokenizer (char **lines)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new ();
  g_autoptr (GPtrArray) merges = g_ptr_array_new ();

  for (guint i = 0; i < 4; i++)
    g_ptr_array_add (tokens, (gpointer) "<s>");
  for (guint i = 0; lines[i] != NULL; i++)
    g_ptr_array_add (strchr (lines[i], ' ') != NULL ? merges : tokens, lines[i]);
  return limn_tokenizer_new ((const char *const *) tokens->pdata, tokens->len,
                             (const char *const *) merges->pdata, merges->len, NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *plain = limn_text_normalize (LIMN_NORMALIZER_MIN_DALLE, text, NULL, 0);
  g_autofree char *caption = limn_text_normalize (
      LIMN_NORMALIZER_DALLE_MINI, text, (const char *const *) lines, g_strv_length (lines));
  g_autoptr (LimnTokenizer) tokenizer = make_tokenizer (lines);

  g_assert (g_str_is_ascii (plain) && g_str_is_ascii (caption));
  if (tokenizer != NULL)
    {
      check_row (tokenizer, LIMN_SPLIT_SPACE, plain);
      check_row (tokenizer, LIMN_SPLIT_GPT2, caption);
      check_row (tokenizer, LIMN_SPLIT_SPACE, text);
      check_row (tokenizer, LIMN_SPLIT_GPT2, text);
    }
  return 0;
}
