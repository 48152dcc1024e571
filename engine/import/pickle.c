/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A reader for the pickles that torch.save() makes of dictionaries of tensors.
 *
 * It runs pickle's stack machine on plain data values.  The few names that may
 * be called (see globals[]) are done here by hand; any other opcode or name
 * ends the reading.  Every opcode makes at most one value or link, so memory is
 * bounded by the pickle's length; nothing recurses.
 */
#include "config.h"

#include "pickle.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "checkpoint.h"

#define MAX_BYTES  (2 * 1024 * 1024) /* the largest published one has about 100 kB */
#define MAX_VALUES (256 * 1024)

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
} globals[] = {
  { "collections", "OrderedDict", GLOBAL_ORDERED_DICT },
  { "torch._utils", "_rebuild_tensor", GLOBAL_REBUILD_TENSOR },
  { "torch._utils", "_rebuild_tensor_v2", GLOBAL_REBUILD_TENSOR_V2 },
  { "torch._utils", "_rebuild_parameter", GLOBAL_REBUILD_PARAMETER },
  { "torch", "FloatStorage", GLOBAL_STORAGE, LIMN_NUMBER_F32 },
  { "torch", "HalfStorage", GLOBAL_STORAGE, LIMN_NUMBER_F16 },
  { "torch", "BFloat16Storage", GLOBAL_STORAGE, LIMN_NUMBER_BF16 },
  { "torch", "DoubleStorage", GLOBAL_STORAGE, LIMN_NUMBER_F64 },
  { "torch", "LongStorage", GLOBAL_STORAGE, LIMN_NUMBER_OTHER },
  { "torch", "IntStorage", GLOBAL_STORAGE, LIMN_NUMBER_OTHER },
  { "torch", "ShortStorage", GLOBAL_STORAGE, LIMN_NUMBER_OTHER },
  { "torch", "CharStorage", GLOBAL_STORAGE, LIMN_NUMBER_OTHER },
  { "torch", "ByteStorage", GLOBAL_STORAGE, LIMN_NUMBER_OTHER },
  { "torch", "BoolStorage", GLOBAL_STORAGE, LIMN_NUMBER_OTHER },
};

typedef struct
{
  LimnPickleRef item;
  guint next; /* 0 ends the chain */
} Link;

struct _LimnPickle
{
  GArray *values; /* owned: LimnPickleValue */
  GArray *links;  /* owned: Link; the first is not used */
  LimnPickleRef root;
};

typedef struct
{
  LimnPickle *pickle;
  LimnMappedFile *file;
  GError **error;
  const guint8 *data;
  gsize size;
  gsize pos;
  gsize op_pos;
  GArray *stack; /* LimnPickleRef */
  GArray *marks; /* lengths of the stack */
  GArray *memo;  /* LimnPickleRef + 1, 0 for none */
  gboolean has_failed;
} Machine;

/* ---- values -------------------------------------------------------------- */

static gboolean
fail (Machine *machine, LimnError code, const char *reason)
{
  if (!machine->has_failed)
    {
      g_autofree char *field =
          g_strdup_printf (_ ("pickle, byte %" G_GSIZE_FORMAT), machine->op_pos);
      limn_checkpoint_fail (machine->file, code, field, reason, machine->error);
    }
  machine->has_failed = TRUE;
  return FALSE;
}

static LimnPickleValue *
value_at (Machine *machine, LimnPickleRef ref)
{
  return &g_array_index (machine->pickle->values, LimnPickleValue, ref);
}

/* A new value, which is not on the stack yet. */
static LimnPickleRef
make (Machine *machine, LimnPickleKind kind)
{
  LimnPickleValue value = { .kind = kind };
  if (machine->pickle->values->len >= MAX_VALUES)
    fail (machine, LIMN_ERROR_TOO_LARGE, _ ("too many values"));
  else
    g_array_append_val (machine->pickle->values, value);
  return machine->pickle->values->len - 1;
}

static void
push (Machine *machine, LimnPickleRef ref)
{
  g_array_append_val (machine->stack, ref);
}

static LimnPickleRef
push_new (Machine *machine, LimnPickleKind kind, gint64 number)
{
  LimnPickleRef ref = make (machine, kind);
  if (machine->has_failed)
    return 0;
  value_at (machine, ref)->number = number;
  push (machine, ref);
  return ref;
}

