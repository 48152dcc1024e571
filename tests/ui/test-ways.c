/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * More ways to draw, as a person comes to them: varying a picture, finishing a
 * photo, patterns without seams, two prompts mixed, the best match first.
 */
#include "config.h"

#include "ui-test.h"

#include <glib/gstdio.h>
#include <limn.h>
#include <string.h>

#include "library/picture-file.h"
#include "models/limn-model-store.h"
#include "window/limn-draw-page.h"
#include "window/limn-keep-area.h"
#include "window/limn-pattern-page.h"
#include "window/limn-redraw-page.h"

#define N_PICTURES 4

static LimnDrawPage *
get_page (LimnWindow *window)
{
  return LIMN_DRAW_PAGE (limn_window_get_part (window, "draw_page"));
}

static LimnDrawing *
get_drawing (LimnWindow *window, guint i)
{
  g_autoptr (LimnDrawing) drawing =
      g_list_model_get_item (limn_draw_page_get_shown (get_page (window)), i);

  return drawing; /* the list keeps it */
}

static const guint32 *
get_ids (LimnDrawing *drawing)
{
  return (const guint32 *) (gpointer) limn_drawing_get_ids (drawing)->data;
}

static void
wait_for_pictures (LimnWindow *window)
{
  ui_wait_until (!ui_action_is_enabled (window, "win.cancel"));
  g_assert_cmpint (limn_job_get_state (limn_draw_page_get_job (get_page (window))), ==,
                   LIMN_JOB_DONE);
}

/* What a key would do to a widget. */
static gboolean
press (GtkWidget *widget, guint key)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  gboolean is_taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", key, 0, 0, &is_taken);
    }
  return is_taken;
}

/* ---- vary ------------------------------------------------------------------- */

static guint
count_same (LimnDrawing *one, LimnDrawing *other)
{
  guint n = 0;

  for (guint i = 0; i < 256; i++)
    n += get_ids (one)[i] == get_ids (other)[i];
  return n;
}

static void
test_vary (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog on the moon");
  LimnRedrawPage *page = LIMN_REDRAW_PAGE (limn_window_get_part (window, "redraw_page"));
  g_autoptr (LimnDrawing) first = g_object_ref (get_drawing (window, 0));
  g_auto (LimnPictureFacts) facts = { 0 };
  guint n_same_of_all = 0;

  ui_act (window, "win.vary");
  g_assert_cmpstr (ui_get_place (window), ==, "redraw");
  g_assert_false (ui_action_is_enabled (window, "win.draw")); /* Ctrl+Enter is the page's here */
  gtk_range_set_value (GTK_RANGE (ui_find_id (page, "strength")), 0.2);
  ui_screenshot (window, "ways-vary.png");
  ui_act (window, "win.escape");
  g_assert_cmpstr (ui_get_place (window), ==, "main");
  ui_act (window, "win.vary");
  gtk_widget_activate_action (GTK_WIDGET (page), "redraw.draw", NULL);
  g_assert_cmpstr (ui_get_place (window), ==, "main");
  wait_for_pictures (window);
  for (guint i = 0; i < N_PICTURES; i++)
    {
      guint n_same = count_same (get_drawing (window, i), first);

      g_assert_cmpuint (n_same, >=, 150);
      n_same_of_all += n_same;
    }
  /* one may come out the same: what is drawn anew is what was likely before; but stars differ */
  g_assert_cmpuint (n_same_of_all, <, N_PICTURES * 256);
  g_assert_true (limn_picture_file_read_facts (
      g_file_peek_path (limn_drawing_get_file (get_drawing (window, 1))), &facts, NULL));
  g_assert_cmpuint (facts.n_keep, ==, 256);
  g_assert_cmpfloat_with_epsilon (facts.redraw, 0.2, 1e-6);
  ui_window_close (window);
}

