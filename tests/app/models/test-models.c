/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The catalog, and a model's whole way: downloaded from a server on this
 * computer, imported, verified, drawn with, deleted; and what goes wrong.
 */
#include "config.h"

#include <string.h>

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "limn.h"
#include "models/limn-catalog.h"
#include "models/limn-download-error.h"
#include "models/limn-model-install.h"
#include "models/limn-model-manager.h"
#include "models/limn-speed.h"
#include "tiny-checkpoint.h"

/* ---- catalog ---- */

static void
check_file (LimnCatalog *catalog, const LimnCatalogFile *file)
{
  g_autofree char *url = limn_catalog_file_get_url (catalog, file, NULL);
  g_autofree char *mirrored = limn_catalog_file_get_url (catalog, file, "https://m.invalid");
  g_autofree char *expected = g_strconcat ("https://m.invalid/", file->path, NULL);

  g_assert_true (g_str_has_prefix (url, "https://"));
  g_assert_true (g_str_has_suffix (url, file->path));
  g_assert_cmpstr (mirrored, ==, expected);
  g_assert_cmpint (file->about_bytes, >, 0);
  g_assert_cmpint (file->format, !=, LIMN_FILE_FORMAT_ANY);
}

static void
test_catalog (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnCatalog) catalog = limn_catalog_new (&error);
  const LimnCatalogModel *mini;

  g_assert_no_error (error);
  g_assert_cmpuint (limn_catalog_get_n_models (catalog), ==, 3);
  g_assert_true (limn_catalog_get_model (catalog, 0)->is_inside);
  for (guint i = 0; i < 3; i++)
    {
      const LimnCatalogModel *model = limn_catalog_get_model (catalog, i);

      for (guint k = 0; k < model->sources->len; k++)
        {
          const LimnCatalogSource *source = model->sources->pdata[k];

          for (guint n = 0; n < source->files->len; n++)
            check_file (catalog, source->files->pdata[n]);
        }
    }
  mini = limn_catalog_find_model (catalog, "dall·e MINI");
  g_assert_true (mini == limn_catalog_find_model (catalog, "mini"));
  g_assert_nonnull (limn_catalog_model_find_source (mini, "dalle-mini"));
  g_assert_null (limn_catalog_model_find_source (mini, "nobody"));
  /* the recommended files are the smaller ones */
  g_assert_cmpint (limn_catalog_source_get_bytes (mini->sources->pdata[0]), <,
                   limn_catalog_source_get_bytes (mini->sources->pdata[1]));
}

#define HEAD                                                                                       \
  "{\"format\": 1, \"hub\": \"https://h/\", \"models\": [{\"id\": \"x\", "                         \
  "\"name\": \"X\", \"license\": \"L\", \"sources\": [{\"id\": \"s\", \"name\": \"S\", "           \
  "\"page\": \"https://p\", \"license\": \"L\", \"files\": ["
#define TAIL "]}]}]}"

static void
test_catalog_refuses (void)
{
  const char *texts[] = {
    "",
    "[]",
    "{",
    "{\"format\": 2}",
    "{\"format\": 1}",
    "{\"format\": 1, \"hub\": 5}",
    HEAD TAIL,
    HEAD "{\"name\": \"../a\", \"path\": \"b\", \"format\": \"zip\", \"about-bytes\": 1}" TAIL,
    HEAD "{\"name\": \"a\", \"path\": \"/b\", \"format\": \"zip\", \"about-bytes\": 1}" TAIL,
    HEAD "{\"name\": \"a\", \"path\": \"b\", \"format\": \"exe\", \"about-bytes\": 1}" TAIL,
    HEAD "{\"name\": \"a\", \"path\": \"b\", \"format\": \"zip\", \"about-bytes\": -1}" TAIL,
    HEAD "{\"name\": \"a\", \"path\": \"b\", \"format\": \"zip\", \"about-bytes\": 1, "
         "\"sha256\": \"12\"}" TAIL,
    "{\"format\": 1, \"hub\": \"https://h/\", \"models\": [{\"id\": \"../x\"}]}",
  };
  const char *right =
      HEAD "{\"name\": \"a\", \"path\": \"b\", \"format\": \"zip\", \"about-bytes\": 1}" TAIL;
  g_autoptr (LimnCatalog) catalog = limn_catalog_new_from_data (right, -1, NULL);

  g_assert_nonnull (catalog);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (limn_catalog_new_from_data (texts[i], -1, &error));
      g_assert_nonnull (error);
    }
}

