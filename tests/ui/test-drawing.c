/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Drawing again and otherwise: some pictures of a grid anew, another word for
 * one that was misunderstood, a trial before the first use of a model, and the
 * desktop's search.
 */
#include "ui-test.h"

#include <glib/gstdio.h>

#include "jobs/limn-trial.h"
#include "library/limn-keeper.h"
#include "limn-search-provider.h"
#include "models/limn-speed.h"
#include "window/limn-draw-page.h"
#include "window/limn-first-use.h"
#include "window/limn-gallery.h"
#include "window/limn-history.h"
#include "window/limn-job-words.h"
#include "window/limn-reading-bar.h"
#include "window/limn-time-left.h"

static void
wait_for_pictures (LimnWindow *window)
{
  ui_wait_until (!ui_action_is_enabled (window, "win.cancel"));
}

static LimnWindow *
open_with_pictures (const char *prompt)
{
  LimnWindow *window = ui_window_open (780, 900);

  ui_type_prompt (window, prompt);
  ui_act (window, "win.draw");
  wait_for_pictures (window);
  g_assert_cmpint (limn_job_get_state (ui_get_job (window)), ==, LIMN_JOB_DONE);
  return window;
}

/* ---- some anew ---- */

/* Two of nine are all of what is drawn anew: no memory is short. */
static void
on_reroll_news (LimnJob *job, guint *n_news)
{
  g_autofree char *stage = limn_job_describe_stage (job);

  g_assert_null (strstr (stage, "few at a time"));
  *n_news += limn_job_get_n_batch (job) > 0;
}

static void
test_reroll (void)
{
  LimnWindow *window = open_with_pictures ("a frog");
  LimnGallery *gallery = LIMN_GALLERY (ui_find_id (window, "gallery"));
  g_autoptr (GPtrArray) before = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_news = 0;

  for (guint i = 0; i < 9; i++)
    g_ptr_array_add (before, g_object_ref (ui_get_drawing (window, i)));
  g_assert_false (ui_action_is_enabled (window, "win.reroll"));
  limn_gallery_choose (gallery, 2, TRUE);
  limn_gallery_choose (gallery, 7, TRUE);
  g_assert_true (ui_action_is_enabled (window, "win.reroll"));
  g_assert_true (gtk_widget_get_visible (ui_find_id (window, "again_button")));
  ui_screenshot (window, "chosen.png");
  ui_act (window, "win.reroll");
  g_signal_connect (ui_get_job (window), "news", G_CALLBACK (on_reroll_news), &n_news);
  wait_for_pictures (window);
  g_assert_cmpuint (n_news, >, 0);
  g_assert_cmpuint (limn_gallery_get_n_chosen (gallery), ==, 0);
  for (guint i = 0; i < 9; i++)
    {
      LimnDrawing *now = ui_get_drawing (window, i);

      g_assert_true (limn_drawing_is_done (now));
      g_assert_cmpuint (limn_drawing_get_index (now), ==, i);
      g_assert_true ((now != before->pdata[i]) == (i == 2 || i == 7));
    }
  g_assert_true (limn_drawing_get_seed (ui_get_drawing (window, 2))
                 != limn_drawing_get_seed (before->pdata[2]));
  g_assert_nonnull (limn_drawing_get_file (ui_get_drawing (window, 7)));
  /* the files of those given up are kept */
  g_assert_true (g_file_query_exists (limn_drawing_get_file (before->pdata[2]), NULL));
  ui_window_close (window);
}

/* What was to be replaced is there again when nothing came of it. */
static void
test_reroll_cancelled (void)
{
  LimnWindow *window = open_with_pictures ("a frog");
  LimnGallery *gallery = LIMN_GALLERY (ui_find_id (window, "gallery"));
  g_autoptr (LimnDrawing) before = g_object_ref (ui_get_drawing (window, 0));

  limn_gallery_choose (gallery, 0, TRUE);
  ui_act (window, "win.retry"); /* the chosen ones alone */
  g_assert_true (ui_get_drawing (window, 0) != before);
  g_assert_true (limn_drawing_is_done (ui_get_drawing (window, 1)));
  ui_act (window, "win.cancel");
  wait_for_pictures (window);
  if (limn_job_get_state (ui_get_job (window)) == LIMN_JOB_CANCELLED)
    g_assert_true (ui_get_drawing (window, 0) == before);
  ui_window_close (window);
}

