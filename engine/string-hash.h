/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A hash of texts for tables whose keys come from files. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A GHashFunc.  Other numbers each time the program runs, so that nobody can choose keys that all
 * fall together; so never walk through such a table where the order matters. */
guint limn_string_hash (gconstpointer text);

G_END_DECLS
