/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See limn-model-manager.h.  What happens to a model is limn-model-item's business. */
#include "config.h"

#include "limn-model-manager.h"

#include <string.h>

#include <glib/gi18n-lib.h>

struct _LimnModelManager
{
  GObject parent_instance;
  /* owned */
  LimnCatalog *catalog;
  GPtrArray *items; /* LimnModelItem */
  char *folder;     /* NULL: the store's */
  char *mirror;
  char *source;
  char *quantize;
  LimnModelSettings settings; /* borrows the strings above */
};

static void list_model_init (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LimnModelManager,
                               limn_model_manager,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* ---- list ---- */

static GType
get_item_type (GListModel *list)
{
  return LIMN_TYPE_MODEL_ITEM;
}

static guint
get_n_items (GListModel *list)
{
  return LIMN_MODEL_MANAGER (list)->items->len;
}

static gpointer
get_item (GListModel *list, guint position)
{
  LimnModelManager *self = LIMN_MODEL_MANAGER (list);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

/* ---- object ---- */

static void
limn_model_manager_finalize (GObject *object)
{
  LimnModelManager *self = LIMN_MODEL_MANAGER (object);

  for (guint i = 0; i < self->items->len; i++)
    {
      g_signal_handlers_disconnect_by_data (self->items->pdata[i], self);
      limn_model_item_stop (self->items->pdata[i]);
    }
  g_ptr_array_unref (self->items);
  limn_catalog_unref (self->catalog);
  g_free (self->folder);
  g_free (self->mirror);
  g_free (self->source);
  g_free (self->quantize);
  G_OBJECT_CLASS (limn_model_manager_parent_class)->finalize (object);
}

static void
limn_model_manager_class_init (LimnModelManagerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = limn_model_manager_finalize;
}

static void
limn_model_manager_init (LimnModelManager *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

/* ---- looking ---- */

static const LimnModelFile *
find_file (GPtrArray *files, const char *id)
{
  for (guint i = 0; i < files->len; i++)
    if (g_str_equal (((LimnModelFile *) files->pdata[i])->id, id))
      return files->pdata[i];
  return NULL;
}

static LimnModelItem *
find_item (LimnModelManager *self, const char *id)
{
  for (guint i = 0; i < self->items->len; i++)
    if (g_str_equal (limn_model_item_get_id (self->items->pdata[i]), id))
      return self->items->pdata[i];
  return NULL;
}

static LimnModelItem *
add_item (LimnModelManager *self, const LimnCatalogModel *known, const LimnModelFile *file)
{
  LimnModelItem *item = limn_model_item_new (self->catalog, known, file, &self->settings);

  g_signal_connect_object (item, "files-changed", G_CALLBACK (limn_model_manager_refresh), self,
                           G_CONNECT_SWAPPED);
  g_ptr_array_add (self->items, item);
  g_list_model_items_changed (G_LIST_MODEL (self), self->items->len - 1, 0, 1);
  return item;
}

/* Models that nobody offers and that have gone leave the list. */
static void
drop_gone (LimnModelManager *self, GPtrArray *files)
{
  for (guint i = self->items->len; i-- > 0;)
    {
      LimnModelItem *item = self->items->pdata[i];

      if (limn_model_item_is_known (item) || limn_model_item_is_busy (item)
          || find_file (files, limn_model_item_get_id (item)))
        continue;
      g_signal_handlers_disconnect_by_data (item, self);
      g_ptr_array_remove_index (self->items, i);
      g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 0);
    }
}

/**
 * limn_model_manager_refresh:
 *
 * Looks for models on the disk again.
 */
void
limn_model_manager_refresh (LimnModelManager *self)
{
  g_autoptr (GPtrArray) files = limn_model_store_list_in (self->folder);

  for (guint i = 0; i < self->items->len; i++)
    {
      LimnModelItem *item = self->items->pdata[i];

      limn_model_item_update (item, find_file (files, limn_model_item_get_id (item)),
                              &self->settings);
    }
  drop_gone (self, files);
  for (guint i = 0; i < limn_catalog_get_n_models (self->catalog); i++)
    {
      const LimnCatalogModel *known = limn_catalog_get_model (self->catalog, i);

      if (!find_item (self, known->id))
        add_item (self, known, find_file (files, known->id));
    }
  for (guint i = 0; i < files->len; i++)
    {
      const LimnModelFile *file = files->pdata[i];

      if (!find_item (self, file->id))
        add_item (self, NULL, file);
    }
}

/**
 * limn_model_manager_new_with_catalog:
 * @settings: copied
 */
LimnModelManager *
limn_model_manager_new_with_catalog (LimnCatalog *catalog, const LimnModelSettings *settings)
{
  LimnModelManager *self = g_object_new (LIMN_TYPE_MODEL_MANAGER, NULL);

  self->catalog = limn_catalog_ref (catalog);
  self->settings = *settings;
  self->settings.folder = self->folder = g_strdup (settings->folder);
  self->settings.mirror = self->mirror = g_strdup (settings->mirror);
  self->settings.source = self->source = g_strdup (settings->source);
  self->settings.quantize = self->quantize = g_strdup (settings->quantize);
  limn_model_manager_refresh (self);
  return self;
}

/**
 * limn_model_manager_new:
 *
 * With the catalog that is part of the program.
 */
LimnModelManager *
limn_model_manager_new (const LimnModelSettings *settings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnCatalog) catalog = limn_catalog_new (&error);

  if (catalog == NULL) /* it is compiled in, and a test reads it */
    g_error ("%s", error->message);
  return limn_model_manager_new_with_catalog (catalog, settings);
}

/* Ids are file names, and names may come from a command line: both may be any bytes. */
static char *
fold (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);

  return g_utf8_casefold (valid, -1);
}

