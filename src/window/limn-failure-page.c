/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnFailurePage: the message of a failed job, and buttons that help: trying
 * again, or when memory is short a smaller model.  Drawing is the window's.
 */
#include "config.h"

#include "limn-failure-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "limn-widget.h"
#include "limn.h"
#include "models/limn-model-advice.h"

struct _LimnFailurePage
{
  GtkWidget parent_instance;

  AdwStatusPage *page;
  GtkButton *smaller;

  LimnJob *job;
};

G_DEFINE_FINAL_TYPE (LimnFailurePage, limn_failure_page, GTK_TYPE_WIDGET)

static gboolean
is_about_memory (LimnJob *job)
{
  return g_error_matches (limn_job_get_error (job), LIMN_ERROR, LIMN_ERROR_NO_MEMORY);
}

static void
offer (LimnFailurePage *self, const LimnModelAdvice *advice)
{
  g_autofree char *label = NULL;

  /* Translators: the name of a model */
  label = g_strdup_printf (_ ("Draw with %s"), advice->name);
  gtk_button_set_label (self->smaller, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->smaller), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->smaller), "s", advice->id);
  gtk_widget_set_visible (GTK_WIDGET (self->smaller), TRUE);
}

static void
on_advice (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LimnFailurePage) self = data;
  g_autoptr (LimnModelAdvice) advice = limn_model_advice_find_finish (result, NULL);

  /* no smaller model is no second failure; and meanwhile another job may be shown */
  if (advice != NULL && self->job != NULL && is_about_memory (self->job))
    offer (self, advice);
}

/**
 * limn_failure_page_set_job:
 * @job: (nullable): a job that has failed
 */
void
limn_failure_page_set_job (LimnFailurePage *self, LimnJob *job)
{
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->smaller), FALSE);
  if (!g_set_object (&self->job, job) || job == NULL)
    return;
  text = g_markup_escape_text (limn_job_get_error (job)->message, -1);
  adw_status_page_set_description (self->page, text);
  adw_status_page_set_title (self->page, is_about_memory (job) ? _ ("Not Enough Memory")
                                                               : _ ("That Did Not Work"));
  if (is_about_memory (job))
    limn_model_advice_find_async (limn_job_get_recipe (job)->model, NULL, on_advice,
                                  g_object_ref (self));
}

static void
limn_failure_page_dispose (GObject *object)
{
  LimnFailurePage *self = LIMN_FAILURE_PAGE (object);

  g_clear_object (&self->job);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMN_TYPE_FAILURE_PAGE);
  limn_widget_drop_children (GTK_WIDGET (self));
  G_OBJECT_CLASS (limn_failure_page_parent_class)->dispose (object);
}

static void
limn_failure_page_class_init (LimnFailurePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limn_failure_page_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/limn_app/Limn/window/limn-failure-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LimnFailurePage, page);
  gtk_widget_class_bind_template_child (widget_class, LimnFailurePage, smaller);
}

static void
limn_failure_page_init (LimnFailurePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
