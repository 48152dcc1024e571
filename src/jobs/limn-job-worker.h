/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of a job that runs on its worker thread. */
#pragma once

#include "limn-mailbox.h"
#include "limn-recipe.h"

G_BEGIN_DECLS

/**
 * LimnJobWork:
 * @recipe: what to draw, with a seed
 * @folder: (nullable): where pictures are saved the moment they are done
 * @mailbox: where news goes
 * @is_gentle: on one core, and only while no other program wants it
 */
typedef struct
{
  LimnRecipe *recipe;
  GFile *folder;
  LimnMailbox *mailbox;
  gboolean is_gentle;
} LimnJobWork;

gboolean limn_job_work_run (LimnJobWork *work, GCancellable *cancellable, GError **error);

G_END_DECLS
