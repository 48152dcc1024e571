/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnDrawPage: follows the queue and shows the newest job: nothing yet, its
 * pictures, or why it failed.  Actions are the window's.
 */
#include "config.h"

#include "limn-draw-page.h"

#include <glib/gi18n.h>

#include "limn-compat.h"
#include "limn-failure-page.h"
#include "limn-fold-box.h"
#include "limn-gallery.h"
#include "limn-ideas.h"
#include "limn-job-words.h"
#include "limn-match-order.h"
#include "limn-menus.h"
#include "limn-picture-tools.h"
#include "limn-prompt-bar.h"
#include "limn-queue-popover.h"
#include "limn-reading-bar.h"
#include "limn-time-left.h"
#include "limn-toast.h"
#include "limn-widget.h"
#include "limn-wrap-box.h"

struct _LimnDrawPage
{
  GtkWidget parent_instance;

  LimnPromptBar *prompt_bar;
  LimnReadingBar *reading_bar;
  GtkStack *foot;
  GtkProgressBar *progress;
  GtkLabel *stage_label;
  GtkLabel *time_label;
  GtkButton *cancel_button;
  GtkStack *stack;
  LimnWrapBox *examples;
  LimnGallery *gallery;
  GtkLabel *status;
  GtkWidget *tools;
  LimnPictureTools *picture_tools;
  GtkMenuButton *waiting_button;
  LimnQueuePopover *waiting;
  GtkWidget *again_button;
  GtkMenuButton *grid_button;
  LimnFailurePage *error_page;

  LimnQueue *queue;
  LimnJob *job; /* shown; may be finished */

  GSettings *settings;
  gboolean is_best_first;
};

G_DEFINE_FINAL_TYPE (LimnDrawPage, limn_draw_page, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_SELECTED,
  PROP_BEST_FIRST,
  PROP_N_CHOSEN,
  N_PROPS
};

enum
{
  SIGNAL_PROMPT_CHANGED,
  SIGNAL_OPEN,
  SIGNAL_NEWS,
  SIGNAL_REWORD,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* ---- what is written where ---- */

/* Whether what waits does so for the sake of the pictures shown. */
static gboolean
is_rest_held (LimnDrawPage *self)
{
  return limn_queue_is_held (self->queue)
         && g_list_model_get_n_items (G_LIST_MODEL (self->queue)) > 0;
}

static void
update_status (LimnDrawPage *self)
{
  LimnDrawing *drawing = limn_gallery_get_selected (self->gallery);
  guint n_chosen = limn_gallery_get_n_chosen (self->gallery);
  g_autofree char *text = NULL;

  if (self->job == NULL)
    return;
  if (n_chosen > 0)
    text =
        g_strdup_printf (ngettext ("%u picture chosen", "%u pictures chosen", n_chosen), n_chosen);
  else if (drawing != NULL)
    text = limn_job_describe_selected (drawing, self->job);
  else
    text = is_rest_held (self) ? limn_job_describe_held () : limn_job_describe_count (self->job);
  gtk_label_set_label (self->status, text);
}

static void
update_progress (LimnDrawPage *self)
{
  gboolean is_running = self->job != NULL && limn_job_get_state (self->job) == LIMN_JOB_RUNNING;
  g_autofree char *stage = NULL;
  g_autofree char *left = NULL;

  gtk_stack_set_visible_child_name (self->foot, is_running ? "progress" : "status");
  if (!is_running)
    return;
  stage = limn_job_describe_stage (self->job);
  left = limn_time_left_format (limn_job_get_seconds_left (self->job));
  gtk_label_set_label (self->stage_label, stage);
  gtk_label_set_label (self->time_label, left != NULL ? left : "");
  gtk_progress_bar_set_fraction (self->progress, limn_job_get_fraction (self->job));
}

/* While pictures are drawn, tools take room only when they can be used. */
static void
update_tools (LimnDrawPage *self)
{
  gboolean is_running = self->job != NULL && !limn_job_is_finished (self->job);
  gboolean is_selected = limn_gallery_get_selected (self->gallery) != NULL;
  gboolean is_chosen = limn_gallery_get_n_chosen (self->gallery) > 0;

  gtk_widget_set_visible (GTK_WIDGET (self->picture_tools), is_selected && !is_chosen);
  gtk_widget_set_visible (self->again_button, is_chosen && !is_running);
  gtk_widget_set_visible (GTK_WIDGET (self->grid_button), !is_running);
}

static void
show_page (LimnDrawPage *self)
{
  const char *name = "empty";

  if (self->job != NULL)
    {
      gboolean has_failed = limn_job_get_state (self->job) == LIMN_JOB_FAILED;

      name = has_failed && limn_job_get_n_done (self->job) == 0 ? "error" : "pictures";
    }
  gtk_stack_set_visible_child_name (self->stack, name);
}

/* ---- order ---- */

/* Pictures stay where they are while they are drawn; the order is that of their end. */
static void
show_pictures (LimnDrawPage *self)
{
  g_autoptr (GListModel) sorted = NULL;

  if (self->job != NULL && self->is_best_first && limn_job_is_finished (self->job))
    sorted = limn_match_order_new (limn_job_get_drawings (self->job));
  if (sorted != NULL)
    limn_gallery_set_model (self->gallery, sorted);
  else
    limn_gallery_set_model (self->gallery,
                            self->job != NULL ? limn_job_get_drawings (self->job) : NULL);
}

static void
set_best_first (LimnDrawPage *self, gboolean is_best_first)
{
  if (self->is_best_first == is_best_first)
    return;
  self->is_best_first = is_best_first;
  show_pictures (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BEST_FIRST]);
}

