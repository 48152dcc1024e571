/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of “limn draw”, and what they ask of the engine. */
#pragma once

#include "cli/draw-start.h"

G_BEGIN_DECLS

typedef struct
{
  int n_pictures;
  char *seed;
  char *model;
  char *temperature;
  int top_k; /* LIMN_DRAW_UNSET when not given */
  char *guidance;
  char *folder;
  LimnDrawStart start;
  int n_threads;
  char *negative;
  char *blend;
  char *mix;
  char *list;
  char *shard;
  gboolean is_gentle;
  gboolean wants_tiles;
  gboolean wants_seamless;
  gboolean wants_rank;
  gboolean wants_sheet;
  gboolean wants_surprise;
  gboolean wants_json;
  gboolean is_quiet;
} LimnDrawOptions;

#define LIMN_DRAW_OPTIONS_INIT                                                                     \
  {                                                                                                \
    .n_pictures = 9, .top_k = LIMN_DRAW_UNSET, .start = LIMN_DRAW_START_INIT                       \
  }

void limn_draw_options_clear (LimnDrawOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LimnDrawOptions, limn_draw_options_clear)

/* As limn_cli_parse(). */
int limn_draw_options_parse (char ***arguments, LimnDrawOptions *options);

/* NULL, or what is wrong with the options and @words together. */
const char *limn_draw_options_find_contradiction (const LimnDrawOptions *options,
                                                  const char *words);

/* Sets what was not given and has a value of its own for “limn draw”. */
void limn_draw_options_complete (LimnDrawOptions *options);

/* “%s cannot be “%s””; always FALSE. */
gboolean limn_draw_options_refuse (GError **error, const char *option, const char *value);

/**
 * limn_draw_options_apply:
 * @request: with the model's own defaults; borrows from @options
 *
 * The engine checks the ranges of most numbers.
 */
gboolean limn_draw_options_apply (LimnDrawOptions *options,
                                  LimnModel *model,
                                  const char *words,
                                  GCancellable *cancellable,
                                  LimnRequest *request,
                                  GError **error);

G_END_DECLS
