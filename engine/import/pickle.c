/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A reader for the pickles that torch.save() makes of dictionaries of tensors.
 *
 * It runs pickle's stack machine on plain data values.  The few names that may
 * be called are done by hand in pickle-torch.c; any other opcode or name ends
 * the reading.  Every opcode makes at most one value or link, so memory is
 * bounded by the pickle's length; nothing recurses.
 */
#include "config.h"

#include "pickle-machine.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "checkpoint.h"

#define MAX_BYTES  (2 * 1024 * 1024) /* the largest published one has about 100 kB */
#define MAX_VALUES (256 * 1024)

/* ---- values -------------------------------------------------------------- */

gboolean
limn_pickle_fail (LimnPickleMachine *machine, LimnError code, const char *reason)
{
  if (!machine->has_failed)
    {
      g_autofree char *position = g_strdup_printf ("%" G_GSIZE_FORMAT, machine->op_pos);
      g_autofree char *field = g_strdup_printf (_ ("pickle, byte %s"), position);

      limn_checkpoint_fail (machine->file, code, field, reason, machine->error);
    }
  machine->has_failed = TRUE;
  return FALSE;
}

LimnPickleValue *
limn_pickle_value (LimnPickleMachine *machine, LimnPickleRef ref)
{
  return &g_array_index (machine->pickle->values, LimnPickleValue, ref);
}

/* A new value, which is not on the stack yet. */
static LimnPickleRef
make (LimnPickleMachine *machine, LimnPickleKind kind)
{
  LimnPickleValue value = { .kind = kind };
  if (machine->pickle->values->len >= MAX_VALUES)
    limn_pickle_fail (machine, LIMN_ERROR_TOO_LARGE, _ ("too many values"));
  else
    g_array_append_val (machine->pickle->values, value);
  return machine->pickle->values->len - 1;
}

void
limn_pickle_push (LimnPickleMachine *machine, LimnPickleRef ref)
{
  g_array_append_val (machine->stack, ref);
}

LimnPickleRef
limn_pickle_push_new (LimnPickleMachine *machine, LimnPickleKind kind, gint64 number)
{
  LimnPickleRef ref = make (machine, kind);
  if (machine->has_failed)
    return 0;
  limn_pickle_value (machine, ref)->number = number;
  limn_pickle_push (machine, ref);
  return ref;
}

static guint
get_floor (LimnPickleMachine *machine)
{
  guint n = machine->marks->len;
  return n == 0 ? 0 : g_array_index (machine->marks, guint, n - 1);
}

gboolean
limn_pickle_pop (LimnPickleMachine *machine, LimnPickleRef *ref)
{
  if (machine->has_failed)
    return FALSE;
  if (machine->stack->len <= get_floor (machine))
    return limn_pickle_fail (machine, LIMN_ERROR_CORRUPT, _ ("the stack is empty"));
  guint n = machine->stack->len - 1;
  *ref = g_array_index (machine->stack, LimnPickleRef, n);
  g_array_set_size (machine->stack, n);
  return TRUE;
}

/* The value on top, of a kind that is expected there. */
LimnPickleValue *
limn_pickle_peek (LimnPickleMachine *machine, LimnPickleKind kind)
{
  if (machine->has_failed)
    return NULL;
  if (machine->stack->len <= get_floor (machine))
    return limn_pickle_fail (machine, LIMN_ERROR_CORRUPT, _ ("the stack is empty")), NULL;
  guint n = machine->stack->len - 1;
  LimnPickleValue *value =
      limn_pickle_value (machine, g_array_index (machine->stack, LimnPickleRef, n));
  if (value->kind != kind)
    return limn_pickle_fail (machine, LIMN_ERROR_CORRUPT,
                             _ ("a value of another kind was expected")),
           NULL;
  return value;
}

static void
append (LimnPickleMachine *machine, LimnPickleValue *value, LimnPickleRef item)
{
  GArray *links = machine->pickle->links;
  LimnPickleLink link = { item, 0 };
  g_array_append_val (links, link);
  guint n = links->len - 1;
  if (value->last_link == 0)
    value->first_link = n;
  else
    g_array_index (links, LimnPickleLink, value->last_link).next = n;
  value->last_link = n;
  value->n_items++;
}

