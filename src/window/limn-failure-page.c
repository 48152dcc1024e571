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
  GtkWidget *models;

  LimnJob *job;
};

G_DEFINE_FINAL_TYPE (LimnFailurePage, limn_failure_page, GTK_TYPE_WIDGET)

static gboolean
is_about_memory (LimnJob *job)
{
  return g_error_matches (limn_job_get_error (job), LIMN_ERROR, LIMN_ERROR_NO_MEMORY);
}

/* A model's file that is not all there, or is none. */
static gboolean
is_about_file (LimnJob *job)
{
  const GError *error = limn_job_get_error (job);

  return g_error_matches (error, LIMN_ERROR, LIMN_ERROR_TRUNCATED)
         || g_error_matches (error, LIMN_ERROR, LIMN_ERROR_CORRUPT);
}

/* What to do comes first; what exactly was found stands below, for those who look into it. */
static char *
dup_description (LimnJob *job)
{
  g_autofree char *text = g_markup_escape_text (limn_job_get_error (job)->message, -1);

  if (!is_about_file (job))
    return g_steal_pointer (&text);
  return g_strdup_printf ("%s\n\n<small>%s</small>",
                          _ ("Its file is damaged or not all there. Delete it and get it again, "
                             "or choose another model."),
                          text);
}

static const char *
get_title (LimnJob *job)
{
  if (is_about_memory (job))
    return _ ("Not Enough Memory");
  return is_about_file (job) ? _ ("The Model Cannot Be Read") : _ ("That Did Not Work");
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
  text = dup_description (job);
  adw_status_page_set_description (self->page, text);
  adw_status_page_set_title (self->page, get_title (job));
  gtk_widget_set_visible (self->models, is_about_file (job));
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
  gtk_widget_class_bind_template_child (widget_class, LimnFailurePage, models);
}

static void
limn_failure_page_init (LimnFailurePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
