/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limn-trace: writes what the engine computes inside as .npy files, for
 * comparison with other implementations.  Not installed.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/bart/sampler.h"
#include "engine/bart/decoder.h"
#include "engine/vqgan/decoder.h"
#include "tests/tools/npy.h"

typedef struct
{
  /* settings */
  char *ids_text;
  char *uncond_text;
  char *forced_text;
  char *pixels_file;
  char *out_dir;
  int n_steps;
  int start_token;
  int n_greedy;
  int n_threads;
  double guidance;
  char **files;
  /* state */
  LimnModel *model;
  LimnCompute *compute;
  LimnTextState texts;
  LimnDecoder *decoder;
} Trace;

static const char summary[] =
    "MODEL.gguf is a file made by “limn import”. Written into the folder:\n"
    "  encoder.npy        (2, T, D)      states of both texts, the unconditional one first\n"
    "  logits_uncond.npy  (steps, rows)  all columns of lm_head: V codes and what follows them\n"
    "  logits_cond.npy    (steps, rows)\n"
    "  logits_super.npy   (steps, V)     uncond + guidance (cond - uncond), the V codes alone\n"
    "  tokens.npy         (N)            with --greedy: the likeliest token again and again\n"
    "  pixels.npy         (height, width, 3)  with --pixels-of: before clipping to 0 … 1\n"
    "The input of the first step is the start token, that of step i the forced token i - 1;\n"
    "there are as many steps as forced tokens unless --steps says otherwise.";

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, message);
  return FALSE;
}

/* ---- ids ------------------------------------------------------------------ */

/* Numbers separated by anything that is none; NULL with error at nonsense. */
static GArray *
parse_ids (const char *text, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (const char *p = text; *p;)
    {
      char *end;
      guint64 value = g_ascii_isdigit (*p) ? g_ascii_strtoull (p, &end, 10) : 0;
      guint32 id = (guint32) value;

      if (!g_ascii_isdigit (*p))
        {
          if (!strchr (" \t\r\n,;[]", *p))
            {
              g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "“%s” is not a list of ids", text);
              return NULL;
            }
          p++;
          continue;
        }
      if (value > G_MAXUINT32)
        {
          fail (error, "an id is too large");
          return NULL;
        }
      g_array_append_val (ids, id);
      p = end;
    }
  return g_steal_pointer (&ids);
}

/* From a list in text or an .npy file. */
static GArray *
load_ids (const char *path, GError **error)
{
  g_auto (NpyArray) array = { 0 };
  g_autofree char *text = NULL;
  GArray *ids;

  if (!g_str_has_suffix (path, ".npy"))
    return g_file_get_contents (path, &text, NULL, error) ? parse_ids (text, error) : NULL;
  if (!npy_read (path, &array, error))
    return NULL;
  ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (gsize i = 0; i < array.n; i++)
    {
      guint32 id = (guint32) CLAMP (array.values[i], 0, G_MAXUINT32);

      g_array_append_val (ids, id);
    }
  return ids;
}

/* Row of T ids, padded with 1. */
static gboolean
fill_row (const char *text, guint length, guint32 *row, GError **error)
{
  g_autoptr (GArray) ids = parse_ids (text, error);

  if (!ids)
    return FALSE;
  if (ids->len == 0 || ids->len > length)
    return fail (error, "the number of text ids does not fit the model");
  for (guint i = 0; i < length; i++)
    row[i] = i < ids->len ? g_array_index (ids, guint32, i) : LIMN_TOKEN_PAD;
  return TRUE;
}

/* ---- files ---------------------------------------------------------------- */

static gboolean
write_floats (Trace *trace,
              const char *name,
              const float *values,
              guint n_dims,
              const gsize *shape,
              GError **error)
{
  g_autofree char *path = g_build_filename (trace->out_dir, name, NULL);

  return npy_write_floats (path, values, n_dims, shape, error);
}

/* ---- text ----------------------------------------------------------------- */

static gboolean
trace_encoder (Trace *trace, GError **error)
{
  const LimnTextConfig *text = &trace->model->text;
  g_autofree guint32 *ids = g_new (guint32, 2 * text->text_length);
  gsize bytes = limn_encoder_get_scratch_bytes (trace->model, 2);
  const gsize shape[] = { 2, text->text_length, text->d };

  bytes = MAX (bytes, limn_decoder_get_scratch_bytes (trace->model, 2, 1));
  trace->compute = limn_compute_new ((guint) trace->n_threads, bytes, error);
  return trace->compute
         && fill_row (trace->uncond_text ? trace->uncond_text : "0,2", text->text_length, ids,
                      error)
         && fill_row (trace->ids_text, text->text_length, ids + text->text_length, error)
         && limn_encoder_run (trace->model, trace->compute, ids, 2, TRUE, NULL, NULL, &trace->texts,
                              error)
         && write_floats (trace, "encoder.npy", trace->texts.x, 3, shape, error);
}

