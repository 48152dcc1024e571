/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people make of pictures for others: words on them, posts, animations, copies in files. */
#include "config.h"

#include "ui-test.h"

#include <glib/gstdio.h>
#include <webp/demux.h>

#include "jobs/limn-model-pool.h"
#include "library/film.h"
#include "library/limn-caption.h"
#include "library/limn-export.h"
#include "library/limn-post.h"
#include "library/limn-texture-store.h"
#include "window/limn-caption-editor.h"
#include "window/limn-library-page.h"
#include "window/limn-share.h"

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
  g_autoptr (GdkTexture) picture = ui_texture_new (256, 256, 0x80);
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
  g_assert_cmphex (ui_get_pixel (bar, 1, 1), ==, 0xffffffff);
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
  g_assert_cmpstr (ui_get_place (window), ==, "caption");
  before = g_object_ref (limn_caption_editor_get_result (LIMN_CAPTION_EDITOR (editor)));
  gtk_editable_set_text (GTK_EDITABLE (ui_find_id (editor, "top")), "hello");
  g_assert_true (limn_caption_editor_get_result (LIMN_CAPTION_EDITOR (editor)) != before);
  now = ui_get_pixels (limn_drawing_get_texture (ui_get_drawing (window, 0)));
  g_assert_true (g_bytes_equal (original, now));
  ui_act (window, "win.escape");
  g_assert_cmpstr (ui_get_place (window), ==, "main");
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
  film =
      limn_film_encode (model, (guint32 *) (gpointer) ids->data, ids->len, rgb, 256, 256, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (look_at_frames (film, measure_frame, &figures), ==, FILM_FRAMES);
  g_assert_cmpfloat (figures.errors[FILM_FRAMES - 1], <, 6);
  g_assert_cmpfloat (figures.errors[FILM_FRAMES - 1], <, figures.errors[15]);
  g_assert_cmpfloat_with_epsilon (figures.paper, 236, 6);

  /* tokens of another model */
  g_assert_null (limn_film_encode (model, &alien, 1, rgb, 256, 256, &error));
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
  g_assert_cmphex (ui_get_pixel (post, 2, 2), ==, 0xffffffff);
  ui_act (window, "win.copy-post");
  ui_window_close (window);
}

/* ---- pictures out of sight ---- */

#define N_OTHERS 120 /* more than are kept in memory unseen */

/* As the library's are before they come into sight. */
static LimnDrawing *
unseen_new (LimnWindow *window)
{
  LimnDrawing *seen = ui_get_drawing (window, 0);

  return limn_drawing_new_for_file (limn_drawing_get_file (seen), limn_drawing_get_recipe (seen),
                                    limn_drawing_get_seed (seen), 0);
}

static void
check_written (LimnDrawing *drawing, const char *name)
{
  g_autoptr (GFile) target = g_file_new_build_filename (g_get_home_dir (), name, NULL);
  g_autoptr (GError) error = NULL;

  limn_share_write (drawing, target, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_query_exists (target, NULL));
}

/* A picture that is not in memory is copied and saved as any other is. */
static void
test_unseen (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (window));
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);
  g_autoptr (LimnDrawing) drawing = unseen_new (window);

  g_assert_null (limn_drawing_get_texture (drawing));
  check_written (drawing, "unseen.jpg");
  check_written (drawing, "unseen.webp");
  g_settings_set_boolean (settings, "strip-facts-on-sharing", TRUE);
  check_written (drawing, "unseen.png");
  g_settings_reset (settings, "strip-facts-on-sharing");
  gdk_clipboard_set_text (clipboard, "words");
  limn_share_copy (GTK_WIDGET (window), drawing);
  ui_wait_until (has_type (clipboard, "image/png"));
  limn_share_copy_film (GTK_WIDGET (window), drawing);
  ui_wait_until (has_type (clipboard, "image/webp"));
  ui_window_close (window);
}

