/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Models page: what a card says and offers in each state.  No test here
 * reaches a network: downloads go to a mirror on a loopback port where nobody
 * listens.
 */
#include "config.h"

#include "ui-test.h"

#include <glib/gstdio.h>

#include "limn.h"
#include "models/limn-model-manager.h"
#include "models/limn-speed.h"
#include "tiny-checkpoint.h"
#include "window/limn-draw-page.h"
#include "window/limn-model-card.h"
#include "window/limn-models-page.h"

#define WIDTH  780
#define HEIGHT 900

static LimnModelsPage *
open_page (LimnWindow *window)
{
  ui_act (window, "win.models");
  ui_settle (window);
  return LIMN_MODELS_PAGE (ui_find (window, "LimnModelsPage"));
}

static LimnModelCard *
find_card (GtkWidget *page, const char *id)
{
  GtkWidget *card = gtk_widget_get_first_child (ui_find_id (page, "cards"));

  while (card != NULL
         && !g_str_equal (
             limn_model_item_get_id (limn_model_card_get_item (LIMN_MODEL_CARD (card))), id))
    card = gtk_widget_get_next_sibling (card);
  g_assert_nonnull (card);
  return LIMN_MODEL_CARD (card);
}

static gboolean
is_visible (LimnModelCard *card, const char *id)
{
  return gtk_widget_get_visible (ui_find_id (card, id));
}

static const char *
get_label (LimnModelCard *card, const char *id)
{
  GtkWidget *widget = ui_find_id (card, id);

  return GTK_IS_BUTTON (widget) ? gtk_button_get_label (GTK_BUTTON (widget))
                                : gtk_label_get_label (GTK_LABEL (widget));
}

static void
test_cards (void)
{
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);
  LimnModelsPage *page = open_page (window);
  LimnModelCard *mini = find_card (GTK_WIDGET (page), "mini");

  g_assert_cmpstr (get_label (mini, "name"), ==, "DALL·E Mini");
  g_assert_true (is_visible (mini, "download"));
  g_assert_cmpstr (get_label (mini, "download"), ==, "Download");
  g_assert_false (is_visible (mini, "stop"));
  g_assert_false (is_visible (mini, "use"));
  g_assert_false (is_visible (mini, "badge"));
  g_assert_false (is_visible (mini, "error_box"));
  find_card (GTK_WIDGET (page), "mega");
  ui_screenshot (window, "models.png");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  ui_screenshot (window, "models-dark.png");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  ui_act (window, "win.close-page");
  ui_window_close (window);
}

static void
test_narrow (void)
{
  LimnWindow *window = ui_window_open (360, 700);
  int minimum;

  open_page (window);
  gtk_widget_measure (GTK_WIDGET (window), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL,
                      NULL);
  g_assert_cmpint (minimum, <=, 360);
  ui_screenshot (window, "models-narrow.png");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  ui_settle (window);
  ui_screenshot (window, "models-narrow-rtl.png");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  ui_window_close (window);
}

/* A page whose manager goes to a dead mirror and into a folder of the test. */
static LimnModelManager *
make_manager (const char *folder)
{
  return limn_model_manager_new (&(LimnModelSettings){
      .folder = folder,
      .mirror = "http://127.0.0.1:9/",
      .allow_loopback = TRUE,
  });
}

static void
test_download (void)
{
  g_autofree char *folder = g_dir_make_tmp ("limn-models-XXXXXX", NULL);
  g_autofree char *parts = g_build_filename (folder, "downloads", "mini", "min-dalle", NULL);
  g_autofree char *part = g_build_filename (parts, "encoder_mini.pt.part", NULL);
  g_autofree char *state = g_build_filename (parts, "encoder_mini.pt.part-state", NULL);
  g_autoptr (LimnModelManager) manager = NULL;
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);
  LimnModelsPage *page = LIMN_MODELS_PAGE (ui_find (window, "LimnModelsPage"));
  LimnModelCard *mini;

  /* a download that was interrupted before */
  g_assert_cmpint (g_mkdir_with_parents (parts, 0700), ==, 0);
  g_assert_true (g_file_set_contents (part, "PK\003\004 more", -1, NULL));
  g_assert_true (g_file_set_contents (state,
                                      "[part]\noffset=9\nsize=405182448\netag=\"x\"\n"
                                      "url=http://elsewhere.invalid/\n",
                                      -1, NULL));
  manager = make_manager (folder);
  limn_models_page_set_manager (page, manager);
  open_page (window);
  mini = find_card (GTK_WIDGET (page), "mini");
  g_assert_cmpstr (get_label (mini, "download"), ==, "Resume");
  g_assert_true (is_visible (mini, "discard"));
  g_assert_true (g_str_has_prefix (get_label (mini, "status"), "Paused at"));
  ui_screenshot (window, "models-paused.png");

  gtk_widget_activate_action (GTK_WIDGET (mini), "model.download", NULL);
  g_assert_true (is_visible (mini, "stop"));
  g_assert_cmpstr (get_label (mini, "stop"), ==, "Pause");
  g_assert_false (is_visible (mini, "download"));
  ui_wait_until (g_str_has_prefix (get_label (mini, "status"), "Trying again"));
  ui_screenshot (window, "models-retrying.png");
  gtk_widget_activate_action (GTK_WIDGET (mini), "model.stop", NULL);
  ui_wait_until (!limn_model_item_is_busy (limn_model_card_get_item (mini)));
  g_assert_cmpstr (get_label (mini, "download"), ==, "Resume");
  g_assert_false (is_visible (mini, "error_box"));

  gtk_widget_activate_action (GTK_WIDGET (mini), "model.discard", NULL);
  g_assert_cmpstr (get_label (mini, "download"), ==, "Download");
  g_assert_false (is_visible (mini, "discard"));
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
  ui_window_close (window);
  g_rmdir (folder);
}

