/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Import of checkpoints in the published layout: strided views into storages
 * that all layers share, archives with their sizes at the end, stacked arrays.
 * limn-make-model writes the same toy model in every format; imported, all of
 * them are the same.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/model/model-private.h"
#include "tests/tools/program.h"

static char *folder;

static const char *more_option = "--with-encoder";

static void
run (const char *format, const char *quantize, const char *output)
{
  const char *arguments[] = { g_getenv ("LIMN_MAKE_MODEL"),
                              "--preset",
                              "tiny",
                              "--weights",
                              "generated",
                              more_option,
                              "--format",
                              format,
                              "--quantize",
                              quantize,
                              "-o",
                              output,
                              NULL };

  g_assert_true (g_spawn_check_wait_status (program_run (arguments, FALSE), NULL));
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_unlink (file);
    }
  g_rmdir (path);
}

static LimnGguf *
open_and_remove (const char *path)
{
  g_autoptr (GError) error = NULL;
  LimnGguf *gguf = limn_gguf_open (path, &error);
  g_assert_no_error (error);
  g_unlink (path);
  return gguf;
}

static LimnGguf *
make_directly (const char *quantize)
{
  g_autofree char *path = g_build_filename (folder, "made.gguf", NULL);
  run ("gguf", quantize, path);
  return open_and_remove (path);
}

/* The precision of the checkpoint, and that of the model file. */
static LimnGguf *
make_and_import (const char *format, const char *precision, const char *quantize)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *checkpoint = g_build_filename (folder, format, NULL);
  g_autofree char *path = g_build_filename (folder, "imported.gguf", NULL);
  const char *paths[] = { checkpoint, NULL };
  LimnImportOptions import_options = { .quantize = quantize };
  run (format, precision, checkpoint);
  g_assert_true (limn_import (paths, path, &import_options, NULL, NULL, NULL, &error)
                 || error != NULL);
  g_assert_no_error (error);
  remove_folder (checkpoint);
  g_autoptr (LimnModel) model = limn_model_open (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (model->text.image_vocab, ==, 1024);
  return open_and_remove (path);
}

/* detoker.pt is full precision whatever the rest is, as published. */
static void
compare (LimnGguf *a, LimnGguf *b, const char *prefix)
{
  guint n = 0;
  for (guint i = 0; i < limn_gguf_get_n_tensors (a); i++)
    {
      const LimnGgufTensor *x = limn_gguf_get_tensor (a, i);
      const LimnGgufTensor *y = limn_gguf_find_tensor (b, x->name);
      if (!g_str_has_prefix (x->name, prefix))
        continue;
      if (y == NULL || x->type != y->type || x->n_bytes != y->n_bytes
          || memcmp (x->data, y->data, x->n_bytes) != 0)
        g_error ("%s differs", x->name);
      n++;
    }
  g_assert_cmpuint (n, >, 10);
}

static void
test_torch (void)
{
  g_autoptr (LimnGguf) direct = make_directly ("f16");
  g_autoptr (LimnGguf) imported = make_and_import ("pt", "f16", "keep");
  compare (direct, imported, "encoder.");
  compare (direct, imported, "decoder.");
  g_autoptr (LimnGguf) exact = make_directly ("f32");
  compare (exact, imported, "vqgan.decoder.");
}

/* The hub's half-precision set has no config.json: what it says follows from the shapes.  Its
 * vocabulary has one entry more than the text table has rows. */
