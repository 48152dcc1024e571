/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A generated model as PyTorch checkpoints in the layout of the published ones:
 * made from flax's stacked arrays without copying, so that all layers of a kind
 * share one storage and matrices are views with the axes the other way round.
 */
#include "generated.h"

#include <string.h>

#include "engine/tensor/convert.h"
#include "stack.h"
#include "zip-writer.h"

typedef struct
{
  ZipWriter *zip;
  LimnType type;
} Output;

static void
put_u32 (GByteArray *pickle, guint32 value)
{
  value = GUINT32_TO_LE (value);
  g_byte_array_append (pickle, (const guint8 *) &value, sizeof value);
}

static void
put (GByteArray *pickle, const char *opcodes)
{
  g_byte_array_append (pickle, (const guint8 *) opcodes, (guint) strlen (opcodes));
}

static void
put_text (GByteArray *pickle, const char *text)
{
  put (pickle, "X");
  put_u32 (pickle, (guint32) strlen (text));
  put (pickle, text);
}

static void
put_integer (GByteArray *pickle, guint64 value)
{
  if (value <= G_MAXINT32)
    {
      put (pickle, "J");
      put_u32 (pickle, (guint32) value);
      return;
    }
  guint64 little = GUINT64_TO_LE (value);
  put (pickle, "\x8a\x08");
  g_byte_array_append (pickle, (const guint8 *) &little, sizeof little);
}

/* Size and stride of a tensor inside its stack. */
static void
put_shape (GByteArray *pickle, const Stack *stack)
{
  const LimnSlot *slot = &stack_get_first (stack)->slot;
  guint64 strides[LIMN_GGUF_MAX_DIMS];
  guint64 stride = 1;
  for (guint i = slot->n_dims; i-- > 0;)
    {
      strides[stack->order[i]] = stride;
      stride *= slot->shape[stack->order[i]];
    }
  put (pickle, "(");
  for (guint i = 0; i < slot->n_dims; i++)
    put_integer (pickle, slot->shape[i]);
  put (pickle, "t(");
  for (guint i = 0; i < slot->n_dims; i++)
    put_integer (pickle, strides[i]);
  put (pickle, "t");
}

static const char *
get_storage_name (LimnType type)
{
  return type == LIMN_TYPE_F16 ? "Half" : type == LIMN_TYPE_BF16 ? "BFloat16" : "Float";
}

static void
put_tensor (GByteArray *pickle,
            const char *name,
            const Stack *stack,
            guint layer,
            guint key,
            LimnType type)
{
  g_autofree char *key_text = g_strdup_printf ("%u", key);
  g_autofree char *storage = g_strdup_printf ("ctorch\n%sStorage\n", get_storage_name (type));
  put_text (pickle, name);
  put (pickle, "ctorch._utils\n_rebuild_tensor_v2\n((");
  put_text (pickle, "storage");
  put (pickle, storage);
  put_text (pickle, key_text);
  put_text (pickle, "cpu");
  put_integer (pickle, stack_get_n (stack));
  put (pickle, "tQ");
  put_integer (pickle, stack_get_n (stack) / stack->tensors->len * layer);
  put_shape (pickle, stack);
  put (pickle, "\x89"
               "ccollections\nOrderedDict\n)RtR");
}

static gboolean
take (gpointer data, const float *values, gsize n, GError **error)
{
  Output *output = data;
  g_autofree guint8 *converted = g_malloc (n * sizeof (float) + 1);
  limn_convert_from_float (output->type, values, converted, n);
  return zip_writer_write (output->zip, converted, n * limn_type_bytes (output->type), error);
}

static gboolean
write_entry (ZipWriter *zip, const char *name, const void *data, gsize n, GError **error)
{
  return zip_writer_begin (zip, name, error) && zip_writer_write (zip, data, n, error)
         && zip_writer_end (zip, error);
}

static GByteArray *
make_pickle (GPtrArray *stacks, gsize n_prefix, LimnType type)
{
  GByteArray *pickle = g_byte_array_new ();
  put (pickle, "\x80\x02}(");
  for (guint i = 0; i < stacks->len; i++)
    {
      const Stack *stack = stacks->pdata[i];
      for (guint j = 0; j < stack->tensors->len; j++)
        {
          const GeneratedTensor *tensor = stack->tensors->pdata[j];
          put_tensor (pickle, tensor->slot.name + n_prefix, stack, j, i, type);
        }
    }
  put (pickle, "u.");
  return pickle;
}

/* One file: tensors with one of the prefixes, n_prefix bytes of their names left out. */
static gboolean
write_file (Generated *generated,
            LimnType type,
            const char *folder,
            const char *top,
            const char *const *prefixes,
            gsize n_prefix,
            GError **error)
{
  g_autoptr (GPtrArray) stacks = stacks_new (generated, prefixes);
  g_autofree char *base_name = g_strconcat (top, ".pt", NULL);
  g_autofree char *path = g_build_filename (folder, base_name, NULL);
  g_autofree char *pickle_name = g_strconcat (top, "/data.pkl", NULL);
  g_autofree char *version_name = g_strconcat (top, "/version", NULL);
  if (stacks->len == 0)
    return TRUE;
  g_autoptr (GByteArray) pickle = make_pickle (stacks, n_prefix, type);
  g_autoptr (ZipWriter) zip = zip_writer_new (path, generated->is_zip64, error);
  Output output = { zip, type };
  if (zip == NULL || !write_entry (zip, pickle_name, pickle->data, pickle->len, error))
    return FALSE;
  for (guint i = 0; i < stacks->len; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/data/%u", top, i);
      if (!zip_writer_begin (zip, name, error)
          || !stack_emit (stacks->pdata[i], take, &output, error) || !zip_writer_end (zip, error))
        return FALSE;
    }
  return write_entry (zip, version_name, "3\n", 2, error) && zip_writer_finish (zip, error);
}

gboolean
make_torch (Generated *generated, LimnType type, const char *folder, GError **error)
{
  static const char *const encoder[] = { "encoder.", NULL };
  static const char *const decoder[] = { "decoder.", NULL };
  static const char *const detoker[] = { "vqgan.embedding.", "vqgan.post_quant_conv.",
                                         "vqgan.decoder.", NULL };
  return write_file (generated, type, folder, "encoder", encoder, strlen ("encoder."), error)
         && write_file (generated, type, folder, "decoder", decoder, strlen ("decoder."), error)
         && write_file (generated, LIMN_TYPE_F32, folder, "detoker", detoker, strlen ("vqgan."),
                        error);
}
