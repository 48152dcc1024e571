/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks an imported tokenizer against prompts whose ids users of the published
 * models have written down.  A vocabulary with the merges of another model, or
 * ids shifted by one, loads well and draws nonsense; this finds it.  The
 * reading of prompts itself is tokenizer.c's.
 */
#include "config.h"

#include "tokenizer-check.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model-private.h"

#define MINI_VOCAB 50264 /* rows of the text tables */
#define MEGA_VOCAB 50272
#define MAX_IDS    16
#define MIN_OTHERS 2

/* vocab: the model it was recorded with, 0 where nobody said */
static const struct
{
  const char *prompt;
  guint32 vocab;
  guint32 ids[MAX_IDS]; /* without the special ones, 0 ends it */
} known[] = {
  { "alien life", MINI_VOCAB, { 8925, 742 } },
  { "a comfy chair that looks like an avocado",
    0,
    { 58, 29872, 2408, 766, 4126, 1572, 101, 16632 } },
  { "cctv of yoda robbing a liquor store", 0, { 17685, 111, 24509, 976, 11811, 58, 13142, 1110 } },
  { "dali painting of walle", 0, { 21853, 1545, 111, 563, 92 } },
  { "darth vader at a playground with younglings in shibuya.",
    MEGA_VOCAB,
    { 19109, 22981, 202, 58, 11071, 208, 2466, 8233, 91, 43085, 12 } },
};

static gboolean
is_as_known (LimnTokenizer *tokenizer, gsize k)
{
  g_autoptr (GArray) ids = limn_tokenizer_encode (tokenizer, LIMN_SPLIT_SPACE, known[k].prompt);
  guint n = 0;

  while (known[k].ids[n] != 0)
    n++;
  return ids->len == n && memcmp (ids->data, known[k].ids, n * sizeof (guint32)) == 0;
}

/**
 * limn_tokenizer_check:
 * @n_vocab: rows of the model's text table; models of other sizes than the
 *   published ones have tokenizers of their own and pass
 * @path: for the message
 *
 * The prompt recorded with this very model must give its ids, and of the
 * others, which may come from its sibling, at least two.
 */
gboolean
limn_tokenizer_check (LimnTokenizer *tokenizer, guint32 n_vocab, const char *path, GError **error)
{
  const char *wrong = NULL;
  guint n_others = 0;
  gboolean is_own_right = FALSE;

  if (n_vocab != MINI_VOCAB && n_vocab != MEGA_VOCAB)
    return TRUE;
  for (gsize k = 0; k < G_N_ELEMENTS (known); k++)
    {
      gboolean is_own = known[k].vocab == n_vocab;

      if (!is_as_known (tokenizer, k))
        wrong = wrong && !is_own ? wrong : known[k].prompt;
      else if (is_own)
        is_own_right = TRUE;
      else
        n_others++;
    }
  if (is_own_right && n_others >= MIN_OTHERS)
    return TRUE;
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_CORRUPT,
               _ ("%s: the vocabulary and merges do not belong to this model: “%s” is not read as "
                  "it should be. Import it again with the vocab and merges files that lie beside "
                  "the weights."),
               path, wrong);
  return FALSE;
}

gboolean
limn_model_check_tokenizer (LimnModel *model, GError **error)
{
  if (model->tokenizer == NULL || !(model->info.parts & LIMN_MODEL_PART_TEXT))
    return TRUE;
  return limn_tokenizer_check (model->tokenizer, model->text.text_vocab, model->info.path, error);
}
