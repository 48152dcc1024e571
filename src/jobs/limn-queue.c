/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnQueue: a GListModel of the jobs that wait; the one being drawn is its
 * "current".  Draws one at a time.  What is left is kept in a small file, so
 * that it survives quitting and crashes.
 *
 * After a job whose pictures could not all be saved the rest is held back:
 * whoever shows them lets go of them when the next one starts.
 */
#include "limn-queue.h"

#include <glib/gstdio.h>

struct _LimnQueue
{
  GObject parent_instance;

  GPtrArray *waiting; /* of LimnJob */
  LimnJob *current;
  GPtrArray *removed; /* of Removed, in the order they would stand in */
  guint last_id;      /* given to one of them */
  GFile *state_file;  /* nullable */
  gboolean is_closed;
  gboolean is_gentle;
  gboolean is_held;
};

/* One that was taken out and may come back. */
typedef struct
{
  guint id;
  LimnJob *job;
  guint position; /* of what waits now: it stood before that one */
} Removed;

static void limn_queue_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LimnQueue,
                               limn_queue,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      limn_queue_list_model_init))

enum
{
  PROP_0,
  PROP_CURRENT,
  PROP_IS_GENTLE,
  PROP_IS_HELD,
  N_PROPS
};

enum
{
  SIGNAL_STARTED,
  SIGNAL_FINISHED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return LIMN_TYPE_JOB;
}

static guint
get_n_items (GListModel *model)
{
  return LIMN_QUEUE (model)->waiting->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  LimnQueue *self = LIMN_QUEUE (model);

  return position < self->waiting->len ? g_object_ref (self->waiting->pdata[position]) : NULL;
}

static void
limn_queue_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
removed_free (gpointer data)
{
  Removed *removed = data;

  g_clear_object (&removed->job);
  g_free (removed);
}

static void
limn_queue_finalize (GObject *object)
{
  LimnQueue *self = LIMN_QUEUE (object);

  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  g_clear_object (&self->current);
  g_clear_pointer (&self->removed, g_ptr_array_unref);
  g_clear_object (&self->state_file);
  G_OBJECT_CLASS (limn_queue_parent_class)->finalize (object);
}

static void
limn_queue_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CURRENT)
    g_value_set_object (value, LIMN_QUEUE (object)->current);
  else if (id == PROP_IS_GENTLE)
    g_value_set_boolean (value, LIMN_QUEUE (object)->is_gentle);
  else if (id == PROP_IS_HELD)
    g_value_set_boolean (value, LIMN_QUEUE (object)->is_held);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
