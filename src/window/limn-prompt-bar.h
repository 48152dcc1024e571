/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnPromptBar: where a person says what to draw, and how. */
#pragma once

#include <gtk/gtk.h>

#include "jobs/limn-recipe.h"

G_BEGIN_DECLS

#define LIMN_TYPE_PROMPT_BAR (limn_prompt_bar_get_type ())
G_DECLARE_FINAL_TYPE (LimnPromptBar, limn_prompt_bar, LIMN, PROMPT_BAR, GtkWidget)

void limn_prompt_bar_set_recipe (LimnPromptBar *self, const LimnRecipe *recipe);
LimnRecipe *limn_prompt_bar_dup_recipe (LimnPromptBar *self);
void limn_prompt_bar_set_prompt (LimnPromptBar *self, const char *prompt);
void limn_prompt_bar_remember (LimnPromptBar *self, const char *prompt);
gboolean limn_prompt_bar_has_prompt (LimnPromptBar *self);
void limn_prompt_bar_set_busy (LimnPromptBar *self, gboolean is_busy);
void limn_prompt_bar_focus (LimnPromptBar *self);

G_END_DECLS
