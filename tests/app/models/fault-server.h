/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A server on 127.0.0.1 that serves one file and misbehaves by a script: each
 * request takes the next fault; with none left it behaves.  Runs on threads of
 * its own.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  FAULT_NONE,
  FAULT_CUT,             /* ends in the middle of the body */
  FAULT_CUT_CHUNKED,     /* ends between two chunks: libsoup 3.2 sees no error */
  FAULT_CUT_HTTP10,      /* no length at all, ends in the middle */
  FAULT_RESET,           /* TCP reset in the middle */
  FAULT_HANG_UP,         /* closes without an answer */
  FAULT_GARBAGE,         /* answers with noise */
  FAULT_NO_RANGE,        /* 200 and the whole, whatever was asked */
  FAULT_BAD_RANGE,       /* 206 of another part */
  FAULT_BAD_TOTAL,       /* 206 with another total */
  FAULT_416,             /* range refused */
  FAULT_OTHER_ETAG,      /* 206, but of another version */
  FAULT_CHANGE,          /* the file is another one from now on */
  FAULT_FLIP,            /* one bit of the body is wrong */
  FAULT_GZIP,            /* says it is compressed */
  FAULT_PORTAL,          /* a login page, 200 */
  FAULT_PORTAL_QUIET,    /* a login page that claims to be bytes */
  FAULT_PORTAL_REDIRECT, /* 302 to a login page */
  FAULT_OTHER_KIND,      /* bytes, but of another format */
  FAULT_403,
  FAULT_404,
  FAULT_429,
  FAULT_503,
  FAULT_511,           /* network authentication required */
  FAULT_RETRY_LATER,   /* 503, come back in an hour */
  FAULT_REDIRECT,      /* 302 to itself, once */
  FAULT_REDIRECT_LOOP, /* 302 to itself, for ever: uses up the fault once */
  FAULT_REDIRECT_HTTP, /* 302 to http elsewhere */
  FAULT_REDIRECT_FTP,
  FAULT_NO_LENGTH,      /* chunked, whole, without a size */
  FAULT_HUGE,           /* promises a petabyte */
  FAULT_ENDLESS,        /* goes on behind the end */
  FAULT_HEADER_FLOOD,   /* headers for ever */
  FAULT_CONTINUE_FLOOD, /* 1xx answers for ever */
  FAULT_SILENT,         /* accepts and says nothing */
  FAULT_HEADER_DRIP,    /* a byte of a header now and then */
  FAULT_STALL,          /* nothing more after half the body */
  FAULT_DRIP,           /* a byte of the body now and then */
  N_FAULTS
} Fault;

typedef struct _FaultServer FaultServer;

FaultServer *fault_server_new (guint32 seed);
void fault_server_free (FaultServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FaultServer, fault_server_free)

char *fault_server_dup_url (FaultServer *server);
void fault_server_set_file (FaultServer *server, GBytes *file, const char *etag);
/* Whether the server names the SHA-256 and the size as a hub does. */
void fault_server_set_is_hub (FaultServer *server, gboolean is_hub);
void fault_server_set_chunk_pause (FaultServer *server, guint microseconds);
void fault_server_push (FaultServer *server, Fault fault);
guint fault_server_get_n_left (FaultServer *server);

/* What was seen. */
guint fault_server_get_n_requests (FaultServer *server);
guint64 fault_server_get_n_sent_bytes (FaultServer *server);
/* Versions of the file: 0 as set, 1 after FAULT_CHANGE. */
GBytes *fault_server_get_version (FaultServer *server, guint version);
guint fault_server_get_n_encodings_asked (FaultServer *server);

G_END_DECLS
