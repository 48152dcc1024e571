/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML character references. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *limn_entities_decode (const char *text);

G_END_DECLS