static guint
get_floor (Machine *machine)
{
  guint n = machine->marks->len;
  return n == 0 ? 0 : g_array_index (machine->marks, guint, n - 1);
}

static gboolean
pop (Machine *machine, LimnPickleRef *ref)
{
  if (machine->has_failed)
    return FALSE;
  if (machine->stack->len <= get_floor (machine))
    return fail (machine, LIMN_ERROR_CORRUPT, _ ("the stack is empty"));
  guint n = machine->stack->len - 1;
  *ref = g_array_index (machine->stack, LimnPickleRef, n);
  g_array_set_size (machine->stack, n);
  return TRUE;
}

/* The value on top, of a kind that is expected there. */
static LimnPickleValue *
peek (Machine *machine, LimnPickleKind kind)
{
  if (machine->has_failed)
    return NULL;
  if (machine->stack->len <= get_floor (machine))
    return fail (machine, LIMN_ERROR_CORRUPT, _ ("the stack is empty")), NULL;
  guint n = machine->stack->len - 1;
  LimnPickleValue *value = value_at (machine, g_array_index (machine->stack, LimnPickleRef, n));
  if (value->kind != kind)
    return fail (machine, LIMN_ERROR_CORRUPT, _ ("a value of another kind was expected")), NULL;
  return value;
}

static void
append (Machine *machine, LimnPickleValue *value, LimnPickleRef item)
{
  GArray *links = machine->pickle->links;
  Link link = { item, 0 };
  g_array_append_val (links, link);
  guint n = links->len - 1;
  if (value->last_link == 0)
    value->first_link = n;
  else
    g_array_index (links, Link, value->last_link).next = n;
  value->last_link = n;
  value->n_items++;
}

/* ---- reading ------------------------------------------------------------- */

static const guint8 *
take (Machine *machine, gsize n)
{
  if (machine->has_failed)
    return NULL;
  if (n > machine->size - machine->pos)
    return fail (machine, LIMN_ERROR_TRUNCATED, _ ("it ends in the middle")), NULL;
  const guint8 *at = machine->data + machine->pos;
  machine->pos += n;
  return at;
}

static guint32
take_number (Machine *machine, guint n_bytes)
{
  guint32 value = 0;
  const guint8 *at = take (machine, n_bytes);
  if (at != NULL)
    memcpy (&value, at, n_bytes);
  return GUINT32_FROM_LE (value);
}

static void
take_text (Machine *machine, gsize length)
{
  const guint8 *at = take (machine, length);
  if (at == NULL)
    return;
  if (!g_utf8_validate_len ((const char *) at, length, NULL))
    {
      fail (machine, LIMN_ERROR_CORRUPT, _ ("a text is not valid UTF-8"));
      return;
    }
  LimnPickleRef ref = push_new (machine, LIMN_PICKLE_TEXT, 0);
  if (machine->has_failed)
    return;
  value_at (machine, ref)->text = (const char *) at;
  value_at (machine, ref)->text_length = (guint) length;
}

/* A line of a GLOBAL opcode, without its end. */
static const char *
take_line (Machine *machine, gsize *length)
{
  const guint8 *start = machine->data + machine->pos;
  const guint8 *end = memchr (start, '\n', machine->size - machine->pos);
  if (end == NULL)
    return fail (machine, LIMN_ERROR_TRUNCATED, _ ("it ends in the middle")), NULL;
  *length = (gsize) (end - start);
  machine->pos += *length + 1;
  return (const char *) start;
}

static gboolean
is_text (const char *text, gsize length, const char *expected)
{
  return strlen (expected) == length && memcmp (text, expected, length) == 0;
}

static void
do_global (Machine *machine)
{
  gsize module_length, name_length;
  const char *module = take_line (machine, &module_length);
  const char *name = module == NULL ? NULL : take_line (machine, &name_length);
  if (name == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (globals); i++)
    if (is_text (module, module_length, globals[i].module)
        && is_text (name, name_length, globals[i].name))
      {
        LimnPickleRef ref = push_new (machine, LIMN_PICKLE_GLOBAL, 0);
        if (!machine->has_failed)
          value_at (machine, ref)->global = i;
        return;
      }
  g_autofree char *both = g_strdup_printf ("%.*s.%.*s", (int) MIN (module_length, 64), module,
                                           (int) MIN (name_length, 64), name);
  g_autofree char *shown = g_utf8_make_valid (both, -1);
  g_autofree char *reason = g_strdup_printf (
      _ ("it wants to run “%s”. Limn reads plain tensors and runs nothing that a file names"),
      shown);
  fail (machine, LIMN_ERROR_UNSUPPORTED, reason);
}

