/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limn-compat: dialogs, and what screen readers are told, each in two versions, chosen when
 * compiling. */
#include "config.h"

#include "limn-compat.h"

#include <glib/gi18n.h>

#if !ADW_CHECK_VERSION(1, 5, 0)
static void
present_over (GtkWindow *window, GtkWindow *parent)
{
  gtk_window_set_transient_for (window, parent);
  gtk_window_set_modal (window, TRUE);
  gtk_window_present (window);
}
#endif

/* ---- questions ---- */

#if ADW_CHECK_VERSION(1, 5, 0)
typedef AdwAlertDialog Question;
#define QUESTION               ADW_ALERT_DIALOG
#define question_new(head, b)  GTK_WIDGET (adw_alert_dialog_new (head, b))
#define question_call(name)    adw_alert_dialog_##name
#define question_show(q, over) adw_dialog_present (ADW_DIALOG (q), GTK_WIDGET (over))
#define question_close(q)      adw_dialog_force_close (ADW_DIALOG (q))
#else
typedef AdwMessageDialog Question;
#define QUESTION               ADW_MESSAGE_DIALOG
#define question_new(head, b)  adw_message_dialog_new (NULL, head, b)
#define question_call(name)    adw_message_dialog_##name
#define question_show(q, over) present_over (GTK_WINDOW (q), over)
#define question_close(q)      gtk_window_destroy (GTK_WINDOW (q))
#endif

typedef struct
{
  LimnAnswerFunc callback; /* NULL once it was called */
  gpointer user_data;
} Answer;

static void
on_answer (Question *question, const char *response, Answer *answer)
{
  LimnAnswerFunc callback = g_steal_pointer (&answer->callback);

  if (callback != NULL)
    callback (g_str_equal (response, "accept"), answer->user_data);
}

static void
answer_free (gpointer answer, GClosure *closure)
{
  g_free (answer);
}

/**
 * limn_compat_question_new:
 * @accept: what the button that is not "Cancel" says
 *
 * Makes a question that is not shown yet.
 *
 * Returns: (transfer none): the question, a floating one or a window that GTK owns
 */
GtkWidget *
limn_compat_question_new (const char *heading, const char *body, const char *accept)
{
  GtkWidget *question = question_new (heading, body);

  question_call (add_responses) (QUESTION (question), "cancel", _ ("_Cancel"), "accept", accept,
                                 NULL);
  question_call (set_close_response) (QUESTION (question), "cancel");
  return question;
}

/* Changes what a question says. */
void
limn_compat_question_set_texts (GtkWidget *question, const char *heading, const char *body)
{
  question_call (set_heading) (QUESTION (question), heading);
  question_call (set_body) (QUESTION (question), body);
}

/* Shows @child below the words; none with %NULL. */
void
limn_compat_question_set_child (GtkWidget *question, GtkWidget *child)
{
  question_call (set_extra_child) (QUESTION (question), child);
}

/* Whether "yes" can be said already; then Enter says it. */
void
limn_compat_question_set_possible (GtkWidget *question, gboolean is_possible)
{
  question_call (set_response_appearance) (QUESTION (question), "accept", ADW_RESPONSE_SUGGESTED);
  question_call (set_response_enabled) (QUESTION (question), "accept", is_possible);
  question_call (set_default_response) (QUESTION (question), is_possible ? "accept" : NULL);
}

/* Shows @question; @callback is called once at most, and not at all after
 * limn_compat_question_close(). */
void
limn_compat_question_present (GtkWidget *question,
                              GtkWindow *parent,
                              LimnAnswerFunc callback,
                              gpointer user_data)
{
  Answer *answer = g_new (Answer, 1);

  *answer = (Answer){ callback, user_data };
  g_signal_connect_data (question, "response", G_CALLBACK (on_answer), answer, answer_free, 0);
  question_show (question, parent);
}

/* Takes a question that was not answered off the screen. */
void
limn_compat_question_close (GtkWidget *question)
{
  g_signal_handlers_disconnect_matched (question, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_answer, NULL);
  question_close (question);
}

static void
on_confirmed (gboolean is_accepted, gpointer data)
{
  g_autoptr (GTask) task = data;

  g_task_return_boolean (task, is_accepted);
}

