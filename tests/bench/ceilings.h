/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this computer can do at most, measured: the other end of every ratio. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  double read_bytes;  /* a second, from memory too large for any cache */
  double multiplies;  /* floating-point operations a second, two an FMA */
  double integer_ops; /* operations a second of 8-bit dot products; 0 without an instruction */
} Ceilings;

/* Measures and keeps the better figures. */
void ceilings_measure (guint n_threads, Ceilings *ceilings);

G_END_DECLS
