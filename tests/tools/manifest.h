/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of generated tensors (*tensors.tsv of the reference vectors). */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MANIFEST_MAX_DIMS 4

typedef struct
{
  char *name;   /* owned */
  char kind[8]; /* "lin" or "norm" */
  int e;
  double offset;
  guint n_dims;
  guint64 shape[MANIFEST_MAX_DIMS];
} ManifestRow;

typedef struct
{
  char *salt;   /* owned */
  GArray *rows; /* owned: ManifestRow */
} Manifest;

Manifest *manifest_read (const char *path, GError **error);
void manifest_free (Manifest *manifest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Manifest, manifest_free)

guint64 manifest_row_get_n (const ManifestRow *row);
/* The row's numbers. */
float *manifest_row_fill (const Manifest *manifest, const ManifestRow *row);

/* The name in a model file of a tensor of a list: "vq." and "detoker." are "vqgan." there. */
char *manifest_get_model_name (const char *name);

G_END_DECLS