/* ---- reading ------------------------------------------------------------- */

static const guint8 *
take (LimnPickleMachine *machine, gsize n)
{
  if (machine->has_failed)
    return NULL;
  if (n > machine->size - machine->pos)
    return limn_pickle_fail (machine, LIMN_ERROR_TRUNCATED, _ ("it ends in the middle")), NULL;
  const guint8 *at = machine->data + machine->pos;
  machine->pos += n;
  return at;
}

static guint32
take_number (LimnPickleMachine *machine, guint n_bytes)
{
  guint32 value = 0;
  const guint8 *at = take (machine, n_bytes);
  if (at != NULL)
    memcpy (&value, at, n_bytes);
  return GUINT32_FROM_LE (value);
}

static void
take_text (LimnPickleMachine *machine, gsize length)
{
  const guint8 *at = take (machine, length);
  if (at == NULL)
    return;
  if (!g_utf8_validate_len ((const char *) at, length, NULL))
    {
      limn_pickle_fail (machine, LIMN_ERROR_CORRUPT, _ ("a text is not valid UTF-8"));
      return;
    }
  LimnPickleRef ref = limn_pickle_push_new (machine, LIMN_PICKLE_TEXT, 0);
  if (machine->has_failed)
    return;
  limn_pickle_value (machine, ref)->text = (const char *) at;
  limn_pickle_value (machine, ref)->text_length = (guint) length;
}

/* A line of a GLOBAL opcode, without its end. */
static const char *
take_line (LimnPickleMachine *machine, gsize *length)
{
  const guint8 *start = machine->data + machine->pos;
  const guint8 *end = memchr (start, '\n', machine->size - machine->pos);
  if (end == NULL)
    return limn_pickle_fail (machine, LIMN_ERROR_TRUNCATED, _ ("it ends in the middle")), NULL;
  *length = (gsize) (end - start);
  machine->pos += *length + 1;
  return (const char *) start;
}

static void
do_global (LimnPickleMachine *machine)
{
  gsize module_length, name_length;
  const char *module = take_line (machine, &module_length);
  const char *name = module == NULL ? NULL : take_line (machine, &name_length);
  if (name == NULL)
    return;
  int global = limn_pickle_find_global (module, module_length, name, name_length);
  if (global >= 0)
    {
      LimnPickleRef ref = limn_pickle_push_new (machine, LIMN_PICKLE_GLOBAL, 0);
      if (!machine->has_failed)
        limn_pickle_value (machine, ref)->global = (guint) global;
      return;
    }
  g_autofree char *both = g_strdup_printf ("%.*s.%.*s", (int) MIN (module_length, 64), module,
                                           (int) MIN (name_length, 64), name);
  g_autofree char *shown = g_utf8_make_valid (both, -1);
  g_autofree char *reason = g_strdup_printf (
      _ ("it wants to run “%s”. Limn reads plain tensors and runs nothing that a file names"),
      shown);
  limn_pickle_fail (machine, LIMN_ERROR_UNSUPPORTED, reason);
}

/* A whole number of any length that fits 64 bits. */
static void
do_long (LimnPickleMachine *machine)
{
  guint n = take_number (machine, 1);
  const guint8 *at = take (machine, n);
  guint64 value = 0;
  if (at == NULL)
    return;
  if (n > 8)
    {
      /* torch's magic number has ten bytes; its value is checked elsewhere */
      limn_pickle_push_new (machine, LIMN_PICKLE_FLOAT, 0);
      return;
    }
  if (n > 0 && at[n - 1] & 0x80)
    value = G_MAXUINT64;
  memcpy (&value, at, n);
  limn_pickle_push_new (machine, LIMN_PICKLE_INT, (gint64) value);
}

/* ---- containers ---------------------------------------------------------- */

