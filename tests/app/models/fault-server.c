/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See fault-server.h.  libsoup parses the requests; the answers are written by
 * fault-answer.c on the connection taken from it. */
#include "fault-server.h"

#include <string.h>

#include <libsoup/soup.h>

#include "fault-answer.h"

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

static void
answer_in_pool (gpointer data, gpointer user_data)
{
  FaultAnswer *a = data;

  fault_answer_serve (user_data, a);
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

static FaultAnswer *
make_answer (FaultServer *server, SoupMessageHeaders *headers, const char *query)
{
  FaultAnswer *a = g_new0 (FaultAnswer, 1);
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
  FaultAnswer *a = make_answer (server, soup_server_message_get_request_headers (message),
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
  soup_server_add_handler (server->soup, FAULT_SERVER_PATH, on_request, server, NULL);
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
  return g_strconcat (server->url, FAULT_SERVER_PATH, NULL);
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

void
fault_server_count_sent (FaultServer *server, gsize n_bytes)
{
  g_mutex_lock (&server->lock);
  server->n_sent += n_bytes;
  g_mutex_unlock (&server->lock);
}

GBytes *
fault_server_get_version (FaultServer *server, guint version)
{
  return server->versions[version];
}
