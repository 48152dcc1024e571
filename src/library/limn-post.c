/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The prompt in large letters, the pictures in a square below, white around. */
#include "limn-post.h"

#include <math.h>
#include <pango/pangocairo.h>

#include "limn-canvas.h"
#include "limn-drawing.h"

#define SIDE            256
#define GAP             10
#define BORDER          28
#define TITLE_GAP       22
#define TITLE_SIZE      38
#define MAX_TITLE_LINES 3

static int
get_extent (int n)
{
  return n * SIDE + (n - 1) * GAP;
}

static PangoLayout *
title_new (cairo_t *cr, const char *prompt, int width)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_from_string ("Cantarell, Sans Bold");

  pango_font_description_set_absolute_size (font, TITLE_SIZE * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_width (layout, width * PANGO_SCALE);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_height (layout, -MAX_TITLE_LINES);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_text (layout, prompt, -1);
  pango_font_description_free (font);
  return layout;
}

static int
measure_title (const char *prompt, int width)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 1, 1);
  cairo_t *cr = cairo_create (surface);
  PangoLayout *layout = title_new (cr, prompt, width);
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  g_object_unref (layout);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return height;
}

static void
paint_pictures (cairo_t *cr, GListModel *drawings, int n_columns, double y0)
{
  guint n = g_list_model_get_n_items (drawings);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnDrawing) drawing = g_list_model_get_item (drawings, i);
      int column = (int) i % n_columns, row = (int) i / n_columns;

      if (limn_drawing_is_done (drawing) && !limn_drawing_is_removed (drawing)
          && limn_drawing_get_texture (drawing) != NULL)
        limn_canvas_paint_picture (cr, limn_drawing_get_texture (drawing),
                                   BORDER + column * (SIDE + GAP), y0 + row * (SIDE + GAP), SIDE,
                                   SIDE);
    }
}

static void
paint_title (cairo_t *cr, const char *prompt, int width)
{
  PangoLayout *layout = title_new (cr, prompt, width);

  cairo_set_source_rgb (cr, 0.1, 0.1, 0.12);
  cairo_move_to (cr, BORDER, BORDER);
  pango_cairo_show_layout (cr, layout);
  g_object_unref (layout);
}

/**
 * limn_post_new:
 * @drawings: (element-type LimnDrawing): of one grid; those not done stay white
 *
 * Returns: (transfer full): the whole as one picture
 */
GdkTexture *
limn_post_new (const char *prompt, GListModel *drawings)
{
  int n = (int) g_list_model_get_n_items (drawings);
  int n_columns = MAX (1, (int) ceil (sqrt (n)));
  int n_rows = MAX (1, (n + n_columns - 1) / n_columns);
  int width = get_extent (n_columns);
  int title_height = measure_title (prompt, width);
  int y0 = BORDER + title_height + TITLE_GAP;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width + 2 * BORDER,
                                                         y0 + get_extent (n_rows) + BORDER);
  cairo_t *cr = cairo_create (surface);
  GdkTexture *texture;

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  paint_title (cr, prompt, width);
  paint_pictures (cr, drawings, n_columns, y0);
  cairo_destroy (cr);
  texture = limn_canvas_to_texture (surface);
  cairo_surface_destroy (surface);
  return texture;
}
