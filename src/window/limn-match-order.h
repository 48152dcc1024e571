/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pictures of a grid in the order of how well they match their words. */
#pragma once

#include "library/limn-drawing.h"

G_BEGIN_DECLS

GListModel *limn_match_order_new (GListModel *drawings);

G_END_DECLS
