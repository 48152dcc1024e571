/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Days as people name them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *limn_day_format (gint64 time, gint64 now);

G_END_DECLS
