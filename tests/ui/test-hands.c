/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is done with a real mouse and real keys, inside the test's own program;
 * and what a desktop that ends does, and a picture's model by its name.
 */
#include "ui-test.h"

#include <glib/gstdio.h>
#include <limn.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "jobs/limn-trial.h"
#include "models/limn-model-store.h"
#include "models/limn-speed.h"
#include "window/limn-history.h"
#include "window/limn-queue-popover.h"

/* ---- the prompts drawn before ---- */

static GtkWidget *
get_entry (LimnWindow *window)
{
  return ui_find_id (window, "entry");
}

static void
check_prompt (LimnWindow *window, const char *expected)
{
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (get_entry (window))), ==, expected);
}

/* The list of suggestions below the prompt, or NULL while there is none. */
static GtkWidget *
find_suggestions (LimnWindow *window)
{
  for (GtkWidget *child = gtk_widget_get_first_child (get_entry (window)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_POPOVER (child) && gtk_widget_get_mapped (child))
      return child;
  return NULL;
}

static LimnWindow *
open_with_history (void)
{
  LimnWindow *window = ui_window_open (780, 900);

  limn_history_clear ();
  limn_history_add ("a red frog");
  limn_history_add ("a cat in space");
  limn_history_add ("a frog on the moon");
  return window;
}

/* Longer than it takes until suggestions come. */
static void
press (LimnWindow *window, const char *keys)
{
  ui_keys (GTK_WIDGET (window), keys);
  ui_run_for (400);
}

/* Up and Down walk through the prompts, and back to what was being typed. */
static void
test_history (void)
{
  LimnWindow *window = open_with_history ();

  ui_words (GTK_WIDGET (window), "fr");
  press (window, "Escape"); /* no suggestion is wanted */
  g_assert_null (find_suggestions (window));
  press (window, "Up");
  check_prompt (window, "a frog on the moon");
  g_assert_null (find_suggestions (window));
  press (window, "Up");
  check_prompt (window, "a cat in space");
  press (window, "Up");
  check_prompt (window, "a red frog");
  press (window, "Up");
  check_prompt (window, "a red frog");
  press (window, "Down");
  check_prompt (window, "a cat in space");
  press (window, "Down");
  press (window, "Down");
  check_prompt (window, "fr");
  /* what was changed is where walking begins anew */
  press (window, "Up");
  ui_words (GTK_WIDGET (window), " at night");
  press (window, "Escape");
  check_prompt (window, "a frog on the moon at night");
  press (window, "Up");
  check_prompt (window, "a frog on the moon");
  press (window, "Down");
  check_prompt (window, "a frog on the moon at night");
  limn_history_clear ();
  ui_window_close (window);
}

/* What is typed finds earlier prompts that hold it; choosing one does not draw yet. */
static void
test_suggestions (void)
{
  LimnWindow *window = open_with_history ();

  ui_words (GTK_WIDGET (window), "FROG");
  ui_run_for (400);
  g_assert_nonnull (find_suggestions (window));
  press (window, "Down Down");
  press (window, "Return");
  check_prompt (window, "a red frog");
  g_assert_null (find_suggestions (window));
  g_assert_null (ui_get_job (window));
  /* what is in the prompt by other means is not asked about */
  press (window, "ctrl+j");
  g_assert_null (find_suggestions (window));
  limn_history_clear ();
  ui_window_close (window);
}

/* ---- the queue ---- */

/* A queue with more to draw than there is time for, and what waits for it. */
static LimnQueue *
long_queue_new (const char *const *prompts)
{
  LimnQueue *queue = limn_queue_new (NULL);
  g_autoptr (LimnRecipe) endless = limn_recipe_new ("a frog");

  endless->n_pictures = LIMN_MAX_PICTURES;
  limn_queue_add (queue, endless, NULL);
  for (; *prompts != NULL; prompts++)
    {
      g_autoptr (LimnRecipe) recipe = limn_recipe_new (*prompts);

      limn_queue_add (queue, recipe, NULL);
    }
  return queue;
}

static void
check_order (LimnQueue *queue, const char *expected)
{
  g_autoptr (GString) order = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (queue)); i++)
    {
      g_autoptr (LimnJob) job = g_list_model_get_item (G_LIST_MODEL (queue), i);

      g_string_append_printf (order, "%s%s", i > 0 ? " " : "", limn_job_get_recipe (job)->prompt);
    }
  g_assert_cmpstr (order->str, ==, expected);
}