/* A whole number of any length that fits 64 bits. */
static void
do_long (Machine *machine)
{
  guint n = take_number (machine, 1);
  const guint8 *at = take (machine, n);
  guint64 value = 0;
  if (at == NULL)
    return;
  if (n > 8)
    {
      /* torch's magic number has ten bytes; its value is checked elsewhere */
      push_new (machine, LIMN_PICKLE_FLOAT, 0);
      return;
    }
  if (n > 0 && at[n - 1] & 0x80)
    value = G_MAXUINT64;
  memcpy (&value, at, n);
  push_new (machine, LIMN_PICKLE_INT, (gint64) value);
}

/* ---- containers ---------------------------------------------------------- */

/* The last n values of the stack become a tuple. */
static void
make_tuple (Machine *machine, guint n)
{
  if (machine->stack->len - get_floor (machine) < n)
    {
      fail (machine, LIMN_ERROR_CORRUPT, _ ("the stack is empty"));
      return;
    }
  guint first = machine->stack->len - n;
  LimnPickleRef tuple = make (machine, LIMN_PICKLE_TUPLE);
  if (machine->has_failed)
    return;
  for (guint i = 0; i < n; i++)
    append (machine, value_at (machine, tuple),
            g_array_index (machine->stack, LimnPickleRef, first + i));
  g_array_set_size (machine->stack, first);
  push (machine, tuple);
}

static gboolean
pop_mark (Machine *machine, guint *first)
{
  if (machine->marks->len == 0)
    return fail (machine, LIMN_ERROR_CORRUPT, _ ("a mark is missing"));
  *first = get_floor (machine);
  g_array_set_size (machine->marks, machine->marks->len - 1);
  return TRUE;
}

static void
do_mark (Machine *machine)
{
  guint n = machine->stack->len;
  g_array_append_val (machine->marks, n);
}

static void
do_tuple (Machine *machine)
{
  guint first;
  if (pop_mark (machine, &first))
    make_tuple (machine, machine->stack->len - first);
}

/* What lies above the mark goes into the container below it. */
static void
do_fill (Machine *machine, LimnPickleKind kind)
{
  guint first;
  if (!pop_mark (machine, &first))
    return;
  guint n = machine->stack->len;
  if (first < get_floor (machine) + 1 || (kind == LIMN_PICKLE_DICT && (n - first) % 2 != 0))
    {
      fail (machine, LIMN_ERROR_CORRUPT, _ ("items without a container"));
      return;
    }
  LimnPickleValue *value =
      value_at (machine, g_array_index (machine->stack, LimnPickleRef, first - 1));
  if (value->kind != kind)
    {
      fail (machine, LIMN_ERROR_CORRUPT, _ ("a value of another kind was expected"));
      return;
    }
  for (guint i = first; i < n; i++)
    append (machine, value, g_array_index (machine->stack, LimnPickleRef, i));
  g_array_set_size (machine->stack, first);
}

static void
do_set_item (Machine *machine)
{
  LimnPickleRef key, item;
  if (!pop (machine, &item) || !pop (machine, &key))
    return;
  LimnPickleValue *dict = peek (machine, LIMN_PICKLE_DICT);
  if (dict == NULL)
    return;
  append (machine, dict, key);
  append (machine, dict, item);
}

static void
do_append (Machine *machine)
{
  LimnPickleRef item;
  if (!pop (machine, &item))
    return;
  LimnPickleValue *list = peek (machine, LIMN_PICKLE_LIST);
  if (list != NULL)
    append (machine, list, item);
}

/* ---- memo ---------------------------------------------------------------- */

