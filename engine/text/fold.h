/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words as the lexicon writes them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *text;      /* words in lower case, one space between them */
  guint32 *origin; /* (length + 1) where in the source each of its bytes comes from */
  gsize length;
} LimnFolded;

void limn_fold (LimnFolded *folded, const char *source, gsize length);
void limn_folded_clear (LimnFolded *folded);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LimnFolded, limn_folded_clear)

G_END_DECLS