/* Files that make no model: said on the card, and nothing is left. */
static void
test_bad_import (void)
{
  g_autofree char *folder = g_dir_make_tmp ("limn-models-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "encoder.pt", NULL);
  g_autofree char *output = g_build_filename (folder, "mini.gguf", NULL);
  g_autoptr (LimnModelManager) manager = make_manager (folder);
  const char *paths[] = { file, NULL };
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);
  LimnModelsPage *page = LIMN_MODELS_PAGE (ui_find (window, "LimnModelsPage"));
  LimnModelCard *mini;

  g_assert_true (g_file_set_contents (file, "This is no checkpoint.", -1, NULL));
  limn_models_page_set_manager (page, manager);
  open_page (window);
  mini = find_card (GTK_WIDGET (page), "mini");
  limn_model_item_import (limn_model_card_get_item (mini), paths);
  ui_wait_until (!limn_model_item_is_busy (limn_model_card_get_item (mini)));
  g_assert_true (is_visible (mini, "error_box"));
  g_assert_cmpuint (strlen (get_label (mini, "error")), >, 10);
  g_assert_false (g_file_test (output, G_FILE_TEST_EXISTS));
  ui_screenshot (window, "models-error.png");
  ui_window_close (window);
  g_unlink (file);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
write_tiny (const char *folder)
{
  g_autoptr (GPtrArray) files = tiny_checkpoint_new ();

  for (guint i = 0; tiny_checkpoint_names[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folder, tiny_checkpoint_names[i], NULL);
      gsize size;
      const char *text = g_bytes_get_data (files->pdata[i], &size);

      g_assert_true (g_file_set_contents (path, text, (gssize) size, NULL));
    }
}

static void
remove_tiny (const char *folder)
{
  for (guint i = 0; tiny_checkpoint_names[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folder, tiny_checkpoint_names[i], NULL);

      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* A model that is there: chosen, measured, checked, and deleted after a question. */
static void
test_ready (void)
{
  g_autofree char *from = g_dir_make_tmp ("limn-files-XXXXXX", NULL);
  g_autofree char *folder = g_dir_make_tmp ("limn-models-XXXXXX", NULL);
  g_autofree char *output = g_build_filename (folder, "mini.gguf", NULL);
  g_autoptr (LimnModelManager) manager = make_manager (folder);
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);
  const char *paths[] = { from, NULL };
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);
  LimnModelsPage *page = LIMN_MODELS_PAGE (ui_find (window, "LimnModelsPage"));
  LimnModelItem *item;
  LimnModelCard *mini;

  write_tiny (from);
  limn_speed_note ("mini", 9, 41);
  limn_models_page_set_manager (page, manager);
  open_page (window);
  mini = find_card (GTK_WIDGET (page), "mini");
  item = limn_model_card_get_item (mini);
  limn_model_item_import (item, paths);
  ui_wait_until (!limn_model_item_is_busy (item) && limn_model_item_is_settled (item));
  g_assert_null (limn_model_item_get_error (item));
  g_assert_true (is_visible (mini, "use"));
  g_assert_cmpstr (get_label (mini, "badge"), ==, "Ready");
  ui_screenshot (window, "models-ready.png");
  gtk_widget_activate_action (GTK_WIDGET (mini), "model.use", NULL);
  g_assert_false (is_visible (mini, "use"));
  g_assert_cmpstr (get_label (mini, "badge"), ==, "In Use");
  gtk_widget_activate_action (GTK_WIDGET (mini), "model.verify", NULL);
  ui_wait_until (!limn_model_item_is_busy (item));
  g_assert_false (is_visible (mini, "error_box"));
  ui_screenshot (window, "models-in-use.png");

  g_assert_cmpint (limn_model_item_delete (item, NULL), >, 0);
  g_assert_true (is_visible (mini, "download"));
  g_assert_false (is_visible (mini, "badge"));
  g_assert_false (g_file_test (output, G_FILE_TEST_EXISTS));
  g_settings_reset (settings, "model");
  ui_window_close (window);
  remove_tiny (from);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
drop (GtkWidget *widget, const char *path)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean is_taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array (&file, 1));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        g_signal_emit_by_name (controller, "drop", &value, 1.0, 1.0, &is_taken);
    }
  g_assert_true (is_taken);
}

