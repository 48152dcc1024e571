/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Strided views.  Published checkpoints keep most matrices transposed, all
 * layers in one storage; reading them row by row would touch every page of a
 * matrix for each row, so blocks are gathered along the axis that is closest
 * together in the file.
 */
#include "config.h"

#include "view.h"

#include <string.h>

#include "../tensor/convert.h"
#include "../tensor/half.h"

G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);

guint
limn_number_get_bytes (LimnNumber number)
{
  static const guint bytes[] = { 4, 2, 2, 8, 0 };
  return bytes[number];
}

LimnStorage *
limn_storage_new (LimnMappedFile *file, LimnNumber number, const guint8 *data, guint64 n)
{
  LimnStorage *storage = g_new0 (LimnStorage, 1);
  storage->file = file;
  storage->number = number;
  storage->n = storage->n_in_piece = n;
  storage->pieces = g_new (const guint8 *, 1);
  storage->pieces[0] = data;
  storage->n_pieces = 1;
  return storage;
}

void
limn_storage_free (LimnStorage *storage)
{
  if (storage == NULL)
    return;
  g_free (storage->pieces);
  g_free (storage);
}

gboolean
limn_view_is_inside (const LimnView *view)
{
  guint64 n = 1;
  guint64 last = view->offset;
  for (guint i = 0; i < view->n_dims; i++)
    if (view->shape[i] == 0)
      return TRUE; /* no number at all */
  for (guint i = 0; i < view->n_dims; i++)
    {
      guint64 extent;
      if (!g_uint64_checked_mul (&n, n, view->shape[i])
          || !g_uint64_checked_mul (&extent, view->shape[i] - 1, view->strides[i])
          || !g_uint64_checked_add (&last, last, extent))
        return FALSE;
    }
  /* a view that repeats numbers (stride 0) could be far longer than the file */
  return last < view->storage->n && n <= view->storage->n;
}

void
limn_view_set_contiguous (LimnView *view)
{
  guint64 stride = 1;
  for (guint i = view->n_dims; i-- > 0;)
    {
      view->strides[i] = stride;
      stride *= view->shape[i];
    }
}

static void
swap (guint64 *values, guint a, guint b)
{
  guint64 value = values[a];
  values[a] = values[b];
  values[b] = value;
}

void
limn_view_swap (LimnView *view, guint a, guint b)
{
  swap (view->shape, a, b);
  swap (view->strides, a, b);
}

void
limn_view_slice (LimnView *view, guint64 i)
{
  view->offset += i * view->strides[0];
  view->n_dims--;
  memmove (view->shape, view->shape + 1, view->n_dims * sizeof *view->shape);
  memmove (view->strides, view->strides + 1, view->n_dims * sizeof *view->strides);
}

guint64
limn_view_get_row_length (const LimnView *view)
{
  guint64 n = 1;
  for (guint i = 1; i < view->n_dims; i++)
    n *= view->shape[i];
  return n;
}

/* ---- gathering ----------------------------------------------------------- */

static float
load (LimnNumber number, const guint8 *at)
{
  guint16 half;
  float single;
  double wide;
  switch (number)
    {
    case LIMN_NUMBER_F16:
      memcpy (&half, at, sizeof half);
      return limn_half_to_float (half);
    case LIMN_NUMBER_BF16:
      memcpy (&half, at, sizeof half);
      return limn_bf16_to_float (half);
    case LIMN_NUMBER_F32:
      memcpy (&single, at, sizeof single);
      return single;
    case LIMN_NUMBER_F64:
      memcpy (&wide, at, sizeof wide);
      return (float) wide;
    default:
      g_assert_not_reached ();
    }
}

static void
gather_pieces (const LimnStorage *storage,
               guint64 index,
               guint64 stride,
               float *out,
               guint64 out_stride,
               guint64 n)
{
  guint bytes = limn_number_get_bytes (storage->number);
  for (guint64 i = 0; i < n; i++, index += stride)
    {
      const guint8 *piece = storage->pieces[index / storage->n_in_piece];
      out[i * out_stride] = load (storage->number, piece + index % storage->n_in_piece * bytes);
    }
}