static GtkWidget *
get_queue_row (GtkWidget *popover, int i)
{
  return GTK_WIDGET (
      gtk_list_box_get_row_at_index (GTK_LIST_BOX (ui_find (popover, "limn-queue")), i));
}

static void
order_by_buttons (LimnQueue *queue, GtkWidget *popover)
{
  GtkWidget *last = get_queue_row (popover, 2);

  g_assert_false (gtk_widget_get_sensitive (ui_find (get_queue_row (popover, 0), "GtkButton")));
  g_signal_emit_by_name (ui_find (last, "GtkButton"), "clicked");
  check_order (queue, "one three two");
}

static void
order_by_keys (LimnQueue *queue, GtkWidget *popover)
{
  gtk_widget_grab_focus (get_queue_row (popover, 0));
  ui_keys (popover, "alt+Down alt+Down alt+Down");
  check_order (queue, "three two one");
  ui_keys (popover, "alt+Up");
  check_order (queue, "three one two");
  ui_keys (popover, "Delete");
  check_order (queue, "three two");
  limn_queue_put_back (queue, 1);
  check_order (queue, "three one two");
  limn_queue_put_back (queue, 1); /* once is enough */
  check_order (queue, "three one two");
  gtk_widget_grab_focus (get_queue_row (popover, 1));
  ui_keys (popover, "Delete");
  check_order (queue, "three two");
  ui_keys (popover, "alt+Up");
  check_order (queue, "two three");
}

static void
order_by_mouse (LimnQueue *queue, GtkWidget *popover)
{
  g_autoptr (LimnRecipe) four = limn_recipe_new ("four");

  limn_queue_add (queue, four, NULL);
  ui_run_for (300); /* the popover grows */
  ui_drag (ui_find (get_queue_row (popover, 2), "GtkLabel"), get_queue_row (popover, 0), 0.2);
  check_order (queue, "four two three");
  ui_drag (ui_find (get_queue_row (popover, 0), "GtkLabel"), get_queue_row (popover, 1), 0.8);
  check_order (queue, "two four three");
  ui_drag (ui_find (get_queue_row (popover, 1), "GtkLabel"), get_queue_row (popover, 2), 0.8);
  check_order (queue, "two three four");
}

/* What waits is put in order by buttons, by keys and by dragging. */
static void
test_queue_order (void)
{
  const char *const prompts[] = { "one", "two", "three", NULL };
  g_autoptr (LimnQueue) queue = long_queue_new (prompts);
  GtkWidget *window = gtk_window_new ();
  GtkWidget *button = gtk_menu_button_new ();
  GtkWidget *popover = g_object_new (LIMN_TYPE_QUEUE_POPOVER, NULL);

  limn_queue_popover_set_queue (LIMN_QUEUE_POPOVER (popover), queue);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_widget_set_valign (button, GTK_ALIGN_START);
  gtk_window_set_child (GTK_WINDOW (window), button);
  gtk_window_set_default_size (GTK_WINDOW (window), 500, 500);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  gtk_menu_button_popup (GTK_MENU_BUTTON (button));
  gtk_test_widget_wait_for_draw (popover);
  order_by_buttons (queue, popover);
  if (ui_has_hands ())
    {
      order_by_keys (queue, popover);
      order_by_mouse (queue, popover);
    }
  gtk_window_destroy (GTK_WINDOW (window));
  limn_queue_close (queue);
  ui_wait_until (!limn_queue_is_busy (queue));
}

