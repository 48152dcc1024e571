/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words without their endings. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gsize limn_stem_find_start (const char *locale, const char *word, gsize length);
char *limn_stem (const char *locale, const char *word, gsize length);

G_END_DECLS
