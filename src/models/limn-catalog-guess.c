/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which known model files belong to, told by their sizes: people rename files,
 * but weights of another model have other sizes.
 */
#include "config.h"

#include "limn-catalog.h"

#include <glib/gstdio.h>

#define TOLERANCE 50   /* the catalog counts weights; a file is up to a fiftieth larger */
#define MAX_FILES 1000 /* of a folder */
#define HALF      0.5  /* of a source's bytes must be there */

static void
add_size (GArray *sizes, const char *path)
{
  GStatBuf st;

  if (sizes->len < MAX_FILES && g_stat (path, &st) == 0 && S_ISREG (st.st_mode))
    {
      goffset size = st.st_size;

      g_array_append_val (sizes, size);
    }
}

static void
add_path (GArray *sizes, const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  if (folder == NULL)
    add_size (sizes, path);
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      add_size (sizes, file);
    }
}

static gboolean
is_there (GArray *sizes, goffset about)
{
  for (guint i = 0; i < sizes->len; i++)
    {
      goffset size = g_array_index (sizes, goffset, i);

      if (size >= about && size - about <= about / TOLERANCE)
        return TRUE;
    }
  return FALSE;
}

/* Bytes of a model's source that the files could be; the best source counts. */
static goffset
count_bytes (const LimnCatalogModel *model, GArray *sizes)
{
  goffset most = 0;

  for (guint i = 0; i < model->sources->len; i++)
    {
      const LimnCatalogSource *source = model->sources->pdata[i];
      goffset n_bytes = 0;

      for (guint j = 0; j < source->files->len; j++)
        {
          const LimnCatalogFile *file = source->files->pdata[j];

          n_bytes += is_there (sizes, file->about_bytes) ? file->about_bytes : 0;
        }
      if ((double) n_bytes >= HALF * (double) limn_catalog_source_get_bytes (source))
        most = MAX (most, n_bytes);
    }
  return most;
}

/**
 * limn_catalog_guess_model:
 * @paths: %NULL-terminated files and folders
 *
 * Returns: (nullable): the model that most of the bytes speak for, %NULL when
 *   none does, or two do alike
 */
const LimnCatalogModel *
limn_catalog_guess_model (LimnCatalog *catalog, const char *const *paths)
{
  g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (goffset));
  const LimnCatalogModel *best = NULL;
  goffset most = 0;

  for (guint i = 0; paths[i] != NULL; i++)
    add_path (sizes, paths[i]);
  for (guint i = 0; i < limn_catalog_get_n_models (catalog); i++)
    {
      const LimnCatalogModel *model = limn_catalog_get_model (catalog, i);
      goffset n_bytes = count_bytes (model, sizes);

      if (n_bytes > most)
        best = model;
      else if (n_bytes == most && n_bytes > 0)
        best = NULL;
      most = MAX (most, n_bytes);
    }
  return best;
}