/* ---- a model's way ---- */

typedef struct
{
  SoupServer *server;
  GPtrArray *files; /* GBytes */
  guint n_requests;
  char *folder;
  char *catalog_text;
  LimnCatalog *catalog;
  LimnModelSettings settings;
  char *mirror;
  LimnModelManager *manager;
  LimnModelItem *item; /* borrowed: the tiny model */
} Fixture;

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  Fixture *f = user_data;

  f->n_requests++;
  for (guint i = 0; tiny_checkpoint_names[i]; i++)
    if (g_str_equal (path + 1, tiny_checkpoint_names[i]))
      {
        GBytes *file = f->files->pdata[i];
        g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, file);
        g_autofree char *etag = g_strdup_printf ("\"%s\"", sha256);

        soup_message_headers_replace (soup_server_message_get_response_headers (message), "ETag",
                                      etag);
        soup_server_message_set_status (message, 200, NULL);
        soup_server_message_set_response (message, "application/octet-stream", SOUP_MEMORY_COPY,
                                          g_bytes_get_data (file, NULL), g_bytes_get_size (file));
        return;
      }
  soup_server_message_set_status (message, 404, NULL);
}

static char *
make_catalog_text (Fixture *f, guint n_files)
{
  const char *formats[] = { "msgpack", "msgpack", "json", "json", "text" };
  GString *text =
      g_string_new ("{\"format\": 1, \"hub\": \"https://hub.invalid/\", \"models\": "
                    "[{\"id\": \"tiny\", \"name\": \"Tiny\", \"license\": \"CC0-1.0\", "
                    "\"sources\": [{\"id\": \"s\", \"name\": \"S\", \"page\": "
                    "\"https://tiny.invalid/\", \"license\": \"CC0-1.0\", \"files\": [");

  for (guint i = 0; i < n_files; i++)
    g_string_append_printf (text,
                            "%s{\"name\": \"%s\", \"path\": \"%s\", \"format\": \"%s\", "
                            "\"about-bytes\": %zu}",
                            i ? "," : "", tiny_checkpoint_names[i], tiny_checkpoint_names[i],
                            formats[i], g_bytes_get_size (f->files->pdata[i]));
  g_string_append (text, "]}]}]}");
  return g_string_free (text, FALSE);
}

static void
make_manager (Fixture *f)
{
  g_clear_object (&f->manager);
  f->manager = limn_model_manager_new_with_catalog (f->catalog, &f->settings);
  f->item = limn_model_manager_find (f->manager, "tiny");
  g_assert_nonnull (f->item);
}

static void
set_catalog (Fixture *f, guint n_files)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->catalog, limn_catalog_unref);
  g_free (f->catalog_text);
  f->catalog_text = make_catalog_text (f, n_files);
  f->catalog = limn_catalog_new_from_data (f->catalog_text, -1, &error);
  g_assert_no_error (error);
  make_manager (f);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  f->files = tiny_checkpoint_new ();
  f->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (f->server, NULL, on_request, f, NULL);
  soup_server_listen_local (f->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (f->server);
  f->mirror = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  f->folder = g_dir_make_tmp ("limn-models-XXXXXX", NULL);
  f->settings =
      (LimnModelSettings){ .folder = f->folder, .mirror = f->mirror, .allow_loopback = TRUE };
  set_catalog (f, 5);
}

static void
settle (Fixture *f)
{
  while (limn_model_item_is_busy (f->item) || !limn_model_item_is_settled (f->item))
    g_main_context_iteration (NULL, TRUE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->manager);
  g_clear_object (&f->server);
  limn_catalog_unref (f->catalog);
  g_ptr_array_unref (f->files);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0); /* every test leaves it empty */
  g_free (f->folder);
  g_free (f->mirror);
  g_free (f->catalog_text);
}

