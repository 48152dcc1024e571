/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Durations in plain words. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *limn_time_left_format (double seconds);
char *limn_time_needed_format (double seconds);

G_END_DECLS
