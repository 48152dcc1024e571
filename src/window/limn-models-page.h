/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnModelsPage: all models, a card each, and where they are kept. */
#pragma once

#include <adwaita.h>

#include "models/limn-model-manager.h"

G_BEGIN_DECLS

#define LIMN_TYPE_MODELS_PAGE (limn_models_page_get_type ())
G_DECLARE_FINAL_TYPE (LimnModelsPage, limn_models_page, LIMN, MODELS_PAGE, GtkWidget)

LimnModelManager *limn_models_page_get_manager (LimnModelsPage *self);
void limn_models_page_set_manager (LimnModelsPage *self, LimnModelManager *manager);

G_END_DECLS
