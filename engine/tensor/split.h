/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Things shared out in even parts. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of n_things, cut into n_parts that differ by one at most, those before part i. */
static inline guint
limn_split_border (guint n_things, guint i, guint n_parts)
{
  return (guint) ((guint64) n_things * i / n_parts);
}

G_END_DECLS
