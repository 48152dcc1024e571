/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the names of published checkpoints to those of a model file.  Flax
 * arrays are turned on the way: a kernel is (in, out) there and (out, in) here,
 * and all layers of a kind may be stacked in one array.
 */
#include "config.h"

#include "checkpoint.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LAYERS 256

typedef struct
{
  LimnCheckpoint *checkpoint;
  LimnCheckpoint *renamed;
  GError **error;
} Renaming;

static gboolean
add (Renaming *renaming, const char *name, const LimnView *view)
{
  return limn_checkpoint_add (renaming->renamed, name, view, renaming->error);
}

static gboolean
fail (Renaming *renaming, const char *name, const char *reason)
{
  return limn_checkpoint_fail (renaming->checkpoint->file, LIMN_ERROR_UNSUPPORTED, name, reason,
                               renaming->error);
}

static gboolean
has (LimnCheckpoint *checkpoint, const char *name)
{
  return g_hash_table_contains (checkpoint->tensors, name);
}

/* ---- flax, text model ---------------------------------------------------- */

static const struct
{
  const char *flax;
  const char *name;
} layer_names[] = {
  { "LayerNorm_0/", "pre_self_attn_layer_norm." },
  { "LayerNorm_1/", "self_attn_layer_norm." },
  { "LayerNorm_2/", "pre_encoder_attn_layer_norm." },
  { "LayerNorm_3/", "encoder_attn_layer_norm." },
  { "FlaxBartAttention_0/q_proj/", "self_attn.q_proj." },
  { "FlaxBartAttention_0/k_proj/", "self_attn.k_proj." },
  { "FlaxBartAttention_0/v_proj/", "self_attn.v_proj." },
  { "FlaxBartAttention_0/out_proj/", "self_attn.out_proj." },
  { "FlaxBartAttention_1/q_proj/", "encoder_attn.q_proj." },
  { "FlaxBartAttention_1/k_proj/", "encoder_attn.k_proj." },
  { "FlaxBartAttention_1/v_proj/", "encoder_attn.v_proj." },
  { "FlaxBartAttention_1/out_proj/", "encoder_attn.out_proj." },
  { "GLU_0/LayerNorm_0/", "glu.ln0." },
  { "GLU_0/LayerNorm_1/", "glu.ln1." },
  { "GLU_0/Dense_0/", "glu.fc0." },
  { "GLU_0/Dense_1/", "glu.fc1." },
  { "GLU_0/Dense_2/", "glu.fc2." },
};

/* The last level of a flax name; a kernel's last two axes change places. */
static const char *
convert_leaf (const char *leaf, LimnView *view)
{
  if (strcmp (leaf, "bias") == 0)
    return "bias";
  if (strcmp (leaf, "scale") == 0 || strcmp (leaf, "embedding") == 0)
    return "weight";
  if (strcmp (leaf, "kernel") != 0 || view->n_dims < 2)
    return NULL;
  limn_view_swap (view, view->n_dims - 2, view->n_dims - 1);
  return "weight";
}

/* In place: (h, w, in, out) with the last two swapped already, to (out, in, h, w). */
static void
convert_convolution (LimnView *view)
{
  if (view->n_dims != 4)
    return;
  limn_view_swap (view, 0, 2);
  limn_view_swap (view, 1, 3);
}

static gboolean
add_layer_tensor (Renaming *renaming,
                  const char *prefix,
                  guint64 layer,
                  const char *rest,
                  const LimnView *view)
{
  for (guint i = 0; i < G_N_ELEMENTS (layer_names); i++)
    {
      if (!g_str_has_prefix (rest, layer_names[i].flax))
        continue;
      LimnView turned = *view;
      const char *leaf = convert_leaf (rest + strlen (layer_names[i].flax), &turned);
      if (leaf == NULL)
        break;
      g_autofree char *name = g_strdup_printf ("%s.layers.%" G_GUINT64_FORMAT ".%s%s", prefix,
                                               layer, layer_names[i].name, leaf);
      return add (renaming, name, &turned);
    }
  return fail (renaming, rest, _ ("Limn does not know this tensor of a layer"));
}

/* All layers in one array, the first axis counts them. */
static gboolean
add_stacked (Renaming *renaming, const char *prefix, const char *rest, const LimnView *view)
{
  if (view->n_dims < 2 || view->shape[0] == 0 || view->shape[0] > MAX_LAYERS)
    return fail (renaming, rest, _ ("it does not have one entry a layer"));
  for (guint64 i = 0; i < view->shape[0]; i++)
    {
      LimnView layer = *view;
      limn_view_slice (&layer, i);
      if (!add_layer_tensor (renaming, prefix, i, rest, &layer))
        return FALSE;
    }
  return TRUE;
}