static void
wait_for_model (LimnModelItem *item)
{
  ui_wait_until (!limn_model_item_is_busy (item) && limn_model_item_is_settled (item));
  g_assert_null (limn_model_item_get_error (item));
  g_assert_nonnull (limn_model_item_get_path (item));
}

/* Files dropped on a model that is not here become it; on one that is, they become another. */
static void
test_drop (void)
{
  g_autofree char *from = g_dir_make_tmp ("limn-files-XXXXXX", NULL);
  g_autofree char *folder = g_dir_make_tmp ("limn-models-XXXXXX", NULL);
  g_autoptr (LimnModelManager) manager = make_manager (folder);
  g_autofree char *name = NULL;
  const char *paths[] = { from, NULL };
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);
  LimnModelsPage *page = LIMN_MODELS_PAGE (ui_find (window, "LimnModelsPage"));
  LimnModelItem *item, *other;
  LimnModelCard *mini;

  write_tiny (from);
  limn_models_page_set_manager (page, manager);
  open_page (window);
  mini = find_card (GTK_WIDGET (page), "mini");
  item = limn_model_card_get_item (mini);
  drop (GTK_WIDGET (mini), from);
  wait_for_model (item);

  name = limn_model_manager_suggest_name (manager, paths);
  drop (GTK_WIDGET (mini), from);
  g_assert_false (limn_model_item_is_busy (item));
  other = limn_model_card_get_item (find_card (GTK_WIDGET (page), name));
  wait_for_model (other);
  g_assert_cmpint (limn_model_item_delete (other, NULL), >, 0);
  g_assert_cmpint (limn_model_item_delete (item, NULL), >, 0);
  ui_window_close (window);
  remove_tiny (from);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* A folder whose name is no text cannot be kept in the settings: that is said, and nothing changes.
 */
static void
test_folder_name (void)
{
  g_autofree char *folder = g_dir_make_tmp ("limn-models-XXXXXX", NULL);
  g_autofree char *good = g_build_filename (folder, "caf\303\251", NULL);
  g_autofree char *bad = g_build_filename (folder, "caf\351", NULL);
  g_autofree char *kept = NULL, *used = NULL;
  g_autoptr (LimnModelManager) manager = make_manager (folder);
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);
  LimnModelsPage *page = LIMN_MODELS_PAGE (ui_find (window, "LimnModelsPage"));

  g_assert_cmpint (g_mkdir (good, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (bad, 0700), ==, 0);
  limn_models_page_set_manager (page, manager);
  open_page (window);
  gtk_widget_activate_action (GTK_WIDGET (page), "models.choose-folder", NULL);
  ui_choose_file (good);
  gtk_widget_activate_action (GTK_WIDGET (page), "models.choose-folder", NULL);
  ui_choose_file (bad);
  ui_screenshot (window, "models-folder-name.png");
  kept = g_settings_get_string (settings, "models-folder");
  used = limn_model_manager_dup_folder (manager);
  g_assert_cmpstr (kept, ==, good);
  g_assert_cmpstr (used, ==, good);
  g_settings_reset (settings, "models-folder");
  ui_window_close (window);
  g_rmdir (good);
  g_rmdir (bad);
  g_rmdir (folder);
}

/* ---- little memory ---- */

static void
limit_memory (guint64 n_bytes)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, n_bytes);

  g_setenv ("LIMN_MEMORY_LIMIT", text, TRUE);
}

static void
plan (const char *model, guint n_pictures, LimnMemoryPlan *plan)
{
  g_autofree char *path = limn_model_store_find (model, NULL);
  g_autoptr (LimnModel) opened = limn_model_open (path, NULL);

  g_assert_nonnull (opened);
  limn_model_plan_memory (opened, n_pictures, plan);
}