/**
 * limn_model_manager_find:
 * @name: an id or the full name, in any case
 *
 * Returns: (transfer none) (nullable)
 */
LimnModelItem *
limn_model_manager_find (LimnModelManager *self, const char *name)
{
  g_autofree char *folded = fold (name);

  for (guint i = 0; i < self->items->len; i++)
    {
      LimnModelItem *item = self->items->pdata[i];
      g_autofree char *id = fold (limn_model_item_get_id (item));
      g_autofree char *full = fold (limn_model_item_get_name (item));

      if (g_str_equal (folded, id) || g_str_equal (folded, full))
        return item;
    }
  return NULL;
}

/* ---- importing ---- */

/* A file name that sorts and types well: letters, digits and dashes. */
static char *
make_id (const char *name)
{
  g_autofree char *ascii = g_str_to_ascii (name, "C");
  GString *id = g_string_new (NULL);

  for (const char *c = ascii; *c && id->len < 60; c++)
    {
      if (g_ascii_isalnum (*c))
        g_string_append_c (id, g_ascii_tolower (*c));
      else if (id->len > 0 && id->str[id->len - 1] != '-')
        g_string_append_c (id, '-');
    }
  if (id->len > 0 && id->str[id->len - 1] == '-')
    g_string_truncate (id, id->len - 1);
  if (id->len == 0)
    g_string_assign (id, "model");
  return g_string_free (id, FALSE);
}

static gboolean
is_here (LimnModelItem *item)
{
  return item != NULL && limn_model_item_get_path (item) != NULL;
}

/* The id of a model that is made of these files: as the catalog calls it, unless that one is here
 * already and might be another; else after the first file. */
static char *
choose_id (LimnModelManager *self, const char *const *paths)
{
  const LimnCatalogModel *known = limn_catalog_guess_model (self->catalog, paths);
  g_autofree char *name = g_filename_display_basename (paths[0]);
  char *dot = strrchr (name, '.');
  LimnModelItem *named;

  if (known && !is_here (find_item (self, known->id)))
    return g_strdup (known->id);

  if (dot && dot != name)
    *dot = '\0';
  named = limn_model_manager_find (self, name);
  return named && !is_here (named) ? g_strdup (limn_model_item_get_id (named)) : make_id (name);
}

