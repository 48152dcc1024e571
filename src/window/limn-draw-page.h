/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnDrawPage: prompt, progress and the grid being drawn. */
#pragma once

#include <gtk/gtk.h>

#include "jobs/limn-queue.h"

G_BEGIN_DECLS

#define LIMN_TYPE_DRAW_PAGE (limn_draw_page_get_type ())
G_DECLARE_FINAL_TYPE (LimnDrawPage, limn_draw_page, LIMN, DRAW_PAGE, GtkWidget)

void limn_draw_page_set_queue (LimnDrawPage *self, LimnQueue *queue);
LimnJob *limn_draw_page_get_job (LimnDrawPage *self);
GListModel *limn_draw_page_get_shown (LimnDrawPage *self);
LimnDrawing *limn_draw_page_get_selected (LimnDrawPage *self);
void limn_draw_page_set_prompt (LimnDrawPage *self, const char *prompt);
void limn_draw_page_set_recipe (LimnDrawPage *self, const LimnRecipe *recipe);
void limn_draw_page_remember (LimnDrawPage *self, const char *prompt);
GPtrArray *limn_draw_page_dup_chosen (LimnDrawPage *self);
gboolean limn_draw_page_choose_none (LimnDrawPage *self);
LimnRecipe *limn_draw_page_dup_recipe (LimnDrawPage *self);
gboolean limn_draw_page_has_prompt (LimnDrawPage *self);
void limn_draw_page_focus_prompt (LimnDrawPage *self);
void limn_draw_page_surprise (LimnDrawPage *self);

G_END_DECLS
