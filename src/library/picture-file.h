/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One picture, one PNG file that says how it was drawn. */
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "library/picture-facts.h"

G_BEGIN_DECLS

#define LIMN_PICTURE_MODE_PRIVATE  0600 /* in the user's library */
#define LIMN_PICTURE_MODE_ORDINARY 0666 /* where the user asked for it; the umask applies */

/**
 * limn_picture_file_encode:
 * @rgb: (height, width, 3), rows from the top; borrowed
 * @facts: (nullable): put into the file's texts; %NULL for a file that tells nothing
 *
 * Returns: (transfer full): a PNG file's bytes; the same input gives the same bytes
 */
GBytes *limn_picture_file_encode (const guint8 *rgb,
                                  guint width,
                                  guint height,
                                  const LimnPictureFacts *facts,
                                  GError **error);

/**
 * limn_picture_file_make_stem:
 * @tail: ASCII letters and digits that make it unique, such as the seed
 *
 * A name for a picture's file: words of the prompt in plain ASCII, at most 60
 * bytes, then “-” and @tail.  Safe on every file system for every prompt.
 */
char *limn_picture_file_make_stem (const char *prompt, const char *tail);

/**
 * limn_picture_file_make_folder:
 * @mode: of the pictures that go there: a folder of private ones is private, too
 *
 * Makes a folder and those above it where they are not there; one that is there
 * stays as it is.
 */
gboolean limn_picture_file_make_folder (const char *folder, int mode, GError **error);

/**
 * limn_picture_file_save:
 * @folder: made if it is not there
 * @stem: see limn_atomic_file_create()
 *
 * Returns: (transfer full): the new file's path; it is whole and on the disk
 */
char *limn_picture_file_save (const char *folder,
                              const char *stem,
                              GBytes *png,
                              int mode,
                              GError **error);

/**
 * limn_picture_file_read_facts:
 * @facts: (out caller-allocates): to be cleared later, whatever the result
 *
 * Reads how a picture was drawn, without decoding it.  The file is untrusted.
 *
 * Returns: %FALSE with @error (%LIMN_ERROR, %LIMN_ERROR_MISSING for a picture
 *   that is not Limn's)
 */
gboolean limn_picture_file_read_facts (const char *path, LimnPictureFacts *facts, GError **error);

/**
 * limn_picture_file_load:
 * @cancellable: (nullable)
 *
 * Decodes an untrusted PNG, JPEG or WebP file of at most 50 MiB and 64
 * Mpixel.  A file whose end is missing is refused; what follows its end does
 * not matter.  Slow: not for the main thread.
 */
GdkPixbuf *limn_picture_file_load (GFile *file, GCancellable *cancellable, GError **error);

G_END_DECLS
