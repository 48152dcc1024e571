/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pictures that are not square.  Limn draws none, but its wallpapers and sheets
 * tell how they were drawn, so that they are pictures of the library like others.
 */
#include "config.h"

#include "ui-test.h"

#include "jobs/limn-model-pool.h"
#include "library/film.h"
#include "library/limn-caption.h"
#include "library/picture-file.h"
#include "window/limn-keep-area.h"
#include "window/limn-share.h"
#include "window/limn-tile.h"

#define SIDE  200 /* of the widgets tried here */
#define WHITE 0xffffffff

/* ---- shown ---- */

/* What a square widget looks like in a window. */
static GdkTexture *
render_alone (GtkWidget *widget)
{
  GtkWidget *window = gtk_window_new ();
  GdkTexture *texture;

  gtk_widget_set_size_request (widget, SIDE, SIDE);
  gtk_widget_set_halign (widget, GTK_ALIGN_START);
  gtk_widget_set_valign (widget, GTK_ALIGN_START);
  gtk_window_set_default_size (GTK_WINDOW (window), 2 * SIDE, 2 * SIDE);
  gtk_window_set_child (GTK_WINDOW (window), widget);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  ui_wait_until (gtk_widget_get_width (widget) >= SIDE);
  texture = ui_render (widget);
  gtk_window_destroy (GTK_WINDOW (window));
  return texture;
}

static LimnDrawing *
white_drawing_new (int width, int height)
{
  g_autoptr (LimnRecipe) recipe = limn_recipe_new ("a frog");
  g_autoptr (GdkTexture) texture = ui_texture_new (width, height, 0xff);
  LimnDrawing *drawing = limn_drawing_new (recipe, 0, 1);

  limn_drawing_set_texture (drawing, texture);
  limn_drawing_set_state (drawing, LIMN_DRAWING_DONE);
  return drawing;
}

/* A picture is as wide and as high as it is, in the middle of its tile. */
static void
test_tile (void)
{
  g_autoptr (LimnDrawing) wide = white_drawing_new (200, 100);
  g_autoptr (LimnDrawing) high = white_drawing_new (10, 20);
  GtkWidget *tile = limn_tile_new ();
  g_autoptr (GdkTexture) first = NULL, second = NULL;
  int side, middle;

  limn_tile_set_drawing (LIMN_TILE (tile), wide);
  first = render_alone (tile);
  side = gdk_texture_get_width (first);
  middle = side / 2;
  g_assert_cmphex (ui_get_pixel (first, middle, middle), ==, WHITE);
  g_assert_cmphex (ui_get_pixel (first, 0, side * 3 / 10), ==, WHITE);
  g_assert_cmphex (ui_get_pixel (first, middle, side / 5), !=, WHITE);
  g_assert_cmphex (ui_get_pixel (first, middle, side * 4 / 5), !=, WHITE);
  tile = limn_tile_new ();
  limn_tile_set_drawing (LIMN_TILE (tile), high);
  second = render_alone (tile);
  g_assert_cmphex (ui_get_pixel (second, middle, 1), ==, WHITE);
  g_assert_cmphex (ui_get_pixel (second, side / 5, middle), !=, WHITE);
}

/* And so are the parts of it that stay or are drawn. */
static void
test_keep_area (void)
{
  GtkWidget *area = g_object_new (LIMN_TYPE_KEEP_AREA, NULL);
  g_autoptr (GdkTexture) wide = ui_texture_new (200, 100, 0xff);
  g_autoptr (GdkTexture) looks = NULL;
  int side, middle;

  limn_keep_area_set_texture (LIMN_KEEP_AREA (area), wide);
  looks = render_alone (area);
  side = gdk_texture_get_width (looks);
  middle = side / 2;
  g_assert_cmphex (ui_get_pixel (looks, middle, side / 5), ==, 0);
  g_assert_cmphex (ui_get_pixel (looks, middle, side * 3 / 10), ==, WHITE);
  g_assert_cmphex (ui_get_pixel (looks, 4, middle), !=, WHITE); /* the line */
  g_assert_cmphex (ui_get_pixel (looks, middle, side * 7 / 10), !=, WHITE);
  g_assert_cmphex (ui_get_pixel (looks, middle, side * 7 / 10), !=, 0);
  g_assert_cmphex (ui_get_pixel (looks, middle, side * 4 / 5), ==, 0);
}

static void
test_drag_icon (void)
{
  g_autoptr (GdkTexture) wide = ui_texture_new (200, 100, 0xff);
  g_autoptr (GdkPaintable) icon = limn_share_drag_icon_new (wide);

  g_assert_cmpint (gdk_paintable_get_intrinsic_width (icon), ==, 128);
  g_assert_cmpint (gdk_paintable_get_intrinsic_height (icon), ==, 64);
}

