/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See limn-http.h.  Uses libsoup's asynchronous calls on a main context of its
 * own, so that a timer can end any wait: a connection, headers that trickle
 * in for ever, a body that does not come.
 */
#include "config.h"

#include "limn-http.h"
#include "limn-download-error.h"

#include <string.h>

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>

#define ETAG_MAX_LENGTH 256

struct _LimnHttp
{
  /* owned */
  GMainContext *context;
  SoupSession *session;
  GInputStream *body; /* of the answer being read */
  /* settings */
  guint stall_milliseconds;
  gboolean allow_loopback;
};

/* one wait for libsoup */
typedef struct
{
  GAsyncResult *result;
  GCancellable *cancellable; /* ours, chained to the caller's */
  gboolean is_stalled;
} Wait;

LimnHttp *
limn_http_new (guint stall_milliseconds, gboolean allow_loopback)
{
  LimnHttp *http = g_new0 (LimnHttp, 1);

  http->context = g_main_context_new ();
  http->stall_milliseconds = MAX (stall_milliseconds, 1);
  http->allow_loopback = allow_loopback;
  g_main_context_push_thread_default (http->context);
  http->session = soup_session_new_with_options ("user-agent", "Limn", "max-conns", 1, NULL);
  /* bytes are stored, counted and continued as they are: no compression on the way */
  soup_session_remove_feature_by_type (http->session, SOUP_TYPE_CONTENT_DECODER);
  return http;
}

void
limn_http_free (LimnHttp *http)
{
  if (http == NULL)
    return;
  limn_http_close (http);
  soup_session_abort (http->session);
  g_object_unref (http->session);
  while (g_main_context_iteration (http->context, FALSE))
    ;
  g_main_context_pop_thread_default (http->context);
  g_main_context_unref (http->context);
  g_free (http);
}

void
limn_http_answer_clear (LimnHttpAnswer *answer)
{
  g_clear_pointer (&answer->etag, g_free);
  g_clear_pointer (&answer->sha256, g_free);
  g_clear_pointer (&answer->content_type, g_free);
  g_clear_pointer (&answer->content_encoding, g_free);
  g_clear_pointer (&answer->host, g_free);
}

/* ---- waiting ---- */

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  wait->result = g_object_ref (result);
}

static gboolean
on_stalled (gpointer user_data)
{
  Wait *wait = user_data;

  wait->is_stalled = TRUE;
  g_cancellable_cancel (wait->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

/* Runs the context until the result is there, the user cancels or time is up. */
static void
wait_for_result (LimnHttp *http, Wait *wait, GCancellable *cancellable)
{
  GSource *timer = g_timeout_source_new (http->stall_milliseconds);
  gulong id = 0;

  if (cancellable)
    id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled),
                                g_object_ref (wait->cancellable), g_object_unref);
  g_source_set_callback (timer, on_stalled, wait, NULL);
  g_source_attach (timer, http->context);
  while (wait->result == NULL)
    g_main_context_iteration (http->context, TRUE);
  g_source_destroy (timer);
  g_source_unref (timer);
  g_cancellable_disconnect (cancellable, id);
}

static void
wait_clear (Wait *wait)
{
  g_clear_object (&wait->result);
  g_clear_object (&wait->cancellable);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wait, wait_clear)

static gboolean
is_tls_error (const GError *error)
{
  return g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE)
         || g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_UNAVAILABLE);
}

/* Puts what libsoup and GIO say into our own words and kinds. */
static void
translate_error (Wait *wait, GCancellable *cancellable, const char *host, GError **error)
{
  g_autoptr (GError) cause = g_steal_pointer (error);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return;
  if (wait->is_stalled)
    g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_STALLED,
                 _ ("%s has stopped sending."), host);
  else if (is_tls_error (cause))
    g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_INSECURE,
                 _ ("The connection to %s is not secure: %s. A network that asks to sign in, or "
                    "a wrong clock, does this."),
                 host, cause->message);
  else if (g_error_matches (cause, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND)
           || g_error_matches (cause, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE))
    g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_CONNECTION,
                 _ ("Cannot find %s. Is this computer connected to the internet?"), host);
  else
    g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_CONNECTION,
                 _ ("The connection to %s broke: %s"), host, cause->message);
}

