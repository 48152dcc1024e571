/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnOptions: choices that go into a recipe beside its prompt.  How many
 * pictures and which model are remembered; a seed is for this time.
 */
#include "config.h"

#include "limn-options.h"

#include <glib/gi18n.h>

#include "models/limn-model-store.h"

struct _LimnOptions
{
  GtkPopover parent_instance;

  GtkEntry *seed;
  GtkDropDown *model;
  GtkWidget *pictures_label;

  GSettings *settings;
  int n_pictures;
  gboolean is_filling;
};

G_DEFINE_FINAL_TYPE (LimnOptions, limn_options, GTK_TYPE_POPOVER)

enum
{
  PROP_0,
  PROP_N_PICTURES,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* ---- seed ---- */

static gboolean
parse_seed (LimnOptions *self, guint64 *seed)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->seed));

  return g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, seed, NULL);
}

static void
on_seed_changed (LimnOptions *self)
{
  gboolean is_empty = gtk_entry_get_text_length (self->seed) == 0;
  guint64 seed;

  gtk_entry_set_icon_from_icon_name (self->seed, GTK_ENTRY_ICON_SECONDARY,
                                     is_empty ? NULL : "edit-clear-symbolic");
  if (is_empty || parse_seed (self, &seed))
    gtk_widget_remove_css_class (GTK_WIDGET (self->seed), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->seed), "error");
}

static void
on_seed_cleared (LimnOptions *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->seed), "");
}

/* ---- model ---- */

static guint
find_model (GtkStringList *ids, const char *id)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (ids));

  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (gtk_string_list_get_string (ids, i), id) == 0)
      return i;
  return n > 0 ? 0 : GTK_INVALID_LIST_POSITION;
}

static void
fill_models (LimnOptions *self)
{
  g_autoptr (GPtrArray) files = limn_model_store_list ();
  g_autoptr (GtkStringList) ids = gtk_string_list_new (NULL);
  g_autofree char *chosen = g_settings_get_string (self->settings, "model");

  for (guint i = 0; i < files->len; i++)
    gtk_string_list_append (ids, ((LimnModelFile *) files->pdata[i])->id);
  self->is_filling = TRUE;
  gtk_drop_down_set_model (self->model, G_LIST_MODEL (ids));
  gtk_drop_down_set_selected (self->model, find_model (ids, chosen));
  gtk_widget_set_sensitive (GTK_WIDGET (self->model), files->len > 0);
  self->is_filling = FALSE;
}

static const char *
get_model (LimnOptions *self)
{
  GObject *item = gtk_drop_down_get_selected_item (self->model);

  return item != NULL ? gtk_string_object_get_string (GTK_STRING_OBJECT (item)) : NULL;
}

static void
on_model_selected (LimnOptions *self)
{
  if (!self->is_filling && get_model (self) != NULL)
    g_settings_set_string (self->settings, "model", get_model (self));
}

/* ---- recipe ---- */

/**
 * limn_options_fill_recipe:
 *
 * Puts what is chosen here into @recipe.
 */
void
limn_options_fill_recipe (LimnOptions *self, LimnRecipe *recipe)
{
  recipe->n_pictures = (guint) CLAMP (self->n_pictures, 1, LIMN_RECIPE_MAX_PICTURES);
  recipe->has_seed = parse_seed (self, &recipe->seed);
  g_free (recipe->model);
  recipe->model = g_strdup (get_model (self));
}

/**
 * limn_options_set_recipe:
 *
 * Shows the choices of @recipe, such as those of a picture that was dropped.
 */
void
limn_options_set_recipe (LimnOptions *self, const LimnRecipe *recipe)
{
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, recipe->seed);
  GListModel *models = gtk_drop_down_get_model (self->model);

  g_object_set (self, "n-pictures", (int) recipe->n_pictures, NULL);
  gtk_editable_set_text (GTK_EDITABLE (self->seed), recipe->has_seed ? seed : "");
  if (recipe->model != NULL && models != NULL)
    gtk_drop_down_set_selected (self->model, find_model (GTK_STRING_LIST (models), recipe->model));
}

/* ---- object ---- */

static void
limn_options_map (GtkWidget *widget)
{
  fill_models (LIMN_OPTIONS (widget));
  GTK_WIDGET_CLASS (limn_options_parent_class)->map (widget);
}

static void
limn_options_dispose (GObject *object)
{
  LimnOptions *self = LIMN_OPTIONS (object);

  g_clear_object (&self->settings);
  gtk_widget_dispose_template (GTK_WIDGET (self), LIMN_TYPE_OPTIONS);
  G_OBJECT_CLASS (limn_options_parent_class)->dispose (object);
}

static void
limn_options_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_N_PICTURES)
    g_value_set_int (value, LIMN_OPTIONS (object)->n_pictures);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
limn_options_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_N_PICTURES)
    LIMN_OPTIONS (object)->n_pictures = g_value_get_int (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
limn_options_class_init (LimnOptionsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = limn_options_dispose;
  object_class->get_property = limn_options_get_property;
  object_class->set_property = limn_options_set_property;
  widget_class->map = limn_options_map;
  properties[PROP_N_PICTURES] =
      g_param_spec_int ("n-pictures", NULL, NULL, 1, LIMN_RECIPE_MAX_PICTURES, 9,
                        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_install_property_action (widget_class, "options.n-pictures", "n-pictures");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/limn_app/Limn/window/limn-options.ui");
  gtk_widget_class_bind_template_child (widget_class, LimnOptions, seed);
  gtk_widget_class_bind_template_child (widget_class, LimnOptions, model);
  gtk_widget_class_bind_template_child (widget_class, LimnOptions, pictures_label);
  gtk_widget_class_bind_template_callback (widget_class, on_seed_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_seed_cleared);
  gtk_widget_class_bind_template_callback (widget_class, on_model_selected);
}

static void
limn_options_init (LimnOptions *self)
{
  self->settings = g_settings_new (APPLICATION_ID);
  self->n_pictures = 9;
  gtk_widget_init_template (GTK_WIDGET (self));
  g_settings_bind (self->settings, "n-pictures", self, "n-pictures", G_SETTINGS_BIND_DEFAULT);
  fill_models (self);
}