/* ---- written on ---- */

static GdkTexture *
write_on (GdkTexture *picture, const LimnCaption *caption, LimnCaptionPlace places[2])
{
  cairo_surface_t *prepared = limn_caption_prepare (picture);
  GdkTexture *result = limn_caption_render (prepared, caption, places);

  cairo_surface_destroy (prepared);
  return result;
}

static void
test_caption (void)
{
  static const LimnCaption both = { .top = { "ABOVE" }, .bottom = { "BELOW" }, .size = 1 };
  static const LimnCaption bar = { .top = { "above" }, .is_bar = TRUE, .size = 1 };
  g_autoptr (GdkTexture) wide = ui_texture_new (200, 100, 0xff),
                         high = ui_texture_new (500, 1000, 0xff);
  LimnCaptionPlace places[2];
  g_autoptr (GdkTexture) on_wide = write_on (wide, &both, places);
  g_autoptr (GdkTexture) below = NULL, on_high = NULL;

  g_assert_cmpint (gdk_texture_get_width (on_wide), ==, 768);
  g_assert_cmpint (gdk_texture_get_height (on_wide), ==, 384);
  g_assert_cmpfloat (places[0].upper + places[0].height, <, places[1].upper);
  g_assert_cmpfloat (places[1].upper + places[1].height, <=, 0.5);
  g_assert_cmphex (ui_get_pixel (on_wide, 767, 383), ==, WHITE);
  below = write_on (wide, &bar, places);
  g_assert_cmpint (gdk_texture_get_width (below), ==, 768);
  g_assert_cmpint (gdk_texture_get_height (below), >, 384);
  g_assert_cmpint (gdk_texture_get_height (below), <, 600);
  on_high = write_on (high, &both, places);
  g_assert_cmpint (gdk_texture_get_width (on_high), ==, 500);
  g_assert_cmpint (gdk_texture_get_height (on_high), ==, 1000);
  g_assert_cmpfloat (places[1].upper, >, 1.5);
}

/* ---- set in motion ---- */

/* A black picture of any shape that tells how @other was drawn. */
static LimnDrawing *
black_drawing_new (LimnDrawing *other, guint width, guint height)
{
  g_autofree guint8 *rgb = g_malloc0 ((gsize) width * height * 3);
  g_auto (LimnPictureFacts) facts = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GFile) file = NULL;

  g_assert_true (limn_picture_file_read_facts (g_file_peek_path (limn_drawing_get_file (other)),
                                               &facts, &error));
  png = limn_picture_file_encode (rgb, width, height, &facts, &error);
  g_assert_no_error (error);
  path =
      limn_picture_file_save (g_get_home_dir (), "shape", png, LIMN_PICTURE_MODE_PRIVATE, &error);
  g_assert_no_error (error);
  file = g_file_new_for_path (path);
  return limn_drawing_new_for_file (file, limn_drawing_get_recipe (other),
                                    limn_drawing_get_seed (other), 0);
}

static void
check_no_film (GArray *ids, guint width, guint height)
{
  const guint8 nothing[3] = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnModel) model = limn_model_pool_open (NULL, &error);

  g_assert_no_error (error);
  g_assert_null (limn_film_encode (model, (guint32 *) (gpointer) ids->data, ids->len, nothing,
                                   width, height, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED);
}

/* An animation is made of squares; a picture of another shape, or a huge one, has none. */
static void
test_film (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  GArray *ids = limn_drawing_get_ids (ui_get_drawing (window, 0));
  g_autoptr (LimnDrawing) wide = black_drawing_new (ui_get_drawing (window, 0), 64, 32);

  limn_share_copy_film (GTK_WIDGET (window), wide);
  ui_wait_until (ui_has_toast (GTK_WIDGET (window), "Could not make an animation"));
  check_no_film (ids, 64, 32);
  check_no_film (ids, 32, 64);
  check_no_film (ids, LIMN_FILM_MAX_SIDE + 1, LIMN_FILM_MAX_SIDE + 1);
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/shapes/tile", test_tile);
  g_test_add_func ("/shapes/keep-area", test_keep_area);
  g_test_add_func ("/shapes/drag-icon", test_drag_icon);
  g_test_add_func ("/shapes/caption", test_caption);
  if (!ui_has_model ())
    {
      g_test_message ("there is no model: what draws is not tested");
      return g_test_run () == 0 ? 77 : 1;
    }
  g_test_add_func ("/shapes/film", test_film);
  return g_test_run ();
}
