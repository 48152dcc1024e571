/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Emoji and their English names. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *limn_emoji_match (const char *text, gsize *length_bytes);
char *limn_emoji_spell_out (const char *text, const char *before, const char *after);

G_END_DECLS
