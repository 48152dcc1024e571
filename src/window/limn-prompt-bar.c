/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnPromptBar: entry, surprise, options and the Draw button, which says
 * “Add to Queue” while something is being drawn.  Makes recipes; what happens
 * with them is the window's.
 */
#include "config.h"

#include "limn-prompt-bar.h"

#include <glib/gi18n.h>

#include "limn-fold-box.h"
#include "limn-history.h"
#include "limn-ideas.h"
#include "limn-options.h"
#include "limn-widget.h"
#include "models/limn-model-store.h"

struct _LimnPromptBar
{
  GtkWidget parent_instance;

  GtkEntry *entry;
  GtkButton *draw_button;
  GtkMenuButton *options_button;
  LimnOptions *options;
  GtkButton *start_chip;
  GtkLabel *start_label;

  LimnRecipe *start; /* whose tokens stay when drawing, while its model is chosen; or NULL */
  GRand *random;
  gboolean is_setting; /* the prompt, which nobody types */
  gboolean is_typed;   /* the last change of it */
  gboolean is_walking; /* through the history */
  int back;            /* how far back in it; -1 for what is being typed */
  char *typing;        /* what was being typed before going back */
};

G_DEFINE_FINAL_TYPE (LimnPromptBar, limn_prompt_bar, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_activate (LimnPromptBar *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.draw", NULL);
}

static void
on_changed (LimnPromptBar *self)
{
  self->is_typed = !self->is_setting;
  /* a prompt of the history that is changed is being typed: it is not to be lost */
  if (!self->is_walking)
    self->back = -1;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* ---- history ---- */

static void
show_from_history (LimnPromptBar *self, int back)
{
  const char *text = back < 0 ? self->typing : limn_history_get ((guint) back);

  if (self->back < 0)
    {
      g_free (self->typing);
      self->typing = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));
    }
  self->back = back;
  self->is_walking = TRUE;
  limn_prompt_bar_set_prompt (self, text != NULL ? text : "");
  self->is_walking = FALSE;
}

/* Up and Down walk through what was drawn before, as in a terminal. */
static gboolean
on_key (GtkEventControllerKey *controller,
        guint key,
        guint code,
        GdkModifierType modifiers,
        LimnPromptBar *self)
{
  int back = self->back;

  if (modifiers & gtk_accelerator_get_default_mod_mask ())
    return FALSE;
  if (key == GDK_KEY_Up)
    back++;
  else if (key == GDK_KEY_Down)
    back--;
  else
    return FALSE;
  if (back < -1 || back >= (int) limn_history_get_length ())
    return back >= 0; /* Down at the end goes on to the pictures */
  show_from_history (self, back);
  return TRUE;
}

static gboolean
on_match (GtkEntryCompletion *completion,
          GtkTreeModel *model,
          GtkTreeIter *iter,
          LimnPromptBar *self)
{
  g_autofree char *prompt = NULL;

  gtk_tree_model_get (model, iter, 0, &prompt, -1);
  limn_prompt_bar_set_prompt (self, prompt);
  return TRUE;
}

/* Suggests earlier prompts that hold what is typed, anywhere in them.  A prompt that
 * came by other means gets none: they would take the next arrow key. */
static gboolean
is_suggested (GtkEntryCompletion *completion, const char *key, GtkTreeIter *iter, gpointer data)
{
  LimnPromptBar *self = data;
  GtkTreeModel *model = gtk_entry_completion_get_model (completion);
  g_autofree char *prompt = NULL;
  g_autofree char *folded = NULL;

  gtk_tree_model_get (model, iter, 0, &prompt, -1);
  if (prompt == NULL || !self->is_typed)
    return FALSE;
  folded = g_utf8_casefold (prompt, -1);
  return strstr (folded, key) != NULL && !g_str_equal (folded, key);
}

static void
add_history (LimnPromptBar *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_autoptr (GtkEntryCompletion) completion = gtk_entry_completion_new ();

  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
  gtk_entry_completion_set_model (completion, limn_history_get_model ());
  gtk_entry_completion_set_text_column (completion, 0);
  gtk_entry_completion_set_minimum_key_length (completion, 2);
  gtk_entry_completion_set_match_func (completion, is_suggested, self, NULL);
  g_signal_connect (completion, "match-selected", G_CALLBACK (on_match), self);
  gtk_entry_set_completion (self->entry, completion);
}

/* ---- ideas ---- */

static void
surprise (LimnPromptBar *self)
{
  g_autofree char *idea = limn_ideas_surprise (self->random);

  limn_prompt_bar_set_prompt (self, idea);
  limn_prompt_bar_focus (self);
}

static void
on_icon_release (LimnPromptBar *self, GtkEntryIconPosition position)
{
  if (position == GTK_ENTRY_ICON_SECONDARY)
    surprise (self);
}

static void
surprise_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  surprise (LIMN_PROMPT_BAR (widget));
}

/* ---- what stays of a picture ---- */

/* Whether the tokens of the start are those of @model: to others they mean something else. */
static gboolean
is_start_of (LimnPromptBar *self, const char *model)
{
  g_autofree char *own = NULL, *path = NULL;

  if (self->start == NULL)
    return FALSE;
  own = limn_model_store_find_named (self->start->model, NULL);
  path = limn_model_store_find_named (model, NULL);
  return own != NULL && g_strcmp0 (own, path) == 0;
}

