/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnRecipe: the record itself, cleaning of prompts, and the form in which
 * waiting recipes are kept over a restart.  Ranges are checked by the engine.
 */
#include "limn-recipe.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (LimnRecipe, limn_recipe, limn_recipe_ref, limn_recipe_unref)

LimnRecipe *
limn_recipe_new (const char *prompt)
{
  LimnRecipe *recipe = g_new0 (LimnRecipe, 1);

  g_atomic_ref_count_init (&recipe->ref_count);
  recipe->prompt = limn_prompt_clean (prompt);
  recipe->n_pictures = 9;
  recipe->temperature = -1;
  recipe->top_k = -1;
  recipe->guidance = -1;
  return recipe;
}

/**
 * limn_recipe_copy:
 *
 * Returns: (transfer full): a recipe of its own, to be changed before it is shared.
 */
LimnRecipe *
limn_recipe_copy (const LimnRecipe *recipe)
{
  LimnRecipe *copy = g_memdup2 (recipe, sizeof *recipe);

  g_atomic_ref_count_init (&copy->ref_count);
  copy->prompt = g_strdup (recipe->prompt);
  copy->model = g_strdup (recipe->model);
  copy->keep_ids = recipe->keep_ids != NULL ? g_array_ref (recipe->keep_ids) : NULL;
  copy->negative = g_strdup (recipe->negative);
  copy->blend_prompt = g_strdup (recipe->blend_prompt);
  return copy;
}

LimnRecipe *
limn_recipe_ref (LimnRecipe *recipe)
{
  g_atomic_ref_count_inc (&recipe->ref_count);
  return recipe;
}

void
limn_recipe_unref (LimnRecipe *recipe)
{
  if (!g_atomic_ref_count_dec (&recipe->ref_count))
    return;
  g_free (recipe->prompt);
  g_free (recipe->model);
  g_free (recipe->negative);
  g_free (recipe->blend_prompt);
  g_clear_pointer (&recipe->keep_ids, g_array_unref);
  g_free (recipe);
}

static gboolean
is_unwanted (gunichar c)
{
  /* controls, and the marks that turn the writing direction of what follows */
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff
         || (g_unichar_iscntrl (c) && !g_unichar_isspace (c));
}

/**
 * limn_prompt_clean:
 * @text: anything a person, a file or another program gave
 *
 * Makes a prompt of it: valid UTF-8, one line, single spaces, no invisible
 * controls, at most %LIMN_RECIPE_MAX_PROMPT_CHARS characters.
 */
char *
limn_prompt_clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  GString *clean = g_string_new (NULL);
  gboolean had_space = TRUE;
  guint n_chars = 0;

  for (const char *p = valid; *p != '\0' && n_chars < LIMN_RECIPE_MAX_PROMPT_CHARS;
       p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean is_space = g_unichar_isspace (c);

      if (is_unwanted (c) || (is_space && had_space))
        continue;
      g_string_append_unichar (clean, is_space ? ' ' : c);
      had_space = is_space;
      n_chars++;
    }
  if (clean->len > 0 && clean->str[clean->len - 1] == ' ')
    g_string_truncate (clean, clean->len - 1);
  return g_string_free (clean, FALSE);
}

/**
 * limn_recipe_set_keep_ids:
 * @ids: (array length=n_ids): copied; without any, all of the picture is drawn
 */
void
limn_recipe_set_keep_ids (LimnRecipe *recipe, const guint32 *ids, guint n_ids)
{
  g_clear_pointer (&recipe->keep_ids, g_array_unref);
  if (n_ids == 0)
    return;
  recipe->keep_ids = g_array_sized_new (FALSE, FALSE, sizeof (guint32), n_ids);
  g_array_append_vals (recipe->keep_ids, ids, n_ids);
}

/* ---- over a restart ---- */

static GVariant *
ids_to_variant (GArray *ids)
{
  if (ids == NULL)
    return g_variant_new_array (G_VARIANT_TYPE_UINT32, NULL, 0);
  return g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, ids->data, ids->len, sizeof (guint32));
}

/* What most recipes do not have. */
static GVariant *
ways_to_variant (const LimnRecipe *recipe)
{
  g_auto (GVariantDict) ways = G_VARIANT_DICT_INIT (NULL);

  if (recipe->redraw > 0)
    g_variant_dict_insert (&ways, "redraw", "d", recipe->redraw);
  if (recipe->negative != NULL)
    g_variant_dict_insert (&ways, "negative", "s", recipe->negative);
  if (recipe->blend_prompt != NULL)
    g_variant_dict_insert (&ways, "blend-prompt", "s", recipe->blend_prompt);
  if (recipe->blend > 0)
    g_variant_dict_insert (&ways, "blend", "d", recipe->blend);
  if (recipe->is_tile)
    g_variant_dict_insert (&ways, "tile", "b", TRUE);
  return g_variant_dict_end (&ways);
}

/**
 * limn_recipe_to_variant:
 *
 * Returns: (transfer floating): the recipe as limn_recipe_from_variant() takes it
 */
GVariant *
limn_recipe_to_variant (const LimnRecipe *recipe)
{
  return g_variant_new ("(ssubtdid@au@a{sv})", recipe->prompt,
                        recipe->model != NULL ? recipe->model : "", recipe->n_pictures,
                        recipe->has_seed, recipe->seed, recipe->temperature, (gint32) recipe->top_k,
                        recipe->guidance, ids_to_variant (recipe->keep_ids),
                        ways_to_variant (recipe));
}

static char *
dup_clean (GVariantDict *ways, const char *key)
{
  const char *text;

  return g_variant_dict_lookup (ways, key, "&s", &text) ? limn_prompt_clean (text) : NULL;
}

static void
read_ways (LimnRecipe *recipe, GVariant *variant)
{
  g_auto (GVariantDict) ways = G_VARIANT_DICT_INIT (variant);

  g_variant_dict_lookup (&ways, "redraw", "d", &recipe->redraw);
  g_variant_dict_lookup (&ways, "blend", "d", &recipe->blend);
  g_variant_dict_lookup (&ways, "tile", "b", &recipe->is_tile);
  recipe->negative = dup_clean (&ways, "negative");
  recipe->blend_prompt = dup_clean (&ways, "blend-prompt");
}

/**
 * limn_recipe_from_variant:
 *
 * Returns: (transfer full) (nullable): %NULL when @variant is not a recipe
 */
LimnRecipe *
limn_recipe_from_variant (GVariant *variant)
{
  const char *prompt, *model;
  g_autoptr (GVariant) ids = NULL, ways = NULL;
  gint32 top_k;
  gsize n_ids = 0;
  const guint32 *values;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE (LIMN_RECIPE_TYPE)))
    return NULL;

  LimnRecipe *recipe = limn_recipe_new ("");
  g_variant_get (variant, "(&s&subtdid@au@a{sv})", &prompt, &model, &recipe->n_pictures,
                 &recipe->has_seed, &recipe->seed, &recipe->temperature, &top_k, &recipe->guidance,
                 &ids, &ways);
  g_free (recipe->prompt);
  recipe->prompt = limn_prompt_clean (prompt);
  recipe->model = *model != '\0' ? g_strdup (model) : NULL;
  recipe->n_pictures = CLAMP (recipe->n_pictures, 1, LIMN_RECIPE_MAX_PICTURES);
  recipe->top_k = top_k;
  values = g_variant_get_fixed_array (ids, &n_ids, sizeof (guint32));
  limn_recipe_set_keep_ids (recipe, values, (guint) n_ids);
  read_ways (recipe, ways);
  return recipe;
}
