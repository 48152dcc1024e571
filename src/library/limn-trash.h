/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Throwing pictures away so that it can be taken back.  Main thread. */
#pragma once

#include "limn-drawing.h"

G_BEGIN_DECLS

void limn_trash_put (LimnDrawing *drawing);
gboolean limn_trash_take_back (LimnDrawing *drawing);
gboolean limn_trash_finish (LimnDrawing *drawing, GError **error);
void limn_trash_finish_all (void);
LimnDrawing *limn_trash_get_last (void);

G_END_DECLS
