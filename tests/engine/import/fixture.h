/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the import share: reference files, and a folder for results. */
#pragma once

#include "engine/model/model-private.h"

G_BEGIN_DECLS

/* FALSE when the reference checkpoints are not there. */
gboolean import_fixture_set_up (void);
void import_fixture_tear_down (void);

char *import_make_path (const char *name);
/* Reference files by name, absolute paths as they are. */
char **import_find_all (const char *const *names);
/* Imports files and opens the result; any error ends the test. */
LimnModel *import_golden (const char *const *names, const char *quantize);

G_END_DECLS
