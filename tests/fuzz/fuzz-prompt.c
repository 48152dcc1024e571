/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a prompt in any language, for models that take any words and for
 * one whose list of things is the input's own lines. */
#include "engine/text/surprise.h"
#include "engine/text/vocabulary.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_reading (LimnVocabulary *vocabulary, const char *prompt)
{
  g_autoptr (LimnReading) reading = limn_vocabulary_read (vocabulary, prompt, NULL);

  g_assert (g_utf8_validate (reading->prompt, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 64);
  guint n = g_strv_length (lines);
  g_autoptr (LimnVocabulary) vocabulary =
      limn_vocabulary_new ((const char *const *) lines, n, (const char *const *) lines, n);
  g_autofree char *surprise = limn_vocabulary_surprise (vocabulary, size);

  check_reading (NULL, text);
  check_reading (vocabulary, text);
  return 0;
}