/**
 * limn_draw_page_get_shown:
 *
 * Returns: (transfer none) (nullable): the pictures in the order they are shown in
 */
GListModel *
limn_draw_page_get_shown (LimnDrawPage *self)
{
  return limn_gallery_get_model (self->gallery);
}

/* ---- following the job ---- */

static void
on_news (LimnDrawPage *self)
{
  limn_reading_bar_set_reading (self->reading_bar,
                                self->job != NULL ? limn_job_get_reading (self->job) : NULL);
  update_progress (self);
  update_status (self);
  update_tools (self);
  g_signal_emit (self, signals[SIGNAL_NEWS], 0);
}

static void
show_failure (LimnDrawPage *self)
{
  const GError *error = limn_job_get_error (self->job);

  limn_failure_page_set_job (self->error_page, self->job);
  if (limn_job_get_n_done (self->job) > 0)
    limn_toast_error (GTK_WIDGET (self), _ ("Not all pictures could be drawn"), error);
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->queue)) > 0)
    /* what is drawn next takes the page's place at once */
    limn_toast_error (GTK_WIDGET (self), _ ("One prompt could not be drawn"), error);
}

static void
on_job_finished (LimnDrawPage *self)
{
  if (limn_job_get_state (self->job) == LIMN_JOB_FAILED)
    show_failure (self);
  if (limn_job_get_save_error (self->job) != NULL)
    limn_toast_error (GTK_WIDGET (self), _ ("Pictures could not be kept in the library"),
                      limn_job_get_save_error (self->job));
  if (limn_job_get_state (self->job) == LIMN_JOB_DONE)
    limn_compat_announce (GTK_WIDGET (self), _ ("Your pictures are ready"));
  if (self->is_best_first)
    show_pictures (self);
  show_page (self);
  on_news (self);
}

static void
set_job (LimnDrawPage *self, LimnJob *job)
{
  if (self->job == job)
    return;
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_set_object (&self->job, job);
  show_pictures (self);
  gtk_progress_bar_set_fraction (self->progress, 0);
  limn_reading_bar_set_reading (self->reading_bar, NULL);
  if (job != NULL)
    {
      g_signal_connect_swapped (job, "news", G_CALLBACK (on_news), self);
      g_signal_connect_swapped (job, "notify::state", G_CALLBACK (on_news), self);
      g_signal_connect_swapped (job, "finished", G_CALLBACK (on_job_finished), self);
    }
  show_page (self);
  on_news (self);
}

static void
on_job_started (LimnDrawPage *self, LimnJob *job)
{
  set_job (self, job);
}

static void
on_queue_current (LimnDrawPage *self)
{
  limn_prompt_bar_set_busy (self->prompt_bar, limn_queue_is_busy (self->queue));
}

static void
on_waiting_changed (LimnDrawPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->queue));
  g_autofree char *text = g_strdup_printf (ngettext ("%u waiting", "%u waiting", n), n);

  gtk_menu_button_set_label (self->waiting_button, text);
  /* newer GTK would have it called what its tooltip says */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->waiting_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->waiting_button), n > 0);
  update_status (self);
}

/**
 * limn_draw_page_set_queue:
 *
 * Shows what @queue draws from now on.
 */
