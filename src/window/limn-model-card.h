/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnModelCard: what a model is good at, what it takes, and buttons to get it. */
#pragma once

#include <adwaita.h>

#include "models/limn-model-item.h"

G_BEGIN_DECLS

#define LIMN_TYPE_MODEL_CARD (limn_model_card_get_type ())
G_DECLARE_FINAL_TYPE (LimnModelCard, limn_model_card, LIMN, MODEL_CARD, GtkWidget)

GtkWidget *limn_model_card_new (LimnModelItem *item);
LimnModelItem *limn_model_card_get_item (LimnModelCard *self);

G_END_DECLS
