/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * atomic-file.c: write, flush, give the name, flush the folder; in this order.
 *
 * What is in the file is not known here.
 */
#include "config.h"

#include "atomic-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART_PREFIX ".limn-"
#define PART_SUFFIX ".part"

typedef struct
{
  int folder_fd;
  int fd;
  char *part; /* name of the hidden file, NULL when the file has no name yet */
} Draft;

static void
draft_clear (Draft *draft)
{
  if (draft->part)
    unlinkat (draft->folder_fd, draft->part, 0);
  g_free (draft->part);
  if (draft->fd >= 0)
    close (draft->fd);
  if (draft->folder_fd >= 0)
    close (draft->folder_fd);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Draft, draft_clear)

static gboolean
fail (const char *folder, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("Could not write in “%s”: %s"),
               folder, g_strerror (code));
  return FALSE;
}

/* Whether @code says that the file system has no nameless files, rather than that writing fails. */
static gboolean
is_unsupported (int code)
{
  return code == EOPNOTSUPP || code == EISDIR || code == EINVAL || code == ENOENT || code == ENOSYS;
}

static gboolean
write_all (int fd, GBytes *contents)
{
  gsize n_left;
  const char *bytes = g_bytes_get_data (contents, &n_left);

  while (n_left > 0)
    {
      gssize n = write (fd, bytes, n_left);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      bytes += n;
      n_left -= (gsize) n;
    }
  return fsync (fd) == 0;
}

