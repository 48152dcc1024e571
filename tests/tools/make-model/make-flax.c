/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A generated model as dalle-mini's flax_model.msgpack files: layers stacked,
 * arrays over 1 GiB in chunks. */
#include "generated.h"

#include <string.h>

#include "engine/model/output-file.h"
#include "engine/tensor/convert.h"
#include "stack.h"

#define MAX_CHUNK ((guint64) 1 << 30)

/* The tree of names while it is made: a leaf has a stack. */
typedef struct
{
  char *name;          /* owned */
  GPtrArray *children; /* owned: Node */
  const Stack *stack;
} Node;

static void
node_free (gpointer data)
{
  Node *node = data;
  g_free (node->name);
  g_ptr_array_unref (node->children);
  g_free (node);
}

static Node *
node_new (const char *name)
{
  Node *node = g_new0 (Node, 1);
  node->name = g_strdup (name);
  node->children = g_ptr_array_new_with_free_func (node_free);
  return node;
}

static Node *
get_child (Node *node, const char *name)
{
  for (guint i = 0; i < node->children->len; i++)
    if (strcmp (((Node *) node->children->pdata[i])->name, name) == 0)
      return node->children->pdata[i];
  Node *child = node_new (name);
  g_ptr_array_add (node->children, child);
  return child;
}

static void
add_path (Node *root, const char *path, const Stack *stack)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    root = get_child (root, parts[i]);
  root->stack = stack;
}

/* ---- names --------------------------------------------------------------- */

static const struct
{
  const char *name;
  const char *flax;
} layer_names[] = {
  { "pre_self_attn_layer_norm", "LayerNorm_0" },
  { "self_attn_layer_norm", "LayerNorm_1" },
  { "pre_encoder_attn_layer_norm", "LayerNorm_2" },
  { "encoder_attn_layer_norm", "LayerNorm_3" },
  { "self_attn.q_proj", "FlaxBartAttention_0/q_proj" },
  { "self_attn.k_proj", "FlaxBartAttention_0/k_proj" },
  { "self_attn.v_proj", "FlaxBartAttention_0/v_proj" },
  { "self_attn.out_proj", "FlaxBartAttention_0/out_proj" },
  { "encoder_attn.q_proj", "FlaxBartAttention_1/q_proj" },
  { "encoder_attn.k_proj", "FlaxBartAttention_1/k_proj" },
  { "encoder_attn.v_proj", "FlaxBartAttention_1/v_proj" },
  { "encoder_attn.out_proj", "FlaxBartAttention_1/out_proj" },
  { "glu.ln0", "GLU_0/LayerNorm_0" },
  { "glu.ln1", "GLU_0/LayerNorm_1" },
  { "glu.fc0", "GLU_0/Dense_0" },
  { "glu.fc1", "GLU_0/Dense_1" },
  { "glu.fc2", "GLU_0/Dense_2" },
};

static const char *
get_leaf (const LimnSlot *slot)
{
  if (g_str_has_suffix (slot->name, ".bias"))
    return "bias";
  if (slot->n_dims == 1)
    return "scale";
  return strstr (slot->name, "embed") != NULL ? "embedding" : "kernel";
}

static char *
make_text_path (const LimnSlot *slot)
{
  const char *rest = NULL;
  gboolean is_decoder = g_str_has_prefix (slot->name, "decoder.");
  const char *side = is_decoder ? "decoder" : "encoder";
  if (strcmp (slot->name, "decoder.lm_head.weight") == 0)
    return g_strdup ("lm_head/kernel");
  if (get_layer (slot->name, &rest) < 0)
    rest = slot->name + strlen ("decoder.");
  g_autofree char *module = g_strndup (rest, (gsize) (strrchr (rest, '.') - rest));
  if (strstr (slot->name, ".layers.") == NULL)
    return g_strdup_printf ("model/%s/%s/%s", side, module, get_leaf (slot));
  for (guint i = 0; i < G_N_ELEMENTS (layer_names); i++)
    if (strcmp (layer_names[i].name, module) == 0)
      return g_strdup_printf ("model/%s/layers/FlaxBart%sLayers/%s/%s", side,
                              is_decoder ? "Decoder" : "Encoder", layer_names[i].flax,
                              get_leaf (slot));
  g_assert_not_reached ();
}

