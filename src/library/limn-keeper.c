/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeps every picture as a file of its own.  Any thread.
 *
 * The folder is “Limn” in the person's Pictures folder: the pictures are
 * theirs, show up in the file manager, are backed up, and stay when Limn goes.
 * Where there is no such folder (a sandbox without that permission, a bare
 * account) it is Limn's own data folder, which lasts in every sandbox.
 */
#include "limn-keeper.h"

#include "library/picture-file.h"

/**
 * limn_keeper_dup_folder:
 * @chosen: (nullable): a folder chosen in the preferences; empty counts as none
 *
 * Returns: (transfer full): the folder of the library; it may not exist yet
 */
GFile *
limn_keeper_dup_folder (const char *chosen)
{
  const char *pictures = g_get_user_special_dir (G_USER_DIRECTORY_PICTURES);

  if (chosen != NULL && *chosen != '\0')
    return g_file_new_for_path (chosen);
  if (pictures != NULL && g_file_test (pictures, G_FILE_TEST_IS_DIR))
    return g_file_new_build_filename (pictures, "Limn", NULL);
  return g_file_new_build_filename (g_get_user_data_dir (), "limn", "pictures", NULL);
}

/**
 * limn_keeper_save:
 *
 * Writes a finished picture with all that is needed to draw it again.
 *
 * Returns: (transfer full): the new file, whole and on the disk
 */
GFile *
limn_keeper_save (GFile *folder,
                  LimnModel *model,
                  const LimnRequest *request,
                  const LimnPicture *picture,
                  GError **error)
{
  g_auto (LimnPictureFacts) facts = { 0 };
  g_autofree char *tail = g_strdup_printf ("%" G_GUINT64_FORMAT, picture->seed);
  g_autofree char *stem = limn_picture_file_make_stem (request->prompt, tail);
  g_autofree char *path = NULL;
  g_autoptr (GBytes) png = NULL;

  limn_picture_facts_init (&facts, request, limn_model_get_info (model)->name, picture);
  png = limn_picture_file_encode (picture->rgb, picture->width, picture->height, &facts, error);
  if (png == NULL)
    return NULL;
  path = limn_picture_file_save (g_file_peek_path (folder), stem, png, LIMN_PICTURE_MODE_PRIVATE,
                                 error);
  return path != NULL ? g_file_new_for_path (path) : NULL;
}
