/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people make of pictures for others: words on them, posts, animations. */
#include "ui-test.h"

#include <webp/demux.h>

#include "jobs/limn-model-pool.h"
#include "library/film.h"
#include "library/limn-caption.h"
#include "library/limn-export.h"
#include "library/limn-post.h"
#include "window/limn-caption-editor.h"

static const char *
get_place (LimnWindow *window)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (limn_window_get_part (window, "places")));
}

static guint32
get_pixel (GdkTexture *texture, int x, int y)
{
  g_autoptr (GBytes) pixels = ui_get_pixels (texture);
  const guint32 *data = g_bytes_get_data (pixels, NULL);

  return data[y * gdk_texture_get_width (texture) + x];
}

static GdkTexture *
grey_texture_new (void)
{
  guint8 *rgb = g_malloc (256 * 256 * 3);
  g_autoptr (GBytes) bytes = NULL;

  memset (rgb, 0x80, 256 * 256 * 3);
  bytes = g_bytes_new_take (rgb, 256 * 256 * 3);
  return gdk_memory_texture_new (256, 256, GDK_MEMORY_R8G8B8, bytes, 256 * 3);
}

static gboolean
has_pixel (GdkTexture *texture, guint32 wanted, int y0, int y1)
{
  g_autoptr (GBytes) pixels = ui_get_pixels (texture);
  const guint32 *data = g_bytes_get_data (pixels, NULL);
  int width = gdk_texture_get_width (texture);

  for (int i = y0 * width; i < y1 * width; i++)
    if (data[i] == wanted)
      return TRUE;
  return FALSE;
}

static GdkTexture *
write_on_grey (const LimnCaption *caption, LimnCaptionPlace places[2])
{
  g_autoptr (GdkTexture) picture = grey_texture_new ();
  cairo_surface_t *prepared = limn_caption_prepare (picture);
  GdkTexture *result = limn_caption_render (prepared, caption, places);

  cairo_surface_destroy (prepared);
  return result;
}

static void
test_caption (void)
{
  LimnCaptionPlace places[2];
  g_autoptr (GdkTexture) plain = write_on_grey (&(LimnCaption){ .size = 1 }, places);
  g_autoptr (GdkTexture) top =
      write_on_grey (&(LimnCaption){ .top = { "HELLO" }, .size = 1 }, places);
  g_autoptr (GdkTexture) bar =
      write_on_grey (&(LimnCaption){ .top = { "hello" }, .is_bar = TRUE, .size = 1 }, places);
  g_autoptr (GdkTexture) odd = write_on_grey (
      &(LimnCaption){ .top = { "مرحبا 😼 ﷽" }, .bottom = { "W̷̢e̸i̴r̵d" }, .size = 1.8 }, places);

  g_assert_cmpint (gdk_texture_get_width (plain), ==, 768);
  g_assert_false (has_pixel (plain, 0xffffffff, 0, 768));
  g_assert_true (has_pixel (top, 0xffffffff, 0, 384));
  g_assert_true (has_pixel (top, 0xff000000, 0, 384));
  g_assert_false (has_pixel (top, 0xffffffff, 384, 768));
  g_assert_cmpint (gdk_texture_get_height (bar), >, 768);
  g_assert_cmphex (get_pixel (bar, 1, 1), ==, 0xffffffff);
  g_assert_nonnull (odd);
}