/* Each of several that were removed comes back to where it was among those that still wait. */
static void
test_queue_removed (void)
{
  const char *const prompts[] = { "one", "two", "three", "four", NULL };
  g_autoptr (LimnQueue) queue = long_queue_new (prompts);
  g_autoptr (LimnRecipe) five = limn_recipe_new ("five");
  guint one, two, three;

  two = limn_queue_remove (queue, 1);
  three = limn_queue_remove (queue, 1);
  one = limn_queue_remove (queue, 0);
  check_order (queue, "four");
  limn_queue_put_back (queue, two);
  check_order (queue, "two four");
  limn_queue_add (queue, five, NULL);
  limn_queue_put_back (queue, three);
  check_order (queue, "two three four five");
  limn_queue_move (queue, 3, 0);
  limn_queue_put_back (queue, one);
  check_order (queue, "one five two three four");
  limn_queue_put_back (queue, one);
  check_order (queue, "one five two three four");
  two = limn_queue_remove (queue, 2);
  limn_queue_move (queue, 3, 0);
  check_order (queue, "four one five three");
  limn_queue_put_back (queue, two);
  check_order (queue, "four one five two three");
  limn_queue_close (queue);
  ui_wait_until (!limn_queue_is_busy (queue));
}

/* ---- toasts ---- */

static void
check_clear (LimnWindow *window, GtkWidget *tools)
{
  GtkWidget *toast = ui_find (window, "AdwToastWidget");
  graphene_rect_t toast_bounds, tools_bounds;

  g_assert_nonnull (toast);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  g_assert_true (gtk_widget_get_mapped (tools));
  g_assert_true (gtk_widget_compute_bounds (toast, GTK_WIDGET (window), &toast_bounds));
  g_assert_true (gtk_widget_compute_bounds (tools, GTK_WIDGET (window), &tools_bounds));
  g_assert_cmpfloat (toast_bounds.origin.y + toast_bounds.size.height, <=, tools_bounds.origin.y);
  g_assert_cmpfloat (toast_bounds.origin.y, >, 0);
}

static void
dismiss_toast (LimnWindow *window)
{
  while (ui_find (window, "AdwToastWidget") != NULL)
    {
      GtkWidget *button = gtk_widget_get_last_child (ui_find (window, "AdwToastWidget"));

      g_signal_emit_by_name (button, "clicked");
      ui_run_for (400);
    }
}

/* While a toast offers Undo, the tools below a picture can be used. */
static void
test_toast_place (void)
{
  LimnWindow *window = ui_open_with_pictures ("a frog on the moon");
  static const int widths[] = { 780, 360 };

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      GtkWidget *page = limn_window_get_part (window, "draw_page");

      ui_resize (window, widths[i], 800);
      ui_act (window, "win.trash");
      check_clear (window, ui_find_id (page, "tools"));
      ui_screenshot (window, i == 0 ? "toast.png" : "toast-narrow.png");
      ui_act (window, "win.undo");
      dismiss_toast (window);
      ui_act (window, "win.open-picture");
      ui_settle (window);
      ui_act (window, "win.trash");
      page = limn_window_get_part (window, "viewer");
      check_clear (window, ui_find_id (page, "tools"));
      ui_screenshot (window, i == 0 ? "toast-viewer.png" : "toast-viewer-narrow.png");
      ui_act (window, "win.undo");
      dismiss_toast (window);
      ui_act (window, "win.caption");
      ui_settle (window);
      page = limn_window_get_part (window, "caption_editor");
      g_assert_true (gtk_widget_activate_action (page, "caption.copy", NULL));
      check_clear (window, ui_find (page, "limn-tools"));
      ui_screenshot (window, i == 0 ? "toast-caption.png" : "toast-caption-narrow.png");
      dismiss_toast (window);
      ui_act (window, "win.back");
      ui_act (window, "win.back");
      gtk_widget_child_focus (ui_find_id (window, "gallery"), GTK_DIR_TAB_FORWARD);
    }
  ui_window_close (window);
}

/* ---- keys on every page ---- */

/* Keys go to what has the focus; where that is hidden, GTK lets none through. */
static void
check_keys (LimnWindow *window, const char *place)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));

  g_test_message ("on %s: %s", place, focus != NULL ? G_OBJECT_TYPE_NAME (focus) : "nothing");
  g_assert_true (focus == NULL || gtk_widget_get_mapped (focus));
}

