/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See limn-catalog.h.  Leaves fetching to limn-download. */
#include "config.h"

#include "limn-catalog.h"

#include <string.h>

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "limn.h"
#include "limn-models-resources.h"

#define RESOURCE "/io/github/limn_app/Limn/catalog.json"
#define FORMAT   1

/* What the catalog says for people, for translators: gettext does not read JSON.  A check of the
 * translations compares the two. */
G_GNUC_UNUSED static const char *const sentences[] = {
  N_ ("Simple scenes with everyday things. Comes with Limn and draws in seconds."),
  N_ ("Any idea at all, in the dreamy, slightly wrong style that the internet fell for in 2022. "
      "Good on an ordinary laptop."),
  N_ ("The same imagination with a steadier hand: better likenesses, better compositions. Slower, "
      "and for computers with memory to spare."),
};

struct _LimnCatalog
{
  char *hub;
  GPtrArray *models; /* LimnCatalogModel */
};

static void
file_free (LimnCatalogFile *file)
{
  g_free (file->name);
  g_free (file->path);
  g_free (file->sha256);
  g_free (file);
}

static void
source_free (LimnCatalogSource *source)
{
  g_free (source->id);
  g_free (source->name);
  g_free (source->page);
  g_free (source->license);
  g_ptr_array_unref (source->files);
  g_free (source);
}

static void
model_free (LimnCatalogModel *model)
{
  g_free (model->id);
  g_free (model->name);
  g_free (model->good_at);
  g_free (model->license);
  g_ptr_array_unref (model->sources);
  g_free (model);
}

/* ---- reading ---- */

static gboolean
fail (GError **error, const char *what, const char *member)
{
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_CORRUPT,
               _ ("The list of models is damaged: %s has no proper “%s”."), what, member);
  return FALSE;
}

static const char *
get_string (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static gint64
get_int (JsonObject *object, const char *member, gint64 otherwise)
{
  JsonNode *node = json_object_get_member (object, member);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
             ? json_node_get_int (node)
             : otherwise;
}

/* The objects in an array member; others in it are left out. */
static GPtrArray *
get_objects (JsonObject *object, const char *member)
{
  GPtrArray *objects = g_ptr_array_new ();
  JsonNode *node = json_object_get_member (object, member);
  JsonArray *array = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array && i < json_array_get_length (array); i++)
    {
      JsonNode *item = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_OBJECT (item))
        g_ptr_array_add (objects, json_node_get_object (item));
    }
  return objects;
}

static gboolean
is_plain_name (const char *name)
{
  return name && *name && *name != '.' && strchr (name, '/') == NULL;
}

static gboolean
is_sha256 (const char *text)
{
  return strlen (text) == 64 && strspn (text, "0123456789abcdef") == 64;
}

static gboolean
read_file (LimnCatalogSource *source, JsonObject *object, GError **error)
{
  LimnCatalogFile *file = g_new0 (LimnCatalogFile, 1);

  g_ptr_array_add (source->files, file);
  file->name = g_strdup (get_string (object, "name"));
  file->path = g_strdup (get_string (object, "path"));
  file->sha256 = g_strdup (get_string (object, "sha256"));
  file->size_bytes = get_int (object, "size", -1);
  file->about_bytes = get_int (object, "about-bytes", MAX (file->size_bytes, 0));
  if (!is_plain_name (file->name))
    return fail (error, source->id, "files.name");
  if (file->path == NULL || *file->path == '/')
    return fail (error, file->name, "path");
  if (!limn_file_format_parse (get_string (object, "format"), &file->format))
    return fail (error, file->name, "format");
  if (file->sha256 && !is_sha256 (file->sha256))
    return fail (error, file->name, "sha256");
  if (file->size_bytes < -1 || file->about_bytes <= 0)
    return fail (error, file->name, "about-bytes");
  return TRUE;
}

static gboolean
read_source (LimnCatalogModel *model, JsonObject *object, GError **error)
{
  LimnCatalogSource *source = g_new0 (LimnCatalogSource, 1);
  g_autoptr (GPtrArray) files = get_objects (object, "files");

  source->files = g_ptr_array_new_with_free_func ((GDestroyNotify) file_free);
  g_ptr_array_add (model->sources, source);
  source->id = g_strdup (get_string (object, "id"));
  source->name = g_strdup (get_string (object, "name"));
  source->page = g_strdup (get_string (object, "page"));
  source->license = g_strdup (get_string (object, "license"));
  if (!is_plain_name (source->id) || !source->name || !source->page || !source->license)
    return fail (error, model->id, "sources");
  for (guint i = 0; i < files->len; i++)
    if (!read_file (source, files->pdata[i], error))
      return FALSE;
  return files->len > 0 || fail (error, source->id, "files");
}