/* ---- addresses ---- */

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address && g_inet_address_get_is_loopback (address);
}

static gboolean
check_address (LimnHttp *http, GUri *uri, GError **error)
{
  const char *host = uri ? g_uri_get_host (uri) : NULL;

  if (host && *host && g_str_equal (g_uri_get_scheme (uri), "https"))
    return TRUE;
  if (host && http->allow_loopback && g_str_equal (g_uri_get_scheme (uri), "http")
      && is_loopback (host))
    return TRUE;
  g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_INSECURE,
               _ ("Limn downloads over https only, and this is not such an address: %s"),
               uri ? g_uri_get_scheme (uri) : "?");
  return FALSE;
}

/* ---- headers ---- */

static goffset
parse_size (const char *text)
{
  guint64 value;

  if (text && g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &value, NULL))
    return (goffset) value;
  return -1;
}

/* The SHA-256 in an entity tag such as "9f86d0…", or NULL. */
static char *
parse_sha256 (const char *etag)
{
  g_autofree char *text = g_strdup (etag ? etag : "");
  gsize length;

  if (g_str_has_prefix (text, "\"") && g_str_has_suffix (text, "\""))
    {
      text[strlen (text) - 1] = '\0';
      memmove (text, text + 1, strlen (text));
    }
  length = strlen (text);
  if (length != 64 || strspn (text, "0123456789abcdefABCDEF") != length)
    return NULL;
  return g_ascii_strdown (text, -1);
}

/* Only a strong tag promises the same bytes; weak or odd ones count as none. */
static char *
parse_strong_etag (const char *etag)
{
  gsize length = etag ? strlen (etag) : 0;

  if (length < 3 || length > ETAG_MAX_LENGTH || etag[0] != '"' || etag[length - 1] != '"')
    return NULL;
  for (gsize i = 1; i + 1 < length; i++)
    if (!g_ascii_isgraph (etag[i]) || etag[i] == '"')
      return NULL;
  return g_strdup (etag);
}

/* "bytes 5-9/10" or "bytes " "*" "/10" */
static void
parse_content_range (const char *text, LimnHttpAnswer *answer)
{
  g_auto (GStrv) halves = NULL;
  g_auto (GStrv) ends = NULL;

  if (text == NULL || g_ascii_strncasecmp (text, "bytes ", 6) != 0)
    return;
  halves = g_strsplit (text + 6, "/", 2);
  if (g_strv_length (halves) != 2)
    return;
  answer->range_total = parse_size (halves[1]);
  ends = g_strsplit (halves[0], "-", 2);
  if (g_strv_length (ends) == 2 && parse_size (ends[1]) >= parse_size (ends[0]))
    answer->range_first = parse_size (ends[0]);
}

/* What a hub says of the file, in the redirect or in the answer. */
static void
read_announcement (SoupMessageHeaders *headers, LimnHttpAnswer *answer)
{
  g_autofree char *sha256 = parse_sha256 (soup_message_headers_get_one (headers, "X-Linked-ETag"));
  goffset size = parse_size (soup_message_headers_get_one (headers, "X-Linked-Size"));

  if (sha256 && answer->sha256 == NULL)
    answer->sha256 = g_steal_pointer (&sha256);
  if (size >= 0 && answer->announced_size < 0)
    answer->announced_size = size;
}

static void
read_answer (SoupMessage *message, LimnHttpAnswer *answer)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *encoding = soup_message_headers_get_list (headers, "Content-Encoding");
  goffset seconds = parse_size (soup_message_headers_get_one (headers, "Retry-After"));

  answer->status = soup_message_get_status (message);
  answer->etag = parse_strong_etag (soup_message_headers_get_one (headers, "ETag"));
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH)
    answer->content_length = soup_message_headers_get_content_length (headers);
  parse_content_range (soup_message_headers_get_one (headers, "Content-Range"), answer);
  answer->content_type = g_strdup (soup_message_headers_get_content_type (headers, NULL));
  if (encoding && g_ascii_strcasecmp (encoding, "identity") != 0)
    answer->content_encoding = g_strdup (encoding);
  answer->retry_after_seconds = (guint) CLAMP (seconds, 0, 3600);
  answer->host = g_strdup (g_uri_get_host (soup_message_get_uri (message)));
}

