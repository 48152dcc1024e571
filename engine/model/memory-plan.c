/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The memory plan: what drawing will need, before anything is allocated, and
 * what this computer has.
 */
#include "config.h"

#include "../generate-private.h"

#include <stdio.h>
#include <string.h>

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

void
limn_plan_memory (LimnModel *model, guint n_streams, guint n_pictures, LimnMemoryPlan *plan)
{
  guint n = CLAMP (n_pictures, 1, MAX_AT_ONCE);
  plan->weights_bytes = model->info.file_size_bytes;
  plan->available_bytes = limn_memory_get_available_bytes ();
  guint64 room = plan->available_bytes > SPARE_BYTES ? plan->available_bytes - SPARE_BYTES : 0;
  guint64 room_to_work = room > plan->weights_bytes ? room - plan->weights_bytes : 0;
  while (n > 1 && working_bytes (model, n_streams, n) > room_to_work)
    n--;
  plan->working_bytes = working_bytes (model, n_streams, n);
  plan->n_at_once = n;
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
  limn_plan_memory (model, 2, n_pictures, plan);
}
