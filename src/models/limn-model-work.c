/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See limn-model-work.h.  The work is limn-model-install's; here it gets a
 * thread, and its progress comes back to the caller's main context: the
 * latest figure only.
 */
#include "config.h"

#include "limn-model-work.h"
#include "limn-model-install.h"

#include <string.h>

#define REPORT_US 100000
#define N_GRID    9

typedef struct
{
  gatomicrefcount ref_count;
  /* owned; not changed while it runs */
  char **paths; /* of an import */
  char *path;   /* the model */
  char *name, *license, *source, *quantize;
  GMainContext *context;
  /* caller's */
  LimnModelWorkFunc progress; /* called on its thread, until the task is done */
  gpointer progress_data;
  GTask *task; /* borrowed */
  /* under the lock */
  GMutex lock;
  double fraction;
  char *what;
  gboolean is_posted;
  gint64 posted_us;
} Work;

static Work *
work_ref (Work *work)
{
  g_atomic_ref_count_inc (&work->ref_count);
  return work;
}

static void
work_unref (gpointer data)
{
  Work *work = data;

  if (!g_atomic_ref_count_dec (&work->ref_count))
    return;
  g_strfreev (work->paths);
  g_free (work->path);
  g_free (work->name);
  g_free (work->license);
  g_free (work->source);
  g_free (work->quantize);
  g_free (work->what);
  g_main_context_unref (work->context);
  g_mutex_clear (&work->lock);
  g_free (work);
}

static gboolean
on_posted (gpointer data)
{
  Work *work = data;
  g_autofree char *what = NULL;
  double fraction;

  g_mutex_lock (&work->lock);
  work->is_posted = FALSE;
  fraction = work->fraction;
  what = g_steal_pointer (&work->what);
  g_mutex_unlock (&work->lock);
  if (work->task && work->progress)
    work->progress (fraction, what, work->progress_data);
  return G_SOURCE_REMOVE;
}

/* on the worker's thread */
static void
on_progress (double fraction, const char *what, gpointer data)
{
  Work *work = data;
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GSource) source = NULL;

  g_mutex_lock (&work->lock);
  work->fraction = fraction;
  if (g_strcmp0 (work->what, what) != 0)
    {
      g_free (work->what);
      work->what = g_strdup (what);
    }
  if (!work->is_posted && now - work->posted_us >= REPORT_US)
    {
      work->is_posted = TRUE;
      work->posted_us = now;
      source = g_idle_source_new ();
      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, on_posted, work_ref (work), work_unref);
      g_source_attach (source, work->context);
    }
  g_mutex_unlock (&work->lock);
}

static void
install_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;
  const LimnImportOptions options = {
    .quantize = work->quantize,
    .name = work->name,
    .license = work->license,
    .source = work->source,
  };

  if (limn_model_install ((const char *const *) work->paths, work->path, &options, on_progress,
                          work, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
verify_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;

  if (limn_model_verify (work->path, on_progress, work, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_completed (GObject *task, GParamSpec *pspec, gpointer data)
{
  ((Work *) data)->task = NULL; /* figures still on their way are not told any more */
}

static Work *
work_new (const char *path, LimnModelWorkFunc progress, gpointer progress_data)
{
  Work *work = g_new0 (Work, 1);

  g_atomic_ref_count_init (&work->ref_count);
  g_mutex_init (&work->lock);
  work->path = g_strdup (path);
  work->progress = progress;
  work->progress_data = progress_data;
  work->context = g_main_context_ref_thread_default ();
  return work;
}

static void
run (Work *work,
     GTaskThreadFunc func,
     GCancellable *cancellable,
     GAsyncReadyCallback callback,
     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  work->task = task;
  g_signal_connect (task, "notify::completed", G_CALLBACK (on_completed), work);
  g_task_set_task_data (task, work, work_unref);
  /* the thread itself says when it has stopped: nothing it uses may go before */
  g_task_set_return_on_cancel (task, FALSE);
  g_task_run_in_thread (task, func);
}

/**
 * limn_model_install_async:
 *
 * limn_model_install() on a thread; @progress and @callback come on this one.
 */
void
limn_model_install_async (const char *const *paths,
                          const char *output,
                          const char *name,
                          const char *license,
                          const char *source,
                          const char *quantize,
                          LimnModelWorkFunc progress,
                          gpointer progress_data,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  Work *work = work_new (output, progress, progress_data);

  work->paths = g_strdupv ((char **) paths);
  work->name = g_strdup (name);
  work->license = g_strdup (license);
  work->source = g_strdup (source);
  work->quantize = g_strdup (quantize);
  run (work, install_in_thread, cancellable, callback, user_data);
}

void
limn_model_verify_async (const char *path,
                         LimnModelWorkFunc progress,
                         gpointer progress_data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  run (work_new (path, progress, progress_data), verify_in_thread, cancellable, callback,
       user_data);
}

gboolean
limn_model_work_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- facts ---- */

void
limn_model_facts_free (LimnModelFacts *facts)
{
  if (facts == NULL)
    return;
  g_free (facts->name);
  g_free (facts->license);
  g_free (facts);
}

static void
read_facts_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnModel) model = limn_model_open (data, &error);
  LimnModelFacts *facts;
  LimnMemoryPlan one, nine;

  if (model == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  limn_model_plan_memory (model, 1, &one);
  limn_model_plan_memory (model, N_GRID, &nine);
  facts = g_new0 (LimnModelFacts, 1);
  facts->name = g_strdup (limn_model_get_info (model)->name);
  facts->license = g_strdup (limn_model_get_info (model)->license);
  facts->needs_memory_bytes = nine.all_bytes;
  facts->needs_for_one_bytes = one.all_bytes;
  g_task_return_pointer (task, facts, (GDestroyNotify) limn_model_facts_free);
}

void
limn_model_read_facts_async (const char *path,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, read_facts_in_thread);
}

LimnModelFacts *
limn_model_read_facts_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
