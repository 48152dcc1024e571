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
  GArray *ids;  /* guint32 image tokens, or NULL when not known */
  double score; /* how well it matches its words; 0 when not known */
  gboolean is_favourite;
  gboolean is_removed; /* thrown away; may be taken back */
  gboolean is_missing; /* its file cannot be read */
};

G_DEFINE_FINAL_TYPE (LimnDrawing, limn_drawing, G_TYPE_OBJECT)

/* All that have a file, by its path, so that every list shows the same object. */
static GHashTable *by_path; /* borrowed strings and objects */

enum
{
  PROP_0,
  PROP_STATE,
  PROP_TEXTURE,
  PROP_FILE,
  PROP_FAVOURITE,
  PROP_REMOVED,
  PROP_MISSING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint replaced_signal;

/* Each file has one object.  A list that found a file before the job that wrote it had told which
 * picture it is has made one of its own: that one loses the file and tells who has it. */
static void
take_file_from (LimnDrawing *other, LimnDrawing *self)
{
  g_object_ref (other);
  g_clear_object (&other->file);
  g_signal_emit (other, replaced_signal, 0, self);
  g_object_unref (other);
}

static void
set_path (LimnDrawing *self, GFile *file)
{
  LimnDrawing *other = file != NULL ? limn_drawing_find (file) : NULL;

  if (by_path == NULL)
    by_path = g_hash_table_new (g_str_hash, g_str_equal);
  if (self->file != NULL && g_hash_table_lookup (by_path, g_file_peek_path (self->file)) == self)
    g_hash_table_remove (by_path, g_file_peek_path (self->file));
  g_set_object (&self->file, file);
  if (file != NULL)
    g_hash_table_replace (by_path, (gpointer) g_file_peek_path (file), self);
  if (other != NULL && other != self)
    take_file_from (other, self);
}

static void
limn_drawing_finalize (GObject *object)
{
  LimnDrawing *self = LIMN_DRAWING (object);

  set_path (self, NULL);
  limn_recipe_unref (self->recipe);
  g_clear_object (&self->texture);
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
    case PROP_REMOVED:
      g_value_set_boolean (value, self->is_removed);
      break;
    case PROP_MISSING:
      g_value_set_boolean (value, self->is_missing);
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
  properties[PROP_REMOVED] = g_param_spec_boolean ("removed", NULL, NULL, FALSE, flags);
  properties[PROP_MISSING] = g_param_spec_boolean ("missing", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  /**
   * LimnDrawing::replaced:
   * @by: the object that stands for its file from now on
   */
  replaced_signal = g_signal_new ("replaced", LIMN_TYPE_DRAWING, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, LIMN_TYPE_DRAWING);
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

  set_path (self, file);
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

/**
 * limn_drawing_set_time:
 * @time: when it was drawn, in seconds since 1970
 *
 * Lists are in the order of time: to be told before the picture has a file, by which they find it.
 */
void
limn_drawing_set_time (LimnDrawing *self, gint64 time)
{
  self->time = time;
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
  if (self->file == file)
    return;
  set_path (self, file);
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

gboolean
limn_drawing_is_removed (LimnDrawing *self)
{
  return self->is_removed;
}

/* Hides it everywhere; the file is LimnTrash's. */
void
limn_drawing_set_removed (LimnDrawing *self, gboolean is_removed)
{
  if (self->is_removed == is_removed)
    return;
  self->is_removed = is_removed;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REMOVED]);
}

gboolean
limn_drawing_is_missing (LimnDrawing *self)
{
  return self->is_missing;
}

void
limn_drawing_set_missing (LimnDrawing *self, gboolean is_missing)
{
  if (self->is_missing == is_missing)
    return;
  self->is_missing = is_missing;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MISSING]);
}

/**
 * limn_drawing_find:
 *
 * Returns: (transfer none) (nullable): the picture of @file, if there is one
 */
LimnDrawing *
limn_drawing_find (GFile *file)
{
  return by_path != NULL ? g_hash_table_lookup (by_path, g_file_peek_path (file)) : NULL;
}

/* How much likelier the model finds it with its words than without. */
double
limn_drawing_get_score (LimnDrawing *self)
{
  return self->score;
}

void
limn_drawing_set_score (LimnDrawing *self, double score)
{
  self->score = score;
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