static void
do_put (Machine *machine, guint32 i)
{
  if (machine->has_failed)
    return;
  if (machine->stack->len == 0 || i > MAX_VALUES)
    {
      fail (machine, LIMN_ERROR_CORRUPT, _ ("nothing to remember, or too much"));
      return;
    }
  if (i >= machine->memo->len)
    g_array_set_size (machine->memo, i + 1);
  g_array_index (machine->memo, LimnPickleRef, i) =
      g_array_index (machine->stack, LimnPickleRef, machine->stack->len - 1) + 1;
}

static void
do_get (Machine *machine, guint32 i)
{
  if (machine->has_failed)
    return;
  if (i >= machine->memo->len || g_array_index (machine->memo, LimnPickleRef, i) == 0)
    {
      fail (machine, LIMN_ERROR_CORRUPT, _ ("it refers to something that is not there"));
      return;
    }
  push (machine, g_array_index (machine->memo, LimnPickleRef, i) - 1);
}

/* ---- the things torch makes ---------------------------------------------- */

/* First items of a tuple; FALSE unless it has at least n. */
static gboolean
get_items (Machine *machine, LimnPickleRef tuple, guint n, LimnPickleRef *items)
{
  const LimnPickleValue *value = value_at (machine, tuple);
  guint link = 0;
  if (value->kind != LIMN_PICKLE_TUPLE || value->n_items < n)
    return fail (machine, LIMN_ERROR_CORRUPT, _ ("a list of another length was expected"));
  for (guint i = 0; i < n; i++)
    limn_pickle_next (machine->pickle, value, &link, &items[i]);
  return TRUE;
}

/* ("storage", class, key, place, count [, None]) */
static void
do_persistent (Machine *machine)
{
  LimnPickleRef id, items[6];
  if (!pop (machine, &id) || !get_items (machine, id, 5, items))
    return;
  const LimnPickleValue *what = value_at (machine, items[0]);
  const LimnPickleValue *type = value_at (machine, items[1]);
  const LimnPickleValue *key = value_at (machine, items[2]);
  const LimnPickleValue *count = value_at (machine, items[4]);
  if (value_at (machine, id)->n_items == 6)
    get_items (machine, id, 6, items);
  else
    items[5] = items[0];
  gboolean is_whole =
      items[5] == items[0] || value_at (machine, items[5])->kind == LIMN_PICKLE_NONE;
  if (what->kind != LIMN_PICKLE_TEXT || !is_text (what->text, what->text_length, "storage")
      || type->kind != LIMN_PICKLE_GLOBAL || globals[type->global].kind != GLOBAL_STORAGE
      || key->kind != LIMN_PICKLE_TEXT || count->kind != LIMN_PICKLE_INT || count->number < 0
      || !is_whole)
    {
      fail (machine, LIMN_ERROR_UNSUPPORTED, _ ("data of an unknown kind"));
      return;
    }
  LimnPickleValue storage = { .kind = LIMN_PICKLE_STORAGE,
                              .number = count->number,
                              .text = key->text,
                              .text_length = key->text_length,
                              .number_type = globals[type->global].number_type };
  LimnPickleRef ref = push_new (machine, LIMN_PICKLE_STORAGE, 0);
  if (!machine->has_failed)
    *value_at (machine, ref) = storage;
}

/* (storage, offset, size, stride, ...) */
static void
make_tensor (Machine *machine, LimnPickleRef arguments)
{
  LimnPickleRef items[4];
  if (!get_items (machine, arguments, 4, items))
    return;
  const LimnPickleValue *offset = value_at (machine, items[1]);
  if (value_at (machine, items[0])->kind != LIMN_PICKLE_STORAGE || offset->kind != LIMN_PICKLE_INT
      || offset->number < 0 || value_at (machine, items[2])->kind != LIMN_PICKLE_TUPLE
      || value_at (machine, items[3])->kind != LIMN_PICKLE_TUPLE)
    {
      fail (machine, LIMN_ERROR_CORRUPT, _ ("a tensor is not made of what it should be"));
      return;
    }
  LimnPickleRef ref = push_new (machine, LIMN_PICKLE_TENSOR, offset->number);
  if (machine->has_failed)
    return;
  LimnPickleValue *tensor = value_at (machine, ref);
  tensor->storage = items[0];
  tensor->size = items[2];
  tensor->stride = items[3];
}

