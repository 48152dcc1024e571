/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The memory plan: what drawing will need, before anything is allocated, and
 * what this computer has.
 */
#include "config.h"

#include "model-private.h"

#include <stdio.h>
#include <string.h>

#define MIB         ((guint64) 1 << 20)
#define SPARE_BYTES (256 * MIB) /* left to everything else on the computer */
#define FIXED_BYTES (64 * MIB)  /* threads, libraries, tables */
#define MAX_AT_ONCE 64

/* Keys and values of one picture: two streams, two tables, F32. */
static guint64
cache_bytes (const LimnTextConfig *text)
{
  return (guint64) text->decoder.n_layers * text->image_length * text->d * 2 * 2 * sizeof (float);
}

/* Cross-attention keys and values of a prompt, and the encoder's own rows. */
static guint64
prompt_bytes (const LimnTextConfig *text)
{
  guint64 cross = (guint64) text->decoder.n_layers * text->text_length * text->d * 2 * 2;
  guint64 rows = (guint64) text->text_length * 2 * (6 * (guint64) text->d + 2 * text->encoder.ffn);
  return (cross + rows) * sizeof (float);
}

/* Rows of one decoder step: activations and logits of two streams. */
static guint64
step_bytes (const LimnTextConfig *text)
{
  return 2 * (8 * (guint64) text->d + 3 * text->decoder.ffn + 2 * text->image_rows)
         * sizeof (float);
}

/* The VQGAN renders one picture at a time: a few planes of its widest level,
 * and that level's unfolded input. */
static guint64
render_bytes (const LimnModel *model)
{
  const LimnVqganConfig *vqgan = &model->vqgan;
  guint64 most = 0;
  for (guint i = 0; i < vqgan->n_levels; i++)
    {
      guint64 side = model->info.picture_size >> i;
      most = MAX (most, side * side * vqgan->ch * vqgan->ch_mult[i]);
    }
  return 5 * most * sizeof (float) + 64 * MIB;
}

static guint64
working_bytes (const LimnModel *model, guint n)
{
  LimnModelPart parts = model->info.parts;
  guint64 total = FIXED_BYTES;
  if (parts & LIMN_MODEL_PART_TEXT)
    total +=
        prompt_bytes (&model->text) + n * (cache_bytes (&model->text) + step_bytes (&model->text));
  if (parts & LIMN_MODEL_PART_DECODER)
    total += render_bytes (model);
  return total + (guint64) n * model->info.picture_size * model->info.picture_size * 3;
}

/* First number after name in a file of the system, 0 when it is not there. */
static guint64
read_number (const char *path, const char *name)
{
  char line[256];
  guint64 value = 0;
  FILE *file = fopen (path, "re");
  if (file == NULL)
    return 0;
  while (fgets (line, sizeof line, file) != NULL)
    if (strncmp (line, name, strlen (name)) == 0)
      {
        value = g_ascii_strtoull (line + strlen (name), NULL, 10);
        break;
      }
  fclose (file);
  return value;
}

guint64
limn_memory_get_available_bytes (void)
{
  guint64 free_bytes = read_number ("/proc/meminfo", "MemAvailable:") * 1024;
  /* a container may be allowed less than the computer has; its page cache counts as used
   * but is given back, so only the limit itself is taken */
  guint64 limit = read_number ("/sys/fs/cgroup/memory.max", "");
  return limit > 0 ? MIN (free_bytes, limit) : free_bytes;
}

/**
 * limn_model_plan_memory:
 * @n_pictures: how many are wanted
 * @plan: (out): what it takes; @n_at_once is the most that fit together, at
 *   least one, so with too little memory for one the bytes exceed what is there
 */
void
limn_model_plan_memory (LimnModel *model, guint n_pictures, LimnMemoryPlan *plan)
{
  guint n = CLAMP (n_pictures, 1, MAX_AT_ONCE);
  plan->weights_bytes = model->info.file_size_bytes;
  plan->available_bytes = limn_memory_get_available_bytes ();
  guint64 room = plan->available_bytes > SPARE_BYTES ? plan->available_bytes - SPARE_BYTES : 0;
  while (n > 1 && plan->weights_bytes + working_bytes (model, n) > room)
    n--;
  plan->working_bytes = working_bytes (model, n);
  plan->n_at_once = n;
}
