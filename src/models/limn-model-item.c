/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See limn-model-item.h.  Here: the object, what it knows and tells.  What can
 * be done with it is in limn-model-actions.c.
 */
#include "config.h"

#include "limn-model-item-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "limn-speed.h"

#define N_GRID 9

G_DEFINE_FINAL_TYPE (LimnModelItem, limn_model_item, G_TYPE_OBJECT)

enum
{
  CHANGED,
  FILES_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
limn_model_item_dispose (GObject *object)
{
  LimnModelItem *self = LIMN_MODEL_ITEM (object);

  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->facts_cancellable);
  self->download = NULL;
  g_ptr_array_set_size (self->downloads, 0);
  G_OBJECT_CLASS (limn_model_item_parent_class)->dispose (object);
}

static void
limn_model_item_finalize (GObject *object)
{
  LimnModelItem *self = LIMN_MODEL_ITEM (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->facts_cancellable);
  g_clear_pointer (&self->facts, limn_model_facts_free);
  g_clear_error (&self->error);
  g_ptr_array_unref (self->downloads);
  g_free (self->id);
  g_free (self->path);
  g_free (self->status);
  g_free (self->folder);
  g_free (self->mirror);
  g_free (self->source_id);
  g_free (self->quantize);
  limn_catalog_unref (self->catalog);
  G_OBJECT_CLASS (limn_model_item_parent_class)->finalize (object);
}

