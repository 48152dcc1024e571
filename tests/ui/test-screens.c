/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A picture of every state of the window, for people to look at.  What can be
 * checked without eyes is checked: the state is reached, and nothing needs
 * more width than a small phone has.
 */
#include "ui-test.h"

#include <glib/gstdio.h>

#include "models/limn-model-store.h"
#include "window/limn-fold-box.h"
#include "window/limn-gallery.h"

#define WIDTH  780
#define HEIGHT 900

static void
wait_for_pictures (LimnWindow *window)
{
  ui_wait_until (!ui_action_is_enabled (window, "win.cancel"));
}

static void
start (LimnWindow *window, const char *prompt)
{
  ui_type_prompt (window, prompt);
  ui_act (window, "win.draw");
}

static void
draw (LimnWindow *window, const char *prompt)
{
  start (window, prompt);
  wait_for_pictures (window);
}

static const char *
get_page (LimnWindow *window)
{
  GtkWidget *page = limn_window_get_part (window, "draw_page");

  return gtk_stack_get_visible_child_name (GTK_STACK (ui_find_id (page, "stack")));
}

static void
set_dark (gboolean is_dark)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      is_dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                              : ADW_COLOR_SCHEME_DEFAULT);
}

static void
test_empty (void)
{
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);

  g_assert_cmpstr (get_page (window), ==, "empty");
  ui_screenshot (window, "empty.png");
  set_dark (TRUE);
  ui_screenshot (window, "empty-dark.png");
  set_dark (FALSE);
  ui_window_close (window);
}

static void
shoot_done (int width, int height, const char *name)
{
  LimnWindow *window = ui_window_open (width, height);

  draw (window, "a frog wearing a crown on the moon");
  g_assert_cmpstr (get_page (window), ==, "pictures");
  ui_screenshot (window, name);
  ui_window_close (window);
}

static void
select_first (LimnWindow *window)
{
  gtk_widget_child_focus (ui_find_id (window, "gallery"), GTK_DIR_TAB_FORWARD);
}

static double
get_fraction (LimnWindow *window)
{
  return gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (ui_find_id (window, "progress")));
}

static void
test_drawing (void)
{
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);

  start (window, "a frog wearing a crown on the moon");
  ui_wait_until (get_fraction (window) > 0.4 || !ui_action_is_enabled (window, "win.cancel"));
  ui_screenshot (window, "drawing.png");
  set_dark (TRUE);
  ui_screenshot (window, "drawing-dark.png");
  set_dark (FALSE);
  wait_for_pictures (window);
  ui_window_close (window);
}

static void
test_done (void)
{
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);

  draw (window, "a frog wearing a crown on the moon");
  ui_screenshot (window, "done.png");
  select_first (window);
  ui_screenshot (window, "selected.png");
  set_dark (TRUE);
  ui_screenshot (window, "dark.png");
  set_dark (FALSE);
  ui_window_close (window);
}

static void
test_narrow (void)
{
  LimnWindow *window = ui_window_open (360, 640);
  int minimum;

  gtk_widget_measure (GTK_WIDGET (window), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL,
                      NULL);
  g_assert_cmpint (minimum, <=, 360);
  ui_screenshot (window, "narrow-empty.png");
  draw (window, "an armadillo on the beach");
  ui_screenshot (window, "narrow.png");
  select_first (window);
  set_dark (TRUE);
  ui_screenshot (window, "narrow-dark.png");
  set_dark (FALSE);
  ui_act (window, "win.open-picture");
  ui_screenshot (window, "viewer-narrow.png");
  ui_window_close (window);
}

/* To be run with ADW_DEBUG_HIGH_CONTRAST, which is asked for when libadwaita starts alone. */
static void
test_high_contrast (void)
{
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);

  g_assert_true (adw_style_manager_get_high_contrast (adw_style_manager_get_default ()));
  draw (window, "a frog wearing a crown on the moon");
  select_first (window);
  limn_gallery_choose (LIMN_GALLERY (ui_find_id (window, "gallery")), 1, TRUE);
  ui_screenshot (window, "high-contrast.png");
  set_dark (TRUE);
  ui_screenshot (window, "high-contrast-dark.png");
  set_dark (FALSE);
  ui_window_close (window);
}

static void
test_wide (void)
{
  shoot_done (1400, 800, "wide.png");
}

