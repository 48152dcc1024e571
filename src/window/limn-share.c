/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Getting one picture out of the window.  Several at once, posts and captions
 * have files of their own.
 */
#include "config.h"

#include "limn-share.h"

#include <glib/gi18n.h>

#include "library/picture-file.h"
#include "limn-compat.h"
#include "limn-toast.h"

#define DRAG_ICON_SIDE   128
#define DRAG_ICON_RADIUS 10

/* ---- drag and clipboard ---- */

static gboolean
is_stripping (void)
{
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);

  return g_settings_get_boolean (settings, "strip-facts-on-sharing");
}

/* A file that other programs can take: the one in the library, else a copy in the cache. */
static GFile *
dup_file (LimnDrawing *drawing)
{
  g_autofree char *folder = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GFile) file = NULL;

  if (limn_drawing_get_file (drawing) != NULL && !is_stripping ())
    return g_object_ref (limn_drawing_get_file (drawing));
  folder = g_build_filename (g_get_user_cache_dir (), "limn", NULL);
  name = limn_share_suggest_name (drawing, ".png");
  g_mkdir_with_parents (folder, 0700);
  file = g_file_new_build_filename (folder, name, NULL);
  return limn_share_write (drawing, file, NULL) ? g_steal_pointer (&file) : NULL;
}

static GdkContentProvider *
file_content_new (LimnDrawing *drawing)
{
  g_autoptr (GFile) file = dup_file (drawing);
  GdkContentProvider *content;
  GdkFileList *list;

  if (file == NULL)
    return NULL;
  list = gdk_file_list_new_from_array (&file, 1);
  content = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, list);
  g_boxed_free (GDK_TYPE_FILE_LIST, list);
  return content;
}

/**
 * limn_share_content_new:
 * @with_file: offer a file beside the pixels: chat programs, browsers and file
 *   managers want a file, paint programs pixels
 *
 * Returns: (transfer full) (nullable): %NULL while the picture is not in memory
 */
GdkContentProvider *
limn_share_content_new (LimnDrawing *drawing, gboolean with_file)
{
  GdkTexture *texture = limn_drawing_get_texture (drawing);
  GdkContentProvider *parts[2];
  guint n_parts = 0;

  if (texture == NULL)
    return NULL;
  if (with_file && (parts[0] = file_content_new (drawing)) != NULL)
    n_parts = 1;
  parts[n_parts++] = gdk_content_provider_new_typed (GDK_TYPE_TEXTURE, texture);
  return gdk_content_provider_new_union (parts, n_parts);
}

/**
 * limn_share_drag_icon_new:
 *
 * Returns: (transfer full): a small copy of the picture with round corners
 */
GdkPaintable *
limn_share_drag_icon_new (GdkTexture *texture)
{
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  const graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, DRAG_ICON_SIDE, DRAG_ICON_SIDE);
  GskRoundedRect rounded;

  gsk_rounded_rect_init_from_rect (&rounded, &bounds, DRAG_ICON_RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_texture (snapshot, texture, &bounds);
  gtk_snapshot_pop (snapshot);
  return gtk_snapshot_to_paintable (snapshot, &bounds.size);
}

void
limn_share_copy (GtkWidget *widget, LimnDrawing *drawing)
{
  GdkTexture *texture = limn_drawing_get_texture (drawing);

  if (texture == NULL)
    return;
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), texture);
  limn_toast (widget, _ ("Picture copied"));
}

/* ---- file ---- */

/**
 * limn_share_suggest_name:
 * @suffix: with its dot
 *
 * A name made of the prompt that every file system takes.
 */
char *
limn_share_suggest_name (LimnDrawing *drawing, const char *suffix)
{
  g_autofree char *tail = g_strdup_printf ("%" G_GUINT64_FORMAT, limn_drawing_get_seed (drawing));
  g_autofree char *stem = limn_picture_file_make_stem (limn_drawing_get_prompt (drawing), tail);

  return g_strconcat (stem, suffix, NULL);
}

static const char *
get_format (GFile *file)
{
  const char *path = g_file_peek_path (file);
  g_autofree char *lower = g_ascii_strdown (path != NULL ? path : "", -1);

  if (g_str_has_suffix (lower, ".jpg") || g_str_has_suffix (lower, ".jpeg"))
    return "jpeg";
  if (g_str_has_suffix (lower, ".webp"))
    return "webp";
  return "png";
}

