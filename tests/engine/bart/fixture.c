/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds a LimnModel from tensors.tsv and vectors.json of a reference set. */
#include "fixture.h"

#include "engine/model/model-layout.h"

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

Fixture *
fixture_new (const char *dir)
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
  fixture->tensors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  set_sizes (fixture);
  add_tensors (fixture);
  bind_tensors (fixture);
  return fixture;
}

void
fixture_free (Fixture *fixture)
{
  if (!fixture)
    return;
  limn_model_layout_clear (&fixture->model);
  g_hash_table_unref (fixture->tensors);
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
