/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New files that appear whole or not at all, whatever happens to the program. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * LimnAtomicMethod:
 * @LIMN_ATOMIC_AUTO: the first of the others that the file system can do
 * @LIMN_ATOMIC_UNNAMED: a file without a name gets one when it is whole;
 *   leaves nothing behind when the program is killed
 * @LIMN_ATOMIC_RENAMED: a hidden “.limn-….part” file is renamed when it is
 *   whole; limn_atomic_file_sweep() removes what a kill left behind
 */
typedef enum
{
  LIMN_ATOMIC_AUTO,
  LIMN_ATOMIC_UNNAMED,
  LIMN_ATOMIC_RENAMED,
} LimnAtomicMethod;

#define LIMN_ATOMIC_MAX_NAMES 10000 /* of one stem that are tried */

/**
 * limn_atomic_file_make_name:
 * @i: from 1 to %LIMN_ATOMIC_MAX_NAMES
 *
 * Returns: (transfer full): the @i-th name that limn_atomic_file_create() tries
 */
char *limn_atomic_file_make_name (const char *stem, const char *suffix, guint i);

/**
 * limn_atomic_file_create:
 * @folder: an existing folder
 * @stem: the wished name without @suffix; “-2”, “-3”… is added when it is taken
 * @suffix: such as “.png”
 * @mode: permissions, less the umask
 *
 * Writes a new file; never replaces one.  When this returns, the file and its
 * name have reached the disk.  Blocks; any thread.
 *
 * Returns: (transfer full): the file's path, or %NULL with @error (%G_IO_ERROR)
 */
char *limn_atomic_file_create (const char *folder,
                               const char *stem,
                               const char *suffix,
                               GBytes *contents,
                               int mode,
                               LimnAtomicMethod method,
                               GError **error);

/**
 * limn_atomic_file_replace:
 * @mode: permissions of a new file, less the umask; an old one keeps its own
 *
 * Writes a file that may be there already: until the new one is whole and on
 * the disk, the old one stays.  Where a folder takes no other file than this
 * (a file that a sandbox was given), it is written in place.  Blocks; any thread.
 */
gboolean limn_atomic_file_replace (const char *path, GBytes *contents, int mode, GError **error);

/**
 * limn_atomic_file_sweep:
 *
 * Removes what killed programs left in @folder; what another one is writing stays.
 */
void limn_atomic_file_sweep (const char *folder);

G_END_DECLS