limn_queue_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_IS_GENTLE)
    LIMN_QUEUE (object)->is_gentle = g_value_get_boolean (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
limn_queue_class_init (LimnQueueClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = limn_queue_finalize;
  object_class->get_property = limn_queue_get_property;
  object_class->set_property = limn_queue_set_property;
  properties[PROP_CURRENT] = g_param_spec_object ("current", NULL, NULL, LIMN_TYPE_JOB,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * LimnQueue:is-gentle: jobs that start from now on leave the computer to other programs.
   */
  properties[PROP_IS_GENTLE] = g_param_spec_boolean ("is-gentle", NULL, NULL, FALSE,
                                                     G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /**
   * LimnQueue:is-held: what waits does so until limn_queue_go_on(), or until more is added.
   */
  properties[PROP_IS_HELD] = g_param_spec_boolean ("is-held", NULL, NULL, FALSE,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_STARTED] = g_signal_new ("started", LIMN_TYPE_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, LIMN_TYPE_JOB);
  signals[SIGNAL_FINISHED] = g_signal_new ("finished", LIMN_TYPE_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 1, LIMN_TYPE_JOB);
}

static void
limn_queue_init (LimnQueue *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->removed = g_ptr_array_new_with_free_func (removed_free);
}

/**
 * limn_queue_new:
 * @state_file: (nullable): where what is left is kept over a restart
 */
LimnQueue *
limn_queue_new (GFile *state_file)
{
  LimnQueue *self = g_object_new (LIMN_TYPE_QUEUE, NULL);

  g_set_object (&self->state_file, state_file);
  return self;
}

/* ---- what survives a restart ---- */

/* Whether the first recipe is safe to draw: the program ended well, or was not drawing; then the
 * recipes, the one being drawn first. */
#define RECIPES_TYPE "a" LIMN_RECIPE_TYPE
#define STATE_TYPE   "(b" RECIPES_TYPE ")"

static void
add_to_state (GVariantBuilder *builder, LimnJob *job)
{
  g_autoptr (LimnRecipe) recipe = limn_job_dup_work_recipe (job);

  g_variant_builder_add_value (builder, limn_recipe_to_variant (recipe));
}

static GVariant *
build_state (LimnQueue *self)
{
  GVariantBuilder builder;
  gboolean is_safe = self->is_closed || self->current == NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (RECIPES_TYPE));
  if (self->current != NULL)
    add_to_state (&builder, self->current);
  for (guint i = 0; i < self->waiting->len; i++)
    add_to_state (&builder, self->waiting->pdata[i]);
  return g_variant_new ("(b@" RECIPES_TYPE ")", is_safe, g_variant_builder_end (&builder));
}

static void
save_state (LimnQueue *self)
{
  g_autoptr (GVariant) state = NULL;
  g_autofree char *text = NULL;
  g_autofree char *folder = NULL;
  const char *path;

  if (self->state_file == NULL)
    return;
  path = g_file_peek_path (self->state_file);
  if (self->current == NULL && self->waiting->len == 0)
    {
      g_unlink (path);
      return;
    }
  state = g_variant_ref_sink (build_state (self));
  text = g_variant_print (state, TRUE);
  folder = g_path_get_dirname (path);
  g_mkdir_with_parents (folder, 0700);
  g_file_set_contents (path, text, -1, NULL); /* losing this file is no loss of pictures */
}

/* ---- places ---- */

/* Takes a job out of those that wait; what was removed from behind it moves up. */
static LimnJob *
take (LimnQueue *self, guint position)
{
  for (guint i = 0; i < self->removed->len; i++)
    {
      Removed *removed = self->removed->pdata[i];

      if (removed->position > position)
        removed->position--;
    }
  return g_ptr_array_steal_index (self->waiting, position);
}

/* @n_before: how many of those that were removed would stand before it */
static void
insert (LimnQueue *self, guint position, LimnJob *job, guint n_before)
{
  for (guint i = n_before; i < self->removed->len; i++)
    ((Removed *) self->removed->pdata[i])->position++;
  g_ptr_array_insert (self->waiting, (int) position, job);
}

/* How many of those that were removed would stand before the one that waits at this place. */
static guint
count_removed_before (LimnQueue *self, guint position)
{
  guint n = 0;

  while (n < self->removed->len && ((Removed *) self->removed->pdata[n])->position <= position)
    n++;
  return n;
}

/* ---- order ---- */

static void start_next (LimnQueue *self);

static void
set_current (LimnQueue *self, LimnJob *job)
{
  if (g_set_object (&self->current, job))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CURRENT]);
}

static void
set_held (LimnQueue *self, gboolean is_held)
{
  if (self->is_held == is_held)
    return;
  self->is_held = is_held;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_HELD]);
}

static void
on_job_finished (LimnJob *job, LimnQueue *self)
{
  g_signal_handlers_disconnect_by_func (job, on_job_finished, self);
  g_object_ref (job);
  if (!self->is_closed)
    {
      set_held (self, limn_job_get_save_error (job) != NULL);
      set_current (self, NULL);
      start_next (self);
      save_state (self);
    }
  else
    set_current (self, NULL);
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0, job);
  g_object_unref (job);
}

static void
start_next (LimnQueue *self)
{
  g_autoptr (LimnJob) job = NULL;

  if (self->current != NULL || self->is_held || self->waiting->len == 0)
    return;
  job = take (self, 0);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 1, 0);
  set_current (self, job);
  /* whoever follows the job is to see its end before the next one starts */
  g_signal_connect_object (job, "finished", G_CALLBACK (on_job_finished), self, G_CONNECT_AFTER);
  g_signal_emit (self, signals[SIGNAL_STARTED], 0, job);
  limn_job_start (job, self->is_gentle);
}

/**
 * limn_queue_go_on:
 *
 * Draws what was held back, whatever becomes of the pictures that could not be saved.
 */
void
limn_queue_go_on (LimnQueue *self)
{
  set_held (self, FALSE);
  start_next (self);
  save_state (self);
}

/**
 * limn_queue_add_job:
 *
 * Adds a job at the end; draws at once when nothing is being drawn, also what was held back.
 */
void
limn_queue_add_job (LimnQueue *self, LimnJob *job)
{
  g_ptr_array_add (self->waiting, g_object_ref (job));
  g_list_model_items_changed (G_LIST_MODEL (self), self->waiting->len - 1, 0, 1);
  limn_queue_go_on (self);
}

