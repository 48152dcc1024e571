/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Vietnamese tones tell. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean limn_vietnamese_has_tones (const char *text, gsize length);
gboolean limn_vietnamese_is_filler (const char *written, gsize length);

G_END_DECLS
