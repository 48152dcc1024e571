/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Importing, verifying and looking into a model on a worker thread, with progress. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef void (*LimnModelWorkFunc) (double fraction, const char *what, gpointer user_data);

/**
 * LimnModelFacts:
 *
 * What only the file itself knows.
 */
typedef struct
{
  char *name;
  char *license;
  guint64 needs_memory_bytes; /* for nine pictures together */
  guint64 needs_for_one_bytes;
} LimnModelFacts;

void limn_model_facts_free (LimnModelFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnModelFacts, limn_model_facts_free)

void limn_model_install_async (const char *const *paths,
                               const char *output,
                               const char *name,
                               const char *license,
                               const char *source,
                               const char *quantize,
                               LimnModelWorkFunc progress,
                               gpointer progress_data,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
void limn_model_verify_async (const char *path,
                              LimnModelWorkFunc progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean limn_model_work_finish (GAsyncResult *result, GError **error);

void limn_model_read_facts_async (const char *path,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
LimnModelFacts *limn_model_read_facts_finish (GAsyncResult *result, GError **error);

G_END_DECLS