/* "up.3.block.0" becomes "up_3/block_0". */
static char *
make_vqgan_path (const LimnSlot *slot)
{
  const char *name = slot->name + strlen ("vqgan.");
  g_auto (GStrv) parts = g_strsplit (name, ".", -1);
  g_autoptr (GString) path = g_string_new (NULL);
  if (strcmp (name, "embedding.weight") == 0)
    return g_strdup ("quantize/embedding/embedding");
  for (guint i = 0; parts[i + 1] != NULL; i++)
    g_string_append_printf (path, "%s%s",
                            i == 0                          ? ""
                            : g_ascii_isdigit (parts[i][0]) ? "_"
                                                            : "/",
                            parts[i]);
  return g_strdup_printf ("%s/%s", path->str, get_leaf (slot));
}

/* ---- MessagePack --------------------------------------------------------- */

typedef struct
{
  LimnOutputFile *file;
  LimnType type;
  guint64 n_in_chunk; /* numbers left in the present one */
  guint64 n_left;     /* numbers left in the array */
  guint chunk;
  gboolean is_chunked;
} Output;

static gboolean
write_bytes (Output *output, const void *data, gsize n, GError **error)
{
  return limn_output_file_write (output->file, data, n, error);
}

static void
put_big (GByteArray *out, guint64 value, guint n_bytes)
{
  while (n_bytes-- > 0)
    {
      guint8 byte = (guint8) (value >> (8 * n_bytes));
      g_byte_array_append (out, &byte, 1);
    }
}

static void
put_text (GByteArray *out, const char *text)
{
  gsize length = strlen (text);
  if (length < 32)
    put_big (out, 0xa0 | length, 1);
  else
    put_big (out, 0xd900 | length, 2);
  g_byte_array_append (out, (const guint8 *) text, (guint) length);
}

static void
put_map (GByteArray *out, guint n)
{
  if (n < 16)
    put_big (out, 0x80 | n, 1);
  else
    put_big (out, 0xde0000 | n, 3);
}

static void
put_size (GByteArray *out, guint64 value)
{
  if (value < 128)
    put_big (out, value, 1);
  else
    {
      put_big (out, 0xce, 1);
      put_big (out, value, 4);
    }
}

static const char *
get_type_name (LimnType type)
{
  return type == LIMN_TYPE_F16 ? "float16" : type == LIMN_TYPE_BF16 ? "bfloat16" : "float32";
}

/* Head of an array: everything but its data. */
static gboolean
write_array_head (Output *output, const guint64 *shape, guint n_dims, guint64 n, GError **error)
{
  g_autoptr (GByteArray) inner = g_byte_array_new ();
  g_autoptr (GByteArray) head = g_byte_array_new ();
  guint64 n_bytes = n * limn_type_bytes (output->type);
  put_big (inner, 0x93, 1);
  put_big (inner, 0x90 | n_dims, 1);
  for (guint i = 0; i < n_dims; i++)
    put_size (inner, shape[i]);
  put_text (inner, get_type_name (output->type));
  put_big (inner, 0xc6, 1);
  put_big (inner, n_bytes, 4);
  put_big (head, 0xc9, 1);
  put_big (head, inner->len + n_bytes, 4);
  put_big (head, 1, 1);
  g_byte_array_append (head, inner->data, inner->len);
  return write_bytes (output, head->data, head->len, error);
}

static gboolean
begin_chunk (Output *output, GError **error)
{
  g_autoptr (GByteArray) head = g_byte_array_new ();
  g_autofree char *name = g_strdup_printf ("%u", output->chunk++);
  guint64 n = MIN (output->n_left, MAX_CHUNK / limn_type_bytes (output->type));
  put_text (head, name);
  output->n_in_chunk = n;
  return write_bytes (output, head->data, head->len, error)
         && write_array_head (output, &n, 1, n, error);
}

