/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Products of packed weights with rows of x in tiles that stay in the first
 * cache: a kernels-*.c defines these, dot_tile_i8() and includes this file.
 *
 *   X_ROWS  rows of x in a tile, which lie side by side
 *   BLOCKS  blocks of sixteen rows of W in a tile
 *   DEPTH   columns in one go
 *   DotX    a number of x: gint8 or gint16
 *   x_order (4): which of four neighbouring columns of x comes first, second, ...
 *   FIRST_SUM (x_sum)  what each sum of a row of x starts from
 *
 * dot_tile_i8 (w, block_bytes, n, x, sum_rows, sums, next, m, blocks): sums += w * x for
 * m rows of x and n columns of some blocks; of one block and row the sums (16) lie at
 * sums + (block * sum_rows + row) * 16.  Asks for the weights after these meanwhile, next
 * bytes ahead, if that is not 0.
 */

/* A plain row becomes row i of x, see LimnDotI8. */
static void
lay_row (const gint8 *row, gsize padded, guint i, gpointer x)
{
  DotX *to = (DotX *) x + i / X_ROWS * X_ROWS * padded + i % X_ROWS * LIMN_PACK_COLS;

  for (gsize c = 0; c < padded; c += LIMN_PACK_COLS, to += X_ROWS * LIMN_PACK_COLS)
    UNROLL for (guint j = 0; j < LIMN_PACK_COLS; j++) to[j] = row[c + x_order[j]];
}

/* All rows of x over one stretch of columns. */
INLINE void
dot_stretch (const LimnDotI8 *dot,
             const gint8 *w,
             gsize c,
             gsize n,
             gint32 *sums,
             gsize next,
             const guint blocks)
{
  gsize block_bytes = LIMN_PACK_ROWS * dot->padded_cols;

  for (guint i = 0; i < dot->m; i += X_ROWS, next = 0)
    {
      const DotX *x = (const DotX *) dot->x + i * dot->padded_cols + c * X_ROWS;
      gint32 *to = sums + i * LIMN_PACK_ROWS;

      switch (dot->m - i)
        {
#define TILE(rows) dot_tile_i8 (w, block_bytes, n, x, dot->m, to, next, rows, blocks)
        case 1:
          TILE (1);
          break;
        case 2:
          TILE (2);
          break;
        case 3:
          TILE (3);
          break;
        case 4:
          TILE (4);
          break;
#if X_ROWS > 5
        case 5:
          TILE (5);
          break;
#endif
        default:
          TILE (X_ROWS);
          break;
#undef TILE
        }
    }
}

static void
dot_i8 (const LimnDotI8 *dot)
{
  gsize padded = dot->padded_cols, block_bytes = LIMN_PACK_ROWS * padded;

  for (guint b = 0; b < dot->n_blocks; b++)
    for (guint i = 0; i < dot->m; i++)
      for (guint r = 0; r < LIMN_PACK_ROWS; r++)
        dot->sums[((gsize) b * dot->m + i) * LIMN_PACK_ROWS + r] = FIRST_SUM (dot->x_sums[i]);

  for (guint b = 0; b < dot->n_blocks;)
    {
      guint blocks = dot->n_blocks - b >= BLOCKS ? BLOCKS : 1;
      const gint8 *w = dot->blocks + b * block_bytes;
      gint32 *sums = dot->sums + (gsize) b * dot->m * LIMN_PACK_ROWS;

      for (gsize c = 0; c < padded; c += DEPTH)
        {
          gsize n = MIN (DEPTH, padded - c);
          /* what comes next: this tile's columns, or the next tile's first ones */
          gsize next =
              c + n < padded ? n * LIMN_PACK_ROWS : blocks * block_bytes - c * LIMN_PACK_ROWS;

          if (blocks == BLOCKS)
            dot_stretch (dot, w + c * LIMN_PACK_ROWS, c, n, sums, next, BLOCKS);
          else
            dot_stretch (dot, w + c * LIMN_PACK_ROWS, c, n, sums, next, 1);
        }
      b += blocks;
    }
}
