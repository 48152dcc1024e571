/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LimnLibrary: a GListModel of #LimnDrawing over a folder.  The files are the
 * truth: a worker thread lists them and reads what each remembers, a file
 * monitor tells of new and gone ones.  Nothing else is stored.
 */
#include "limn-library.h"

#include "library/atomic-file.h"
#include "library/library-entry.h"
#include "library/picture-file.h"
#include "limn-favourites.h"

#define BATCH             256
#define NEW_FILE_DELAY_MS 300

struct _LimnLibrary
{
  GObject parent_instance;

  GFile *folder;
  GFileMonitor *monitor;
  GPtrArray *items;  /* of LimnDrawing, newest first */
  GHashTable *known; /* the same, to find them; borrowed */
  GHashTable *due;   /* of GFile: those that will be read in a moment */
  GCancellable *cancellable;
  guint n_reading;
};

static void limn_library_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LimnLibrary,
                               limn_library,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      limn_library_list_model_init))

enum
{
  PROP_0,
  PROP_LOADING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* ---- list model ---- */

static GType
get_item_type (GListModel *model)
{
  return LIMN_TYPE_DRAWING;
}

static guint
get_n_items (GListModel *model)
{
  return LIMN_LIBRARY (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  LimnLibrary *self = LIMN_LIBRARY (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
limn_library_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- into the list ---- */

static void
on_replaced (LimnLibrary *self, LimnDrawing *by, LimnDrawing *drawing)
{
  guint position;

  if (!g_ptr_array_find (self->items, drawing, &position))
    return;
  g_hash_table_remove (self->known, drawing);
  g_hash_table_add (self->known, by);
  limn_drawing_set_favourite (by, limn_drawing_is_favourite (drawing));
  g_object_unref (drawing);
  self->items->pdata[position] = g_object_ref (by);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 1);
}

static LimnDrawing *
dup_drawing (LimnLibrary *self, LimnLibraryEntry *entry)
{
  g_autoptr (GFile) file = g_file_new_for_path (entry->path);
  LimnDrawing *drawing = limn_drawing_find (file);

  if (drawing != NULL)
    {
      /* what was not all there when its pixels were asked for may be now */
      limn_drawing_set_missing (drawing, FALSE);
      return g_object_ref (drawing);
    }
  drawing = limn_drawing_new_for_file (file, entry->recipe, entry->recipe->seed, entry->time);
  limn_drawing_set_favourite (drawing, limn_favourites_contains (file));
  g_signal_connect_object (drawing, "replaced", G_CALLBACK (on_replaced), self, G_CONNECT_SWAPPED);
  return drawing;
}

/* Where a picture of this time belongs: after all that are newer. */
static guint
find_place (LimnLibrary *self, gint64 time)
{
  guint low = 0, high = self->items->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (limn_drawing_get_time (self->items->pdata[middle]) > time)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
insert_entry (LimnLibrary *self, LimnLibraryEntry *entry)
{
  g_autoptr (LimnDrawing) drawing = NULL;
  guint place;

  if (entry->recipe == NULL)
    return;
  drawing = dup_drawing (self, entry);
  if (!g_hash_table_add (self->known, drawing))
    return;
  place = find_place (self, limn_drawing_get_time (drawing));
  g_ptr_array_insert (self->items, (int) place, g_object_ref (drawing));
  g_list_model_items_changed (G_LIST_MODEL (self), place, 0, 1);
}

/* A batch of the first listing: none newer than those there are, so it goes to the end. */
static void
append_entries (LimnLibrary *self, GPtrArray *entries)
{
  guint old_len = self->items->len;

  for (guint i = 0; i < entries->len; i++)
    {
      LimnLibraryEntry *entry = entries->pdata[i];
      g_autoptr (LimnDrawing) drawing = entry->recipe != NULL ? dup_drawing (self, entry) : NULL;

      if (drawing != NULL && g_hash_table_add (self->known, drawing))
        g_ptr_array_add (self->items, g_steal_pointer (&drawing));
    }
  if (self->items->len > old_len)
    g_list_model_items_changed (G_LIST_MODEL (self), old_len, 0, self->items->len - old_len);
}

static void
add_entries (LimnLibrary *self, GPtrArray *entries)
{
  gint64 oldest = G_MAXINT64, newest = 0;

  if (self->items->len > 0)
    oldest = limn_drawing_get_time (self->items->pdata[self->items->len - 1]);
  for (guint i = 0; i < entries->len; i++)
    newest = MAX (newest, ((LimnLibraryEntry *) entries->pdata[i])->time);
  if (newest <= oldest)
    {
      append_entries (self, entries);
      return;
    }
  for (guint i = 0; i < entries->len; i++)
    insert_entry (self, entries->pdata[i]);
}

/* ---- reading in a thread ---- */

/*
 * The library is kept by the callback's data, which the main thread lets go of, and is not the
 * task's source: the worker may be the last to let go of a task, and the drawings of a library may
 * only end in the main thread.
 */
typedef struct
{
  LimnLibrary *self; /* borrowed: lives until on_read() */
  GFile *file;
} Read;

static void
read_free (gpointer data)
{
  Read *read = data;

  g_object_unref (read->file);
  g_free (read);
}

typedef struct
{
  LimnLibrary *self;
  GPtrArray *entries;
  GCancellable *cancellable;
} Batch;

static gboolean
deliver_batch (gpointer data)
{
  Batch *batch = data;

  if (!g_cancellable_is_cancelled (batch->cancellable))
    add_entries (batch->self, batch->entries);
  return G_SOURCE_REMOVE;
}

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_object_unref (batch->self);
  g_object_unref (batch->cancellable);
  g_ptr_array_unref (batch->entries);
  g_free (batch);
}

static void
post_batch (GTask *task, GPtrArray *entries)
{
  Batch *batch = g_new0 (Batch, 1);
  /* not g_main_context_invoke(), which calls at once, in this thread, when the main thread happens
   * to be between two rounds of its loop */
  g_autoptr (GSource) source = g_idle_source_new ();

  batch->self = g_object_ref (((Read *) g_task_get_task_data (task))->self);
  batch->cancellable = g_object_ref (g_task_get_cancellable (task));
  batch->entries = g_ptr_array_ref (entries);
  g_source_set_callback (source, deliver_batch, batch, batch_free);
  g_source_attach (source, g_task_get_context (task));
}

static void
read_folder_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GPtrArray) entries = limn_library_list_folder (((Read *) data)->file, cancellable);

  limn_atomic_file_sweep (g_file_peek_path (((Read *) data)->file));
  g_ptr_array_set_free_func (entries, NULL);
  for (guint i = 0; i < entries->len; i += BATCH)
    {
      g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func (limn_library_entry_free);

      for (guint j = i; j < MIN (i + BATCH, entries->len); j++)
        {
          if (!g_cancellable_is_cancelled (cancellable))
            limn_library_entry_read (entries->pdata[j]);
          g_ptr_array_add (batch, entries->pdata[j]);
        }
      post_batch (task, batch);
    }
  g_task_return_boolean (task, TRUE);
}

static void
read_file_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GFile *file = ((Read *) data)->file;
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func (limn_library_entry_free);
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_TIME_MODIFIED,
                                                  G_FILE_QUERY_INFO_NONE, cancellable, NULL);
  LimnLibraryEntry *entry = g_new0 (LimnLibraryEntry, 1);

  entry->path = g_file_get_path (file);
  g_ptr_array_add (batch, entry);
  if (info != NULL)
    {
      entry->time =
          (gint64) g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED);
      limn_library_entry_read (entry);
      post_batch (task, batch);
    }
  g_task_return_boolean (task, TRUE);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LimnLibrary) self = LIMN_LIBRARY (data);

  if (--self->n_reading == 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

static void
read_async (LimnLibrary *self, GFile *file, GTaskThreadFunc func)
{
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, on_read, g_object_ref (self));
  Read *read = g_new0 (Read, 1);

  read->self = self;
  read->file = g_object_ref (file);
  self->n_reading++;
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, read, read_free);
  g_task_run_in_thread (task, func);
}

