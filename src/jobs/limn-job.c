/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnJob: the main thread's side of a job.  Keeps the pictures, the progress
 * and the outcome, starts the worker and applies its news.  Knows nothing of
 * the order of jobs (LimnQueue) or of widgets.
 *
 * A running job holds a reference on itself until its worker has ended, so
 * that a window may be closed and forgotten at any time.
 */
#include "limn-job.h"

#include "limn-job-worker.h"
#include "limn-mailbox.h"
#include "models/limn-model-store.h"
#include "models/limn-speed.h"

struct _LimnJob
{
  GObject parent_instance;

  /* settings */
  LimnRecipe *recipe;
  GFile *folder;
  GArray *places; /* guint: which pictures of the grid are drawn; NULL for all */
  GPtrArray
      *given_up; /* LimnDrawing that were there before; come back when nothing takes their place */
  gboolean is_gentle;

  /* state */
  GListStore *drawings;
  LimnJobState state;
  LimnStage stage;
  double fraction;
  double seconds_left;
  guint n_done;
  guint n_batch;
  GError *error;
  GError *save_error;
  LimnReading *reading;

  /* while running */
  GCancellable *cancellable;
  LimnMailbox *mailbox;
  gint64 start_us;
};

G_DEFINE_FINAL_TYPE (LimnJob, limn_job, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_STATE,
  PROP_FRACTION,
  N_PROPS
};

enum
{
  SIGNAL_NEWS,
  SIGNAL_FINISHED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
limn_job_finalize (GObject *object)
{
  LimnJob *self = LIMN_JOB (object);

  g_clear_pointer (&self->recipe, limn_recipe_unref);
  g_clear_object (&self->folder);
  g_clear_object (&self->drawings);
  g_clear_pointer (&self->places, g_array_unref);
  g_clear_pointer (&self->given_up, g_ptr_array_unref);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->mailbox, limn_mailbox_free);
  g_clear_error (&self->error);
  g_clear_error (&self->save_error);
  g_clear_pointer (&self->reading, limn_reading_free);
  G_OBJECT_CLASS (limn_job_parent_class)->finalize (object);
}

static void
limn_job_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LimnJob *self = LIMN_JOB (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
limn_job_class_init (LimnJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = limn_job_finalize;
  object_class->get_property = limn_job_get_property;
  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, LIMN_JOB_FAILED, 0, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * LimnJob::news: pictures or figures have changed.
   */
  signals[SIGNAL_NEWS] =
      g_signal_new ("news", LIMN_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * LimnJob::finished: done, cancelled or failed; nothing changes any more.
   */
  signals[SIGNAL_FINISHED] = g_signal_new ("finished", LIMN_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
}

static void
limn_job_init (LimnJob *self)
{
  self->drawings = g_list_store_new (LIMN_TYPE_DRAWING);
  self->cancellable = g_cancellable_new ();
  self->seconds_left = -1;
}

/* A seed that a person can read out and type: at most nine digits. */
static guint64
make_up_seed (void)
{
  return (guint64) g_random_int_range (0, 1000000000);
}

static void
fill_drawings (LimnJob *self)
{
  for (guint i = 0; i < self->recipe->n_pictures; i++)
    {
      g_autoptr (LimnDrawing) drawing =
          limn_drawing_new (self->recipe, i, limn_picture_seed (self->recipe->seed, i));

      g_list_store_append (self->drawings, drawing);
    }
}

/**
 * limn_job_new:
 * @folder: (nullable): where finished pictures are saved; %NULL keeps them in
 *   memory alone
 */
LimnJob *
limn_job_new (LimnRecipe *recipe, GFile *folder)
{
  LimnJob *self = g_object_new (LIMN_TYPE_JOB, NULL);

  self->recipe = limn_recipe_copy (recipe);
  if (!self->recipe->has_seed)
    self->recipe->seed = make_up_seed ();
  g_set_object (&self->folder, folder);
  fill_drawings (self);
  return self;
}

static void
put (LimnJob *self, guint place, LimnDrawing *drawing)
{
  gpointer item = drawing;

  g_list_store_splice (self->drawings, place, 1, &item, 1);
}

/* A picture in the place of one that is given up; the others stay as they are. */
static void
give_up (LimnJob *self, guint i)
{
  guint place = g_array_index (self->places, guint, i);
  LimnDrawing *old = g_list_model_get_item (G_LIST_MODEL (self->drawings), place);
  g_autoptr (LimnDrawing) drawing =
      limn_drawing_new (self->recipe, place, limn_picture_seed (self->recipe->seed, i));

  self->n_done -= limn_drawing_is_done (old);
  g_ptr_array_add (self->given_up, old);
  put (self, place, drawing);
}

/**
 * limn_job_new_again:
 * @before: a job whose pictures are kept, but for those at @places
 * @places: (element-type guint): places in the grid of @before
 *
 * Draws some pictures of a grid anew, with a seed of their own.
 */
LimnJob *
limn_job_new_again (LimnJob *before, GArray *places)
{
  LimnJob *self = g_object_new (LIMN_TYPE_JOB, NULL);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (before->drawings));

  self->recipe = limn_recipe_copy (before->recipe);
  self->recipe->seed = make_up_seed ();
  g_set_object (&self->folder, before->folder);
  self->places = g_array_ref (places);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnDrawing) drawing = g_list_model_get_item (G_LIST_MODEL (before->drawings), i);

      g_list_store_append (self->drawings, drawing);
      self->n_done += limn_drawing_is_done (drawing);
    }
  self->given_up = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < places->len; i++)
    give_up (self, i);
  return self;
}

