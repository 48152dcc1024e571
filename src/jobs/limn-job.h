/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnJob: one recipe being drawn on a worker thread. */
#pragma once

#include <gio/gio.h>

#include "library/limn-drawing.h"
#include "limn-recipe.h"

#include <limn.h>

G_BEGIN_DECLS

typedef enum
{
  LIMN_JOB_WAITING,
  LIMN_JOB_RUNNING,
  LIMN_JOB_DONE,
  LIMN_JOB_CANCELLED,
  LIMN_JOB_FAILED,
} LimnJobState;

#define LIMN_TYPE_JOB (limn_job_get_type ())
G_DECLARE_FINAL_TYPE (LimnJob, limn_job, LIMN, JOB, GObject)

LimnJob *limn_job_new (LimnRecipe *recipe, GFile *folder);
LimnJob *limn_job_new_again (LimnJob *before, GArray *places);
void limn_job_start (LimnJob *self, gboolean is_gentle);
void limn_job_cancel (LimnJob *self);

LimnRecipe *limn_job_get_recipe (LimnJob *self);
LimnRecipe *limn_job_dup_work_recipe (LimnJob *self);
GListModel *limn_job_get_drawings (LimnJob *self);
LimnJobState limn_job_get_state (LimnJob *self);
gboolean limn_job_is_finished (LimnJob *self);
guint limn_job_get_n_done (LimnJob *self);
guint limn_job_get_n_batch (LimnJob *self);
LimnStage limn_job_get_stage (LimnJob *self);
double limn_job_get_fraction (LimnJob *self);
double limn_job_get_seconds_left (LimnJob *self);
LimnReading *limn_job_get_reading (LimnJob *self);
const GError *limn_job_get_error (LimnJob *self);
const GError *limn_job_get_save_error (LimnJob *self);

G_END_DECLS
