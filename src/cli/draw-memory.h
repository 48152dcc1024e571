/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What “limn draw” says when memory is short. */
#pragma once

#include "limn.h"

G_BEGIN_DECLS

/* Says on the standard error that not all pictures are drawn at once, if that is so. */
void limn_draw_memory_tell (LimnModel *model, guint n_pictures);

/* Adds to @error, if it is about memory, which model would do instead of @model_name. */
void limn_draw_memory_advise (const char *model_name, GError **error);

G_END_DECLS
