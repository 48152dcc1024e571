/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limn_import(): published checkpoint files to one model file.  Finds out what
 * each file is, works out the model's sizes, checks that every tensor is there,
 * and only then writes.  Nothing in the files is executed.
 */
#include "config.h"

#include "import-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "../model/model-config.h"
#include "../vqgan/preview.h"
#include "derive.h"

#define MAX_FILES 1000

void
limn_import_report (LimnImport *import, double fraction, const char *what)
{
  if (import->progress != NULL)
    import->progress (fraction, what, import->user_data);
}

static gboolean
fail (LimnError code, const char *message, GError **error)
{
  g_set_error_literal (error, LIMN_ERROR, code, message);
  return FALSE;
}

/* ---- files --------------------------------------------------------------- */

/* Tensors of a checkpoint join those of the others. */
static gboolean
merge (LimnImport *import, LimnCheckpoint *checkpoint, GError **error)
{
  GHashTableIter iter;
  gpointer name, view;
  g_hash_table_iter_init (&iter, checkpoint->tensors);
  while (g_hash_table_iter_next (&iter, &name, &view))
    {
      LimnMappedFile *other = g_hash_table_lookup (import->origins, name);
      if (other != NULL)
        {
          g_set_error (error, LIMN_ERROR, LIMN_ERROR_CORRUPT,
                       _ ("%s and %s both hold %s. Import the files of one model at a time."),
                       limn_mapped_file_get_name (other),
                       limn_mapped_file_get_name (checkpoint->file), (const char *) name);
          return FALSE;
        }
      g_hash_table_insert (import->tensors, name, view);
      g_hash_table_insert (import->origins, name, checkpoint->file);
    }
  return TRUE;
}

static gboolean
add_checkpoint (LimnImport *import, LimnCheckpoint *checkpoint, GError **error)
{
  g_ptr_array_add (import->checkpoints, checkpoint);
  return limn_checkpoint_rename (checkpoint, error) && merge (import, checkpoint, error);
}

static gboolean
is_called_weights (const char *base_name)
{
  static const char *const endings[] = { ".pt", ".pth", ".ckpt", ".bin", ".msgpack" };
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (base_name, endings[i]))
      return TRUE;
  return FALSE;
}

/* A file in a folder may begin as a checkpoint does and be none, as any zip archive. */
static gboolean
read_checkpoint (LimnImport *import,
                 LimnMappedFile *file,
                 gboolean must_be_one,
                 gboolean *is_used,
                 GError **error)
{
  g_autoptr (GError) local_error = NULL;
  LimnCheckpoint *checkpoint = limn_torch_recognizes (file) ? limn_torch_open (file, &local_error)
                                                            : limn_flax_open (file, &local_error);
  *is_used = checkpoint != NULL;
  if (checkpoint != NULL)
    return add_checkpoint (import, checkpoint, error);
  if (must_be_one)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return !must_be_one;
}

