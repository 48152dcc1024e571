/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a job failed, and what can be done about it. */
#pragma once

#include <gtk/gtk.h>

#include "jobs/limn-job.h"

G_BEGIN_DECLS

#define LIMN_TYPE_FAILURE_PAGE (limn_failure_page_get_type ())
G_DECLARE_FINAL_TYPE (LimnFailurePage, limn_failure_page, LIMN, FAILURE_PAGE, GtkWidget)

void limn_failure_page_set_job (LimnFailurePage *self, LimnJob *job);

G_END_DECLS
