/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnRecipe: everything that decides what a grid of pictures looks like.
 *
 * A plain reference-counted record, not changed once it is shared.  The prompt
 * bar makes one, a job draws it, a PNG of ours gives it back.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define LIMN_TYPE_RECIPE (limn_recipe_get_type ())

/* what GSettings, the command line and the options offer at most in a window's grid */
#define LIMN_RECIPE_MAX_PICTURES 16
/* longer prompts are cut: the models read at most 64 tokens */
#define LIMN_RECIPE_MAX_PROMPT_CHARS 1000

/**
 * LimnRecipe:
 * @prompt: valid UTF-8, one line
 * @model: name of a model in the store, or %NULL for the default one
 * @has_seed: whether @seed was chosen; otherwise one is made up when drawing starts
 * @temperature: negative for the model's own
 * @top_k: negative for the model's own
 * @guidance: negative for the model's own
 * @keep_ids: (nullable): first image tokens to keep, #guint32 values
 * @redraw: of these, the share that is drawn again in each picture, 0 to 1
 * @negative: (nullable): what the pictures shall not show; valid UTF-8, one line
 * @blend_prompt: (nullable): a second prompt to mix in, likewise
 * @blend: how much of it, 0 to 1
 * @is_tile: the edges of each picture meet
 */
typedef struct
{
  /*< private >*/
  gatomicrefcount ref_count;
  /*< public >*/
  char *prompt;
  char *model;
  guint n_pictures;
  gboolean has_seed;
  guint64 seed;
  double temperature;
  int top_k;
  double guidance;
  GArray *keep_ids;
  double redraw;
  char *negative;
  char *blend_prompt;
  double blend;
  gboolean is_tile;
} LimnRecipe;

GType limn_recipe_get_type (void);
LimnRecipe *limn_recipe_new (const char *prompt);
LimnRecipe *limn_recipe_copy (const LimnRecipe *recipe);
LimnRecipe *limn_recipe_ref (LimnRecipe *recipe);
void limn_recipe_unref (LimnRecipe *recipe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnRecipe, limn_recipe_unref)

void limn_recipe_set_keep_ids (LimnRecipe *recipe, const guint32 *ids, guint n_ids);
char *limn_prompt_clean (const char *text);

/* prompt, model, pictures, whether there is a seed, seed, temperature, top-k, guidance, kept
 * tokens, and by its name what most recipes do not have */
#define LIMN_RECIPE_TYPE "(ssubtdidaua{sv})"

GVariant *limn_recipe_to_variant (const LimnRecipe *recipe);
LimnRecipe *limn_recipe_from_variant (GVariant *variant);

G_END_DECLS
