/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits to be drawn: over a restart, and taken out and put back. */
#include "ui-test.h"

#include "jobs/limn-queue.h"

/* ---- over a restart ---- */

static LimnQueue *
queue_from_file (GFile *file)
{
  LimnQueue *queue = limn_queue_new (file);

  limn_queue_restore (queue, NULL);
  return queue;
}

/* Quitting while three wait: the next start draws them, in the order they were put into. */
static void
test_queue_survives (void)
{
  g_autoptr (GFile) file = g_file_new_build_filename (g_get_home_dir (), "queue", NULL);
  static const char *const prompts[] = { "a frog", "a cat", "a dog" };
  g_autoptr (LimnQueue) queue = limn_queue_new (file);
  g_autoptr (LimnQueue) next = NULL;
  g_autoptr (LimnJob) last = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++)
    {
      g_autoptr (LimnRecipe) recipe = limn_recipe_new (prompts[i]);

      recipe->n_pictures = 1;

      limn_queue_add (queue, recipe, NULL);
    }
  limn_queue_move (queue, 1, 0); /* the dog before the cat */
  limn_queue_close (queue);
  ui_wait_until (!limn_queue_is_busy (queue));

  next = queue_from_file (file);
  g_assert_cmpstr (limn_job_get_recipe (limn_queue_get_current (next))->prompt, ==, "a frog");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (next)), ==, 2);
  last = g_list_model_get_item (G_LIST_MODEL (next), 1);
  g_assert_cmpstr (limn_job_get_recipe (last)->prompt, ==, "a cat");
  ui_wait_until (!limn_queue_is_busy (next));
  g_assert_cmpint (limn_job_get_state (last), ==, LIMN_JOB_DONE);
  g_assert_false (g_file_query_exists (file, NULL));
}

/* ---- taken out ---- */

static void
check_waiting (LimnWindow *window, const char *text)
{
  GtkMenuButton *button = GTK_MENU_BUTTON (ui_find_id (window, "waiting_button"));

  g_assert_cmpstr (gtk_menu_button_get_label (button), ==, text);
}

/* A toast other than @other. */
static AdwToast *
dup_toast (GtkWidget *widget, AdwToast *other)
{
  AdwToast *toast = NULL;

  if (g_str_equal (G_OBJECT_TYPE_NAME (widget), "AdwToastWidget"))
    g_object_get (widget, "toast", &toast, NULL);
  if (toast == other)
    g_clear_object (&toast);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && toast == NULL;
       child = gtk_widget_get_next_sibling (child))
    toast = dup_toast (child, other);
  return toast;
}

static AdwToast *
remove_next (LimnWindow *window, AdwToast *other)
{
  GtkWidget *list = ui_find (ui_find_id (window, "waiting"), "limn-queue");
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0);
  AdwToast *toast;

  g_signal_emit_by_name (gtk_widget_get_last_child (gtk_list_box_row_get_child (row)), "clicked");
  toast = dup_toast (GTK_WIDGET (window), other);
  g_assert_nonnull (toast);
  return toast;
}

static void
undo_by_toast (LimnWindow *window, AdwToast *toast)
{
  g_assert_true (gtk_widget_activate_action_variant (GTK_WIDGET (window),
                                                     adw_toast_get_action_name (toast),
                                                     adw_toast_get_action_target_value (toast)));
  adw_toast_dismiss (toast);
}

/* Each Undo is about what its toast was shown for. */
static void
test_removed_two (void)
{
  LimnWindow *window = ui_window_open (780, 900);
  static const char *const prompts[] = { "a frog", "a cat", "a dog" };
  g_autoptr (AdwToast) cat = NULL, dog = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++)
    {
      ui_type_prompt (window, prompts[i]);
      ui_act (window, "win.draw");
    }
  check_waiting (window, "2 waiting");
  cat = remove_next (window, NULL);
  dog = remove_next (window, cat);
  undo_by_toast (window, cat);
  check_waiting (window, "1 waiting");
  undo_by_toast (window, dog);
  check_waiting (window, "2 waiting");
  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++)
    {
      g_autoptr (LimnJob) job = g_object_ref (ui_get_job (window));

      g_assert_cmpstr (limn_job_get_recipe (job)->prompt, ==, prompts[i]);
      ui_act (window, "win.cancel");
      ui_wait_until (limn_job_is_finished (job));
    }
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  if (!ui_has_model ())
    {
      g_test_message ("there is no model: what draws is not tested");
      return 77;
    }
  g_test_add_func ("/queue/survives", test_queue_survives);
  g_test_add_func ("/queue/removed-two", test_removed_two);
  return g_test_run ();
}
