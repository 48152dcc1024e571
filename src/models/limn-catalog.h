/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The models Limn knows: what each is good at, its licence, what it needs and
 * where its files are.  Read from data/catalog.json, which is part of the
 * program.  Sizes and hashes that nobody could check are null there and are
 * learnt from the server; about-bytes is the size of the weights alone.
 */
#pragma once

#include <gio/gio.h>

#include "limn-file-format.h"

G_BEGIN_DECLS

typedef struct
{
  char *name; /* on this computer, unique within its source */
  char *path; /* behind the hub's address */
  LimnFileFormat format;
  goffset about_bytes;
  goffset size_bytes; /* exact, or -1 */
  char *sha256;       /* or NULL */
} LimnCatalogFile;

typedef struct
{
  char *id;
  char *name;
  char *page; /* web page that tells more */
  char *license;
  GPtrArray *files; /* LimnCatalogFile */
} LimnCatalogSource;

typedef struct
{
  char *id;
  char *name;
  char *good_at; /* translated */
  char *license;
  gboolean is_inside;         /* comes with Limn */
  goffset needs_memory_bytes; /* about, 0 unknown */
  goffset model_bytes;        /* about, of the imported model; 0 unknown */
  GPtrArray *sources;         /* LimnCatalogSource, the recommended one first */
} LimnCatalogModel;

typedef struct _LimnCatalog LimnCatalog;

LimnCatalog *limn_catalog_new (GError **error);
LimnCatalog *limn_catalog_new_from_data (const char *json, gssize length, GError **error);
LimnCatalog *limn_catalog_ref (LimnCatalog *catalog);
void limn_catalog_unref (LimnCatalog *catalog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnCatalog, limn_catalog_unref)

guint limn_catalog_get_n_models (LimnCatalog *catalog);
const LimnCatalogModel *limn_catalog_get_model (LimnCatalog *catalog, guint i);
const LimnCatalogModel *limn_catalog_find_model (LimnCatalog *catalog, const char *name);
const LimnCatalogSource *limn_catalog_model_find_source (const LimnCatalogModel *model,
                                                         const char *id);
const LimnCatalogModel *limn_catalog_guess_model (LimnCatalog *catalog, const char *const *paths);
goffset limn_catalog_source_get_bytes (const LimnCatalogSource *source);
char *
limn_catalog_file_get_url (LimnCatalog *catalog, const LimnCatalogFile *file, const char *mirror);

G_END_DECLS