/* Rows stay to the last token, and such a picture is drawn again from its file. */
static void
test_keep_top (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  GtkWidget *page = limn_window_get_part (window, "redraw_page");
  LimnKeepArea *area = LIMN_KEEP_AREA (ui_find_id (page, "area"));
  g_autoptr (LimnDrawing) first = g_object_ref (get_drawing (window, 0));
  g_autoptr (LimnDrawing) kept = NULL;

  ui_act (window, "win.vary");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (ui_find_id (page, "keep_top")), TRUE);
  g_assert_cmpuint (limn_keep_area_get_n_kept (area), ==, 128);
  g_assert_true (press (GTK_WIDGET (area), GDK_KEY_Up));
  g_assert_true (press (GTK_WIDGET (area), GDK_KEY_Right));
  g_assert_cmpuint (limn_keep_area_get_n_kept (area), ==, 113);
  press (GTK_WIDGET (area), GDK_KEY_Home);
  g_assert_cmpuint (limn_keep_area_get_n_kept (area), ==, 0);
  press (GTK_WIDGET (area), GDK_KEY_Up);
  g_assert_cmpuint (limn_keep_area_get_n_kept (area), ==, 0);
  press (GTK_WIDGET (area), GDK_KEY_End);
  press (GTK_WIDGET (area), GDK_KEY_Down);
  g_assert_cmpuint (limn_keep_area_get_n_kept (area), ==, 256);
  limn_keep_area_set_n_kept (area, 101);
  gtk_editable_set_text (GTK_EDITABLE (ui_find_id (page, "prompt")), "a red apple");
  ui_screenshot (window, "ways-keep-top.png");
  ui_resize (window, 360, 640);
  ui_screenshot (window, "ways-keep-top-narrow.png");
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <=, 360);
  ui_resize (window, 780, 900);
  gtk_widget_activate_action (page, "redraw.draw", NULL);
  wait_for_pictures (window);
  for (guint i = 0; i < N_PICTURES; i++)
    g_assert_cmpmem (get_ids (get_drawing (window, i)), 404, get_ids (first), 404);

  kept = g_object_ref (get_drawing (window, 3));
  limn_window_open_file (window, limn_drawing_get_file (kept));
  g_assert_true (gtk_widget_get_visible (ui_find_id (window, "start_chip")));
  ui_screenshot (window, "ways-chip.png");
  ui_act (window, "win.draw");
  wait_for_pictures (window);
  g_assert_cmpmem (get_ids (get_drawing (window, 0)), 1024, get_ids (kept), 1024);
  gtk_widget_activate_action (ui_find_id (window, "prompt_bar"), "prompt.forget-start", NULL);
  g_assert_false (gtk_widget_get_visible (ui_find_id (window, "start_chip")));
  ui_window_close (window);
}

/* ---- finish ------------------------------------------------------------------- */

/* A model that can look at pictures, imported from the reference files. */
static gboolean
install_toy (void)
{
  static const char *const names[] = {
    "tiny/encoder.pt",           "tiny/decoder.pt",      "tiny/config.json",
    "tokenizer/vocab.json",      "tokenizer/merges.txt", "formats/tinyvq_flax_f16.msgpack",
    "formats/tinyvq_config.json"
  };
  const char *golden = g_getenv ("LIMN_GOLDEN_DIR");
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "limn", "models", NULL);
  g_autofree char *output = g_build_filename (folder, "toy.gguf", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_ptr_array_add (paths, g_build_filename (golden != NULL ? golden : "", names[i], NULL));
  if (!g_file_test (paths->pdata[0], G_FILE_TEST_EXISTS))
    return FALSE;
  g_ptr_array_add (paths, NULL);
  g_mkdir_with_parents (folder, 0700);
  if (!limn_import ((const char *const *) paths->pdata, output, NULL, NULL, NULL, NULL, &error))
    g_error ("import: %s", error->message);
  return TRUE;
}

/* A photo larger than the model's pictures, wider than high, with a see-through corner. */
static GFile *
make_photo (void)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, 640, 480);
  GFile *file = g_file_new_build_filename (g_get_home_dir (), "photo.png", NULL);
  guint8 *pixels = gdk_pixbuf_get_pixels (pixbuf);
  g_autoptr (GError) error = NULL;

  for (int y = 0; y < 480; y++)
    for (int x = 0; x < 640; x++)
      {
        guint8 *pixel = pixels + y * gdk_pixbuf_get_rowstride (pixbuf) + x * 4;

        pixel[0] = (guint8) (x / 3);
        pixel[1] = (guint8) (y / 2);
        pixel[2] = (x / 40 + y / 40) % 2 ? 200 : 60;
        pixel[3] = x < 200 && y < 100 ? 0 : 255;
      }
  gdk_pixbuf_save (pixbuf, g_file_peek_path (file), "png", &error, NULL);
  g_assert_no_error (error);
  return file;
}

