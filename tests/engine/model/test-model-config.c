/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hyper-parameters in a model file: what is written is read, what cannot be is refused by name. */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/model/model-config.h"

#define TOKENS "vqgan.looks.tokens"
#define WIDTHS "vqgan.looks.widths"
#define SIZES  "vqgan.looks.sizes"

static const LimnVqganConfig with_looks = {
  .ch = 32,
  .n_levels = 2,
  .ch_mult = { 1, 2 },
  .resolution = 32,
  .z_channels = 16,
  .embed_dim = 16,
  .n_embed = 100,
  .n_groups = 4,
  .upsample_filters = 4,
  .skips_encoder_middle = 1,
  .norm_eps = 1e-6f,
  .n_looks = 3,
  .look_tokens = { 9, 8, 7 },
  .look_widths = { 4, 40, 1024 },
  .look_sizes = { 1, 3, 1 },
  .n_backgrounds = 10,
};

typedef void (*Change) (LimnGgufWriter *writer);

/* The config by way of a file, to which some keys are added. */
static gboolean
pass (const LimnVqganConfig *config, Change change, LimnVqganConfig *read, GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("limn-config-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "config.gguf", NULL);
  g_autoptr (LimnGgufWriter) writer = limn_gguf_writer_new ();
  g_autoptr (LimnGguf) gguf = NULL;

  limn_gguf_writer_set_string (writer, "general.architecture", LIMN_ARCHITECTURE);
  limn_vqgan_config_write (config, writer);
  if (change != NULL)
    change (writer);
  g_assert_true (limn_gguf_writer_begin (writer, path, NULL));
  g_assert_true (limn_gguf_writer_finish (writer, NULL));
  gguf = limn_gguf_open (path, error);
  g_unlink (path);
  g_rmdir (folder);
  memset (read, 0, sizeof *read);
  return gguf != NULL && limn_vqgan_config_read (read, gguf, error);
}

static void
test_round (void)
{
  g_autoptr (GError) error = NULL;
  LimnVqganConfig read, plain = with_looks;

  g_assert_true (pass (&with_looks, NULL, &read, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (&read, sizeof read, &with_looks, sizeof with_looks);

  plain.n_looks = 0;
  g_assert_true (pass (&plain, NULL, &read, &error));
  g_assert_cmpuint (read.n_looks, ==, 0);
  g_assert_cmpuint (read.n_backgrounds, ==, 0);
}

static void
refuse (const LimnVqganConfig *config, Change change, const char *about)
{
  g_autoptr (GError) error = NULL;
  LimnVqganConfig read;

  g_assert_false (pass (config, change, &read, &error));
  g_assert_nonnull (error);
  if (strstr (error->message, about) == NULL)
    g_error ("“%s” does not tell about “%s”", error->message, about);
}

static void
add_lists (LimnGgufWriter *writer, guint n_tokens, guint n_widths, guint n_sizes)
{
  guint32 ones[LIMN_MAX_LOOKS + 1];

  for (guint i = 0; i < G_N_ELEMENTS (ones); i++)
    ones[i] = 1;
  limn_gguf_writer_set_uint (writer, "vqgan.background_count", 10);
  limn_gguf_writer_set_uints (writer, TOKENS, ones, n_tokens);
  limn_gguf_writer_set_uints (writer, WIDTHS, ones, n_widths);
  limn_gguf_writer_set_uints (writer, SIZES, ones, n_sizes);
}

static void
add_too_few (LimnGgufWriter *writer)
{
  add_lists (writer, 3, 2, 3);
}

static void
add_too_many (LimnGgufWriter *writer)
{
  add_lists (writer, LIMN_MAX_LOOKS + 1, LIMN_MAX_LOOKS + 1, LIMN_MAX_LOOKS + 1);
}

static void
test_refused (void)
{
  LimnVqganConfig bad = with_looks;

  bad.look_tokens[2] = 100;
  refuse (&bad, NULL, TOKENS);
  bad = with_looks;
  bad.look_widths[1] = 0;
  refuse (&bad, NULL, WIDTHS);
  bad.look_widths[1] = 1025;
  refuse (&bad, NULL, WIDTHS);
  bad = with_looks;
  bad.look_sizes[0] = 2;
  refuse (&bad, NULL, SIZES);
  bad = with_looks;
  bad.n_backgrounds = 101;
  refuse (&bad, NULL, "vqgan.background_count");
  bad = with_looks;
  bad.skips_encoder_middle = 2;
  refuse (&bad, NULL, "vqgan.encoder_skips_middle");
  bad = with_looks;
  bad.n_looks = 0;
  refuse (&bad, add_too_few, "different lengths");
  refuse (&bad, add_too_many, TOKENS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model-config/round", test_round);
  g_test_add_func ("/model-config/refused", test_refused);
  return g_test_run ();
}
