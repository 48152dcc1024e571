/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sixteen-bit floats: IEEE binary16 and bfloat16 to and from float, one number
 * at a time and in portable C.  Whole rows go through convert.h.
 */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

static inline float
limn_float_from_bits (guint32 bits)
{
  float f;
  memcpy (&f, &bits, sizeof f);
  return f;
}

static inline guint32
limn_float_to_bits (float f)
{
  guint32 bits;
  memcpy (&bits, &f, sizeof bits);
  return bits;
}

/* Exact for every input; subnormals, infinities and NaN included. */
static inline float
limn_half_to_float (guint16 half)
{
  guint32 sign = (guint32) (half & 0x8000) << 16;
  guint32 rest = half & 0x7fff;

  if (rest >= 0x7c00) /* infinity or NaN */
    return limn_float_from_bits (sign | 0x7f800000 | (rest & 0x3ff) << 13);
  if (rest >= 0x400)
    return limn_float_from_bits (sign | ((rest << 13) + ((127 - 15) << 23)));

  /* subnormal: rest * 2^-24 */
  float f = (float) rest * 0x1p-24f;
  return sign != 0 ? -f : f;
}

/* Rounds to nearest, ties to even; too large becomes infinity, NaN stays NaN. */
static inline guint16
limn_half_from_float (float f)
{
  guint32 bits = limn_float_to_bits (f);
  guint16 sign = (guint16) (bits >> 16 & 0x8000);
  guint32 rest = bits & 0x7fffffff;

  if (rest > 0x7f800000)
    return sign | 0x7e00;
  if (rest >= 0x477ff000) /* rounds beyond the largest half, 65504 */
    return sign | 0x7c00;
  if (rest < 0x38800000) /* subnormal half: let the float adder round at 2^-24 */
    return sign | (guint16) (limn_float_to_bits (limn_float_from_bits (rest) + 0.5f) - 0x3f000000);

  rest -= (127 - 15) << 23;
  return sign | (guint16) ((rest + 0xfff + (rest >> 13 & 1)) >> 13);
}

static inline float
limn_bf16_to_float (guint16 half)
{
  return limn_float_from_bits ((guint32) half << 16);
}

/* Rounds to nearest, ties to even; NaN stays NaN. */
static inline guint16
limn_bf16_from_float (float f)
{
  guint32 bits = limn_float_to_bits (f);

  if ((bits & 0x7fffffff) > 0x7f800000)
    return (guint16) (bits >> 16 | 0x40);
  return (guint16) ((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

G_END_DECLS
