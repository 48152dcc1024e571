/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Arrays as flax keeps them: the tensors of one kind of all layers stacked, and
 * matrices and convolutions with their axes in flax's order.
 */
#pragma once

#include "generated.h"

G_BEGIN_DECLS

typedef struct
{
  GPtrArray *tensors;              /* owned array of borrowed GeneratedTensor, one a layer */
  gboolean is_stacked;             /* has the layer as its first axis, even with one layer */
  guint order[LIMN_GGUF_MAX_DIMS]; /* of a tensor's axes */
} Stack;

/* Returns: (transfer full) (element-type Stack): of the tensors whose names begin
 * with one of the prefixes, in the order of the model file */
GPtrArray *stacks_new (Generated *generated, const char *const *prefixes);
guint64 stack_get_n (const Stack *stack);
/* First tensor of the stack. */
const GeneratedTensor *stack_get_first (const Stack *stack);
/* All its numbers. */
gboolean stack_emit (const Stack *stack, GeneratedSink sink, gpointer data, GError **error);
/* Layer of a name "x.layers.3.y", and where its rest begins; -1 for others. */
int get_layer (const char *name, const char **rest);

G_END_DECLS
