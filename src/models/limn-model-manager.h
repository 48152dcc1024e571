/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of models: those of the catalog, in its order, then others that lie
 * on this computer.  A GListModel of LimnModelItem.
 */
#pragma once

#include <gio/gio.h>

#include "limn-model-item.h"

G_BEGIN_DECLS

#define LIMN_TYPE_MODEL_MANAGER (limn_model_manager_get_type ())
G_DECLARE_FINAL_TYPE (LimnModelManager, limn_model_manager, LIMN, MODEL_MANAGER, GObject)

LimnModelManager *limn_model_manager_new (const LimnModelSettings *settings);
LimnModelManager *limn_model_manager_new_with_catalog (LimnCatalog *catalog,
                                                       const LimnModelSettings *settings);

void limn_model_manager_refresh (LimnModelManager *self);
LimnModelItem *limn_model_manager_find (LimnModelManager *self, const char *name);
char *limn_model_manager_suggest_name (LimnModelManager *self, const char *const *paths);
LimnModelItem *limn_model_manager_import (LimnModelManager *self,
                                          const char *const *paths,
                                          const char *name,
                                          GError **error);
char *limn_model_manager_dup_folder (LimnModelManager *self);
void limn_model_manager_set_folder (LimnModelManager *self, const char *folder);
void limn_model_manager_set_mirror (LimnModelManager *self, const char *mirror);
void limn_model_manager_set_source (LimnModelManager *self, const char *source);
goffset limn_model_manager_get_disk_bytes (LimnModelManager *self);
gboolean limn_model_manager_is_busy (LimnModelManager *self);

G_END_DECLS