static gboolean
has_failed (LimnWindow *window)
{
  GtkStack *stack = GTK_STACK (ui_find_id (ui_find (window, "LimnDrawPage"), "stack"));

  return g_strcmp0 (gtk_stack_get_visible_child_name (stack), "error") == 0;
}

/* A model of the user's in the folder that LIMN_MODEL_PATH names; returns that folder. */
static char *
install_tiny (void)
{
  g_autofree char *from = g_dir_make_tmp ("limn-files-XXXXXX", NULL);
  char *folder = g_dir_make_tmp ("limn-models-XXXXXX", NULL);
  g_autofree char *output = g_build_filename (folder, "tiny.gguf", NULL);
  const char *paths[] = { from, NULL };
  const LimnImportOptions options = { .quantize = "i8", .name = "Tiny" };
  g_autoptr (GError) error = NULL;

  write_tiny (from);
  limn_import (paths, output, &options, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  remove_tiny (from);
  g_setenv ("LIMN_MODEL_PATH", folder, TRUE);
  return folder;
}

static void
check_model (LimnWindow *window, const char *expected)
{
  g_autoptr (LimnRecipe) recipe =
      limn_draw_page_dup_recipe (LIMN_DRAW_PAGE (ui_find (window, "LimnDrawPage")));

  g_assert_cmpstr (recipe->model, ==, expected);
}

/* Without the model that comes with Limn a test is skipped, and its window closed. */
static gboolean
skips_without_own_model (LimnWindow *window)
{
  if (ui_has_model () && g_getenv ("LIMN_MODEL_PATH") == NULL)
    return FALSE;
  g_test_skip ("this needs the model that comes with Limn");
  ui_window_close (window);
  return TRUE;
}

/* What is chosen on the Models page draws; a model that came or went meanwhile is known. */
static void
test_use (void)
{
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);
  LimnDrawPage *page = LIMN_DRAW_PAGE (ui_find (window, "LimnDrawPage"));
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);
  g_autoptr (LimnRecipe) recipe = limn_recipe_new ("a frog");
  g_autofree char *folder = NULL, *output = NULL, *kept = NULL, *chosen = NULL;

  if (skips_without_own_model (window))
    return;
  check_model (window, "starter");
  folder = install_tiny ();
  output = g_build_filename (folder, "tiny.gguf", NULL);
  recipe->model = g_strdup ("tiny");
  limn_draw_page_set_recipe (page, recipe);
  check_model (window, "tiny");

  gtk_widget_activate_action (GTK_WIDGET (find_card (GTK_WIDGET (open_page (window)), "starter")),
                              "model.use", NULL);
  check_model (window, "starter");
  gtk_widget_activate_action (GTK_WIDGET (find_card (ui_find (window, "LimnModelsPage"), "tiny")),
                              "model.use", NULL);
  check_model (window, "tiny");

  g_assert_cmpint (g_unlink (output), ==, 0);
  check_model (window, "starter");
  kept = g_settings_get_string (settings, "model");
  g_assert_cmpstr (kept, ==, "tiny"); /* for when it is there again */
  g_free (recipe->model);
  recipe->model = g_strdup ("starter");
  limn_draw_page_set_recipe (page, recipe);
  chosen = g_settings_get_string (settings, "model");
  g_assert_cmpstr (chosen, ==, "starter");
  g_settings_reset (settings, "model");
  g_unsetenv ("LIMN_MODEL_PATH");
  ui_window_close (window);
  g_rmdir (folder);
}

/* A picture of Starter's, part of which stays when it is drawn again. */
static void
keep_part (LimnDrawPage *page)
{
  g_autoptr (LimnRecipe) recipe = limn_recipe_new ("a frog on the moon");
  const guint32 ids[16] = { 0 };

  recipe->model = g_strdup ("starter");
  limn_recipe_set_keep_ids (recipe, ids, G_N_ELEMENTS (ids));
  recipe->redraw = 0.5;
  limn_draw_page_set_recipe (page, recipe);
}

static void
check_kept (LimnWindow *window, guint n_ids)
{
  g_autoptr (LimnRecipe) recipe =
      limn_draw_page_dup_recipe (LIMN_DRAW_PAGE (ui_find (window, "LimnDrawPage")));

  g_assert_cmpuint (recipe->keep_ids != NULL ? recipe->keep_ids->len : 0, ==, n_ids);
  g_assert_cmpfloat (recipe->redraw, ==, n_ids > 0 ? 0.5 : 0);
  g_assert_true (gtk_widget_get_visible (ui_find_id (window, "start_chip")) == (n_ids > 0));
}