/* Moved words are where they were put, and never off the picture. */
static void
test_caption_moved (void)
{
  LimnCaptionPlace usual[2], down[2], away[2];
  g_autoptr (GdkTexture) first =
      write_on_grey (&(LimnCaption){ .top = { "HELLO" }, .size = 1 }, usual);
  g_autoptr (GdkTexture) second =
      write_on_grey (&(LimnCaption){ .top = { "HELLO", 0.1, 0.6 }, .size = 1 }, down);
  g_autoptr (GdkTexture) third =
      write_on_grey (&(LimnCaption){ .top = { "HELLO", -7, 7 }, .size = 1 }, away);

  g_assert_false (has_pixel (second, 0xffffffff, 0, 384));
  g_assert_true (has_pixel (second, 0xffffffff, 384, 768));
  g_assert_cmpfloat_with_epsilon (down[0].upper, usual[0].upper + 0.6, 0.002);
  g_assert_cmpfloat_with_epsilon (down[0].left, usual[0].left + 0.1, 0.002);
  g_assert_true (has_pixel (third, 0xffffffff, 384, 768));
  g_assert_cmpfloat (away[0].left, >=, 0);
  g_assert_cmpfloat (away[0].upper + away[0].height, <=, 1);
  g_assert_cmpfloat (away[0].x, >, -1);
  g_assert_cmpfloat (away[1].width, ==, 0);
}

static void
test_caption_fonts (void)
{
  LimnCaptionPlace places[2];
  g_autoptr (GdkTexture) classic =
      write_on_grey (&(LimnCaption){ .top = { "Wow" }, .size = 1 }, places);
  g_autoptr (GdkTexture) other =
      write_on_grey (&(LimnCaption){ .top = { "Wow" }, .size = 1, .font = "Cantarell" }, places);
  g_autoptr (GBytes) one = ui_get_pixels (classic);
  g_autoptr (GBytes) two = ui_get_pixels (other);

  /* the lettering that comes with Limn is there, wherever the program runs */
  g_assert_nonnull (pango_font_map_get_family (pango_cairo_font_map_get_default (), "Anton"));
  g_assert_false (g_bytes_equal (one, two));
}

/* However long the words, they stay on the picture. */
static void
test_caption_long (void)
{
  g_autoptr (GString) words = g_string_new (NULL);
  g_autoptr (GdkTexture) result = NULL;
  LimnCaptionPlace places[2];

  for (guint i = 0; i < 40; i++)
    g_string_append (words, "words ");
  result = write_on_grey (&(LimnCaption){ .top = { words->str }, .size = 1.8 }, places);
  g_assert_false (has_pixel (result, 0xffffffff, 500, 768));
}

static void
test_caption_editor (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  GtkWidget *editor = limn_window_get_part (window, "caption_editor");
  g_autoptr (GdkTexture) before = NULL;
  g_autoptr (GBytes) original =
      ui_get_pixels (limn_drawing_get_texture (ui_get_drawing (window, 0)));
  g_autoptr (GBytes) now = NULL;

  ui_act (window, "win.caption");
  g_assert_cmpstr (get_place (window), ==, "caption");
  before = g_object_ref (limn_caption_editor_get_result (LIMN_CAPTION_EDITOR (editor)));
  gtk_editable_set_text (GTK_EDITABLE (ui_find_id (editor, "top")), "hello");
  g_assert_true (limn_caption_editor_get_result (LIMN_CAPTION_EDITOR (editor)) != before);
  now = ui_get_pixels (limn_drawing_get_texture (ui_get_drawing (window, 0)));
  g_assert_true (g_bytes_equal (original, now));
  ui_act (window, "win.escape");
  g_assert_cmpstr (get_place (window), ==, "main");
  ui_window_close (window);
}

/* Reads an animation's frames; calls @look with each, which may keep nothing. */
static guint
look_at_frames (GBytes *film,
                void (*look) (guint i, const guint8 *rgba, gpointer data),
                gpointer data)
{
  WebPData bytes = { 0 };
  WebPAnimDecoder *decoder;
  guint n = 0;
  guint8 *rgba;
  int end_ms;

  bytes.bytes = g_bytes_get_data (film, &bytes.size);
  decoder = WebPAnimDecoderNew (&bytes, NULL);
  g_assert_nonnull (decoder);
  for (; WebPAnimDecoderGetNext (decoder, &rgba, &end_ms); n++)
    look (n, rgba, data);
  WebPAnimDecoderDelete (decoder);
  return n;
}

