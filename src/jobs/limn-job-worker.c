/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a job does on its worker thread: opens the model, lets the engine draw,
 * makes textures of what comes, and saves every picture before it tells of it,
 * so that what the window shows as done is on disk.
 */
#include "limn-job-worker.h"

#include <locale.h>

#include "library/limn-keeper.h"
#include "library/reading.h"
#include "limn-model-pool.h"
#include "limn-preview.h"

/* Enough for the window's own thread, and other programs in use, to come first. */
#define DRAWING_NICENESS 5

typedef struct
{
  LimnJobWork *work;
  LimnModel *model;
  LimnRequest request;
} Run;

static void
post_previews (Run *run, const LimnProgress *progress)
{
  const LimnModelInfo *info = limn_model_get_info (run->model);
  guint size = progress->preview_size;
  double part_done = progress->rows_done / (double) MAX (info->grid_size, 1);

  for (guint i = 0; i < progress->n_batch; i++)
    limn_mailbox_post_preview (
        run->work->mailbox, progress->first + i,
        limn_preview_texture_new (progress->previews + (gsize) i * size * size * 3, size,
                                  part_done));
}

static void
post_picture (Run *run, LimnPicture *picture)
{
  GError *error = NULL;
  GFile *file = NULL;

  if (run->work->folder != NULL)
    file = limn_keeper_save (run->work->folder, run->model, &run->request, picture, &error);
  limn_mailbox_post_picture (run->work->mailbox, picture, limn_picture_texture_new (picture), file,
                             error);
}

static void
on_progress (const LimnProgress *progress, gpointer user_data)
{
  Run *run = user_data;

  if (progress->previews != NULL && progress->rows_done > 0)
    post_previews (run, progress);
  if (progress->picture != NULL)
    post_picture (run, progress->picture);
  limn_mailbox_post_progress (run->work->mailbox, progress);
}

static void
fill_request (LimnRequest *request, LimnModel *model, const LimnRecipe *recipe)
{
  limn_request_init (request, model);
  request->prompt = recipe->prompt;
  request->n_pictures = recipe->n_pictures;
  request->seed = recipe->seed;
  if (recipe->temperature >= 0)
    request->temperature = recipe->temperature;
  if (recipe->top_k >= 0)
    request->top_k = (guint) recipe->top_k;
  if (recipe->guidance >= 0)
    request->guidance = recipe->guidance;
  request->negative_prompt = recipe->negative;
  request->blend_prompt = recipe->blend_prompt;
  request->blend = recipe->blend;
  request->redraw = recipe->redraw;
  request->is_tile = recipe->is_tile;
  if (recipe->keep_ids != NULL)
    {
      request->keep_ids = (const guint32 *) (gpointer) recipe->keep_ids->data;
      request->n_keep = recipe->keep_ids->len;
    }
}

/**
 * limn_job_work_run:
 *
 * Draws one recipe; blocks until it is drawn.  News goes to the mailbox.
 */
gboolean
limn_job_work_run (LimnJobWork *work, GCancellable *cancellable, GError **error)
{
  g_autoptr (LimnModel) model = NULL;
  g_autoptr (GPtrArray) pictures = NULL;
  g_auto (LimnUnderstood) understood = { 0 };
  Run run = { .work = work };

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  model = limn_model_pool_open (work->recipe->model, error);
  if (model == NULL)
    return FALSE;
  run.model = model;
  fill_request (&run.request, model, work->recipe);
  limn_understood_init (&understood, model, &run.request);
  /* one of its own: the request borrows from what was understood */
  limn_mailbox_post_reading (work->mailbox, limn_model_read_prompt (model, run.request.prompt,
                                                                    setlocale (LC_MESSAGES, NULL)));
  understood.request.niceness = DRAWING_NICENESS;
  if (work->is_gentle)
    limn_request_be_gentle (&understood.request);
  pictures = limn_generate (model, &understood.request, on_progress, &run, cancellable, error);
  return pictures != NULL;
}
