/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A model's whole way (download, import, checking) in a process that is killed
 * at a random moment, again and again: the model file is right or not there,
 * and the next process goes on.  50 kills with LIMN_TEST_SOAK=1, else a few.
 */
#include "config.h"

#include <signal.h>
#include <sys/wait.h>

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "models/limn-model-install.h"
#include "models/limn-model-manager.h"
#include "tiny-checkpoint.h"

typedef struct
{
  SoupServer *server;
  GPtrArray *files; /* GBytes */
  char *mirror;
  char *folder;  /* of models */
  char *catalog; /* file */
  char *model;   /* file */
} Fixture;

static const char *program;

/* ---- the child ---- */

static LimnModelItem *
find_tiny (LimnModelManager *manager)
{
  LimnModelItem *item = limn_model_manager_find (manager, "tiny");

  while (limn_model_item_is_busy (item) || !limn_model_item_is_settled (item))
    g_main_context_iteration (NULL, TRUE);
  return item;
}

static LimnModelManager *
make_manager (const char *catalog_file, const char *folder, const char *mirror)
{
  g_autofree char *text = NULL;
  g_autoptr (LimnCatalog) catalog = NULL;

  g_file_get_contents (catalog_file, &text, NULL, NULL);
  catalog = limn_catalog_new_from_data (text, -1, NULL);
  g_assert_nonnull (catalog);
  return limn_model_manager_new_with_catalog (
      catalog, &(LimnModelSettings){ .folder = folder, .mirror = mirror, .allow_loopback = TRUE });
}

static int
run_child (char **argv)
{
  g_autoptr (LimnModelManager) manager = make_manager (argv[2], argv[3], argv[4]);
  LimnModelItem *item = find_tiny (manager);

  if (limn_model_item_get_path (item) == NULL)
    limn_model_item_download (item);
  find_tiny (manager);
  return limn_model_item_get_error (item) == NULL ? 0 : 1;
}

/* ---- the server ---- */

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  Fixture *f = user_data;

  soup_server_message_set_status (message, 404, NULL);
  for (guint i = 0; tiny_checkpoint_names[i]; i++)
    if (g_str_equal (path + 1, tiny_checkpoint_names[i]))
      {
        g_autofree char *etag = g_strdup_printf ("\"v%u\"", i);

        soup_message_headers_replace (soup_server_message_get_response_headers (message), "ETag",
                                      etag);
        soup_server_message_set_status (message, 200, NULL);
        soup_message_body_append_bytes (soup_server_message_get_response_body (message),
                                        f->files->pdata[i]);
      }
}

static void
start_server (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  f->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (f->server, NULL, on_request, f, NULL);
  soup_server_listen_local (f->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (f->server);
  f->mirror = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

/* ---- parent ---- */

static void
write_catalog (Fixture *f)
{
  const char *formats[] = { "msgpack", "msgpack", "json", "json", "text" };
  g_autoptr (GString) text =
      g_string_new ("{\"format\": 1, \"hub\": \"https://hub.invalid/\", \"models\": "
                    "[{\"id\": \"tiny\", \"name\": \"Tiny\", \"license\": \"CC0-1.0\", "
                    "\"sources\": [{\"id\": \"s\", \"name\": \"S\", \"page\": "
                    "\"https://tiny.invalid/\", \"license\": \"CC0-1.0\", \"files\": [");

  for (guint i = 0; tiny_checkpoint_names[i]; i++)
    g_string_append_printf (text,
                            "%s{\"name\": \"%s\", \"path\": \"%s\", \"format\": \"%s\", "
                            "\"about-bytes\": %zu}",
                            i ? "," : "", tiny_checkpoint_names[i], tiny_checkpoint_names[i],
                            formats[i], g_bytes_get_size (f->files->pdata[i]));
  g_string_append (text, "]}]}]}");
  g_assert_true (g_file_set_contents (f->catalog, text->str, -1, NULL));
}

static GPid
spawn (Fixture *f)
{
  char *argv[] = { (char *) program, (char *) "--child", f->catalog, f->folder, f->mirror, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_spawn_async (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

static void
on_child_exit (GPid pid, int status, gpointer data)
{
  *(int *) data = status;
}

typedef struct
{
  GPid pid;
  guint timer; /* 0 when it has come */
} Child;

static gboolean
kill_child (gpointer data)
{
  Child *child = data;

  kill (child->pid, SIGKILL);
  child->timer = 0;
  return G_SOURCE_REMOVE;
}

/* Serves until the child has ended, killed after so many microseconds unless that is 0. */
static int
serve (Fixture *f, gint64 kill_after_us)
{
  Child child = { spawn (f) };
  int status = -1;

  if (kill_after_us > 0)
    child.timer = g_timeout_add ((guint) (kill_after_us / 1000), kill_child, &child);
  g_child_watch_add (child.pid, on_child_exit, &status);
  while (status == -1)
    g_main_context_iteration (NULL, TRUE);
  g_spawn_close_pid (child.pid);
  if (child.timer > 0)
    g_source_remove (child.timer);
  return status;
}

/* The promise.  Returns whether the model is there. */
static gboolean
check (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  if (!g_file_test (f->model, G_FILE_TEST_EXISTS))
    return FALSE;
  limn_model_verify (f->model, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (limn_model_remove (f->model, &error), >, 0);
  return TRUE;
}

static gint64
measure (Fixture *f)
{
  gint64 began = g_get_monotonic_time ();

  g_assert_cmpint (serve (f, 0), ==, 0);
  g_assert_true (check (f));
  return g_get_monotonic_time () - began;
}

static void
test_kills (void)
{
  guint n_kills = g_strcmp0 (g_getenv ("LIMN_TEST_SOAK"), "1") == 0 ? 50 : 6;
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  Fixture f = { .files = tiny_checkpoint_new () };
  g_autofree char *top = g_dir_make_tmp ("limn-kills-XXXXXX", NULL);
  guint n_whole = 0;
  gint64 whole_us;

  f.folder = g_build_filename (top, "models", NULL);
  f.catalog = g_build_filename (top, "catalog.json", NULL);
  f.model = g_build_filename (f.folder, "tiny.gguf", NULL);
  start_server (&f);
  write_catalog (&f);
  whole_us = measure (&f);
  for (guint i = 0; i < n_kills; i++)
    {
      serve (&f, 1000 + (gint64) (g_rand_double (rand) * (double) whole_us));
      n_whole += check (&f);
    }
  measure (&f);
  g_test_message ("%u kills in %.1f s of work each, %u models were whole", n_kills,
                  (double) whole_us / G_USEC_PER_SEC, n_whole);
  g_unlink (f.catalog);
  g_assert_cmpint (g_rmdir (f.folder), ==, 0); /* nothing else was left */
  g_assert_cmpint (g_rmdir (top), ==, 0);
  g_object_unref (f.server);
  g_ptr_array_unref (f.files);
  g_free (f.mirror);
  g_free (f.folder);
  g_free (f.catalog);
  g_free (f.model);
}

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 5 && g_str_equal (argv[1], "--child"))
    return run_child (argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model-kills", test_kills);
  return g_test_run ();
}