static const char *
get_redraw_state (LimnWindow *window)
{
  GtkWidget *page = limn_window_get_part (window, "redraw_page");

  return gtk_stack_get_visible_child_name (GTK_STACK (ui_find_id (page, "stack")));
}

static void
test_finish (void)
{
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);
  g_autoptr (GFile) photo = make_photo ();
  LimnWindow *window;
  GtkWidget *page;

  if (!install_toy ())
    {
      g_test_skip ("the reference files are not here");
      return;
    }
  g_settings_set_string (settings, "model", "toy");
  window = ui_window_open (780, 900);
  page = limn_window_get_part (window, "redraw_page");
  limn_window_open_file (window, photo); /* as if it was dropped */
  g_assert_cmpstr (ui_get_place (window), ==, "redraw");
  g_assert_cmpstr (get_redraw_state (window), ==, "reading");
  ui_wait_until (g_strcmp0 (get_redraw_state (window), "picture") == 0);
  g_assert_false (limn_redraw_page_is_ready (LIMN_REDRAW_PAGE (page))); /* no words yet */
  gtk_editable_set_text (GTK_EDITABLE (ui_find_id (page, "prompt")), "a frog");
  limn_keep_area_set_n_kept (LIMN_KEEP_AREA (ui_find_id (page, "area")), 96);
  ui_screenshot (window, "ways-finish.png");
  {
    g_autoptr (LimnRecipe) recipe = limn_redraw_page_dup_recipe (LIMN_REDRAW_PAGE (page));

    g_assert_cmpuint (recipe->keep_ids->len, ==, 96);
    gtk_widget_activate_action (page, "redraw.draw", NULL);
    wait_for_pictures (window);
    for (guint i = 0; i < N_PICTURES; i++)
      g_assert_cmpmem (get_ids (get_drawing (window, i)), 384, recipe->keep_ids->data, 384);
  }
  /* a picture brings the model back that drew it */
  {
    g_autoptr (LimnRecipe) again = NULL;

    gtk_drop_down_set_selected (
        GTK_DROP_DOWN (ui_find_id (ui_find_id (window, "options"), "model")), 0);
    limn_window_open_file (window, limn_drawing_get_file (get_drawing (window, 0)));
    again = limn_draw_page_dup_recipe (get_page (window));
    g_assert_cmpstr (again->model, ==, "toy");
    g_assert_cmpuint (again->keep_ids->len, ==, 96);
  }
  /* going away while the photo is read */
  limn_window_open_file (window, photo);
  ui_act (window, "win.escape");
  g_assert_cmpstr (ui_get_place (window), ==, "main");
  ui_run_for (300);
  g_assert_cmpstr (ui_get_place (window), ==, "main");
  ui_window_close (window);
  g_settings_reset (settings, "model");
}

/* A copy of the model without its picture encoder, as of min-dalle's files. */
static void
install_blind (void)
{
  static const char name[] = "vqgan.encoder.conv_in.weight";
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "limn", "models", NULL);
  g_autofree char *path = g_build_filename (folder, "blind.gguf", NULL);
  g_autofree char *model = limn_model_store_find (NULL, NULL);
  g_autofree char *bytes = NULL;
  gsize n_bytes;
  char *at;

  g_assert_true (g_file_get_contents (model, &bytes, &n_bytes, NULL));
  at = memmem (bytes, n_bytes, name, strlen (name));
  if (at != NULL)
    memcpy (at, "vqgan.without", strlen ("vqgan.without"));
  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) n_bytes, NULL));
}

