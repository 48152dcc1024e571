/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Generates the VQGANs of a reference set and binds them by the model's own list of tensors. */
#include "fixture.h"

#include "engine/model/model-layout.h"

#include <stdlib.h>
#include <string.h>

static const LimnVqganConfig real_config = {
  .ch = 128,
  .n_levels = 5,
  .ch_mult = { 1, 1, 2, 2, 4 },
  .n_res_blocks = 2,
  .n_attn_resolutions = 1,
  .attn_resolutions = { 16 },
  .resolution = 256,
  .z_channels = 256,
  .embed_dim = 256,
  .n_embed = 16384,
  .n_groups = 32,
  .upsample_filters = 1,
  .norm_eps = 1e-5f,
};

static const LimnVqganConfig tiny_config = {
  .ch = 32,
  .n_levels = 5,
  .ch_mult = { 1, 1, 2, 1, 1 },
  .n_res_blocks = 1,
  .n_attn_resolutions = 1,
  .attn_resolutions = { 16 },
  .resolution = 256,
  .z_channels = 32,
  .embed_dim = 32,
  .n_embed = 1024,
  .n_groups = 32,
  .upsample_filters = 1,
  .norm_eps = 1e-6f,
};

/* One line: name, kind, exponent, offset, shape, first values. */
static void
add_tensor (VqganFixture *fixture, const char *salt, const char *line)
{
  g_auto (GStrv) fields = g_strsplit (line, "\t", 6);
  g_auto (GStrv) sizes = g_strsplit (fields[4], ",", 0);
  gsize n = 1;
  float *values;

  for (guint i = 0; sizes[i] != NULL; i++)
    n *= g_ascii_strtoull (sizes[i], NULL, 10);
  values = g_new (float, n);
  golden_fill (salt, fields[0], fields[1], atoi (fields[2]), g_ascii_strtod (fields[3], NULL), n,
               values);
  g_assert_cmpfloat (values[0], ==, (float) g_ascii_strtod (fields[5], NULL));
  g_hash_table_insert (fixture->tensors, g_strdup (fields[0]), values);
}

static void
add_tensors (VqganFixture *fixture, const char *name)
{
  g_autofree char *path = golden_find (name);
  g_autofree char *content = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  lines = g_strsplit (content, "\n", 0);
  g_assert_true (g_str_has_prefix (lines[0], "# salt\t"));
  for (guint i = 1; lines[i] != NULL; i++)
    if (*lines[i] != '\0' && *lines[i] != '#')
      add_tensor (fixture, lines[0] + strlen ("# salt\t"), lines[i]);
}

/* Our names are the checkpoints' with another word before them. */
static float *
find_values (VqganFixture *fixture, const char *name)
{
  static const char *const prefixes[] = { "detoker.", "vqenc.", "vq." };

  g_assert_true (g_str_has_prefix (name, "vqgan."));
  name += strlen ("vqgan.");
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      gboolean is_codebook = i == 2 && g_str_equal (name, "embedding.weight");
      g_autofree char *key = g_strconcat (prefixes[i], is_codebook ? "quantize." : "", name, NULL);
      float *values = g_hash_table_lookup (fixture->tensors, key);
      if (values != NULL)
        return values;
    }
  return NULL;
}

static void
bind_tensors (VqganFixture *fixture, LimnModelPart parts)
{
  g_autoptr (GArray) slots = limn_model_layout_new (&fixture->model, parts);

  for (guint i = 0; i < slots->len; i++)
    {
      LimnSlot *slot = &g_array_index (slots, LimnSlot, i);
      float *values = find_values (fixture, slot->name);

      if (values == NULL)
        g_error ("%s is not in the reference set", slot->name);
      if (slot->kind == LIMN_SLOT_VECTOR)
        *(const float **) slot->target = values;
      else if (slot->kind == LIMN_SLOT_CONV)
        ((LimnConv *) slot->target)->weight = values;
      else
        ((LimnMatrix *) slot->target)->data = values;
    }
}

static VqganFixture *
fixture_new (const LimnVqganConfig *config, LimnModelPart parts, const char *const *files)
{
  VqganFixture *fixture;
  g_autofree char *path = golden_find (files[0]);

  if (path == NULL)
    {
      g_test_skip ("the reference vectors are not here");
      return NULL;
    }
  fixture = g_new0 (VqganFixture, 1);
  fixture->tensors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  fixture->model.vqgan = *config;
  fixture->model.info.parts = parts;
  fixture->model.info.path = "generated";
  fixture->model.info.picture_size = config->resolution;
  for (guint i = 0; files[i] != NULL; i++)
    add_tensors (fixture, files[i]);
  bind_tensors (fixture, parts);
  return fixture;
}

VqganFixture *
vqgan_fixture_new_real (LimnModelPart parts)
{
  const char *files[] = { "vqgan/decoder_tensors.tsv", NULL, NULL };

  if (parts & LIMN_MODEL_PART_ENCODER)
    files[1] = "vqgan/encoder_tensors.tsv";
  return fixture_new (&real_config, parts, files);
}

VqganFixture *
vqgan_fixture_new_tiny (LimnModelPart parts)
{
  const char *files[] = { "formats/tinyvq_tensors.tsv", NULL };

  return fixture_new (&tiny_config, parts, files);
}

void
vqgan_fixture_free (VqganFixture *fixture)
{
  if (fixture == NULL)
    return;
  limn_model_layout_clear (&fixture->model);
  g_hash_table_unref (fixture->tensors);
  g_free (fixture);
}

LimnCompute *
vqgan_fixture_new_compute (guint n_threads)
{
  g_autoptr (GError) error = NULL;
  LimnCompute *compute = limn_compute_new (n_threads, 0, &error);

  g_assert_no_error (error);
  return compute;
}
