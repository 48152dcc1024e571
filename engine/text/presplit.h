/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GPT-2's way of cutting text into words. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gsize limn_presplit_next (const char *text);

G_END_DECLS
