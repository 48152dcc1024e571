/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vector operations: each hands its work to the kernels of this processor. */
#include "ops.h"
#include "kernels.h"

void
limn_layer_norm (const LimnNorm *norm, float eps, const float *x, float *out)
{
  limn_kernels ()->layer_norm (norm, eps, x, out);
}

void
limn_add (float *x, const float *y, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] += y[i];
}

void
limn_gelu_gate (const float *a, const float *b, float *out, gsize n)
{
  limn_kernels ()->gelu_gate (a, b, out, n);
}

void
limn_softmax (float *x, gsize n)
{
  limn_kernels ()->softmax (x, n);
}
