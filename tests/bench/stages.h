/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's stages, each timed: what a grid of pictures is made of. */
#pragma once

#include "engine/model/model-private.h"

G_BEGIN_DECLS

typedef enum
{
  STAGE_ENCODER,  /* the prompt and the empty prompt */
  STAGE_TEXTS,    /* keys and values of the texts, once a job */
  STAGE_STEPS,    /* all decoder steps */
  STAGE_SAMPLING, /* all choices of tokens */
  STAGE_PREVIEWS, /* the table of colours, and a preview of each picture after each row */
  STAGE_PREPARE,  /* weights and memory of the picture decoder */
  STAGE_RENDER,   /* all pictures */
  N_STAGES,
} StageName;

typedef struct
{
  double seconds; /* of the whole grid, the best of some rounds */
  double plain;   /* of plain OpenBLAS, 0 where there is nothing to compare with */
  /* what must be done at least */
  double bytes;        /* read from memory: weights, keys and values */
  double integer_ops;  /* of 8-bit products, two a multiplication */
  double floating_ops; /* two a multiplication; convolutions count as if done directly */
} Stage;

#define BENCH_TEXT_TOKENS 12 /* of the prompt: about eight words */

/* A clock to measure with: time that passes, or time that processors worked for this
 * program, shared among n_threads; the latter means something on a busy computer, too. */
void stages_set_clock (gboolean counts_work, guint n_threads);
double stages_get_time (void);

/* Measures once and keeps the better times; n_positions of the steps are run, spread over
 * all of them. */
gboolean stages_measure (LimnModel *model,
                         guint n_pictures,
                         guint n_threads,
                         guint n_positions,
                         Stage *stages,
                         GError **error);
/* Counts what the stages have to do. */
void stages_count (LimnModel *model, guint n_pictures, Stage *stages);

G_END_DECLS