static char *
in_folder (Fixture *f, const char *name)
{
  return g_build_filename (f->folder, name, NULL);
}

static gboolean
is_there (Fixture *f, const char *name)
{
  g_autofree char *path = in_folder (f, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
assert_state (Fixture *f, LimnModelState state)
{
  if (limn_model_item_get_error (f->item))
    g_test_message ("%s", limn_model_item_get_error (f->item)->message);
  g_assert_cmpint (limn_model_item_get_state (f->item), ==, state);
}

static void
get_model (Fixture *f)
{
  limn_model_item_download (f->item);
  assert_state (f, LIMN_MODEL_STATE_DOWNLOADING);
  settle (f);
  g_assert_null (limn_model_item_get_error (f->item));
  assert_state (f, LIMN_MODEL_STATE_READY);
}

static void
delete_model (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  goffset size = limn_model_item_get_file_bytes (f->item);

  g_assert_cmpint (size, >, 0);
  g_assert_true (limn_model_item_can_delete (f->item));
  g_assert_cmpint (limn_model_item_delete (f->item, &error), >=, size);
  g_assert_no_error (error);
  assert_state (f, LIMN_MODEL_STATE_ABSENT);
  g_assert_null (limn_model_item_get_path (f->item));
}

static void
assert_draws (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnModel) model = limn_model_open (path, &error);
  g_autoptr (GPtrArray) pictures = NULL;
  LimnRequest request;

  g_assert_no_error (error);
  limn_request_init (&request, model);
  request.prompt = "a";
  request.n_pictures = 1;
  pictures = limn_generate (model, &request, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pictures->len, ==, 1);
}

static void
test_whole_way (Fixture *f, gconstpointer data)
{
  g_autofree char *path = in_folder (f, "tiny.gguf");

  /* looking asks nobody */
  limn_model_manager_refresh (f->manager);
  g_assert_cmpuint (f->n_requests, ==, 0);
  assert_state (f, LIMN_MODEL_STATE_ABSENT);

  get_model (f);
  g_assert_cmpuint (f->n_requests, ==, 5);
  g_assert_cmpstr (limn_model_item_get_path (f->item), ==, path);
  g_assert_true (is_there (f, "tiny.gguf.sha256"));
  g_assert_false (is_there (f, "downloads")); /* not needed any more */
  g_assert_cmpint (limn_model_item_get_needs_memory_bytes (f->item), >, 0);
  g_assert_cmpstr (limn_model_item_get_license (f->item), ==, "CC0-1.0");
  g_assert_cmpint (limn_model_manager_get_disk_bytes (f->manager), ==,
                   limn_model_item_get_file_bytes (f->item));
  assert_draws (path);

  limn_model_item_verify (f->item);
  assert_state (f, LIMN_MODEL_STATE_CHECKING);
  settle (f);
  g_assert_null (limn_model_item_get_error (f->item));
  g_assert_nonnull (limn_model_item_get_status (f->item));

  make_manager (f); /* as after a new start */
  assert_state (f, LIMN_MODEL_STATE_READY);
  settle (f);
  g_assert_cmpuint (f->n_requests, ==, 5);
  delete_model (f);
}

static void
on_changed_stop (LimnModelItem *item, gpointer user_data)
{
  if (limn_model_item_get_part_bytes (item) > 0)
    limn_model_item_stop (item);
}

static void
test_pause (Fixture *f, gconstpointer data)
{
  gulong id = g_signal_connect (f->item, "changed", G_CALLBACK (on_changed_stop), NULL);

  limn_model_item_download (f->item);
  settle (f);
  g_signal_handler_disconnect (f->item, id);
  g_assert_null (limn_model_item_get_error (f->item));
  /* a small file may have come whole before the pause was seen */
  if (limn_model_item_get_state (f->item) == LIMN_MODEL_STATE_READY)
    {
      delete_model (f);
      return;
    }
  assert_state (f, LIMN_MODEL_STATE_PAUSED);
  make_manager (f);
  assert_state (f, LIMN_MODEL_STATE_PAUSED);
  g_assert_cmpint (limn_model_item_get_part_bytes (f->item), >, 0);
  get_model (f);
  delete_model (f);
}

static void
test_discard (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = in_folder (f, "downloads/tiny/s");
  g_autofree char *file = in_folder (f, "downloads/tiny/s/config.json");

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "{}", -1, NULL));
  make_manager (f);
  assert_state (f, LIMN_MODEL_STATE_PAUSED);
  g_assert_cmpint (limn_model_item_discard_parts (f->item, NULL), ==, 2);
  assert_state (f, LIMN_MODEL_STATE_ABSENT);
}