static void
test_rtl (void)
{
  LimnWindow *window;

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  window = ui_window_open (WIDTH, HEIGHT);
  draw (window, "an armadillo on the beach");
  limn_gallery_choose (LIMN_GALLERY (ui_find_id (window, "gallery")), 1, TRUE);
  ui_screenshot (window, "rtl.png");
  ui_act (window, "win.library");
  ui_screenshot (window, "library-rtl.png");
  ui_window_close (window);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

static void
test_large_text (void)
{
  GtkSettings *settings = gtk_settings_get_default ();
  int dpi;

  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  g_object_set (settings, "gtk-xft-dpi", 192 * 1024, NULL);
  shoot_done (WIDTH, HEIGHT, "large-text.png");
  shoot_done (360, 640, "large-text-narrow.png");
  g_object_set (settings, "gtk-xft-dpi", dpi, NULL);
}

/* ---- room ---- */

static int
get_minimum (GtkWidget *widget, GtkOrientation orientation, int for_size)
{
  int minimum;

  gtk_widget_measure (widget, orientation, for_size, &minimum, NULL, NULL, NULL);
  return minimum;
}

/* Tells who asks for most, from the outermost to the innermost. */
static void
blame (GtkWidget *widget)
{
  GtkWidget *worst = NULL;
  int most = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int minimum = gtk_widget_should_layout (child) && gtk_widget_get_child_visible (child)
                        ? get_minimum (child, GTK_ORIENTATION_HORIZONTAL, -1)
                        : 0;

      if (minimum > most)
        {
          most = minimum;
          worst = child;
        }
    }
  if (worst == NULL)
    return;
  g_test_message ("  %s %s wants %d", G_OBJECT_TYPE_NAME (worst),
                  gtk_buildable_get_buildable_id (GTK_BUILDABLE (worst)), most);
  blame (worst);
}

/* Whether a button or an entry is partly outside of the window; what scrolls may be. */
static gboolean
is_cut_off (GtkWidget *widget, LimnWindow *window)
{
  graphene_rect_t bounds;

  if (!gtk_widget_get_mapped (widget) || GTK_IS_SCROLLED_WINDOW (widget) || GTK_IS_POPOVER (widget))
    return FALSE;
  if ((GTK_IS_BUTTON (widget) || GTK_IS_ENTRY (widget))
      && gtk_widget_compute_bounds (widget, GTK_WIDGET (window), &bounds)
      && (bounds.origin.x < 0 || bounds.origin.y < 0
          || bounds.origin.x + bounds.size.width
                 > (float) gtk_widget_get_width (GTK_WIDGET (window))
          || bounds.origin.y + bounds.size.height
                 > (float) gtk_widget_get_height (GTK_WIDGET (window))))
    {
      g_test_message ("%s %s is cut off", G_OBJECT_TYPE_NAME (widget),
                      gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)));
      return TRUE;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (is_cut_off (child, window))
      return TRUE;
  return FALSE;
}

static gboolean
fits (LimnWindow *window, const char *place, int width, int height)
{
  GtkWidget *content = adw_application_window_get_content (ADW_APPLICATION_WINDOW (window));
  int min_width = get_minimum (content, GTK_ORIENTATION_HORIZONTAL, -1);
  int min_height = get_minimum (content, GTK_ORIENTATION_VERTICAL, MAX (width, min_width));

  g_test_message ("%s in %d x %d: at least %d x %d", place, width, height, min_width, min_height);
  if (min_width > width)
    blame (content);
  return min_width <= width && min_height <= height && !is_cut_off (GTK_WIDGET (window), window);
}

static guint
count_misfits (LimnWindow *window, int width, int height, const char *name)
{
  static const char *const places[] = { "win.open-picture", "win.caption", "win.vary",
                                        "win.pattern", "win.models" };
  guint n = !fits (window, "pictures", width, height);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *file = g_strconcat (name, "-", places[i] + strlen ("win."), ".png", NULL);

      ui_act (window, places[i]);
      ui_settle (window);
      n += !fits (window, places[i], width, height);
      ui_screenshot (window, file);
      for (guint j = 0; j < 3 && gtk_widget_get_mapped (GTK_WIDGET (window)); j++)
        ui_act (window, "win.back");
      select_first (window);
    }
  ui_act (window, "win.library");
  ui_settle (window);
  n += !fits (window, "library", width, height);
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (limn_window_get_part (window, "pages")),
                                         "draw");
  return n;
}

static GtkWidget *
make_box (int width, int height)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_set_size_request (box, width, height);
  return box;
}

/* As wide as it would like to be it is not folded, and so no higher than one of both. */
static void
test_fold_box (void)
{
  g_autoptr (GtkWidget) fold_box = g_object_ref_sink (
      g_object_new (LIMN_TYPE_FOLD_BOX, "fold-width", 440, "first-width", 200, "spacing", 6, NULL));
  static const int widths[] = { 100, 200, 300 };

  gtk_widget_set_parent (make_box (100, 30), fold_box);
  gtk_widget_set_parent (make_box (100, 30), fold_box);
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      int width, height;

      gtk_widget_set_size_request (gtk_widget_get_first_child (fold_box), widths[i], 30);
      gtk_widget_measure (fold_box, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
      gtk_widget_measure (fold_box, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
      g_assert_cmpint (width, ==, MAX (440, widths[i] + 106));
      g_assert_cmpint (height, ==, 30);
    }
}

/* Nothing is cut off: on a phone, on a small notebook, with letters twice as large. */
static void
test_room (void)
{
  GtkSettings *settings = gtk_settings_get_default ();
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);
  guint n = 0;
  int dpi;

  n += !fits (window, "nothing", 360, 640);
  draw (window, "a frog wearing a crown on the moon");
  select_first (window);
  ui_resize (window, 1300, 660);
  n += count_misfits (window, 1300, 660, "room-low");
  ui_resize (window, 360, 640);
  n += count_misfits (window, 360, 640, "room-narrow");
  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  g_object_set (settings, "gtk-xft-dpi", 192 * 1024, NULL);
  ui_settle (window);
  n += count_misfits (window, 360, 640, "room-large-text");
  ui_window_close (window);
  window = ui_window_open (360, 640);
  n += !fits (window, "nothing", 360, 640);
  ui_screenshot (window, "room-large-text-empty.png");
  ui_window_close (window);
  g_object_set (settings, "gtk-xft-dpi", dpi, NULL);
  g_assert_cmpuint (n, ==, 0);
}

