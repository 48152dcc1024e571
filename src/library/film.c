/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * film.c: the engine's previews of a picture row by row, enlarged to its size,
 * then a short fade to the picture itself, which stays a while.
 */
#include "config.h"

#include "film.h"

#include <glib/gi18n.h>
#include <string.h>

#include "library/webp-file.h"

#define ROW_MS   110
#define FADE_MS  60
#define STAY_MS  2400
#define N_FADES  4
#define PAPER    236 /* what is not drawn yet */
#define ONE      256 /* fixed-point weights */
#define CHANNELS 3

typedef struct
{
  const guint8 *frames; /* (n_rows, size, size, 3): borrowed previews */
  guint size;
  guint n_rows;
  guint side; /* of the finished picture */
} Film;

/* The place of output pixel @x between two of @size input pixels, smoothly enlarged. */
static guint
find_place (guint x, guint side, guint size, guint *weight)
{
  /* centres of pixels lie on centres: (x + 1/2) * size / side - 1/2 */
  gint64 place = ((gint64) (2 * x + 1) * size * ONE / side - ONE) / 2;

  place = CLAMP (place, 0, (gint64) (size - 1) * ONE);
  *weight = (guint) (place % ONE);
  return (guint) (place / ONE);
}

static guint
mix (guint a, guint b, guint weight)
{
  return (a * (ONE - weight) + b * weight + ONE / 2) / ONE;
}

/* Enlarges the first @n_drawn rows of pixels of a preview; the rest is paper. */
static void
enlarge (const Film *film, const guint8 *preview, guint n_drawn, guint8 *out)
{
  guint size = film->size, side = film->side;

  memset (out, PAPER, (gsize) side * side * CHANNELS);
  for (guint y = 0; y < side * n_drawn / size; y++)
    {
      guint wy, y0 = find_place (y, side, size, &wy), y1 = MIN (y0 + 1, n_drawn - 1);

      for (guint x = 0; x < side; x++)
        {
          guint wx, x0 = find_place (x, side, size, &wx), x1 = MIN (x0 + 1, size - 1);

          for (guint c = 0; c < CHANNELS; c++)
            out[((gsize) y * side + x) * CHANNELS + c] =
                (guint8) mix (mix (preview[((gsize) y0 * size + x0) * CHANNELS + c],
                                   preview[((gsize) y0 * size + x1) * CHANNELS + c], wx),
                              mix (preview[((gsize) y1 * size + x0) * CHANNELS + c],
                                   preview[((gsize) y1 * size + x1) * CHANNELS + c], wx),
                              wy);
        }
    }
}

static void
draw_rows (const Film *film, guint8 *out, gsize frame_bytes)
{
  gsize preview_bytes = (gsize) film->size * film->size * CHANNELS;

  for (guint row = 0; row < film->n_rows; row++)
    enlarge (film, film->frames + row * preview_bytes, (row + 1) * film->size / film->n_rows,
             out + row * frame_bytes);
}

static void
fade (const guint8 *from, const guint8 *to, guint8 *out, gsize frame_bytes)
{
  for (guint f = 0; f < N_FADES; f++)
    for (gsize i = 0; i < frame_bytes; i++)
      out[f * frame_bytes + i] = (guint8) mix (from[i], to[i], (f + 1) * ONE / (N_FADES + 1));
}

static GBytes *
encode (const Film *film, const guint8 *rgb, GError **error)
{
  guint n_moving = film->n_rows + N_FADES, n = n_moving + 1;
  gsize frame_bytes = (gsize) film->side * film->side * CHANNELS;
  g_autofree guint8 *moving = g_try_malloc_n (n_moving, frame_bytes);
  g_autofree LimnWebpFrame *frames = g_new (LimnWebpFrame, n);

  if (moving == NULL)
    {
      g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
                           _ ("Not enough memory for an animation."));
      return NULL;
    }
  draw_rows (film, moving, frame_bytes);
  fade (moving + (film->n_rows - 1) * frame_bytes, rgb, moving + film->n_rows * frame_bytes,
        frame_bytes);
  for (guint i = 0; i < n_moving; i++)
    frames[i] = (LimnWebpFrame){ moving + i * frame_bytes, i < film->n_rows ? ROW_MS : FADE_MS };
  frames[n_moving] = (LimnWebpFrame){ rgb, STAY_MS };
  return limn_webp_animate (frames, n, film->side, film->side, error);
}

GBytes *
limn_film_encode (LimnModel *model,
                  const guint32 *ids,
                  guint n_ids,
                  const guint8 *rgb,
                  guint width,
                  guint height,
                  GError **error)
{
  Film film = { .n_rows = limn_model_get_info (model)->grid_size, .side = width };
  g_autoptr (GBytes) frames = NULL;

  if (width != height || width > LIMN_FILM_MAX_SIDE)
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED,
                   _ ("Only a square picture, up to %u pixels wide, can become an animation."),
                   LIMN_FILM_MAX_SIDE);
      return NULL;
    }
  frames = limn_model_make_film (model, ids, n_ids, &film.size, error);
  if (frames == NULL)
    return NULL;
  film.frames = g_bytes_get_data (frames, NULL);
  return encode (&film, rgb, error);
}