static void
set_state (LimnJob *self, LimnJobState state)
{
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static GArray *
dup_ids (LimnPicture *picture)
{
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (guint32), picture->n_ids);

  return g_array_append_vals (ids, picture->ids, picture->n_ids);
}

static void
apply_picture (LimnJob *self, LimnDrawing *drawing, const LimnNews *news)
{
  g_autoptr (GArray) ids = dup_ids (news->picture);

  limn_drawing_set_ids (drawing, ids);
  limn_drawing_set_score (drawing, news->picture->score);
  limn_drawing_set_time (drawing, g_get_real_time () / G_USEC_PER_SEC);
  limn_drawing_set_file (drawing, news->file);
  limn_drawing_set_state (drawing, LIMN_DRAWING_DONE);
  self->n_done++;
}

static void
apply_news (LimnJob *self, guint i, const LimnNews *news)
{
  guint place = self->places != NULL ? g_array_index (self->places, guint, i) : i;
  g_autoptr (LimnDrawing) drawing = g_list_model_get_item (G_LIST_MODEL (self->drawings), place);

  if (news->texture == NULL || drawing == NULL || limn_drawing_is_done (drawing))
    return;
  limn_drawing_set_texture (drawing, news->texture);
  if (news->picture != NULL)
    apply_picture (self, drawing, news);
  else
    limn_drawing_set_state (drawing, LIMN_DRAWING_STARTED);
}

static void
on_news (LimnNewsBatch *batch, gpointer user_data)
{
  LimnJob *self = LIMN_JOB (user_data);

  for (guint i = 0; i < batch->n_news; i++)
    apply_news (self, i, &batch->news[i]);
  if (batch->save_error != NULL && self->save_error == NULL)
    self->save_error = g_error_copy (batch->save_error);
  if (self->reading == NULL)
    self->reading = g_steal_pointer (&batch->reading);
  self->stage = batch->stage;
  self->n_batch = MAX (self->n_batch, batch->n_batch); /* the last one may be smaller */
  self->seconds_left = batch->seconds_left;
  if (batch->fraction > self->fraction)
    {
      self->fraction = MIN (batch->fraction, 1);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
    }
  g_signal_emit (self, signals[SIGNAL_NEWS], 0);
}

/* What could not be replaced is there again. */
static void
take_back_unfinished (LimnJob *self)
{
  for (guint i = 0; self->places != NULL && i < self->places->len; i++)
    {
      guint place = g_array_index (self->places, guint, i);
      g_autoptr (LimnDrawing) drawing =
          g_list_model_get_item (G_LIST_MODEL (self->drawings), place);

      if (limn_drawing_is_done (drawing))
        continue;
      put (self, place, self->given_up->pdata[i]);
      self->n_done += limn_drawing_is_done (self->given_up->pdata[i]);
    }
}

static void
stop_unfinished (LimnJob *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->drawings));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnDrawing) drawing = g_list_model_get_item (G_LIST_MODEL (self->drawings), i);

      if (!limn_drawing_is_done (drawing))
        limn_drawing_set_state (drawing, LIMN_DRAWING_STOPPED);
    }
}

static LimnJobState
get_outcome (LimnJob *self)
{
  if (self->error == NULL)
    return LIMN_JOB_DONE;
  if (g_error_matches (self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return LIMN_JOB_CANCELLED;
  return LIMN_JOB_FAILED;
}

/* The Models page tells how long each model takes here; it knows them by their ids. */
static void
note_speed (LimnJob *self)
{
  const char *model = self->recipe->model != NULL ? self->recipe->model : LIMN_MODEL_STARTER;
  g_autofree char *id = NULL;
  guint n_pictures = self->places != NULL ? self->places->len : self->recipe->n_pictures;
  double seconds = (double) (g_get_monotonic_time () - self->start_us) / G_USEC_PER_SEC;

  if (self->state != LIMN_JOB_DONE || self->start_us == 0 || self->recipe->keep_ids != NULL
      || self->is_gentle)
    return;
  id = limn_model_store_dup_id (model);
  if (id != NULL)
    limn_speed_note (id, n_pictures, seconds);
}

static void
finish (LimnJob *self)
{
  take_back_unfinished (self);
  stop_unfinished (self);
  set_state (self, get_outcome (self));
  note_speed (self);
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0);
}

static void
on_worker_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LimnJob) self = LIMN_JOB (data);

  g_task_propagate_boolean (G_TASK (result), &self->error);
  limn_mailbox_flush (self->mailbox);
  g_clear_pointer (&self->mailbox, limn_mailbox_free);
  finish (self);
}