static gboolean
read_model (LimnCatalog *catalog, JsonObject *object, GError **error)
{
  LimnCatalogModel *model = g_new0 (LimnCatalogModel, 1);
  g_autoptr (GPtrArray) sources = get_objects (object, "sources");
  const char *good_at = get_string (object, "good-at");

  model->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) source_free);
  g_ptr_array_add (catalog->models, model);
  model->id = g_strdup (get_string (object, "id"));
  model->name = g_strdup (get_string (object, "name"));
  model->license = g_strdup (get_string (object, "license"));
  model->good_at = g_strdup (good_at ? g_dgettext (GETTEXT_PACKAGE, good_at) : "");
  model->is_inside = json_object_get_boolean_member_with_default (object, "inside", FALSE);
  model->needs_memory_bytes = get_int (object, "needs-memory-bytes", 0);
  model->model_bytes = get_int (object, "model-bytes", 0);
  if (!is_plain_name (model->id))
    return fail (error, "models", "id");
  if (!model->name || !model->license)
    return fail (error, model->id, "name");
  for (guint i = 0; i < sources->len; i++)
    if (!read_source (model, sources->pdata[i], error))
      return FALSE;
  return model->is_inside || sources->len > 0 || fail (error, model->id, "sources");
}

static gboolean
read_catalog (LimnCatalog *catalog, JsonNode *root, GError **error)
{
  g_autoptr (GPtrArray) models = NULL;
  JsonObject *object;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return fail (error, "catalog.json", "models");
  object = json_node_get_object (root);
  if (get_int (object, "format", 0) != FORMAT)
    return fail (error, "catalog.json", "format");
  catalog->hub = g_strdup (get_string (object, "hub"));
  if (catalog->hub == NULL || !g_str_has_suffix (catalog->hub, "/"))
    return fail (error, "catalog.json", "hub");
  models = get_objects (object, "models");
  for (guint i = 0; i < models->len; i++)
    if (!read_model (catalog, models->pdata[i], error))
      return FALSE;
  return TRUE;
}

/**
 * limn_catalog_new_from_data:
 *
 * Reads a catalog from JSON text.
 */
LimnCatalog *
limn_catalog_new_from_data (const char *json, gssize length, GError **error)
{
  g_autoptr (LimnCatalog) catalog = g_atomic_rc_box_new0 (LimnCatalog);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();

  catalog->models = g_ptr_array_new_with_free_func ((GDestroyNotify) model_free);
  if (!json_parser_load_from_data (parser, json, length, error)
      || !read_catalog (catalog, json_parser_get_root (parser), error))
    return NULL;
  return g_steal_pointer (&catalog);
}

/**
 * limn_catalog_new:
 *
 * Reads the catalog that is part of the program.
 */
LimnCatalog *
limn_catalog_new (GError **error)
{
  g_autoptr (GBytes) bytes = g_resource_lookup_data (limn_models_get_resource (), RESOURCE,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  if (bytes == NULL)
    return NULL;
  return limn_catalog_new_from_data (g_bytes_get_data (bytes, NULL),
                                     (gssize) g_bytes_get_size (bytes), error);
}

static void
catalog_clear (gpointer data)
{
  LimnCatalog *catalog = data;

  g_free (catalog->hub);
  g_ptr_array_unref (catalog->models);
}

LimnCatalog *
limn_catalog_ref (LimnCatalog *catalog)
{
  return g_atomic_rc_box_acquire (catalog);
}

void
limn_catalog_unref (LimnCatalog *catalog)
{
  if (catalog)
    g_atomic_rc_box_release_full (catalog, catalog_clear);
}

/* ---- looking up ---- */

guint
limn_catalog_get_n_models (LimnCatalog *catalog)
{
  return catalog->models->len;
}

const LimnCatalogModel *
limn_catalog_get_model (LimnCatalog *catalog, guint i)
{
  g_return_val_if_fail (i < catalog->models->len, NULL);
  return catalog->models->pdata[i];
}

/**
 * limn_catalog_find_model:
 * @name: an id or a name, in any case
 */
const LimnCatalogModel *
limn_catalog_find_model (LimnCatalog *catalog, const char *name)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);

  for (guint i = 0; i < catalog->models->len; i++)
    {
      const LimnCatalogModel *model = catalog->models->pdata[i];
      g_autofree char *id = g_utf8_casefold (model->id, -1);
      g_autofree char *full = g_utf8_casefold (model->name, -1);

      if (g_str_equal (folded, id) || g_str_equal (folded, full))
        return model;
    }
  return NULL;
}

/**
 * limn_catalog_model_find_source:
 * @id: (nullable): %NULL for the recommended one
 */
const LimnCatalogSource *
limn_catalog_model_find_source (const LimnCatalogModel *model, const char *id)
{
  for (guint i = 0; i < model->sources->len; i++)
    {
      const LimnCatalogSource *source = model->sources->pdata[i];

      if (id == NULL || g_str_equal (id, source->id))
        return source;
    }
  return NULL;
}

/**
 * limn_catalog_source_get_bytes:
 *
 * About how much there is to download.
 */
goffset
limn_catalog_source_get_bytes (const LimnCatalogSource *source)
{
  goffset n_bytes = 0;

  for (guint i = 0; i < source->files->len; i++)
    {
      const LimnCatalogFile *file = source->files->pdata[i];

      n_bytes += file->size_bytes >= 0 ? file->size_bytes : file->about_bytes;
    }
  return n_bytes;
}

/**
 * limn_catalog_file_get_url:
 * @mirror: (nullable): address of a server with the hub's layout, instead of the hub
 */
char *
limn_catalog_file_get_url (LimnCatalog *catalog, const LimnCatalogFile *file, const char *mirror)
{
  const char *hub = mirror && *mirror ? mirror : catalog->hub;

  return g_strconcat (hub, g_str_has_suffix (hub, "/") ? "" : "/", file->path, NULL);
}
