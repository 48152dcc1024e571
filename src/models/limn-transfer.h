/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fetches one file and does not give up easily: what to make of each answer,
 * when to continue, start over, try again or tell the user.  Blocking; the
 * network is limn-http's, the disk limn-part-file's business.
 */
#pragma once

#include <gio/gio.h>

#include "limn-file-format.h"

G_BEGIN_DECLS

/**
 * LimnTransferSpec:
 * @url: https address
 * @path: where the file shall be
 * @size_bytes: exact size, or -1 to learn it from the server
 * @max_bytes: no file larger than this is accepted; 0 for no limit
 * @sha256: (nullable): %NULL to learn it from the server, where it says so
 * @format: what the first bytes must look like
 * @reserve_bytes: room to leave on the disk beyond the file
 * @allow_loopback: allow http to 127.0.0.1 and ::1, for tests and local mirrors
 * @stall_milliseconds: how long nothing, or next to nothing, may arrive
 * @retry_milliseconds: pause before the second try; doubles up to a minute
 * @n_retries: tries without progress before giving up
 * @n_restarts: how often to start over when what arrived was wrong
 * @sync_bytes: bytes between two syncs, see limn_part_file_open()
 */
typedef struct
{
  const char *url;
  const char *path;
  goffset size_bytes;
  goffset max_bytes;
  const char *sha256;
  LimnFileFormat format;
  goffset reserve_bytes;
  gboolean allow_loopback;
  guint stall_milliseconds;
  guint retry_milliseconds;
  guint n_retries;
  guint n_restarts;
  gsize sync_bytes;
} LimnTransferSpec;

#define LIMN_TRANSFER_SPEC_INIT                                                                    \
  {                                                                                                \
    .size_bytes = -1, .stall_milliseconds = 30000, .retry_milliseconds = 1000, .n_retries = 6,     \
    .n_restarts = 3, .sync_bytes = 8 * 1024 * 1024                                                 \
  }

typedef enum
{
  LIMN_TRANSFER_CHECKING,   /* reads again what is there */
  LIMN_TRANSFER_CONNECTING, /* asks the server */
  LIMN_TRANSFER_RECEIVING,
  LIMN_TRANSFER_WAITING, /* pauses before the next try; see note */
  LIMN_TRANSFER_DONE,
} LimnTransferPhase;

/**
 * LimnTransferProgress:
 * @done_bytes: of this phase
 * @total_bytes: of this phase, -1 while unknown
 * @bytes_per_second: over the last seconds, 0 while unknown
 * @note: why it waits; for the user
 */
typedef struct
{
  LimnTransferPhase phase;
  goffset done_bytes;
  goffset total_bytes;
  double bytes_per_second;
  char note[200];
} LimnTransferProgress;

typedef void (*LimnTransferFunc) (const LimnTransferProgress *progress, gpointer user_data);

gboolean limn_transfer_run (const LimnTransferSpec *spec,
                            LimnTransferFunc func,
                            gpointer user_data,
                            char **sha256,
                            GCancellable *cancellable,
                            GError **error);

G_END_DECLS
