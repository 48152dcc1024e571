/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What “limn models” prints about models. */
#pragma once

#include <json-glib/json-glib.h>

#include "models/limn-model-manager.h"

G_BEGIN_DECLS

void limn_models_list_print (LimnModelManager *manager);
JsonNode *limn_models_list_to_json (LimnModelManager *manager);
JsonNode *limn_models_item_to_json (LimnModelItem *item);
void limn_models_print_json (JsonNode *node);

G_END_DECLS