/* What is no picture, and a model that cannot look at one, are said kindly. */
static void
test_finish_refused (void)
{
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);
  g_autoptr (GFile) photo = make_photo ();
  g_autoptr (GFile) text = g_file_new_build_filename (g_get_home_dir (), "no.png", NULL);
  LimnWindow *window;
  GtkWidget *page;

  install_blind ();
  g_settings_set_string (settings, "model", "blind");
  window = ui_window_open (780, 900);
  page = limn_window_get_part (window, "redraw_page");

  g_assert_true (g_file_set_contents (g_file_peek_path (text), "not a picture", -1, NULL));
  limn_window_open_file (window, text);
  ui_wait_until (g_strcmp0 (get_redraw_state (window), "problem") == 0);
  g_assert_false (gtk_widget_get_visible (ui_find_id (page, "models_button")));
  limn_window_open_file (window, photo);
  ui_wait_until (g_strcmp0 (get_redraw_state (window), "reading") != 0);
  g_assert_cmpstr (get_redraw_state (window), ==, "problem");
  g_assert_true (gtk_widget_get_visible (ui_find_id (page, "models_button")));
  ui_screenshot (window, "ways-no-encoder.png");
  g_signal_emit_by_name (ui_find_id (page, "models_button"), "clicked");
  g_assert_cmpstr (ui_get_place (window), ==, "models");
  {
    /* the files that have one are chosen, to be downloaded */
    g_autofree char *source = g_settings_get_string (settings, "hub-source");

    g_assert_cmpstr (source, ==, "dalle-mini");
    g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (ui_find_id (window, "source"))),
                      ==, 1);
  }
  ui_screenshot (window, "ways-models-with-encoder.png");
  g_settings_reset (settings, "hub-source");
  g_settings_reset (settings, "model");
  ui_window_close (window);
}

/* ---- pattern -------------------------------------------------------------------- */

static void
assert_repeats (GdkTexture *wallpaper, int tile_side)
{
  int width = gdk_texture_get_width (wallpaper), height = gdk_texture_get_height (wallpaper);
  gsize stride = (gsize) width * 4;
  g_autofree guint8 *pixels = g_malloc (stride * (gsize) height);

  g_assert_cmpint (width, >, tile_side);
  gdk_texture_download (wallpaper, pixels, stride);
  for (int y = 0; y < height; y += 7)
    g_assert_cmpmem (pixels + (gsize) y * stride, 64, pixels + (gsize) y * stride + tile_side * 4,
                     64);
}

static void
test_pattern (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  LimnPatternPage *page = LIMN_PATTERN_PAGE (limn_window_get_part (window, "pattern_page"));
  g_autoptr (GdkTexture) wallpaper = NULL;

  ui_act (window, "win.pattern");
  g_assert_cmpstr (ui_get_place (window), ==, "pattern");
  ui_wait_until (limn_pattern_page_get_tile (page) != NULL);
  g_assert_cmpint (gdk_texture_get_width (limn_pattern_page_get_tile (page)), ==, 256);
  wallpaper = limn_pattern_page_make_wallpaper (page);
  assert_repeats (wallpaper, 256);
  ui_screenshot (window, "ways-pattern.png");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (ui_find_id (page, "all")), TRUE);
  ui_wait_until (limn_pattern_page_get_tile (page) != NULL);
  g_assert_cmpint (gdk_texture_get_width (limn_pattern_page_get_tile (page)), ==, 512);
  ui_screenshot (window, "ways-pattern-all.png");
  ui_resize (window, 360, 640);
  ui_screenshot (window, "ways-pattern-narrow.png");
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <=, 360);
  ui_act (window, "win.escape");
  g_assert_cmpstr (ui_get_place (window), ==, "main");
  ui_window_close (window);
}

/* ---- files --------------------------------------------------------------------- */