/**
 * limn_queue_add:
 *
 * Adds a recipe at the end; starts at once when nothing is being drawn.
 *
 * Returns: (transfer none): its job
 */
LimnJob *
limn_queue_add (LimnQueue *self, LimnRecipe *recipe, GFile *folder)
{
  g_autoptr (LimnJob) job = limn_job_new (recipe, folder);

  limn_queue_add_job (self, job);
  return job; /* the queue keeps it */
}

/**
 * limn_queue_remove:
 *
 * Takes a waiting job out.
 *
 * Returns: what to tell limn_queue_put_back() to have it back; ids count from 1
 */
guint
limn_queue_remove (LimnQueue *self, guint position)
{
  Removed *removed;

  g_return_val_if_fail (position < self->waiting->len, 0);
  removed = g_new0 (Removed, 1);
  removed->id = ++self->last_id;
  removed->position = position;
  g_ptr_array_insert (self->removed, (int) count_removed_before (self, position), removed);
  removed->job = take (self, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  save_state (self);
  return removed->id;
}

/**
 * limn_queue_put_back:
 * @id: of limn_queue_remove()
 *
 * Puts a job where it was among those that still wait; nothing when it is there already.
 */
void
limn_queue_put_back (LimnQueue *self, guint id)
{
  for (guint i = 0; i < self->removed->len; i++)
    {
      Removed *removed = self->removed->pdata[i];
      guint position = removed->position;

      if (removed->id != id)
        continue;
      insert (self, position, g_steal_pointer (&removed->job), i + 1);
      g_ptr_array_remove_index (self->removed, i);
      g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
      start_next (self);
      save_state (self);
      return;
    }
}

void
limn_queue_move (LimnQueue *self, guint from, guint to)
{
  LimnJob *job;

  g_return_if_fail (from < self->waiting->len && to < self->waiting->len);
  job = take (self, from);
  g_list_model_items_changed (G_LIST_MODEL (self), from, 1, 0);
  insert (self, to, job, count_removed_before (self, to));
  g_list_model_items_changed (G_LIST_MODEL (self), to, 0, 1);
  save_state (self);
}

/* Cancels what is being drawn; the next one starts. */
void
limn_queue_stop (LimnQueue *self)
{
  if (self->current != NULL)
    limn_job_cancel (self->current);
}

/**
 * limn_queue_close:
 *
 * Ends work because the program ends: what is being drawn is cancelled, and
 * all that is left stays written down for the next start.
 */
void
limn_queue_close (LimnQueue *self)
{
  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  save_state (self);
  limn_queue_stop (self);
}

static GVariant *
load_state (LimnQueue *self)
{
  g_autofree char *text = NULL;

  if (self->state_file == NULL
      || !g_file_get_contents (g_file_peek_path (self->state_file), &text, NULL, NULL))
    return NULL;
  return g_variant_parse (G_VARIANT_TYPE (STATE_TYPE), text, NULL, NULL, NULL);
}

/**
 * limn_queue_restore:
 *
 * Adds what was left when the program ended last.  A recipe that was being
 * drawn when the program died is left out: it may have been the cause.
 *
 * Returns: whether there was anything
 */
gboolean
limn_queue_restore (LimnQueue *self, GFile *folder)
{
  g_autoptr (GVariant) state = load_state (self);
  g_autoptr (GVariant) recipes = NULL;
  gboolean has_ended_well;
  gsize first, n;

  if (state == NULL)
    return FALSE;
  g_variant_get (state, "(b@" RECIPES_TYPE ")", &has_ended_well, &recipes);
  first = has_ended_well ? 0 : 1;
  n = g_variant_n_children (recipes);
  for (gsize i = first; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (recipes, i);
      g_autoptr (LimnRecipe) recipe = limn_recipe_from_variant (child);

      limn_queue_add (self, recipe, folder);
    }
  save_state (self);
  return n > first;
}

/**
 * limn_queue_get_current:
 *
 * Returns: (transfer none) (nullable): the job being drawn
 */
LimnJob *
limn_queue_get_current (LimnQueue *self)
{
  return self->current;
}

gboolean
limn_queue_is_held (LimnQueue *self)
{
  return self->is_held;
}

gboolean
limn_queue_is_busy (LimnQueue *self)
{
  return self->current != NULL;
}
