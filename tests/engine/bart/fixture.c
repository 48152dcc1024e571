/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds a LimnModel from tensors.tsv and vectors.json of a reference set. */
#include "fixture.h"

#include <glib/gstdio.h>

#include "engine/model/model-layout.h"
#include "tests/tools/program.h"

char *
fixture_name (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->dir, name, NULL);
}

static guint
get_uint (JsonObject *object, const char *name)
{
  return (guint) json_object_get_int_member (object, name);
}

static void
set_sizes (Fixture *fixture)
{
  JsonObject *config = json_object_get_object_member (fixture->vectors, "config");
  LimnTextConfig *text = &fixture->model.text;

  text->d = get_uint (config, "d");
  text->text_vocab = get_uint (config, "text_vocab");
  text->text_length = 64;
  text->image_vocab = get_uint (config, "image_vocab");
  text->image_rows = text->image_vocab + 1;
  text->image_length = 256;
  text->start_token = get_uint (fixture->vectors, "start_token");
  text->layer_norm_eps = (float) json_object_get_double_member (fixture->vectors, "layer_norm_eps");
  text->encoder.n_layers = text->decoder.n_layers = get_uint (config, "layers");
  text->encoder.n_heads = text->decoder.n_heads = get_uint (config, "heads");
  text->encoder.ffn = text->decoder.ffn = get_uint (config, "glu");
  fixture->model.info.parts = LIMN_MODEL_PART_TEXT;
}

/* One line: name, kind, exponent, offset, shape, first values. */
static void
add_tensor (Fixture *fixture, const char *salt, const char *line)
{
  g_auto (GStrv) fields = g_strsplit (line, "\t", 6);
  g_auto (GStrv) sizes = g_strsplit (fields[4], ",", 0);
  gsize n = 1;
  float *values;

  for (guint i = 0; sizes[i]; i++)
    n *= g_ascii_strtoull (sizes[i], NULL, 10);
  values = g_new (float, n);
  golden_fill (salt, fields[0], fields[1], atoi (fields[2]), g_ascii_strtod (fields[3], NULL), n,
               values);
  g_assert_cmpfloat (values[0], ==, (float) g_ascii_strtod (fields[5], NULL));
  g_hash_table_insert (fixture->tensors, g_strdup (fields[0]), values);
}

static void
add_tensors (Fixture *fixture)
{
  g_autofree char *name = fixture_name (fixture, "tensors.tsv");
  g_autofree char *path = golden_find (name);
  g_autofree char *content = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  lines = g_strsplit (content, "\n", 0);
  g_assert_true (g_str_has_prefix (lines[0], "# salt\t"));
  for (guint i = 1; lines[i]; i++)
    if (*lines[i] && *lines[i] != '#')
      add_tensor (fixture, lines[0] + strlen ("# salt\t"), lines[i]);
}

static void
bind_tensors (Fixture *fixture)
{
  g_autoptr (GArray) slots = limn_model_layout_new (&fixture->model, LIMN_MODEL_PART_TEXT);

  for (guint i = 0; i < slots->len; i++)
    {
      LimnSlot *slot = &g_array_index (slots, LimnSlot, i);
      float *values = g_hash_table_lookup (fixture->tensors, slot->name);

      g_assert_true (values || slot->is_optional);
      if (slot->kind == LIMN_SLOT_VECTOR)
        *(const float **) slot->target = values;
      else
        ((LimnMatrix *) slot->target)->data = values;
    }
}

static Fixture *
fixture_new_empty (const char *dir)
{
  Fixture *fixture;
  g_autofree char *path = golden_find (dir);
  g_autofree char *name = NULL;

  if (!path)
    {
      g_test_skip ("the reference vectors are not here");
      return NULL;
    }
  fixture = g_new0 (Fixture, 1);
  fixture->dir = g_strdup (dir);
  name = fixture_name (fixture, "vectors.json");
  fixture->vectors = golden_load_json (name);
  return fixture;
}