static LimnWindow *
open_with_library (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  g_autoptr (GFile) file = g_object_ref (limn_drawing_get_file (ui_get_drawing (window, 0)));
  g_autoptr (GFile) folder = g_file_get_parent (file);

  for (guint i = 0; i < N_OTHERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("other-%u.png", i);
      g_autoptr (GFile) other = g_file_get_child (folder, name);

      g_assert_true (g_file_copy (file, other, G_FILE_COPY_NONE, NULL, NULL, NULL, NULL));
    }
  ui_window_close (window);
  return ui_window_open (780, 900);
}

/* Looks at all others and away again. */
static void
look_at_others (GListModel *shown, LimnDrawing *selected)
{
  for (guint i = 0; i < g_list_model_get_n_items (shown); i++)
    {
      g_autoptr (LimnDrawing) other = g_list_model_get_item (shown, i);

      if (other == selected)
        continue;
      limn_texture_store_hold (other);
      ui_wait_until (limn_drawing_get_texture (other) != NULL);
      limn_texture_store_release (other);
    }
}

/* However many others are looked at: what is selected stays ready to be used. */
static void
test_selected_unseen (void)
{
  LimnWindow *window = open_with_library ();
  GtkWidget *page = limn_window_get_part (window, "library_page");
  GListModel *shown = limn_library_page_get_shown (LIMN_LIBRARY_PAGE (page));
  GtkGridView *grid = GTK_GRID_VIEW (ui_find_id (page, "grid"));
  GtkSingleSelection *selection = GTK_SINGLE_SELECTION (gtk_grid_view_get_model (grid));
  LimnDrawing *first, *second;

  ui_wait_until (g_list_model_get_n_items (shown) > N_OTHERS);
  ui_act (window, "win.library");
  ui_settle (window);
  gtk_single_selection_set_selected (selection, 3);
  first = gtk_single_selection_get_selected_item (selection);
  ui_wait_until (limn_drawing_get_texture (first) != NULL);
  ui_act (window, "win.focus-prompt"); /* no tile of the library is in sight */
  ui_settle (window);
  look_at_others (shown, first);
  g_assert_nonnull (limn_drawing_get_texture (first));
  gtk_single_selection_set_selected (selection, 90);
  second = gtk_single_selection_get_selected_item (selection);
  ui_wait_until (limn_drawing_get_texture (second) != NULL);
  look_at_others (shown, second);
  g_assert_nonnull (limn_drawing_get_texture (second));
  look_at_others (shown, first);
  g_assert_null (limn_drawing_get_texture (first)); /* nor longer than it is selected */
  ui_window_close (window);
}

/* ---- the dialog that saves ---- */

static GtkFileChooser *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (GTK_IS_FILE_CHOOSER (window) && gtk_widget_get_visible (window))
        return GTK_FILE_CHOOSER (window);
    }
  return NULL;
}

/* @folder: (nullable): %NULL for any, as soon as there is one */
static gboolean
is_in (GtkFileChooser *dialog, GFile *folder)
{
  g_autoptr (GFile) current = gtk_file_chooser_get_current_folder (dialog);

  return current != NULL && (folder == NULL || g_file_equal (current, folder));
}

static gboolean
is_for (GtkFileChooser *dialog, GFile *target)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (dialog);

  return file != NULL && g_file_equal (file, target);
}

static void
answer (int response)
{
  gtk_dialog_response (GTK_DIALOG (find_dialog ()), response);
  ui_wait_until (find_dialog () == NULL);
}

static GFile *
make_folder (const char *parent, const char *name)
{
  GFile *folder = g_file_new_build_filename (parent, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (g_file_peek_path (folder), 0700), ==, 0);
  return folder;
}

/* Goes to a folder in the dialog, and saves there under the name it suggests. */
static void
accept_in (GFile *folder, GFile *target)
{
  ui_wait_until (find_dialog () != NULL && is_in (find_dialog (), NULL));
  gtk_file_chooser_set_current_folder (find_dialog (), folder, NULL);
  ui_wait_until (is_in (find_dialog (), folder) && is_for (find_dialog (), target));
  answer (GTK_RESPONSE_ACCEPT);
}