static gboolean
read_file (LimnImport *import,
           LimnMappedFile *file,
           const char *base_name,
           gboolean is_named,
           gboolean *is_used,
           GError **error)
{
  g_autoptr (GError) local_error = NULL;
  if (limn_mapped_file_get_size (file) == 0)
    return !is_named
           || limn_checkpoint_fail (file, LIMN_ERROR_TRUNCATED, _ ("contents"),
                                    _ ("the file is empty"), error);
  if (limn_torch_recognizes (file) || limn_flax_recognizes (file))
    return read_checkpoint (import, file, is_named || is_called_weights (base_name), is_used,
                            error);
  if (limn_settings_read (&import->settings, file, base_name, is_used, &local_error))
    return *is_used || !is_called_weights (base_name)
           || limn_checkpoint_fail (file, LIMN_ERROR_UNSUPPORTED, _ ("contents"),
                                    _ ("this is no checkpoint that Limn can read. Get the file "
                                       "again: what was saved may be a web page"),
                                    error);
  if (!is_named && g_error_matches (local_error, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED)
      && !g_str_has_suffix (base_name, ".json"))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* is_named: by the user, not found in a folder, where other files are no error */
static gboolean
add_file (LimnImport *import, const char *path, gboolean is_named, GError **error)
{
  gboolean is_used = FALSE;
  guint n_before = import->files->len;
  g_autofree char *base_name = g_path_get_basename (path);
  LimnMappedFile *file = NULL;
  if (!g_cancellable_set_error_if_cancelled (import->cancellable, error))
    file = limn_mapped_file_open (path, error);
  if (file == NULL)
    return FALSE;
  g_ptr_array_add (import->files, file);
  limn_import_report (import, 0, limn_mapped_file_get_name (file));
  if (!read_file (import, file, base_name, is_named, &is_used, error))
    return FALSE;
  /* the model tells what it was made of, and nothing of what else lay there */
  if (!is_used)
    g_ptr_array_set_size (import->files, (gint) n_before);
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
add_folder (LimnImport *import, const char *path, GError **error)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;
  if (folder == NULL)
    return FALSE;
  while ((name = g_dir_read_name (folder)) != NULL)
    g_ptr_array_add (names, g_build_filename (path, name, NULL));
  if (names->len > MAX_FILES)
    return fail (LIMN_ERROR_TOO_LARGE, _ ("There are too many files in this folder."), error);
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    if (g_file_test (names->pdata[i], G_FILE_TEST_IS_REGULAR)
        && !g_str_has_suffix (names->pdata[i], ".gguf")
        && !add_file (import, names->pdata[i], FALSE, error))
      return FALSE;
  return TRUE;
}

static gboolean
add_all (LimnImport *import, const char *const *paths, GError **error)
{
  for (guint i = 0; paths[i] != NULL; i++)
    if (g_file_test (paths[i], G_FILE_TEST_IS_DIR) ? !add_folder (import, paths[i], error)
                                                   : !add_file (import, paths[i], TRUE, error))
      return FALSE;
  return TRUE;
}

/* A checkpoint that the model is written over could be many gigabytes to fetch again. */
static gboolean
check_output (LimnImport *import, const char *output, GError **error)
{
  for (guint i = 0; i < import->files->len; i++)
    if (limn_mapped_file_is_at (import->files->pdata[i], output))
      {
        g_set_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST,
                     _ ("%s is one of the files to import, and would be lost. Choose another name "
                        "for the model file."),
                     limn_mapped_file_get_name (import->files->pdata[i]));
        return FALSE;
      }
  return TRUE;
}

/* ---- what they make ------------------------------------------------------ */

static gboolean
has_tensor (LimnImport *import, const char *name)
{
  return g_hash_table_contains (import->tensors, name);
}

static gboolean
find_parts (LimnImport *import, GError **error)
{
  GPtrArray *tokens, *merges;
  gboolean has_encoder = has_tensor (import, "encoder.embed_tokens.weight");
  gboolean has_decoder = has_tensor (import, "decoder.embed_tokens.weight");
  if (has_encoder != has_decoder)
    return fail (LIMN_ERROR_MISSING,
                 has_encoder ? _ ("The text model's decoder is missing (decoder.pt).")
                             : _ ("The text model's encoder is missing (encoder.pt)."),
                 error);
  if (has_encoder)
    import->parts |= LIMN_MODEL_PART_TEXT;
  if (has_tensor (import, "vqgan.decoder.conv_in.weight"))
    import->parts |= LIMN_MODEL_PART_DECODER;
  if (has_tensor (import, "vqgan.encoder.conv_in.weight"))
    import->parts |= LIMN_MODEL_PART_ENCODER;
  if (limn_settings_get_tokenizer (&import->settings, &tokens, &merges))
    import->parts |= LIMN_MODEL_PART_TOKENIZER;
  if (import->parts == 0)
    return fail (LIMN_ERROR_MISSING,
                 _ ("There is no part of a model in these files. Limn imports encoder.pt, "
                    "decoder.pt and detoker.pt, or flax_model.msgpack, with config.json, "
                    "vocab.json and merges.txt."),
                 error);
  return TRUE;
}