static void
go_and_escape (LimnWindow *window, const char *action)
{
  ui_act (window, action);
  ui_settle (window);
  g_assert_cmpstr (ui_get_place (window), !=, "main");
  check_keys (window, action);
  for (guint i = 0; i < 2 && !g_str_equal (ui_get_place (window), "main"); i++)
    press (window, "Escape");
  g_assert_cmpstr (ui_get_place (window), ==, "main");
  check_keys (window, "main");
}

static void
test_escape (void)
{
  static const char *const actions[] = { "win.open-picture", "win.caption", "win.vary",
                                         "win.pattern", "win.models" };
  LimnWindow *window = ui_open_with_pictures ("a frog");

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      gtk_widget_child_focus (ui_find_id (window, "gallery"), GTK_DIR_TAB_FORWARD);
      go_and_escape (window, actions[i]);
    }
  ui_act (window, "win.library");
  ui_settle (window);
  check_keys (window, "win.library");
  ui_window_close (window);
}

/* Nor while a picture from elsewhere is read, nor where that was none. */
static void
test_escape_unreadable (void)
{
  g_autoptr (GFile) file = g_file_new_build_filename (g_get_home_dir (), "no.png", NULL);
  LimnWindow *window = ui_window_open (780, 900);
  GtkStack *stack = GTK_STACK (ui_find_id (limn_window_get_part (window, "redraw_page"), "stack"));

  g_assert_true (g_file_set_contents (g_file_peek_path (file), "not a picture", -1, NULL));
  ui_act (window, "win.focus-prompt");
  limn_window_open_file (window, file);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "reading");
  check_keys (window, "reading");
  ui_wait_until (g_strcmp0 (gtk_stack_get_visible_child_name (stack), "problem") == 0);
  check_keys (window, "problem");
  press (window, "Escape");
  g_assert_cmpstr (ui_get_place (window), ==, "main");
  check_keys (window, "main");
  ui_window_close (window);
}

/* ---- the end of a session ---- */

static LimnJob *
restart (LimnWindow **window)
{
  *window = ui_window_open (780, 900);
  return ui_get_job (*window);
}

static const int ending_signals[] = { SIGTERM, SIGHUP, SIGINT };

/* Whatever started this test may have had them ignored, which the program heeds. */
static void
heed_signals (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ending_signals); i++)
    signal (ending_signals[i], SIG_DFL);
}

/* As at logout: the window goes, and what was being drawn comes back with the next start. */
static void
test_signals (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ending_signals); i++)
    {
      LimnWindow *window = ui_window_open (780, 900);
      gpointer alive = window;
      LimnJob *job;

      g_object_add_weak_pointer (G_OBJECT (window), &alive);
      ui_type_prompt (window, "a frog in the rain");
      ui_act (window, "win.draw");
      raise (ending_signals[i]);
      ui_wait_until (alive == NULL);
      job = restart (&window);
      g_assert_nonnull (job);
      g_assert_cmpstr (limn_job_get_recipe (job)->prompt, ==, "a frog in the rain");
      ui_act (window, "win.cancel");
      ui_wait_until (!ui_action_is_enabled (window, "win.cancel"));
      ui_window_close (window);
    }
}

/* ---- a model by the name that pictures know ---- */

#define GGUF_HEAD_BYTES 24
#define GGUF_N_KEYS     16 /* where their number is */
#define PADDING_BYTES   (128 * 1024 * 1024)

static char *
dup_starter_name (void)
{
  g_autofree char *path = limn_model_store_find (NULL, NULL);
  g_autoptr (LimnModel) model = limn_model_open (path, NULL);

  return g_strdup (limn_model_get_info (model)->name);
}