static void
save_in (LimnWindow *window, GFile *folder)
{
  g_autofree char *name = limn_share_suggest_name (ui_get_drawing (window, 0), ".png");
  g_autoptr (GFile) target = g_file_get_child (folder, name);

  ui_act (window, "win.save");
  accept_in (folder, target);
  ui_wait_until (g_file_query_exists (target, NULL));
  ui_run_for (300); /* what is done when it is saved */
}

static void
check_begins_in (LimnWindow *window, const char *action, GFile *folder)
{
  ui_act (window, action);
  ui_wait_until (find_dialog () != NULL && is_in (find_dialog (), folder));
  answer (GTK_RESPONSE_CANCEL);
}

static void
check_last_folder (GFile *expected)
{
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);
  g_autofree char *name = g_settings_get_string (settings, "last-folder");

  g_assert_cmpstr (name, ==, g_file_peek_path (expected));
}

/* The next picture is saved where the last one was. */
static void
test_last_folder (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);
  g_autoptr (GFile) one = make_folder (g_get_home_dir (), "one");
  g_autoptr (GFile) lent = make_folder (g_get_user_runtime_dir (), "doc/1a2b3c4d");

  save_in (window, one);
  check_last_folder (one);
  check_begins_in (window, "win.save", one);
  check_begins_in (window, "win.save-all", one);
  /* what the portal lends a sandbox for one file is no place to begin in */
  save_in (window, lent);
  check_last_folder (one);
  g_settings_set_string (settings, "last-folder", "/nowhere/at/all");
  check_begins_in (window, "win.save", NULL);
  g_settings_reset (settings, "last-folder");
  ui_window_close (window);
}

/* ---- quitting at once ---- */

/* So large that it is being saved for a while. */
static GdkTexture *
noise_new (void)
{
  const int width = 3840, height = 2160;
  gsize n_bytes = (gsize) width * (gsize) height * 3;
  guint8 *rgb = g_malloc (n_bytes);
  g_autoptr (GBytes) bytes = NULL;
  guint32 noise = 1;

  for (gsize i = 0; i < n_bytes; i++)
    {
      noise = noise * 1664525u + 1013904223u;
      rgb[i] = (guint8) (i / 37 + (noise >> 28));
    }
  bytes = g_bytes_new_take (rgb, n_bytes);
  return gdk_memory_texture_new (width, height, GDK_MEMORY_R8G8B8, bytes, (gsize) width * 3);
}

static gboolean
quit (gpointer data)
{
  g_action_group_activate_action (data, "quit", NULL);
  g_application_release (data); /* ui_test_init() holds it */
  return G_SOURCE_REMOVE;
}

/* The last of all tests, as the application ends with it. */
static void
test_quit_while_saving (void)
{
  GApplication *application = g_application_get_default ();
  LimnWindow *window = ui_window_open (780, 900);
  g_autoptr (GdkTexture) noise = noise_new ();
  g_autoptr (GFile) folder = make_folder (g_get_home_dir (), "late");
  g_autoptr (GFile) target = g_file_get_child (folder, "a-storm-limn.png");

  limn_share_save_texture (GTK_WIDGET (window), noise, "a storm", NULL);
  accept_in (folder, target);
  g_idle_add_full (G_PRIORITY_LOW, quit, application, NULL);
  g_application_run (application, 0, NULL);
  g_assert_true (g_file_query_exists (target, NULL));
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
      g_test_add_func ("/memes/quit-while-saving", test_quit_while_saving);
      return g_test_run () == 0 ? 77 : 1;
    }
  g_test_add_func ("/memes/caption-editor", test_caption_editor);
  g_test_add_func ("/memes/film", test_film);
  g_test_add_func ("/memes/copy-film", test_copy_film);
  g_test_add_func ("/memes/post", test_post);
  g_test_add_func ("/memes/unseen", test_unseen);
  g_test_add_func ("/memes/selected-unseen", test_selected_unseen);
  g_test_add_func ("/memes/last-folder", test_last_folder);
  g_test_add_func ("/memes/quit-while-saving", test_quit_while_saving);
  return g_test_run ();
}
