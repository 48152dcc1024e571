/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Matrix products: weights times a few rows of numbers with our own kernels,
 * weights times many rows through OpenBLAS.  The work is cut by outputs, in
 * chunks of a size that depends on the shape alone.
 */
#include "compute-private.h"
#include "convert.h"
#include "kernels.h"
#include "../limn.h"

#include <cblas.h>
#include <string.h>

#define CHUNK_BYTES (96 * 1024) /* of weights: long enough to be worth a claim */
#define MAX_ROWS    60          /* of x in one pass over a chunk */
#define GROUP_ROWS  64          /* of W in one call of an int8 kernel */
#define MAX_X_ROWS  6           /* LimnKernels.x_rows at most; MAX_ROWS is a multiple of each */
#define MAX_X_BYTES 2           /* LimnKernels.x_bytes at most */
#define LARGE_ROWS  128         /* of W in one OpenBLAS call */

typedef struct
{
  /* borrowed */
  const LimnMatrix *w;
  const float *x;            /* (m, n_cols) */
  float *y;                  /* (m, n_rows) */
  const guint8 *x_quantized; /* (m, padded_cols) as dot_i8 wants it, I8 only */
  const float *x_scale;      /* (m), I8 only */
  const gint32 *x_sums;      /* (m), I8 only */
  LimnCompute *compute;
  const LimnKernels *kernels;

  guint m;
  guint chunk_rows;
} Product;

/* ==== few rows =========================================================== */

static guint
rows_of_chunk (const LimnMatrix *w)
{
  gsize row_bytes = MAX (1, (gsize) w->n_cols * limn_type_bytes (w->type));
  guint step = w->type == LIMN_TYPE_I8 ? GROUP_ROWS : LIMN_DOT_ROWS;
  gsize rows = CHUNK_BYTES / row_bytes / step * step;

  return CLAMP (rows, step, 4096);
}

static guint
n_chunks_of (const LimnMatrix *w, guint chunk_rows)
{
  return (w->n_rows + chunk_rows - 1) / chunk_rows;
}

static LimnDot
dot_of_type (const LimnKernels *kernels, LimnType type)
{
  return type == LIMN_TYPE_F32   ? kernels->dot_f32
         : type == LIMN_TYPE_F16 ? kernels->dot_f16
                                 : kernels->dot_bf16;
}

static void
float_chunk (gpointer data, guint chunk)
{
  const Product *p = data;
  const LimnMatrix *w = p->w;
  LimnDot dot = dot_of_type (p->kernels, w->type);
  gsize row_bytes = w->n_cols * limn_type_bytes (w->type);
  guint first = chunk * p->chunk_rows;
  guint end = MIN (first + p->chunk_rows, w->n_rows);

  for (guint row = first; row < end; row += LIMN_DOT_ROWS)
    dot ((const guint8 *) w->data + row * row_bytes, MIN (LIMN_DOT_ROWS, end - row), w->n_cols,
         p->x, p->m, p->y + row, w->n_rows);
}

/* sums (m, 16) of one block become floats in y. */
static void
scale_sums (const Product *p, guint first_row, const gint32 *sums, guint first_x, guint m)
{
  const LimnMatrix *w = p->w;
  guint n = MIN (LIMN_PACK_ROWS, w->n_rows - first_row);
  float *y = p->y + (gsize) first_x * w->n_rows + first_row;

  p->kernels->scale_sums (sums, m, n, p->x_scale + first_x, w->scale + first_row, y, w->n_rows);
}

static void
i8_chunk (gpointer data, guint chunk)
{
  const Product *p = data;
  const LimnMatrix *w = p->w;
  gsize padded = limn_i8_padded_cols (w->n_cols);
  guint first = chunk * p->chunk_rows;
  guint end = MIN (first + p->chunk_rows, w->n_rows);
  _Alignas(64) gint32 sums[GROUP_ROWS * MAX_ROWS];

  for (guint row = first; row < end; row += GROUP_ROWS)
    for (guint i = 0; i < p->m; i += MAX_ROWS)
      {
        guint m = MIN (MAX_ROWS, p->m - i);
        guint n_blocks = (MIN (GROUP_ROWS, end - row) + LIMN_PACK_ROWS - 1) / LIMN_PACK_ROWS;

        LimnDotI8 dot = {
          .blocks = (const gint8 *) w->data + row * padded,
          .n_blocks = n_blocks,
          .padded_cols = padded,
          .x = p->x_quantized + i * padded * p->kernels->x_bytes,
          .x_sums = p->x_sums + i,
          .m = m,
          .sums = sums,
        };

        p->kernels->dot_i8 (&dot);
        for (guint b = 0; b < n_blocks; b++)
          scale_sums (p, row + b * LIMN_PACK_ROWS, sums + b * m * LIMN_PACK_ROWS, i, m);
      }
}

