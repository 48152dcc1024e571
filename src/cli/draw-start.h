/* SPDX-License-Identifier: GPL-3.0-or-later */
/* “limn draw” from a picture that is there already: again, varied, or finished. */
#pragma once

#include "library/picture-facts.h"

G_BEGIN_DECLS

#define LIMN_DRAW_UNSET G_MININT /* of a number that was not given */

/**
 * LimnDrawStart:
 *
 * What the command line says about where to start from, and what came of it.
 */
typedef struct
{
  /* options */
  char *again;
  char *vary;
  char *finish;
  char *strength;
  int keep_rows;  /* LIMN_DRAW_UNSET when not given */
  int keep_cells; /* the same */
  /* of @again or @vary */
  LimnPictureFacts facts;
  /* of @finish */
  guint32 *ids;
  guint n_ids;
} LimnDrawStart;

#define LIMN_DRAW_START_INIT                                                                       \
  {                                                                                                \
    .keep_rows = LIMN_DRAW_UNSET, .keep_cells = LIMN_DRAW_UNSET                                    \
  }

void limn_draw_start_clear (LimnDrawStart *start);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LimnDrawStart, limn_draw_start_clear)

/* Reads what a picture remembers, before a model is chosen; FALSE for options that contradict. */
gboolean limn_draw_start_read (LimnDrawStart *start, GError **error);

/**
 * limn_draw_start_apply:
 * @request: with the model's defaults; borrows from @start
 *
 * Sets what the picture remembers and which of its tokens stay; a photo is
 * turned into tokens first.
 */
gboolean limn_draw_start_apply (LimnDrawStart *start,
                                LimnModel *model,
                                LimnRequest *request,
                                guint n_threads,
                                GCancellable *cancellable,
                                GError **error);

G_END_DECLS
