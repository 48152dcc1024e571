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

#define DRAG_ICON_SIDE    128
#define DRAG_ICON_RADIUS  10
#define COPY_LIFE_SECONDS (3 * 24 * 3600) /* of copies that were dragged or pasted elsewhere */

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
  g_autofree char *name = NULL;
  g_autoptr (GFile) file = NULL;

  if (limn_drawing_get_file (drawing) != NULL && !limn_share_is_stripping ())
    return g_object_ref (limn_drawing_get_file (drawing));
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

/**
 * limn_share_encode:
 * @file: (nullable): of the library, with all it tells; %NULL when it may not tell
 * @texture: (nullable): the same picture's pixels
 *
 * Any thread.
 *
 * Returns: (transfer full): a file's bytes; %NULL with @error
 */
GBytes *
limn_share_encode (GFile *file, GdkTexture *texture, LimnExportFormat format, GError **error)
{
  if (format == LIMN_EXPORT_PNG && file != NULL && g_file_query_exists (file, NULL))
    return g_file_load_bytes (file, NULL, NULL, error);
  if (texture != NULL)
    return limn_export_encode (texture, format, NULL, error);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _ ("The picture’s file is gone."));
  return NULL;
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
  GFile *file = limn_share_is_stripping () ? NULL : limn_drawing_get_file (drawing);
  g_autoptr (GBytes) bytes = limn_share_encode (file, limn_drawing_get_texture (drawing),
                                                limn_export_guess_format (target), error);

  return bytes != NULL && limn_export_write (target, bytes, error);
}
