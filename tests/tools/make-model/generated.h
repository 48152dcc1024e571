/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Models of generated numbers: sizes from a preset, every number from the
 * generator of the reference vectors, in any order of the axes.
 */
#pragma once

#include "engine/model/model-layout.h"

G_BEGIN_DECLS

typedef struct
{
  LimnSlot slot;    /* name and shape in the model file */
  char *stream;     /* owned: name that the numbers are generated from */
  const char *salt; /* borrowed */
  gboolean is_norm; /* kind "norm", else "lin" */
  int e;
  double offset;
} GeneratedTensor;

typedef struct
{
  LimnModel *model; /* owned: sizes only */
  GArray *tensors;  /* owned: GeneratedTensor, in the order of the model file */
  char *name;       /* owned */
  char *text_salt;  /* owned */
  char *vqgan_salt; /* owned */
  LimnModelPart parts;
  gboolean is_zip64; /* see zip_writer_new() */
} Generated;

/* preset: tiny, mini, mega or starter.  salt: of the text model, NULL for the
 * reference set's; list: a *tensors.tsv that replaces rules and salt, or NULL. */
Generated *generated_new (const char *preset,
                          LimnModelPart parts,
                          const char *salt,
                          const char *vqgan_salt,
                          const char *list,
                          GError **error);
void generated_free (Generated *generated);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Generated, generated_free)

/* Takes some numbers; FALSE with an error stops. */
typedef gboolean (*GeneratedSink) (gpointer data, const float *values, gsize n, GError **error);

/* All numbers of a tensor, the axes in this order (order[i] is an axis of the shape). */
gboolean generated_emit (const GeneratedTensor *tensor,
                         const guint *order,
                         GeneratedSink sink,
                         gpointer data,
                         GError **error);

/* The formats; path is a file for GGUF, a folder for the others. */
gboolean make_gguf (Generated *generated, LimnType type, const char *path, GError **error);
gboolean make_torch (Generated *generated, LimnType type, const char *folder, GError **error);
gboolean make_flax (Generated *generated, LimnType type, const char *folder, GError **error);
/* config.json, vocab.json, merges.txt into a folder. */
gboolean make_settings (Generated *generated, const char *folder, GError **error);
/* A vocabulary of bytes and of words that no text becomes; no merges. */
GPtrArray *make_tokens (guint n);

G_END_DECLS
