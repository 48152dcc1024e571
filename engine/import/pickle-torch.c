/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The names that a pickle of tensors may call, and what each of them makes,
 * done here by hand on plain values.  Nothing else can be called.
 */
#include "config.h"

#include "pickle-machine.h"

#include <glib/gi18n-lib.h>

typedef enum
{
  GLOBAL_ORDERED_DICT,
  GLOBAL_REBUILD_TENSOR,
  GLOBAL_REBUILD_TENSOR_V2,
  GLOBAL_REBUILD_PARAMETER,
  GLOBAL_STORAGE, /* and those that follow: one for each type of number */
} GlobalKind;

static const struct
{
  const char *module;
  const char *name;
  GlobalKind kind;
  LimnNumber number_type;
  guint number_bytes;
} globals[] = {
  { "collections", "OrderedDict", GLOBAL_ORDERED_DICT },
  { "torch._utils", "_rebuild_tensor", GLOBAL_REBUILD_TENSOR },
  { "torch._utils", "_rebuild_tensor_v2", GLOBAL_REBUILD_TENSOR_V2 },
  { "torch._utils", "_rebuild_parameter", GLOBAL_REBUILD_PARAMETER },
  { "torch", "FloatStorage", GLOBAL_STORAGE, LIMN_NUMBER_F32, 4 },
  { "torch", "HalfStorage", GLOBAL_STORAGE, LIMN_NUMBER_F16, 2 },
  { "torch", "BFloat16Storage", GLOBAL_STORAGE, LIMN_NUMBER_BF16, 2 },
  { "torch", "DoubleStorage", GLOBAL_STORAGE, LIMN_NUMBER_F64, 8 },
  { "torch", "LongStorage", GLOBAL_STORAGE, LIMN_NUMBER_OTHER, 8 },
  { "torch", "IntStorage", GLOBAL_STORAGE, LIMN_NUMBER_OTHER, 4 },
  { "torch", "ShortStorage", GLOBAL_STORAGE, LIMN_NUMBER_OTHER, 2 },
  { "torch", "CharStorage", GLOBAL_STORAGE, LIMN_NUMBER_OTHER, 1 },
  { "torch", "ByteStorage", GLOBAL_STORAGE, LIMN_NUMBER_OTHER, 1 },
  { "torch", "BoolStorage", GLOBAL_STORAGE, LIMN_NUMBER_OTHER, 1 },
};

int
limn_pickle_find_global (const char *module,
                         gsize module_length,
                         const char *name,
                         gsize name_length)
{
  for (guint i = 0; i < G_N_ELEMENTS (globals); i++)
    if (limn_pickle_is_text (module, module_length, globals[i].module)
        && limn_pickle_is_text (name, name_length, globals[i].name))
      return (int) i;
  return -1;
}

/* First items of a tuple; FALSE unless it has at least n. */
static gboolean
get_items (LimnPickleMachine *machine, LimnPickleRef tuple, guint n, LimnPickleRef *items)
{
  const LimnPickleValue *value = limn_pickle_value (machine, tuple);
  guint link = 0;
  if (value->kind != LIMN_PICKLE_TUPLE || value->n_items < n)
    return limn_pickle_fail (machine, LIMN_ERROR_CORRUPT,
                             _ ("a list of another length was expected"));
  for (guint i = 0; i < n; i++)
    limn_pickle_next (machine->pickle, value, &link, &items[i]);
  return TRUE;
}

