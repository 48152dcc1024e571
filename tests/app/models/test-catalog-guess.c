/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which model files belong to, told by their sizes; the files here are holes. */
#include "config.h"

#include <unistd.h>

#include <glib/gstdio.h>

#include "models/limn-catalog.h"

#define MB G_GINT64_CONSTANT (1000000)

typedef struct
{
  char *folder;
  LimnCatalog *catalog;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("limn-guess-XXXXXX", NULL);
  f->catalog = limn_catalog_new (NULL);
  g_assert_nonnull (f->catalog);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);

      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
  limn_catalog_unref (f->catalog);
}

static void
make (Fixture *f, const char *name, goffset size)
{
  g_autofree char *path = g_build_filename (f->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_cmpint (truncate (path, size), ==, 0);
}

static void
assert_guess (Fixture *f, const char *id)
{
  const char *paths[] = { f->folder, NULL };
  const LimnCatalogModel *model = limn_catalog_guess_model (f->catalog, paths);

  g_assert_cmpstr (model ? model->id : NULL, ==, id);
}

/* whatever the files are called */
static void
test_mini (Fixture *f, gconstpointer data)
{
  make (f, "a.pt", 405211698);
  make (f, "b.pt", 470531418);
  assert_guess (f, "mini");
  make (f, "c.pt", 186912823);
  assert_guess (f, "mini");
}

static void
test_mega (Fixture *f, gconstpointer data)
{
  make (f, "encoder.pt", 2220099122);
  make (f, "decoder.pt", 2955085402);
  assert_guess (f, "mega");
}

static void
test_flax (Fixture *f, gconstpointer data)
{
  make (f, "flax_model.msgpack", 1751400000);
  assert_guess (f, "mini");
  make (f, "flax_model.msgpack", 10351000000);
  assert_guess (f, "mega");
}

/* what both models have, or neither, tells nothing */
static void
test_unknown (Fixture *f, gconstpointer data)
{
  assert_guess (f, NULL);
  make (f, "detoker.pt", 186912823);
  make (f, "vocab.json", 802000);
  assert_guess (f, NULL);
  make (f, "other.pt", 700 * MB);
  assert_guess (f, NULL);
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/catalog-guess/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("mini", test_mini);
  add ("mega", test_mega);
  add ("flax", test_flax);
  add ("unknown", test_unknown);
  return g_test_run ();
}