Fixture *
fixture_new (const char *dir)
{
  Fixture *fixture = fixture_new_empty (dir);

  if (!fixture)
    return NULL;
  fixture->tensors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  set_sizes (fixture);
  add_tensors (fixture);
  bind_tensors (fixture);
  return fixture;
}

/* ---- imported ------------------------------------------------------------- */

static void
make_checkpoint (Fixture *fixture, const char *format, const char *folder)
{
  g_autofree char *list_name = fixture_name (fixture, "tensors.tsv");
  g_autofree char *list = golden_find (list_name);
  const char *arguments[] = { g_getenv ("LIMN_MAKE_MODEL"),
                              "--preset",
                              fixture->dir,
                              "--weights",
                              "generated",
                              "--tensors",
                              list,
                              "--no-vqgan",
                              "--format",
                              format,
                              "-o",
                              folder,
                              NULL };

  g_assert_nonnull (arguments[0]);
  g_assert_true (g_spawn_check_wait_status (program_run (arguments, FALSE), NULL));
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_unlink (file);
    }
  g_rmdir (path);
}

/* The file goes at once; what is mapped stays. */
static LimnModel *
import_and_open (const char *checkpoint, const char *quantize)
{
  g_autofree char *output = g_build_filename (checkpoint, "model.gguf", NULL);
  const char *paths[] = { checkpoint, NULL };
  const LimnImportOptions options = { .quantize = quantize };
  g_autoptr (GError) error = NULL;
  LimnModel *model;

  limn_import (paths, output, &options, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  model = limn_model_open (output, &error);
  g_assert_no_error (error);
  return model;
}

Fixture *
fixture_new_imported (const char *dir, const char *format, const char *quantize)
{
  Fixture *fixture = fixture_new_empty (dir);
  g_autofree char *folder = NULL;

  if (!fixture)
    return NULL;
  folder = g_dir_make_tmp ("limn-import-XXXXXX", NULL);
  g_assert_nonnull (folder);
  make_checkpoint (fixture, format, folder);
  fixture->opened = import_and_open (folder, quantize);
  remove_folder (folder);
  fixture->model = *fixture->opened; /* borrows all that it points to */
  g_assert_cmpuint (fixture->model.text.start_token, ==,
                    get_uint (fixture->vectors, "start_token"));
  return fixture;
}

void
fixture_free (Fixture *fixture)
{
  if (!fixture)
    return;
  if (fixture->opened)
    limn_model_unref (fixture->opened);
  else
    limn_model_layout_clear (&fixture->model);
  g_clear_pointer (&fixture->tensors, g_hash_table_unref);
  json_object_unref (fixture->vectors);
  g_free (fixture->dir);
  g_free (fixture);
}

guint32 *
fixture_get_text_ids (Fixture *fixture, JsonObject *prompt)
{
  guint length = fixture->model.text.text_length;
  gsize n;
  guint32 *ids = g_new (guint32, 2 * length);
  g_autofree guint32 *uncond = golden_get_ids (prompt, "text_ids_uncond", &n);
  g_autofree guint32 *cond = golden_get_ids (prompt, "text_ids_cond", &n);

  g_assert_cmpuint (n, ==, length);
  memcpy (ids, uncond, length * sizeof *ids);
  memcpy (ids + length, cond, length * sizeof *ids);
  return ids;
}

LimnCompute *
fixture_new_compute (Fixture *fixture, guint n_threads, guint n_pictures)
{
  gsize bytes = limn_decoder_get_scratch_bytes (&fixture->model, 2, n_pictures);
  LimnCompute *compute;

  bytes = MAX (bytes, limn_encoder_get_scratch_bytes (&fixture->model, 2));
  compute = limn_compute_new (n_threads, bytes, NULL);
  g_assert_nonnull (compute);
  return compute;
}