static void
test_error (void)
{
  g_autoptr (GSettings) settings = g_settings_new ("io.github.limn_app.Limn");
  g_autofree char *folder = limn_model_store_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "broken.gguf", NULL);
  LimnWindow *window;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "GGUF", 4, NULL));
  g_settings_set_string (settings, "model", "broken");
  window = ui_window_open (WIDTH, HEIGHT);
  draw (window, "a penguin on the beach");
  ui_screenshot (window, "error.png");
  g_assert_cmpstr (get_page (window), ==, "error");
  g_assert_true (gtk_widget_get_visible (ui_find_id (window, "models")));
  ui_window_close (window);
  g_settings_reset (settings, "model");
  g_unlink (path);
}

static void
shoot_popover (LimnWindow *window, const char *button_id, const char *name)
{
  GtkMenuButton *button = GTK_MENU_BUTTON (ui_find_id (window, button_id));

  gtk_menu_button_popup (button);
  ui_screenshot_popover (window, GTK_WIDGET (gtk_menu_button_get_popover (button)), name);
  gtk_menu_button_popdown (button);
}

static void
test_viewer (void)
{
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);

  draw (window, "a frog wearing a crown on the moon");
  select_first (window);
  ui_act (window, "win.favourite");
  ui_act (window, "win.open-picture");
  ui_screenshot (window, "viewer.png");
  ui_act (window, "win.next");
  shoot_popover (window, "details_button", "viewer-details.png");
  ui_act (window, "win.trash");
  ui_screenshot (window, "undo.png");
  ui_act (window, "win.undo");
  ui_window_close (window);
}

static void
shoot_caption (int width, int height, const char *name)
{
  LimnWindow *window = ui_window_open (width, height);

  draw (window, "a cat wearing a crown");
  select_first (window);
  ui_act (window, "win.caption");
  gtk_editable_set_text (GTK_EDITABLE (ui_find_id (window, "top")), "One does not simply");
  gtk_editable_set_text (GTK_EDITABLE (ui_find_id (window, "bottom")), "wake the cat 😼");
  ui_screenshot (window, name);
  ui_window_close (window);
}

static void
test_caption (void)
{
  shoot_caption (WIDTH, HEIGHT, "caption.png");
  shoot_caption (360, 640, "caption-narrow.png");
}

static void
test_library (void)
{
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);
  static const char *const prompts[] = { "a frog on the moon", "a pizza in space",
                                         "a dog on the beach" };

  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++)
    draw (window, prompts[i]);
  ui_act (window, "win.library");
  ui_run_for (1500);
  ui_screenshot (window, "library.png");
  set_dark (TRUE);
  ui_screenshot (window, "library-dark.png");
  set_dark (FALSE);
  gtk_editable_set_text (GTK_EDITABLE (ui_find_id (window, "search")), "nothing like it");
  ui_screenshot (window, "library-nothing.png");
  ui_resize (window, 360, 640);
  gtk_editable_set_text (GTK_EDITABLE (ui_find_id (window, "search")), "pizza");
  ui_screenshot (window, "library-narrow.png");
  ui_window_close (window);
}

static void
test_options_and_queue (void)
{
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);

  start (window, "a frog on the moon");
  start (window, "a pizza in space");
  start (window, "a dog on the beach wearing a crown");
  shoot_popover (window, "waiting_button", "queue.png");
  wait_for_pictures (window);
  shoot_popover (window, "options_button", "options.png");
  shoot_popover (window, "grid_button", "grid-menu.png");
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  if (!ui_has_model ())
    return 77;
  if (g_getenv ("ADW_DEBUG_HIGH_CONTRAST") != NULL)
    {
      g_test_add_func ("/screens/high-contrast", test_high_contrast);
      return g_test_run ();
    }
  g_test_add_func ("/screens/empty", test_empty);
  g_test_add_func ("/screens/drawing", test_drawing);
  g_test_add_func ("/screens/done", test_done);
  g_test_add_func ("/screens/narrow", test_narrow);
  g_test_add_func ("/screens/wide", test_wide);
  g_test_add_func ("/screens/rtl", test_rtl);
  g_test_add_func ("/screens/large-text", test_large_text);
  g_test_add_func ("/screens/fold-box", test_fold_box);
  g_test_add_func ("/screens/room", test_room);
  g_test_add_func ("/screens/error", test_error);
  g_test_add_func ("/screens/viewer", test_viewer);
  g_test_add_func ("/screens/caption", test_caption);
  g_test_add_func ("/screens/library", test_library);
  g_test_add_func ("/screens/options-and-queue", test_options_and_queue);
  return g_test_run ();
}
