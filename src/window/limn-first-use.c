/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A dialog that first waits for a short self-test of the model, then tells
 * memory and time in plain words and lets the person decide.
 */
#include "config.h"

#include "limn-first-use.h"

#include <glib/gi18n.h>

#include "limn-time-left.h"

typedef struct
{
  AdwMessageDialog *dialog; /* NULL once it was answered */
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
show_trial (AdwMessageDialog *dialog, const LimnTrial *trial)
{
  g_autofree char *text = limn_first_use_describe (trial);

  /* Translators: the name of a model */
  adw_message_dialog_format_heading (dialog, _ ("%s on This Computer"), trial->model_name);
  adw_message_dialog_set_body (dialog, text);
  adw_message_dialog_set_extra_child (dialog, NULL);
  if (!trial->fits)
    return;
  adw_message_dialog_set_response_enabled (dialog, "draw", TRUE);
  adw_message_dialog_set_default_response (dialog, "draw");
}

static void
on_trial (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Asking *asking = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnTrial) trial = limn_trial_run_finish (result, &error);

  if (asking->dialog == NULL)
    return;
  if (trial != NULL)
    show_trial (asking->dialog, trial);
  else /* the drawing itself will tell what is wrong */
    adw_message_dialog_response (asking->dialog, "draw");
}

static void
on_response (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  g_autoptr (GTask) task = data;
  Asking *asking = g_task_get_task_data (task);

  asking->dialog = NULL;
  g_cancellable_cancel (asking->cancellable);
  g_task_return_boolean (task, g_str_equal (response, "draw"));
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
  asking->dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (
      parent, _ ("Trying the Model"),
      _ ("It is used here for the first time. A few seconds of drawing tell how much memory and "
         "time it needs on this computer.")));
  g_task_set_task_data (task, asking, asking_free);
  adw_message_dialog_set_extra_child (asking->dialog, spinner_new ());
  adw_message_dialog_add_responses (asking->dialog, "cancel", _ ("_Cancel"), "draw", _ ("_Draw"),
                                    NULL);
  adw_message_dialog_set_response_appearance (asking->dialog, "draw", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (asking->dialog, "draw", FALSE);
  adw_message_dialog_set_close_response (asking->dialog, "cancel");
  g_signal_connect (asking->dialog, "response", G_CALLBACK (on_response), task);
  gtk_window_present (GTK_WINDOW (asking->dialog));
  limn_trial_run_async (recipe->model, recipe->n_pictures, asking->cancellable, on_trial,
                        g_object_ref (task));
}

/* Whether the person wants to draw. */
gboolean
limn_first_use_ask_finish (GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}
