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
 * dot_tile_i8 (w, block_bytes, n, x, sum_rows, sums, ahead, asks, m, blocks): sums += w * x
 * for m rows of x and n columns of some blocks; of one block and row the sums (16) lie at
 * sums + (block * sum_rows + row) * 16.  Meanwhile asks for n columns of asks blocks from
 * ahead on.
 */

/* A plain row becomes row i of x, see LimnDotI8. */
static void
lay_row (const gint8 *row, gsize padded, guint i, gpointer x)
{
  DotX *to = (DotX *) x + i / X_ROWS * X_ROWS * padded + i % X_ROWS * LIMN_PACK_COLS;

  for (gsize c = 0; c < padded; c += LIMN_PACK_COLS, to += X_ROWS * LIMN_PACK_COLS)
    UNROLL for (guint j = 0; j < LIMN_PACK_COLS; j++) to[j] = row[c + x_order[j]];
}

/* All rows of x over one stretch of columns.  The weights at ahead are asked for over the whole
 * of it, a part in each tile: memory that had them to bring during the first tile alone would be
 * late, and idle in the others. */
INLINE void
dot_stretch (const LimnDotI8 *dot,
             const gint8 *w,
             gsize c,
             gsize n,
             gint32 *sums,
             const gint8 *ahead,
             const guint blocks)
{
  gsize block_bytes = LIMN_PACK_ROWS * dot->padded_cols;
  guint n_tiles = (dot->m + X_ROWS - 1) / X_ROWS, asked = 0;

  for (guint i = 0, tile = 1; i < dot->m; i += X_ROWS, tile++)
    {
      const DotX *x = (const DotX *) dot->x + i * dot->padded_cols + c * X_ROWS;
      gint32 *to = sums + i * LIMN_PACK_ROWS;
      guint asks = blocks * tile / n_tiles - asked;
      const gint8 *from = ahead + asked * block_bytes;

      asked += asks;
      switch (dot->m - i)
        {
#define TILE(rows) dot_tile_i8 (w, block_bytes, n, x, dot->m, to, from, asks, rows, blocks)
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

INLINE void
start_sums (const LimnDotI8 *dot)
{
  guint m = dot->m;
  gint32 *to = dot->sums;

  for (guint b = 0; b < dot->n_blocks; b++)
    for (guint i = 0; i < m; i++, to += LIMN_PACK_ROWS)
      {
        gint32 first = FIRST_SUM (dot->x_sums[i]);

        UNROLL for (guint r = 0; r < LIMN_PACK_ROWS; r++) to[r] = first;
      }
}

static void
dot_i8 (const LimnDotI8 *dot)
{
  gsize padded = dot->padded_cols, block_bytes = LIMN_PACK_ROWS * padded;

  start_sums (dot);

  for (guint b = 0; b < dot->n_blocks;)
    {
      guint blocks = dot->n_blocks - b >= BLOCKS ? BLOCKS : 1;
      const gint8 *w = dot->blocks + b * block_bytes;
      gint32 *sums = dot->sums + (gsize) b * dot->m * LIMN_PACK_ROWS;

      for (gsize c = 0; c < padded; c += DEPTH)
        {
          gsize n = MIN (DEPTH, padded - c);
          /* what comes next: this tile's columns, or the next tile's first ones */
          const gint8 *ahead =
              c + n < padded ? w + (c + n) * LIMN_PACK_ROWS : w + blocks * block_bytes;

          if (blocks == BLOCKS)
            dot_stretch (dot, w + c * LIMN_PACK_ROWS, c, n, sums, ahead, BLOCKS);
          else
            dot_stretch (dot, w + c * LIMN_PACK_ROWS, c, n, sums, ahead, 1);
        }
      b += blocks;
    }
}
