/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnQueuePopover: the prompts that wait, to put in order or take out. */
#pragma once

#include <gtk/gtk.h>

#include "jobs/limn-queue.h"

G_BEGIN_DECLS

#define LIMN_TYPE_QUEUE_POPOVER (limn_queue_popover_get_type ())
G_DECLARE_FINAL_TYPE (LimnQueuePopover, limn_queue_popover, LIMN, QUEUE_POPOVER, GtkPopover)

void limn_queue_popover_set_queue (LimnQueuePopover *self, LimnQueue *queue);

G_END_DECLS