/* The last n values of the stack become a tuple. */
static void
make_tuple (LimnPickleMachine *machine, guint n)
{
  if (machine->stack->len - get_floor (machine) < n)
    {
      limn_pickle_fail (machine, LIMN_ERROR_CORRUPT, _ ("the stack is empty"));
      return;
    }
  guint first = machine->stack->len - n;
  LimnPickleRef tuple = make (machine, LIMN_PICKLE_TUPLE);
  if (machine->has_failed)
    return;
  for (guint i = 0; i < n; i++)
    append (machine, limn_pickle_value (machine, tuple),
            g_array_index (machine->stack, LimnPickleRef, first + i));
  g_array_set_size (machine->stack, first);
  limn_pickle_push (machine, tuple);
}

static gboolean
pop_mark (LimnPickleMachine *machine, guint *first)
{
  if (machine->marks->len == 0)
    return limn_pickle_fail (machine, LIMN_ERROR_CORRUPT, _ ("a mark is missing"));
  *first = get_floor (machine);
  g_array_set_size (machine->marks, machine->marks->len - 1);
  return TRUE;
}

static void
do_mark (LimnPickleMachine *machine)
{
  guint n = machine->stack->len;
  g_array_append_val (machine->marks, n);
}

static void
do_tuple (LimnPickleMachine *machine)
{
  guint first;
  if (pop_mark (machine, &first))
    make_tuple (machine, machine->stack->len - first);
}

/* What lies above the mark goes into the container below it. */
static void
do_fill (LimnPickleMachine *machine, LimnPickleKind kind)
{
  guint first;
  if (!pop_mark (machine, &first))
    return;
  guint n = machine->stack->len;
  if (first < get_floor (machine) + 1 || (kind == LIMN_PICKLE_DICT && (n - first) % 2 != 0))
    {
      limn_pickle_fail (machine, LIMN_ERROR_CORRUPT, _ ("items without a container"));
      return;
    }
  LimnPickleValue *value =
      limn_pickle_value (machine, g_array_index (machine->stack, LimnPickleRef, first - 1));
  if (value->kind != kind)
    {
      limn_pickle_fail (machine, LIMN_ERROR_CORRUPT, _ ("a value of another kind was expected"));
      return;
    }
  for (guint i = first; i < n; i++)
    append (machine, value, g_array_index (machine->stack, LimnPickleRef, i));
  g_array_set_size (machine->stack, first);
}

static void
do_set_item (LimnPickleMachine *machine)
{
  LimnPickleRef key, item;
  if (!limn_pickle_pop (machine, &item) || !limn_pickle_pop (machine, &key))
    return;
  LimnPickleValue *dict = limn_pickle_peek (machine, LIMN_PICKLE_DICT);
  if (dict == NULL)
    return;
  append (machine, dict, key);
  append (machine, dict, item);
}

static void
do_append (LimnPickleMachine *machine)
{
  LimnPickleRef item;
  if (!limn_pickle_pop (machine, &item))
    return;
  LimnPickleValue *list = limn_pickle_peek (machine, LIMN_PICKLE_LIST);
  if (list != NULL)
    append (machine, list, item);
}

/* ---- memo ---------------------------------------------------------------- */

static void
do_put (LimnPickleMachine *machine, guint32 i)
{
  if (machine->has_failed)
    return;
  if (machine->stack->len == 0 || i > MAX_VALUES)
    {
      limn_pickle_fail (machine, LIMN_ERROR_CORRUPT, _ ("nothing to remember, or too much"));
      return;
    }
  if (i >= machine->memo->len)
    g_array_set_size (machine->memo, i + 1);
  g_array_index (machine->memo, LimnPickleRef, i) =
      g_array_index (machine->stack, LimnPickleRef, machine->stack->len - 1) + 1;
}

static void
do_get (LimnPickleMachine *machine, guint32 i)
{
  if (machine->has_failed)
    return;
  if (i >= machine->memo->len || g_array_index (machine->memo, LimnPickleRef, i) == 0)
    {
      limn_pickle_fail (machine, LIMN_ERROR_CORRUPT,
                        _ ("it refers to something that is not there"));
      return;
    }
  limn_pickle_push (machine, g_array_index (machine->memo, LimnPickleRef, i) - 1);
}

