/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sizes of a model, from the shapes of its tensors and its configs. */
#pragma once

#include "../model/model-private.h"
#include "settings.h"
#include "view.h"

G_BEGIN_DECLS

/* tensors: name to LimnView.  Fill in and check the sizes of a part. */
gboolean limn_derive_text (LimnTextConfig *config,
                           GHashTable *tensors,
                           const LimnTextSettings *settings,
                           const LimnVqganConfig *vqgan,
                           GError **error);
/* grid_size: image tokens along one side where a text model tells, else 0 */
gboolean limn_derive_vqgan (LimnVqganConfig *config,
                            GHashTable *tensors,
                            const LimnVqganSettings *settings,
                            guint grid_size,
                            GError **error);
/* Image tokens along one side by the table of positions, 0 when there is none. */
guint limn_derive_grid_size (GHashTable *tensors);

G_END_DECLS