/* Asks before something that cannot be undone. */
void
limn_compat_confirm_async (GtkWindow *parent,
                           const char *heading,
                           const char *body,
                           const char *accept,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GtkWidget *question = limn_compat_question_new (heading, body, accept);

  question_call (set_response_appearance) (QUESTION (question), "accept", ADW_RESPONSE_DESTRUCTIVE);
  limn_compat_question_present (question, parent, on_confirmed,
                                g_task_new (parent, NULL, callback, user_data));
}

gboolean
limn_compat_confirm_finish (GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}

/* Whether a dialog is shown inside @window or a window over it. */
gboolean
limn_compat_has_dialog (GtkWindow *window)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

#if ADW_CHECK_VERSION(1, 5, 0)
  if (ADW_IS_APPLICATION_WINDOW (window)
      && adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window)) != NULL)
    return TRUE;
#endif
  for (GList *l = windows; l != NULL; l = l->next)
    if (gtk_window_get_transient_for (l->data) == window && gtk_widget_get_visible (l->data))
      return TRUE;
  return FALSE;
}

/* Closes the dialogs inside @window, which would otherwise be closed instead of it. */
void
limn_compat_close_dialogs (GtkWindow *window)
{
#if ADW_CHECK_VERSION(1, 5, 0)
  AdwDialog *dialog = NULL, *last = NULL;

  if (!ADW_IS_APPLICATION_WINDOW (window))
    return;
  while ((dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window)))
             != NULL
         && dialog != last)
    {
      last = dialog;
      adw_dialog_force_close (dialog);
    }
#endif
}

/* ---- preferences ---- */

/**
 * limn_compat_show_preferences:
 * @page: (transfer floating): an #AdwPreferencesPage
 *
 * Shows @page in a dialog inside @parent, or in a window over it where libadwaita has no such
 * dialogs yet.
 */
void
limn_compat_show_preferences (GtkWindow *parent, GtkWidget *page)
{
#if ADW_CHECK_VERSION(1, 5, 0)
  AdwDialog *dialog = adw_preferences_dialog_new ();

  adw_preferences_dialog_add (ADW_PREFERENCES_DIALOG (dialog), ADW_PREFERENCES_PAGE (page));
  adw_dialog_present (dialog, GTK_WIDGET (parent));
#else
  GtkWidget *window = adw_preferences_window_new ();

  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), ADW_PREFERENCES_PAGE (page));
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), 560, 480);
  present_over (GTK_WINDOW (window), parent);
#endif
}

/* ---- about ---- */

#if ADW_CHECK_VERSION(1, 5, 0)
#define AboutDialog                   AdwAboutDialog
#define about_new()                   ADW_ABOUT_DIALOG (adw_about_dialog_new ())
#define about_add_credits             adw_about_dialog_add_credit_section
#define about_present(dialog, parent) adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (parent))
#else
#define AboutDialog                   AdwAboutWindow
#define about_new()                   ADW_ABOUT_WINDOW (adw_about_window_new ())
#define about_add_credits             adw_about_window_add_credit_section
#define about_present(dialog, parent) present_over (GTK_WINDOW (dialog), parent)
#endif

void
limn_compat_show_about (GtkWindow *parent, const LimnAboutFacts *facts)
{
  AboutDialog *dialog = about_new ();

  g_object_set (dialog, "application-name", facts->name, "application-icon", facts->icon, "version",
                facts->version, "comments", facts->comments, "license-type", GTK_LICENSE_GPL_3_0,
                "website", facts->website, "translator-credits",
                /* Translators: your name and e-mail address, one translator a line */
                _ ("translator-credits"), NULL);
  about_add_credits (dialog, facts->credits_title, (const char **) facts->credits);
  about_present (dialog, parent);
}

/* ---- screen readers ---- */

/* Lets a screen reader say something that changed away from the focus. */
void
limn_compat_announce (GtkWidget *widget, const char *message)
{
#if GTK_CHECK_VERSION(4, 14, 0)
  gtk_accessible_announce (GTK_ACCESSIBLE (widget), message,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
#endif
}

void
limn_compat_list_item_set_label (GtkListItem *item, const char *label)
{
#if GTK_CHECK_VERSION(4, 12, 0)
  gtk_list_item_set_accessible_label (item, label);
#else
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_list_item_get_child (item)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
#endif
}
