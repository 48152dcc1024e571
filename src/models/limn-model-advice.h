/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to draw with when a model needs more memory than there is. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * LimnModelAdvice:
 * @id: what --model takes
 * @name: for people
 */
typedef struct
{
  char *id;
  char *name;
} LimnModelAdvice;

void limn_model_advice_free (LimnModelAdvice *advice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnModelAdvice, limn_model_advice_free)

LimnModelAdvice *limn_model_advice_find (const char *name, GError **error);
void limn_model_advice_find_async (const char *name,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
LimnModelAdvice *limn_model_advice_find_finish (GAsyncResult *result, GError **error);

G_END_DECLS
