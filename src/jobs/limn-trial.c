/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A short self-test before a large model is used for the first time: asks the
 * engine for its memory plan, and draws until it can say how long all will
 * take.  Nothing is kept of what is drawn.  Telling people is the window's.
 */
#include "config.h"

#include "limn-trial.h"

#include <glib/gstdio.h>

#include "limn-model-pool.h"
#include "models/limn-model-store.h"
#include "models/limn-speed.h"

/* smaller models draw before a test would be over */
#define MIN_SIZE_BYTES (150 * 1024 * 1024)
/* the first row of tokens also reads the weights from the disk */
#define MIN_ROWS    2
#define MAX_SECONDS 20.0

typedef struct
{
  char *model; /* an id or a name */
  guint n_pictures;

  gint64 start_us;
  double seconds;
  GCancellable *stop; /* ends the test when it knows enough */
} Test;

static void
test_free (gpointer data)
{
  Test *test = data;

  g_free (test->model);
  g_object_unref (test->stop);
  g_free (test);
}

void
limn_trial_free (LimnTrial *trial)
{
  if (trial == NULL)
    return;
  g_free (trial->model_name);
  g_free (trial);
}

/**
 * limn_trial_is_due:
 * @model: (nullable): as for limn_model_store_find_named()
 *
 * Whether a model is large and was never used here, so that a person should
 * know what it will need.
 */
gboolean
limn_trial_is_due (const char *model)
{
  /* pictures of the library tell its name, speeds are remembered by ids */
  g_autofree char *id = limn_model_store_dup_id (model);
  g_autofree char *path = id != NULL ? limn_model_store_find_named (id, NULL) : NULL;
  GStatBuf info = { 0 };

  return path != NULL && g_stat (path, &info) == 0 && info.st_size >= MIN_SIZE_BYTES
         && !limn_speed_is_known (id);
}

static void
on_progress (const LimnProgress *progress, gpointer data)
{
  Test *test = data;
  double elapsed = (double) (g_get_monotonic_time () - test->start_us) / G_USEC_PER_SEC;

  if (progress->seconds_left < 0 || progress->rows_done == 0)
    return;
  test->seconds = elapsed + progress->seconds_left;
  if (progress->rows_done >= MIN_ROWS || elapsed > MAX_SECONDS)
    g_cancellable_cancel (test->stop);
}

static void
on_cancelled (GCancellable *cancellable, GCancellable *stop)
{
  g_cancellable_cancel (stop);
}

static gboolean
draw_a_little (Test *test, LimnModel *model, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) pictures = NULL;
  g_autoptr (GError) stopped = NULL;
  LimnRequest request;
  gulong handler = 0;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), test->stop, NULL);
  limn_request_init (&request, model);
  request.prompt = "a picture";
  request.n_pictures = test->n_pictures;
  test->start_us = g_get_monotonic_time ();
  pictures = limn_generate (model, &request, on_progress, test, test->stop, &stopped);
  g_cancellable_disconnect (cancellable, handler);
  if (stopped != NULL && !g_error_matches (stopped, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&stopped));
      return FALSE;
    }
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static LimnTrial *
run (Test *test, GCancellable *cancellable, GError **error)
{
  g_autoptr (LimnModel) model = limn_model_pool_open (test->model, error);
  g_autoptr (LimnTrial) trial = g_new0 (LimnTrial, 1);
  g_autofree char *id = NULL;
  const LimnModelInfo *info;
  LimnMemoryPlan plan;

  if (model == NULL)
    return NULL;
  info = limn_model_get_info (model);
  limn_model_plan_memory (model, test->n_pictures, &plan);
  trial->model_name = g_strdup (*info->name != '\0' ? info->name : test->model);
  trial->memory_bytes = plan.weights_bytes + plan.working_bytes;
  trial->available_bytes = plan.available_bytes;
  trial->fits = plan.n_at_once > 0;
  trial->n_pictures = test->n_pictures;
  if (trial->fits && !draw_a_little (test, model, cancellable, error))
    return NULL;
  trial->seconds = trial->fits && test->seconds > 0 ? test->seconds : -1;
  id = trial->seconds > 0 ? limn_model_store_dup_id (test->model) : NULL;
  if (id != NULL)
    limn_speed_note (id, test->n_pictures, trial->seconds);
  return g_steal_pointer (&trial);
}

static void
run_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  LimnTrial *trial = run (data, cancellable, &error);

  if (trial != NULL)
    g_task_return_pointer (task, trial, (GDestroyNotify) limn_trial_free);
  else
    g_task_return_error (task, error);
}

/**
 * limn_trial_run_async:
 * @n_pictures: as many as are to be drawn then
 *
 * Opens the model and draws for some seconds, on a thread of its own.
 */
void
limn_trial_run_async (const char *model,
                      guint n_pictures,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Test *test = g_new0 (Test, 1);

  test->model = g_strdup (model);
  test->n_pictures = n_pictures;
  test->stop = g_cancellable_new ();
  g_task_set_task_data (task, test, test_free);
  g_task_run_in_thread (task, run_in_thread);
}

LimnTrial *
limn_trial_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