/* Answers the question where to save, and reads what the file tells. */
static gboolean
save_as (const char *name, LimnPictureFacts *facts, int *side)
{
  g_autofree char *path = g_build_filename (g_get_home_dir (), name, NULL);

  ui_wait_until (ui_find_file_dialog () != NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (ui_find_file_dialog ()), path);
  gtk_dialog_response (GTK_DIALOG (ui_find_file_dialog ()), GTK_RESPONSE_ACCEPT);
  ui_wait_until (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_nonnull (gdk_pixbuf_get_file_info (path, side, NULL));
  limn_picture_facts_clear (facts);
  return limn_picture_file_read_facts (path, facts, NULL);
}

/* Larger pictures tell as much as the pictures themselves, or nothing where that is wanted. */
static void
test_larger_tells (void)
{
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);
  LimnWindow *window = ui_open_with_pictures ("a frog");
  LimnDrawing *drawing = get_drawing (window, 0);
  g_auto (LimnPictureFacts) facts = { 0 };
  int side;

  gtk_widget_activate_action (GTK_WIDGET (window), "win.save-larger", "u", 2);
  g_assert_true (save_as ("twice.png", &facts, &side));
  g_assert_cmpint (side, ==, 512);
  g_assert_cmpstr (facts.prompt, ==, "a frog");
  g_assert_cmpuint (facts.seed, ==, limn_drawing_get_seed (drawing));
  g_assert_cmpmem (facts.ids, facts.n_ids * 4, get_ids (drawing), 1024);

  g_settings_set_boolean (settings, "strip-facts-on-sharing", TRUE);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.save-larger", "u", 4);
  g_assert_false (save_as ("four-times.png", &facts, &side));
  g_assert_cmpint (side, ==, 1024);
  g_assert_null (facts.prompt);
  g_settings_reset (settings, "strip-facts-on-sharing");
  ui_window_close (window);
}

static void
test_pattern_tells (void)
{
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);
  LimnWindow *window = ui_open_with_pictures ("a frog");
  LimnPatternPage *page = LIMN_PATTERN_PAGE (limn_window_get_part (window, "pattern_page"));
  guint64 grid_seed = limn_job_get_recipe (ui_get_job (window))->seed;
  g_auto (LimnPictureFacts) facts = { 0 };
  int side;

  gtk_widget_child_focus (ui_find_id (window, "gallery"), GTK_DIR_RIGHT);
  ui_act (window, "win.pattern");
  ui_wait_until (limn_pattern_page_get_tile (page) != NULL);
  gtk_widget_activate_action (GTK_WIDGET (page), "pattern.save", NULL);
  g_assert_true (save_as ("one.png", &facts, &side));
  g_assert_cmpint (side, >, 512);
  g_assert_true (facts.is_tile);
  g_assert_cmpuint (facts.seed, ==, limn_picture_seed (grid_seed, 1));
  g_assert_cmpuint (facts.place, ==, 1);
  g_assert_cmpuint (facts.n_ids, ==, 256);

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (ui_find_id (page, "all")), TRUE);
  ui_wait_until (limn_pattern_page_get_tile (page) != NULL);
  gtk_widget_activate_action (GTK_WIDGET (page), "pattern.save", NULL);
  g_assert_true (save_as ("all.png", &facts, &side));
  g_assert_cmpstr (facts.prompt, ==, "a frog");
  g_assert_true (facts.is_tile);
  g_assert_cmpuint (facts.seed, ==, grid_seed);
  g_assert_cmpuint (facts.place, ==, 0);
  g_assert_cmpuint (facts.n_ids, ==, 0);

  g_settings_set_boolean (settings, "strip-facts-on-sharing", TRUE);
  gtk_widget_activate_action (GTK_WIDGET (page), "pattern.save", NULL);
  g_assert_false (save_as ("none.png", &facts, &side));
  g_settings_reset (settings, "strip-facts-on-sharing");
  ui_window_close (window);
}

/* What a picture of the library is whose pixels are not in memory: known by its file alone. */
static void
let_go (LimnDrawing *drawing)
{
  limn_drawing_set_texture (drawing, NULL);
  limn_drawing_set_ids (drawing, NULL);
}

static void
test_not_loaded (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog");
  LimnPatternPage *pattern = LIMN_PATTERN_PAGE (limn_window_get_part (window, "pattern_page"));
  LimnRedrawPage *redraw = LIMN_REDRAW_PAGE (limn_window_get_part (window, "redraw_page"));
  LimnDrawing *drawing = get_drawing (window, 0);
  g_auto (LimnPictureFacts) facts = { 0 };
  int side;

  let_go (drawing);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.save-larger", "u", 2);
  g_assert_true (save_as ("from-file.png", &facts, &side));
  g_assert_cmpint (side, ==, 512);
  let_go (drawing);
  ui_act (window, "win.pattern");
  ui_wait_until (limn_pattern_page_get_tile (pattern) != NULL);
  ui_act (window, "win.escape");
  let_go (drawing);
  ui_act (window, "win.vary");
  g_assert_true (limn_redraw_page_is_ready (redraw));
  ui_wait_until (limn_drawing_get_texture (drawing) != NULL);
  ui_screenshot (window, "ways-vary-loaded.png");
  ui_act (window, "win.escape");
  ui_act (window, "win.vary"); /* again: the page has it already */
  ui_act (window, "win.escape");
  ui_window_close (window);
}

