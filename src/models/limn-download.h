/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files of a model, fetched one after another on a thread of their own,
 * with progress for a window.  Stop it with its cancellable and start it again
 * at any time, also after the end of the program: it goes on where it was.
 */
#pragma once

#include <gio/gio.h>

#include "limn-transfer.h"

G_BEGIN_DECLS

#define LIMN_TYPE_DOWNLOAD (limn_download_get_type ())
G_DECLARE_FINAL_TYPE (LimnDownload, limn_download, LIMN, DOWNLOAD, GObject)

/**
 * LimnDownloadProgress:
 * @phase: what it is doing now
 * @file: index of the file it is at
 * @done_bytes: of all files
 * @total_bytes: of all files; exact once every server has said
 * @bytes_per_second: 0 while unknown
 * @seconds_left: negative while unknown
 * @note: (nullable): why it waits
 */
typedef struct
{
  LimnTransferPhase phase;
  guint file;
  goffset done_bytes;
  goffset total_bytes;
  double bytes_per_second;
  double seconds_left;
  const char *note;
} LimnDownloadProgress;

LimnDownload *limn_download_new (void);

void limn_download_add_file (LimnDownload *self, const LimnTransferSpec *spec, goffset about_bytes);
guint limn_download_get_n_files (LimnDownload *self);
const char *limn_download_get_path (LimnDownload *self, guint i);
const char *limn_download_get_sha256 (LimnDownload *self, guint i);

void limn_download_run_async (LimnDownload *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean limn_download_run_finish (LimnDownload *self, GAsyncResult *result, GError **error);

const LimnDownloadProgress *limn_download_get_progress (LimnDownload *self);
goffset limn_download_peek_bytes (LimnDownload *self);
gboolean limn_download_is_complete (LimnDownload *self);
gboolean limn_download_check_free (LimnDownload *self, GError **error);
goffset limn_download_discard (LimnDownload *self, GError **error);

G_END_DECLS
