/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What words mean beside each other. */
#pragma once

#include "item.h"

G_BEGIN_DECLS

void limn_settle (LimnItems *items, const char *locale);

G_END_DECLS
