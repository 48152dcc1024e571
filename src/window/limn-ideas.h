/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prompts for people who do not know what to type. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *const *limn_ideas_get_examples (void);
char *limn_ideas_surprise (GRand *random);

G_END_DECLS
