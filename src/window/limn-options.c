/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnOptions: choices that go into a recipe beside its prompt.  How many
 * pictures and which model are remembered; a seed is for this time.  Models
 * come, go and are chosen elsewhere too: the list is filled anew before it is
 * looked at.
 */
#include "config.h"

#include "limn-options.h"

#include <glib/gi18n.h>

#include "limn-widget.h"
#include "models/limn-catalog.h"
#include "models/limn-model-store.h"

/* beyond these only noise comes */
#define MAX_TEMPERATURE 4
#define MAX_TOP_K       65536
#define MAX_GUIDANCE    100

struct _LimnOptions
{
  GtkPopover parent_instance;

  GtkEntry *seed;
  GtkEntry *temperature, *top_k, *guidance;
  GtkEntry *negative, *blend_prompt;
  GtkScale *blend;
  GtkCheckButton *tile;
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
  PROP_MODEL,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* ---- numbers; an empty entry leaves the choice to chance or to the model ---- */

static gboolean
parse_seed (LimnOptions *self, guint64 *seed)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->seed));

  return g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, seed, NULL);
}

/* What an entry says when that is from 0 to @maximum, else -1. */
static double
parse_number (GtkEntry *entry, double maximum)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));
  char *end = NULL;
  double number = g_strtod (text, &end);

  if (*text == '\0' || *end != '\0' || !(number >= 0 && number <= maximum))
    return -1;
  return number;
}

static void
show_validity (GtkEntry *entry, gboolean is_valid)
{
  gboolean is_empty = gtk_entry_get_text_length (entry) == 0;

  gtk_entry_set_icon_from_icon_name (entry, GTK_ENTRY_ICON_SECONDARY,
                                     is_empty ? NULL : "edit-clear-symbolic");
  if (is_empty || is_valid)
    gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
}

static void
on_number_changed (LimnOptions *self)
{
  guint64 seed;

  show_validity (self->seed, parse_seed (self, &seed));
  show_validity (self->temperature, parse_number (self->temperature, MAX_TEMPERATURE) >= 0);
  show_validity (self->top_k, parse_number (self->top_k, MAX_TOP_K) >= 0);
  show_validity (self->guidance, parse_number (self->guidance, MAX_GUIDANCE) >= 0);
}

static void
on_number_cleared (GtkEntry *entry)
{
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
}

static void
show_number (GtkEntry *entry, double number)
{
  g_autofree char *text = g_strdup_printf ("%g", number);

  gtk_editable_set_text (GTK_EDITABLE (entry), number >= 0 ? text : "");
}

/* ---- model ---- */

static guint
find_model (GtkStringList *ids, const char *id)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (ids));

  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (gtk_string_list_get_string (ids, i), id) == 0)
      return i;
  return GTK_INVALID_LIST_POSITION;
}

/* The name of a model for people: the catalog's, or else that of its file. */
static char *
dup_model_name (gpointer item, const char *id, gpointer data)
{
  static LimnCatalog *catalog;
  const LimnCatalogModel *model;

  if (catalog == NULL)
    catalog = limn_catalog_new (NULL);
  model = catalog != NULL && id != NULL ? limn_catalog_find_model (catalog, id) : NULL;
  return g_strdup (model != NULL ? model->name : id);
}

static void
show_model_names (LimnOptions *self)
{
  GtkExpression *id = gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");
  g_autoptr (GtkExpression) name = gtk_cclosure_expression_new (
      G_TYPE_STRING, NULL, 1, &id, G_CALLBACK (dup_model_name), NULL, NULL);

  gtk_drop_down_set_expression (self->model, name);
}

/* The models that are here now; where the one set is not, the first is shown and the setting stays.
 */
static void
fill_models (LimnOptions *self)
{
  g_autoptr (GPtrArray) files = limn_model_store_list ();
  g_autoptr (GtkStringList) ids = gtk_string_list_new (NULL);
  g_autofree char *chosen = g_settings_get_string (self->settings, "model");
  guint place;

  for (guint i = 0; i < files->len; i++)
    gtk_string_list_append (ids, ((LimnModelFile *) files->pdata[i])->id);
  place = find_model (ids, chosen);
  if (place == GTK_INVALID_LIST_POSITION && files->len > 0)
    place = 0;
  self->is_filling = TRUE;
  gtk_drop_down_set_model (self->model, G_LIST_MODEL (ids));
  gtk_drop_down_set_selected (self->model, place);
  gtk_widget_set_sensitive (GTK_WIDGET (self->model), files->len > 0);
  self->is_filling = FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODEL]);
}

static void
on_model_selected (LimnOptions *self)
{
  const char *model = limn_options_get_model (self);

  if (self->is_filling || model == NULL)
    return;
  self->is_filling = TRUE; /* it is shown already */
  g_settings_set_string (self->settings, "model", model);
  self->is_filling = FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODEL]);
}

static void
on_model_set (LimnOptions *self)
{
  if (!self->is_filling)
    fill_models (self);
}

/* ---- words ---- */

static void
on_blend_changed (LimnOptions *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->blend),
                          gtk_entry_get_text_length (self->blend_prompt) > 0);
}

