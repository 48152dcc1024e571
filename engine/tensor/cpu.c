/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds what this processor can do and picks the kernels for it. */
#include "config.h"
#include "../limn.h"
#include "cpu.h"

#include <glib/gi18n-lib.h>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#ifndef HWCAP_ASIMDDP
#define HWCAP_ASIMDDP (1 << 20)
#endif
#endif

typedef enum
{
  HAS_AVX2 = 1 << 0, /* and FMA, F16C */
  HAS_AVX_VNNI = 1 << 1,
  HAS_AVX512 = 1 << 2, /* F, BW, DQ, VL */
  HAS_AVX512_VNNI = 1 << 3,
  HAS_DOTPROD = 1 << 4,
} Features;

/* Best last. */
static const struct
{
  const LimnKernels *kernels;
  Features needs;
} levels[] = {
  { &limn_kernels_generic, 0 },
#if defined(__x86_64__)
  { &limn_kernels_avx2, HAS_AVX2 },
  { &limn_kernels_avxvnni, HAS_AVX2 | HAS_AVX_VNNI },
  { &limn_kernels_avx512, HAS_AVX2 | HAS_AVX512 },
  { &limn_kernels_avx512vnni, HAS_AVX2 | HAS_AVX512 | HAS_AVX512_VNNI },
#elif defined(__aarch64__)
  { &limn_kernels_neon, 0 },
  { &limn_kernels_dotprod, HAS_DOTPROD },
#endif
};

static const LimnKernels *chosen = NULL;

#if defined(__x86_64__)

#define ALL(value, bits) (((value) & (bits)) == (bits))

/* Register state that the operating system saves: XCR0. */
static guint
get_saved_state (void)
{
  guint low, high;

  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

static Features
find_features (void)
{
  const guint ymm_state = 0x6, zmm_state = 0xe6;
  guint a, b, c, d, a1, b1, c1, d1, saved;
  Features features = 0;

  if (!__get_cpuid (1, &a, &b, &c, &d) || !ALL (c, bit_OSXSAVE | bit_FMA | bit_F16C | bit_AVX))
    return 0;
  saved = get_saved_state ();
  if (!ALL (saved, ymm_state) || !__get_cpuid_count (7, 0, &a, &b, &c, &d) || !ALL (b, bit_AVX2))
    return 0;
  features |= HAS_AVX2;
  if (a >= 1 && __get_cpuid_count (7, 1, &a1, &b1, &c1, &d1) && ALL (a1, 1u << 4))
    features |= HAS_AVX_VNNI;
  if (ALL (saved, zmm_state) && ALL (b, bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL))
    {
      features |= HAS_AVX512;
      if (ALL (c, 1u << 11))
        features |= HAS_AVX512_VNNI;
    }
  return features;
}

#elif defined(__aarch64__)

static Features
find_features (void)
{
  return getauxval (AT_HWCAP) & HWCAP_ASIMDDP ? HAS_DOTPROD : 0;
}

#else

static Features
find_features (void)
{
  return 0;
}

#endif

const LimnKernels *
limn_cpu_get_table (guint i)
{
  if (i >= G_N_ELEMENTS (levels))
    return NULL;
  return levels[i].kernels;
}

gboolean
limn_cpu_has_table (const LimnKernels *kernels)
{
  Features features = find_features ();

  for (gsize i = 0; i < G_N_ELEMENTS (levels); i++)
    if (levels[i].kernels == kernels)
      return (levels[i].needs & ~features) == 0;
  return FALSE;
}

static const LimnKernels *
find_table (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (levels); i++)
    if (g_str_equal (levels[i].kernels->name, name) && limn_cpu_has_table (levels[i].kernels))
      return levels[i].kernels;
  return NULL;
}

static const LimnKernels *
choose_table (void)
{
  const char *wanted = g_getenv ("LIMN_CPU");
  const LimnKernels *table = wanted != NULL ? find_table (wanted) : NULL;

  if (wanted != NULL && table == NULL)
    g_warning ("LIMN_CPU=%s is not an instruction set of this computer; it is ignored", wanted);
  for (gsize i = G_N_ELEMENTS (levels); table == NULL && i-- > 0;)
    if (limn_cpu_has_table (levels[i].kernels))
      table = levels[i].kernels;
  return table;
}

const LimnKernels *
limn_kernels (void)
{
  const LimnKernels *table = g_atomic_pointer_get (&chosen);

  if (G_UNLIKELY (table == NULL))
    {
      table = choose_table ();
      g_atomic_pointer_set (&chosen, table);
    }
  return table;
}

/**
 * limn_cpu_get_level:
 *
 * Returns: the name of the instruction set in use
 */
const char *
limn_cpu_get_level (void)
{
  return limn_kernels ()->name;
}

/**
 * limn_cpu_set_level:
 * @level: "generic", "avx2", "avx-vnni", "avx512", "avx512-vnni", "neon", "neon-dotprod"
 * @error: %LIMN_ERROR_INVALID_REQUEST when this computer has no such instruction set
 *
 * Forces an instruction set, for comparison.  Not while a job runs: its floats
 * would change their last bits on the way.
 */
gboolean
limn_cpu_set_level (const char *level, GError **error)
{
  const LimnKernels *table = find_table (level);

  if (table == NULL)
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST,
                   _ ("“%s” is not an instruction set of this computer."), level);
      return FALSE;
    }
  g_atomic_pointer_set (&chosen, table);
  return TRUE;
}
