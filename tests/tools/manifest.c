/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads lists of generated tensors. */
#include "manifest.h"

#include <string.h>

#include "golden.h"

static void
row_clear (gpointer data)
{
  g_free (((ManifestRow *) data)->name);
}

static gboolean
parse_row (const char *line, ManifestRow *row)
{
  g_auto (GStrv) fields = g_strsplit (line, "\t", -1);
  if (g_strv_length (fields) < 5)
    return FALSE;
  g_auto (GStrv) sizes = g_strsplit (fields[4], ",", -1);
  row->n_dims = g_strv_length (sizes);
  if (row->n_dims < 1 || row->n_dims > MANIFEST_MAX_DIMS)
    return FALSE;
  for (guint i = 0; i < row->n_dims; i++)
    row->shape[i] = g_ascii_strtoull (sizes[i], NULL, 10);
  g_strlcpy (row->kind, fields[1], sizeof row->kind);
  row->e = (int) g_ascii_strtoll (fields[2], NULL, 10);
  row->offset = g_ascii_strtod (fields[3], NULL);
  row->name = g_strdup (fields[0]);
  return TRUE;
}

Manifest *
manifest_read (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (Manifest) manifest = g_new0 (Manifest, 1);
  manifest->rows = g_array_new (FALSE, TRUE, sizeof (ManifestRow));
  g_array_set_clear_func (manifest->rows, row_clear);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      ManifestRow row = { 0 };
      if (g_str_has_prefix (lines[i], "# salt\t"))
        manifest->salt = g_strdup (lines[i] + strlen ("# salt\t"));
      else if (lines[i][0] != '#' && lines[i][0] != '\0' && parse_row (lines[i], &row))
        g_array_append_val (manifest->rows, row);
    }
  if (manifest->salt == NULL || manifest->rows->len == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: not a list of tensors", path);
      return NULL;
    }
  return g_steal_pointer (&manifest);
}

void
manifest_free (Manifest *manifest)
{
  if (manifest == NULL)
    return;
  g_free (manifest->salt);
  g_array_unref (manifest->rows);
  g_free (manifest);
}

guint64
manifest_row_get_n (const ManifestRow *row)
{
  guint64 n = 1;
  for (guint i = 0; i < row->n_dims; i++)
    n *= row->shape[i];
  return n;
}

float *
manifest_row_fill (const Manifest *manifest, const ManifestRow *row)
{
  guint64 n = manifest_row_get_n (row);
  float *values = g_new (float, n);
  golden_fill (manifest->salt, row->name, row->kind, row->e, row->offset, n, values);
  return values;
}

char *
manifest_get_model_name (const char *name)
{
  static const char *const prefixes[] = { "vq.", "vqenc.", "detoker." };
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (name, prefixes[i]))
      {
        const char *rest = name + strlen (prefixes[i]);
        if (g_str_has_prefix (rest, "quantize."))
          rest += strlen ("quantize.");
        return g_strconcat ("vqgan.", rest, NULL);
      }
  return g_strdup (name);
}
