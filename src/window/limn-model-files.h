/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files and folders to make a model of, chosen in a dialog or dropped. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @paths: %NULL-terminated, at least one */
typedef void (*LimnModelFilesFunc) (GtkWidget *widget, const char *const *paths);

void limn_model_files_choose (GtkWidget *widget, gboolean is_folder, LimnModelFilesFunc func);
gboolean limn_model_files_drop (GtkWidget *widget, const GValue *value, LimnModelFilesFunc func);

G_END_DECLS