static void
test_without_config (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *checkpoint = g_build_filename (folder, "pt", NULL);
  g_autofree char *config = g_build_filename (checkpoint, "config.json", NULL);
  g_autofree char *path = g_build_filename (folder, "imported.gguf", NULL);
  const char *paths[] = { checkpoint, NULL };
  run ("pt", "f16", checkpoint);
  g_assert_cmpint (g_unlink (config), ==, 0);
  limn_import (paths, path, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  remove_folder (checkpoint);
  g_autoptr (LimnModel) model = limn_model_open (path, &error);
  g_assert_no_error (error);
  g_unlink (path);
  g_assert_cmpuint (model->text.start_token, ==, 1024); /* the first that is no code */
  g_assert_cmpuint (model->text.image_vocab, ==, 1024);
  g_assert_cmpuint (model->text.image_rows, ==, 1025);
  g_assert_cmpuint (model->text.text_vocab, ==, 768); /* tokens: 769 */
  g_assert_cmpuint (model->text.normalizer, ==, LIMN_NORMALIZER_DALLE_MINI);
}

/* What archives beyond 4 GiB have, in a small one. */
static void
test_zip64 (void)
{
  g_autoptr (LimnGguf) direct = make_directly ("f16");
  more_option = "--zip64";
  g_autoptr (LimnGguf) imported = make_and_import ("pt", "f16", "keep");
  more_option = "--with-encoder";
  compare (direct, imported, "encoder.");
  compare (direct, imported, "decoder.");
}

static void
test_flax (void)
{
  g_autoptr (LimnGguf) direct = make_directly ("f32");
  g_autoptr (LimnGguf) imported = make_and_import ("flax", "f32", "keep");
  compare (direct, imported, "encoder.");
  compare (direct, imported, "decoder.");
  compare (direct, imported, "vqgan.");
}

static void
test_bf16 (void)
{
  g_autoptr (LimnGguf) direct = make_directly ("bf16");
  g_autoptr (LimnGguf) torch = make_and_import ("pt", "f32", "bf16");
  g_autoptr (LimnGguf) flax = make_and_import ("flax", "f32", "bf16");
  compare (direct, torch, "decoder.");
  compare (direct, flax, "");
}

/* Text for people that comes from anywhere: it must do nothing on a terminal. */
static void
test_texts (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *checkpoint = g_build_filename (folder, "pt", NULL);
  g_autofree char *path = g_build_filename (folder, "imported.gguf", NULL);
  const char *paths[] = { checkpoint, NULL };
  const LimnImportOptions import_options = {
    .name = "Frösche \033[31m\xc2\x9b",
    .license = "first\nsecond\tline\177",
    .source = "\a\xf0\x9f\x90\xb8",
  };
  run ("pt", "f16", checkpoint);
  limn_import (paths, path, &import_options, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  remove_folder (checkpoint);
  g_autoptr (LimnModel) model = limn_model_open (path, &error);
  g_assert_no_error (error);
  g_unlink (path);
  g_assert_cmpstr (limn_model_get_info (model)->name, ==, "Frösche \xef\xbf\xbd[31m\xef\xbf\xbd");
  g_assert_cmpstr (limn_model_get_info (model)->license, ==, "first second line\xef\xbf\xbd");
  g_assert_cmpstr (limn_model_get_info (model)->source, ==, "\xef\xbf\xbd\xf0\x9f\x90\xb8");
}

/* No file that is read is written over, whatever its name and however it was named. */
static void
test_output_is_input (void)
{
  g_autofree char *checkpoint = g_build_filename (folder, "pt", NULL);
  g_autofree char *encoder = g_build_filename (checkpoint, "encoder.pt", NULL);
  g_autofree char *other_name = g_build_filename (folder, "other.pt", NULL);
  const char *paths[] = { checkpoint, NULL };
  const char *outputs[] = { encoder, other_name };
  GStatBuf before, after;
  run ("pt", "f16", checkpoint);
  g_assert_cmpint (link (encoder, other_name), ==, 0);
  g_assert_cmpint (g_stat (encoder, &before), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (outputs); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (limn_import (paths, outputs[i], NULL, NULL, NULL, NULL, &error));
      g_assert_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST);
      g_assert_nonnull (strstr (error->message, encoder));
      g_assert_cmpint (g_stat (outputs[i], &after), ==, 0);
      g_assert_cmpuint (before.st_ino, ==, after.st_ino);
    }
  g_assert_cmpint (g_unlink (other_name), ==, 0);
  remove_folder (checkpoint);
}

static void
test_quantize (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (limn_import_check_quantize (NULL, &error));
  g_assert_true (limn_import_check_quantize ("i8", &error));
  g_assert_no_error (error);
  g_assert_false (limn_import_check_quantize ("i4", &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST);
}

static void
test_i8 (void)
{
  g_autoptr (LimnGguf) direct = make_directly ("i8");
  g_autoptr (LimnGguf) torch = make_and_import ("pt", "f16", "i8");
  g_autoptr (LimnGguf) flax = make_and_import ("flax", "f32", "i8");
  compare (direct, torch, "decoder.");
  compare (direct, flax, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("limn-made-XXXXXX", NULL);
  g_test_add_func ("/made/torch", test_torch);
  g_test_add_func ("/made/zip64", test_zip64);
  g_test_add_func ("/made/without-config", test_without_config);
  g_test_add_func ("/made/flax", test_flax);
  g_test_add_func ("/made/bf16", test_bf16);
  g_test_add_func ("/made/i8", test_i8);
  g_test_add_func ("/made/texts", test_texts);
  g_test_add_func ("/made/output-is-input", test_output_is_input);
  g_test_add_func ("/made/quantize", test_quantize);
  int status = g_test_run ();
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
  return status;
}
