/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counter-based random numbers: a draw is a plain function of a picture's seed
 * and of the step, so that no order of work can change a picture.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Uniform in [0, 1), a multiple of 2^-53, for step 0, 1, ... of the picture with this seed. */
double limn_random_uniform (guint64 seed, guint64 step);

G_END_DECLS
