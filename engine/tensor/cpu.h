/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of kernels by number, for tests and benchmarks; limn_kernels() is the one in use. */
#pragma once

#include "kernels.h"

G_BEGIN_DECLS

/* Table i of this architecture, worst first; NULL behind the last. */
const LimnKernels *limn_cpu_get_table (guint i);
/* Whether this computer can run it. */
gboolean limn_cpu_has_table (const LimnKernels *kernels);

G_END_DECLS