static void
test_keep_files (Fixture *f, gconstpointer data)
{
  f->settings.keep_files = TRUE;
  make_manager (f);
  get_model (f);
  g_assert_true (is_there (f, "downloads/tiny/s/flax_model.msgpack"));
  delete_model (f); /* takes them along */
  g_assert_false (is_there (f, "downloads"));
}

/* one bit of the model turns over on the disk */
static void
test_verify_finds_damage (Fixture *f, gconstpointer data)
{
  g_autofree char *path = in_folder (f, "tiny.gguf");
  g_autofree char *text = NULL;
  gsize length;

  get_model (f);
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  text[length - 40] ^= 4;
  g_assert_true (g_file_set_contents (path, text, (gssize) length, NULL));
  limn_model_item_verify (f->item);
  settle (f);
  g_assert_error ((GError *) limn_model_item_get_error (f->item), LIMN_ERROR, LIMN_ERROR_CORRUPT);
  assert_state (f, LIMN_MODEL_STATE_READY);
  delete_model (f);
}

/* without its tokenizer it would draw nothing: refused, the files stay */
static void
test_incomplete (Fixture *f, gconstpointer data)
{
  set_catalog (f, 3);
  limn_model_item_download (f->item);
  settle (f);
  g_assert_error ((GError *) limn_model_item_get_error (f->item), LIMN_ERROR, LIMN_ERROR_MISSING);
  assert_state (f, LIMN_MODEL_STATE_PAUSED);
  g_assert_false (is_there (f, "tiny.gguf"));
  g_assert_false (is_there (f, "tiny.gguf.sha256"));
  g_assert_false (is_there (f, ".tiny.gguf.new"));
  g_assert_false (is_there (f, ".tiny.gguf.lock"));
  g_assert_cmpint (limn_model_item_discard_parts (f->item, NULL), >, 0);
}

static void
test_missing_on_server (Fixture *f, gconstpointer data)
{
  f->settings.mirror = "http://127.0.0.1:9/"; /* nobody there */
  make_manager (f);
  limn_model_item_download (f->item);
  limn_model_item_stop (f->item);
  settle (f);
  g_assert_null (limn_model_item_get_error (f->item)); /* stopped, not failed */
  assert_state (f, LIMN_MODEL_STATE_ABSENT);
  f->settings.mirror = "http://not-secure.invalid/";
  make_manager (f);
  limn_model_item_download (f->item);
  settle (f);
  g_assert_error ((GError *) limn_model_item_get_error (f->item), LIMN_DOWNLOAD_ERROR,
                  LIMN_DOWNLOAD_ERROR_INSECURE);
  g_clear_object (&f->manager);
  {
    g_autofree char *deep = in_folder (f, "downloads/tiny/s");
    g_autofree char *middle = in_folder (f, "downloads/tiny");
    g_autofree char *top = in_folder (f, "downloads");

    g_rmdir (deep);
    g_rmdir (middle);
    g_rmdir (top);
  }
}

static void
write_files (Fixture *f, const char *folder)
{
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  for (guint i = 0; tiny_checkpoint_names[i]; i++)
    {
      g_autofree char *path = g_build_filename (folder, tiny_checkpoint_names[i], NULL);
      gsize size;
      const char *text = g_bytes_get_data (f->files->pdata[i], &size);

      g_assert_true (g_file_set_contents (path, text, (gssize) size, NULL));
    }
}

