/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One import: what it has found in the files, what it will write. */
#pragma once

#include "../model/model-layout.h"
#include "../model/model-private.h"
#include "checkpoint.h"
#include "settings.h"

G_BEGIN_DECLS

typedef enum
{
  LIMN_QUANTIZE_KEEP,
  LIMN_QUANTIZE_F32,
  LIMN_QUANTIZE_F16,
  LIMN_QUANTIZE_BF16,
  LIMN_QUANTIZE_I8,
} LimnQuantize;

typedef struct
{
  LimnQuantize quantize;
  LimnImportProgressFunc progress;
  gpointer user_data;
  GCancellable *cancellable;

  GPtrArray *files;       /* owned: LimnMappedFile */
  GPtrArray *checkpoints; /* owned: LimnCheckpoint */
  GHashTable *tensors;    /* owned: name (borrowed) to LimnView (borrowed) */
  GHashTable *origins;    /* owned: name (borrowed) to LimnMappedFile (borrowed) */
  LimnSettings settings;
  LimnModel *model; /* owned: its sizes; its views are not used */
  LimnModelPart parts;
  GArray *slots; /* owned: LimnSlot, those that will be written */
} LimnImport;

void limn_import_report (LimnImport *import, double fraction, const char *what);

/* Type that a tensor will have in the model file. */
LimnType
limn_import_get_type (const LimnImport *import, const LimnSlot *slot, const LimnView *view);
LimnGgufType limn_import_get_gguf_type (LimnType type);
/* Declares all tensors, in order. */
void limn_import_declare (LimnImport *import, LimnGgufWriter *writer);
/* Writes all tensors that come from checkpoints, in the same order; fraction
 * is that of the whole import when they are written. */
gboolean
limn_import_write (LimnImport *import, LimnGgufWriter *writer, double fraction, GError **error);
/* Opens what has been written, as drawing will; the caller frees it before more is written. */
LimnModel *limn_import_reopen (LimnGgufWriter *writer, GError **error);
/* Fits the preview map on the decoder just written and writes it. */
gboolean limn_import_write_preview (LimnImport *import, LimnGgufWriter *writer, GError **error);

G_END_DECLS