/* (tensor, requires_grad, hooks) is that tensor */
static void
make_parameter (Machine *machine, LimnPickleRef arguments)
{
  LimnPickleRef tensor;
  if (!get_items (machine, arguments, 1, &tensor))
    return;
  if (value_at (machine, tensor)->kind == LIMN_PICKLE_TENSOR)
    push (machine, tensor);
  else
    fail (machine, LIMN_ERROR_CORRUPT, _ ("a parameter is not made of a tensor"));
}

static void
do_reduce (Machine *machine)
{
  LimnPickleRef function, arguments;
  if (!pop (machine, &arguments) || !pop (machine, &function))
    return;
  const LimnPickleValue *value = value_at (machine, function);
  GlobalKind kind =
      value->kind == LIMN_PICKLE_GLOBAL ? globals[value->global].kind : GLOBAL_STORAGE;
  if (kind == GLOBAL_REBUILD_TENSOR || kind == GLOBAL_REBUILD_TENSOR_V2)
    make_tensor (machine, arguments);
  else if (kind == GLOBAL_REBUILD_PARAMETER)
    make_parameter (machine, arguments);
  else if (kind == GLOBAL_ORDERED_DICT && value_at (machine, arguments)->kind == LIMN_PICKLE_TUPLE
           && value_at (machine, arguments)->n_items == 0)
    push_new (machine, LIMN_PICKLE_DICT, 0);
  else
    fail (machine, LIMN_ERROR_UNSUPPORTED, _ ("it calls something that cannot be called"));
}

/* Attributes of a dictionary of tensors, such as its _metadata: not needed. */
static void
do_build (Machine *machine)
{
  LimnPickleRef state;
  if (pop (machine, &state))
    peek (machine, LIMN_PICKLE_DICT);
}

/* ---- the machine --------------------------------------------------------- */

static void
do_protocol (Machine *machine)
{
  if (take_number (machine, 1) > 2 && !machine->has_failed)
    fail (machine, LIMN_ERROR_UNSUPPORTED, _ ("PyTorch writes protocol 2, this is a later one"));
}

static void
do_unknown (Machine *machine, guint8 op)
{
  g_autofree char *reason =
      g_strdup_printf (_ ("opcode 0x%02x does not belong in a file of tensors"), op);
  fail (machine, LIMN_ERROR_UNSUPPORTED, reason);
}

/* Opcodes that only push a plain value. */
static gboolean
do_plain (Machine *machine, guint8 op)
{
  switch (op)
    {
    case 'N':
      push_new (machine, LIMN_PICKLE_NONE, 0);
      return TRUE;
    case 0x88:
    case 0x89:
      push_new (machine, LIMN_PICKLE_BOOL, op == 0x88);
      return TRUE;
    case 'K':
      push_new (machine, LIMN_PICKLE_INT, take_number (machine, 1));
      return TRUE;
    case 'M':
      push_new (machine, LIMN_PICKLE_INT, take_number (machine, 2));
      return TRUE;
    case 'J':
      push_new (machine, LIMN_PICKLE_INT, (gint32) take_number (machine, 4));
      return TRUE;
    case 'G':
      take (machine, 8);
      push_new (machine, LIMN_PICKLE_FLOAT, 0);
      return TRUE;
    case 0x8a:
      do_long (machine);
      return TRUE;
    case 'X':
      take_text (machine, take_number (machine, 4));
      return TRUE;
    case '}':
      push_new (machine, LIMN_PICKLE_DICT, 0);
      return TRUE;
    case ']':
      push_new (machine, LIMN_PICKLE_LIST, 0);
      return TRUE;
    case ')':
      push_new (machine, LIMN_PICKLE_TUPLE, 0);
      return TRUE;
    case 'c':
      do_global (machine);
      return TRUE;
    default:
      return FALSE;
    }
}

/* Opcodes that use what is on the stack. */
static void
do_other (Machine *machine, guint8 op)
{
  switch (op)
    {
    case 0x80:
      do_protocol (machine);
      break;
    case '(':
      do_mark (machine);
      break;
    case 't':
      do_tuple (machine);
      break;
    case 0x85:
    case 0x86:
    case 0x87:
      make_tuple (machine, op - 0x84);
      break;
    case 'q':
      do_put (machine, take_number (machine, 1));
      break;
    case 'r':
      do_put (machine, take_number (machine, 4));
      break;
    case 'h':
      do_get (machine, take_number (machine, 1));
      break;
    case 'j':
      do_get (machine, take_number (machine, 4));
      break;
    case 's':
      do_set_item (machine);
      break;
    case 'u':
      do_fill (machine, LIMN_PICKLE_DICT);
      break;
    case 'a':
      do_append (machine);
      break;
    case 'e':
      do_fill (machine, LIMN_PICKLE_LIST);
      break;
    case 'Q':
      do_persistent (machine);
      break;
    case 'R':
      do_reduce (machine);
      break;
    case 'b':
      do_build (machine);
      break;
    default:
      do_unknown (machine, op);
    }
}

