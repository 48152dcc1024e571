/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NumPy's .npy files, version 1.0, C order, as tests and developer tools need them. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define NPY_MAX_DIMS 4

typedef struct
{
  guint n_dims;
  gsize shape[NPY_MAX_DIMS];
  gsize n;        /* numbers in all */
  double *values; /* (n), owned; whatever the type in the file was */
} NpyArray;

/* Reads float32, float64, uint8 or int32/int64 arrays. */
gboolean npy_read (const char *path, NpyArray *array, GError **error);
void npy_clear (NpyArray *array);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NpyArray, npy_clear)

gboolean npy_write_floats (const char *path,
                           const float *values,
                           guint n_dims,
                           const gsize *shape,
                           GError **error);
gboolean npy_write_ids (const char *path, const guint32 *ids, gsize n, GError **error);

G_END_DECLS
