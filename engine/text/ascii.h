/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any script written in ASCII. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void limn_ascii_append (GString *result, gunichar c);
char *limn_ascii_from_utf8 (const char *text);

G_END_DECLS