/* One more key, whose value is a hole in the file: an array of many bytes. */
static void
write_padded (const char *path, const char *bytes, gsize n_bytes)
{
  static const char key[] = "limn.hole";
  const guint64 key_bytes = sizeof key - 1;
  const guint64 n = PADDING_BYTES - 8 - key_bytes - 4 - 4 - 8;
  const guint32 types[] = { 9, 0 }; /* an array, of bytes */
  FILE *file = g_fopen (path, "wb");

  g_assert_nonnull (file);
  fwrite (bytes, 1, GGUF_HEAD_BYTES, file);
  fwrite (&key_bytes, sizeof key_bytes, 1, file);
  fwrite (key, 1, key_bytes, file);
  fwrite (types, sizeof types, 1, file);
  fwrite (&n, sizeof n, 1, file);
  fseek (file, (long) n, SEEK_CUR);
  fwrite (bytes + GGUF_HEAD_BYTES, 1, n_bytes - GGUF_HEAD_BYTES, file);
  g_assert_cmpint (fclose (file), ==, 0);
}

/* A copy that calls itself otherwise, and is large enough that a person is asked before. */
static char *
make_large_model (const char *path)
{
  g_autofree char *starter = limn_model_store_find (NULL, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  char *name = dup_starter_name ();
  g_autofree char *bytes = NULL;
  char *place;
  gsize n_bytes;

  g_assert_true (g_file_get_contents (starter, &bytes, &n_bytes, NULL));
  place = memmem (bytes, n_bytes, name, strlen (name));
  g_assert_nonnull (place);
  *name = *place = *place == 'X' ? 'Y' : 'X';
  bytes[GGUF_N_KEYS]++;
  g_mkdir_with_parents (folder, 0700);
  write_padded (path, bytes, n_bytes);
  return name;
}

/* A picture of the library knows its model's name: that one was used here before. */
static void
test_known_by_name (void)
{
  g_autofree char *folder = limn_model_store_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "large.gguf", NULL);
  g_autofree char *name = make_large_model (path);

  g_assert_true (limn_trial_is_due ("large"));
  g_assert_true (limn_trial_is_due (name));
  limn_speed_note ("large", 9, 5);
  g_assert_false (limn_trial_is_due ("large"));
  g_assert_false (limn_trial_is_due (name));
  g_assert_false (limn_trial_is_due ("no such model"));
  g_unlink (path);
}

/* And how long it took counts for the model of that name. */
static void
test_speed_by_name (void)
{
  g_autofree char *name = dup_starter_name ();
  g_autoptr (LimnRecipe) recipe = limn_recipe_new ("a frog");
  g_autoptr (LimnJob) job = NULL;

  recipe->model = g_strdup (name);
  recipe->n_pictures = 2;
  g_assert_cmpfloat (limn_speed_get_seconds (LIMN_MODEL_STARTER, 2), <, 0);
  job = limn_job_new (recipe, NULL);
  limn_job_start (job, FALSE);
  ui_wait_until (limn_job_is_finished (job));
  g_assert_cmpint (limn_job_get_state (job), ==, LIMN_JOB_DONE);
  g_assert_cmpfloat (limn_speed_get_seconds (LIMN_MODEL_STARTER, 2), >, 0);
  g_assert_true (g_str_equal (name, LIMN_MODEL_STARTER) || !limn_speed_is_known (name));
}

int
main (int argc, char **argv)
{
  heed_signals ();
  ui_test_init (&argc, &argv);
  if (ui_has_hands ())
    {
      g_test_add_func ("/hands/history", test_history);
      g_test_add_func ("/hands/suggestions", test_suggestions);
      g_test_add_func ("/hands/escape-unreadable", test_escape_unreadable);
    }
  if (ui_has_hands () && ui_has_model ())
    g_test_add_func ("/hands/escape", test_escape);
  if (ui_has_model ())
    {
      g_test_add_func ("/hands/queue-order", test_queue_order);
      g_test_add_func ("/hands/queue-removed", test_queue_removed);
      g_test_add_func ("/hands/toast-place", test_toast_place);
      g_test_add_func ("/hands/speed-by-name", test_speed_by_name);
      g_test_add_func ("/hands/known-by-name", test_known_by_name);
      g_test_add_func ("/hands/signals", test_signals);
    }
  return g_test_run ();
}