static void
test_choose_by_keyboard (void)
{
  LimnWindow *window = open_with_pictures ("a frog");
  LimnGallery *gallery = LIMN_GALLERY (ui_find_id (window, "gallery"));
  GtkWidget *tile;

  gtk_widget_child_focus (GTK_WIDGET (gallery), GTK_DIR_TAB_FORWARD);
  tile = gtk_window_get_focus (GTK_WINDOW (window));
  g_assert_true (gtk_widget_activate_action (tile, "tile.choose", NULL));
  g_assert_cmpuint (limn_gallery_get_n_chosen (gallery), ==, 1);
  ui_act (window, "win.escape");
  g_assert_cmpuint (limn_gallery_get_n_chosen (gallery), ==, 0);
  /* without any chosen, the selected one is drawn again */
  g_assert_true (ui_action_is_enabled (window, "win.reroll"));
  ui_window_close (window);
}

/* ---- what was understood ---- */

static void
replacement_free (gpointer data)
{
  LimnReplacement *replacement = data;

  g_strfreev (replacement->others);
  g_free (replacement);
}

static void
add (LimnReading *reading,
     const char *written,
     const char *understood,
     LimnReplacementKind kind,
     const char *others)
{
  LimnReplacement *replacement = g_new0 (LimnReplacement, 1);

  replacement->written = (char *) written;
  replacement->understood = (char *) understood;
  replacement->kind = kind;
  replacement->others = g_strsplit (others, " ", -1);
  g_ptr_array_add (reading->replacements, replacement);
}

static void
on_chosen (LimnReadingBar *bar, const char *written, const char *word, char **result)
{
  g_free (*result);
  *result = g_strdup_printf ("%s>%s", written, word);
}

static void
test_reading_bar (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  GtkWidget *bar = ui_find_id (window, "reading_bar");
  g_autoptr (GPtrArray) replacements = g_ptr_array_new_with_free_func (replacement_free);
  LimnReading reading = { .prompt = (char *) "a hedgehog in paris", .replacements = replacements };
  g_autofree char *result = NULL;

  g_assert_null (ui_find (bar, "limn-word"));
  add (&reading, "armadillo", "hedgehog", LIMN_REPLACEMENT_NEAREST, "turtle mouse");
  add (&reading, "zorblax", "", LIMN_REPLACEMENT_UNKNOWN, "");
  g_signal_connect (bar, "chosen", G_CALLBACK (on_chosen), &result);
  limn_reading_bar_set_reading (LIMN_READING_BAR (bar), &reading);
  g_assert_nonnull (ui_find (bar, "limn-word"));
  ui_screenshot (window, "understood.png");
  g_signal_emit_by_name (ui_find (bar, "limn-other"), "clicked");
  g_assert_cmpstr (result, ==, "armadillo>turtle");
  limn_reading_bar_set_reading (LIMN_READING_BAR (bar), NULL);
  g_assert_null (ui_find (bar, "limn-word"));
  ui_window_close (window);
}

static void
test_reading_change (void)
{
  g_autofree char *changed =
      limn_reading_bar_change ("an armadillo on the moon", "armadillo", "cat");
  g_autofree char *same = limn_reading_bar_change ("a frog", "armadillo", "cat");
  /* not the rat of a pirate; but there may be no spaces to tell words by */
  g_autofree char *word = limn_reading_bar_change ("a pirate with a rat", "rat", "squirrel");
  g_autofree char *joined = limn_reading_bar_change ("月の上の猫", "月", "moon");
  g_autofree char *part = limn_reading_bar_change ("a pirate", "rat", "squirrel");

  g_assert_cmpstr (changed, ==, "an cat on the moon");
  g_assert_cmpstr (same, ==, "a frog");
  g_assert_cmpstr (word, ==, "a pirate with a squirrel");
  g_assert_cmpstr (joined, ==, "moonの上の猫");
  g_assert_cmpstr (part, ==, "a pisquirrele");
}

