/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See fault-server.h.  libsoup parses the requests; the answers are written
 * byte by byte on the connection taken from it. */
#include "fault-server.h"

#include <string.h>
#include <sys/socket.h>

#include <libsoup/soup.h>

#define PATH        "/file.pt"
#define PIECE_BYTES 4096
#define MAX_FLOOD   100000 /* lines; ends the flood should nobody stop it */

struct _FaultServer
{
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  SoupServer *soup;
  char *url;
  GThreadPool *pool;
  GMutex lock; /* of what follows */
  GQueue *script;
  GRand *rand;
  GBytes *versions[2];
  char *etags[2];
  guint version;
  gboolean is_hub;
  guint pause_us;
  guint n_requests;
  guint n_encodings;
  guint64 n_sent;
};

/* one request, answered on a thread of the pool */
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
} Answer;

/* ---- writing ---- */

static gboolean
put (FaultServer *server, Answer *a, const void *data, gsize n_bytes)
{
  GOutputStream *out = g_io_stream_get_output_stream (a->stream);
  gboolean ok = g_output_stream_write_all (out, data, n_bytes, NULL, NULL, NULL);

  if (ok)
    {
      g_mutex_lock (&server->lock);
      server->n_sent += n_bytes;
      g_mutex_unlock (&server->lock);
    }
  return ok;
}

G_GNUC_PRINTF (3, 4)
static gboolean
put_text (FaultServer *server, Answer *a, const char *format, ...)
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
wait_for_hang_up (Answer *a)
{
  GInputStream *in = g_io_stream_get_input_stream (a->stream);
  char rest[256];

  while (g_input_stream_read (in, rest, sizeof rest, NULL, NULL) > 0)
    ;
}

static void
put_identity (FaultServer *server, Answer *a)
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
put_body (FaultServer *server, Answer *a, gsize first, gsize last, gsize piece)
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
put_head (FaultServer *server, Answer *a, goffset first)
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
put_length (FaultServer *server, Answer *a, guint64 length)
{
  put_text (server, a, "Content-Length: %" G_GUINT64_FORMAT "\r\n\r\n", length);
}

static void
put_status (FaultServer *server, Answer *a, const char *status, const char *headers)
{
  put_text (server, a, "HTTP/1.1 %s\r\n%sConnection: close\r\nContent-Length: 2\r\n\r\nno", status,
            headers);
}

/* ---- faults ---- */

static gsize
middle (Answer *a)
{
  gsize size = g_bytes_get_size (a->file);
  gsize first = (gsize) a->first;

  return first + (size > first ? a->noise % (size - first) : 0);
}

static void
serve (FaultServer *server, Answer *a)
{
  gsize size = g_bytes_get_size (a->file);

  put_head (server, a, a->first);
  put_length (server, a, size - (gsize) a->first);
  put_body (server, a, (gsize) a->first, size, PIECE_BYTES);
}

static void
serve_cut (FaultServer *server, Answer *a)
{
  put_head (server, a, a->first);
  put_length (server, a, g_bytes_get_size (a->file) - (gsize) a->first);
  put_body (server, a, (gsize) a->first, middle (a), PIECE_BYTES);
}

