/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The unfinished model file, opened as drawing will open it: that checks it
 * once, and the preview map is fitted on its decoder.
 */
#include "config.h"

#include "import-private.h"

#include "../tensor/compute.h"
#include "../vqgan/preview.h"

#define SCRATCH_BYTES 0 /* the decoder brings its own */

LimnModel *
limn_import_reopen (LimnGgufWriter *writer, GError **error)
{
  LimnGguf *gguf = limn_gguf_writer_reopen (writer, error);
  if (gguf == NULL)
    return NULL;
  g_autofree char *name = g_strdup (limn_gguf_get_name (gguf));
  return limn_model_new_from_gguf (gguf, name, error);
}

static gboolean
fit (LimnImport *import, LimnGgufWriter *writer, float *weight, float *bias, GError **error)
{
  g_autoptr (LimnModel) model = limn_import_reopen (writer, error);
  if (model == NULL)
    return FALSE;
  g_autoptr (LimnCompute) compute = limn_compute_new (0, SCRATCH_BYTES, error);
  return compute != NULL
         && limn_preview_fit (model, compute, model->preview_pixels, weight, bias,
                              import->cancellable, error);
}

gboolean
limn_import_write_preview (LimnImport *import, LimnGgufWriter *writer, GError **error)
{
  guint n_rows = import->model->preview.n_rows;
  gsize n = (gsize) n_rows * import->model->preview.n_cols;
  g_autofree float *weight = g_new0 (float, n);
  g_autofree float *bias = g_new0 (float, n_rows);
  return fit (import, writer, weight, bias, error)
         && limn_gguf_writer_write (writer, weight, n * sizeof (float), error)
         && limn_gguf_writer_write (writer, bias, n_rows * sizeof (float), error);
}
