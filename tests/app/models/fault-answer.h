/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request and the fault to answer it with. */
#pragma once

#include <gio/gio.h>

#include "fault-server.h"

G_BEGIN_DECLS

#define FAULT_SERVER_PATH "/file.pt"

typedef struct
{
  GIOStream *stream;
  GSocket *socket;
  Fault fault;
  guint32 noise;
  gboolean has_range;
  goffset first;
  GBytes *file;
  char *etag;
  gboolean is_hub;
  guint pause_us;
} FaultAnswer;

/* Writes the whole answer; returns when it is written or the client has gone. */
void fault_answer_serve (FaultServer *server, FaultAnswer *answer);
void fault_server_count_sent (FaultServer *server, gsize n_bytes);

G_END_DECLS
