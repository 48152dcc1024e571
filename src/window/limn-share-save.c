/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Saving where a person chooses, and making animations.  Encoding and writing
 * happen on a worker thread; what it needs is taken along when it starts.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "jobs/limn-model-pool.h"
#include "library/film.h"
#include "library/limn-export.h"
#include "library/picture-file.h"
#include "limn-compat.h"
#include "limn-share.h"
#include "limn-toast.h"

#define FILM_TYPE "image/webp"

typedef struct
{
  GdkTexture *texture; /* may be NULL */
  GFile *file;         /* of the library; may be NULL */
  gboolean may_tell;   /* how it was drawn, as that file does */
  gboolean is_film;
  GArray *ids; /* guint32, or NULL: read from the file */
  char *model;
  LimnPictureFacts facts; /* of a picture put together here; without a prompt tells nothing */
  GFile *target;
} Work;

static void
work_free (Work *work)
{
  g_clear_object (&work->texture);
  g_clear_object (&work->file);
  g_clear_object (&work->target);
  g_clear_pointer (&work->ids, g_array_unref);
  g_free (work->model);
  limn_picture_facts_clear (&work->facts);
  g_free (work);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Work, work_free)

static Work *
work_new (LimnDrawing *drawing, gboolean is_film)
{
  Work *work = g_new0 (Work, 1);

  g_set_object (&work->texture, limn_drawing_get_texture (drawing));
  g_set_object (&work->file, limn_drawing_get_file (drawing));
  work->may_tell = !limn_share_is_stripping ();
  work->is_film = is_film;
  if (limn_drawing_get_ids (drawing) != NULL)
    work->ids = g_array_ref (limn_drawing_get_ids (drawing));
  work->model = g_strdup (limn_drawing_get_recipe (drawing)->model);
  return work;
}

/* ---- on the worker thread ---- */

static gboolean
find_ids (Work *work, GError **error)
{
  g_auto (LimnPictureFacts) facts = { 0 };

  if (work->ids != NULL)
    return TRUE;
  if (work->file != NULL
      && !limn_picture_file_read_facts (g_file_peek_path (work->file), &facts, error))
    return FALSE;
  if (facts.n_ids == 0)
    {
      g_set_error_literal (error, LIMN_ERROR, LIMN_ERROR_MISSING,
                           _ ("This picture does not tell how it was drawn."));
      return FALSE;
    }
  work->ids = g_array_sized_new (FALSE, FALSE, sizeof (guint32), facts.n_ids);
  g_array_append_vals (work->ids, facts.ids, facts.n_ids);
  return TRUE;
}

static GBytes *
encode_film (Work *work, GError **error)
{
  g_autoptr (LimnModel) model = NULL;
  g_autofree guint8 *rgb = NULL;

  if (!find_ids (work, error))
    return NULL;
  if (work->texture == NULL)
    work->texture = limn_share_read_texture (work->file, error);
  if (work->texture == NULL)
    return NULL;
  model = limn_model_pool_open (work->model, error);
  if (model == NULL)
    return NULL;
  rgb = limn_export_download (work->texture);
  return limn_film_encode (model, (const guint32 *) (gpointer) work->ids->data, work->ids->len, rgb,
                           (guint) gdk_texture_get_width (work->texture),
                           (guint) gdk_texture_get_height (work->texture), error);
}

static GBytes *
encode (Work *work, GError **error)
{
  LimnExportFormat format = limn_export_guess_format (work->target);

  if (work->is_film)
    return encode_film (work, error);
  if (work->facts.prompt != NULL)
    return limn_export_encode (work->texture, format, &work->facts, error);
  return limn_share_encode (work->file, work->texture, work->may_tell, format, error);
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;
  GBytes *bytes = encode (work, &error);

  if (bytes != NULL && !limn_export_write (work->target, bytes, &error))
    g_clear_pointer (&bytes, g_bytes_unref);
  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

/* The widget is not the task's source: the worker may be the last to let go of that. */
static void
start (GtkWidget *widget, Work *work_take, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, g_object_ref (widget));

  g_task_set_source_tag (task, start);
  g_task_set_task_data (task, work_take, (GDestroyNotify) work_free);
  limn_share_run (task, run);
}