static GdkPixbuf *
pixbuf_from_texture (GdkTexture *texture)
{
  int width = gdk_texture_get_width (texture), height = gdk_texture_get_height (texture);
  gsize stride = (gsize) width * 4;
  g_autofree guint8 *argb = g_malloc (stride * (gsize) height);
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  guint8 *rows = gdk_pixbuf_get_pixels (pixbuf);
  int out_stride = gdk_pixbuf_get_rowstride (pixbuf);

  gdk_texture_download (texture, argb, stride);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        guint32 pixel = ((guint32 *) (gpointer) (argb + (gsize) y * stride))[x];
        guint8 *out = rows + (gsize) y * (gsize) out_stride + x * 3;

        out[0] = (pixel >> 16) & 0xff;
        out[1] = (pixel >> 8) & 0xff;
        out[2] = pixel & 0xff;
      }
  return pixbuf;
}

static gboolean
write_texture (GdkTexture *texture, GFile *target, GError **error)
{
  g_autoptr (GdkPixbuf) pixbuf = pixbuf_from_texture (texture);
  const char *format = get_format (target);
  g_autofree char *data = NULL;
  gsize n_bytes;
  gboolean is_jpeg = g_str_equal (format, "jpeg");

  if (!gdk_pixbuf_save_to_buffer (pixbuf, &data, &n_bytes, format, error,
                                  is_jpeg ? "quality" : NULL, "92", NULL))
    return FALSE;
  return g_file_replace_contents (target, data, n_bytes, NULL, FALSE,
                                  G_FILE_CREATE_REPLACE_DESTINATION, NULL, NULL, error);
}

/**
 * limn_share_write:
 * @target: its name's ending chooses the format: PNG (with how it was drawn,
 *   unless the preferences say otherwise), JPEG or WebP
 *
 * Writes one picture; replaces @target.
 */
gboolean
limn_share_write (LimnDrawing *drawing, GFile *target, GError **error)
{
  GFile *file = limn_drawing_get_file (drawing);

  if (g_str_equal (get_format (target), "png") && file != NULL && !is_stripping ()
      && g_file_query_exists (file, NULL))
    return g_file_copy (file, target, G_FILE_COPY_OVERWRITE | G_FILE_COPY_TARGET_DEFAULT_PERMS,
                        NULL, NULL, NULL, error);
  if (limn_drawing_get_texture (drawing) == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                           _ ("The picture's file is gone."));
      return FALSE;
    }
  return write_texture (limn_drawing_get_texture (drawing), target, error);
}

typedef struct
{
  GtkWidget *widget;
  LimnDrawing *drawing; /* either this */
  GdkTexture *texture;  /* or this */
} SaveJob;

static void
save_job_free (SaveJob *job)
{
  g_object_unref (job->widget);
  g_clear_object (&job->drawing);
  g_clear_object (&job->texture);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SaveJob, save_job_free)

static gboolean
write_job (SaveJob *job, GFile *file, GError **error)
{
  if (job->drawing != NULL)
    return limn_share_write (job->drawing, file, error);
  return write_texture (job->texture, file, error);
}

static void
on_save_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SaveJob) job = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = limn_compat_file_finish (result, &error);
  g_autofree char *name = file != NULL ? g_file_get_basename (file) : NULL;

  if (file != NULL && write_job (job, file, &error))
    limn_toast_saved (job->widget, name, file);
  else if (error != NULL)
    limn_toast_error (job->widget, _ ("Could not save the picture"), error);
}

/* Lets the person choose where to save a picture. */
void
limn_share_save (GtkWidget *widget, LimnDrawing *drawing)
{
  SaveJob *job = g_new0 (SaveJob, 1);
  g_autofree char *name = limn_share_suggest_name (drawing, ".png");

  job->widget = g_object_ref (widget);
  job->drawing = g_object_ref (drawing);
  limn_compat_save_async (GTK_WINDOW (gtk_widget_get_root (widget)), _ ("Save Picture"), name, NULL,
                          on_save_chosen, job);
}

/**
 * limn_share_save_texture:
 * @words: to make a name of
 *
 * The same for a picture that was put together here.
 */
void
limn_share_save_texture (GtkWidget *widget, GdkTexture *texture, const char *words)
{
  SaveJob *job = g_new0 (SaveJob, 1);
  g_autofree char *stem = limn_picture_file_make_stem (words, "limn");
  g_autofree char *name = g_strconcat (stem, ".png", NULL);

  job->widget = g_object_ref (widget);
  job->texture = g_object_ref (texture);
  limn_compat_save_async (GTK_WINDOW (gtk_widget_get_root (widget)), _ ("Save Picture"), name, NULL,
                          on_save_chosen, job);
}
