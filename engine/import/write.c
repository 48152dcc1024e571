/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes the tensors of an import: reads each in blocks of rows, converts or
 * quantises the block, hands it to the writer.  Memory is two blocks.
 */
#include "config.h"

#include "import-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "../tensor/convert.h"

#define BLOCK_NUMBERS (4 * 1024 * 1024)
#define MAX_ROW       (1024 * 1024) /* numbers behind one index of the first axis */

LimnType
limn_import_get_type (const LimnImport *import, const LimnSlot *slot, const LimnView *view)
{
  static const LimnType kept[] = { LIMN_TYPE_F32, LIMN_TYPE_F16, LIMN_TYPE_BF16, LIMN_TYPE_F32 };
  if (slot->kind == LIMN_SLOT_VECTOR || slot->kind == LIMN_SLOT_EXACT)
    return LIMN_TYPE_F32;
  switch (import->quantize)
    {
    case LIMN_QUANTIZE_F32:
      return LIMN_TYPE_F32;
    case LIMN_QUANTIZE_F16:
      return LIMN_TYPE_F16;
    case LIMN_QUANTIZE_BF16:
      return LIMN_TYPE_BF16;
    case LIMN_QUANTIZE_I8:
      return slot->kind == LIMN_SLOT_MATRIX ? LIMN_TYPE_I8 : LIMN_TYPE_F16;
    default:
      return kept[view->storage->number];
    }
}

LimnGgufType
limn_import_get_gguf_type (LimnType type)
{
  static const LimnGgufType types[] = { LIMN_GGUF_F32, LIMN_GGUF_F16, LIMN_GGUF_BF16,
                                        LIMN_GGUF_I8 };
  return types[type];
}

static void
declare (LimnGgufWriter *writer, const LimnSlot *slot, LimnType type)
{
  char scale_name[LIMN_NAME_BYTES];
  guint64 shape[LIMN_GGUF_MAX_DIMS];
  guint64 n_scales = limn_i8_n_scales ((guint) slot->shape[0]);
  if (type != LIMN_TYPE_I8)
    {
      limn_gguf_writer_add_tensor (writer, slot->name, limn_import_get_gguf_type (type),
                                   slot->n_dims, slot->shape);
      return;
    }
  limn_packed_get_shape (slot->shape[0], slot->shape[1], shape);
  limn_slot_get_scale_name (slot, scale_name);
  limn_gguf_writer_add_tensor (writer, slot->name, LIMN_GGUF_I8, 4, shape);
  limn_gguf_writer_add_tensor (writer, scale_name, LIMN_GGUF_F32, 1, &n_scales);
}

static const LimnView *
find_view (LimnImport *import, const LimnSlot *slot)
{
  return g_hash_table_lookup (import->tensors, slot->name);
}

void
limn_import_declare (LimnImport *import, LimnGgufWriter *writer)
{
  for (guint i = 0; i < import->slots->len; i++)
    {
      const LimnSlot *slot = &g_array_index (import->slots, LimnSlot, i);
      const LimnView *view = find_view (import, slot);
      /* the preview map has no view, it is made here */
      declare (writer, slot,
               view == NULL ? LIMN_TYPE_F32 : limn_import_get_type (import, slot, view));
    }
}

/* ---- blocks -------------------------------------------------------------- */

/* One tensor on its way. */
typedef struct
{
  LimnImport *import;
  LimnGgufWriter *writer;
  const LimnSlot *slot;
  const LimnView *view;
  LimnType type;
  guint64 row_length;
  guint64 n_block_rows;
  float *rows;   /* owned: a block as read */
  void *out;     /* owned: the same as it will be written */
  float *scales; /* owned: I8, of all rows */
} Job;

static gboolean
fail (const Job *job, LimnError code, const char *reason, GError **error)
{
  LimnMappedFile *file = g_hash_table_lookup (job->import->origins, job->slot->name);
  return limn_checkpoint_fail (file, code, job->slot->name, reason, error);
}

static gboolean
check_numbers (const Job *job, gsize n, GError **error)
{
  float most = 0;
  float rest = 0; /* becomes NaN with the first number that is none */
  for (gsize i = 0; i < n; i++)
    {
      float size = fabsf (job->rows[i]);
      most = size > most ? size : most;
      rest += job->rows[i] * 0.0f;
    }
  if (isnan (rest))
    return fail (job, LIMN_ERROR_CORRUPT, _ ("it holds something that is not a number"), error);
  if (job->type == LIMN_TYPE_F16 && most >= 65520.0f)
    return fail (job, LIMN_ERROR_UNSUPPORTED,
                 _ ("its numbers are too large for F16; choose BF16 or F32"), error);
  return TRUE;
}