/* ---- requests ---- */

static SoupMessage *
make_message (GUri *uri, goffset offset, const char *if_range)
{
  SoupMessage *message = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (offset > 0)
    soup_message_headers_set_range (headers, offset, -1);
  if (offset > 0 && if_range)
    soup_message_headers_replace (headers, "If-Range", if_range);
  return message;
}

static gboolean
send_message (LimnHttp *http, SoupMessage *message, GCancellable *cancellable, GError **error)
{
  g_auto (Wait) wait = { NULL, g_cancellable_new (), FALSE };

  soup_session_send_async (http->session, message, G_PRIORITY_DEFAULT, wait.cancellable, on_result,
                           &wait);
  wait_for_result (http, &wait, cancellable);
  http->body = soup_session_send_finish (http->session, wait.result, error);
  if (http->body == NULL)
    translate_error (&wait, cancellable, g_uri_get_host (soup_message_get_uri (message)), error);
  return http->body != NULL;
}

static gboolean
is_redirect (SoupMessage *message)
{
  guint status = soup_message_get_status (message);

  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static GUri *
next_address (SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *location = soup_message_headers_get_one (headers, "Location");

  if (location == NULL)
    return NULL;
  return g_uri_parse_relative (soup_message_get_uri (message), location, SOUP_HTTP_URI_FLAGS, NULL);
}

/**
 * limn_http_get:
 * @offset: first byte wanted; 0 for the whole
 * @if_range: (nullable): strong entity tag of what is there already
 * @answer: (out caller-allocates): what the server said; clear it in any case
 *
 * Asks for @url and follows redirects, at most %LIMN_HTTP_MAX_REDIRECTS and to
 * https alone (or to a loopback address where the object allows it).  Any
 * status is a success of this call; the body is then read with limn_http_read().
 */
gboolean
limn_http_get (LimnHttp *http,
               const char *url,
               goffset offset,
               const char *if_range,
               LimnHttpAnswer *answer,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);

  *answer = (LimnHttpAnswer){
    .announced_size = -1, .content_length = -1, .range_first = -1, .range_total = -1
  };
  limn_http_close (http);
  for (guint i = 0; i <= LIMN_HTTP_MAX_REDIRECTS; i++)
    {
      g_autoptr (SoupMessage) message = NULL;
      GUri *next = NULL;

      if (!check_address (http, uri, error))
        return FALSE;
      message = make_message (uri, offset, if_range);
      if (!send_message (http, message, cancellable, error))
        return FALSE;
      read_announcement (soup_message_get_response_headers (message), answer);
      if (is_redirect (message))
        next = next_address (message);
      if (next == NULL)
        {
          read_answer (message, answer);
          return TRUE;
        }
      limn_http_close (http);
      g_uri_unref (uri);
      uri = next;
    }
  g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_REDIRECTS,
               _ ("The server sends Limn from one address to the next without end."));
  return FALSE;
}

/**
 * limn_http_read:
 *
 * Reads some of the body.
 *
 * Returns: number of bytes, 0 at its end, -1 on an error.  An end may come
 *   early without an error: count the bytes.
 */
gssize
limn_http_read (LimnHttp *http,
                void *buffer,
                gsize n_bytes,
                GCancellable *cancellable,
                GError **error)
{
  g_auto (Wait) wait = { NULL, g_cancellable_new (), FALSE };
  gssize n;

  g_return_val_if_fail (http->body != NULL, -1);
  g_input_stream_read_async (http->body, buffer, n_bytes, G_PRIORITY_DEFAULT, wait.cancellable,
                             on_result, &wait);
  wait_for_result (http, &wait, cancellable);
  n = g_input_stream_read_finish (http->body, wait.result, error);
  if (n < 0)
    translate_error (&wait, cancellable, _ ("the server"), error);
  return n;
}

/**
 * limn_http_close:
 *
 * Forgets the answer being read, and its connection with whatever it still sends.
 */
void
limn_http_close (LimnHttp *http)
{
  if (http->body == NULL)
    return;
  soup_session_abort (http->session);
  g_clear_object (&http->body);
}