/* One line of numbers: out[i * out_stride] = storage[index + i * stride]. */
static void
gather (const LimnStorage *storage,
        guint64 index,
        guint64 stride,
        float *out,
        guint64 out_stride,
        guint64 n)
{
  if (storage->n_pieces > 1)
    {
      gather_pieces (storage, index, stride, out, out_stride, n);
      return;
    }
  guint bytes = limn_number_get_bytes (storage->number);
  const guint8 *in = storage->pieces[0] + index * bytes;
  guint64 step = stride * bytes;
#define GATHER(number)                                                                             \
  for (guint64 i = 0; i < n; i++)                                                                  \
  out[i * out_stride] = load (number, in + i * step)
  switch (storage->number)
    {
    case LIMN_NUMBER_F16:
      GATHER (LIMN_NUMBER_F16);
      break;
    case LIMN_NUMBER_BF16:
      GATHER (LIMN_NUMBER_BF16);
      break;
    case LIMN_NUMBER_F32:
      GATHER (LIMN_NUMBER_F32);
      break;
    default:
      GATHER (storage->number);
      break;
    }
#undef GATHER
}

/* A block being gathered: axes sorted so that the last is closest together. */
typedef struct
{
  const LimnStorage *storage;
  guint n_dims;
  guint64 shape[LIMN_VIEW_MAX_DIMS];
  guint64 strides[LIMN_VIEW_MAX_DIMS];
  guint64 out_strides[LIMN_VIEW_MAX_DIMS];
} Block;

static void
gather_axis (const Block *block, guint axis, guint64 index, float *out)
{
  if (axis == block->n_dims - 1)
    {
      gather (block->storage, index, block->strides[axis], out, block->out_strides[axis],
              block->shape[axis]);
      return;
    }
  for (guint64 i = 0; i < block->shape[axis]; i++)
    gather_axis (block, axis + 1, index + i * block->strides[axis],
                 out + i * block->out_strides[axis]);
}

static void
sort_axes (Block *block)
{
  for (guint i = 1; i < block->n_dims; i++)
    for (guint j = i; j > 0 && block->strides[j - 1] < block->strides[j]; j--)
      {
        swap (block->shape, j - 1, j);
        swap (block->strides, j - 1, j);
        swap (block->out_strides, j - 1, j);
      }
}

void
limn_view_read_rows (const LimnView *view, guint64 first_row, guint64 n_rows, float *out)
{
  Block block = { .storage = view->storage, .n_dims = view->n_dims };
  guint64 out_stride = 1;
  for (guint i = view->n_dims; i-- > 0;)
    {
      block.shape[i] = i == 0 ? n_rows : view->shape[i];
      block.strides[i] = view->strides[i];
      block.out_strides[i] = out_stride;
      out_stride *= block.shape[i];
    }
  sort_axes (&block);
  gather_axis (&block, 0, view->offset + first_row * view->strides[0], out);
}

void
limn_view_forget (const LimnView *view)
{
  const LimnStorage *storage = view->storage;
  guint bytes = limn_number_get_bytes (storage->number);
  guint64 last = view->offset;
  for (guint i = 0; i < view->n_dims; i++)
    last += (view->shape[i] - 1) * view->strides[i];
  if (storage->n_pieces == 1)
    {
      limn_mapped_file_forget (storage->file, storage->pieces[0] + view->offset * bytes,
                               (last + 1 - view->offset) * bytes);
      return;
    }
  for (guint64 i = view->offset / storage->n_in_piece; i <= last / storage->n_in_piece; i++)
    {
      guint64 n = MIN (storage->n_in_piece, storage->n - i * storage->n_in_piece);
      limn_mapped_file_forget (storage->file, storage->pieces[i], n * bytes);
    }
}
