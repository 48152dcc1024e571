/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Getting one picture out of the window: clipboard, drag, names and copies.
 * What asks where to save is limn-share-save.c's, other programs limn-share-send.c's.
 */
#include "config.h"

#include "limn-share.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "library/limn-export.h"
#include "library/picture-file.h"
#include "limn-toast.h"
#include "limn-widget.h"

#define DRAG_ICON_SIDE    128
#define DRAG_ICON_RADIUS  10
#define COPY_LIFE_SECONDS (3 * 24 * 3600) /* of copies that were dragged or pasted elsewhere */

/* ---- work ---- */

/**
 * limn_share_run:
 * @task: its callback is called in any case
 *
 * Runs @run on a worker thread.  The program does not end before its callback
 * was called: what a person had saved is saved, even if the window is closed at once.
 */
void
limn_share_run (GTask *task, GTaskThreadFunc run)
{
  GApplication *application = g_application_get_default ();

  g_application_hold (application);
  g_signal_connect_swapped (task, "notify::completed", G_CALLBACK (g_application_release),
                            application);
  g_task_run_in_thread (task, run);
}

/* ---- drag and clipboard ---- */

/* Whether pictures that leave the library tell nothing of how they were drawn. */
gboolean
limn_share_is_stripping (void)
{
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);

  return g_settings_get_boolean (settings, "strip-facts-on-sharing");
}

static void
sweep_copies (const char *folder)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      GStatBuf info;

      if (g_lstat (path, &info) == 0 && S_ISREG (info.st_mode)
          && now - info.st_mtime > COPY_LIFE_SECONDS)
        g_unlink (path);
    }
}

/**
 * limn_share_dup_copy:
 * @name: of the copy
 *
 * Returns: (transfer full): a place in the cache for a file that other programs
 *   will take; what was put there some days ago is removed
 */
GFile *
limn_share_dup_copy (const char *name)
{
  static gsize is_swept;
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "limn", "shared", NULL);

  g_mkdir_with_parents (folder, 0700);
  if (g_once_init_enter (&is_swept))
    {
      sweep_copies (folder);
      g_once_init_leave (&is_swept, 1);
    }
  return g_file_new_build_filename (folder, name, NULL);
}

/**
 * limn_share_dup_file:
 *
 * Returns: (transfer full) (nullable): a file that other programs can take: the
 *   one in the library, else a copy that tells nothing
 */
GFile *
limn_share_dup_file (LimnDrawing *drawing)
{
  GFile *own = limn_drawing_get_file (drawing);
  g_autofree char *name = NULL;
  g_autoptr (GFile) file = NULL;

  if (own != NULL && !limn_share_is_stripping () && g_file_query_exists (own, NULL))
    return g_object_ref (own);
  name = limn_share_suggest_name (drawing, ".png");
  file = limn_share_dup_copy (name);
  return limn_share_write (drawing, file, NULL) ? g_steal_pointer (&file) : NULL;
}

/**
 * limn_share_file_content_new:
 *
 * Returns: (transfer full): @file, for a file manager or a chat program
 */
GdkContentProvider *
limn_share_file_content_new (GFile *file)
{
  GdkFileList *list = gdk_file_list_new_from_array (&file, 1);
  GdkContentProvider *content = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, list);

  g_boxed_free (GDK_TYPE_FILE_LIST, list);
  return content;
}

static GdkContentProvider *
file_content_new (LimnDrawing *drawing)
{
  g_autoptr (GFile) file = limn_share_dup_file (drawing);

  return file != NULL ? limn_share_file_content_new (file) : NULL;
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
 * Returns: (transfer full): a small copy of the picture with round corners, no
 *   larger than a square
 */
GdkPaintable *
limn_share_drag_icon_new (GdkTexture *texture)
{
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  graphene_rect_t bounds = limn_widget_fit (texture, DRAG_ICON_SIDE, DRAG_ICON_SIDE);
  GskRoundedRect rounded;

  bounds.origin = GRAPHENE_POINT_INIT (0, 0);
  gsk_rounded_rect_init_from_rect (&rounded, &bounds, DRAG_ICON_RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_texture (snapshot, texture, &bounds);
  gtk_snapshot_pop (snapshot);
  return gtk_snapshot_to_paintable (snapshot, &bounds.size);
}

static void
copy_texture (GtkWidget *widget, GdkTexture *texture)
{
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), texture);
  limn_toast (widget, _ ("Picture copied"));
}

static void
read_in_thread (GTask *task, gpointer source, gpointer file, GCancellable *cancellable)
{
  GError *error = NULL;
  GdkTexture *texture = limn_share_read_texture (file, &error);

  if (texture != NULL)
    g_task_return_pointer (task, texture, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) widget = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = g_task_propagate_pointer (G_TASK (result), &error);

  if (texture != NULL)
    copy_texture (widget, texture);
  else
    limn_toast_error (widget, _ ("Could not copy the picture"), error);
}

/**
 * limn_share_copy:
 *
 * Puts a picture into the clipboard, after a moment where it is not in memory.
 */
void
limn_share_copy (GtkWidget *widget, LimnDrawing *drawing)
{
  GFile *file = limn_drawing_get_file (drawing);
  g_autoptr (GTask) task = NULL;

  if (limn_drawing_get_texture (drawing) != NULL)
    {
      copy_texture (widget, limn_drawing_get_texture (drawing));
      return;
    }
  task = g_task_new (NULL, NULL, on_read, g_object_ref (widget));
  g_task_set_source_tag (task, limn_share_copy);
  if (file != NULL)
    g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  limn_share_run (task, read_in_thread);
}

