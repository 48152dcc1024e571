/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short messages at the window's lower edge. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void limn_toast (GtkWidget *widget, const char *text);
void limn_toast_error (GtkWidget *widget, const char *what, const GError *error);
void limn_toast_saved (GtkWidget *widget, const char *name, GFile *file);
void limn_toast_undo (GtkWidget *widget, const char *text, const char *action, GVariant *target);

void limn_toast_keep_clear (AdwToastOverlay *overlay);

G_END_DECLS
