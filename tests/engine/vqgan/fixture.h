/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A LimnModel with the VQGAN of a reference set, its weights generated. */
#pragma once

#include "engine/model/model-private.h"
#include "engine/tensor/compute.h"
#include "tests/tools/golden.h"

G_BEGIN_DECLS

typedef struct
{
  LimnModel model;
  GHashTable *tensors; /* owned: name in the reference set -> its numbers */
} VqganFixture;

/* parts: LIMN_MODEL_PART_DECODER, ENCODER or both.  NULL, and the test is
 * skipped, without reference vectors. */
VqganFixture *vqgan_fixture_new_real (LimnModelPart parts);
VqganFixture *vqgan_fixture_new_tiny (LimnModelPart parts);
void vqgan_fixture_free (VqganFixture *fixture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VqganFixture, vqgan_fixture_free)

LimnCompute *vqgan_fixture_new_compute (guint n_threads);

G_END_DECLS
