/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps the model used last open, so that the next prompt starts at once. */
#pragma once

#include <limn.h>

G_BEGIN_DECLS

LimnModel *limn_model_pool_open (const char *name, GError **error);
void limn_model_pool_clear (void);

G_END_DECLS
