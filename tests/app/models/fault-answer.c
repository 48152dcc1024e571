/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answers of fault-server.h, right and wrong, written byte by byte. */
#include "fault-answer.h"

#include <string.h>
#include <sys/socket.h>

#define PIECE_BYTES 4096
#define MAX_FLOOD   100000 /* lines; ends the flood should nobody stop it */

/* ---- writing ---- */

static gboolean
put (FaultServer *server, FaultAnswer *a, const void *data, gsize n_bytes)
{
  GOutputStream *out = g_io_stream_get_output_stream (a->stream);
  gboolean ok = g_output_stream_write_all (out, data, n_bytes, NULL, NULL, NULL);

  if (ok)
    fault_server_count_sent (server, n_bytes);
  return ok;
}

G_GNUC_PRINTF (3, 4)
static gboolean
put_text (FaultServer *server, FaultAnswer *a, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return put (server, a, text, strlen (text));
}

/* Waits until the client has gone. */
static void
wait_for_hang_up (FaultAnswer *a)
{
  GInputStream *in = g_io_stream_get_input_stream (a->stream);
  char rest[256];

  while (g_input_stream_read (in, rest, sizeof rest, NULL, NULL) > 0)
    ;
}

static void
put_identity (FaultServer *server, FaultAnswer *a)
{
  g_autofree char *sha256 = NULL;

  if (a->etag)
    put_text (server, a, "ETag: %s\r\n", a->etag);
  if (!a->is_hub)
    return;
  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, a->file);
  put_text (server, a, "X-Linked-ETag: \"%s\"\r\nX-Linked-Size: %zu\r\n", sha256,
            g_bytes_get_size (a->file));
}

/* Sends bytes from first to last, in pieces. */
static gboolean
put_body (FaultServer *server, FaultAnswer *a, gsize first, gsize last, gsize piece)
{
  const guint8 *data = g_bytes_get_data (a->file, NULL);

  for (gsize i = first; i < last; i += piece)
    {
      if (!put (server, a, data + i, MIN (piece, last - i)))
        return FALSE;
      if (a->pause_us)
        g_usleep (a->pause_us);
    }
  return TRUE;
}

/* The status line and headers of a whole or continued file. */
static void
put_head (FaultServer *server, FaultAnswer *a, goffset first)
{
  gsize size = g_bytes_get_size (a->file);

  if (a->has_range)
    put_text (server, a,
              "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %" G_GOFFSET_FORMAT
              "-%zu/%zu\r\n",
              first, size - 1, a->fault == FAULT_BAD_TOTAL ? size + 7 : size);
  else
    put_text (server, a, "HTTP/1.1 200 OK\r\n");
  put_identity (server, a);
  put_text (server, a, "Content-Type: application/octet-stream\r\nConnection: close\r\n");
}

static void
put_length (FaultServer *server, FaultAnswer *a, guint64 length)
{
  put_text (server, a, "Content-Length: %" G_GUINT64_FORMAT "\r\n\r\n", length);
}

static void
serve_status (FaultServer *server, FaultAnswer *a, const char *argument)
{
  put_text (server, a, "HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno", argument);
}

/* ---- faults ---- */

static gsize
middle (FaultAnswer *a)
{
  gsize size = g_bytes_get_size (a->file);
  gsize first = (gsize) a->first;

  return first + (size > first ? a->noise % (size - first) : 0);
}

static void
serve (FaultServer *server, FaultAnswer *a, const char *argument)
{
  gsize size = g_bytes_get_size (a->file);

  put_head (server, a, a->first);
  put_length (server, a, size - (gsize) a->first);
  put_body (server, a, (gsize) a->first, size, PIECE_BYTES);
}

static void
serve_cut (FaultServer *server, FaultAnswer *a, const char *argument)
{
  put_head (server, a, a->first);
  put_length (server, a, g_bytes_get_size (a->file) - (gsize) a->first);
  put_body (server, a, (gsize) a->first, middle (a), PIECE_BYTES);
}

