/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnWrapBox: children in centred lines, as words in a paragraph. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LIMN_TYPE_WRAP_BOX (limn_wrap_box_get_type ())
G_DECLARE_FINAL_TYPE (LimnWrapBox, limn_wrap_box, LIMN, WRAP_BOX, GtkWidget)

void limn_wrap_box_append (LimnWrapBox *self, GtkWidget *child);

G_END_DECLS
