/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnDrawing: one picture in the window, from an empty tile to a file. */
#pragma once

#include <gdk/gdk.h>

#include "jobs/limn-recipe.h"

G_BEGIN_DECLS

/**
 * LimnDrawingState:
 * @LIMN_DRAWING_WAITING: nothing to see yet
 * @LIMN_DRAWING_STARTED: its texture is a preview
 * @LIMN_DRAWING_DONE: finished; its pixels are final
 * @LIMN_DRAWING_STOPPED: will not be finished
 */
typedef enum
{
  LIMN_DRAWING_WAITING,
  LIMN_DRAWING_STARTED,
  LIMN_DRAWING_DONE,
  LIMN_DRAWING_STOPPED,
} LimnDrawingState;

#define LIMN_TYPE_DRAWING (limn_drawing_get_type ())
G_DECLARE_FINAL_TYPE (LimnDrawing, limn_drawing, LIMN, DRAWING, GObject)

LimnDrawing *limn_drawing_new (LimnRecipe *recipe, guint index, guint64 seed);
LimnDrawing *limn_drawing_new_for_file (GFile *file, LimnRecipe *recipe, guint64 seed, gint64 time);

LimnRecipe *limn_drawing_get_recipe (LimnDrawing *self);
const char *limn_drawing_get_prompt (LimnDrawing *self);
guint limn_drawing_get_index (LimnDrawing *self);
guint64 limn_drawing_get_seed (LimnDrawing *self);
gint64 limn_drawing_get_time (LimnDrawing *self);

void limn_drawing_set_time (LimnDrawing *self, gint64 time);
LimnDrawingState limn_drawing_get_state (LimnDrawing *self);
gboolean limn_drawing_is_done (LimnDrawing *self);
void limn_drawing_set_state (LimnDrawing *self, LimnDrawingState state);

GdkTexture *limn_drawing_get_texture (LimnDrawing *self);
void limn_drawing_set_texture (LimnDrawing *self, GdkTexture *texture);

GFile *limn_drawing_get_file (LimnDrawing *self);
void limn_drawing_set_file (LimnDrawing *self, GFile *file);

gboolean limn_drawing_is_favourite (LimnDrawing *self);
void limn_drawing_set_favourite (LimnDrawing *self, gboolean is_favourite);

gboolean limn_drawing_is_removed (LimnDrawing *self);
void limn_drawing_set_removed (LimnDrawing *self, gboolean is_removed);

gboolean limn_drawing_is_missing (LimnDrawing *self);
void limn_drawing_set_missing (LimnDrawing *self, gboolean is_missing);

LimnDrawing *limn_drawing_find (GFile *file);

double limn_drawing_get_score (LimnDrawing *self);
void limn_drawing_set_score (LimnDrawing *self, double score);

GArray *limn_drawing_get_ids (LimnDrawing *self);
void limn_drawing_set_ids (LimnDrawing *self, GArray *ids);

G_END_DECLS