static void
remove_files (const char *folder)
{
  for (guint i = 0; tiny_checkpoint_names[i]; i++)
    {
      g_autofree char *path = g_build_filename (folder, tiny_checkpoint_names[i], NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* files that the user has, under a name of the user's */
static void
test_import (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = in_folder (f, "from");
  const char *paths[] = { folder, NULL };
  guint n = g_list_model_get_n_items (G_LIST_MODEL (f->manager));

  write_files (f, folder);
  f->item = limn_model_manager_import (f->manager, paths, "My Very Own… Model", NULL);
  g_assert_nonnull (f->item);
  g_assert_cmpstr (limn_model_item_get_id (f->item), ==, "my-very-own-model");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->manager)), ==, n + 1);
  settle (f);
  assert_state (f, LIMN_MODEL_STATE_READY);
  g_assert_true (is_there (f, "my-very-own-model.gguf"));
  g_assert_true (is_there (f, "from/config.json")); /* the user's files are left alone */
  g_assert_cmpuint (f->n_requests, ==, 0);
  g_assert_cmpint (limn_model_item_delete (f->item, NULL), >, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->manager)), ==, n);
  f->item = NULL;
  remove_files (folder);
}

static void
test_import_cancelled (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = in_folder (f, "from");
  const char *paths[] = { folder, NULL };

  write_files (f, folder);
  limn_model_item_import (f->item, paths);
  limn_model_item_stop (f->item);
  settle (f);
  g_assert_null (limn_model_item_get_error (f->item));
  if (limn_model_item_get_state (f->item) == LIMN_MODEL_STATE_READY) /* it was quicker */
    delete_model (f);
  assert_state (f, LIMN_MODEL_STATE_ABSENT);
  remove_files (folder);
}

/* the window closes in the middle: nothing is left hanging, what came is kept */
static void
test_manager_goes (Fixture *f, gconstpointer data)
{
  g_autoptr (LimnModelItem) item = g_object_ref (f->item);

  limn_model_item_download (f->item);
  g_clear_object (&f->manager);
  f->item = item;
  settle (f);
  make_manager (f);
  if (limn_model_item_get_state (f->item) == LIMN_MODEL_STATE_READY)
    delete_model (f);
  else if (limn_model_item_get_state (f->item) == LIMN_MODEL_STATE_PAUSED)
    limn_model_item_discard_parts (f->item, NULL);
  assert_state (f, LIMN_MODEL_STATE_ABSENT);
  limn_model_item_discard_parts (f->item, NULL);
}

static void
test_speed (void)
{
  g_assert_cmpfloat (limn_speed_get_seconds ("m", 9), <, 0);
  limn_speed_note ("m", 9, 30);
  g_assert_cmpfloat (limn_speed_get_seconds ("m", 9), ==, 30);
  limn_speed_note ("m", 9, 20);
  g_assert_cmpfloat (limn_speed_get_seconds ("m", 9), ==, 25);
  limn_speed_note ("m", 9, -1);
  limn_speed_note ("m", 9, 1e30);
  g_assert_cmpfloat (limn_speed_get_seconds ("m", 9), ==, 25);
  g_assert_cmpfloat (limn_speed_get_seconds ("m", 1), <, 0);
}

static void
remove_state (const char *folder)
{
  g_autofree char *limn = g_build_filename (folder, "limn", NULL);
  g_autofree char *speed = g_build_filename (limn, "speed", NULL);

  g_unlink (speed);
  g_rmdir (limn);
  g_rmdir (folder);
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/models/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_autofree char *state = g_dir_make_tmp ("limn-state-XXXXXX", NULL);
  int status;

  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalog/inside", test_catalog);
  g_test_add_func ("/catalog/refuses", test_catalog_refuses);
  g_test_add_func ("/models/speed", test_speed);
  add ("whole-way", test_whole_way);
  add ("pause", test_pause);
  add ("discard", test_discard);
  add ("keep-files", test_keep_files);
  add ("verify-finds-damage", test_verify_finds_damage);
  add ("incomplete", test_incomplete);
  add ("missing-on-server", test_missing_on_server);
  add ("import", test_import);
  add ("import-cancelled", test_import_cancelled);
  add ("manager-goes", test_manager_goes);
  status = g_test_run ();
  remove_state (state);
  return status;
}