static void
step (Trace *trace, guint32 token, float *super)
{
  const LimnTextConfig *text = &trace->model->text;

  limn_decoder_step (trace->decoder, &token, text->image_rows);
  limn_bart_kernels_get ()->condition (limn_decoder_get_logits (trace->decoder, 0, 0),
                                       limn_decoder_get_logits (trace->decoder, 1, 0),
                                       (float) trace->guidance, super, text->image_vocab);
}

static gboolean
trace_logits (Trace *trace, const GArray *forced, gsize n_steps, GError **error)
{
  const LimnTextConfig *text = &trace->model->text;
  gsize columns = text->image_rows, codes = text->image_vocab;
  g_autofree float *uncond = g_new (float, n_steps *columns);
  g_autofree float *cond = g_new (float, n_steps *columns);
  g_autofree float *super = g_new (float, n_steps *codes);
  const gsize shape[] = { n_steps, columns }, super_shape[] = { n_steps, codes };

  for (gsize i = 0; i < n_steps; i++)
    {
      step (trace, i == 0 ? (guint32) trace->start_token : g_array_index (forced, guint32, i - 1),
            super + i * codes);
      memcpy (uncond + i * columns, limn_decoder_get_logits (trace->decoder, 0, 0),
              columns * sizeof (float));
      memcpy (cond + i * columns, limn_decoder_get_logits (trace->decoder, 1, 0),
              columns * sizeof (float));
    }
  return write_floats (trace, "logits_uncond.npy", uncond, 2, shape, error)
         && write_floats (trace, "logits_cond.npy", cond, 2, shape, error)
         && write_floats (trace, "logits_super.npy", super, 2, super_shape, error);
}

/* Continues after the forced tokens with the likeliest ones. */
static gboolean
trace_greedy (Trace *trace, const GArray *forced, GError **error)
{
  const LimnTextConfig *text = &trace->model->text;
  g_autofree float *super = g_new (float, text->image_vocab);
  g_autofree guint32 *tokens = g_new (guint32, trace->n_greedy);
  g_autofree char *path = g_build_filename (trace->out_dir, "tokens.npy", NULL);
  guint32 token = (guint32) trace->start_token;
  guint n_forced = forced ? forced->len : 0;

  if (n_forced + (guint) trace->n_greedy > text->image_length)
    return fail (error, "a picture has fewer tokens than --forced and --greedy ask for");
  limn_decoder_restart (trace->decoder, 1);
  for (guint i = 0; i < n_forced + trace->n_greedy; i++)
    {
      step (trace, token, super);
      token = i < n_forced ? g_array_index (forced, guint32, i)
                           : limn_scores_sample (limn_bart_kernels_get (), super, text->image_vocab,
                                                 0, 0, 0, NULL);
      if (i >= n_forced)
        {
          tokens[i - n_forced] = token;
          printf ("%s%u", i == n_forced ? "" : ",", token);
        }
    }
  printf ("\n");
  return npy_write_ids (path, tokens, (gsize) trace->n_greedy, error);
}

static gboolean
trace_text (Trace *trace, GError **error)
{
  g_autoptr (GArray) forced = NULL;
  guint n_steps;

  if (!limn_model_require (trace->model, LIMN_MODEL_PART_TEXT, error)
      || !trace_encoder (trace, error))
    return FALSE;
  forced = parse_ids (trace->forced_text ? trace->forced_text : "", error);
  if (!forced)
    return FALSE;
  n_steps = trace->n_steps >= 0 ? (guint) trace->n_steps : MAX (forced->len, 1);
  if (n_steps > forced->len + 1 || n_steps > trace->model->text.image_length)
    return fail (error, "more steps than there are tokens to feed");
  if (trace->start_token < 0)
    trace->start_token = (int) trace->model->text.start_token;
  trace->decoder = limn_decoder_new (trace->model, trace->compute, &trace->texts, 1, error);
  if (!trace->decoder)
    return FALSE;
  if (trace->n_greedy > 0 && !trace_greedy (trace, forced, error))
    return FALSE;
  limn_decoder_restart (trace->decoder, 1);
  return trace_logits (trace, forced, n_steps, error);
}

/* ---- pixels --------------------------------------------------------------- */