#define FILM_FRAMES (16 + 4 + 1) /* rows, fades, the picture */

typedef struct
{
  const guint8 *rgb;
  double errors[FILM_FRAMES]; /* mean difference to the finished picture */
  double paper;               /* mean of the first frame's last row */
} FilmFigures;

static void
measure_frame (guint i, const guint8 *rgba, gpointer data)
{
  FilmFigures *figures = data;
  double sum = 0;

  g_assert_cmpuint (i, <, FILM_FRAMES);
  for (guint p = 0; p < 256 * 256; p++)
    for (guint c = 0; c < 3; c++)
      sum += ABS (rgba[4 * p + c] - figures->rgb[3 * p + c]);
  figures->errors[i] = sum / (256 * 256 * 3);
  if (i == 0)
    for (guint x = 0; x < 256; x++)
      figures->paper += rgba[(255 * 256 + x) * 4] / 256.0;
}

/* From paper, row by row, to the picture itself. */
static void
test_film (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  LimnDrawing *drawing = ui_get_drawing (window, 0);
  GArray *ids = limn_drawing_get_ids (drawing);
  g_autofree guint8 *rgb = limn_export_download (limn_drawing_get_texture (drawing));
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnModel) model = limn_model_pool_open (NULL, &error);
  g_autoptr (GBytes) film = NULL;
  FilmFigures figures = { .rgb = rgb };
  guint32 alien = G_MAXUINT32;

  g_assert_no_error (error);
  film = limn_film_encode (model, (guint32 *) (gpointer) ids->data, ids->len, rgb, 256, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (look_at_frames (film, measure_frame, &figures), ==, FILM_FRAMES);
  g_assert_cmpfloat (figures.errors[FILM_FRAMES - 1], <, 6);
  g_assert_cmpfloat (figures.errors[FILM_FRAMES - 1], <, figures.errors[15]);
  g_assert_cmpfloat_with_epsilon (figures.paper, 236, 6);

  /* tokens of another model */
  g_assert_null (limn_film_encode (model, &alien, 1, rgb, 256, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST);
  ui_window_close (window);
}

static gboolean
has_type (GdkClipboard *clipboard, const char *type)
{
  return gdk_content_formats_contain_mime_type (gdk_clipboard_get_formats (clipboard), type);
}

static void
test_copy_film (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (window));

  ui_act (window, "win.copy-animation");
  ui_wait_until (has_type (clipboard, "image/webp"));
  g_assert_true (gdk_content_formats_contain_gtype (gdk_clipboard_get_formats (clipboard),
                                                    GDK_TYPE_FILE_LIST));
  ui_window_close (window);
}

static void
test_post (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  g_autoptr (GdkTexture) post =
      limn_post_new ("a frog", limn_job_get_drawings (ui_get_job (window)));

  g_assert_cmpint (gdk_texture_get_width (post), >, 3 * 256);
  g_assert_cmpint (gdk_texture_get_height (post), >, gdk_texture_get_width (post));
  g_assert_cmphex (get_pixel (post, 2, 2), ==, 0xffffffff);
  ui_act (window, "win.copy-post");
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/memes/caption", test_caption);
  g_test_add_func ("/memes/caption-moved", test_caption_moved);
  g_test_add_func ("/memes/caption-fonts", test_caption_fonts);
  g_test_add_func ("/memes/caption-long", test_caption_long);
  if (!ui_has_model ())
    {
      g_test_message ("there is no model: what draws is not tested");
      return g_test_run () == 0 ? 77 : 1;
    }
  g_test_add_func ("/memes/caption-editor", test_caption_editor);
  g_test_add_func ("/memes/film", test_film);
  g_test_add_func ("/memes/copy-film", test_copy_film);
  g_test_add_func ("/memes/post", test_post);
  return g_test_run ();
}
