/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs of this build that a test runs. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Runs a program of this build, in the emulator that the build uses if it is for another
 * processor (MESON_EXE_WRAPPER), and waits for it.
 * argv: (array zero-terminated=1): the program and its arguments
 * is_silent: whether what it prints is thrown away
 * Returns its wait status; ends the test if it cannot be started.
 */
int program_run (const char *const *argv, gboolean is_silent);

G_END_DECLS