/* rest: what follows "layers/" */
static gboolean
add_layers (Renaming *renaming, gboolean is_decoder, const char *rest, const LimnView *view)
{
  const char *prefix = is_decoder ? "decoder" : "encoder";
  g_autofree char *class_name =
      g_strdup_printf ("FlaxBart%sLayer", is_decoder ? "Decoder" : "Encoder");
  gsize length = strlen (class_name);
  char *end = NULL;
  if (!g_str_has_prefix (rest, class_name))
    return fail (renaming, rest, _ ("Limn does not know this tensor"));
  if (g_str_has_prefix (rest + length, "s/"))
    return add_stacked (renaming, prefix, rest + length + 2, view);
  guint64 i = rest[length] == '_' ? g_ascii_strtoull (rest + length + 1, &end, 10) : 0;
  if (end == NULL || *end != '/' || i >= MAX_LAYERS)
    return fail (renaming, rest, _ ("Limn does not know this tensor"));
  return add_layer_tensor (renaming, prefix, i, end + 1, view);
}

static gboolean
add_flax_text (Renaming *renaming, const char *path, const LimnView *view)
{
  gboolean is_decoder = g_str_has_prefix (path, "model/decoder/");
  LimnView turned = *view;
  if (strcmp (path, "lm_head/kernel") == 0)
    {
      if (convert_leaf ("kernel", &turned) == NULL)
        return fail (renaming, path, _ ("it is not a matrix"));
      return add (renaming, "decoder.lm_head.weight", &turned);
    }
  if (!is_decoder && !g_str_has_prefix (path, "model/encoder/"))
    return fail (renaming, path, _ ("Limn does not know this tensor"));
  const char *rest = path + strlen ("model/decoder/");
  if (g_str_has_prefix (rest, "layers/"))
    return add_layers (renaming, is_decoder, rest + strlen ("layers/"), view);
  const char *slash = strchr (rest, '/');
  const char *leaf = slash == NULL ? NULL : convert_leaf (slash + 1, &turned);
  if (leaf == NULL)
    return fail (renaming, path, _ ("Limn does not know this tensor"));
  g_autofree char *name = g_strdup_printf ("%s.%.*s.%s", is_decoder ? "decoder" : "encoder",
                                           (int) (slash - rest), rest, leaf);
  return add (renaming, name, &turned);
}

/* ---- flax, VQGAN --------------------------------------------------------- */

/* "up_3" is item 3 of a list, as is "block_1" outside of mid. */
static gboolean
is_list_item (const char *part, gboolean is_in_mid)
{
  return g_str_has_prefix (part, "up_") || g_str_has_prefix (part, "down_")
         || (!is_in_mid && (g_str_has_prefix (part, "block_") || g_str_has_prefix (part, "attn_")));
}

static gboolean
add_flax_vqgan (Renaming *renaming, const char *path, const LimnView *view)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  g_autoptr (GString) name = g_string_new ("vqgan.");
  LimnView turned = *view;
  guint n = g_strv_length (parts);
  gboolean is_in_mid = strstr (path, "/mid/") != NULL;
  const char *leaf = n > 0 ? convert_leaf (parts[n - 1], &turned) : NULL;
  if (leaf == NULL)
    return fail (renaming, path, _ ("Limn does not know this tensor"));
  if (strcmp (parts[n - 1], "kernel") == 0)
    convert_convolution (&turned);
  if (strcmp (path, "quantize/embedding/embedding") == 0)
    return add (renaming, "vqgan.embedding.weight", &turned);
  for (guint i = 0; i + 1 < n; i++)
    {
      if (is_list_item (parts[i], is_in_mid))
        *strchr (parts[i], '_') = '.';
      g_string_append_printf (name, "%s.", parts[i]);
    }
  g_string_append (name, leaf);
  return add (renaming, name->str, &turned);
}

/* ---- torch --------------------------------------------------------------- */

static gboolean
add_torch_text (Renaming *renaming, const char *prefix, const char *key, const LimnView *view)
{
  g_autofree char *name = g_strconcat (prefix, key, NULL);
  return add (renaming, name, view);
}

static gboolean
add_torch_vqgan (Renaming *renaming, const char *key, const LimnView *view)
{
  if (g_str_has_prefix (key, "loss."))
    return TRUE; /* of the training */
  if (g_str_has_prefix (key, "quantize."))
    key += strlen ("quantize.");
  return add_torch_text (renaming, "vqgan.", key, view);
}

/* ---- which one it is ----------------------------------------------------- */