static void
serve_reset (FaultServer *server, FaultAnswer *a, const char *argument)
{
  struct linger linger = { 1, 0 };

  serve_cut (server, a, argument);
  setsockopt (g_socket_get_fd (a->socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static void
serve_chunked (FaultServer *server, FaultAnswer *a, const char *argument)
{
  gboolean is_cut = a->fault == FAULT_CUT_CHUNKED;
  gboolean is_endless = a->fault == FAULT_ENDLESS;
  const guint8 *data = g_bytes_get_data (a->file, NULL);
  gsize size = g_bytes_get_size (a->file);
  gsize end = is_cut ? middle (a) : size;

  put_head (server, a, a->first);
  put_text (server, a, "Transfer-Encoding: chunked\r\n\r\n");
  for (gsize i = (gsize) a->first; i < end; i += PIECE_BYTES)
    {
      gsize n = MIN (PIECE_BYTES, end - i);

      if (!put_text (server, a, "%zx\r\n", n) || !put (server, a, data + i, n)
          || !put_text (server, a, "\r\n"))
        return;
    }
  for (guint i = 0; is_endless && i < MAX_FLOOD; i++)
    if (!put_text (server, a, "8\r\nnonsense\r\n"))
      return;
  if (!is_cut)
    put_text (server, a, "0\r\n\r\n");
}

static void
serve_http10 (FaultServer *server, FaultAnswer *a, const char *argument)
{
  put_text (server, a, "HTTP/1.0 200 OK\r\n");
  put_identity (server, a);
  put_text (server, a, "Content-Type: application/octet-stream\r\n\r\n");
  put_body (server, a, 0, middle (a), PIECE_BYTES);
}

static void
serve_whole (FaultServer *server, FaultAnswer *a, const char *argument)
{
  a->has_range = FALSE;
  a->first = 0;
  serve (server, a, argument);
}

static void
serve_shifted (FaultServer *server, FaultAnswer *a, const char *argument)
{
  goffset first = MAX (a->first - 1, 0);

  put_head (server, a, first);
  put_length (server, a, g_bytes_get_size (a->file) - (gsize) first);
  put_body (server, a, (gsize) first, g_bytes_get_size (a->file), PIECE_BYTES);
}

static void
serve_flipped (FaultServer *server, FaultAnswer *a, const char *argument)
{
  gsize size = g_bytes_get_size (a->file);
  guint8 *copy = g_memdup2 (g_bytes_get_data (a->file, NULL), size);
  gsize at = MAX (middle (a), 16);
  g_autoptr (GBytes) right = g_bytes_ref (a->file);

  put_head (server, a, a->first);
  put_length (server, a, size - (gsize) a->first);
  if (at < size)
    copy[at] ^= 1;
  g_bytes_unref (a->file);
  a->file = g_bytes_new_take (copy, size);
  put_body (server, a, (gsize) a->first, size, PIECE_BYTES);
}

static void
serve_page (FaultServer *server, FaultAnswer *a, const char *argument)
{
  const char *page = "<!DOCTYPE html><html><body>Welcome! Please sign in.</body></html>";

  put_text (server, a,
            "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nConnection: close\r\n"
            "Content-Length: %zu\r\n\r\n%s",
            argument, strlen (page), page);
}

static void
serve_other_kind (FaultServer *server, FaultAnswer *a, const char *argument)
{
  put_text (server, a,
            "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nConnection: close\r\n"
            "Content-Length: 26\r\n\r\nabcdefghijklmnopqrstuvwxyz");
}

static void
serve_flood (FaultServer *server, FaultAnswer *a, const char *argument)
{
  for (guint i = 0; i < MAX_FLOOD; i++)
    if (!put_text (server, a, "%s",
                   i == 0 && a->fault == FAULT_HEADER_FLOOD ? "HTTP/1.1 200 OK\r\n" : argument))
      return;
}

/* A byte now and then until the client has had enough. */
static void
serve_header_drip (FaultServer *server, FaultAnswer *a, const char *argument)
{
  put_text (server, a, "%s", argument);
  for (guint i = 0; i < 2000; i++)
    {
      if (!put (server, a, "x", 1))
        return;
      g_usleep (10000);
    }
}

static void
serve_drip (FaultServer *server, FaultAnswer *a, const char *argument)
{
  put_head (server, a, a->first);
  put_length (server, a, g_bytes_get_size (a->file) - (gsize) a->first);
  a->pause_us = 10000;
  put_body (server, a, (gsize) a->first, g_bytes_get_size (a->file), 1);
}

static void
serve_stall (FaultServer *server, FaultAnswer *a, const char *argument)
{
  serve_cut (server, a, argument);
  wait_for_hang_up (a);
}

static void
serve_redirect (FaultServer *server, FaultAnswer *a, const char *argument)
{
  put_text (server, a, "HTTP/1.1 302 Found\r\nLocation: %s\r\n", argument);
  put_identity (server, a);
  put_text (server, a, "Connection: close\r\nContent-Length: 0\r\n\r\n");
}

static void
serve_nothing (FaultServer *server, FaultAnswer *a, const char *argument)
{
}

static void
serve_silence (FaultServer *server, FaultAnswer *a, const char *argument)
{
  wait_for_hang_up (a);
}

static void
serve_text (FaultServer *server, FaultAnswer *a, const char *argument)
{
  put_text (server, a, "%s", argument);
}

static void
serve_gzip (FaultServer *server, FaultAnswer *a, const char *argument)
{
  put_head (server, a, a->first);
  put_text (server, a, "Content-Encoding: gzip\r\n");
  put_length (server, a, 4);
  put_text (server, a, "\037\213zz");
}

static void
serve_without_length (FaultServer *server, FaultAnswer *a, const char *argument)
{
  a->is_hub = FALSE;
  serve_chunked (server, a, argument);
}

static void
serve_huge (FaultServer *server, FaultAnswer *a, const char *argument)
{
  a->is_hub = FALSE;
  put_head (server, a, a->first);
  put_length (server, a, G_GUINT64_CONSTANT (1000000000000000));
  put_body (server, a, 0, g_bytes_get_size (a->file), PIECE_BYTES);
}

static const struct
{
  void (*serve) (FaultServer *server, FaultAnswer *a, const char *argument);
  const char *argument;
} answers[N_FAULTS] = {
  [FAULT_NONE] = { serve },
  [FAULT_BAD_TOTAL] = { serve },
  [FAULT_OTHER_ETAG] = { serve },
  [FAULT_CHANGE] = { serve },
  [FAULT_CUT] = { serve_cut },
  [FAULT_CUT_CHUNKED] = { serve_chunked },
  [FAULT_CUT_HTTP10] = { serve_http10 },
  [FAULT_RESET] = { serve_reset },
  [FAULT_HANG_UP] = { serve_nothing },
  [FAULT_GARBAGE] = { serve_text, "\001\002\003 hello there\r\n\r\n\r\n" },
  [FAULT_NO_RANGE] = { serve_whole },
  [FAULT_BAD_RANGE] = { serve_shifted },
  [FAULT_416] = { serve_status, "416 Range Not Satisfiable\r\nContent-Range: bytes */4" },
  [FAULT_FLIP] = { serve_flipped },
  [FAULT_GZIP] = { serve_gzip },
  [FAULT_PORTAL] = { serve_page, "text/html; charset=utf-8" },
  [FAULT_PORTAL_QUIET] = { serve_page, "application/octet-stream" },
  [FAULT_PORTAL_REDIRECT] = { serve_redirect, "/login" },
  [FAULT_OTHER_KIND] = { serve_other_kind },
  [FAULT_403] = { serve_status, "403 Forbidden" },
  [FAULT_404] = { serve_status, "404 Not Found" },
  [FAULT_429] = { serve_status, "429 Too Many Requests\r\nRetry-After: 0" },
  [FAULT_503] = { serve_status, "503 Service Unavailable" },
  [FAULT_511] = { serve_status, "511 Network Authentication Required" },
  [FAULT_RETRY_LATER] = { serve_status, "503 Service Unavailable\r\nRetry-After: 3600" },
  [FAULT_REDIRECT] = { serve_redirect, FAULT_SERVER_PATH "?elsewhere" },
  [FAULT_REDIRECT_LOOP] = { serve_redirect, "/loop" },
  [FAULT_REDIRECT_HTTP] = { serve_redirect, "http://not-secure.invalid/file.pt" },
  [FAULT_REDIRECT_FTP] = { serve_redirect, "ftp://127.0.0.1/file.pt" },
  [FAULT_NO_LENGTH] = { serve_without_length },
  [FAULT_HUGE] = { serve_huge },
  [FAULT_ENDLESS] = { serve_chunked },
  [FAULT_HEADER_FLOOD] = { serve_flood, "X-Flood: more and more and more\r\n" },
  [FAULT_CONTINUE_FLOOD] = { serve_flood, "HTTP/1.1 103 Early Hints\r\n\r\n" },
  [FAULT_SILENT] = { serve_silence },
  [FAULT_HEADER_DRIP] = { serve_header_drip, "HTTP/1.1 200 OK\r\nX-Drip: " },
  [FAULT_STALL] = { serve_stall },
  [FAULT_DRIP] = { serve_drip },
};

void
fault_answer_serve (FaultServer *server, FaultAnswer *a)
{
  answers[a->fault].serve (server, a, answers[a->fault].argument);
}