static gboolean
derive_sizes (LimnImport *import, GError **error)
{
  LimnModel *model = import->model;
  gboolean has_vqgan = (import->parts & (LIMN_MODEL_PART_DECODER | LIMN_MODEL_PART_ENCODER)) != 0;
  if (has_vqgan
      && !limn_derive_vqgan (&model->vqgan, import->tensors, &import->settings.vqgan,
                             limn_derive_grid_size (import->tensors), error))
    return FALSE;
  if (import->parts & LIMN_MODEL_PART_DECODER)
    {
      import->parts |= LIMN_MODEL_PART_PREVIEW;
      model->preview_pixels = limn_preview_choose_pixels (&model->vqgan);
    }
  return !(import->parts & LIMN_MODEL_PART_TEXT)
         || limn_derive_text (&model->text, import->tensors, &import->settings.text,
                              has_vqgan ? &model->vqgan : NULL, error);
}

static gboolean
check_slot (LimnImport *import, const LimnSlot *slot, GError **error)
{
  const LimnView *view = g_hash_table_lookup (import->tensors, slot->name);
  if (view == NULL)
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_MISSING,
                   _ ("%s: this tensor is not in any of the files"), slot->name);
      return FALSE;
    }
  if (view->n_dims == slot->n_dims
      && memcmp (view->shape, slot->shape, slot->n_dims * sizeof *slot->shape) == 0)
    return TRUE;
  return limn_checkpoint_fail (g_hash_table_lookup (import->origins, slot->name),
                               LIMN_ERROR_UNSUPPORTED, slot->name,
                               _ ("its shape does not fit the model's other sizes"), error);
}

/* A tensor that no place needs belongs to a variant that would draw wrongly. */
static gboolean
check_unused (LimnImport *import, GHashTable *used, GError **error)
{
  GHashTableIter iter;
  gpointer name, file;
  g_hash_table_iter_init (&iter, import->origins);
  while (g_hash_table_iter_next (&iter, &name, &file))
    if (!g_hash_table_contains (used, name))
      return limn_checkpoint_fail (file, LIMN_ERROR_UNSUPPORTED, name,
                                   _ ("Limn has no use for this tensor, so the model is of a kind "
                                      "that it cannot draw with"),
                                   error);
  return TRUE;
}

static gboolean
plan_tensors (LimnImport *import, GError **error)
{
  g_autoptr (GArray) all = limn_model_layout_new (import->model, import->parts);
  g_autoptr (GHashTable) used = g_hash_table_new (g_str_hash, g_str_equal);
  import->slots = g_array_sized_new (FALSE, FALSE, sizeof (LimnSlot), all->len);
  for (guint i = 0; i < all->len; i++)
    {
      LimnSlot *slot = &g_array_index (all, LimnSlot, i);
      if (slot->part == LIMN_MODEL_PART_PREVIEW)
        {
          g_array_append_val (import->slots, *slot);
          continue;
        }
      if (slot->is_optional && !has_tensor (import, slot->name))
        continue;
      if (!check_slot (import, slot, error))
        return FALSE;
      g_hash_table_add (used, slot->name);
      g_array_append_val (import->slots, *slot);
    }
  return check_unused (import, used, error);
}

/* ---- metadata ------------------------------------------------------------ */

static void
write_strings (LimnGgufWriter *writer, const char *key, GPtrArray *strings)
{
  limn_gguf_writer_set_strings (writer, key, (const char *const *) strings->pdata, strings->len);
}

static void
write_tokenizer (LimnImport *import, LimnGgufWriter *writer)
{
  GPtrArray *tokens, *merges;
  if (!limn_settings_get_tokenizer (&import->settings, &tokens, &merges))
    return;
  limn_gguf_writer_set_string (writer, "tokenizer.ggml.model", "gpt2");
  write_strings (writer, "tokenizer.ggml.tokens", tokens);
  write_strings (writer, "tokenizer.ggml.merges", merges);
  limn_gguf_writer_set_uint (writer, "tokenizer.ggml.bos_token_id", LIMN_TOKEN_BOS);
  limn_gguf_writer_set_uint (writer, "tokenizer.ggml.padding_token_id", LIMN_TOKEN_PAD);
  limn_gguf_writer_set_uint (writer, "tokenizer.ggml.eos_token_id", LIMN_TOKEN_EOS);
  limn_gguf_writer_set_uint (writer, "tokenizer.ggml.unknown_token_id", LIMN_TOKEN_UNK);
}