/* ("storage", class, key, place, count [, None]) */
void
limn_pickle_do_persistent (LimnPickleMachine *machine)
{
  LimnPickleRef id, items[6];
  if (!limn_pickle_pop (machine, &id) || !get_items (machine, id, 5, items))
    return;
  const LimnPickleValue *what = limn_pickle_value (machine, items[0]);
  const LimnPickleValue *type = limn_pickle_value (machine, items[1]);
  const LimnPickleValue *key = limn_pickle_value (machine, items[2]);
  const LimnPickleValue *count = limn_pickle_value (machine, items[4]);
  if (limn_pickle_value (machine, id)->n_items == 6)
    get_items (machine, id, 6, items);
  else
    items[5] = items[0];
  gboolean is_whole =
      items[5] == items[0] || limn_pickle_value (machine, items[5])->kind == LIMN_PICKLE_NONE;
  if (what->kind != LIMN_PICKLE_TEXT
      || !limn_pickle_is_text (what->text, what->text_length, "storage")
      || type->kind != LIMN_PICKLE_GLOBAL || globals[type->global].kind != GLOBAL_STORAGE
      || key->kind != LIMN_PICKLE_TEXT || count->kind != LIMN_PICKLE_INT || count->number < 0
      || !is_whole)
    {
      limn_pickle_fail (machine, LIMN_ERROR_UNSUPPORTED, _ ("data of an unknown kind"));
      return;
    }
  LimnPickleValue storage = { .kind = LIMN_PICKLE_STORAGE,
                              .number = count->number,
                              .text = key->text,
                              .text_length = key->text_length,
                              .number_type = globals[type->global].number_type,
                              .number_bytes = globals[type->global].number_bytes };
  LimnPickleRef ref = limn_pickle_push_new (machine, LIMN_PICKLE_STORAGE, 0);
  if (!machine->has_failed)
    *limn_pickle_value (machine, ref) = storage;
}

/* (storage, offset, size, stride, ...) */
static void
make_tensor (LimnPickleMachine *machine, LimnPickleRef arguments)
{
  LimnPickleRef items[4];
  if (!get_items (machine, arguments, 4, items))
    return;
  const LimnPickleValue *offset = limn_pickle_value (machine, items[1]);
  if (limn_pickle_value (machine, items[0])->kind != LIMN_PICKLE_STORAGE
      || offset->kind != LIMN_PICKLE_INT || offset->number < 0
      || limn_pickle_value (machine, items[2])->kind != LIMN_PICKLE_TUPLE
      || limn_pickle_value (machine, items[3])->kind != LIMN_PICKLE_TUPLE)
    {
      limn_pickle_fail (machine, LIMN_ERROR_CORRUPT,
                        _ ("a tensor is not made of what it should be"));
      return;
    }
  LimnPickleRef ref = limn_pickle_push_new (machine, LIMN_PICKLE_TENSOR, offset->number);
  if (machine->has_failed)
    return;
  LimnPickleValue *tensor = limn_pickle_value (machine, ref);
  tensor->storage = items[0];
  tensor->size = items[2];
  tensor->stride = items[3];
}

/* (tensor, requires_grad, hooks) is that tensor */
static void
make_parameter (LimnPickleMachine *machine, LimnPickleRef arguments)
{
  LimnPickleRef tensor;
  if (!get_items (machine, arguments, 1, &tensor))
    return;
  if (limn_pickle_value (machine, tensor)->kind == LIMN_PICKLE_TENSOR)
    limn_pickle_push (machine, tensor);
  else
    limn_pickle_fail (machine, LIMN_ERROR_CORRUPT, _ ("a parameter is not made of a tensor"));
}

void
limn_pickle_do_reduce (LimnPickleMachine *machine)
{
  LimnPickleRef function, arguments;
  if (!limn_pickle_pop (machine, &arguments) || !limn_pickle_pop (machine, &function))
    return;
  const LimnPickleValue *value = limn_pickle_value (machine, function);
  GlobalKind kind =
      value->kind == LIMN_PICKLE_GLOBAL ? globals[value->global].kind : GLOBAL_STORAGE;
  if (kind == GLOBAL_REBUILD_TENSOR || kind == GLOBAL_REBUILD_TENSOR_V2)
    make_tensor (machine, arguments);
  else if (kind == GLOBAL_REBUILD_PARAMETER)
    make_parameter (machine, arguments);
  else if (kind == GLOBAL_ORDERED_DICT
           && limn_pickle_value (machine, arguments)->kind == LIMN_PICKLE_TUPLE
           && limn_pickle_value (machine, arguments)->n_items == 0)
    limn_pickle_push_new (machine, LIMN_PICKLE_DICT, 0);
  else
    limn_pickle_fail (machine, LIMN_ERROR_UNSUPPORTED,
                      _ ("it calls something that cannot be called"));
}

/* Attributes of a dictionary of tensors, such as its _metadata: not needed. */
void
limn_pickle_do_build (LimnPickleMachine *machine)
{
  LimnPickleRef state;
  if (limn_pickle_pop (machine, &state))
    limn_pickle_peek (machine, LIMN_PICKLE_DICT);
}
