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
#define MARGIN_PART       0.03  /* of the shorter side, at every edge */
#define LETTER_PART       0.135 /* of the shorter side: letters at size 1 */
#define MAX_BLOCK_PART    0.42  /* of the height: a text's height at most */
#define OUTLINE_PART      0.16  /* of the letters' size */
#define BAR_LETTER_PART   0.075
#define SHRINK            0.92
#define MIN_LETTER_PIXELS 10

typedef struct
{
  double width, height; /* of the picture */
  double shorter;       /* of both */
} Size;

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

static Size
get_size (cairo_surface_t *picture)
{
  int width = cairo_image_surface_get_width (picture);
  int height = cairo_image_surface_get_height (picture);

  return (Size){ width, height, MIN (width, height) };
}

static PangoLayout *
layout_new (cairo_t *cr, const char *text, const char *fonts, double letters, double width)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_new ();

  pango_font_description_set_family_static (font, fonts);
  /* Anton is bold by itself; asked for bold, it would be smeared */
  if (fonts != outline_fonts && !g_str_equal (fonts, "Anton"))
    pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_font_description_set_absolute_size (font, letters * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  /* capitals have no tails that the next line could touch */
  pango_layout_set_line_spacing (layout, fonts == outline_fonts ? 0.76f : 0.95f);
  pango_layout_set_text (layout, text, -1);
  pango_font_description_free (font);
  return layout;
}

/* The largest letters, up to @letters, with which the text is not too high. */
static PangoLayout *
layout_fit (cairo_t *cr, const char *text, const char *fonts, double *letters, Size size)
{
  double width = size.width - 2 * size.shorter * MARGIN_PART;

  for (;; *letters *= SHRINK)
    {
      PangoLayout *layout = layout_new (cr, text, fonts, *letters, width);
      int height;

      pango_layout_get_pixel_size (layout, NULL, &height);
      if (height <= size.height * MAX_BLOCK_PART || *letters < MIN_LETTER_PIXELS)
        return layout;
      g_object_unref (layout);
    }
}

/* Where a layout's upper left corner goes, so that what is seen of it is on the picture. */
static void
place_layout (PangoLayout *layout,
              const LimnCaptionText *text,
              Size size,
              gboolean is_bottom,
              double outline,
              LimnCaptionPlace *place)
{
  PangoRectangle ink;
  double left, upper, usual_left, usual_upper;
  double margin = size.shorter * MARGIN_PART;

  pango_layout_get_pixel_extents (layout, &ink, NULL);
  usual_left = margin + ink.x;
  usual_upper = is_bottom ? size.height - margin - ink.height : margin;
  left = CLAMP (usual_left + text->x * size.width, outline,
                MAX (size.width - ink.width - outline, outline));
  upper = CLAMP (usual_upper + text->y * size.width, outline,
                 MAX (size.height - ink.height - outline, outline));
  *place = (LimnCaptionPlace){
    .left = left / size.width,
    .upper = upper / size.width,
    .width = ink.width / size.width,
    .height = ink.height / size.width,
    .x = (left - usual_left) / size.width,
    .y = (upper - usual_upper) / size.width,
  };
}

static void
paint_outlined (cairo_t *cr,
                const LimnCaptionText *text,
                const LimnCaption *caption,
                Size size,
                LimnCaptionPlace *place)
{
  g_autofree char *capitals = g_utf8_strup (text->words, -1);
  double letters = size.shorter * LETTER_PART * caption->size;
  const char *fonts = caption->font != NULL ? caption->font : outline_fonts;
  PangoLayout *layout = layout_fit (cr, capitals, fonts, &letters, size);
  PangoRectangle ink;

  place_layout (layout, text, size, text == &caption->bottom, letters * OUTLINE_PART / 2, place);
  pango_layout_get_pixel_extents (layout, &ink, NULL);
  cairo_save (cr);
  cairo_translate (cr, place->left * size.width - ink.x, place->upper * size.width - ink.y);
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
render_outlined (cairo_surface_t *picture, const LimnCaption *caption, LimnCaptionPlace places[2])
{
  Size size = get_size (picture);
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) size.width, (int) size.height);
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_surface (cr, picture, 0, 0);
  cairo_paint (cr);
  if (has_text (caption->top.words))
    paint_outlined (cr, &caption->top, caption, size, &places[0]);
  if (has_text (caption->bottom.words))
    paint_outlined (cr, &caption->bottom, caption, size, &places[1]);
  return finish (surface, cr);
}

static int
measure_bar (const char *text, const char *fonts, double letters, double width)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 1, 1);
  cairo_t *cr = cairo_create (surface);
  PangoLayout *layout = layout_new (cr, text, fonts, letters, width);
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  g_object_unref (layout);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return height;
}

static GdkTexture *
render_bar (cairo_surface_t *picture, const LimnCaption *caption)
{
  Size size = get_size (picture);
  double margin = size.shorter * MARGIN_PART * 1.5, width = size.width - 2 * margin;
  double letters = size.shorter * BAR_LETTER_PART * caption->size;
  const char *fonts = caption->font != NULL ? caption->font : bar_fonts;
  const char *words = caption->top.words;
  int text_height = MIN (measure_bar (words, fonts, letters, width), (int) size.height);
  int bar = text_height + (int) (2 * margin);
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) size.width, (int) size.height + bar);
  cairo_t *cr = cairo_create (surface);
  PangoLayout *layout = layout_new (cr, words, fonts, letters, width);

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_move_to (cr, margin, margin);
  pango_cairo_show_layout (cr, layout);
  g_object_unref (layout);
  cairo_set_source_surface (cr, picture, 0, bar);
  cairo_rectangle (cr, 0, bar, size.width, size.height);
  cairo_fill (cr);
  return finish (surface, cr);
}

/**
 * limn_caption_prepare:
 *
 * Enlarges a picture for words that are sharp; slower than writing on it.
 *
 * Returns: (transfer full): an image surface of the picture's proportions
 */
cairo_surface_t *
limn_caption_prepare (GdkTexture *picture)
{
  int width = gdk_texture_get_width (picture), height = gdk_texture_get_height (picture);
  int longer = MAX (width, height), side = MAX (longer, MIN_OUTPUT_SIDE);
  cairo_surface_t *surface;
  cairo_t *cr;

  width = MAX ((int) ((gint64) width * side / longer), 1);
  height = MAX ((int) ((gint64) height * side / longer), 1);
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cr = cairo_create (surface);
  limn_canvas_paint_picture (cr, picture, 0, 0, width, height);
  cairo_destroy (cr);
  return surface;
}

/**
 * limn_caption_render:
 * @prepared: from limn_caption_prepare(); stays as it is
 * @places: (out): of the words above and below
 *
 * Returns: (transfer full): a picture with words
 */
GdkTexture *
limn_caption_render (cairo_surface_t *prepared,
                     const LimnCaption *caption,
                     LimnCaptionPlace places[2])
{
  ensure_font ();
  places[0] = places[1] = (LimnCaptionPlace){ 0 };
  if (caption->is_bar && has_text (caption->top.words))
    return render_bar (prepared, caption);
  return render_outlined (prepared, caption, places);
}