static void
serve_reset (FaultServer *server, Answer *a)
{
  struct linger linger = { 1, 0 };

  serve_cut (server, a);
  setsockopt (g_socket_get_fd (a->socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static void
serve_chunked (FaultServer *server, Answer *a, gboolean is_cut, gboolean is_endless)
{
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
serve_http10 (FaultServer *server, Answer *a)
{
  put_text (server, a, "HTTP/1.0 200 OK\r\n");
  put_identity (server, a);
  put_text (server, a, "Content-Type: application/octet-stream\r\n\r\n");
  put_body (server, a, 0, middle (a), PIECE_BYTES);
}

static void
serve_whole (FaultServer *server, Answer *a)
{
  a->has_range = FALSE;
  a->first = 0;
  serve (server, a);
}

static void
serve_shifted (FaultServer *server, Answer *a)
{
  goffset first = MAX (a->first - 1, 0);

  put_head (server, a, first);
  put_length (server, a, g_bytes_get_size (a->file) - (gsize) first);
  put_body (server, a, (gsize) first, g_bytes_get_size (a->file), PIECE_BYTES);
}

static void
serve_flipped (FaultServer *server, Answer *a)
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
serve_page (FaultServer *server, Answer *a, const char *type)
{
  const char *page = "<!DOCTYPE html><html><body>Welcome! Please sign in.</body></html>";

  put_text (server, a,
            "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nConnection: close\r\n"
            "Content-Length: %zu\r\n\r\n%s",
            type, strlen (page), page);
}

static void
serve_other_kind (FaultServer *server, Answer *a)
{
  put_text (server, a,
            "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nConnection: close\r\n"
            "Content-Length: 26\r\n\r\nabcdefghijklmnopqrstuvwxyz");
}

static void
serve_flood (FaultServer *server, Answer *a, const char *begin, const char *line)
{
  put_text (server, a, "%s", begin);
  for (guint i = 0; i < MAX_FLOOD; i++)
    if (!put_text (server, a, "%s", line))
      return;
}

/* A byte now and then until the client has had enough. */
static void
drip (FaultServer *server, Answer *a, const char *begin)
{
  put_text (server, a, "%s", begin);
  for (guint i = 0; i < 2000; i++)
    {
      if (!put (server, a, "x", 1))
        return;
      g_usleep (10000);
    }
}

static void
serve_drip (FaultServer *server, Answer *a)
{
  put_head (server, a, a->first);
  put_length (server, a, g_bytes_get_size (a->file) - (gsize) a->first);
  a->pause_us = 10000;
  put_body (server, a, (gsize) a->first, g_bytes_get_size (a->file), 1);
}

static void
serve_stall (FaultServer *server, Answer *a)
{
  serve_cut (server, a);
  wait_for_hang_up (a);
}

static void
serve_redirect (FaultServer *server, Answer *a, const char *to)
{
  put_text (server, a, "HTTP/1.1 302 Found\r\nLocation: %s\r\n", to);
  put_identity (server, a);
  put_text (server, a, "Connection: close\r\nContent-Length: 0\r\n\r\n");
}

static void
serve_fault (FaultServer *server, Answer *a)
{
  switch (a->fault)
    {
    case FAULT_CUT:
      serve_cut (server, a);
      break;
    case FAULT_CUT_CHUNKED:
      serve_chunked (server, a, TRUE, FALSE);
      break;
    case FAULT_CUT_HTTP10:
      serve_http10 (server, a);
      break;
    case FAULT_RESET:
      serve_reset (server, a);
      break;
    case FAULT_HANG_UP:
      break;
    case FAULT_GARBAGE:
      put_text (server, a, "\001\002\003 hello there\r\n\r\n\r\n");
      break;
    case FAULT_NO_RANGE:
      serve_whole (server, a);
      break;
    case FAULT_BAD_RANGE:
      serve_shifted (server, a);
      break;
    case FAULT_416:
      put_status (server, a, "416 Range Not Satisfiable", "Content-Range: bytes */4\r\n");
      break;
    case FAULT_FLIP:
      serve_flipped (server, a);
      break;
    case FAULT_GZIP:
      put_head (server, a, a->first);
      put_text (server, a, "Content-Encoding: gzip\r\n");
      put_length (server, a, 4);
      put_text (server, a, "\037\213zz");
      break;
    case FAULT_PORTAL_REDIRECT:
      serve_redirect (server, a, "/login");
      break;
    case FAULT_PORTAL:
      serve_page (server, a, "text/html; charset=utf-8");
      break;
    case FAULT_PORTAL_QUIET:
      serve_page (server, a, "application/octet-stream");
      break;
    case FAULT_OTHER_KIND:
      serve_other_kind (server, a);
      break;
    case FAULT_403:
      put_status (server, a, "403 Forbidden", "");
      break;
    case FAULT_404:
      put_status (server, a, "404 Not Found", "");
      break;
    case FAULT_429:
      put_status (server, a, "429 Too Many Requests", "Retry-After: 0\r\n");
      break;
    case FAULT_503:
      put_status (server, a, "503 Service Unavailable", "");
      break;
    case FAULT_511:
      put_status (server, a, "511 Network Authentication Required", "");
      break;
    case FAULT_RETRY_LATER:
      put_status (server, a, "503 Service Unavailable", "Retry-After: 3600\r\n");
      break;
    case FAULT_REDIRECT:
      serve_redirect (server, a, PATH "?elsewhere");
      break;
    case FAULT_REDIRECT_LOOP:
      serve_redirect (server, a, "/loop");
      break;
    case FAULT_REDIRECT_HTTP:
      serve_redirect (server, a, "http://not-secure.invalid/file.pt");
      break;
    case FAULT_REDIRECT_FTP:
      serve_redirect (server, a, "ftp://127.0.0.1/file.pt");
      break;
    case FAULT_NO_LENGTH:
      a->is_hub = FALSE;
      serve_chunked (server, a, FALSE, FALSE);
      break;
    case FAULT_HUGE:
      a->is_hub = FALSE;
      put_head (server, a, a->first);
      put_length (server, a, G_GUINT64_CONSTANT (1000000000000000));
      put_body (server, a, 0, g_bytes_get_size (a->file), PIECE_BYTES);
      break;
    case FAULT_ENDLESS:
      serve_chunked (server, a, FALSE, TRUE);
      break;
    case FAULT_HEADER_FLOOD:
      serve_flood (server, a, "HTTP/1.1 200 OK\r\n", "X-Flood: more and more and more\r\n");
      break;
    case FAULT_CONTINUE_FLOOD:
      serve_flood (server, a, "", "HTTP/1.1 103 Early Hints\r\n\r\n");
      break;
    case FAULT_SILENT:
      wait_for_hang_up (a);
      break;
    case FAULT_HEADER_DRIP:
      drip (server, a, "HTTP/1.1 200 OK\r\nX-Drip: ");
      break;
    case FAULT_STALL:
      serve_stall (server, a);
      break;
    case FAULT_DRIP:
      serve_drip (server, a);
      break;
    case FAULT_NONE:
    case FAULT_BAD_TOTAL:
    case FAULT_OTHER_ETAG:
    case FAULT_CHANGE:
    case N_FAULTS:
    default:
      serve (server, a);
      break;
    }
}

static void
answer_in_pool (gpointer data, gpointer user_data)
{
  Answer *a = data;

  serve_fault (user_data, a);
  g_io_stream_close (a->stream, NULL, NULL);
  g_object_unref (a->stream);
  g_object_unref (a->socket);
  g_bytes_unref (a->file);
  g_free (a->etag);
  g_free (a);
}

/* ---- requests ---- */

/* The next fault; where a redirect leads to, all is well. */
static Fault
take_fault (FaultServer *server, const char *query)
{
  if (query || g_queue_is_empty (server->script))
    return FAULT_NONE;
  return (Fault) GPOINTER_TO_INT (g_queue_pop_head (server->script));
}

static Answer *
make_answer (FaultServer *server, SoupMessageHeaders *headers, const char *query)
{
  Answer *a = g_new0 (Answer, 1);
  const char *if_range = soup_message_headers_get_one (headers, "If-Range");
  const char *encoding = soup_message_headers_get_one (headers, "Accept-Encoding");
  const char *range = soup_message_headers_get_one (headers, "Range");

  g_mutex_lock (&server->lock);
  server->n_requests++;
  if (encoding && !g_str_equal (encoding, "identity"))
    server->n_encodings++;
  a->fault = take_fault (server, query);
  if (a->fault == FAULT_CHANGE)
    server->version = 1;
  a->noise = g_rand_int (server->rand);
  a->file = g_bytes_ref (server->versions[server->version]);
  a->etag = g_strdup (server->etags[server->version]);
  a->is_hub = server->is_hub;
  a->pause_us = server->pause_us;
  g_mutex_unlock (&server->lock);

  if (range && g_str_has_prefix (range, "bytes=")
      && (if_range == NULL || g_strcmp0 (if_range, a->etag) == 0))
    {
      a->first = g_ascii_strtoll (range + 6, NULL, 10);
      a->has_range = a->first < (goffset) g_bytes_get_size (a->file);
      if (!a->has_range)
        a->first = 0;
    }
  if (a->fault == FAULT_OTHER_ETAG)
    {
      g_free (a->etag);
      a->etag = g_strdup ("\"another\"");
    }
  return a;
}

static void
on_request (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  FaultServer *server = user_data;
  GUri *uri = soup_server_message_get_uri (message);
  Answer *a = make_answer (server, soup_server_message_get_request_headers (message),
                           g_uri_get_query (uri));

  a->socket = g_object_ref (soup_server_message_get_socket (message));
  a->stream = soup_server_message_steal_connection (message);
  g_socket_set_blocking (a->socket, TRUE);
  g_socket_set_timeout (a->socket, 30);
  g_thread_pool_push (server->pool, a, NULL);
}

static void
on_redirected_loop (SoupServer *soup,
                    SoupServerMessage *message,
                    const char *path,
                    GHashTable *query,
                    gpointer user_data)
{
  soup_server_message_set_redirect (message, 302, "/loop");
}

static void
on_login (SoupServer *soup,
          SoupServerMessage *message,
          const char *path,
          GHashTable *query,
          gpointer user_data)
{
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "text/html", SOUP_MEMORY_STATIC, "<html>Hi", 8);
}

static gpointer
run_server (gpointer data)
{
  FaultServer *server = data;

  g_main_context_push_thread_default (server->context);
  g_main_loop_run (server->loop);
  g_main_context_pop_thread_default (server->context);
  return NULL;
}

FaultServer *
fault_server_new (guint32 seed)
{
  FaultServer *server = g_new0 (FaultServer, 1);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  g_mutex_init (&server->lock);
  server->script = g_queue_new ();
  server->rand = g_rand_new_with_seed (seed);
  server->pool = g_thread_pool_new (answer_in_pool, server, 8, FALSE, NULL);
  server->context = g_main_context_new ();
  server->loop = g_main_loop_new (server->context, FALSE);
  g_main_context_push_thread_default (server->context);
  server->soup = soup_server_new (NULL, NULL);
  soup_server_add_handler (server->soup, PATH, on_request, server, NULL);
  soup_server_add_handler (server->soup, "/loop", on_redirected_loop, server, NULL);
  soup_server_add_handler (server->soup, "/login", on_login, server, NULL);
  soup_server_listen_local (server->soup, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_main_context_pop_thread_default (server->context);
  g_assert_no_error (error);
  uris = soup_server_get_uris (server->soup);
  server->url = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  server->thread = g_thread_new ("fault-server", run_server, server);
  return server;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

void
fault_server_free (FaultServer *server)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, quit, server->loop, NULL);
  g_source_attach (source, server->context);
  g_thread_join (server->thread);
  g_thread_pool_free (server->pool, FALSE, TRUE);
  soup_server_disconnect (server->soup);
  g_object_unref (server->soup);
  g_main_loop_unref (server->loop);
  g_main_context_unref (server->context);
  g_queue_free (server->script);
  g_rand_free (server->rand);
  for (guint i = 0; i < 2; i++)
    {
      g_clear_pointer (&server->versions[i], g_bytes_unref);
      g_free (server->etags[i]);
    }
  g_free (server->url);
  g_mutex_clear (&server->lock);
  g_free (server);
}

char *
fault_server_dup_url (FaultServer *server)
{
  return g_strconcat (server->url, PATH, NULL);
}

void
fault_server_set_file (FaultServer *server, GBytes *file, const char *etag)
{
  gsize size = g_bytes_get_size (file);
  guint8 *other = g_memdup2 (g_bytes_get_data (file, NULL), size);

  /* the other version has the same size: the hardest case */
  for (gsize i = 16; i < size; i++)
    other[i] ^= 0x5a;
  g_mutex_lock (&server->lock);
  g_clear_pointer (&server->versions[0], g_bytes_unref);
  g_clear_pointer (&server->versions[1], g_bytes_unref);
  g_free (server->etags[0]);
  g_free (server->etags[1]);
  server->version = 0;
  server->versions[0] = g_bytes_ref (file);
  server->versions[1] = g_bytes_new_take (other, size);
  server->etags[0] = g_strdup (etag);
  server->etags[1] = g_strdup (etag ? "\"changed\"" : NULL);
  g_mutex_unlock (&server->lock);
}

void
fault_server_set_is_hub (FaultServer *server, gboolean is_hub)
{
  g_mutex_lock (&server->lock);
  server->is_hub = is_hub;
  g_mutex_unlock (&server->lock);
}

void
fault_server_set_chunk_pause (FaultServer *server, guint microseconds)
{
  g_mutex_lock (&server->lock);
  server->pause_us = microseconds;
  g_mutex_unlock (&server->lock);
}

void
fault_server_push (FaultServer *server, Fault fault)
{
  g_mutex_lock (&server->lock);
  g_queue_push_tail (server->script, GINT_TO_POINTER (fault));
  g_mutex_unlock (&server->lock);
}

guint
fault_server_get_n_left (FaultServer *server)
{
  guint n;

  g_mutex_lock (&server->lock);
  n = g_queue_get_length (server->script);
  g_mutex_unlock (&server->lock);
  return n;
}

guint
fault_server_get_n_requests (FaultServer *server)
{
  guint n;

  g_mutex_lock (&server->lock);
  n = server->n_requests;
  g_mutex_unlock (&server->lock);
  return n;
}

guint
fault_server_get_n_encodings_asked (FaultServer *server)
{
  guint n;

  g_mutex_lock (&server->lock);
  n = server->n_encodings;
  g_mutex_unlock (&server->lock);
  return n;
}

guint64
fault_server_get_n_sent_bytes (FaultServer *server)
{
  guint64 n;

  g_mutex_lock (&server->lock);
  n = server->n_sent;
  g_mutex_unlock (&server->lock);
  return n;
}

GBytes *
fault_server_get_version (FaultServer *server, guint version)
{
  return server->versions[version];
}