static void
work_free (gpointer data)
{
  LimnJobWork *work = data;

  limn_recipe_unref (work->recipe);
  g_clear_object (&work->folder);
  g_free (work);
}

static void
run_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (limn_job_work_run (task_data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * limn_job_dup_work_recipe:
 *
 * Returns: (transfer full): what is to be drawn: the recipe of the grid, or of
 *   as many pictures of it as are drawn anew
 */
LimnRecipe *
limn_job_dup_work_recipe (LimnJob *self)
{
  LimnRecipe *recipe = limn_recipe_copy (self->recipe);

  if (self->places != NULL)
    recipe->n_pictures = self->places->len;
  return recipe;
}

/**
 * limn_job_start:
 * @is_gentle: on one core, and only while no other program wants it
 *
 * Starts drawing.  The end is told by #LimnJob::finished, from the main loop.
 */
void
limn_job_start (LimnJob *self, gboolean is_gentle)
{
  g_autoptr (GTask) task = NULL;
  LimnJobWork *work = g_new0 (LimnJobWork, 1);

  g_return_if_fail (self->state == LIMN_JOB_WAITING);
  work->recipe = limn_job_dup_work_recipe (self);
  self->mailbox = limn_mailbox_new (work->recipe->n_pictures, on_news, self);
  work->folder = self->folder != NULL ? g_object_ref (self->folder) : NULL;
  work->mailbox = self->mailbox;
  work->is_gentle = self->is_gentle = is_gentle;
  self->start_us = g_get_monotonic_time ();
  set_state (self, LIMN_JOB_RUNNING);

  /* not the task's source: the worker may be the last to let go of the task, and all that hangs
   * on a job is the main thread's */
  task = g_task_new (NULL, self->cancellable, on_worker_done, g_object_ref (self));
  g_task_set_source_tag (task, limn_job_start);
  /* finished pictures count even when Cancel came a moment later */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, run_in_thread);
}

/**
 * limn_job_cancel:
 *
 * Asks the worker to end within one decoder step; finished pictures stay.  A
 * waiting job ends at once.
 */
void
limn_job_cancel (LimnJob *self)
{
  if (limn_job_is_finished (self))
    return;
  g_cancellable_cancel (self->cancellable);
  if (self->state == LIMN_JOB_WAITING)
    {
      g_cancellable_set_error_if_cancelled (self->cancellable, &self->error);
      finish (self);
    }
}

LimnRecipe *
limn_job_get_recipe (LimnJob *self)
{
  return self->recipe;
}

/**
 * limn_job_get_reading:
 *
 * Returns: (transfer none) (nullable): how the model took the prompt, once it has read it
 */
LimnReading *
limn_job_get_reading (LimnJob *self)
{
  return self->reading;
}

/**
 * limn_job_get_drawings:
 *
 * Returns: (transfer none): a list of #LimnDrawing, one a picture from the start
 */
GListModel *
limn_job_get_drawings (LimnJob *self)
{
  return G_LIST_MODEL (self->drawings);
}

LimnJobState
limn_job_get_state (LimnJob *self)
{
  return self->state;
}

gboolean
limn_job_is_finished (LimnJob *self)
{
  return self->state >= LIMN_JOB_DONE;
}

guint
limn_job_get_n_done (LimnJob *self)
{
  return self->n_done;
}

/**
 * limn_job_get_n_batch:
 *
 * Pictures that are drawn together; 0 while that is not known.  Fewer than the
 * job has when memory is short.
 */
guint
limn_job_get_n_batch (LimnJob *self)
{
  return self->n_batch;
}

LimnStage
limn_job_get_stage (LimnJob *self)
{
  return self->stage;
}

double
limn_job_get_fraction (LimnJob *self)
{
  return self->fraction;
}

double
limn_job_get_seconds_left (LimnJob *self)
{
  return self->seconds_left;
}

const GError *
limn_job_get_error (LimnJob *self)
{
  return self->error;
}

const GError *
limn_job_get_save_error (LimnJob *self)
{
  return self->save_error;
}