/* Gives the draft its name unless that is taken: 0, or an errno. */
static int
give_name (Draft *draft, const char *name)
{
  g_autofree char *self = g_strdup_printf ("/proc/self/fd/%d", draft->fd);

  if (!draft->part)
    return linkat (AT_FDCWD, self, draft->folder_fd, name, AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
  if (renameat2 (draft->folder_fd, draft->part, draft->folder_fd, name, RENAME_NOREPLACE) < 0)
    {
      if (!is_unsupported (errno))
        return errno;
      /* a file system without that flag: look first, then rename */
      if (faccessat (draft->folder_fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return EEXIST;
      if (renameat (draft->folder_fd, draft->part, draft->folder_fd, name) < 0)
        return errno;
    }
  g_clear_pointer (&draft->part, g_free);
  return 0;
}

char *
limn_atomic_file_make_name (const char *stem, const char *suffix, guint i)
{
  return i == 1 ? g_strconcat (stem, suffix, NULL) : g_strdup_printf ("%s-%u%s", stem, i, suffix);
}

static char *
give_free_name (Draft *draft, const char *stem, const char *suffix, int *code)
{
  for (guint i = 1; i <= LIMN_ATOMIC_MAX_NAMES; i++)
    {
      g_autofree char *name = limn_atomic_file_make_name (stem, suffix, i);

      *code = give_name (draft, name);
      if (*code == 0)
        return g_steal_pointer (&name);
      if (*code != EEXIST)
        return NULL;
    }
  return NULL;
}

static void
open_unnamed (Draft *draft, int mode)
{
  draft->fd = openat (draft->folder_fd, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
}

static void
open_part (Draft *draft, int mode)
{
  draft->part =
      g_strdup_printf (PART_PREFIX "%08x%08x" PART_SUFFIX, g_random_int (), g_random_int ());
  draft->fd = openat (draft->folder_fd, draft->part,
                      O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, mode);
  if (draft->fd < 0)
    g_clear_pointer (&draft->part, g_free);
  else
    flock (draft->fd, LOCK_EX | LOCK_NB); /* tells a sweep that somebody is at it */
}

/* One try with one method: 0, or an errno. */
static int
try_create (const char *folder,
            const char *stem,
            const char *suffix,
            GBytes *contents,
            int mode,
            gboolean is_named,
            char **name)
{
  g_auto (Draft) draft = { .folder_fd = -1, .fd = -1 };
  int code = 0;

  draft.folder_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (draft.folder_fd < 0)
    return errno;
  if (is_named)
    open_part (&draft, mode);
  else
    open_unnamed (&draft, mode);
  if (draft.fd < 0 || !write_all (draft.fd, contents))
    return errno;
  *name = give_free_name (&draft, stem, suffix, &code);
  if (!*name)
    return code;
  /* some file systems cannot flush a folder and say EINVAL; the file itself is safe */
  return fsync (draft.folder_fd) == 0 || errno == EINVAL ? 0 : errno;
}

char *
limn_atomic_file_create (const char *folder,
                         const char *stem,
                         const char *suffix,
                         GBytes *contents,
                         int mode,
                         LimnAtomicMethod method,
                         GError **error)
{
  g_autofree char *name = NULL;
  int code = EOPNOTSUPP;

  if (method != LIMN_ATOMIC_RENAMED)
    code = try_create (folder, stem, suffix, contents, mode, FALSE, &name);
  if (code != 0 && !name && method != LIMN_ATOMIC_UNNAMED && is_unsupported (code))
    code = try_create (folder, stem, suffix, contents, mode, TRUE, &name);
  if (code != 0)
    {
      fail (folder, code, error);
      return NULL;
    }
  return g_build_filename (folder, name, NULL);
}

/* ---- a file that may be there already ---- */

/* A name for a nameless draft, to be renamed at once. */
static int
name_part (Draft *draft)
{
  g_autofree char *self = g_strdup_printf ("/proc/self/fd/%d", draft->fd);
  g_autofree char *part =
      g_strdup_printf (PART_PREFIX "%08x%08x" PART_SUFFIX, g_random_int (), g_random_int ());

  if (linkat (AT_FDCWD, self, draft->folder_fd, part, AT_SYMLINK_FOLLOW) < 0)
    return errno;
  draft->part = g_steal_pointer (&part);
  return 0;
}

static int
take_place (Draft *draft, const char *name)
{
  int code = draft->part == NULL ? give_name (draft, name) : EEXIST;

  if (code != EEXIST)
    return code;
  if (draft->part == NULL && (code = name_part (draft)) != 0)
    return code;
  if (renameat (draft->folder_fd, draft->part, draft->folder_fd, name) < 0)
    return errno;
  g_clear_pointer (&draft->part, g_free);
  return 0;
}

static int
try_replace (const char *path, GBytes *contents, int mode, gboolean is_named)
{
  g_auto (Draft) draft = { .folder_fd = -1, .fd = -1 };
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  struct stat old;
  int code;

  draft.folder_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (draft.folder_fd < 0)
    return errno;
  if (is_named)
    open_part (&draft, mode);
  else
    open_unnamed (&draft, mode);
  if (draft.fd < 0)
    return errno;
  if (fstatat (draft.folder_fd, name, &old, 0) == 0 && S_ISREG (old.st_mode))
    fchmod (draft.fd, old.st_mode & 0777); /* only a nicety */
  if (!write_all (draft.fd, contents))
    return errno;
  code = take_place (&draft, name);
  if (code != 0)
    return code;
  return fsync (draft.folder_fd) == 0 || errno == EINVAL ? 0 : errno;
}

gboolean
limn_atomic_file_replace (const char *path, GBytes *contents, int mode, GError **error)
{
  /* a link stays one */
  g_autofree char *real = realpath (path, NULL);
  const char *target = real != NULL ? real : path;
  g_autoptr (GFile) file = g_file_new_for_path (target);
  g_autofree char *folder = g_path_get_dirname (target);
  int code = try_replace (target, contents, mode, FALSE);

  if (code != 0 && is_unsupported (code))
    code = try_replace (target, contents, mode, TRUE);
  if (code == 0)
    return TRUE;
  if (code == EACCES || code == EPERM || is_unsupported (code))
    return g_file_replace_contents (file, g_bytes_get_data (contents, NULL),
                                    g_bytes_get_size (contents), NULL, FALSE, G_FILE_CREATE_NONE,
                                    NULL, NULL, error);
  return fail (folder, code, error);
}

/* Whether the program that began a hidden file is gone. */
static gboolean
is_left_behind (const char *path)
{
  int fd = open (path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  gboolean is_free = fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0;

  if (fd >= 0)
    close (fd);
  return is_free;
}

void
limn_atomic_file_sweep (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_str_has_prefix (name, PART_PREFIX) && g_str_has_suffix (name, PART_SUFFIX)
          && is_left_behind (path))
        g_unlink (path);
    }
}
