/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where Limn's own files lie: installed, or in the build folder it runs from. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * limn_paths_init:
 *
 * To be called first in main(), before any other thread exists: when the
 * program runs from its build folder, points GSettings at the schema there.
 */
void limn_paths_init (void);

const char *limn_paths_get_locale_dir (void);

/* Fonts that came with Limn. */
const char *limn_paths_get_font_dir (void);

/* Models that came with Limn. */
const char *limn_paths_get_model_dir (void);

G_END_DECLS
