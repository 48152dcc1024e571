/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two halves of the GGUF reader share: structure and values. */
#pragma once

#include "../limn.h"
#include "gguf-format.h"
#include "gguf.h"
#include "mapped-file.h"

G_BEGIN_DECLS

/* Reads fields one after another; the first failure sets error and stays. */
typedef struct
{
  const guint8 *data;
  gsize size;
  gsize pos; /* <= size */
  const char *name;
  GError **error;
  gboolean has_failed;
} GgufCursor;

gboolean
limn_gguf_cursor_fail (GgufCursor *cursor, LimnError code, const char *field, const char *reason);
gboolean
limn_gguf_cursor_take (GgufCursor *cursor, const char *field, guint64 n_bytes, const guint8 **data);
guint32 limn_gguf_cursor_u32 (GgufCursor *cursor, const char *field);
guint64 limn_gguf_cursor_u64 (GgufCursor *cursor, const char *field);
gboolean
limn_gguf_cursor_string (GgufCursor *cursor, const char *field, const guint8 **text, gsize *length);

typedef struct
{
  guint32 type;
  guint32 item_type; /* of a list */
  guint64 n_items;
  gsize pos;      /* in the file: of a string, or of a list's first item */
  guint8 raw[8];  /* little-endian scalar */
  char *string;   /* owned, made when first asked for */
  char **strings; /* owned, one block, made when first asked for */
  guint32 *uints; /* owned, made when first asked for */
} GgufValue;

struct _LimnGguf
{
  char *name;           /* owned */
  LimnMappedFile *file; /* owned, or NULL and: */
  GBytes *bytes;        /* owned */
  const guint8 *data;   /* borrowed from either */
  gsize size;
  GHashTable *values;      /* owned: key to GgufValue */
  GHashTable *by_name;     /* owned: name to tensor */
  LimnGgufTensor *tensors; /* owned */
  guint n_tensors;
  GMutex lock; /* for what is made when first asked for */
};

G_END_DECLS
