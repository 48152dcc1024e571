/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hashtags in prompts. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *limn_tags_open (const char *text);

G_END_DECLS
