/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Conversions between the types of weights.  Used at import and for single
 * rows; the matrix products have their own conversions inside their kernels.
 */
#include "convert.h"
#include "half.h"

#include <math.h>

gsize
limn_type_bytes (LimnType type)
{
  switch (type)
    {
    case LIMN_TYPE_F32:
      return 4;
    case LIMN_TYPE_F16:
    case LIMN_TYPE_BF16:
      return 2;
    case LIMN_TYPE_I8:
      return 1;
    }
  g_assert_not_reached ();
}

void
limn_convert_to_float (LimnType type, const void *in, float *out, gsize n)
{
  const guint16 *half = in;

  switch (type)
    {
    case LIMN_TYPE_F32:
      memcpy (out, in, n * sizeof *out);
      return;
    case LIMN_TYPE_F16:
      for (gsize i = 0; i < n; i++)
        out[i] = limn_half_to_float (half[i]);
      return;
    case LIMN_TYPE_BF16:
      for (gsize i = 0; i < n; i++)
        out[i] = limn_bf16_to_float (half[i]);
      return;
    case LIMN_TYPE_I8:
      break;
    }
  g_assert_not_reached ();
}

void
limn_convert_from_float (LimnType type, const float *in, void *out, gsize n)
{
  guint16 *half = out;

  switch (type)
    {
    case LIMN_TYPE_F32:
      memcpy (out, in, n * sizeof *in);
      return;
    case LIMN_TYPE_F16:
      for (gsize i = 0; i < n; i++)
        half[i] = limn_half_from_float (in[i]);
      return;
    case LIMN_TYPE_BF16:
      for (gsize i = 0; i < n; i++)
        half[i] = limn_bf16_from_float (in[i]);
      return;
    case LIMN_TYPE_I8:
      break;
    }
  g_assert_not_reached ();
}

gsize
limn_i8_padded_cols (guint n_cols)
{
  return ((gsize) n_cols + LIMN_PACK_COLS_MULTIPLE - 1) / LIMN_PACK_COLS_MULTIPLE
         * LIMN_PACK_COLS_MULTIPLE;
}

gsize
limn_i8_n_scales (guint n_rows)
{
  return ((gsize) n_rows + LIMN_PACK_ROWS - 1) / LIMN_PACK_ROWS * LIMN_PACK_ROWS;
}

gsize
limn_i8_data_bytes (guint n_rows, guint n_cols)
{
  return limn_i8_n_scales (n_rows) * limn_i8_padded_cols (n_cols);
}

/* Largest finite magnitude; NaN and infinities count as nothing. */
static float
row_magnitude (const float *row, guint n)
{
  float most = 0;

  for (guint i = 0; i < n; i++)
    {
      float a = fabsf (row[i]);
      if (a > most && isfinite (a))
        most = a;
    }
  return most;
}

static gint8
quantize_one (float value, float inverse)
{
  float q = value * inverse;

  if (!(q > -127)) /* NaN too */
    return isnan (q) ? 0 : -127;
  return (gint8) (q < 127 ? rintf (q) : 127);
}

void
limn_i8_pack_block (const float *rows, guint n, guint n_cols, gint8 *block, float *scale)
{
  g_assert (n <= LIMN_PACK_ROWS);

  memset (block, 0, limn_i8_data_bytes (LIMN_PACK_ROWS, n_cols));
  for (guint r = 0; r < LIMN_PACK_ROWS; r++)
    scale[r] = 0;

  for (guint r = 0; r < n; r++)
    {
      const float *row = rows + (gsize) r * n_cols;
      float most = row_magnitude (row, n_cols);
      float inverse = most > 0 ? 127 / most : 0;

      /* a row of subnormals has no usable inverse and counts as zeros */
      if (!isfinite (inverse) || inverse == 0)
        continue;
      scale[r] = most / 127;
      for (guint c = 0; c < n_cols; c++)
        {
          gsize line = c / LIMN_PACK_COLS;
          gsize at = (line * LIMN_PACK_ROWS + r) * LIMN_PACK_COLS + c % LIMN_PACK_COLS;
          block[at] = quantize_one (row[c], inverse);
        }
    }
}
