/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnLibrary: all pictures in the folder, the newest first. */
#pragma once

#include "limn-drawing.h"

G_BEGIN_DECLS

#define LIMN_TYPE_LIBRARY (limn_library_get_type ())
G_DECLARE_FINAL_TYPE (LimnLibrary, limn_library, LIMN, LIBRARY, GObject)

LimnLibrary *limn_library_new (GFile *folder);
void limn_library_expect (LimnLibrary *self);
gboolean limn_library_is_loading (LimnLibrary *self);

LimnRecipe *limn_library_read_recipe (GFile *file, GError **error);

G_END_DECLS
