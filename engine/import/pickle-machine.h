/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stack machine of a pickle, as pickle.c and pickle-torch.c share it. */
#pragma once

#include <string.h>

#include "../limn.h"
#include "pickle.h"

G_BEGIN_DECLS

typedef struct
{
  LimnPickleRef item;
  guint next; /* 0 ends the chain */
} LimnPickleLink;

struct _LimnPickle
{
  GArray *values; /* owned: LimnPickleValue */
  GArray *links;  /* owned: LimnPickleLink; the first is not used */
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
} LimnPickleMachine;

/* Sets the error, once; always FALSE. */
gboolean limn_pickle_fail (LimnPickleMachine *machine, LimnError code, const char *reason);
LimnPickleValue *limn_pickle_value (LimnPickleMachine *machine, LimnPickleRef ref);
void limn_pickle_push (LimnPickleMachine *machine, LimnPickleRef ref);
LimnPickleRef limn_pickle_push_new (LimnPickleMachine *machine, LimnPickleKind kind, gint64 number);
gboolean limn_pickle_pop (LimnPickleMachine *machine, LimnPickleRef *ref);
/* The value on top, NULL unless it is of that kind. */
LimnPickleValue *limn_pickle_peek (LimnPickleMachine *machine, LimnPickleKind kind);

static inline gboolean
limn_pickle_is_text (const char *text, gsize length, const char *expected)
{
  return strlen (expected) == length && memcmp (text, expected, length) == 0;
}

/* Number of a name in the fixed list, or -1. */
int limn_pickle_find_global (const char *module,
                             gsize module_length,
                             const char *name,
                             gsize name_length);
void limn_pickle_do_persistent (LimnPickleMachine *machine);
void limn_pickle_do_reduce (LimnPickleMachine *machine);
void limn_pickle_do_build (LimnPickleMachine *machine);

G_END_DECLS
