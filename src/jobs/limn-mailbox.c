/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnMailbox: a locked set of the newest news and one source that empties it. */
#include "limn-mailbox.h"

struct _LimnMailbox
{
  LimnMailboxFunc receive;
  gpointer user_data;
  GMainContext *context;

  GMutex lock; /* guards all below */
  LimnNewsBatch batch;
  GSource *source;
  gboolean is_urgent;   /* the source was attached for a finished picture */
  gint64 last_delivery; /* monotonic microseconds */
};

static void
news_clear (LimnNews *news)
{
  g_clear_object (&news->texture);
  g_clear_object (&news->file);
  g_clear_pointer (&news->picture, limn_picture_unref);
}

static void
batch_clear (LimnNewsBatch *batch)
{
  for (guint i = 0; i < batch->n_news; i++)
    news_clear (&batch->news[i]);
  g_clear_pointer (&batch->news, g_free);
  g_clear_error (&batch->save_error);
  g_clear_pointer (&batch->reading, limn_reading_free);
}

/**
 * limn_mailbox_new:
 * @n_news: pictures of the job
 * @receive: called in the thread-default main context of this thread
 *
 * To be freed in the same thread, after the worker has ended.
 */
LimnMailbox *
limn_mailbox_new (guint n_news, LimnMailboxFunc receive, gpointer user_data)
{
  LimnMailbox *self = g_new0 (LimnMailbox, 1);

  self->receive = receive;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  self->batch.n_news = n_news;
  self->batch.news = g_new0 (LimnNews, n_news);
  self->batch.seconds_left = -1;
  g_mutex_init (&self->lock);
  return self;
}

void
limn_mailbox_free (LimnMailbox *self)
{
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_source_unref (self->source);
    }
  batch_clear (&self->batch);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Takes everything out; the figures stay as they are for the next batch. */
static LimnNewsBatch
take_batch (LimnMailbox *self)
{
  LimnNewsBatch batch = self->batch;

  self->batch.news = g_new0 (LimnNews, batch.n_news);
  self->batch.save_error = NULL;
  self->batch.reading = NULL;
  return batch;
}

static void
drop_source (LimnMailbox *self)
{
  if (self->source == NULL)
    return;
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

/**
 * limn_mailbox_flush:
 *
 * Delivers at once what is there.  Call it from the receiving thread when the
 * worker has ended, so that nothing arrives after the end.
 */
void
limn_mailbox_flush (LimnMailbox *self)
{
  LimnNewsBatch batch;

  g_mutex_lock (&self->lock);
  batch = take_batch (self);
  drop_source (self);
  self->last_delivery = g_get_monotonic_time ();
  g_mutex_unlock (&self->lock);

  self->receive (&batch, self->user_data);
  batch_clear (&batch);
}

static gboolean
on_due (gpointer data)
{
  limn_mailbox_flush (data);
  return G_SOURCE_REMOVE;
}

/* With the lock held: sees to it that what was posted is delivered.  A finished
 * picture waits for few others, so that it is seen within a tenth of a second. */
static void
schedule (LimnMailbox *self, gboolean is_urgent)
{
  gint64 due_ms = is_urgent ? LIMN_MAILBOX_URGENT_MS : LIMN_MAILBOX_INTERVAL_MS;

  if (self->source != NULL && (self->is_urgent || !is_urgent))
    return;
  drop_source (self);
  self->is_urgent = is_urgent;
  due_ms -= (g_get_monotonic_time () - self->last_delivery) / 1000;
  self->source = g_timeout_source_new ((guint) MAX (due_ms, 0));
  g_source_set_static_name (self->source, "limn-mailbox");
  g_source_set_callback (self->source, on_due, self, NULL);
  g_source_attach (self->source, self->context);
}

void
limn_mailbox_post_progress (LimnMailbox *self, const LimnProgress *progress)
{
  g_mutex_lock (&self->lock);
  self->batch.stage = progress->stage;
  self->batch.fraction = MAX (self->batch.fraction, progress->fraction);
  self->batch.seconds_left = progress->seconds_left;
  self->batch.n_batch = progress->n_batch;
  schedule (self, FALSE);
  g_mutex_unlock (&self->lock);
}

void
limn_mailbox_post_reading (LimnMailbox *self, LimnReading *reading_take)
{
  LimnReading *old;

  g_mutex_lock (&self->lock);
  old = self->batch.reading;
  self->batch.reading = reading_take;
  schedule (self, FALSE);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&old, limn_reading_free);
}

void
limn_mailbox_post_preview (LimnMailbox *self, guint i, GdkTexture *texture_take)
{
  g_autoptr (GdkTexture) old = NULL;

  g_return_if_fail (i < self->batch.n_news);
  g_mutex_lock (&self->lock);
  old = self->batch.news[i].texture;
  self->batch.news[i].texture = texture_take;
  schedule (self, FALSE);
  g_mutex_unlock (&self->lock);
}

/**
 * limn_mailbox_post_picture:
 * @file_take: (nullable): where it was saved
 * @error_take: (nullable): or why not
 */
void
limn_mailbox_post_picture (LimnMailbox *self,
                           LimnPicture *picture,
                           GdkTexture *texture_take,
                           GFile *file_take,
                           GError *error_take)
{
  LimnNews old;

  g_return_if_fail (picture->index < self->batch.n_news);
  g_mutex_lock (&self->lock);
  old = self->batch.news[picture->index];
  self->batch.news[picture->index] =
      (LimnNews){ texture_take, file_take, limn_picture_ref (picture) };
  if (error_take != NULL && self->batch.save_error == NULL)
    self->batch.save_error = g_steal_pointer (&error_take);
  schedule (self, TRUE);
  g_mutex_unlock (&self->lock);

  news_clear (&old);
  g_clear_error (&error_take);
}
