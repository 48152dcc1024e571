/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far words are from each other. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LIMN_SPELLING_MIN 5 /* shorter words are not guessed */

guint limn_spelling_tolerance (const char *text);
guint limn_spelling_distance (const char *a, const char *b, gsize b_length, guint limit);

G_END_DECLS
