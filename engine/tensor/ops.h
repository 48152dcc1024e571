/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small vector operations of the transformer, each a plain function of its inputs. */
#pragma once

#include "tensor.h"

G_BEGIN_DECLS

/* out (n) = layer norm of x (n): biased variance, then weight and bias.  out may be x. */
void limn_layer_norm (const LimnNorm *norm, float eps, const float *x, float *out);
/* x (n) += y (n) */
void limn_add (float *x, const float *y, gsize n);
/* out (n) = gelu (a) * b, exact (erf) GELU.  out may be a or b. */
void limn_gelu_gate (const float *a, const float *b, float *out, gsize n);
/* softmax of x (n) in place */
void limn_softmax (float *x, gsize n);

G_END_DECLS