/* Rows of x on their way to int8, in the caller's scratch. */
typedef struct
{
  const LimnKernels *kernels;
  const float *x; /* (m, n) */
  guint n;
  gsize padded;
  guint8 *grouped; /* as dot_i8 wants them */
  gint8 *plain;    /* (m, padded); the same memory if that is how it wants them */
  float *scale;
  gint32 *sums;
} Quantize;

static void
quantize_row (gpointer data, guint i)
{
  const Quantize *q = data;
  gint8 *plain = q->plain + i * q->padded;

  q->scale[i] = q->kernels->quantize (q->x + (gsize) i * q->n, q->n, q->padded, plain, &q->sums[i]);
  if (q->kernels->lay_row != NULL)
    q->kernels->lay_row (plain, q->padded, i, q->grouped);
}

static void
quantize_x (Product *p)
{
  const LimnKernels *kernels = p->kernels;
  guint m = p->m;
  gsize padded = limn_i8_padded_cols (p->w->n_cols);
  guint8 *grouped = limn_compute_get_scratch (p->compute, 0, limn_matmul_scratch_bytes (p->w, m));
  gint8 *plain = (gint8 *) grouped + (m + MAX_X_ROWS) * padded * MAX_X_BYTES;
  float *scale = (float *) (plain + m * padded);
  gboolean is_plain = kernels->lay_row == NULL;
  Quantize q = { kernels,      p->x,
                 p->w->n_cols, padded,
                 grouped,      is_plain ? (gint8 *) grouped : plain,
                 scale,        (gint32 *) (scale + m) };

  limn_compute_run (p->compute, m, quantize_row, &q);
  p->x_quantized = grouped;
  p->x_scale = scale;
  p->x_sums = q.sums;
}

/* Products that share x, their chunks one after another. */
typedef struct
{
  Product products[LIMN_MATMUL_MAX_EACH];
  guint n;
} Each;

static void
each_chunk (gpointer data, guint chunk)
{
  Each *each = data;
  Product *p = each->products;

  for (guint n_chunks; chunk >= (n_chunks = n_chunks_of (p->w, p->chunk_rows)); p++)
    chunk -= n_chunks;
  if (p->w->type == LIMN_TYPE_I8)
    i8_chunk (p, chunk);
  else
    float_chunk (p, chunk);
}

gsize
limn_matmul_scratch_bytes (const LimnMatrix *w, guint m)
{
  if (w->type != LIMN_TYPE_I8)
    return 0;
  return ((m + MAX_X_ROWS) * MAX_X_BYTES + m) * limn_i8_padded_cols (w->n_cols)
         + m * (sizeof (float) + sizeof (gint32));
}

/**
 * limn_matmul_each:
 * @compute: threads and scratch
 * @n: number of products, up to %LIMN_MATMUL_MAX_EACH
 * @w: (n): weights of any type and the same n_cols
 * @x: (m, n_cols)
 * @m: rows of @x
 * @y: (n): (out): (m, n_rows) each
 *
 * y[i] = x * W[i]^T, each as limn_matmul() makes it, bit for bit, but @x is
 * prepared once and the threads meet once.
 */
void
limn_matmul_each (LimnCompute *compute,
                  guint n,
                  const LimnMatrix *const *w,
                  const float *x,
                  guint m,
                  float *const *y)
{
  Each each = { .n = n };
  const Product *quantized = NULL;
  guint n_chunks = 0;

  g_assert (n <= LIMN_MATMUL_MAX_EACH);
  for (guint i = 0; i < n; i++)
    {
      Product *p = &each.products[i];

      *p = (Product){
        .w = w[i],
        .x = x,
        .y = y[i],
        .compute = compute,
        .kernels = limn_kernels (),
        .m = m,
        .chunk_rows = rows_of_chunk (w[i]),
      };
      n_chunks += n_chunks_of (p->w, p->chunk_rows);
      if (p->w->type != LIMN_TYPE_I8)
        continue;
      if (quantized == NULL)
        quantize_x (p);
      else
        {
          p->x_quantized = quantized->x_quantized;
          p->x_scale = quantized->x_scale;
          p->x_sums = quantized->x_sums;
        }
      quantized = p;
    }
  limn_compute_run (compute, n_chunks, each_chunk, &each);
}

