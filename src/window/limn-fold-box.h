/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnFoldBox: two children side by side, or one above the other where it is narrow. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LIMN_TYPE_FOLD_BOX (limn_fold_box_get_type ())
G_DECLARE_FINAL_TYPE (LimnFoldBox, limn_fold_box, LIMN, FOLD_BOX, GtkWidget)

G_END_DECLS