/* ---- the machine --------------------------------------------------------- */

static void
do_protocol (LimnPickleMachine *machine)
{
  if (take_number (machine, 1) > 2 && !machine->has_failed)
    limn_pickle_fail (machine, LIMN_ERROR_UNSUPPORTED,
                      _ ("PyTorch writes protocol 2, this is a later one"));
}

static void
do_unknown (LimnPickleMachine *machine, guint8 op)
{
  g_autofree char *reason =
      g_strdup_printf (_ ("opcode 0x%02x does not belong in a file of tensors"), op);
  limn_pickle_fail (machine, LIMN_ERROR_UNSUPPORTED, reason);
}

/* Opcodes that only push a plain value. */
static gboolean
do_plain (LimnPickleMachine *machine, guint8 op)
{
  switch (op)
    {
    case 'N':
      limn_pickle_push_new (machine, LIMN_PICKLE_NONE, 0);
      return TRUE;
    case 0x88:
    case 0x89:
      limn_pickle_push_new (machine, LIMN_PICKLE_BOOL, op == 0x88);
      return TRUE;
    case 'K':
      limn_pickle_push_new (machine, LIMN_PICKLE_INT, take_number (machine, 1));
      return TRUE;
    case 'M':
      limn_pickle_push_new (machine, LIMN_PICKLE_INT, take_number (machine, 2));
      return TRUE;
    case 'J':
      limn_pickle_push_new (machine, LIMN_PICKLE_INT, (gint32) take_number (machine, 4));
      return TRUE;
    case 'G':
      take (machine, 8);
      limn_pickle_push_new (machine, LIMN_PICKLE_FLOAT, 0);
      return TRUE;
    case 0x8a:
      do_long (machine);
      return TRUE;
    case 'X':
      take_text (machine, take_number (machine, 4));
      return TRUE;
    case '}':
      limn_pickle_push_new (machine, LIMN_PICKLE_DICT, 0);
      return TRUE;
    case ']':
      limn_pickle_push_new (machine, LIMN_PICKLE_LIST, 0);
      return TRUE;
    case ')':
      limn_pickle_push_new (machine, LIMN_PICKLE_TUPLE, 0);
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
do_other (LimnPickleMachine *machine, guint8 op)
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
      limn_pickle_do_persistent (machine);
      break;
    case 'R':
      limn_pickle_do_reduce (machine);
      break;
    case 'b':
      limn_pickle_do_build (machine);
      break;
    default:
      do_unknown (machine, op);
    }
}

static gboolean
run (LimnPickleMachine *machine)
{
  while (!machine->has_failed)
    {
      machine->op_pos = machine->pos;
      const guint8 *op = take (machine, 1);
      if (op == NULL)
        break;
      if (*op == '.')
        return limn_pickle_pop (machine, &machine->pickle->root);
      if (!do_plain (machine, *op))
        do_other (machine, *op);
    }
  return FALSE;
}

static LimnPickle *
pickle_new (void)
{
  LimnPickle *pickle = g_new0 (LimnPickle, 1);
  LimnPickleLink unused = { 0 };
  pickle->values = g_array_new (FALSE, TRUE, sizeof (LimnPickleValue));
  pickle->links = g_array_new (FALSE, TRUE, sizeof (LimnPickleLink));
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
  LimnPickleMachine machine = { pickle, file, error, data, MIN (n_bytes, MAX_BYTES) };
  machine.stack = g_array_new (FALSE, TRUE, sizeof (LimnPickleRef));
  machine.marks = g_array_new (FALSE, TRUE, sizeof (guint));
  machine.memo = g_array_new (FALSE, TRUE, sizeof (LimnPickleRef));
  gboolean is_read = run (&machine);
  g_array_unref (machine.stack);
  g_array_unref (machine.marks);
  g_array_unref (machine.memo);
  if (!is_read)
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
  *link =
      *link == 0 ? value->first_link : g_array_index (pickle->links, LimnPickleLink, *link).next;
  if (*link == 0)
    return FALSE;
  *item = g_array_index (pickle->links, LimnPickleLink, *link).item;
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