/**
 * limn_matmul:
 * @compute: threads and scratch
 * @w: weights (n_rows, n_cols) of any type
 * @x: (m, n_cols)
 * @m: rows of @x
 * @y: (out): (m, n_rows)
 *
 * y = x * W^T.  With I8 weights each row of @x is quantised to int8 as well and
 * the sums are exact integers, the same on every instruction set.
 */
void
limn_matmul (LimnCompute *compute, const LimnMatrix *w, const float *x, guint m, float *y)
{
  limn_matmul_each (compute, 1, &w, x, m, &y);
}

/* ==== many rows ========================================================== */

void
limn_compute_prepare_blas (void)
{
  static gsize is_done = 0;

  if (g_once_init_enter (&is_done))
    {
      openblas_set_num_threads (1);
      g_once_init_leave (&is_done, 1);
    }
}

const char *
limn_cpu_get_blas (void)
{
  return openblas_get_corename ();
}

static void
large_chunk (gpointer data, guint chunk)
{
  const Product *p = data;
  const LimnMatrix *w = p->w;
  guint first = chunk * LARGE_ROWS;
  guint n = MIN (LARGE_ROWS, w->n_rows - first);
  gsize at = (gsize) first * w->n_cols;
  const float *rows = (const float *) w->data + at;

  if (w->type != LIMN_TYPE_F32)
    {
      float *wide = limn_compute_get_scratch (p->compute, limn_compute_get_slot (),
                                              limn_matmul_large_scratch_bytes (w, p->m));
      limn_convert_to_float (w->type, (const guint16 *) w->data + at, wide, (gsize) n * w->n_cols);
      rows = wide;
    }
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, p->m, n, w->n_cols, 1, p->x, w->n_cols,
               rows, w->n_cols, 0, p->y + first, w->n_rows);
}

gsize
limn_matmul_large_scratch_bytes (const LimnMatrix *w, guint m)
{
  switch (w->type)
    {
    case LIMN_TYPE_F32:
      return 0;
    case LIMN_TYPE_I8:
      return limn_matmul_scratch_bytes (w, m);
    default:
      return (gsize) LARGE_ROWS * w->n_cols * sizeof (float);
    }
}

/**
 * limn_matmul_large:
 * @compute: threads and scratch
 * @w: weights (n_rows, n_cols) of any type
 * @x: (m, n_cols)
 * @m: rows of @x
 * @y: (out): (m, n_rows)
 *
 * As limn_matmul(), for so many rows that OpenBLAS is worth its preparations.
 * I8 weights take limn_matmul()'s own way, which is faster at any number.
 */
void
limn_matmul_large (LimnCompute *compute, const LimnMatrix *w, const float *x, guint m, float *y)
{
  Product p = { .w = w, .x = x, .y = y, .compute = compute, .m = m };

  if (w->type == LIMN_TYPE_I8)
    limn_matmul (compute, w, x, m, y);
  else
    limn_compute_run (compute, n_chunks_of (w, LARGE_ROWS), large_chunk, &p);
}

/* ==== tables ============================================================= */

void
limn_matrix_get_row (const LimnMatrix *w, guint row, float *out)
{
  g_assert (row < w->n_rows);

  if (w->type != LIMN_TYPE_I8)
    {
      gsize row_bytes = w->n_cols * limn_type_bytes (w->type);
      limn_convert_to_float (w->type, (const guint8 *) w->data + row * row_bytes, out, w->n_cols);
      return;
    }

  const gint8 *block = (const gint8 *) w->data
                       + (row / LIMN_PACK_ROWS) * limn_i8_data_bytes (LIMN_PACK_ROWS, w->n_cols);
  guint lane = row % LIMN_PACK_ROWS;

  for (guint c = 0; c < w->n_cols; c++)
    {
      gsize line = c / LIMN_PACK_COLS;
      out[c] = w->scale[row]
               * block[(line * LIMN_PACK_ROWS + lane) * LIMN_PACK_COLS + c % LIMN_PACK_COLS];
    }
}
