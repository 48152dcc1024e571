/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which pictures a person likes best, kept over a restart.  Main thread. */
#pragma once

#include "limn-drawing.h"

G_BEGIN_DECLS

gboolean limn_favourites_contains (GFile *file);
gboolean limn_favourites_set (LimnDrawing *drawing, gboolean is_favourite, GError **error);

G_END_DECLS