static void
update_start_chip (LimnPromptBar *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->start_chip),
                          is_start_of (self, limn_options_get_model (self->options)));
}

/* A picture that was drawn on from another one is drawn again from the same tokens. */
static void
set_start (LimnPromptBar *self, const LimnRecipe *recipe)
{
  gboolean has_start = recipe != NULL && recipe->keep_ids != NULL;
  const char *label =
      has_start && recipe->redraw > 0 ? _ ("Varies a picture") : _ ("Keeps part of a picture");

  g_clear_pointer (&self->start, limn_recipe_unref);
  if (has_start)
    self->start = limn_recipe_copy (recipe);
  gtk_label_set_label (self->start_label, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->start_chip), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
  update_start_chip (self);
}

static void
forget_start_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  set_start (LIMN_PROMPT_BAR (widget), NULL);
  limn_prompt_bar_focus (LIMN_PROMPT_BAR (widget));
}

static gboolean
limn_prompt_bar_grab_focus (GtkWidget *widget)
{
  return gtk_entry_grab_focus_without_selecting (LIMN_PROMPT_BAR (widget)->entry);
}

static void
limn_prompt_bar_dispose (GObject *object)
{
  LimnPromptBar *self = LIMN_PROMPT_BAR (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), LIMN_TYPE_PROMPT_BAR);
  limn_widget_drop_children (GTK_WIDGET (self));
  g_clear_pointer (&self->start, limn_recipe_unref);
  g_clear_pointer (&self->random, g_rand_free);
  g_clear_pointer (&self->typing, g_free);
  G_OBJECT_CLASS (limn_prompt_bar_parent_class)->dispose (object);
}

static void
limn_prompt_bar_class_init (LimnPromptBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = limn_prompt_bar_dispose;
  widget_class->grab_focus = limn_prompt_bar_grab_focus;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", LIMN_TYPE_PROMPT_BAR, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (LIMN_TYPE_FOLD_BOX);
  g_type_ensure (LIMN_TYPE_OPTIONS);
  gtk_widget_class_install_action (widget_class, "prompt.surprise", NULL, surprise_action);
  gtk_widget_class_install_action (widget_class, "prompt.forget-start", NULL, forget_start_action);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/limn_app/Limn/window/limn-prompt-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, LimnPromptBar, entry);
  gtk_widget_class_bind_template_child (widget_class, LimnPromptBar, draw_button);
  gtk_widget_class_bind_template_child (widget_class, LimnPromptBar, options_button);
  gtk_widget_class_bind_template_child (widget_class, LimnPromptBar, options);
  gtk_widget_class_bind_template_child (widget_class, LimnPromptBar, start_chip);
  gtk_widget_class_bind_template_child (widget_class, LimnPromptBar, start_label);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_icon_release);
}

static void
limn_prompt_bar_init (LimnPromptBar *self)
{
  self->random = g_rand_new ();
  self->back = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  add_history (self);
  g_signal_connect_object (self->options, "notify::model", G_CALLBACK (update_start_chip), self,
                           G_CONNECT_SWAPPED);
  set_start (self, NULL);
}

/* Keeps a prompt that is being drawn for later. */
void
limn_prompt_bar_remember (LimnPromptBar *self, const char *prompt)
{
  self->back = -1;
  limn_history_add (prompt);
}

void
limn_prompt_bar_set_prompt (LimnPromptBar *self, const char *prompt)
{
  g_autofree char *clean = limn_prompt_clean (prompt);

  self->is_setting = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), clean);
  self->is_setting = FALSE;
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
}

/**
 * limn_prompt_bar_set_recipe:
 *
 * Shows all of a recipe, ready to be drawn again or changed.
 */
void
limn_prompt_bar_set_recipe (LimnPromptBar *self, const LimnRecipe *recipe)
{
  limn_prompt_bar_set_prompt (self, recipe->prompt);
  limn_options_set_recipe (self->options, recipe);
  set_start (self, recipe);
}

/**
 * limn_prompt_bar_dup_recipe:
 *
 * Returns: (transfer full): what the person asks for now
 */
LimnRecipe *
limn_prompt_bar_dup_recipe (LimnPromptBar *self)
{
  LimnRecipe *recipe = limn_recipe_new (gtk_editable_get_text (GTK_EDITABLE (self->entry)));

  limn_options_fill_recipe (self->options, recipe);
  if (is_start_of (self, recipe->model))
    {
      recipe->keep_ids = g_array_ref (self->start->keep_ids);
      recipe->redraw = self->start->redraw;
    }
  return recipe;
}

gboolean
limn_prompt_bar_has_prompt (LimnPromptBar *self)
{
  g_autofree char *clean = limn_prompt_clean (gtk_editable_get_text (GTK_EDITABLE (self->entry)));

  return *clean != '\0';
}

void
limn_prompt_bar_set_busy (LimnPromptBar *self, gboolean is_busy)
{
  const char *label = is_busy ? _ ("Add to _Queue") : _ ("_Draw");
  const char *name = is_busy ? _ ("Add to Queue") : _ ("Draw");

  gtk_button_set_label (self->draw_button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->draw_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name, -1);
}

void
limn_prompt_bar_focus (LimnPromptBar *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
}
