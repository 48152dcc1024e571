/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Kernels of processors that few computers have, run on one with AVX2: a file
 * emulated-*.c includes this and then the kernels' own source, so that what is
 * tested is what they compute.  How fast, and whether the compiler's own
 * instructions do as they should, only such a processor tells.
 */
#pragma once

#include <glib.h>
#include <immintrin.h>
#include <math.h>

/* A wider register as the numbers it holds. */
typedef union
{
  __m512i all;
  __m256i halves[2];
  gint8 s8[64];
  guint8 u8[64];
  gint16 s16[32];
  gint32 s32[16];
} Wide;

#define KEEP(v)  __asm__("" : "+m"(v)) /* no register holds it */
#define EMULATED static inline __attribute__ ((always_inline))

/* sum += four products of unsigned and signed bytes, for n lanes */
EMULATED void
add_byte_products (gint32 *sums, const guint8 *u, const gint8 *s, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      guint32 sum = (guint32) sums[i];

      for (guint j = 4 * i; j < 4 * i + 4; j++)
        sum += (guint32) (u[j] * s[j]);
      sums[i] = (gint32) sum;
    }
}

EMULATED __m256i
emulated_dpbusd_256 (__m256i sum, __m256i u, __m256i s)
{
  Wide x = { .halves = { sum, u } }, y = { .halves = { s } };

  add_byte_products (x.s32, x.u8 + 32, y.s8, 8);
  return x.halves[0];
}

EMULATED __m512i
emulated_dpbusd_512 (__m512i sum, __m512i u, __m512i s)
{
  Wide to = { .all = sum }, x = { .all = u }, y = { .all = s };

  add_byte_products (to.s32, x.u8, y.s8, 16);
  return to.all;
}

EMULATED __m512i
emulated_load (const void *p)
{
  Wide to;

  memcpy (&to, p, sizeof to);
  return to.all;
}

EMULATED void
emulated_store (void *p, __m512i v)
{
  memcpy (p, &v, sizeof v);
}

EMULATED __m512i
emulated_set_8 (gint8 value)
{
  Wide to;

  for (guint i = 0; i < 64; i++)
    to.s8[i] = value;
  return to.all;
}

EMULATED __m512i
emulated_set_32 (gint32 value)
{
  Wide to;

  for (guint i = 0; i < 16; i++)
    to.s32[i] = value;
  return to.all;
}

EMULATED __m512i
emulated_add_32 (__m512i a, __m512i b)
{
  Wide x = { .all = a }, y = { .all = b };

  for (guint i = 0; i < 16; i++)
    x.s32[i] = (gint32) ((guint32) x.s32[i] + (guint32) y.s32[i]);
  return x.all;
}

EMULATED __m512i
emulated_madd_16 (__m512i a, __m512i b)
{
  Wide x = { .all = a }, y = { .all = b }, to;

  for (guint i = 0; i < 16; i++)
    to.s32[i] = (gint32) ((guint32) (x.s16[2 * i] * y.s16[2 * i])
                          + (guint32) (x.s16[2 * i + 1] * y.s16[2 * i + 1]));
  return to.all;
}

EMULATED __m512i
emulated_widen (__m256i a)
{
  Wide x = { .halves = { a } }, to;

  for (guint i = 0; i < 32; i++)
    to.s16[i] = x.s8[i];
  return to.all;
}

EMULATED __m512i
emulated_pick_32 (__m512i a, __m512i places, __m512i b)
{
  Wide x = { .all = a }, y = { .all = b }, at = { .all = places }, to;

  for (guint i = 0; i < 16; i++)
    to.s32[i] = (at.s32[i] & 16 ? y.s32 : x.s32)[at.s32[i] & 15];
  return to.all;
}

EMULATED __m512
emulated_from_half (__m256i halves)
{
  __m256 parts[2] = { _mm256_cvtph_ps (_mm256_castsi256_si128 (halves)),
                      _mm256_cvtph_ps (_mm256_extracti128_si256 (halves, 1)) };
  __m512 to;

  memcpy (&to, parts, sizeof to);
  return to;
}

EMULATED __m512
emulated_max (__m512 a, __m512 b)
{
  for (guint i = 0; i < 16; i++)
    a[i] = a[i] > b[i] ? a[i] : b[i];
  return a;
}

EMULATED __m512
emulated_min (__m512 a, __m512 b)
{
  for (guint i = 0; i < 16; i++)
    a[i] = a[i] < b[i] ? a[i] : b[i];
  return a;
}

#undef _mm256_dpbusd_avx_epi32
#undef _mm512_dpbusd_epi32
#undef _mm512_xor_si512
#undef _mm512_setr_epi32
#define _mm256_dpbusd_avx_epi32   emulated_dpbusd_256
#define _mm512_dpbusd_epi32       emulated_dpbusd_512
#define _mm512_loadu_si512        emulated_load
#define _mm512_storeu_si512       emulated_store
#define _mm512_set1_epi8          emulated_set_8
#define _mm512_set1_epi32         emulated_set_32
#define _mm512_setzero_si512()    emulated_set_32 (0)
#define _mm512_setr_epi32(...)    emulated_load ((const gint32[]){ __VA_ARGS__ })
#define _mm512_xor_si512(a, b)    ((a) ^ (b))
#define _mm512_add_epi32          emulated_add_32
#define _mm512_madd_epi16         emulated_madd_16
#define _mm512_cvtepi8_epi16      emulated_widen
#define _mm512_permutex2var_epi32 emulated_pick_32
#define _mm512_cvtph_ps           emulated_from_half
#define _mm512_max_ps             emulated_max
#define _mm512_min_ps             emulated_min
