/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnTrial: the memory and time a model will need on this computer. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * LimnTrial:
 * @memory_bytes: weights and what is allocated while drawing
 * @available_bytes: free on this computer now
 * @fits: whether at least one picture at a time can be drawn
 * @seconds: for @n_pictures, or -1 when that could not be measured
 */
typedef struct
{
  char *model_name;
  guint64 memory_bytes;
  guint64 available_bytes;
  gboolean fits;
  double seconds;
  guint n_pictures;
} LimnTrial;

void limn_trial_free (LimnTrial *trial);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnTrial, limn_trial_free)

gboolean limn_trial_is_due (const char *model);
void limn_trial_run_async (const char *model,
                           guint n_pictures,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
LimnTrial *limn_trial_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
