/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Words on a picture, the way people have made them for years: capital letters,
 * white with a black outline, as large as fits.  Pango lays them out, so that
 * every script, right-to-left text and emoji work.  The picture is enlarged
 * first, so that letters are sharp.
 */
#include "limn-caption.h"

#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>

#include "limn-canvas.h"
#include "limn-paths.h"

#define MIN_OUTPUT_SIDE   768
#define MARGIN_PART       0.03  /* of the side, at every edge */
#define LETTER_PART       0.135 /* of the side: letters at size 1 */
#define MAX_BLOCK_PART    0.42  /* of the side: a text's height at most */
#define OUTLINE_PART      0.16  /* of the letters' size */
#define BAR_LETTER_PART   0.075
#define SHRINK            0.92
#define MIN_LETTER_PIXELS 10

static const char outline_fonts[] =
    "Anton, Impact, League Gothic, Bebas Neue, Oswald, Noto Sans Condensed, DejaVu Sans Condensed";
static const char bar_fonts[] = "Cantarell, Noto Sans, Sans";

/* Makes the lettering that comes with Limn known to this program alone. */
static void
ensure_font (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      PangoFontMap *map = pango_cairo_font_map_get_default ();

      FcConfigAppFontAddDir (NULL, (const FcChar8 *) limn_paths_get_font_dir ());
      if (PANGO_IS_FC_FONT_MAP (map))
        pango_fc_font_map_config_changed (PANGO_FC_FONT_MAP (map));
      g_once_init_leave (&once, 1);
    }
}

static PangoLayout *
layout_new (cairo_t *cr, const char *text, const char *fonts, double letters, double width)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_new ();

  pango_font_description_set_family_static (font, fonts);
  /* Anton is bold by itself; asked for bold, it would be smeared */
  if (fonts != outline_fonts)
    pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_font_description_set_absolute_size (font, letters * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_line_spacing (layout, 0.95f);
  pango_layout_set_text (layout, text, -1);
  pango_font_description_free (font);
  return layout;
}

/* The largest letters, up to @letters, with which the text is not too high. */
static PangoLayout *
layout_fit (cairo_t *cr, const char *text, double *letters, double side)
{
  double width = side * (1 - 2 * MARGIN_PART);

  for (;; *letters *= SHRINK)
    {
      PangoLayout *layout = layout_new (cr, text, outline_fonts, *letters, width);
      int height;

      pango_layout_get_pixel_size (layout, NULL, &height);
      if (height <= side * MAX_BLOCK_PART || *letters < MIN_LETTER_PIXELS)
        return layout;
      g_object_unref (layout);
    }
}

static void
paint_outlined (cairo_t *cr, const char *text, double size, double side, gboolean is_bottom)
{
  g_autofree char *capitals = g_utf8_strup (text, -1);
  double letters = side * LETTER_PART * size;
  PangoLayout *layout = layout_fit (cr, capitals, &letters, side);
  PangoRectangle ink, logical;
  double y = side * MARGIN_PART;

  pango_layout_get_pixel_extents (layout, &ink, &logical);
  y = is_bottom ? side - y - (ink.y + ink.height) : y - ink.y;
  cairo_save (cr);
  cairo_translate (cr, side * MARGIN_PART, y);
  cairo_move_to (cr, 0, 0);
  pango_cairo_layout_path (cr, layout);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (cr, letters * OUTLINE_PART);
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_stroke (cr);
  cairo_move_to (cr, 0, 0);
  cairo_set_source_rgb (cr, 1, 1, 1);
  /* not a filled path: emoji have colours of their own */
  pango_cairo_show_layout (cr, layout);
  cairo_restore (cr);
  g_object_unref (layout);
}

static gboolean
has_text (const char *text)
{
  return text != NULL && *text != '\0';
}

static GdkTexture *
finish (cairo_surface_t *surface, cairo_t *cr)
{
  GdkTexture *texture;

  cairo_destroy (cr);
  texture = limn_canvas_to_texture (surface);
  cairo_surface_destroy (surface);
  return texture;
}

static GdkTexture *
render_outlined (GdkTexture *picture, const LimnCaption *caption, int side)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, side, side);
  cairo_t *cr = cairo_create (surface);

  limn_canvas_paint_picture (cr, picture, 0, 0, side);
  if (has_text (caption->top))
    paint_outlined (cr, caption->top, caption->size, side, FALSE);
  if (has_text (caption->bottom))
    paint_outlined (cr, caption->bottom, caption->size, side, TRUE);
  return finish (surface, cr);
}

static int
measure_bar (const char *text, double letters, double width)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 1, 1);
  cairo_t *cr = cairo_create (surface);
  PangoLayout *layout = layout_new (cr, text, bar_fonts, letters, width);
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  g_object_unref (layout);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return height;
}

static GdkTexture *
render_bar (GdkTexture *picture, const LimnCaption *caption, int side)
{
  double margin = side * MARGIN_PART * 1.5, width = side - 2 * margin;
  double letters = side * BAR_LETTER_PART * caption->size;
  int text_height = MIN (measure_bar (caption->top, letters, width), side);
  int bar = text_height + (int) (2 * margin);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, side, side + bar);
  cairo_t *cr = cairo_create (surface);
  PangoLayout *layout = layout_new (cr, caption->top, bar_fonts, letters, width);

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_move_to (cr, margin, margin);
  pango_cairo_show_layout (cr, layout);
  g_object_unref (layout);
  limn_canvas_paint_picture (cr, picture, 0, bar, side);
  return finish (surface, cr);
}

/**
 * limn_caption_render:
 * @picture: stays as it is
 *
 * Returns: (transfer full): a larger picture with words
 */
GdkTexture *
limn_caption_render (GdkTexture *picture, const LimnCaption *caption)
{
  int side = MAX (MIN_OUTPUT_SIDE, gdk_texture_get_width (picture));

  ensure_font ();
  if (caption->is_bar && has_text (caption->top))
    return render_bar (picture, caption, side);
  return render_outlined (picture, caption, side);
}
