/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See limn-model-advice.h.  Whether a model fits is the engine's to say. */
#include "config.h"

#include "limn-model-advice.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "limn-model-store.h"
#include "limn.h"

#define DRAWING_PARTS (LIMN_MODEL_PART_TEXT | LIMN_MODEL_PART_TOKENIZER | LIMN_MODEL_PART_DECODER)

void
limn_model_advice_free (LimnModelAdvice *advice)
{
  if (advice == NULL)
    return;
  g_free (advice->id);
  g_free (advice->name);
  g_free (advice);
}

/* Advice for the model of a file, or NULL when it cannot draw now. */
static LimnModelAdvice *
try_file (const LimnModelFile *file)
{
  g_autoptr (LimnModel) model = limn_model_open (file->path, NULL);
  const LimnModelInfo *info;
  LimnModelAdvice *advice;
  LimnMemoryPlan plan;

  if (model == NULL)
    return NULL;
  info = limn_model_get_info (model);
  limn_model_plan_memory (model, 1, &plan);
  if ((info->parts & DRAWING_PARTS) != DRAWING_PARTS || plan.n_at_once == 0)
    return NULL;
  advice = g_new0 (LimnModelAdvice, 1);
  advice->id = g_strdup (file->id);
  advice->name = g_strdup (*info->name != '\0' ? info->name : file->id);
  return advice;
}

static int
compare_sizes (gconstpointer a, gconstpointer b)
{
  guint64 one = (*(const LimnModelFile *const *) a)->size_bytes;
  guint64 two = (*(const LimnModelFile *const *) b)->size_bytes;

  return one < two ? 1 : one > two ? -1 : 0;
}

/**
 * limn_model_advice_find:
 * @name: (nullable): the model that needs too much, as for limn_model_store_find()
 *
 * Opens models, which takes a moment.
 *
 * Returns: (transfer full): the largest smaller model that is here and fits the
 *   memory that is free now, or %NULL with @error set
 */
LimnModelAdvice *
limn_model_advice_find (const char *name, GError **error)
{
  g_autoptr (GPtrArray) files = limn_model_store_list ();
  g_autofree char *path = limn_model_store_find (name, error);
  GStatBuf st = { 0 };

  if (path == NULL)
    return NULL;
  g_stat (path, &st);
  g_ptr_array_sort (files, compare_sizes);
  for (guint i = 0; i < files->len; i++)
    {
      const LimnModelFile *file = files->pdata[i];
      LimnModelAdvice *advice = file->size_bytes < (guint64) st.st_size ? try_file (file) : NULL;

      if (advice != NULL)
        return advice;
    }
  g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_MISSING,
                       _ ("No smaller model that fits is on this computer."));
  return NULL;
}

static void
find_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  LimnModelAdvice *advice = limn_model_advice_find (data, &error);

  if (advice != NULL)
    g_task_return_pointer (task, advice, (GDestroyNotify) limn_model_advice_free);
  else
    g_task_return_error (task, error);
}

/**
 * limn_model_advice_find_async:
 *
 * limn_model_advice_find() on a thread of its own.
 */
void
limn_model_advice_find_async (const char *name,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdup (name), g_free);
  g_task_run_in_thread (task, find_in_thread);
}

LimnModelAdvice *
limn_model_advice_find_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