void
limn_draw_page_set_queue (LimnDrawPage *self, LimnQueue *queue)
{
  if (self->queue != NULL)
    g_signal_handlers_disconnect_by_data (self->queue, self);
  if (!g_set_object (&self->queue, queue) || queue == NULL)
    return;
  g_signal_connect_swapped (queue, "started", G_CALLBACK (on_job_started), self);
  g_signal_connect_swapped (queue, "notify::current", G_CALLBACK (on_queue_current), self);
  g_signal_connect_swapped (queue, "items-changed", G_CALLBACK (on_waiting_changed), self);
  g_signal_connect_swapped (queue, "notify::is-held", G_CALLBACK (update_status), self);
  limn_queue_popover_set_queue (self->waiting, queue);
  on_waiting_changed (self);
  if (limn_queue_get_current (queue) != NULL)
    set_job (self, limn_queue_get_current (queue));
  on_queue_current (self);
}

/* ---- examples ---- */

static void
on_example_clicked (GtkButton *button, LimnDrawPage *self)
{
  limn_prompt_bar_set_prompt (self->prompt_bar, gtk_button_get_label (button));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.draw", NULL);
}

static void
fill_examples (LimnDrawPage *self)
{
  const char *const *example = limn_ideas_get_examples ();

  for (; *example != NULL; example++)
    {
      GtkWidget *button = gtk_button_new_with_label (*example);
      GtkLabel *label = GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button)));

      /* in one line where there is room */
      gtk_label_set_wrap (label, TRUE);
      gtk_label_set_natural_wrap_mode (label, GTK_NATURAL_WRAP_NONE);
      gtk_label_set_justify (label, GTK_JUSTIFY_CENTER);
      gtk_widget_add_css_class (button, "limn-chip");
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      *example, -1);
      g_signal_connect (button, "clicked", G_CALLBACK (on_example_clicked), self);
      limn_wrap_box_append (self->examples, button);
    }
}

/* ---- signals of parts ---- */

static void
on_prompt_changed (LimnDrawPage *self)
{
  g_signal_emit (self, signals[SIGNAL_PROMPT_CHANGED], 0);
}

static void
on_open (LimnDrawPage *self, LimnDrawing *drawing)
{
  g_signal_emit (self, signals[SIGNAL_OPEN], 0, drawing);
}

static void
on_reading_chosen (LimnDrawPage *self, const char *written, const char *word)
{
  g_autofree char *prompt = NULL;

  if (self->job == NULL)
    return;
  prompt = limn_reading_bar_change (limn_job_get_recipe (self->job)->prompt, written, word);
  g_signal_emit (self, signals[SIGNAL_REWORD], 0, prompt);
}

static void
on_n_chosen (LimnDrawPage *self)
{
  update_status (self);
  update_tools (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_CHOSEN]);
}