/* ---- changes in the folder ---- */

static void
remove_file (LimnLibrary *self, GFile *file)
{
  LimnDrawing *drawing = limn_drawing_find (file);
  guint position;

  if (drawing == NULL || !g_ptr_array_find (self->items, drawing, &position))
    return;
  g_hash_table_remove (self->known, drawing);
  g_ptr_array_remove_index (self->items, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

typedef struct
{
  LimnLibrary *self;
  GFile *file;
} NewFile;

static void
new_file_free (gpointer data)
{
  NewFile *new_file = data;

  g_object_unref (new_file->self);
  g_object_unref (new_file->file);
  g_free (new_file);
}

static gboolean
on_new_file_due (gpointer data)
{
  NewFile *new_file = data;

  g_hash_table_remove (new_file->self->due, new_file->file);
  if (!g_cancellable_is_cancelled (new_file->self->cancellable))
    read_async (new_file->self, new_file->file, read_file_in_thread);
  return G_SOURCE_REMOVE;
}

/* A moment later, so that a job that has just saved it may say that it is its picture. */
static void
add_file (LimnLibrary *self, GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  NewFile *new_file;

  if (!limn_library_is_picture_name (name) || !g_hash_table_add (self->due, g_object_ref (file)))
    return;
  new_file = g_new0 (NewFile, 1);
  new_file->self = g_object_ref (self);
  new_file->file = g_object_ref (file);
  g_timeout_add_full (G_PRIORITY_DEFAULT_IDLE, NEW_FILE_DELAY_MS, on_new_file_due, new_file,
                      new_file_free);
}

static void
on_folder_changed (LimnLibrary *self, GFile *file, GFile *other, GFileMonitorEvent event)
{
  switch (event)
    {
    case G_FILE_MONITOR_EVENT_CREATED:
      if (g_file_equal (file, self->folder)) /* it was gone, and was not watched for a while */
        read_async (self, self->folder, read_folder_in_thread);
      else
        add_file (self, file);
      break;
    case G_FILE_MONITOR_EVENT_MOVED_IN:
    case G_FILE_MONITOR_EVENT_CHANGES_DONE_HINT: /* it may have come slowly */
      add_file (self, file);
      break;
    case G_FILE_MONITOR_EVENT_RENAMED:
      remove_file (self, file);
      add_file (self, other);
      break;
    case G_FILE_MONITOR_EVENT_DELETED:
    case G_FILE_MONITOR_EVENT_MOVED_OUT:
      remove_file (self, file);
      break;
    default:
      break;
    }
}

static void
watch (LimnLibrary *self)
{
  self->monitor = g_file_monitor_directory (self->folder, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_swapped (self->monitor, "changed", G_CALLBACK (on_folder_changed), self);
}

static void
unwatch (LimnLibrary *self)
{
  if (self->monitor == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
}

static void
remove_all (LimnLibrary *self)
{
  guint n_removed = self->items->len;

  g_hash_table_remove_all (self->known);
  g_ptr_array_set_size (self->items, 0);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_removed, 0);
}

/**
 * limn_library_expect:
 *
 * Says that pictures are about to come: a folder that was not there, or is gone
 * again, is made and watched from now on.
 */
void
limn_library_expect (LimnLibrary *self)
{
  gboolean is_there = g_file_query_exists (self->folder, NULL);

  if (is_there && self->monitor != NULL)
    return;
  if (!is_there)
    {
      /* a monitor of what is gone sees what comes in its place only seconds later */
      unwatch (self);
      remove_all (self);
    }
  if (limn_picture_file_make_folder (g_file_peek_path (self->folder), LIMN_PICTURE_MODE_PRIVATE,
                                     NULL))
    watch (self);
}

/* ---- object ---- */

static void
limn_library_dispose (GObject *object)
{
  LimnLibrary *self = LIMN_LIBRARY (object);

  g_cancellable_cancel (self->cancellable);
  unwatch (self);
  G_OBJECT_CLASS (limn_library_parent_class)->dispose (object);
}

static void
limn_library_finalize (GObject *object)
{
  LimnLibrary *self = LIMN_LIBRARY (object);

  g_clear_object (&self->folder);
  g_clear_object (&self->cancellable);
  g_hash_table_unref (self->known);
  g_hash_table_unref (self->due);
  g_ptr_array_unref (self->items);
  G_OBJECT_CLASS (limn_library_parent_class)->finalize (object);
}

static void
limn_library_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LOADING)
    g_value_set_boolean (value, limn_library_is_loading (LIMN_LIBRARY (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
limn_library_class_init (LimnLibraryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = limn_library_dispose;
  object_class->finalize = limn_library_finalize;
  object_class->get_property = limn_library_get_property;
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
limn_library_init (LimnLibrary *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->known = g_hash_table_new (NULL, NULL);
  self->due = g_hash_table_new_full (g_file_hash, (GEqualFunc) g_file_equal, g_object_unref, NULL);
  self->cancellable = g_cancellable_new ();
}

/**
 * limn_library_new:
 * @folder: need not exist; a local folder
 *
 * Returns: (transfer full): a library that fills as the folder is read
 */
LimnLibrary *
limn_library_new (GFile *folder)
{
  LimnLibrary *self = g_object_new (LIMN_TYPE_LIBRARY, NULL);

  self->folder = g_object_ref (folder);
  /* watched first, so that nothing is missed while it is read */
  if (g_file_query_exists (folder, NULL))
    watch (self);
  read_async (self, folder, read_folder_in_thread);
  return self;
}

gboolean
limn_library_is_loading (LimnLibrary *self)
{
  return self->n_reading > 0;
}
