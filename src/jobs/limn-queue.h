/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnQueue: the job being drawn and those that wait, in order. */
#pragma once

#include "limn-job.h"

G_BEGIN_DECLS

#define LIMN_TYPE_QUEUE (limn_queue_get_type ())
G_DECLARE_FINAL_TYPE (LimnQueue, limn_queue, LIMN, QUEUE, GObject)

LimnQueue *limn_queue_new (GFile *state_file);

void limn_queue_add_job (LimnQueue *self, LimnJob *job);
LimnJob *limn_queue_add (LimnQueue *self, LimnRecipe *recipe, GFile *folder);
guint limn_queue_remove (LimnQueue *self, guint position);
void limn_queue_put_back (LimnQueue *self, guint id);
void limn_queue_move (LimnQueue *self, guint from, guint to);
void limn_queue_go_on (LimnQueue *self);
void limn_queue_stop (LimnQueue *self);
void limn_queue_close (LimnQueue *self);
gboolean limn_queue_restore (LimnQueue *self, GFile *folder);

LimnJob *limn_queue_get_current (LimnQueue *self);
gboolean limn_queue_is_held (LimnQueue *self);
gboolean limn_queue_is_busy (LimnQueue *self);

G_END_DECLS