/* The engine's own reading comes to the window, and one click draws another word. */
static void
test_reading_of_job (void)
{
  LimnWindow *window = open_with_pictures ("an armadillo on the moon");
  LimnReading *reading = limn_job_get_reading (ui_get_job (window));
  GtkWidget *bar = ui_find_id (window, "reading_bar");
  const LimnReplacement *first;
  guint64 seed = limn_job_get_recipe (ui_get_job (window))->seed;

  g_assert_nonnull (reading);
  if (reading->replacements->len == 0)
    {
      g_test_skip ("this model takes any words");
      ui_window_close (window);
      return;
    }
  first = reading->replacements->pdata[0];
  g_assert_cmpstr (first->written, ==, "armadillo");
  g_assert_nonnull (first->others[0]);
  g_assert_nonnull (ui_find (bar, "limn-word"));
  ui_screenshot (window, "understood-drawn.png");
  g_signal_emit_by_name (ui_find (bar, "limn-other"), "clicked");
  wait_for_pictures (window);
  g_assert_null (strstr (limn_job_get_recipe (ui_get_job (window))->prompt, "armadillo"));
  g_assert_true (limn_job_get_recipe (ui_get_job (window))->seed == seed);
  ui_window_close (window);
}

/* ---- first use ---- */

static void
on_trial (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(LimnTrial **) data = limn_trial_run_finish (result, &error);
  g_assert_no_error (error);
}

static void
test_trial (void)
{
  g_autoptr (LimnTrial) trial = NULL;
  g_autofree char *text = NULL;
  g_autofree char *path = g_build_filename (g_get_user_state_dir (), "limn", "speed", NULL);

  g_unlink (path);
  g_assert_false (limn_speed_is_known ("starter"));
  limn_trial_run_async ("starter", 9, NULL, on_trial, &trial);
  ui_wait_until (trial != NULL);
  g_assert_true (trial->fits);
  g_assert_cmpfloat (trial->seconds, >, 0);
  g_assert_cmpuint (trial->memory_bytes, >, 1024 * 1024);
  g_assert_true (limn_speed_is_known ("starter"));
  text = limn_first_use_describe (trial);
  g_assert_nonnull (strstr (text, "9 pictures together take about"));
  g_assert_false (limn_trial_is_due ("starter")); /* too small to ask */
}

static void
test_first_use_words (void)
{
  const LimnTrial small = { .memory_bytes = 2100000000,
                            .available_bytes = 3400000000,
                            .fits = TRUE,
                            .seconds = 350,
                            .n_pictures = 9 };
  const LimnTrial large = { .memory_bytes = 5200000000,
                            .available_bytes = 3400000000,
                            .seconds = -1 };
  g_autofree char *fits = limn_first_use_describe (&small);
  g_autofree char *fails = limn_first_use_describe (&large);

  g_assert_cmpstr (fits, ==,
                   "It needs 2.1\xc2\xa0GB of memory; 3.4\xc2\xa0GB are free.\n"
                   "9 pictures together take about 6 minutes.");
  g_assert_nonnull (strstr (fails, "only 3.4\xc2\xa0GB are free"));
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  *(int *) data = limn_first_use_ask_finish (result);
}

/* A question is a window of its own, or in newer versions of libadwaita lies inside one. */
static GtkWidget *
find_question (void)
{
  GListModel *windows = gtk_window_get_toplevels ();
  GtkWidget *found = NULL;

  for (guint i = 0; found == NULL && i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      found = ui_find (window, "AdwMessageDialog");
      if (found == NULL)
        found = ui_find (window, "AdwAlertDialog");
    }
  return found;
}

