/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draw-memory.c: fewer pictures at once, or a smaller model, when memory is short. */
#include "config.h"

#include "cli/draw-memory.h"

#include <glib/gi18n.h>

#include "models/limn-model-advice.h"

void
limn_draw_memory_tell (LimnModel *model, guint n_pictures)
{
  LimnMemoryPlan plan;
  g_autofree char *all = NULL, *room = NULL;

  limn_model_plan_memory (model, n_pictures, &plan);
  /* with plenty of memory the engine has its own reasons for smaller batches */
  if (plan.n_at_once == 0 || plan.all_bytes <= plan.available_bytes || n_pictures == 1)
    return;
  all = g_format_size (plan.all_bytes);
  room = g_format_size (plan.available_bytes);
  g_printerr (g_dngettext (GETTEXT_PACKAGE,
                           "Drawing %u picture at a time: all together need %s of memory, and only "
                           "%s are free.\n",
                           "Drawing %u pictures at a time: all together need %s of memory, and "
                           "only %s are free.\n",
                           plan.n_at_once),
              plan.n_at_once, all, room);
}

void
limn_draw_memory_advise (const char *model_name, GError **error)
{
  g_autoptr (LimnModelAdvice) advice = NULL;
  GError *advised;

  if (error == NULL || !g_error_matches (*error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY))
    return;
  advice = limn_model_advice_find (model_name, NULL);
  if (advice == NULL)
    return;
  advised = g_error_new (LIMN_ERROR, LIMN_ERROR_NO_MEMORY, _ ("%s\n%s fits: --model %s"),
                         (*error)->message, advice->name, advice->id);
  g_clear_error (error);
  *error = advised;
}