typedef enum
{
  KIND_UNKNOWN,
  KIND_TORCH_ENCODER,
  KIND_TORCH_DECODER,
  KIND_TORCH_BOTH,
  KIND_TORCH_VQGAN,
  KIND_FLAX_TEXT,
  KIND_FLAX_VQGAN,
} Kind;

static gboolean
has_prefix (LimnCheckpoint *checkpoint, const char *prefix)
{
  GHashTableIter iter;
  gpointer name;
  g_hash_table_iter_init (&iter, checkpoint->tensors);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (g_str_has_prefix (name, prefix))
      return TRUE;
  return FALSE;
}

static Kind
find_kind (LimnCheckpoint *checkpoint)
{
  if (has (checkpoint, "embed_tokens.weight"))
    return has (checkpoint, "lm_head.weight") || has_prefix (checkpoint, "layers.0.encoder_attn")
               ? KIND_TORCH_DECODER
               : KIND_TORCH_ENCODER;
  if (has (checkpoint, "encoder.embed_tokens.weight")
      || has (checkpoint, "decoder.embed_tokens.weight"))
    return KIND_TORCH_BOTH;
  if (has (checkpoint, "quantize.embedding.weight") || has (checkpoint, "embedding.weight")
      || has (checkpoint, "decoder.conv_in.weight") || has (checkpoint, "encoder.conv_in.weight"))
    return KIND_TORCH_VQGAN;
  if (has_prefix (checkpoint, "model/encoder/") || has_prefix (checkpoint, "model/decoder/"))
    return KIND_FLAX_TEXT;
  if (has (checkpoint, "quantize/embedding/embedding")
      || has (checkpoint, "decoder/conv_in/kernel"))
    return KIND_FLAX_VQGAN;
  return KIND_UNKNOWN;
}

static gboolean
rename_one (Renaming *renaming, Kind kind, const char *name, const LimnView *view)
{
  switch (kind)
    {
    case KIND_TORCH_ENCODER:
      return add_torch_text (renaming, "encoder.", name, view);
    case KIND_TORCH_DECODER:
      return add_torch_text (renaming, "decoder.", name, view);
    case KIND_TORCH_BOTH:
      return add_torch_text (renaming, "", name, view);
    case KIND_TORCH_VQGAN:
      return add_torch_vqgan (renaming, name, view);
    case KIND_FLAX_TEXT:
      return add_flax_text (renaming, name, view);
    case KIND_FLAX_VQGAN:
      return add_flax_vqgan (renaming, name, view);
    default:
      return limn_checkpoint_fail (
          renaming->checkpoint->file, LIMN_ERROR_UNSUPPORTED, _ ("names of its tensors"),
          _ ("this is neither a DALL·E Mini nor a VQGAN checkpoint"), renaming->error);
    }
}

/* Levels that training programs put around a model. */
static const char *
skip_wrapping (const char *name)
{
  static const char *const levels[] = { "state_dict.", "module.", "params/" };
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    if (g_str_has_prefix (name, levels[i]))
      return name + strlen (levels[i]);
  return name;
}

static gboolean
unwrap (Renaming *renaming)
{
  GHashTableIter iter;
  gpointer name, view;
  g_hash_table_iter_init (&iter, renaming->checkpoint->tensors);
  while (g_hash_table_iter_next (&iter, &name, &view))
    if (!add (renaming, skip_wrapping (name), view))
      return FALSE;
  return TRUE;
}

/* Replaces the table of tensors by the renamed one. */
static void
take_over (Renaming *renaming)
{
  GHashTable *tensors = renaming->checkpoint->tensors;
  renaming->checkpoint->tensors = renaming->renamed->tensors;
  renaming->renamed->tensors = tensors;
  g_hash_table_remove_all (tensors);
}

gboolean
limn_checkpoint_rename (LimnCheckpoint *checkpoint, GError **error)
{
  g_autoptr (LimnCheckpoint) renamed = limn_checkpoint_new (checkpoint->file);
  Renaming renaming = { checkpoint, renamed, error };
  GHashTableIter iter;
  gpointer name, view;
  if (!unwrap (&renaming))
    return FALSE;
  take_over (&renaming);
  Kind kind = find_kind (checkpoint);
  if (kind == KIND_UNKNOWN)
    return rename_one (&renaming, kind, NULL, NULL);
  g_hash_table_iter_init (&iter, checkpoint->tensors);
  while (g_hash_table_iter_next (&iter, &name, &view))
    if (!rename_one (&renaming, kind, name, view))
      return FALSE;
  take_over (&renaming);
  return TRUE;
}
