/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnDrawing: what the window knows of one picture.  A plain model object for
 * the main thread: it does not draw, read or write files, or show anything.
 */
#include "limn-drawing.h"

struct _LimnDrawing
{
  GObject parent_instance;

  /* settings, fixed */
  LimnRecipe *recipe;
  guint index;
  guint64 seed;
  gint64 time; /* seconds since 1970 */

  /* state */
  LimnDrawingState state;
  GdkTexture *texture;
  GFile *file;
  GArray *ids; /* guint32 image tokens, or NULL when not known */
  gboolean is_favourite;
};

G_DEFINE_FINAL_TYPE (LimnDrawing, limn_drawing, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_STATE,
  PROP_TEXTURE,
  PROP_FILE,
  PROP_FAVOURITE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
limn_drawing_finalize (GObject *object)
{
  LimnDrawing *self = LIMN_DRAWING (object);

  limn_recipe_unref (self->recipe);
  g_clear_object (&self->texture);
  g_clear_object (&self->file);
  g_clear_pointer (&self->ids, g_array_unref);
  G_OBJECT_CLASS (limn_drawing_parent_class)->finalize (object);
}

static void
limn_drawing_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LimnDrawing *self = LIMN_DRAWING (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_TEXTURE:
      g_value_set_object (value, self->texture);
      break;
    case PROP_FILE:
      g_value_set_object (value, self->file);
      break;
    case PROP_FAVOURITE:
      g_value_set_boolean (value, self->is_favourite);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
limn_drawing_class_init (LimnDrawingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = limn_drawing_finalize;
  object_class->get_property = limn_drawing_get_property;
  properties[PROP_STATE] =
      g_param_spec_uint ("state", NULL, NULL, 0, LIMN_DRAWING_STOPPED, 0, flags);
  properties[PROP_TEXTURE] = g_param_spec_object ("texture", NULL, NULL, GDK_TYPE_TEXTURE, flags);
  properties[PROP_FILE] = g_param_spec_object ("file", NULL, NULL, G_TYPE_FILE, flags);
  properties[PROP_FAVOURITE] = g_param_spec_boolean ("favourite", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
limn_drawing_init (LimnDrawing *self)
{
}

/**
 * limn_drawing_new:
 * @index: place in its grid, from 0
 *
 * Returns: (transfer full): a picture that is still to be drawn
 */
LimnDrawing *
limn_drawing_new (LimnRecipe *recipe, guint index, guint64 seed)
{
  LimnDrawing *self = g_object_new (LIMN_TYPE_DRAWING, NULL);

  self->recipe = limn_recipe_ref (recipe);
  self->index = index;
  self->seed = seed;
  self->time = g_get_real_time () / G_USEC_PER_SEC;
  return self;
}

/**
 * limn_drawing_new_for_file:
 * @time: when it was drawn, in seconds since 1970
 *
 * Returns: (transfer full): a finished picture whose pixels are still on disk
 */
LimnDrawing *
limn_drawing_new_for_file (GFile *file, LimnRecipe *recipe, guint64 seed, gint64 time)
{
  LimnDrawing *self = limn_drawing_new (recipe, 0, seed);

  self->file = g_object_ref (file);
  self->time = time;
  self->state = LIMN_DRAWING_DONE;
  return self;
}

LimnRecipe *
limn_drawing_get_recipe (LimnDrawing *self)
{
  return self->recipe;
}

const char *
limn_drawing_get_prompt (LimnDrawing *self)
{
  return self->recipe->prompt;
}

guint
limn_drawing_get_index (LimnDrawing *self)
{
  return self->index;
}

guint64
limn_drawing_get_seed (LimnDrawing *self)
{
  return self->seed;
}

gint64
limn_drawing_get_time (LimnDrawing *self)
{
  return self->time;
}

LimnDrawingState
limn_drawing_get_state (LimnDrawing *self)
{
  return self->state;
}

gboolean
limn_drawing_is_done (LimnDrawing *self)
{
  return self->state == LIMN_DRAWING_DONE;
}

void
limn_drawing_set_state (LimnDrawing *self, LimnDrawingState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

/**
 * limn_drawing_get_texture:
 *
 * Returns: (transfer none) (nullable): the preview or the picture; %NULL while
 *   there is none in memory
 */
GdkTexture *
limn_drawing_get_texture (LimnDrawing *self)
{
  return self->texture;
}

void
limn_drawing_set_texture (LimnDrawing *self, GdkTexture *texture)
{
  if (g_set_object (&self->texture, texture))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXTURE]);
}

/**
 * limn_drawing_get_file:
 *
 * Returns: (transfer none) (nullable): where it is kept; %NULL when it could
 *   not be saved and exists in memory alone
 */
GFile *
limn_drawing_get_file (LimnDrawing *self)
{
  return self->file;
}

void
limn_drawing_set_file (LimnDrawing *self, GFile *file)
{
  if (g_set_object (&self->file, file))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FILE]);
}

gboolean
limn_drawing_is_favourite (LimnDrawing *self)
{
  return self->is_favourite;
}

void
limn_drawing_set_favourite (LimnDrawing *self, gboolean is_favourite)
{
  if (self->is_favourite == is_favourite)
    return;
  self->is_favourite = is_favourite;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FAVOURITE]);
}

/**
 * limn_drawing_get_ids:
 *
 * Returns: (transfer none) (nullable): its image tokens, #guint32, row by row
 */
GArray *
limn_drawing_get_ids (LimnDrawing *self)
{
  return self->ids;
}

void
limn_drawing_set_ids (LimnDrawing *self, GArray *ids)
{
  g_clear_pointer (&self->ids, g_array_unref);
  self->ids = ids != NULL ? g_array_ref (ids) : NULL;
}