static void
write_sampling (const LimnTextSettings *settings, LimnGgufWriter *writer)
{
  limn_gguf_writer_set_float (writer, "dallebart.sampling.temperature",
                              (float) settings->temperature);
  limn_gguf_writer_set_uint (writer, "dallebart.sampling.top_k", settings->top_k);
  limn_gguf_writer_set_float (writer, "dallebart.sampling.guidance", (float) settings->guidance);
  if (settings->min_probability > 0)
    limn_gguf_writer_set_float (writer, "dallebart.sampling.min_probability",
                                (float) settings->min_probability);
}

static void
write_text_option (LimnGgufWriter *writer, const char *key, const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  limn_gguf_writer_set_string (writer, key, valid);
}

static const char *
choose (const char *asked, const char *of_files, const char *otherwise)
{
  return asked != NULL ? asked : of_files != NULL ? of_files : otherwise;
}

/* Names and sizes of what it was made from. */
static void
write_origins (LimnImport *import, LimnGgufWriter *writer)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < import->files->len; i++)
    {
      LimnMappedFile *file = import->files->pdata[i];
      g_autofree char *base_name = g_path_get_basename (limn_mapped_file_get_name (file));
      g_ptr_array_add (lines, g_strdup_printf ("%s %" G_GSIZE_FORMAT, base_name,
                                               limn_mapped_file_get_size (file)));
    }
  write_strings (writer, "general.source.files", lines);
}

static void
write_metadata (LimnImport *import,
                const LimnImportOptions *options,
                const char *output,
                LimnGgufWriter *writer)
{
  const LimnTextSettings *text = &import->settings.text;
  g_autofree char *stem = g_path_get_basename (output);
  if (g_str_has_suffix (stem, ".gguf"))
    stem[strlen (stem) - strlen (".gguf")] = '\0';
  limn_gguf_writer_set_string (writer, "general.architecture", LIMN_ARCHITECTURE);
  write_text_option (writer, "general.name",
                     choose (options == NULL ? NULL : options->name, text->model_name, stem));
  write_text_option (writer, "general.license",
                     choose (options == NULL ? NULL : options->license, text->license, NULL));
  write_text_option (writer, "general.source.url", options == NULL ? NULL : options->source);
  write_origins (import, writer);
  if (import->parts & LIMN_MODEL_PART_TEXT)
    {
      limn_text_config_write (&import->model->text, writer);
      write_sampling (&import->settings.text, writer);
    }
  if (import->parts & (LIMN_MODEL_PART_DECODER | LIMN_MODEL_PART_ENCODER))
    limn_vqgan_config_write (&import->model->vqgan, writer);
  if (import->parts & LIMN_MODEL_PART_PREVIEW)
    limn_gguf_writer_set_uint (writer, "preview.pixels", import->model->preview_pixels);
  write_tokenizer (import, writer);
  if (import->settings.concepts != NULL)
    write_strings (writer, "limn.concepts", import->settings.concepts);
  if (import->settings.text.styles != NULL)
    write_strings (writer, "limn.styles", import->settings.text.styles);
  if (import->settings.concept_traits != NULL)
    write_strings (writer, "limn.concept_traits", import->settings.concept_traits);
}

/* ---- all of it ----------------------------------------------------------- */

static gboolean
read_quantize (const char *name, LimnQuantize *quantize, GError **error)
{
  static const char *const names[] = { "keep", "f32", "f16", "bf16", "i8" };
  if (name == NULL)
    name = "keep";
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (name, names[i]) == 0)
      {
        *quantize = (LimnQuantize) i;
        return TRUE;
      }
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST,
               _ ("“%s” is not a type of weights; choose keep, f32, f16, bf16 or i8."), name);
  return FALSE;
}

/**
 * limn_import_check_quantize:
 * @quantize: (nullable): see #LimnImportOptions
 *
 * Whether there is this precision, to be asked before files are fetched for hours.
 *
 * Returns: %FALSE with %LIMN_ERROR_INVALID_REQUEST
 */