static gboolean
take (gpointer data, const float *values, gsize n, GError **error)
{
  Output *output = data;
  g_autofree guint8 *converted = g_malloc (n * sizeof (float) + 1);
  limn_convert_from_float (output->type, values, converted, n);
  const guint8 *next = converted;
  while (n > 0)
    {
      if (output->is_chunked && output->n_in_chunk == 0 && !begin_chunk (output, error))
        return FALSE;
      gsize m = output->is_chunked ? MIN (n, output->n_in_chunk) : n;
      if (!write_bytes (output, next, m * limn_type_bytes (output->type), error))
        return FALSE;
      next += m * limn_type_bytes (output->type);
      n -= m;
      output->n_left -= m;
      output->n_in_chunk -= output->is_chunked ? m : 0;
    }
  return TRUE;
}

static gboolean
write_chunked_head (Output *output, const guint64 *shape, guint n_dims, guint64 n, GError **error)
{
  g_autoptr (GByteArray) head = g_byte_array_new ();
  guint64 n_chunk = MAX_CHUNK / limn_type_bytes (output->type);
  put_map (head, 3);
  put_text (head, "__msgpack_chunked_array__");
  put_big (head, 0xc3, 1);
  put_text (head, "shape");
  put_map (head, n_dims);
  for (guint i = 0; i < n_dims; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      put_text (head, name);
      put_size (head, shape[i]);
    }
  put_text (head, "chunks");
  put_map (head, (guint) ((n + n_chunk - 1) / n_chunk));
  return write_bytes (output, head->data, head->len, error);
}

static gboolean
write_array (Output *output, const Stack *stack, GError **error)
{
  const LimnSlot *slot = &stack_get_first (stack)->slot;
  guint64 shape[LIMN_GGUF_MAX_DIMS + 1] = { stack->tensors->len };
  guint n_dims = stack->is_stacked ? 1 : 0;
  guint64 n = stack_get_n (stack);
  for (guint i = 0; i < slot->n_dims; i++)
    shape[n_dims++] = slot->shape[stack->order[i]];
  output->n_left = n;
  output->n_in_chunk = 0;
  output->chunk = 0;
  output->is_chunked = n * limn_type_bytes (output->type) > MAX_CHUNK;
  return (output->is_chunked ? write_chunked_head (output, shape, n_dims, n, error)
                             : write_array_head (output, shape, n_dims, n, error))
         && stack_emit (stack, take, output, error);
}

static int
compare_nodes (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const Node *const *) a)->name, (*(const Node *const *) b)->name);
}

static gboolean
write_node (Output *output, const Node *node, GError **error)
{
  g_autoptr (GByteArray) head = g_byte_array_new ();
  if (node->stack != NULL)
    return write_array (output, node->stack, error);
  put_map (head, node->children->len);
  if (!write_bytes (output, head->data, head->len, error))
    return FALSE;
  g_ptr_array_sort (node->children, compare_nodes);
  for (guint i = 0; i < node->children->len; i++)
    {
      const Node *child = node->children->pdata[i];
      g_autoptr (GByteArray) name = g_byte_array_new ();
      put_text (name, child->name);
      if (!write_bytes (output, name->data, name->len, error) || !write_node (output, child, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_file (Generated *generated,
            LimnType type,
            const char *folder,
            const char *base_name,
            const char *const *prefixes,
            char *(*make_path) (const LimnSlot *),
            GError **error)
{
  g_autoptr (GPtrArray) stacks = stacks_new (generated, prefixes);
  g_autofree char *path = g_build_filename (folder, base_name, NULL);
  Node *root = node_new ("");
  Output output = { .type = type };
  gboolean is_written = TRUE;
  for (guint i = 0; i < stacks->len; i++)
    {
      g_autofree char *name = make_path (&stack_get_first (stacks->pdata[i])->slot);
      add_path (root, name, stacks->pdata[i]);
    }
  if (stacks->len > 0)
    {
      output.file = limn_output_file_new (path, 0, error);
      is_written = output.file != NULL && write_node (&output, root, error)
                   && limn_output_file_commit (output.file, error);
      limn_output_file_free (output.file);
    }
  node_free (root);
  return is_written;
}

gboolean
make_flax (Generated *generated, LimnType type, const char *folder, GError **error)
{
  static const char *const text[] = { "encoder.", "decoder.", NULL };
  static const char *const vqgan[] = { "vqgan.", NULL };
  return write_file (generated, type, folder, "flax_model.msgpack", text, make_text_path, error)
         && write_file (generated, type, folder, "vqgan.msgpack", vqgan, make_vqgan_path, error);
}