/* Tokens mean something to the model alone that made them. */
static void
test_kept (void)
{
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);
  g_autofree char *folder = NULL, *output = NULL;
  GtkDropDown *model = GTK_DROP_DOWN (ui_find_id (ui_find_id (window, "options"), "model"));

  if (skips_without_own_model (window))
    return;
  folder = install_tiny ();
  output = g_build_filename (folder, "tiny.gguf", NULL);
  keep_part (LIMN_DRAW_PAGE (ui_find (window, "LimnDrawPage")));
  check_kept (window, 16);
  gtk_drop_down_set_selected (model, 1);
  check_model (window, "tiny");
  check_kept (window, 0);
  g_settings_set_string (settings, "model", "starter");
  check_kept (window, 16);
  gtk_widget_activate_action (ui_find_id (window, "prompt_bar"), "prompt.forget-start", NULL);
  check_kept (window, 0);
  g_settings_reset (settings, "model");
  g_unsetenv ("LIMN_MODEL_PATH");
  ui_window_close (window);
  g_unlink (output);
  g_rmdir (folder);
}

/* With too little memory the window says so and offers a model that fits. */
static void
test_little_memory (void)
{
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);
  LimnDrawPage *page = LIMN_DRAW_PAGE (ui_find (window, "LimnDrawPage"));
  LimnMemoryPlan starter, tiny;
  g_autofree char *folder = NULL, *output = NULL;
  GtkWidget *smaller;

  if (skips_without_own_model (window))
    return;
  folder = install_tiny ();
  output = g_build_filename (folder, "tiny.gguf", NULL);
  plan (NULL, 1, &starter);
  plan ("tiny", 1, &tiny);
  g_assert_cmpuint (tiny.all_bytes, <, starter.all_bytes);
  limit_memory (starter.all_bytes - 1);
  keep_part (page);
  ui_act (window, "win.draw");
  ui_wait_until (has_failed (window));
  smaller = ui_find_id (page, "smaller");
  ui_wait_until (gtk_widget_get_visible (smaller));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (smaller)), ==, "Draw with Tiny");
  ui_screenshot (window, "no-memory.png");
  g_signal_emit_by_name (smaller, "clicked");
  ui_wait_until (!has_failed (window));
  ui_wait_until (limn_job_get_state (limn_draw_page_get_job (page)) == LIMN_JOB_DONE);
  g_assert_cmpstr (limn_job_get_recipe (limn_draw_page_get_job (page))->model, ==, "tiny");
  g_assert_null (limn_job_get_recipe (limn_draw_page_get_job (page))->keep_ids);
  g_unsetenv ("LIMN_MEMORY_LIMIT");
  g_unsetenv ("LIMN_MODEL_PATH");
  ui_window_close (window);
  g_unlink (output);
  g_rmdir (folder);
}

/* With memory for some of them, pictures are drawn some at a time, and that is said. */
static void
test_fewer_at_once (void)
{
  LimnWindow *window = ui_window_open (WIDTH, HEIGHT);
  LimnDrawPage *page = LIMN_DRAW_PAGE (ui_find (window, "LimnDrawPage"));
  GtkLabel *stage = GTK_LABEL (ui_find_id (page, "stage_label"));
  LimnMemoryPlan nine;

  if (!ui_has_model ())
    {
      g_test_skip ("there is no model");
      ui_window_close (window);
      return;
    }
  plan (NULL, 9, &nine);
  limit_memory (nine.all_bytes - 1);
  ui_type_prompt (window, "a frog on the moon");
  ui_act (window, "win.draw");
  ui_wait_until (strstr (gtk_label_get_label (stage), "at a time") != NULL);
  ui_screenshot (window, "few-at-a-time.png");
  ui_wait_until (limn_job_is_finished (limn_draw_page_get_job (page)));
  g_assert_cmpint (limn_job_get_n_done (limn_draw_page_get_job (page)), ==, 9);
  g_unsetenv ("LIMN_MEMORY_LIMIT");
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/models/cards", test_cards);
  g_test_add_func ("/models/narrow", test_narrow);
  g_test_add_func ("/models/download", test_download);
  g_test_add_func ("/models/bad-import", test_bad_import);
  g_test_add_func ("/models/ready", test_ready);
  g_test_add_func ("/models/drop", test_drop);
  g_test_add_func ("/models/folder-name", test_folder_name);
  g_test_add_func ("/models/use", test_use);
  g_test_add_func ("/models/kept", test_kept);
  g_test_add_func ("/models/little-memory", test_little_memory);
  g_test_add_func ("/models/fewer-at-once", test_fewer_at_once);
  return g_test_run ();
}
