/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnDetails: a popover with all that a picture remembers. */
#pragma once

#include <gtk/gtk.h>

#include "library/limn-drawing.h"

G_BEGIN_DECLS

#define LIMN_TYPE_DETAILS (limn_details_get_type ())
G_DECLARE_FINAL_TYPE (LimnDetails, limn_details, LIMN, DETAILS, GtkPopover)

void limn_details_set_drawing (LimnDetails *self, LimnDrawing *drawing);

G_END_DECLS
