/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limn-make-model: model files and checkpoints of any size with reproducible
 * pseudo-random weights, for tests and benchmarks.  Not installed.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "generated.h"

typedef struct
{
  char *preset;
  char *weights;
  char *salt;
  char *vqgan_salt;
  char *list;
  char *format;
  char *quantize;
  char *output;
  gboolean no_text;
  gboolean no_vqgan;
  gboolean with_encoder;
  gboolean is_zip64;
} Options;

static Options options;

static const GOptionEntry entries[] = {
  { "preset", 0, 0, G_OPTION_ARG_STRING, &options.preset, "tiny, mini, mega or starter", "NAME" },
  { "weights", 0, 0, G_OPTION_ARG_STRING, &options.weights, "generated (the only kind)", "KIND" },
  { "salt", 0, 0, G_OPTION_ARG_STRING, &options.salt, "of the text model's numbers", "SALT" },
  { "vqgan-salt", 0, 0, G_OPTION_ARG_STRING, &options.vqgan_salt, "of the VQGAN's numbers",
    "SALT" },
  { "tensors", 0, 0, G_OPTION_ARG_FILENAME, &options.list,
    "a list whose salt and scales are used instead of the preset's", "FILE.tsv" },
  { "format", 0, 0, G_OPTION_ARG_STRING, &options.format,
    "gguf (default), pt or flax; the latter two fill a folder", "NAME" },
  { "quantize", 0, 0, G_OPTION_ARG_STRING, &options.quantize,
    "f32, f16 or bf16, for gguf also i8 (default: as published)", "TYPE" },
  { "no-text", 0, 0, G_OPTION_ARG_NONE, &options.no_text, "the VQGAN alone", NULL },
  { "no-vqgan", 0, 0, G_OPTION_ARG_NONE, &options.no_vqgan, "the text model alone", NULL },
  { "with-encoder", 0, 0, G_OPTION_ARG_NONE, &options.with_encoder, "the VQGAN's encoder too",
    NULL },
  { "zip64", 0, 0, G_OPTION_ARG_NONE, &options.is_zip64,
    "pt: 64-bit fields everywhere, as in archives of more than 4 GiB", NULL },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "where it goes", "PATH" },
  { NULL },
};

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST, message);
  return FALSE;
}

static gboolean
read_type (const char *name, LimnType otherwise, LimnType *type, GError **error)
{
  static const char *const names[] = { "f32", "f16", "bf16", "i8" };
  *type = otherwise;
  if (name == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (name, names[i]) == 0)
      {
        *type = (LimnType) i;
        return TRUE;
      }
  return fail (error, "--quantize is f32, f16, bf16 or i8");
}

static LimnModelPart
choose_parts (void)
{
  LimnModelPart parts = 0;
  if (!options.no_text)
    parts |= LIMN_MODEL_PART_TEXT;
  if (!options.no_vqgan)
    parts |= LIMN_MODEL_PART_DECODER | (options.with_encoder ? LIMN_MODEL_PART_ENCODER : 0);
  return parts;
}

static gboolean
make (GError **error)
{
  const char *format = options.format == NULL ? "gguf" : options.format;
  gboolean is_flax = strcmp (format, "flax") == 0;
  LimnType type;
  if (options.preset == NULL || options.output == NULL)
    return fail (error, "--preset and -o are needed");
  if (options.weights != NULL && strcmp (options.weights, "generated") != 0)
    return fail (error, "--weights is “generated”");
  if (!read_type (options.quantize, is_flax ? LIMN_TYPE_F32 : LIMN_TYPE_F16, &type, error))
    return FALSE;
  g_autoptr (Generated) generated = generated_new (options.preset, choose_parts (), options.salt,
                                                   options.vqgan_salt, options.list, error);
  if (generated == NULL)
    return FALSE;
  generated->is_zip64 = options.is_zip64;
  if (strcmp (format, "gguf") == 0)
    return make_gguf (generated, type, options.output, error);
  if (type == LIMN_TYPE_I8)
    return fail (error, "checkpoints have no i8");
  g_mkdir_with_parents (options.output, 0777);
  if (!make_settings (generated, options.output, error))
    return FALSE;
  if (is_flax)
    return make_flax (generated, type, options.output, error);
  if (strcmp (format, "pt") == 0)
    return make_torch (generated, type, options.output, error);
  return fail (error, "--format is gguf, pt or flax");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  setlocale (LC_ALL, "");
  g_option_context_set_summary (context, "Makes a model whose weights are pseudo-random numbers.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (g_option_context_parse (context, &argc, &argv, &error) && make (&error))
    return 0;
  g_printerr ("limn-make-model: %s\n", error->message);
  return 1;
}