static gboolean
run (Machine *machine)
{
  while (!machine->has_failed)
    {
      machine->op_pos = machine->pos;
      const guint8 *op = take (machine, 1);
      if (op == NULL)
        break;
      if (*op == '.')
        return pop (machine, &machine->pickle->root);
      if (!do_plain (machine, *op))
        do_other (machine, *op);
    }
  return FALSE;
}

static LimnPickle *
pickle_new (void)
{
  LimnPickle *pickle = g_new0 (LimnPickle, 1);
  Link unused = { 0 };
  pickle->values = g_array_new (FALSE, TRUE, sizeof (LimnPickleValue));
  pickle->links = g_array_new (FALSE, TRUE, sizeof (Link));
  g_array_append_val (pickle->links, unused);
  return pickle;
}

/**
 * limn_pickle_read:
 * @file: for messages
 * @data: (array length=n_bytes): where the pickle starts
 * @n_read: (out): its length
 *
 * Returns: (transfer full): its values, or %NULL with @error set
 */
LimnPickle *
limn_pickle_read (LimnMappedFile *file,
                  const guint8 *data,
                  gsize n_bytes,
                  gsize *n_read,
                  GError **error)
{
  g_autoptr (LimnPickle) pickle = pickle_new ();
  Machine machine = { pickle, file, error, data, MIN (n_bytes, MAX_BYTES) };
  g_autoptr (GArray) stack = machine.stack = g_array_new (FALSE, TRUE, sizeof (LimnPickleRef));
  g_autoptr (GArray) marks = machine.marks = g_array_new (FALSE, TRUE, sizeof (guint));
  g_autoptr (GArray) memo = machine.memo = g_array_new (FALSE, TRUE, sizeof (LimnPickleRef));
  if (!run (&machine))
    return NULL;
  *n_read = machine.pos;
  return g_steal_pointer (&pickle);
}

void
limn_pickle_free (LimnPickle *pickle)
{
  if (pickle == NULL)
    return;
  g_array_unref (pickle->values);
  g_array_unref (pickle->links);
  g_free (pickle);
}

LimnPickleRef
limn_pickle_get_root (LimnPickle *pickle)
{
  return pickle->root;
}

guint
limn_pickle_get_n_values (LimnPickle *pickle)
{
  return pickle->values->len;
}

const LimnPickleValue *
limn_pickle_get (LimnPickle *pickle, LimnPickleRef ref)
{
  return &g_array_index (pickle->values, LimnPickleValue, ref);
}

gboolean
limn_pickle_next (LimnPickle *pickle,
                  const LimnPickleValue *value,
                  guint *link,
                  LimnPickleRef *item)
{
  *link = *link == 0 ? value->first_link : g_array_index (pickle->links, Link, *link).next;
  if (*link == 0)
    return FALSE;
  *item = g_array_index (pickle->links, Link, *link).item;
  return TRUE;
}

gboolean
limn_pickle_get_sizes (LimnPickle *pickle, LimnPickleRef ref, guint *n, guint64 *sizes)
{
  const LimnPickleValue *tuple = limn_pickle_get (pickle, ref);
  LimnPickleRef item;
  guint link = 0;
  if (tuple->kind != LIMN_PICKLE_TUPLE || tuple->n_items > LIMN_VIEW_MAX_DIMS)
    return FALSE;
  *n = 0;
  while (limn_pickle_next (pickle, tuple, &link, &item))
    {
      const LimnPickleValue *size = limn_pickle_get (pickle, item);
      if (size->kind != LIMN_PICKLE_INT || size->number < 0)
        return FALSE;
      sizes[(*n)++] = (guint64) size->number;
    }
  return TRUE;
}
