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

static GVariant *
ids_to_variant (GArray *ids)
{
  if (ids == NULL)
    return g_variant_new_array (G_VARIANT_TYPE_UINT32, NULL, 0);
  return g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, ids->data, ids->len, sizeof (guint32));
}

#define RECIPE_FORMAT "(ssubtdid@au)"

/**
 * limn_recipe_to_variant:
 *
 * Returns: (transfer floating): the recipe as limn_recipe_from_variant() takes it.
 */
GVariant *
limn_recipe_to_variant (const LimnRecipe *recipe)
{
  return g_variant_new (RECIPE_FORMAT, recipe->prompt, recipe->model != NULL ? recipe->model : "",
                        recipe->n_pictures, recipe->has_seed, recipe->seed, recipe->temperature,
                        (gint32) recipe->top_k, recipe->guidance,
                        ids_to_variant (recipe->keep_ids));
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
  g_autoptr (GVariant) ids = NULL;
  gint32 top_k;
  gsize n_ids = 0;
  const guint32 *values;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE ("(ssubtdidau)")))
    return NULL;

  LimnRecipe *recipe = limn_recipe_new ("");
  g_variant_get (variant, "(&s&subtdid@au)", &prompt, &model, &recipe->n_pictures,
                 &recipe->has_seed, &recipe->seed, &recipe->temperature, &top_k, &recipe->guidance,
                 &ids);
  g_free (recipe->prompt);
  recipe->prompt = limn_prompt_clean (prompt);
  recipe->model = *model != '\0' ? g_strdup (model) : NULL;
  recipe->n_pictures = CLAMP (recipe->n_pictures, 1, LIMN_RECIPE_MAX_PICTURES);
  recipe->top_k = top_k;
  values = g_variant_get_fixed_array (ids, &n_ids, sizeof (guint32));
  if (n_ids > 0)
    {
      recipe->keep_ids = g_array_new (FALSE, FALSE, sizeof (guint32));
      g_array_append_vals (recipe->keep_ids, values, (guint) n_ids);
    }
  return recipe;
}
