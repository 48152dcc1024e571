/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hyper-parameters: their keys in a model file, and their limits. */
#pragma once

#include "model-private.h"

G_BEGIN_DECLS

#define LIMN_ARCHITECTURE "dallebart"

/* Sampling settings of a model file without its own. */
#define LIMN_DEFAULT_TEMPERATURE 1.0
#define LIMN_DEFAULT_TOP_K       50
#define LIMN_DEFAULT_GUIDANCE    10.0

/* Whether the numbers are within what the engine can do; name is the file, for messages. */
gboolean limn_text_config_check (const LimnTextConfig *config, const char *name, GError **error);
gboolean limn_vqgan_config_check (const LimnVqganConfig *config, const char *name, GError **error);

gboolean limn_text_config_read (LimnTextConfig *config, LimnGguf *gguf, GError **error);
gboolean limn_vqgan_config_read (LimnVqganConfig *config, LimnGguf *gguf, GError **error);
void limn_text_config_write (const LimnTextConfig *config, LimnGgufWriter *writer);
void limn_vqgan_config_write (const LimnVqganConfig *config, LimnGgufWriter *writer);

/* Attention at this level: its resolution is in the list. */
gboolean limn_vqgan_config_has_attention (const LimnVqganConfig *config, guint level);
/* Image tokens along one side, 0 when image_length is no square. */
guint limn_text_config_get_grid_size (const LimnTextConfig *config);

G_END_DECLS