/* ---- saving ---- */

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) widget = data;
  Work *work = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), &error);
  g_autofree char *name = g_file_get_basename (work->target);
  g_autoptr (GFile) folder = g_file_get_parent (work->target);

  if (bytes == NULL)
    {
      limn_toast_error (widget, _ ("Could not save the picture"), error);
      return;
    }
  limn_share_set_last_folder (folder);
  limn_toast_saved (widget, name, work->target);
}

typedef struct
{
  GtkWidget *widget;
  Work *work;
} Question;

static void
on_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Question *question = data;
  g_autoptr (GtkWidget) widget = question->widget;
  g_autoptr (Work) work = question->work;
  g_autoptr (GError) error = NULL;

  work->target = limn_compat_file_finish (result, &error);
  if (work->target != NULL)
    start (widget, g_steal_pointer (&work), on_saved);
  else if (error != NULL)
    limn_toast_error (widget, _ ("Could not save the picture"), error);
}

static void
ask (GtkWidget *widget, Work *work_take, const char *title, const char *name)
{
  Question *question = g_new (Question, 1);
  g_autoptr (GFile) folder = limn_share_dup_last_folder ();

  *question = (Question){ g_object_ref (widget), work_take };
  limn_compat_save_async (GTK_WINDOW (gtk_widget_get_root (widget)), title, name, folder, NULL,
                          on_chosen, question);
}

/**
 * limn_share_save:
 * @format: of the name suggested; the person may type another ending
 *
 * Lets the person choose where to save a picture.
 */
void
limn_share_save (GtkWidget *widget, LimnDrawing *drawing, LimnExportFormat format)
{
  g_autofree char *name = limn_share_suggest_name (drawing, limn_export_get_suffix (format));

  ask (widget, work_new (drawing, FALSE), _ ("Save Picture"), name);
}

/**
 * limn_share_save_texture:
 * @words: to make a name of, unless the preferences say that nothing is told
 * @facts_take: (nullable): what the file tells of how it was drawn; left empty
 *
 * The same for a picture that was put together here.
 */
void
limn_share_save_texture (GtkWidget *widget,
                         GdkTexture *texture,
                         const char *words,
                         LimnPictureFacts *facts_take)
{
  Work *work = g_new0 (Work, 1);
  g_autofree char *stem = limn_share_is_stripping () ? limn_share_make_blind_stem ()
                                                     : limn_picture_file_make_stem (words, "limn");
  g_autofree char *name = g_strconcat (stem, ".png", NULL);

  work->texture = g_object_ref (texture);
  if (facts_take != NULL)
    {
      work->facts = *facts_take;
      *facts_take = (LimnPictureFacts){ 0 };
    }
  ask (widget, work, _ ("Save Picture"), name);
}

/* ---- animations ---- */

void
limn_share_save_film (GtkWidget *widget, LimnDrawing *drawing)
{
  g_autofree char *name = limn_share_suggest_name (drawing, ".webp");

  ask (widget, work_new (drawing, TRUE), _ ("Save Animation"), name);
}

static void
on_film_made (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) widget = data;
  Work *work = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), &error);
  GdkContentProvider *parts[2];
  g_autoptr (GdkContentProvider) content = NULL;

  if (bytes == NULL)
    {
      limn_toast_error (widget, _ ("Could not make an animation"), error);
      return;
    }
  /* no plain picture beside them: programs would take that one and lose the movement */
  parts[0] = limn_share_file_content_new (work->target);
  parts[1] = gdk_content_provider_new_for_bytes (FILM_TYPE, bytes);
  content = gdk_content_provider_new_union (parts, G_N_ELEMENTS (parts));
  gdk_clipboard_set_content (gtk_widget_get_clipboard (widget), content);
  limn_toast (widget, _ ("Animation copied"));
}

/**
 * limn_share_copy_film:
 *
 * Puts the picture being drawn into the clipboard, as a moving picture and as a file.
 */
void
limn_share_copy_film (GtkWidget *widget, LimnDrawing *drawing)
{
  g_autofree char *name = limn_share_suggest_name (drawing, ".webp");
  Work *work = work_new (drawing, TRUE);

  work->target = limn_share_dup_copy (name);
  start (widget, work, on_film_made);
}