static GtkWidget *
find_button (GtkWidget *root, const char *label)
{
  GtkWidget *found = NULL;

  if (GTK_IS_BUTTON (root) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (root)), label) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_button (child, label);
  return found;
}

static void
test_first_use_dialog (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  g_autoptr (LimnRecipe) recipe = limn_recipe_new ("a frog");
  GtkWidget *question, *draw;
  int answer = -1;
  /* libadwaita 1.7 tries a heading that needs two lines on one line, of which GTK 4.18 warns */
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);

  recipe->model = g_strdup ("starter");
  limn_first_use_ask_async (GTK_WINDOW (window), recipe, on_answered, &answer);
  question = find_question ();
  draw = find_button (question, "_Draw");
  g_assert_false (gtk_widget_get_sensitive (draw));
  ui_wait_until (gtk_widget_get_sensitive (draw));
  ui_screenshot_popover (window, question, "first-use.png");
  g_signal_emit_by_name (draw, "clicked");
  ui_wait_until (answer == TRUE);
  ui_wait_until (find_question () == NULL);

  answer = -1;
  limn_first_use_ask_async (GTK_WINDOW (window), recipe, on_answered, &answer);
  g_signal_emit_by_name (find_button (find_question (), "_Cancel"), "clicked");
  ui_wait_until (answer == FALSE);
  ui_wait_until (find_question () == NULL);
  g_log_set_always_fatal (fatal);
  ui_window_close (window);
}

