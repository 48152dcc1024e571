/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The memory plan: what drawing will need, before anything is allocated, and
 * whether it fits.  What there is, memory-here.c finds out.
 */
#include "config.h"

#include "../generate-private.h"
#include "../vqgan/decoder.h"

#define MIB         ((guint64) 1 << 20)
#define SPARE_BYTES (256 * MIB) /* left to everything else on the computer */
#define FIXED_BYTES (64 * MIB)  /* threads, libraries, tables */
#define MAX_AT_ONCE 64

static guint64
working_bytes (LimnModel *model, guint n_streams, guint n)
{
  guint64 job = limn_generate_plan_bytes (model, n_streams, n);

  return job > G_MAXUINT64 - FIXED_BYTES ? G_MAXUINT64 : job + FIXED_BYTES;
}

static guint64
add (guint64 a, guint64 b)
{
  return a > G_MAXUINT64 - b ? G_MAXUINT64 : a + b;
}

/* Text encoder, decoder and picture decoder are used one after another, and their weights are let
 * go in between; what the last one works with is not allocated before its turn. */
static guint64
weights_bytes (LimnModel *model)
{
  guint width = model->info.grid_size;
  guint64 encoder = limn_model_get_weights_bytes (model, "encoder.");
  guint64 decoder = limn_model_get_weights_bytes (model, "decoder.");
  guint64 rest = model->info.file_size_bytes - encoder - decoder;
  guint64 render = model->info.parts & LIMN_MODEL_PART_DECODER
                       ? limn_vqgan_decoder_bytes (model, width, width, g_get_num_processors ())
                       : 0;

  return MAX (MAX (encoder, rest), decoder - MIN (decoder, render));
}

void
limn_plan_memory (LimnModel *model, guint n_streams, guint n_pictures, LimnMemoryPlan *plan)
{
  guint n = CLAMP (n_pictures, 1, MAX_AT_ONCE);
  guint64 weights = weights_bytes (model);
  guint64 room = limn_memory_get_available_bytes ();

  plan->weights_bytes = weights;
  plan->available_bytes = room;
  plan->all_bytes = add (weights, working_bytes (model, n_streams, n));
  while (n > 1 && add (add (weights, working_bytes (model, n_streams, n)), SPARE_BYTES) > room)
    n--;
  plan->working_bytes = working_bytes (model, n_streams, n);
  plan->n_at_once = add (weights, plan->working_bytes) <= room ? n : 0;
}

/**
 * limn_model_plan_memory:
 * @n_pictures: how many are wanted
 * @plan: (out): what it takes
 *
 * Computed from the model's sizes alone; loads nothing.  Several pictures at
 * once leave some memory to the other programs; a single one may take all.
 */
void
limn_model_plan_memory (LimnModel *model, guint n_pictures, LimnMemoryPlan *plan)
{
  limn_plan_memory (model, 2, n_pictures, plan);
}
