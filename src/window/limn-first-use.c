/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A dialog that first waits for a short self-test of the model, then tells
 * memory and time in plain words and lets the person decide.
 */
#include "config.h"

#include "limn-first-use.h"

#include <glib/gi18n.h>

#include "limn-compat.h"
#include "limn-time-left.h"

typedef struct
{
  GtkWidget *question; /* NULL once it was answered */
  GCancellable *cancellable;
} Asking;

static void
asking_free (gpointer data)
{
  Asking *asking = data;

  g_clear_object (&asking->cancellable);
  g_free (asking);
}

static char *
describe_memory (const LimnTrial *trial)
{
  g_autofree char *needed = g_format_size (trial->memory_bytes);
  g_autofree char *free_now = g_format_size (trial->available_bytes);

  if (!trial->fits)
    return g_strdup_printf (
        _ ("It needs %s of memory, and only %s are free. Close other programs, or choose a "
           "smaller model."),
        needed, free_now);
  return g_strdup_printf (_ ("It needs %s of memory; %s are free."), needed, free_now);
}

/**
 * limn_first_use_describe:
 *
 * Returns: (transfer full): memory and time in one or two sentences
 */
char *
limn_first_use_describe (const LimnTrial *trial)
{
  g_autofree char *memory = describe_memory (trial);
  g_autofree char *time = limn_time_needed_format (trial->seconds);
  g_autofree char *sentence = NULL;

  if (time == NULL)
    return g_steal_pointer (&memory);
  sentence = g_strdup_printf (
      ngettext ("%u picture takes %s.", "%u pictures together take %s.", trial->n_pictures),
      trial->n_pictures, time);
  return g_strdup_printf ("%s\n%s", memory, sentence);
}

static void
show_trial (GtkWidget *question, const LimnTrial *trial)
{
  /* Translators: the name of a model */
  g_autofree char *heading = g_strdup_printf (_ ("%s on This Computer"), trial->model_name);
  g_autofree char *text = limn_first_use_describe (trial);

  limn_compat_question_set_texts (question, heading, text);
  limn_compat_question_set_child (question, NULL);
  limn_compat_question_set_possible (question, trial->fits);
}

static void
on_trial (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Asking *asking = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnTrial) trial = limn_trial_run_finish (result, &error);

  if (asking->question == NULL)
    return;
  if (trial != NULL)
    {
      show_trial (asking->question, trial);
      return;
    }
  /* the drawing itself will tell what is wrong */
  limn_compat_question_close (g_steal_pointer (&asking->question));
  g_task_return_boolean (task, TRUE);
  g_object_unref (task); /* what the answer would have let go of */
}

static void
on_answer (gboolean is_accepted, gpointer data)
{
  g_autoptr (GTask) task = data;
  Asking *asking = g_task_get_task_data (task);

  asking->question = NULL;
  g_cancellable_cancel (asking->cancellable);
  g_task_return_boolean (task, is_accepted);
}

static GtkWidget *
spinner_new (void)
{
  GtkWidget *spinner = gtk_spinner_new ();

  gtk_spinner_start (GTK_SPINNER (spinner));
  gtk_widget_set_size_request (spinner, 32, 32);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spinner), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Trying the Model"), -1);
  return spinner;
}

/**
 * limn_first_use_ask_async:
 * @recipe: what is to be drawn
 *
 * Tells what the model of @recipe needs here, after a short self-test.
 */
void
limn_first_use_ask_async (GtkWindow *parent,
                          LimnRecipe *recipe,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Asking *asking = g_new0 (Asking, 1);

  asking->cancellable = g_cancellable_new ();
  asking->question = limn_compat_question_new (
      _ ("Trying the Model"),
      _ ("It is used here for the first time. A few seconds of drawing tell how much memory and "
         "time it needs on this computer."),
      _ ("_Draw"));
  g_task_set_task_data (task, asking, asking_free);
  limn_compat_question_set_child (asking->question, spinner_new ());
  limn_compat_question_set_possible (asking->question, FALSE);
  limn_compat_question_present (asking->question, parent, on_answer, task);
  limn_trial_run_async (recipe->model, recipe->n_pictures, asking->cancellable, on_trial,
                        g_object_ref (task));
}

/* Whether the person wants to draw. */
gboolean
limn_first_use_ask_finish (GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}