static void
on_selected (LimnDrawPage *self)
{
  limn_picture_tools_set_drawing (self->picture_tools, limn_gallery_get_selected (self->gallery));
  update_status (self);
  update_tools (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

/* ---- object ---- */

static void
limn_draw_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SELECTED)
    g_value_set_object (value, limn_draw_page_get_selected (LIMN_DRAW_PAGE (object)));
  else if (id == PROP_BEST_FIRST)
    g_value_set_boolean (value, LIMN_DRAW_PAGE (object)->is_best_first);
  else if (id == PROP_N_CHOSEN)
    g_value_set_uint (value, limn_gallery_get_n_chosen (LIMN_DRAW_PAGE (object)->gallery));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
limn_draw_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_BEST_FIRST)
    set_best_first (LIMN_DRAW_PAGE (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
limn_draw_page_dispose (GObject *object)
{
  LimnDrawPage *self = LIMN_DRAW_PAGE (object);

  limn_draw_page_set_queue (self, NULL);
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  g_clear_object (&self->settings);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMN_TYPE_DRAW_PAGE);
  limn_widget_drop_children (GTK_WIDGET (self));
  G_OBJECT_CLASS (limn_draw_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (LIMN_TYPE_FAILURE_PAGE);
  g_type_ensure (LIMN_TYPE_FOLD_BOX);
  g_type_ensure (LIMN_TYPE_GALLERY);
  g_type_ensure (LIMN_TYPE_PICTURE_TOOLS);
  g_type_ensure (LIMN_TYPE_PROMPT_BAR);
  g_type_ensure (LIMN_TYPE_QUEUE_POPOVER);
  g_type_ensure (LIMN_TYPE_READING_BAR);
  g_type_ensure (LIMN_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/limn_app/Limn/window/limn-draw-page.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, LimnDrawPage, name)
  BIND (prompt_bar);
  BIND (reading_bar);
  BIND (foot);
  BIND (progress);
  BIND (stage_label);
  BIND (time_label);
  BIND (cancel_button);
  BIND (stack);
  BIND (examples);
  BIND (gallery);
  BIND (status);
  BIND (tools);
  BIND (picture_tools);
  BIND (waiting_button);
  BIND (waiting);
  BIND (again_button);
  BIND (grid_button);
  BIND (error_page);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_prompt_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
  gtk_widget_class_bind_template_callback (widget_class, on_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_n_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_reading_chosen);
}

static void
limn_draw_page_class_init (LimnDrawPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = limn_draw_page_dispose;
  object_class->get_property = limn_draw_page_get_property;
  object_class->set_property = limn_draw_page_set_property;
  properties[PROP_SELECTED] = g_param_spec_object ("selected", NULL, NULL, LIMN_TYPE_DRAWING,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_BEST_FIRST] =
      g_param_spec_boolean ("best-first", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_N_CHOSEN] = g_param_spec_uint ("n-chosen", NULL, NULL, 0, G_MAXUINT, 0,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_install_property_action (GTK_WIDGET_CLASS (klass), "drawings.best-first",
                                            "best-first");
  signals[SIGNAL_PROMPT_CHANGED] =
      g_signal_new ("prompt-changed", LIMN_TYPE_DRAW_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 0);
  signals[SIGNAL_OPEN] = g_signal_new ("open", LIMN_TYPE_DRAW_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, LIMN_TYPE_DRAWING);
  signals[SIGNAL_NEWS] = g_signal_new ("news", LIMN_TYPE_DRAW_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 0);
  /**
   * LimnDrawPage::reword:
   * @prompt: what to draw in place of what was drawn, otherwise the same way
   */
  signals[SIGNAL_REWORD] = g_signal_new ("reword", LIMN_TYPE_DRAW_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
limn_draw_page_init (LimnDrawPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = g_settings_new (APPLICATION_ID);
  g_settings_bind (self->settings, "best-first", self, "best-first", G_SETTINGS_BIND_DEFAULT);
  g_object_set (self->gallery, "menu-model", limn_menu_get ("picture_menu"), NULL);
  gtk_menu_button_set_menu_model (self->grid_button, limn_menu_get ("grid_menu"));
  fill_examples (self);
}

/**
 * limn_draw_page_get_job:
 *
 * Returns: (transfer none) (nullable): the job shown, running or finished
 */
LimnJob *
limn_draw_page_get_job (LimnDrawPage *self)
{
  return self->job;
}

LimnDrawing *
limn_draw_page_get_selected (LimnDrawPage *self)
{
  return limn_gallery_get_selected (self->gallery);
}

/**
 * limn_draw_page_dup_chosen:
 *
 * Returns: (transfer full) (element-type LimnDrawing): the chosen pictures of the grid
 */
GPtrArray *
limn_draw_page_dup_chosen (LimnDrawPage *self)
{
  return limn_gallery_dup_chosen (self->gallery);
}

/* Tells whether any was chosen. */
gboolean
limn_draw_page_choose_none (LimnDrawPage *self)
{
  gboolean was_chosen = limn_gallery_get_n_chosen (self->gallery) > 0;

  limn_gallery_choose_none (self->gallery);
  return was_chosen;
}

void
limn_draw_page_set_prompt (LimnDrawPage *self, const char *prompt)
{
  limn_prompt_bar_set_prompt (self->prompt_bar, prompt);
}

void
limn_draw_page_set_recipe (LimnDrawPage *self, const LimnRecipe *recipe)
{
  limn_prompt_bar_set_recipe (self->prompt_bar, recipe);
}

void
limn_draw_page_remember (LimnDrawPage *self, const char *prompt)
{
  limn_prompt_bar_remember (self->prompt_bar, prompt);
}

LimnRecipe *
limn_draw_page_dup_recipe (LimnDrawPage *self)
{
  return limn_prompt_bar_dup_recipe (self->prompt_bar);
}

gboolean
limn_draw_page_has_prompt (LimnDrawPage *self)
{
  return limn_prompt_bar_has_prompt (self->prompt_bar);
}

void
limn_draw_page_focus_prompt (LimnDrawPage *self)
{
  limn_prompt_bar_focus (self->prompt_bar);
}

void
limn_draw_page_surprise (LimnDrawPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->prompt_bar), "prompt.surprise", NULL);
}
