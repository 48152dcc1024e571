/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnMailbox: news from a worker thread to the main thread, latest wins.
 *
 * The worker may post as often as it likes; the receiver is called at most
 * every %LIMN_MAILBOX_INTERVAL_MS (%LIMN_MAILBOX_URGENT_MS for finished pictures) with what is
 * newest by then, so that a fast model cannot flood the window and a slow window cannot hold up the
 * model.
 */
#pragma once

#include <gdk/gdk.h>

#include <limn.h>

G_BEGIN_DECLS

#define LIMN_MAILBOX_INTERVAL_MS 90
#define LIMN_MAILBOX_URGENT_MS   30 /* the same for news of finished pictures */

/**
 * LimnNews:
 * @texture: (nullable): newest pixels, or %NULL for no change since the last news
 * @file: (nullable): where the finished picture was saved
 * @picture: (nullable): the finished picture
 */
typedef struct
{
  GdkTexture *texture;
  GFile *file;
  LimnPicture *picture;
} LimnNews;

/**
 * LimnNewsBatch:
 * @n_batch: pictures being drawn together
 * @news: (array length=n_news): one a picture of the job
 * @save_error: (nullable): why a finished picture could not be saved
 * @reading: (nullable): how the model took the prompt; told once
 *
 * What is in it is freed after the call, but for what the receiver steals.
 */
typedef struct
{
  LimnStage stage;
  double fraction;
  double seconds_left;
  guint n_batch;
  LimnNews *news;
  guint n_news;
  GError *save_error;
  LimnReading *reading;
} LimnNewsBatch;

typedef struct _LimnMailbox LimnMailbox;
typedef void (*LimnMailboxFunc) (LimnNewsBatch *batch, gpointer user_data);

LimnMailbox *limn_mailbox_new (guint n_news, LimnMailboxFunc receive, gpointer user_data);
void limn_mailbox_free (LimnMailbox *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnMailbox, limn_mailbox_free)

void limn_mailbox_post_progress (LimnMailbox *self, const LimnProgress *progress);
void limn_mailbox_post_reading (LimnMailbox *self, LimnReading *reading_take);
void limn_mailbox_post_preview (LimnMailbox *self, guint i, GdkTexture *texture_take);
void limn_mailbox_post_picture (LimnMailbox *self,
                                LimnPicture *picture,
                                GdkTexture *texture_take,
                                GFile *file_take,
                                GError *error_take);
void limn_mailbox_flush (LimnMailbox *self);

G_END_DECLS
