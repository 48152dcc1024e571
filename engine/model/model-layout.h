/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one list of all tensors of a model, made from its sizes: name, shape,
 * kind, and the place in LimnModel that shows it.  Opening binds views by it,
 * import writes by it.
 */
#pragma once

#include "model-private.h"

G_BEGIN_DECLS

#define LIMN_NAME_BYTES 65

typedef enum
{
  LIMN_SLOT_MATRIX, /* LimnMatrix: any type, packed when I8 */
  LIMN_SLOT_EXACT,  /* LimnMatrix: F32 */
  LIMN_SLOT_VECTOR, /* const float *: F32 */
  LIMN_SLOT_CONV,   /* LimnConv: its weight, F32, F16 or BF16 */
} LimnSlotKind;

typedef struct
{
  char name[LIMN_NAME_BYTES];
  LimnSlotKind kind;
  LimnModelPart part;
  gboolean is_optional;
  guint n_dims;
  guint64 shape[LIMN_GGUF_MAX_DIMS];
  gpointer target; /* borrowed from the model */
} LimnSlot;

/* model: its text and vqgan sizes are set and checked.  Allocates what the
 * model keeps by layer, fills in the sizes of all views.  The preview part has
 * model->preview_pixels as its size. */
GArray *limn_model_layout_new (LimnModel *model, LimnModelPart parts);
/* Frees what limn_model_layout_new() allocated in the model. */
void limn_model_layout_clear (LimnModel *model);

guint64 limn_slot_get_n_elements (const LimnSlot *slot);
/* Name of the row scales that belong to a packed matrix. */
void limn_slot_get_scale_name (const LimnSlot *slot, char *name);
/* Shape of a packed matrix. */
void limn_packed_get_shape (guint64 n_rows, guint64 n_cols, guint64 *shape);

G_END_DECLS
