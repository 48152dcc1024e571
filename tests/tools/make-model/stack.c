/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See stack.h. */
#include "stack.h"

#include <string.h>

int
get_layer (const char *name, const char **rest)
{
  const char *layers = strstr (name, ".layers.");
  char *end;
  if (layers == NULL)
    return -1;
  guint64 layer = g_ascii_strtoull (layers + strlen (".layers."), &end, 10);
  *rest = end + 1;
  return (int) layer;
}

static void
stack_free (gpointer data)
{
  Stack *stack = data;
  g_ptr_array_unref (stack->tensors);
  g_free (stack);
}

/* Linear layers are (in, out), convolutions (height, width, in, out); tables
 * and vectors as they are. */
static void
set_order (Stack *stack, const LimnSlot *slot)
{
  static const guint plain[] = { 0, 1, 2, 3 };
  static const guint linear[] = { 1, 0, 2, 3 };
  static const guint convolution[] = { 2, 3, 1, 0 };
  gboolean is_table = strstr (slot->name, "embed") != NULL;
  const guint *order = slot->n_dims == 4                ? convolution
                       : slot->n_dims == 2 && !is_table ? linear
                                                        : plain;
  memcpy (stack->order, order, sizeof stack->order);
}

static Stack *
stack_new (GeneratedTensor *tensor, gboolean is_stacked)
{
  Stack *stack = g_new0 (Stack, 1);
  stack->tensors = g_ptr_array_new ();
  stack->is_stacked = is_stacked;
  g_ptr_array_add (stack->tensors, tensor);
  set_order (stack, &tensor->slot);
  return stack;
}

static gboolean
has_one_prefix (const char *name, const char *const *prefixes)
{
  for (guint i = 0; prefixes[i] != NULL; i++)
    if (g_str_has_prefix (name, prefixes[i]))
      return TRUE;
  return FALSE;
}

GPtrArray *
stacks_new (Generated *generated, const char *const *prefixes)
{
  GPtrArray *stacks = g_ptr_array_new_with_free_func (stack_free);
  g_autoptr (GHashTable) by_kind = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < generated->tensors->len; i++)
    {
      GeneratedTensor *tensor = &g_array_index (generated->tensors, GeneratedTensor, i);
      const char *rest = NULL;
      if (!has_one_prefix (tensor->slot.name, prefixes))
        continue;
      int layer = get_layer (tensor->slot.name, &rest);
      g_autofree char *kind =
          rest == NULL ? NULL : g_strdup_printf ("%.8s%s", tensor->slot.name, rest);
      Stack *stack = kind == NULL ? NULL : g_hash_table_lookup (by_kind, kind);
      if (stack != NULL)
        {
          g_ptr_array_add (stack->tensors, tensor);
          continue;
        }
      stack = stack_new (tensor, layer >= 0);
      g_ptr_array_add (stacks, stack);
      if (kind != NULL)
        g_hash_table_insert (by_kind, g_steal_pointer (&kind), stack);
    }
  return stacks;
}

const GeneratedTensor *
stack_get_first (const Stack *stack)
{
  return stack->tensors->pdata[0];
}

guint64
stack_get_n (const Stack *stack)
{
  return limn_slot_get_n_elements (&stack_get_first (stack)->slot) * stack->tensors->len;
}

gboolean
stack_emit (const Stack *stack, GeneratedSink sink, gpointer data, GError **error)
{
  for (guint i = 0; i < stack->tensors->len; i++)
    if (!generated_emit (stack->tensors->pdata[i], stack->order, sink, data, error))
      return FALSE;
  return TRUE;
}
