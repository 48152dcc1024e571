/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells what a large model will need before it draws for the first time. */
#pragma once

#include <adwaita.h>

#include "jobs/limn-recipe.h"
#include "jobs/limn-trial.h"

G_BEGIN_DECLS

void limn_first_use_ask_async (GtkWindow *parent,
                               LimnRecipe *recipe,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean limn_first_use_ask_finish (GAsyncResult *result);
char *limn_first_use_describe (const LimnTrial *trial);

G_END_DECLS