static void
test_time_needed (void)
{
  static const struct
  {
    double seconds;
    const char *text;
  } cases[] = {
    { -1, NULL },
    { 1, "about 5 seconds" },
    { 52, "about 55 seconds" },
    { 350, "about 6 minutes" },
    { 7000, "about 2 hours" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = limn_time_needed_format (cases[i].seconds);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

/* ---- options ---- */

static GtkWidget *
find_label (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget) && g_strcmp0 (gtk_label_get_label (GTK_LABEL (widget)), text) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_label (child, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* People see the model's name, not its file's. */
static void
test_model_names (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  GtkMenuButton *button = GTK_MENU_BUTTON (ui_find_id (window, "options_button"));

  gtk_menu_button_popup (button);
  ui_settle (window);
  g_assert_nonnull (find_label (GTK_WIDGET (gtk_menu_button_get_popover (button)), "Limn Starter"));
  gtk_menu_button_popdown (button);
  ui_window_close (window);
}

/* ---- when ---- */

/* A picture is as old as its drawing, however long its prompt had to wait. */
static void
test_time_drawn (void)
{
  g_autoptr (LimnRecipe) recipe = limn_recipe_new ("a frog");
  g_autoptr (LimnJob) job = NULL;
  g_autoptr (LimnDrawing) drawing = NULL;
  gint64 start;

  recipe->n_pictures = 1;
  job = limn_job_new (recipe, NULL);
  drawing = g_list_model_get_item (limn_job_get_drawings (job), 0);
  limn_drawing_set_time (drawing, 1); /* as if it waited since */
  start = g_get_real_time () / G_USEC_PER_SEC;
  limn_job_start (job, FALSE);
  ui_wait_until (limn_job_is_finished (job));
  g_assert_cmpint (limn_drawing_get_time (drawing), >=, start);
}

/* ---- search from outside ---- */

static void
on_reply (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(GVariant **) data = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_assert_no_error (error);
}

/* A connection of its own: on the usual one the application is the provider. */
static GDBusConnection *
private_bus_new (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, &error);
  GDBusConnection *bus =
      g_dbus_connection_new_for_address_sync (address,
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                  | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);

  g_assert_no_error (error);
  return bus;
}

static GVariant *
call (GDBusConnection *bus, const char *method, GVariant *parameters)
{
  GVariant *reply = NULL;

  g_dbus_connection_call (bus, g_dbus_connection_get_unique_name (bus), LIMN_SEARCH_PROVIDER_PATH,
                          "org.gnome.Shell.SearchProvider2", method, parameters, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_reply, &reply);
  ui_wait_until (reply != NULL);
  return reply;
}

static void
on_search_open (LimnSearchProvider *provider, const char *words, char **result)
{
  g_free (*result);
  *result = g_strdup (words);
}

static void
check_results (GVariant *reply, const char *expected)
{
  g_autofree const char **results = NULL;
  g_autofree char *joined = NULL;

  g_variant_get (reply, "(^a&s)", &results);
  joined = g_strjoinv ("|", (GStrv) results);
  g_assert_cmpstr (joined, ==, expected);
}

static void
test_search_provider (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = private_bus_new ();
  g_autoptr (LimnSearchProvider) provider = limn_search_provider_new ();
  const char *const frog[] = { "FROG", NULL };
  const char *const frog_moon[] = { "frog", "moon", NULL };
  const char *const nothing[] = { NULL };
  const char *const among[] = { "a frog on the moon", "a red frog", NULL };
  g_autoptr (GVariant) found = NULL, fewer = NULL, none = NULL, metas = NULL, opened = NULL;
  g_autoptr (GVariant) launched = NULL, list = NULL, meta = NULL;
  g_autofree char *result = NULL;
  const char *text;

  limn_history_clear ();
  limn_history_add ("a red frog");
  limn_history_add ("a cat");
  limn_history_add ("a frog on the moon");
  g_assert_true (limn_search_provider_export (provider, bus, &error));
  g_signal_connect (provider, "open", G_CALLBACK (on_search_open), &result);

  found = call (bus, "GetInitialResultSet", g_variant_new ("(^as)", frog));
  check_results (found, "a frog on the moon|a red frog");
  fewer = call (bus, "GetSubsearchResultSet", g_variant_new ("(^as^as)", among, frog_moon));
  check_results (fewer, "a frog on the moon");
  none = call (bus, "GetInitialResultSet", g_variant_new ("(^as)", nothing));
  check_results (none, "");

  metas = call (bus, "GetResultMetas", g_variant_new ("(^as)", among));
  list = g_variant_get_child_value (metas, 0);
  g_assert_cmpuint (g_variant_n_children (list), ==, 2);
  meta = g_variant_get_child_value (list, 0);
  g_assert_true (g_variant_lookup (meta, "name", "&s", &text));
  g_assert_cmpstr (text, ==, "a frog on the moon");
  g_assert_true (g_variant_lookup (meta, "gicon", "&s", &text));

  opened = call (bus, "ActivateResult", g_variant_new ("(s^asu)", among[1], frog, 0));
  g_assert_cmpstr (result, ==, "a red frog");
  launched = call (bus, "LaunchSearch", g_variant_new ("(^asu)", frog_moon, 0));
  g_assert_cmpstr (result, ==, "frog moon");
  limn_search_provider_unexport (provider);
  g_assert_true (g_dbus_connection_close_sync (bus, NULL, NULL));
  limn_history_clear ();
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/drawing/reading-bar", test_reading_bar);
  g_test_add_func ("/drawing/reading-change", test_reading_change);
  g_test_add_func ("/drawing/first-use-words", test_first_use_words);
  g_test_add_func ("/drawing/time-needed", test_time_needed);
  g_test_add_func ("/drawing/search-provider", test_search_provider);
  if (!ui_has_model ())
    {
      g_test_message ("there is no model: what draws is not tested");
      return g_test_run () == 0 ? 77 : 1;
    }
  g_test_add_func ("/drawing/reroll", test_reroll);
  g_test_add_func ("/drawing/reroll-cancelled", test_reroll_cancelled);
  g_test_add_func ("/drawing/choose-by-keyboard", test_choose_by_keyboard);
  g_test_add_func ("/drawing/reading-of-job", test_reading_of_job);
  g_test_add_func ("/drawing/trial", test_trial);
  g_test_add_func ("/drawing/model-names", test_model_names);
  g_test_add_func ("/drawing/first-use-dialog", test_first_use_dialog);
  g_test_add_func ("/drawing/time-drawn", test_time_drawn);
  return g_test_run ();
}
