/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pictures that are not square.  Limn draws none, but its wallpapers and sheets
 * tell how they were drawn, so that they are pictures of the library like others.
 */
#include "config.h"

#include "ui-test.h"

#include "jobs/limn-model-pool.h"
#include "library/film.h"
#include "library/picture-file.h"
#include "window/limn-share.h"

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
  if (!ui_has_model ())
    {
      g_test_message ("there is no model: what draws is not tested");
      return g_test_run () == 0 ? 77 : 1;
    }
  g_test_add_func ("/shapes/film", test_film);
  return g_test_run ();
}
