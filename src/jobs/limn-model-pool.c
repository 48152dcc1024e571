/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One opened model, shared by the worker threads.  A file that was replaced
 * since is opened again.  Finding files is LimnModelStore's.
 */
#include "limn-model-pool.h"

#include "models/limn-model-store.h"

#include <glib/gstdio.h>

static GMutex lock; /* guards the four below */
static LimnModel *kept_model;
static char *kept_path;
static gint64 kept_mtime;
static gint64 kept_size;

static gboolean
is_kept (const char *path, const GStatBuf *info)
{
  return kept_model != NULL && g_strcmp0 (kept_path, path) == 0
         && kept_mtime == (gint64) info->st_mtime && kept_size == (gint64) info->st_size;
}

static void
keep (const char *path, const GStatBuf *info, LimnModel *model)
{
  g_clear_pointer (&kept_model, limn_model_unref);
  g_free (kept_path);
  kept_model = limn_model_ref (model);
  kept_path = g_strdup (path);
  kept_mtime = (gint64) info->st_mtime;
  kept_size = (gint64) info->st_size;
}

/**
 * limn_model_pool_open:
 * @name: (nullable): as for limn_model_store_find_named(): the window has no other
 *   models than those of the list, and pictures from anywhere tell it names
 *
 * Returns: (transfer full): the model; may take a moment, so not for the main thread
 */
LimnModel *
limn_model_pool_open (const char *name, GError **error)
{
  g_autofree char *path = limn_model_store_find_named (name, error);
  LimnModel *model = NULL;
  GStatBuf info = { 0 };

  if (path == NULL)
    return NULL;
  g_stat (path, &info);
  g_mutex_lock (&lock);
  if (is_kept (path, &info))
    model = limn_model_ref (kept_model);
  else if ((model = limn_model_open (path, error)) != NULL)
    keep (path, &info, model);
  g_mutex_unlock (&lock);
  return model;
}

void
limn_model_pool_clear (void)
{
  g_mutex_lock (&lock);
  g_clear_pointer (&kept_model, limn_model_unref);
  g_clear_pointer (&kept_path, g_free);
  g_mutex_unlock (&lock);
}
