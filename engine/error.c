/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's error domain. */
#include "limn.h"

G_DEFINE_QUARK (limn - error - quark, limn_error)
