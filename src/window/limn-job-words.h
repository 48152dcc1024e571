/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job and its pictures in plain words. */
#pragma once

#include "jobs/limn-job.h"

G_BEGIN_DECLS

char *limn_job_describe_stage (LimnJob *job);
char *limn_job_describe_count (LimnJob *job);
char *limn_job_describe_held (void);
char *limn_job_describe_selected (LimnDrawing *drawing, LimnJob *job);

G_END_DECLS
