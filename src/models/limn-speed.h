/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long each model took here: a memory of measured seconds, kept in a small file. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void limn_speed_note (const char *model_id, guint n_pictures, double seconds);
gboolean limn_speed_is_known (const char *model_id);
double limn_speed_get_seconds (const char *model_id, guint n_pictures);

G_END_DECLS