/* What an entry says, or NULL. */
static char *
dup_words (GtkEntry *entry)
{
  g_autofree char *clean = limn_prompt_clean (gtk_editable_get_text (GTK_EDITABLE (entry)));

  return *clean != '\0' ? g_steal_pointer (&clean) : NULL;
}

static void
show_words (GtkEntry *entry, const char *words)
{
  gtk_editable_set_text (GTK_EDITABLE (entry), words != NULL ? words : "");
}

/* ---- recipe ---- */

/**
 * limn_options_get_model:
 *
 * Returns: (transfer none) (nullable): the id of the model chosen; %NULL while there is none
 */
const char *
limn_options_get_model (LimnOptions *self)
{
  GObject *item = gtk_drop_down_get_selected_item (self->model);

  return item != NULL ? gtk_string_object_get_string (GTK_STRING_OBJECT (item)) : NULL;
}

/**
 * limn_options_fill_recipe:
 *
 * Puts what is chosen here into @recipe.
 */
void
limn_options_fill_recipe (LimnOptions *self, LimnRecipe *recipe)
{
  fill_models (self);
  recipe->n_pictures = (guint) CLAMP (self->n_pictures, 1, LIMN_RECIPE_MAX_PICTURES);
  recipe->has_seed = parse_seed (self, &recipe->seed);
  recipe->temperature = parse_number (self->temperature, MAX_TEMPERATURE);
  recipe->top_k = (int) parse_number (self->top_k, MAX_TOP_K);
  recipe->guidance = parse_number (self->guidance, MAX_GUIDANCE);
  g_free (recipe->model);
  recipe->model = g_strdup (limn_options_get_model (self));
  g_free (recipe->negative);
  recipe->negative = dup_words (self->negative);
  g_free (recipe->blend_prompt);
  recipe->blend_prompt = dup_words (self->blend_prompt);
  recipe->blend = recipe->blend_prompt != NULL ? gtk_range_get_value (GTK_RANGE (self->blend)) : 0;
  recipe->is_tile = gtk_check_button_get_active (self->tile);
}

/**
 * limn_options_set_recipe:
 *
 * Shows the choices of @recipe, such as those of a picture that was dropped.
 * How many pictures to draw stays: the first of a grid has the seed itself.
 */
void
limn_options_set_recipe (LimnOptions *self, const LimnRecipe *recipe)
{
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, recipe->seed);
  g_autofree char *model = limn_model_store_dup_id (recipe->model);

  gtk_editable_set_text (GTK_EDITABLE (self->seed), recipe->has_seed ? seed : "");
  show_number (self->temperature, recipe->temperature);
  show_number (self->top_k, recipe->top_k);
  show_number (self->guidance, recipe->guidance);
  show_words (self->negative, recipe->negative);
  show_words (self->blend_prompt, recipe->blend_prompt);
  gtk_range_set_value (GTK_RANGE (self->blend), recipe->blend_prompt ? recipe->blend : 0.5);
  gtk_check_button_set_active (self->tile, recipe->is_tile);
  if (model != NULL)
    g_settings_set_string (self->settings, "model", model);
  fill_models (self);
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
  else if (id == PROP_MODEL)
    g_value_set_string (value, limn_options_get_model (LIMN_OPTIONS (object)));
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
  properties[PROP_MODEL] =
      g_param_spec_string ("model", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_install_property_action (widget_class, "options.n-pictures", "n-pictures");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/limn_app/Limn/window/limn-options.ui");
  gtk_widget_class_bind_template_child (widget_class, LimnOptions, seed);
  gtk_widget_class_bind_template_child (widget_class, LimnOptions, temperature);
  gtk_widget_class_bind_template_child (widget_class, LimnOptions, top_k);
  gtk_widget_class_bind_template_child (widget_class, LimnOptions, guidance);
  gtk_widget_class_bind_template_child (widget_class, LimnOptions, model);
  gtk_widget_class_bind_template_child (widget_class, LimnOptions, pictures_label);
  gtk_widget_class_bind_template_child (widget_class, LimnOptions, negative);
  gtk_widget_class_bind_template_child (widget_class, LimnOptions, blend_prompt);
  gtk_widget_class_bind_template_child (widget_class, LimnOptions, blend);
  gtk_widget_class_bind_template_child (widget_class, LimnOptions, tile);
  gtk_widget_class_bind_template_callback (widget_class, on_blend_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_number_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_number_cleared);
  gtk_widget_class_bind_template_callback (widget_class, on_model_selected);
}

static void
limn_options_init (LimnOptions *self)
{
  self->settings = g_settings_new (APPLICATION_ID);
  self->n_pictures = 9;
  gtk_widget_init_template (GTK_WIDGET (self));
  limn_widget_name_button (GTK_WIDGET (self->model), _ ("Model"));
  show_model_names (self);
  g_settings_bind (self->settings, "n-pictures", self, "n-pictures", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (self->settings, "changed::model", G_CALLBACK (on_model_set), self,
                           G_CONNECT_SWAPPED);
  fill_models (self);
}
