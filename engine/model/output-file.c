/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Output files: a file without a name (O_TMPFILE) that gets its name at the
 * end.  Where the file system has no such thing, a hidden temporary name.
 */
#include "config.h"

#include "output-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES (256 * 1024)

struct _LimnOutputFile
{
  int fd;
  int folder_fd;
  char *name;      /* owned: for messages, UTF-8 */
  char *base_name; /* owned: final name in the folder */
  char *temp_name; /* owned: present name in the folder, NULL while it has none */
  gsize n_buffered;
  guint8 buffer[BUFFER_BYTES];
};

static gboolean
fail (LimnOutputFile *file, int number, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _ ("%s: cannot be written: %s"),
               file->name, g_strerror (number));
  return FALSE;
}

static void
make_temp_name (LimnOutputFile *file)
{
  g_free (file->temp_name);
  /* a long name would not leave room for the ending */
  file->temp_name = g_strdup_printf (".%.40s-%08x.part", file->base_name, g_random_int ());
}

static gboolean
open_named (LimnOutputFile *file, GError **error)
{
  for (guint attempt = 0; attempt < 16; attempt++)
    {
      make_temp_name (file);
      file->fd =
          openat (file->folder_fd, file->temp_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (file->fd >= 0)
        return TRUE;
      if (errno != EEXIST)
        break;
    }
  int number = errno;
  g_clear_pointer (&file->temp_name, g_free);
  return fail (file, number, error);
}

static gboolean
open_unnamed (LimnOutputFile *file, const char *folder)
{
  file->fd = open (folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
  return file->fd >= 0;
}

static gboolean
reserve (LimnOutputFile *file, guint64 n_bytes, GError **error)
{
  if (n_bytes == 0 || n_bytes > G_MAXINT64)
    return TRUE;
  if (fallocate (file->fd, FALLOC_FL_KEEP_SIZE, 0, (off_t) n_bytes) != 0 && errno == ENOSPC)
    return fail (file, ENOSPC, error);
  return TRUE;
}

/**
 * limn_output_file_new:
 * @path: the name that the file will have
 * @n_bytes: how much will be written, or 0
 *
 * Returns: (transfer full): a file to write to, or %NULL with @error set
 */
LimnOutputFile *
limn_output_file_new (const char *path, guint64 n_bytes, GError **error)
{
  g_autoptr (LimnOutputFile) file = g_new0 (LimnOutputFile, 1);
  g_autofree char *folder = g_path_get_dirname (path);
  file->fd = -1;
  file->name = g_filename_display_name (path);
  file->base_name = g_path_get_basename (path);
  file->folder_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file->folder_fd < 0)
    {
      fail (file, errno, error);
      return NULL;
    }
  struct stat st;
  if (fstatat (file->folder_fd, file->base_name, &st, 0) == 0 && !S_ISREG (st.st_mode))
    {
      fail (file, S_ISDIR (st.st_mode) ? EISDIR : EEXIST, error);
      return NULL;
    }
  if (!open_unnamed (file, folder) && !open_named (file, error))
    return NULL;
  return reserve (file, n_bytes, error) ? g_steal_pointer (&file) : NULL;
}

static gboolean
write_out (LimnOutputFile *file, const guint8 *data, gsize n_bytes, GError **error)
{
  while (n_bytes > 0)
    {
      ssize_t n = write (file->fd, data, MIN (n_bytes, (gsize) 1 << 30));
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return fail (file, n < 0 ? errno : EIO, error);
      data += n;
      n_bytes -= (gsize) n;
    }
  return TRUE;
}

static gboolean
flush (LimnOutputFile *file, GError **error)
{
  gsize n = file->n_buffered;
  file->n_buffered = 0;
  return write_out (file, file->buffer, n, error);
}

gboolean
limn_output_file_write (LimnOutputFile *file, const void *data, gsize n_bytes, GError **error)
{
  if (n_bytes > BUFFER_BYTES - file->n_buffered && !flush (file, error))
    return FALSE;
  if (n_bytes > BUFFER_BYTES)
    return write_out (file, data, n_bytes, error);
  if (n_bytes > 0)
    memcpy (file->buffer + file->n_buffered, data, n_bytes);
  file->n_buffered += n_bytes;
  return TRUE;
}

char *
limn_output_file_reopen (LimnOutputFile *file, guint64 n_bytes, GError **error)
{
  if (!flush (file, error))
    return NULL;
  if (ftruncate (file->fd, (off_t) n_bytes) != 0)
    return fail (file, errno, error), NULL;
  return g_strdup_printf ("/proc/self/fd/%d", file->fd);
}

/* Gives a nameless file a temporary name, so that it can be moved over an older one. */
static gboolean
link_temp (LimnOutputFile *file, GError **error)
{
  g_autofree char *self = g_strdup_printf ("/proc/self/fd/%d", file->fd);
  make_temp_name (file);
  if (linkat (AT_FDCWD, self, file->folder_fd, file->temp_name, AT_SYMLINK_FOLLOW) == 0)
    return TRUE;
  int number = errno;
  g_clear_pointer (&file->temp_name, g_free);
  return fail (file, number, error);
}

static gboolean
appear (LimnOutputFile *file, GError **error)
{
  if (file->temp_name == NULL)
    {
      g_autofree char *self = g_strdup_printf ("/proc/self/fd/%d", file->fd);
      if (linkat (AT_FDCWD, self, file->folder_fd, file->base_name, AT_SYMLINK_FOLLOW) == 0)
        return TRUE;
      if (!link_temp (file, error))
        return FALSE;
    }
  if (renameat (file->folder_fd, file->temp_name, file->folder_fd, file->base_name) != 0)
    return fail (file, errno, error);
  g_clear_pointer (&file->temp_name, g_free);
  return TRUE;
}

/**
 * limn_output_file_commit:
 *
 * Returns: %TRUE when the whole file is on the disk under its name
 */
gboolean
limn_output_file_commit (LimnOutputFile *file, GError **error)
{
  if (!flush (file, error))
    return FALSE;
  if (fsync (file->fd) != 0)
    return fail (file, errno, error);
  if (!appear (file, error))
    return FALSE;
  /* some file systems cannot sync a folder; the file itself is safe by now */
  if (fsync (file->folder_fd) != 0 && errno != EINVAL && errno != EROFS)
    return fail (file, errno, error);
  return TRUE;
}

void
limn_output_file_free (LimnOutputFile *file)
{
  if (file == NULL)
    return;
  if (file->temp_name != NULL)
    unlinkat (file->folder_fd, file->temp_name, 0);
  if (file->fd >= 0)
    close (file->fd);
  if (file->folder_fd >= 0)
    close (file->folder_fd);
  g_free (file->name);
  g_free (file->base_name);
  g_free (file->temp_name);
  g_free (file);
}