static gboolean
write_packed (const Job *job, guint64 first_row, guint64 n_rows, GError **error)
{
  guint n_cols = (guint) job->row_length;
  gsize block_bytes = limn_i8_data_bytes (LIMN_PACK_ROWS, n_cols);
  gint8 *out = job->out;
  for (guint64 i = 0; i < n_rows; i += LIMN_PACK_ROWS, out += block_bytes)
    limn_i8_pack_block (job->rows + i * n_cols, (guint) MIN (LIMN_PACK_ROWS, n_rows - i), n_cols,
                        out, job->scales + first_row + i);
  return limn_gguf_writer_write (job->writer, job->out, (gsize) (out - (gint8 *) job->out), error);
}

static gboolean
write_block (const Job *job, guint64 first_row, guint64 n_rows, GError **error)
{
  gsize n = n_rows * job->row_length;
  limn_view_read_rows (job->view, first_row, n_rows, job->rows);
  if (!check_numbers (job, n, error))
    return FALSE;
  if (job->type == LIMN_TYPE_I8)
    return write_packed (job, first_row, n_rows, error);
  limn_convert_from_float (job->type, job->rows, job->out, n);
  return limn_gguf_writer_write (job->writer, job->out, n * limn_type_bytes (job->type), error);
}

static gboolean
allocate (Job *job, GError **error)
{
  gsize n, out_bytes;
  job->row_length = limn_view_get_row_length (job->view);
  if (job->row_length > MAX_ROW)
    return fail (job, LIMN_ERROR_TOO_LARGE, _ ("its rows are too long"), error);
  guint64 n_rows = MAX (1, BLOCK_NUMBERS / job->row_length);
  /* whole packed blocks */
  n_rows = (n_rows + LIMN_PACK_ROWS - 1) / LIMN_PACK_ROWS * LIMN_PACK_ROWS;
  n = MIN (n_rows, limn_i8_n_scales ((guint) job->view->shape[0])) * job->row_length;
  out_bytes = job->type == LIMN_TYPE_I8
                  ? limn_i8_data_bytes ((guint) n_rows, (guint) job->row_length)
                  : n * sizeof (float);
  job->n_block_rows = n_rows;
  job->rows = g_try_new (float, n);
  job->out = g_try_malloc (out_bytes);
  job->scales = g_try_new0 (float, limn_i8_n_scales ((guint) job->view->shape[0]));
  if (job->rows == NULL || job->out == NULL || job->scales == NULL)
    return fail (job, LIMN_ERROR_NO_MEMORY, _ ("not enough memory to convert it"), error);
  return TRUE;
}

static gboolean
write_blocks (const Job *job, GError **error)
{
  guint64 n_rows = job->view->shape[0];
  for (guint64 first = 0; first < n_rows; first += job->n_block_rows)
    {
      if (g_cancellable_set_error_if_cancelled (job->import->cancellable, error)
          || !write_block (job, first, MIN (job->n_block_rows, n_rows - first), error))
        return FALSE;
    }
  if (job->type != LIMN_TYPE_I8)
    return TRUE;
  return limn_gguf_writer_write (job->writer, job->scales,
                                 limn_i8_n_scales ((guint) n_rows) * sizeof (float), error);
}

static gboolean
write_slot (LimnImport *import, LimnGgufWriter *writer, const LimnSlot *slot, GError **error)
{
  const LimnView *view = find_view (import, slot);
  LimnMappedFile *file = g_hash_table_lookup (import->origins, slot->name);
  Job job = { import, writer, slot, view, limn_import_get_type (import, slot, view) };
  gboolean is_written =
      allocate (&job, error) && write_blocks (&job, error) && limn_mapped_file_check (file, error);
  g_free (job.rows);
  g_free (job.out);
  g_free (job.scales);
  limn_view_forget (view);
  return is_written;
}

gboolean
limn_import_write (LimnImport *import, LimnGgufWriter *writer, double fraction, GError **error)
{
  guint64 n_all = 0;
  guint64 n_done = 0;
  for (guint i = 0; i < import->slots->len; i++)
    n_all += limn_slot_get_n_elements (&g_array_index (import->slots, LimnSlot, i));
  for (guint i = 0; i < import->slots->len; i++)
    {
      const LimnSlot *slot = &g_array_index (import->slots, LimnSlot, i);
      if (find_view (import, slot) == NULL)
        continue;
      limn_import_report (import, fraction * (double) n_done / (double) n_all, slot->name);
      if (!write_slot (import, writer, slot, error))
        return FALSE;
      n_done += limn_slot_get_n_elements (slot);
    }
  return TRUE;
}
