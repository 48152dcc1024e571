/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses the vector loops for this processor, or for the level that was forced. */
#include "kernels.h"
#include "../limn.h"

const LimnBartKernels *
limn_bart_kernels_get (void)
{
#if defined(__x86_64__)
  const char *level = limn_cpu_get_level ();

  if (g_str_has_prefix (level, "avx512"))
    return &limn_bart_kernels_avx512;
  if (g_str_has_prefix (level, "avx"))
    return &limn_bart_kernels_avx2;
#endif
  return &limn_bart_kernels_generic;
}