static void
limn_model_item_class_init (LimnModelItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = limn_model_item_dispose;
  object_class->finalize = limn_model_item_finalize;

  /**
   * LimnModelItem::changed:
   *
   * Something that the getters tell is another.
   */
  signals[CHANGED] = g_signal_new ("changed", LIMN_TYPE_MODEL_ITEM, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  /**
   * LimnModelItem::files-changed:
   *
   * A model file came or went.
   */
  signals[FILES_CHANGED] = g_signal_new ("files-changed", LIMN_TYPE_MODEL_ITEM, G_SIGNAL_RUN_LAST,
                                         0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
limn_model_item_init (LimnModelItem *self)
{
  self->progress = -1;
  self->downloads = g_ptr_array_new_with_free_func (g_object_unref);
}

/* ---- state ---- */

void
limn_model_item_set_state (LimnModelItem *self, LimnModelState state, double progress, char *status)
{
  self->state = state;
  self->progress = progress;
  g_free (self->status);
  self->status = status;
  g_signal_emit (self, signals[CHANGED], 0);
}

static char *
describe_rest (LimnModelItem *self, LimnModelState state)
{
  goffset done = limn_model_item_get_arrived_bytes (self);
  g_autofree char *is = g_format_size ((guint64) done);
  g_autofree char *all = g_format_size ((guint64) limn_model_item_get_part_bytes (self));
  g_autofree char *total = g_format_size ((guint64) limn_model_item_get_download_bytes (self));

  if (state != LIMN_MODEL_STATE_PAUSED)
    return NULL;
  if (self->download && limn_download_is_complete (self->download))
    return g_strdup (_ ("Downloaded, not imported yet"));
  if (done == 0)
    return g_strdup_printf (_ ("%s from another source are here"), all);
  return g_strdup_printf (_ ("Paused at %s of %s"), is, total);
}

/* What it is when nothing is going on. */
void
limn_model_item_rest (LimnModelItem *self)
{
  LimnModelState state = self->path                                  ? LIMN_MODEL_STATE_READY
                         : limn_model_item_get_part_bytes (self) > 0 ? LIMN_MODEL_STATE_PAUSED
                                                                     : LIMN_MODEL_STATE_ABSENT;

  g_clear_object (&self->cancellable);
  self->is_importing_download = FALSE;
  limn_model_item_set_state (self, state, -1, describe_rest (self, state));
}

static goffset
get_size (const char *path)
{
  GStatBuf st;

  return path && g_stat (path, &st) == 0 ? st.st_size : 0;
}

/* ---- facts of the file ---- */

static void
on_facts (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LimnModelItem) self = user_data;
  g_autoptr (GError) error = NULL;
  LimnModelFacts *facts = limn_model_read_facts_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->facts_cancellable);
  g_clear_pointer (&self->facts, limn_model_facts_free);
  self->facts = facts;
  if (error && !limn_model_item_is_busy (self))
    {
      g_clear_error (&self->error);
      self->error = g_steal_pointer (&error);
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

void
limn_model_item_set_path (LimnModelItem *self, const char *path, gboolean is_own)
{
  gboolean is_same = g_strcmp0 (path, self->path) == 0 && get_size (path) == self->file_bytes;

  self->is_own = is_own;
  self->file_bytes = get_size (path);
  if (is_same)
    return;
  g_free (self->path);
  self->path = g_strdup (path);
  g_cancellable_cancel (self->facts_cancellable);
  g_clear_object (&self->facts_cancellable);
  g_clear_pointer (&self->facts, limn_model_facts_free);
  if (path == NULL)
    return;
  self->facts_cancellable = g_cancellable_new ();
  limn_model_read_facts_async (path, self->facts_cancellable, on_facts, g_object_ref (self));
}

/* ---- making ---- */

static void
add_file (LimnModelItem *self,
          LimnDownload *download,
          const LimnCatalogSource *source,
          const LimnCatalogFile *file)
{
  LimnTransferSpec spec = LIMN_TRANSFER_SPEC_INIT;
  g_autofree char *url = limn_catalog_file_get_url (self->catalog, file, self->mirror);
  g_autofree char *path =
      g_build_filename (self->folder, "downloads", self->id, source->id, file->name, NULL);

  spec.url = url;
  spec.path = path;
  spec.size_bytes = file->size_bytes;
  spec.max_bytes = file->about_bytes * 2 + 16 * 1024 * 1024;
  spec.sha256 = file->sha256;
  spec.format = file->format;
  spec.reserve_bytes = self->known->model_bytes;
  spec.allow_loopback = self->allow_loopback;
  limn_download_add_file (download, &spec, file->about_bytes);
}

static LimnDownload *
make_download (LimnModelItem *self, const LimnCatalogSource *source)
{
  LimnDownload *download = limn_download_new ();

  for (guint i = 0; i < source->files->len; i++)
    add_file (self, download, source, source->files->pdata[i]);
  return download;
}

/* All sources get one: what has arrived of another than the chosen one is counted and discarded,
 * too. */
static void
make_downloads (LimnModelItem *self)
{
  self->download = NULL;
  g_ptr_array_set_size (self->downloads, 0);
  self->source = self->known ? limn_catalog_model_find_source (self->known, self->source_id) : NULL;
  if (self->known && self->source == NULL)
    self->source = limn_catalog_model_find_source (self->known, NULL);
  for (guint i = 0; self->known && i < self->known->sources->len; i++)
    {
      const LimnCatalogSource *source = self->known->sources->pdata[i];
      LimnDownload *download = make_download (self, source);

      g_ptr_array_add (self->downloads, download);
      if (source == self->source)
        self->download = download;
    }
  if (self->download)
    g_signal_connect_object (self->download, "progress",
                             G_CALLBACK (limn_model_item_on_download_progress), self, 0);
}

static void
replace (char **field, const char *value)
{
  char *old = *field;

  *field = g_strdup (value);
  g_free (old);
}

/**
 * limn_model_item_update:
 * @file: (nullable): the model file that was found
 *
 * Looks again; changes nothing of what is running.
 */
void
limn_model_item_update (LimnModelItem *self,
                        const LimnModelFile *file,
                        const LimnModelSettings *settings)
{
  if (limn_model_item_is_busy (self))
    return;
  replace (&self->folder, settings->folder);
  if (self->folder == NULL)
    self->folder = limn_model_store_dup_folder ();
  replace (&self->mirror, settings->mirror);
  replace (&self->source_id, settings->source);
  replace (&self->quantize, settings->quantize ? settings->quantize : "i8");
  self->keep_files = settings->keep_files;
  self->allow_loopback = settings->allow_loopback;
  make_downloads (self);
  limn_model_item_set_path (self, file ? file->path : NULL, file && file->is_own);
  limn_model_item_rest (self);
}

/**
 * limn_model_item_new:
 * @known: (nullable): what the catalog says of it
 * @file: (nullable): the model file that was found; one of both is needed
 */
LimnModelItem *
limn_model_item_new (LimnCatalog *catalog,
                     const LimnCatalogModel *known,
                     const LimnModelFile *file,
                     const LimnModelSettings *settings)
{
  LimnModelItem *self = g_object_new (LIMN_TYPE_MODEL_ITEM, NULL);

  g_return_val_if_fail (known || file, self);
  self->catalog = limn_catalog_ref (catalog);
  self->known = known;
  self->id = g_strdup (known ? known->id : file->id);
  limn_model_item_update (self, file, settings);
  return self;
}

/* ---- what it tells ---- */

const char *
limn_model_item_get_id (LimnModelItem *self)
{
  return self->id;
}

const char *
limn_model_item_get_name (LimnModelItem *self)
{
  if (self->known)
    return self->known->name;
  return self->facts && *self->facts->name ? self->facts->name : self->id;
}

const char *
limn_model_item_get_good_at (LimnModelItem *self)
{
  return self->known ? self->known->good_at : "";
}

/**
 * limn_model_item_get_license:
 *
 * Returns: never %NULL; empty when unknown
 */
const char *
limn_model_item_get_license (LimnModelItem *self)
{
  if (self->facts && *self->facts->license)
    return self->facts->license;
  if (self->source)
    return self->source->license;
  return self->known ? self->known->license : "";
}

/**
 * limn_model_item_get_brief_license:
 *
 * The weights' licence in a word; limn_model_item_get_license() says more.
 */
const char *
limn_model_item_get_brief_license (LimnModelItem *self)
{
  return self->known ? self->known->license : limn_model_item_get_license (self);
}

/**
 * limn_model_item_get_page:
 *
 * Returns: (nullable): web page of its source
 */
const char *
limn_model_item_get_page (LimnModelItem *self)
{
  return self->source ? self->source->page : NULL;
}

/**
 * limn_model_item_dup_sources:
 *
 * Returns: ids of the sources it can be downloaded from; none for a model that nobody offers
 */
char **
limn_model_item_dup_sources (LimnModelItem *self)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();

  for (guint i = 0; self->known && i < self->known->sources->len; i++)
    g_strv_builder_add (ids, ((LimnCatalogSource *) self->known->sources->pdata[i])->id);
  return g_strv_builder_end (ids);
}

const char *
limn_model_item_get_path (LimnModelItem *self)
{
  return self->path;
}

gboolean
limn_model_item_is_known (LimnModelItem *self)
{
  return self->known != NULL;
}

gboolean
limn_model_item_is_inside (LimnModelItem *self)
{
  return self->known && self->known->is_inside;
}

gboolean
limn_model_item_can_delete (LimnModelItem *self)
{
  return self->path && self->is_own && !limn_model_item_is_busy (self);
}

goffset
limn_model_item_get_download_bytes (LimnModelItem *self)
{
  return self->source ? limn_catalog_source_get_bytes (self->source) : 0;
}

goffset
limn_model_item_get_file_bytes (LimnModelItem *self)
{
  return self->file_bytes;
}

/**
 * limn_model_item_get_part_bytes:
 *
 * What downloaded files of any source, whole or in part, take on the disk.
 */
goffset
limn_model_item_get_part_bytes (LimnModelItem *self)
{
  goffset n_bytes = 0;

  for (guint i = 0; i < self->downloads->len; i++)
    n_bytes += limn_download_peek_bytes (self->downloads->pdata[i]);
  return n_bytes;
}

/**
 * limn_model_item_get_arrived_bytes:
 *
 * What a download has to go on from: limn_model_item_get_part_bytes() of the chosen source.
 */
goffset
limn_model_item_get_arrived_bytes (LimnModelItem *self)
{
  return self->download ? limn_download_peek_bytes (self->download) : 0;
}

/**
 * limn_model_item_get_needs_memory_bytes:
 *
 * Memory that drawing takes: the engine's plan for a model that is here, the
 * catalog's figure before; 0 when nobody knows.
 */
goffset
limn_model_item_get_needs_memory_bytes (LimnModelItem *self)
{
  if (self->facts)
    return (goffset) self->facts->needs_memory_bytes;
  return self->known ? self->known->needs_memory_bytes : 0;
}

/**
 * limn_model_item_get_seconds:
 *
 * Returns: seconds that nine pictures took here, or -1 when never measured
 */
double
limn_model_item_get_seconds (LimnModelItem *self)
{
  return limn_speed_get_seconds (self->id, N_GRID);
}

LimnModelState
limn_model_item_get_state (LimnModelItem *self)
{
  return self->state;
}

/**
 * limn_model_item_get_progress:
 *
 * Returns: 0 to 1, or negative while there is nothing to measure
 */
double
limn_model_item_get_progress (LimnModelItem *self)
{
  return self->progress;
}

/**
 * limn_model_item_get_status:
 *
 * Returns: (nullable): what is going on, in words
 */
const char *
limn_model_item_get_status (LimnModelItem *self)
{
  return self->status;
}

const GError *
limn_model_item_get_error (LimnModelItem *self)
{
  return self->error;
}

gboolean
limn_model_item_is_busy (LimnModelItem *self)
{
  return self->state == LIMN_MODEL_STATE_DOWNLOADING || self->state == LIMN_MODEL_STATE_IMPORTING
         || self->state == LIMN_MODEL_STATE_CHECKING;
}

/**
 * limn_model_item_is_settled:
 *
 * Whether the model file, if there is one, has been looked into.
 */
gboolean
limn_model_item_is_settled (LimnModelItem *self)
{
  return self->facts_cancellable == NULL;
}

void
limn_model_item_clear_error (LimnModelItem *self)
{
  g_clear_error (&self->error);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
limn_model_item_emit_files_changed (LimnModelItem *self)
{
  g_signal_emit (self, signals[FILES_CHANGED], 0);
}

GType
limn_model_state_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
    { LIMN_MODEL_STATE_ABSENT, "LIMN_MODEL_STATE_ABSENT", "absent" },
    { LIMN_MODEL_STATE_DOWNLOADING, "LIMN_MODEL_STATE_DOWNLOADING", "downloading" },
    { LIMN_MODEL_STATE_PAUSED, "LIMN_MODEL_STATE_PAUSED", "paused" },
    { LIMN_MODEL_STATE_IMPORTING, "LIMN_MODEL_STATE_IMPORTING", "importing" },
    { LIMN_MODEL_STATE_CHECKING, "LIMN_MODEL_STATE_CHECKING", "checking" },
    { LIMN_MODEL_STATE_READY, "LIMN_MODEL_STATE_READY", "ready" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("LimnModelState", values));
  return (GType) type;
}
