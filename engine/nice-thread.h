/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work that steps back behind other programs. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Runs work (data) and waits for it; with a niceness (1 to 19) on a thread of its own, as
 * a thread that has stepped back may not come forward again.  Threads that work starts
 * step back with it. */
void limn_run_nicely (guint niceness, void (*work) (gpointer data), gpointer data);

G_END_DECLS
