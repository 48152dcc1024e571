/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One model and what is happening to it: not here, on its way, being imported,
 * ready.  What a card of the Models page shows and its buttons do, and what
 * “limn models” does too.  All calls on the main thread; nothing blocks it.
 */
#pragma once

#include <gio/gio.h>

#include "limn-catalog.h"
#include "limn-model-store.h"

G_BEGIN_DECLS

/**
 * LimnModelState:
 * @LIMN_MODEL_STATE_ABSENT: not here
 * @LIMN_MODEL_STATE_DOWNLOADING: its files are coming
 * @LIMN_MODEL_STATE_PAUSED: some of its files, or parts of them, are here
 * @LIMN_MODEL_STATE_IMPORTING: its files are being made into a model
 * @LIMN_MODEL_STATE_CHECKING: it is here and is being verified
 * @LIMN_MODEL_STATE_READY: it is here
 */
typedef enum
{
  LIMN_MODEL_STATE_ABSENT,
  LIMN_MODEL_STATE_DOWNLOADING,
  LIMN_MODEL_STATE_PAUSED,
  LIMN_MODEL_STATE_IMPORTING,
  LIMN_MODEL_STATE_CHECKING,
  LIMN_MODEL_STATE_READY,
} LimnModelState;

#define LIMN_TYPE_MODEL_STATE (limn_model_state_get_type ())
GType limn_model_state_get_type (void);

#define LIMN_TYPE_MODEL_ITEM (limn_model_item_get_type ())
G_DECLARE_FINAL_TYPE (LimnModelItem, limn_model_item, LIMN, MODEL_ITEM, GObject)

/**
 * LimnModelSettings:
 * @folder: (nullable): where models go; %NULL for the store's
 * @mirror: (nullable): instead of the hub
 * @source: (nullable): id of the catalog's source; %NULL for the recommended one
 * @keep_files: leave the downloaded files after the import
 * @quantize: see #LimnImportOptions; %NULL for "i8"
 * @allow_loopback: see #LimnTransferSpec
 */
typedef struct
{
  const char *folder;
  const char *mirror;
  const char *source;
  gboolean keep_files;
  const char *quantize;
  gboolean allow_loopback;
} LimnModelSettings;

LimnModelItem *limn_model_item_new (LimnCatalog *catalog,
                                    const LimnCatalogModel *known,
                                    const LimnModelFile *file,
                                    const LimnModelSettings *settings);
void limn_model_item_update (LimnModelItem *self,
                             const LimnModelFile *file,
                             const LimnModelSettings *settings);

const char *limn_model_item_get_id (LimnModelItem *self);
const char *limn_model_item_get_name (LimnModelItem *self);
const char *limn_model_item_get_good_at (LimnModelItem *self);
const char *limn_model_item_get_license (LimnModelItem *self);
const char *limn_model_item_get_brief_license (LimnModelItem *self);
const char *limn_model_item_get_page (LimnModelItem *self);
char **limn_model_item_dup_sources (LimnModelItem *self);
const char *limn_model_item_get_path (LimnModelItem *self);
gboolean limn_model_item_is_known (LimnModelItem *self);
gboolean limn_model_item_is_inside (LimnModelItem *self);
gboolean limn_model_item_can_delete (LimnModelItem *self);
goffset limn_model_item_get_download_bytes (LimnModelItem *self);
goffset limn_model_item_get_file_bytes (LimnModelItem *self);
goffset limn_model_item_get_part_bytes (LimnModelItem *self);
goffset limn_model_item_get_arrived_bytes (LimnModelItem *self);
goffset limn_model_item_get_needs_memory_bytes (LimnModelItem *self);
char *limn_model_item_dup_memory_note (LimnModelItem *self);
double limn_model_item_get_seconds (LimnModelItem *self);

LimnModelState limn_model_item_get_state (LimnModelItem *self);
double limn_model_item_get_progress (LimnModelItem *self);
const char *limn_model_item_get_status (LimnModelItem *self);
const GError *limn_model_item_get_error (LimnModelItem *self);
gboolean limn_model_item_is_busy (LimnModelItem *self);
gboolean limn_model_item_is_settled (LimnModelItem *self);

void limn_model_item_download (LimnModelItem *self);
void limn_model_item_import (LimnModelItem *self, const char *const *paths);
void limn_model_item_verify (LimnModelItem *self);
void limn_model_item_stop (LimnModelItem *self);
goffset limn_model_item_discard_parts (LimnModelItem *self, GError **error);
goffset limn_model_item_delete (LimnModelItem *self, GError **error);
void limn_model_item_clear_error (LimnModelItem *self);

G_END_DECLS
