/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The preferences, shown over a window. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void limn_preferences_show (GtkWindow *parent);

G_END_DECLS
