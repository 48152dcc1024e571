/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnOptions: the popover with how many pictures, which seed, which model. */
#pragma once

#include <gtk/gtk.h>

#include "jobs/limn-recipe.h"

G_BEGIN_DECLS

#define LIMN_TYPE_OPTIONS (limn_options_get_type ())
G_DECLARE_FINAL_TYPE (LimnOptions, limn_options, LIMN, OPTIONS, GtkPopover)

const char *limn_options_get_model (LimnOptions *self);
void limn_options_fill_recipe (LimnOptions *self, LimnRecipe *recipe);
void limn_options_set_recipe (LimnOptions *self, const LimnRecipe *recipe);

G_END_DECLS
