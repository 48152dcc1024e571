/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnReadingBar: how the model took the words of a prompt, where it took them for others. */
#pragma once

#include <gtk/gtk.h>

#include <limn.h>

G_BEGIN_DECLS

#define LIMN_TYPE_READING_BAR (limn_reading_bar_get_type ())
G_DECLARE_FINAL_TYPE (LimnReadingBar, limn_reading_bar, LIMN, READING_BAR, GtkWidget)

void limn_reading_bar_set_reading (LimnReadingBar *self, const LimnReading *reading);
char *limn_reading_bar_change (const char *prompt, const char *written, const char *word);

G_END_DECLS
