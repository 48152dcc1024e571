/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnWindow: the window. */
#pragma once

#include <adwaita.h>

#include "jobs/limn-queue.h"

G_BEGIN_DECLS

#define LIMN_TYPE_WINDOW (limn_window_get_type ())
G_DECLARE_FINAL_TYPE (LimnWindow, limn_window, LIMN, WINDOW, AdwApplicationWindow)

LimnWindow *limn_window_new (AdwApplication *application, LimnQueue *queue);
void limn_window_draw_prompt (LimnWindow *self, const char *prompt);
void limn_window_search (LimnWindow *self, const char *words);
void limn_window_open_file (LimnWindow *self, GFile *file);
LimnDrawing *limn_window_get_drawing (LimnWindow *self);
GtkWidget *limn_window_get_part (LimnWindow *self, const char *name);

G_END_DECLS
