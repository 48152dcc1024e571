/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the download tests share: a server, a file, a place for it, and the promise to check. */
#pragma once

#include "fault-server.h"
#include "models/limn-download-error.h"
#include "models/limn-transfer.h"

G_BEGIN_DECLS

#define DOWNLOAD_FILE_BYTES (300 * 1024)
#define DOWNLOAD_ETAG       "\"first\""

typedef struct
{
  FaultServer *server;
  GBytes *file;
  char *folder;
  char *path;
  char *url;
  LimnTransferSpec spec;
} DownloadFixture;

void download_fixture_set_up (DownloadFixture *f, gconstpointer data);
void download_fixture_tear_down (DownloadFixture *f, gconstpointer data);

/* LIMN_TEST_SOAK=1: many more random faults and kills. */
gboolean download_is_soak (void);
GBytes *download_read_file (const char *path);
/* The promise: one of the versions, whole (TRUE), or nothing. */
gboolean download_check (DownloadFixture *f);
void download_assert_arrives (DownloadFixture *f);
void download_assert_fails (DownloadFixture *f, LimnDownloadError code);

/* The test program again, as a process that can be killed: "--child", or
 * "--child-limited" which may write half of the file. */
GPid download_spawn_child (DownloadFixture *f, const char *how);
gboolean download_run_as_child (int argc, char **argv, int *status);

G_END_DECLS
