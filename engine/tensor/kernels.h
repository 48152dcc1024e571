/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of inner loops, one for each instruction set; cpu.c picks one at
 * start.  Every table gives the same integers; floats of two tables may differ
 * in their last bits, as one has fused multiply-add and another has not.
 * Within a table a number never depends on how many rows are computed together.
 */
#pragma once

#include "tensor.h"

G_BEGIN_DECLS

#define LIMN_DOT_ROWS 16 /* outputs of one call of a dot kernel at most */
#define LIMN_BLOCK    16 /* channels that lie side by side in planes */
#define LIMN_PANEL    32 /* outputs that lie side by side in gemm weights */

/* y[i * y_stride + r] = sum over c of w[r * n_cols + c] * x[i * n_cols + c] for
 * r < n_rows <= LIMN_DOT_ROWS and i < m.  Sixteen running sums over the columns
 * 0, 16, 32 .. + lane, folded 8, 4, 2, 1 at the end. */
typedef void (*LimnDot) (const void *w,
                         guint n_rows,
                         guint n_cols,
                         const float *x,
                         guint m,
                         float *y,
                         gsize y_stride);

/*
 * sums[(b * m + i) * 16 + r] = sum over c of w (b * 16 + r, c) * x (i, c), exact modulo
 * 2^32, for n_blocks blocks of sixteen packed rows.
 * x (m, padded_cols): plain rows, or in groups of some rows as lay_row() of the table puts
 * them.  x_sums (m): sum of each row of x.
 */
typedef struct
{
  const gint8 *blocks;
  guint n_blocks;
  gsize padded_cols;
  gconstpointer x;
  const gint32 *x_sums;
  guint m;
  gint32 *sums;
} LimnDotI8;

/*
 * One panel of a matrix product over blocked channels:
 * out[i, j] = bias[j] + sum over k, c of a[offsets[k] + i * 16 + c] * w[(k * 16 + c) * 32 + j]
 *             + add[i, j]
 * for i < m and j < 16 * n_out_blocks; [i, j] lies at (j / 16) * out_stride + i * 16 + j % 16.
 */
typedef struct
{
  const float *a;
  const gsize *offsets; /* (n_k) in floats */
  guint n_k;
  guint m;
  const float *w;    /* (n_k * 16, 32) */
  const float *bias; /* (32) */
  const float *add;  /* or NULL; may be out */
  float *out;
  gsize out_stride;
  guint n_out_blocks; /* 1 or 2 */
} LimnGemm;

/* The tiles of Winograd convolutions, see winograd-tiles.c. */
typedef enum
{
  LIMN_TILE_FOUR,    /* 6 x 6 pixels to 36 points, and these to 4 x 4 pixels */
  LIMN_TILE_SIX,     /* 8 x 8 pixels to 64 points, and these to 6 x 6 pixels */
  LIMN_TILE_DOUBLED, /* of a doubled picture: 4 x 4 pixels to 16 points, and 25 points to 4 x 4 */
  LIMN_N_TILE_KINDS,
} LimnTileKind;

/* A row of n tiles, sixteen channels. */
typedef struct
{
  guint n;
  /* pixels of a tile side by side, 16 floats each; a tile's neighbour is as many pixels on
   * as a tile has outputs (input of a doubled one: 2) */
  float *pixels;
  gsize row_stride;
  /* tiles side by side, 16 floats each; a point's neighbour is point_stride on */
  float *points;
  gsize point_stride;
  /* of the output alone */
  const float *bias; /* (16) */
  const float *add;  /* like pixels, or NULL */
  guint height;      /* pixels of the picture from the first on; what lies beyond is */
  guint width;       /* not written */
} LimnTiles;

/* Weights of a Winograd convolution: n inputs of a panel. */
typedef struct
{
  const float *taps; /* (9, tap_stride): n times 32 outputs */
  gsize tap_stride;
  guint n;
  float *points; /* (points^2, point_stride): likewise */
  gsize point_stride;
} LimnTaps;

typedef struct
{
  const char *name;
  LimnDot dot_f32;
  LimnDot dot_f16;
  LimnDot dot_bf16;
  void (*dot_i8) (const LimnDotI8 *dot);
  /* y[i * y_stride + r] = sums[i * 16 + r] * (x_scale[i] * w_scale[r]) for i < m and n <= 16
   * outputs */
  void (*scale_sums) (const gint32 *sums,
                      guint m,
                      guint n,
                      const float *x_scale,
                      const float *w_scale,
                      float *y,
                      gsize y_stride);
  guint x_rows;  /* rows of x in a group for dot_i8, */
  guint x_bytes; /* and bytes of each number of them: 1 or 2 */
  /* puts a plain row where dot_i8 wants row i of x; NULL where that is plain rows, too */
  void (*lay_row) (const gint8 *row, gsize padded, guint i, gpointer x);
  /* x (n) to q (padded): symmetric, x = scale * q with |q| <= 127, sum of q; returns scale.  A row
   * that is all zero, or holds an infinity, becomes zeros.  The same in every table. */
  float (*quantize) (const float *x, guint n, gsize padded, gint8 *q, gint32 *sum);

  /* of the transformer, see ops.h */
  void (*layer_norm) (const LimnNorm *norm, float eps, const float *x, float *out);
  void (*gelu_gate) (const float *a, const float *b, float *out, gsize n);
  void (*softmax) (float *x, gsize n);

  /* of the VQGAN */
  void (*gemm) (const LimnGemm *gemm);
  /* sums (16) += x, squares (16) += x^2 over n pixels of sixteen channels */
  void (*moments) (const float *x, guint n, double *sums, double *squares);
  /* out = (x - mean) * scale + bias, then swish if asked, over n pixels of sixteen channels */
  void (*normalize) (const float *x,
                     guint n,
                     const float *mean,
                     const float *scale,
                     const float *bias,
                     gboolean is_swish,
                     float *out);
  /* by LimnTileKind: pixels to points, points to pixels, and taps to the weights of the points */
  void (*tiles_in[LIMN_N_TILE_KINDS]) (const LimnTiles *tiles);
  void (*tiles_out[LIMN_N_TILE_KINDS]) (const LimnTiles *tiles);
  void (*taps_in[LIMN_N_TILE_KINDS]) (const LimnTaps *taps);
} LimnKernels;

/* The table in use. */
const LimnKernels *limn_kernels (void);

extern const LimnKernels limn_kernels_generic;
#if defined(__x86_64__)
extern const LimnKernels limn_kernels_avx2;
extern const LimnKernels limn_kernels_avxvnni;
extern const LimnKernels limn_kernels_avx512;
extern const LimnKernels limn_kernels_avx512vnni;
#elif defined(__aarch64__)
extern const LimnKernels limn_kernels_neon;
extern const LimnKernels limn_kernels_dotprod;
#endif

G_END_DECLS
