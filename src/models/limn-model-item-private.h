/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What limn-model-item.c and limn-model-actions.c share. */
#pragma once

#include "limn-download.h"
#include "limn-model-item.h"
#include "limn-model-work.h"

G_BEGIN_DECLS

struct _LimnModelItem
{
  GObject parent_instance;
  /* owned */
  LimnCatalog *catalog;
  char *id;
  char *path; /* of the model file, NULL while there is none */
  LimnModelFacts *facts;
  GPtrArray *downloads;      /* LimnDownload, the files of each source */
  GCancellable *cancellable; /* of what is running */
  GCancellable *facts_cancellable;
  char *status;
  GError *error;
  /* settings, owned */
  char *folder;
  char *mirror;
  char *source_id;
  char *quantize;
  gboolean keep_files;
  gboolean allow_loopback;
  /* borrowed from the catalog; NULL for a model it does not know */
  const LimnCatalogModel *known;
  const LimnCatalogSource *source;
  LimnDownload *download; /* borrowed: that of the source; NULL for a model that nobody offers */
  /* state */
  LimnModelState state;
  double progress;
  gboolean is_own;
  gboolean is_importing_download;
  goffset file_bytes;
};

void limn_model_item_set_state (LimnModelItem *self,
                                LimnModelState state,
                                double progress,
                                char *status);
void limn_model_item_rest (LimnModelItem *self);
void limn_model_item_set_path (LimnModelItem *self, const char *path, gboolean is_own);
void limn_model_item_emit_files_changed (LimnModelItem *self);
void limn_model_item_on_download_progress (LimnDownload *download, LimnModelItem *self);

char *limn_model_words_progress (const LimnDownloadProgress *progress);

G_END_DECLS
