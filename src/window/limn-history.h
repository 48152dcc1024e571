/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prompts that were drawn before.  Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void limn_history_add (const char *prompt);
guint limn_history_get_length (void);
const char *limn_history_get (guint back);
GtkTreeModel *limn_history_get_model (void);
void limn_history_clear (void);

G_END_DECLS