gboolean
limn_import_check_quantize (const char *quantize, GError **error)
{
  LimnQuantize ignored;
  return read_quantize (quantize, &ignored, error);
}

static void
import_init (LimnImport *import)
{
  import->files = g_ptr_array_new_with_free_func ((GDestroyNotify) limn_mapped_file_free);
  import->checkpoints = g_ptr_array_new_with_free_func ((GDestroyNotify) limn_checkpoint_free);
  import->tensors = g_hash_table_new (g_str_hash, g_str_equal);
  import->origins = g_hash_table_new (g_str_hash, g_str_equal);
  import->model = g_new0 (LimnModel, 1);
  import->settings.text.temperature = LIMN_DEFAULT_TEMPERATURE;
  import->settings.text.top_k = LIMN_DEFAULT_TOP_K;
  import->settings.text.guidance = LIMN_DEFAULT_GUIDANCE;
}

static void
import_clear (LimnImport *import)
{
  limn_model_layout_clear (import->model);
  g_free (import->model);
  g_clear_pointer (&import->slots, g_array_unref);
  limn_settings_clear (&import->settings);
  g_hash_table_unref (import->tensors);
  g_hash_table_unref (import->origins);
  g_ptr_array_unref (import->checkpoints);
  g_ptr_array_unref (import->files);
}

/* Shares of the progress. */
#define DONE_TENSORS         0.98
#define DONE_BEFORE_PREVIEWS 0.6 /* fitting previews takes as long as drawing some pictures */

/* What was written must open; a vocabulary without its merges' words does not. */
static gboolean
check_written (LimnGgufWriter *writer, GError **error)
{
  g_autoptr (LimnModel) model = limn_import_reopen (writer, error);
  return model != NULL;
}

static gboolean
write_model (LimnImport *import,
             const char *output,
             const LimnImportOptions *options,
             GError **error)
{
  g_autoptr (LimnGgufWriter) writer = limn_gguf_writer_new ();
  gboolean has_preview = (import->parts & LIMN_MODEL_PART_PREVIEW) != 0;
  double fraction = has_preview ? DONE_BEFORE_PREVIEWS : DONE_TENSORS;
  write_metadata (import, options, output, writer);
  limn_import_declare (import, writer);
  if (!limn_gguf_writer_begin (writer, output, error)
      || !limn_import_write (import, writer, fraction, error))
    return FALSE;
  limn_import_report (import, fraction, has_preview ? _ ("previews") : output);
  if (has_preview ? !limn_import_write_preview (import, writer, error)
                  : !check_written (writer, error))
    return FALSE;
  limn_import_report (import, DONE_TENSORS, output);
  return limn_gguf_writer_finish (writer, error);
}

/**
 * limn_import:
 * @paths: (array zero-terminated=1): checkpoints, tokenizer files, configs and
 *   folders of these, in any order
 * @output: the model file to write, none of @paths; it appears, or is replaced, when all is well
 * @options: (nullable): precision and what the file says about itself
 * @progress: (nullable): called on this thread
 * @cancellable: (nullable): stops between two blocks of a tensor
 *
 * Memory: the tables of the files, and blocks of 32 MiB, whatever their size.
 * Any thread.
 *
 * Returns: %TRUE when the model file is on the disk
 */
gboolean
limn_import (const char *const *paths,
             const char *output,
             const LimnImportOptions *options,
             LimnImportProgressFunc progress,
             gpointer user_data,
             GCancellable *cancellable,
             GError **error)
{
  LimnImport import = { .progress = progress, .user_data = user_data, .cancellable = cancellable };
  if (!read_quantize (options == NULL ? NULL : options->quantize, &import.quantize, error))
    return FALSE;
  import_init (&import);
  gboolean is_done = add_all (&import, paths, error) && check_output (&import, output, error)
                     && find_parts (&import, error) && derive_sizes (&import, error)
                     && plan_tensors (&import, error)
                     && write_model (&import, output, options, error);
  import_clear (&import);
  if (is_done && progress != NULL)
    progress (1, output, user_data);
  return is_done;
}
