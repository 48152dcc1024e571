/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One GET after another over one session: redirects, headers, body, with a
 * watchdog.  Blocking; everything happens on the calling thread, which must be
 * the one that made the object.  Says what the server answered; what to think
 * of it is limn-download's business.  The only file that knows libsoup.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LIMN_HTTP_MAX_REDIRECTS 5

/**
 * LimnHttpAnswer:
 * @status: the HTTP status of the last answer
 * @etag: (nullable): strong validator of what follows, with its quotes
 * @sha256: (nullable): SHA-256 that a hub announced for a large file
 * @announced_size: size that a hub announced, or -1
 * @content_length: of this answer, or -1
 * @range_first: with a Content-Range: first byte, or -1
 * @range_total: with a Content-Range: size of the whole, or -1
 * @content_type: (nullable): without parameters
 * @content_encoding: (nullable): other than identity
 * @retry_after_seconds: what the server asks for, or 0
 * @host: who answered in the end
 */
typedef struct
{
  guint status;
  char *etag;
  char *sha256;
  goffset announced_size;
  goffset content_length;
  goffset range_first;
  goffset range_total;
  char *content_type;
  char *content_encoding;
  guint retry_after_seconds;
  char *host;
} LimnHttpAnswer;

void limn_http_answer_clear (LimnHttpAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LimnHttpAnswer, limn_http_answer_clear)

typedef struct _LimnHttp LimnHttp;

LimnHttp *limn_http_new (guint stall_milliseconds, gboolean allow_loopback);
void limn_http_free (LimnHttp *http);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnHttp, limn_http_free)

gboolean limn_http_get (LimnHttp *http,
                        const char *url,
                        goffset offset,
                        const char *if_range,
                        LimnHttpAnswer *answer,
                        GCancellable *cancellable,
                        GError **error);
gssize limn_http_read (LimnHttp *http,
                       void *buffer,
                       gsize n_bytes,
                       GCancellable *cancellable,
                       GError **error);
void limn_http_close (LimnHttp *http);

G_END_DECLS
