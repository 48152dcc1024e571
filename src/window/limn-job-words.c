/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a job and its pictures below the grid. */
#include "config.h"

#include "limn-job-words.h"

#include <glib/gi18n.h>

/* What is to be drawn, which may be some of a grid alone, is drawn in batches when memory is too
 * short for all of it. */
static gboolean
is_in_batches (LimnJob *job)
{
  g_autoptr (LimnRecipe) work = limn_job_dup_work_recipe (job);
  guint n_batch = limn_job_get_n_batch (job);

  return n_batch > 0 && n_batch < work->n_pictures;
}

char *
limn_job_describe_stage (LimnJob *job)
{
  const char *prompt = limn_job_get_recipe (job)->prompt;

  switch (limn_job_get_stage (job))
    {
    case LIMN_STAGE_READ:
      return g_strdup (_ ("Reading your words…"));
    case LIMN_STAGE_RENDER:
      return g_strdup_printf (_ ("Finishing “%s”"), prompt);
    case LIMN_STAGE_DRAW:
    default:
      if (is_in_batches (job))
        return g_strdup_printf (_ ("Drawing “%s”, few at a time to fit the memory"), prompt);
      return g_strdup_printf (_ ("Drawing “%s”"), prompt);
    }
}

char *
limn_job_describe_count (LimnJob *job)
{
  guint n = g_list_model_get_n_items (limn_job_get_drawings (job));
  guint n_done = limn_job_get_n_done (job);

  if (limn_job_get_state (job) == LIMN_JOB_CANCELLED && n_done == 0)
    return g_strdup (_ ("Cancelled"));
  if (limn_job_get_state (job) == LIMN_JOB_CANCELLED)
    return g_strdup_printf (_ ("Cancelled; %u of %u pictures are done"), n_done, n);
  if (n_done < n)
    return g_strdup_printf (_ ("%u of %u pictures are done"), n_done, n);
  return g_strdup (_ ("Select a picture to copy, save or add words"));
}

/* When pictures are in memory alone, and what is drawn next would take their place. */
char *
limn_job_describe_held (void)
{
  return g_strdup (_ ("These pictures could not be kept, so the rest waits"));
}

char *
limn_job_describe_selected (LimnDrawing *drawing, LimnJob *job)
{
  guint n = g_list_model_get_n_items (limn_job_get_drawings (job));
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, limn_drawing_get_seed (drawing));

  /* Translators: a picture of a grid; the seed is the number it was drawn with */
  return g_strdup_printf (_ ("Picture %u of %u, seed %s"), limn_drawing_get_index (drawing) + 1, n,
                          seed);
}
