/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models of any size in memory with weights that mean nothing: time does not depend on them. */
#pragma once

#include "engine/model/model-private.h"

G_BEGIN_DECLS

typedef struct
{
  LimnModel model; /* text and VQGAN decoder; no file, no tokenizer */
  GPtrArray *blocks;
} SyntheticModel;

/* size: "mini", "mega" or "starter"; type: of the large matrices.  NULL for another size. */
SyntheticModel *synthetic_model_new (const char *size, LimnType type);
void synthetic_model_free (SyntheticModel *synthetic);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyntheticModel, synthetic_model_free)

G_END_DECLS
