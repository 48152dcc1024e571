/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings in the environment that were meant for other programs. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* To be called first of all in main(): may start the program anew, with the same
 * arguments. */
void limn_environment_clean (char **argv);

G_END_DECLS