/* ---- rank, blend ------------------------------------------------------------------ */

static void
test_best_first (void)
{
  LimnWindow *window = ui_open_with_pictures ("a dog under a tree");
  LimnDrawPage *page = get_page (window);
  g_autoptr (LimnDrawing) first = g_object_ref (get_drawing (window, 0));

  gtk_widget_activate_action (GTK_WIDGET (page), "drawings.best-first", NULL);
  for (guint i = 0; i + 1 < N_PICTURES; i++)
    g_assert_cmpfloat (limn_drawing_get_score (get_drawing (window, i)), >=,
                       limn_drawing_get_score (get_drawing (window, i + 1)));
  ui_screenshot (window, "ways-best-first.png");
  gtk_widget_activate_action (GTK_WIDGET (page), "drawings.best-first", NULL);
  g_assert_true (get_drawing (window, 0) == first);
  ui_window_close (window);
}

static void
test_blend (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  g_autoptr (LimnRecipe) recipe = NULL, again = NULL;
  g_autoptr (LimnDrawing) drawing = NULL;

  gtk_editable_set_text (GTK_EDITABLE (ui_find_id (window, "blend_prompt")), "a red apple");
  gtk_editable_set_text (GTK_EDITABLE (ui_find_id (window, "negative")), " a  tree ");
  gtk_range_set_value (GTK_RANGE (ui_find_id (window, "blend")), 0.25);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (ui_find_id (window, "tile")), TRUE);
  gtk_menu_button_popup (GTK_MENU_BUTTON (ui_find_id (window, "options_button")));
  ui_screenshot_popover (window, ui_find_id (window, "options"), "ways-blend.png");
  gtk_menu_button_popdown (GTK_MENU_BUTTON (ui_find_id (window, "options_button")));
  ui_type_prompt (window, "a frog");
  recipe = limn_draw_page_dup_recipe (get_page (window));
  g_assert_cmpstr (recipe->negative, ==, "a tree");
  g_assert_cmpstr (recipe->blend_prompt, ==, "a red apple");
  g_assert_true (recipe->is_tile);
  ui_act (window, "win.draw");
  wait_for_pictures (window);
  drawing = g_object_ref (get_drawing (window, 0));
  gtk_editable_set_text (GTK_EDITABLE (ui_find_id (window, "blend_prompt")), "");
  limn_window_open_file (window, limn_drawing_get_file (drawing));
  again = limn_draw_page_dup_recipe (get_page (window));
  g_assert_cmpstr (again->blend_prompt, ==, "a red apple");
  g_assert_cmpfloat_with_epsilon (again->blend, 0.25, 1e-6);
  g_assert_cmpstr (again->negative, ==, "a tree");
  ui_act (window, "win.draw");
  wait_for_pictures (window);
  g_assert_cmpmem (get_ids (get_drawing (window, 0)), 1024, get_ids (drawing), 1024);
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  g_autoptr (GSettings) settings = NULL;

  ui_test_init (&argc, &argv);
  if (!ui_has_model ())
    {
      g_test_message ("no model to draw with");
      return 77;
    }
  settings = g_settings_new (APPLICATION_ID);
  g_settings_set_int (settings, "n-pictures", N_PICTURES);
  g_test_add_func ("/ways/vary", test_vary);
  g_test_add_func ("/ways/keep-top", test_keep_top);
  g_test_add_func ("/ways/finish", test_finish);
  g_test_add_func ("/ways/finish-refused", test_finish_refused);
  g_test_add_func ("/ways/pattern", test_pattern);
  g_test_add_func ("/ways/larger-tells", test_larger_tells);
  g_test_add_func ("/ways/pattern-tells", test_pattern_tells);
  g_test_add_func ("/ways/not-loaded", test_not_loaded);
  g_test_add_func ("/ways/best-first", test_best_first);
  g_test_add_func ("/ways/blend", test_blend);
  return g_test_run ();
}
