/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GGUF version 3: a bounded, memory-mapped reader and a streaming writer.
 * The reader refuses every file that contradicts itself; what it hands out
 * always lies inside the mapping.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LIMN_GGUF_MAX_DIMS  4
#define LIMN_GGUF_ALIGNMENT 64 /* of what we write: one line of the processor's cache */

typedef enum /* numbers of the format */
{
  LIMN_GGUF_F32 = 0,
  LIMN_GGUF_F16 = 1,
  LIMN_GGUF_I8 = 24,
  LIMN_GGUF_BF16 = 30,
} LimnGgufType;

typedef struct
{
  const char *name;  /* borrowed from the reader */
  LimnGgufType type; /* may be one of the format's many others: check before use */
  guint n_dims;
  guint64 shape[LIMN_GGUF_MAX_DIMS]; /* outermost first, as in C; GGUF stores it reversed */
  const void *data;                  /* inside the mapping, aligned */
  guint64 n_bytes;                   /* 0 for a type whose size is not known here */
} LimnGgufTensor;

/* Bytes of one element, 0 for a type that Limn has no use for. */
guint limn_gguf_type_get_bytes (LimnGgufType type);
const char *limn_gguf_type_get_name (LimnGgufType type); /* "F16"; "type 12" for others */

typedef struct _LimnGguf LimnGguf;

LimnGguf *limn_gguf_open (const char *path, GError **error);
LimnGguf *limn_gguf_new_from_bytes (GBytes *bytes, const char *name, GError **error);
void limn_gguf_free (LimnGguf *gguf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnGguf, limn_gguf_free)

/* FALSE once the file on the disk is not what was opened any more; until then
 * everything that was read is right.  One fstat(). */
gboolean limn_gguf_check (LimnGguf *gguf, GError **error);
/* What has been read of a tensor may leave the memory; it is read again when it is needed. */
void limn_gguf_forget (LimnGguf *gguf, const LimnGgufTensor *tensor);
const char *limn_gguf_get_name (LimnGguf *gguf); /* of the file, for messages */
guint64 limn_gguf_get_size_bytes (LimnGguf *gguf);
guint limn_gguf_get_n_tensors (LimnGguf *gguf);
const LimnGgufTensor *limn_gguf_get_tensor (LimnGguf *gguf, guint i);
const LimnGgufTensor *limn_gguf_find_tensor (LimnGguf *gguf, const char *name);

/* Metadata: each returns FALSE (and sets error, if given) when the key is
 * missing or of another type; integers of any width are accepted where they fit. */
gboolean limn_gguf_has_key (LimnGguf *gguf, const char *key);
gboolean limn_gguf_get_uint (LimnGguf *gguf, const char *key, guint32 *value, GError **error);
gboolean limn_gguf_get_double (LimnGguf *gguf, const char *key, double *value, GError **error);
const char *limn_gguf_get_string (LimnGguf *gguf, const char *key, GError **error);
const char *const *
limn_gguf_get_strings (LimnGguf *gguf, const char *key, gsize *n, GError **error);
const guint32 *limn_gguf_get_uints (LimnGguf *gguf, const char *key, gsize *n, GError **error);

typedef struct _LimnGgufWriter LimnGgufWriter;

LimnGgufWriter *limn_gguf_writer_new (void);
void limn_gguf_writer_free (LimnGgufWriter *writer); /* removes an unfinished file */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnGgufWriter, limn_gguf_writer_free)

void limn_gguf_writer_set_uint (LimnGgufWriter *writer, const char *key, guint32 value);
void limn_gguf_writer_set_float (LimnGgufWriter *writer, const char *key, float value);
void limn_gguf_writer_set_string (LimnGgufWriter *writer, const char *key, const char *value);
void limn_gguf_writer_set_strings (LimnGgufWriter *writer,
                                   const char *key,
                                   const char *const *values,
                                   gsize n);
void limn_gguf_writer_set_uints (LimnGgufWriter *writer,
                                 const char *key,
                                 const guint32 *values,
                                 gsize n);
/* Declares a tensor; data follows in the same order. */
void limn_gguf_writer_add_tensor (LimnGgufWriter *writer,
                                  const char *name,
                                  LimnGgufType type,
                                  guint n_dims,
                                  const guint64 *shape);
/* Writes header and metadata to an invisible file beside path. */
gboolean limn_gguf_writer_begin (LimnGgufWriter *writer, const char *path, GError **error);
/* Appends data of the current tensor; any number of calls; moves on when it is full. */
gboolean
limn_gguf_writer_write (LimnGgufWriter *writer, const void *data, gsize n_bytes, GError **error);
/* Reads what has been written so far, the rest as zeros; before finish. */
LimnGguf *limn_gguf_writer_reopen (LimnGgufWriter *writer, GError **error);
/* fsync, then the file appears under its name, whole. */
gboolean limn_gguf_writer_finish (LimnGgufWriter *writer, GError **error);

G_END_DECLS