/* ---- file ---- */

/* Where the portal shows a sandbox single files: folders that mean nothing to a person. */
static gboolean
is_lent (GFile *folder)
{
  g_autoptr (GFile) own = g_file_new_build_filename (g_get_user_runtime_dir (), "doc", NULL);
  g_autoptr (GFile) flatpak = g_file_new_for_path ("/run/flatpak/doc");

  return g_file_has_prefix (folder, own) || g_file_has_prefix (folder, flatpak);
}

/**
 * limn_share_set_last_folder:
 * @folder: (nullable): where a person had something saved
 *
 * Remembers where the next dialog begins.
 */
void
limn_share_set_last_folder (GFile *folder)
{
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);
  g_autofree char *name = NULL;

  /* looking for one on another computer may take long */
  if (folder == NULL || !g_file_is_native (folder) || is_lent (folder))
    return;
  name = g_file_get_parse_name (folder);
  g_settings_set_string (settings, "last-folder", name);
}

/* Returns: (transfer full) (nullable): where saving begins, as long as that is still there */
GFile *
limn_share_dup_last_folder (void)
{
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);
  g_autofree char *name = g_settings_get_string (settings, "last-folder");
  g_autoptr (GFile) folder = *name != '\0' ? g_file_parse_name (name) : NULL;

  if (folder == NULL || !g_file_is_native (folder)
      || g_file_query_file_type (folder, G_FILE_QUERY_INFO_NONE, NULL) != G_FILE_TYPE_DIRECTORY)
    return NULL;
  return g_steal_pointer (&folder);
}

/**
 * limn_share_read_facts:
 * @facts: (out caller-allocates): to be cleared later, whatever the result
 *
 * Reads what a picture made of @drawing tells of how it was drawn.
 *
 * Returns: %FALSE when that is not known, or the preferences say that nothing is told
 */
gboolean
limn_share_read_facts (LimnDrawing *drawing, LimnPictureFacts *facts)
{
  GFile *file = limn_drawing_get_file (drawing);

  *facts = (LimnPictureFacts){ 0 };
  return file != NULL && !limn_share_is_stripping ()
         && limn_picture_file_read_facts (g_file_peek_path (file), facts, NULL);
}

/**
 * limn_share_make_blind_stem:
 *
 * Returns: (transfer full): a name without its ending that tells nothing
 */
char *
limn_share_make_blind_stem (void)
{
  return g_strdup_printf ("limn-%08x", g_random_int ());
}

/* Always the same for one picture: it may be dragged more than once. */
static const char *
get_blind_stem (LimnDrawing *drawing)
{
  static const char key[] = "limn-blind-stem";

  if (g_object_get_data (G_OBJECT (drawing), key) == NULL)
    g_object_set_data_full (G_OBJECT (drawing), key, limn_share_make_blind_stem (), g_free);
  return g_object_get_data (G_OBJECT (drawing), key);
}

/**
 * limn_share_suggest_name:
 * @suffix: with its dot
 *
 * A name that every file system takes: made of the prompt and the seed, unless
 * the preferences say that nothing is told.
 */
char *
limn_share_suggest_name (LimnDrawing *drawing, const char *suffix)
{
  g_autofree char *tail = g_strdup_printf ("%" G_GUINT64_FORMAT, limn_drawing_get_seed (drawing));
  g_autofree char *stem = limn_picture_file_make_stem (limn_drawing_get_prompt (drawing), tail);

  if (limn_share_is_stripping ())
    return g_strconcat (get_blind_stem (drawing), suffix, NULL);
  return g_strconcat (stem, suffix, NULL);
}

/**
 * limn_share_read_texture:
 * @file: (nullable): of the library
 *
 * Any thread, but slow.
 *
 * Returns: (transfer full): its pixels; %NULL with @error
 */
GdkTexture *
limn_share_read_texture (GFile *file, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;

  if (file != NULL)
    pixbuf = limn_picture_file_load (file, NULL, &failure);
  if (pixbuf != NULL)
    return gdk_texture_new_for_pixbuf (pixbuf);
  if (failure == NULL || g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                         _ ("The picture’s file is gone."));
  else
    g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/**
 * limn_share_encode:
 * @file: (nullable): of the library
 * @texture: (nullable): the same picture's pixels; %NULL for those of @file
 * @may_tell: the bytes may tell how the picture was drawn, as @file does
 *
 * Any thread.
 *
 * Returns: (transfer full): a file's bytes; %NULL with @error
 */
GBytes *
limn_share_encode (GFile *file,
                   GdkTexture *texture,
                   gboolean may_tell,
                   LimnExportFormat format,
                   GError **error)
{
  g_autoptr (GdkTexture) read = NULL;

  if (may_tell && format == LIMN_EXPORT_PNG && file != NULL && g_file_query_exists (file, NULL))
    return g_file_load_bytes (file, NULL, NULL, error);
  if (texture == NULL)
    texture = read = limn_share_read_texture (file, error);
  return texture != NULL ? limn_export_encode (texture, format, NULL, error) : NULL;
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
  g_autoptr (GBytes) bytes =
      limn_share_encode (limn_drawing_get_file (drawing), limn_drawing_get_texture (drawing),
                         !limn_share_is_stripping (), limn_export_guess_format (target), error);

  return bytes != NULL && limn_export_write (target, bytes, error);
}