static gboolean
trace_pixels (Trace *trace, GError **error)
{
  g_autoptr (GArray) ids = load_ids (trace->pixels_file, error);
  g_autoptr (LimnCompute) compute = NULL;
  g_autoptr (LimnVqganDecoder) decoder = NULL;
  g_autofree float *pixels = NULL;
  gsize side, scale, shape[3];

  if (!ids || !limn_model_require (trace->model, LIMN_MODEL_PART_DECODER, error))
    return FALSE;
  side = (gsize) sqrt (ids->len);
  if (side < 1 || side > 256 || side * side != ids->len)
    return fail (error, "the ids for pixels must be a square of up to 256 x 256");
  scale = limn_vqgan_pixels_per_token (trace->model);
  shape[0] = shape[1] = side * scale;
  shape[2] = 3;
  pixels = g_new (float, shape[0] * shape[1] * 3);
  compute = limn_compute_new ((guint) trace->n_threads, 0, error);
  if (!compute)
    return FALSE;
  decoder = limn_vqgan_decoder_new (trace->model, compute, (guint) side, (guint) side, error);
  return decoder
         && limn_vqgan_decoder_run (decoder, (const guint32 *) ids->data, pixels, NULL, error)
         && write_floats (trace, "pixels.npy", pixels, 3, shape, error);
}

/* ---- the command ---------------------------------------------------------- */

static void
trace_clear (Trace *trace)
{
  limn_text_state_clear (&trace->texts);
  g_clear_pointer (&trace->decoder, limn_decoder_free);
  g_clear_pointer (&trace->compute, limn_compute_free);
  g_clear_pointer (&trace->model, limn_model_unref);
  g_free (trace->ids_text);
  g_free (trace->uncond_text);
  g_free (trace->forced_text);
  g_free (trace->pixels_file);
  g_free (trace->out_dir);
  g_strfreev (trace->files);
}

static gboolean
parse_arguments (Trace *trace, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "ids", 0, 0, G_OPTION_ARG_STRING, &trace->ids_text,
      "text ids of the prompt, padded with 1 by itself", "0,5,2" },
    { "uncond-ids", 0, 0, G_OPTION_ARG_STRING, &trace->uncond_text,
      "text ids of the unconditional text (default 0,2)", "0,2" },
    { "forced", 0, 0, G_OPTION_ARG_STRING, &trace->forced_text, "image tokens to feed", "17,4,…" },
    { "steps", 0, 0, G_OPTION_ARG_INT, &trace->n_steps, "steps to trace", "N" },
    { "start-token", 0, 0, G_OPTION_ARG_INT, &trace->start_token,
      "first input (default: the model's)", "N" },
    { "guidance", 0, 0, G_OPTION_ARG_DOUBLE, &trace->guidance,
      "super-conditioning factor (default 10)", "F" },
    { "greedy", 0, 0, G_OPTION_ARG_INT, &trace->n_greedy,
      "continue after the forced tokens with N likeliest ones", "N" },
    { "pixels-of", 0, 0, G_OPTION_ARG_FILENAME, &trace->pixels_file,
      "render the image ids in FILE, numbers as text or .npy", "FILE" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &trace->n_threads, "threads (default: one a core)", "N" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &trace->out_dir, "folder for the files", "DIR" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &trace->files, NULL, "MODEL.gguf" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- write what the engine computes");

  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (!trace->files || !trace->files[0] || trace->files[1])
    return fail (error, "exactly one model is needed; see --help");
  if (!trace->ids_text && !trace->pixels_file)
    return fail (error, "nothing to trace: give --ids or --pixels-of");
  if (trace->n_greedy < 0 || trace->n_threads < 0)
    return fail (error, "a number is negative");
  if (!trace->out_dir)
    trace->out_dir = g_strdup (".");
  return TRUE;
}

static gboolean
run (Trace *trace, GError **error)
{
  trace->model = limn_model_open (trace->files[0], error);
  if (!trace->model)
    return FALSE;
  if (g_mkdir_with_parents (trace->out_dir, 0777) != 0)
    return fail (error, "the folder for the files cannot be made");
  return (!trace->ids_text || trace_text (trace, error))
         && (!trace->pixels_file || trace_pixels (trace, error));
}

int
main (int argc, char **argv)
{
  Trace trace = { .n_steps = -1, .start_token = -1, .guidance = 10 };
  g_autoptr (GError) error = NULL;
  gboolean is_ok = parse_arguments (&trace, &argc, &argv, &error) && run (&trace, &error);

  if (!is_ok)
    fprintf (stderr, "limn-trace: %s\n", error->message);
  trace_clear (&trace);
  return is_ok ? 0 : 1;
}