/**
 * limn_model_manager_suggest_name:
 * @paths: %NULL-terminated files and folders
 *
 * What limn_model_manager_import() calls a model of these files, with a number behind it if there
 * is one of that name.
 */
char *
limn_model_manager_suggest_name (LimnModelManager *self, const char *const *paths)
{
  g_autofree char *id = choose_id (self, paths);
  char *name = g_strdup (id);

  for (guint i = 2; is_here (limn_model_manager_find (self, name)); i++)
    {
      g_free (name);
      name = g_strdup_printf ("%s-%u", id, i);
    }
  return name;
}

/**
 * limn_model_manager_import:
 * @paths: %NULL-terminated files and folders
 * @name: (nullable): of a model in the list that is not here, or a new one; %NULL to go by the
 *   files
 *
 * Begins to make a model of files the user has.  Never replaces one.
 *
 * Returns: (transfer none) (nullable): the item it will be, already at work;
 *   %NULL with %G_IO_ERROR_BUSY or %G_IO_ERROR_EXISTS
 */
LimnModelItem *
limn_model_manager_import (LimnModelManager *self,
                           const char *const *paths,
                           const char *name,
                           GError **error)
{
  g_autofree char *id = name ? make_id (name) : choose_id (self, paths);
  const LimnModelFile file = { .id = id };
  LimnModelItem *item = name ? limn_model_manager_find (self, name) : NULL;

  if (item == NULL)
    item = find_item (self, id);
  if (item == NULL)
    item = add_item (self, NULL, &file);
  if (is_here (item))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                 _ ("“%s” is here already: choose another name with --name, or delete it first."),
                 limn_model_item_get_id (item));
  else if (limn_model_item_is_busy (item))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                         _ ("This model is busy already. Wait, or stop it first."));
  else
    {
      limn_model_item_import (item, paths);
      return item;
    }
  return NULL;
}

/* ---- disk ---- */

char *
limn_model_manager_dup_folder (LimnModelManager *self)
{
  return self->folder ? g_strdup (self->folder) : limn_model_store_dup_folder ();
}

/**
 * limn_model_manager_set_folder:
 * @folder: (nullable): %NULL for Limn's own
 *
 * Where models go from now on.  What is in the old folder stays there.
 */
void
limn_model_manager_set_folder (LimnModelManager *self, const char *folder)
{
  char *old = self->folder;

  self->settings.folder = self->folder = g_strdup (folder && *folder ? folder : NULL);
  g_free (old);
  limn_model_manager_refresh (self);
}

/**
 * limn_model_manager_set_mirror:
 * @mirror: (nullable): %NULL or empty for the hub itself
 *
 * Where downloads that start from now on come from.
 */
void
limn_model_manager_set_mirror (LimnModelManager *self, const char *mirror)
{
  char *old = self->mirror;

  self->settings.mirror = self->mirror = g_strdup (mirror && *mirror ? mirror : NULL);
  g_free (old);
  limn_model_manager_refresh (self);
}

/**
 * limn_model_manager_set_source:
 * @source: (nullable): id of the catalog's source; %NULL for the recommended one
 *
 * Which files downloads that start from now on fetch.
 */
void
limn_model_manager_set_source (LimnModelManager *self, const char *source)
{
  char *old = self->source;

  self->settings.source = self->source = g_strdup (source);
  g_free (old);
  limn_model_manager_refresh (self);
}

/**
 * limn_model_manager_get_disk_bytes:
 *
 * What the user's models and downloads take.
 */
goffset
limn_model_manager_get_disk_bytes (LimnModelManager *self)
{
  goffset n_bytes = 0;

  for (guint i = 0; i < self->items->len; i++)
    {
      LimnModelItem *item = self->items->pdata[i];

      n_bytes += limn_model_item_get_part_bytes (item);
      if (limn_model_item_can_delete (item))
        n_bytes += limn_model_item_get_file_bytes (item);
    }
  return n_bytes;
}

gboolean
limn_model_manager_is_busy (LimnModelManager *self)
{
  for (guint i = 0; i < self->items->len; i++)
    if (limn_model_item_is_busy (self->items->pdata[i]))
      return TRUE;
  return FALSE;
}
