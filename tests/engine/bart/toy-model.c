/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "toy-model.h"

#include <glib/gstdio.h>

#include "tests/tools/golden.h"

/* Text, tokenizer and VQGAN of the reference sets in one file. */
LimnModel *
toy_model_open (void)
{
  static const char *const names[] = {
    "tiny/encoder.pt",           "tiny/decoder.pt",      "tiny/config.json",
    "tokenizer/vocab.json",      "tokenizer/merges.txt", "formats/tinyvq_flax_f16.msgpack",
    "formats/tinyvq_config.json"
  };
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folder = NULL;
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  LimnModel *model;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      char *path = golden_find (names[i]);

      if (!path)
        return NULL;
      g_ptr_array_add (paths, path);
    }
  g_ptr_array_add (paths, NULL);
  folder = g_dir_make_tmp ("limn-generate-XXXXXX", NULL);
  output = g_build_filename (folder, "toy.gguf", NULL);
  if (!limn_import ((const char *const *) paths->pdata, output, NULL, NULL, NULL, NULL, &error))
    g_error ("import: %s", error->message);
  model = limn_model_open (output, &error);
  if (!model)
    g_error ("open: %s", error->message);
  return model;
}

void
toy_model_close (LimnModel *model)
{
  g_autofree char *path = NULL;
  g_autofree char *folder = NULL;

  if (!model)
    return;
  path = g_strdup (limn_model_get_info (model)->path);
  folder = g_path_get_dirname (path);
  limn_model_unref (model);
  g_unlink (path);
  g_rmdir (folder);
}
