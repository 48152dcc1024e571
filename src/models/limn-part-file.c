/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See limn-part-file.h.  The order of writes carries the promise: data, fdatasync,
 * state to another name, fsync, rename; and at the end fsync, rename to the
 * final name, fsync of the folder.
 */
#include "config.h"

#include "limn-part-file.h"
#include "limn-download-error.h"
#include "limn-lock-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#define GROUP           "part"
#define STATE_MAX_BYTES 65536
#define BLOCK_BYTES     (256 * 1024)

struct _LimnPartFile
{
  /* owned */
  char *path;
  char *part_path;
  char *state_path;
  int fd;
  GChecksum *checksum; /* of the first `hashed` bytes */
  char *url;
  char *etag;
  char *sha256;
  /* settings */
  gsize sync_bytes;
  /* state */
  goffset size;   /* of the whole, -1 unknown */
  goffset offset; /* bytes written */
  goffset synced; /* bytes the state file vouches for */
  goffset hashed;
};

G_DEFINE_QUARK (limn - download - error - quark, limn_download_error)

static gboolean
fail (GError **error, const char *path, int errsv)
{
  g_autofree char *name = g_path_get_basename (path);

  if (errsv == ENOSPC || errsv == EDQUOT)
    g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_NO_SPACE,
                 _ ("The disk is full. What has arrived of “%s” is kept; make room and go on."),
                 name);
  else
    g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_DISK,
                 _ ("The disk does not take “%s”: %s"), name, g_strerror (errsv));
  return FALSE;
}

static gboolean
write_all (int fd, const char *data, gsize n_bytes)
{
  while (n_bytes > 0)
    {
      ssize_t n = write (fd, data, n_bytes);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      data += n;
      n_bytes -= (gsize) n;
    }
  return TRUE;
}

static gboolean
sync_folder_of (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  /* some file systems know no fsync of a folder; they have nothing to lose by it */
  if (fd >= 0 && !ok && (errno == EINVAL || errno == ENOSYS))
    ok = TRUE;
  if (fd >= 0)
    close (fd);
  return ok;
}

static gboolean
write_state (LimnPartFile *part, GError **error)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autofree char *new_path = g_strconcat (part->state_path, "-new", NULL);
  g_autofree char *text = NULL;
  gsize length;
  int fd;
  gboolean ok;

  g_key_file_set_int64 (keys, GROUP, "offset", part->synced);
  g_key_file_set_int64 (keys, GROUP, "size", part->size);
  if (part->url)
    g_key_file_set_string (keys, GROUP, "url", part->url);
  if (part->etag)
    g_key_file_set_string (keys, GROUP, "etag", part->etag);
  if (part->sha256)
    g_key_file_set_string (keys, GROUP, "sha256", part->sha256);
  text = g_key_file_to_data (keys, &length, NULL);

  /* always the same second name, so that a crash leaves nothing to sweep */
  fd = open (new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return fail (error, new_path, errno);
  ok = write_all (fd, text, length) && fsync (fd) == 0;
  if (close (fd) < 0 || !ok || rename (new_path, part->state_path) < 0)
    return fail (error, part->state_path, errno);
  return TRUE;
}

static gboolean
read_state_keys (const char *state_path, GKeyFile *keys)
{
  g_autofree char *text = NULL;
  gsize length;
  GStatBuf st;

  return g_stat (state_path, &st) == 0 && st.st_size <= STATE_MAX_BYTES
         && g_file_get_contents (state_path, &text, &length, NULL)
         && g_key_file_load_from_data (keys, text, length, G_KEY_FILE_NONE, NULL);
}

static void
read_state (LimnPartFile *part, goffset part_size)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  goffset offset, size;

  if (!read_state_keys (part->state_path, keys))
    return;
  offset = g_key_file_get_int64 (keys, GROUP, "offset", NULL);
  size = g_key_file_has_key (keys, GROUP, "size", NULL)
             ? g_key_file_get_int64 (keys, GROUP, "size", NULL)
             : -1;
  if (offset < 0 || offset > part_size || (size >= 0 && offset > size))
    return;
  part->offset = part->synced = offset;
  part->size = MAX (size, -1);
  part->url = g_key_file_get_string (keys, GROUP, "url", NULL);
  part->etag = g_key_file_get_string (keys, GROUP, "etag", NULL);
  part->sha256 = g_key_file_get_string (keys, GROUP, "sha256", NULL);
}

/* The part of @path for oneself alone; -1 with @error. */
static int
open_locked (const char *path, const char *part_path, int flags, GError **error)
{
  g_autofree char *name = g_path_get_basename (path);
  int fd = limn_lock_file_open (part_path, flags);

  if (fd < 0 && errno == EWOULDBLOCK)
    g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_IN_USE,
                 _ ("“%s” is being downloaded by another Limn."), name);
  else if (fd < 0)
    fail (error, part_path, errno);
  return fd;
}

static gboolean
open_part (LimnPartFile *part, GError **error)
{
  struct stat st;

  part->fd = open_locked (part->path, part->part_path, O_CREAT, error);
  if (part->fd < 0)
    return FALSE;
  if (fstat (part->fd, &st) < 0 || !S_ISREG (st.st_mode))
    return fail (error, part->part_path, errno ? errno : EINVAL);
  read_state (part, st.st_size);
  if (ftruncate (part->fd, part->offset) < 0
      || lseek (part->fd, part->offset, SEEK_SET) != part->offset)
    return fail (error, part->part_path, errno);
  return TRUE;
}

/**
 * limn_part_file_open:
 * @path: the final name
 * @sync_bytes: how many bytes may arrive between two syncs; the most that a
 *   crash can cost
 *
 * Opens what has arrived of @path, or begins; makes its folder.  Bytes that
 * the state does not vouch for are cut off.  One process at a time.
 */
LimnPartFile *
limn_part_file_open (const char *path, gsize sync_bytes, GError **error)
{
  g_autoptr (LimnPartFile) part = g_new0 (LimnPartFile, 1);
  g_autofree char *folder = g_path_get_dirname (path);

  part->fd = -1;
  part->size = -1;
  part->path = g_strdup (path);
  part->part_path = g_strconcat (path, ".part", NULL);
  part->state_path = g_strconcat (path, ".part-state", NULL);
  part->sync_bytes = MAX (sync_bytes, 1);
  part->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  if (g_mkdir_with_parents (folder, 0700) < 0)
    {
      fail (error, folder, errno);
      return NULL;
    }
  if (!open_part (part, error))
    return NULL;
  return g_steal_pointer (&part);
}

void
limn_part_file_free (LimnPartFile *part)
{
  if (part == NULL)
    return;
  if (part->fd >= 0)
    close (part->fd);
  g_checksum_free (part->checksum);
  g_free (part->path);
  g_free (part->part_path);
  g_free (part->state_path);
  g_free (part->url);
  g_free (part->etag);
  g_free (part->sha256);
  g_free (part);
}

/* What has arrived, to be closed; FALSE while somebody downloads it.  -1 when nothing has. */
static gboolean
take (const char *path, int *fd, GError **error)
{
  g_autofree char *part_path = g_strconcat (path, ".part", NULL);
  g_autoptr (GError) failure = NULL;

  *fd = open_locked (path, part_path, 0, &failure);
  if (!g_error_matches (failure, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_IN_USE))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/**
 * limn_part_file_check_free:
 *
 * Returns: %FALSE with %LIMN_DOWNLOAD_ERROR_IN_USE while somebody downloads @path
 */
gboolean
limn_part_file_check_free (const char *path, GError **error)
{
  int fd;

  if (!take (path, &fd, error))
    return FALSE;
  if (fd >= 0)
    close (fd);
  return TRUE;
}

/**
 * limn_part_file_discard:
 *
 * Removes what has arrived of @path, not @path itself.
 *
 * Returns: %FALSE with %LIMN_DOWNLOAD_ERROR_IN_USE while somebody downloads it
 */
gboolean
limn_part_file_discard (const char *path, GError **error)
{
  const char *const suffixes[] = { ".part-state-new", ".part-state", ".part" };
  int fd;

  if (!take (path, &fd, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, suffixes[i], NULL);

      g_unlink (name);
    }
  if (fd >= 0)
    close (fd);
  return TRUE;
}

/**
 * limn_part_file_peek:
 *
 * How much of @path has arrived, without opening or changing anything.
 */
goffset
limn_part_file_peek (const char *path)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autofree char *part_path = g_strconcat (path, ".part", NULL);
  g_autofree char *state_path = g_strconcat (path, ".part-state", NULL);
  GStatBuf st;
  goffset offset;

  if (g_stat (part_path, &st) < 0 || !read_state_keys (state_path, keys))
    return 0;
  offset = g_key_file_get_int64 (keys, GROUP, "offset", NULL);
  return offset > 0 && offset <= st.st_size ? offset : 0;
}

goffset
limn_part_file_get_offset (LimnPartFile *part)
{
  return part->offset;
}

void
limn_part_file_set_origin (LimnPartFile *part,
                           const char *url,
                           const char *etag,
                           const char *sha256,
                           goffset size)
{
  char *old[] = { part->url, part->etag, part->sha256 };

  /* the arguments may be our own strings: free the old ones last */
  part->url = g_strdup (url);
  part->etag = g_strdup (etag);
  part->sha256 = g_strdup (sha256);
  part->size = size;
  for (guint i = 0; i < G_N_ELEMENTS (old); i++)
    g_free (old[i]);
}

const char *
limn_part_file_get_url (LimnPartFile *part)
{
  return part->url;
}

const char *
limn_part_file_get_etag (LimnPartFile *part)
{
  return part->etag;
}

const char *
limn_part_file_get_sha256 (LimnPartFile *part)
{
  return part->sha256;
}

goffset
limn_part_file_get_size (LimnPartFile *part)
{
  return part->size;
}

/**
 * limn_part_file_reset:
 *
 * Throws away what has arrived and what is known about it.
 */
gboolean
limn_part_file_reset (LimnPartFile *part, GError **error)
{
  limn_part_file_set_origin (part, NULL, NULL, NULL, -1);
  part->offset = part->synced = part->hashed = 0;
  g_checksum_reset (part->checksum);
  /* the state first: it must never vouch for more than there is */
  if (g_unlink (part->state_path) < 0 && errno != ENOENT)
    return fail (error, part->state_path, errno);
  if (!sync_folder_of (part->path) || ftruncate (part->fd, 0) < 0
      || lseek (part->fd, 0, SEEK_SET) != 0)
    return fail (error, part->part_path, errno);
  return TRUE;
}

/**
 * limn_part_file_rehash:
 * @progress: (nullable): told how far it is
 *
 * Reads what was there already, so that the checksum can go on from it.
 */
gboolean
limn_part_file_rehash (LimnPartFile *part,
                       LimnPartFileFunc progress,
                       gpointer user_data,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autofree guint8 *block = g_malloc (BLOCK_BYTES);

  while (part->hashed < part->offset)
    {
      gsize want = (gsize) MIN (part->offset - part->hashed, BLOCK_BYTES);
      ssize_t n = pread (part->fd, block, want, part->hashed);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return fail (error, part->part_path, n < 0 ? errno : EIO);
      g_checksum_update (part->checksum, block, n);
      part->hashed += n;
      if (progress)
        progress (part->hashed, part->offset, user_data);
    }
  return TRUE;
}

/**
 * limn_part_file_sync:
 *
 * Brings what has arrived to the disk and then says so in the state.
 */
gboolean
limn_part_file_sync (LimnPartFile *part, GError **error)
{
  if (fdatasync (part->fd) < 0)
    return fail (error, part->part_path, errno);
  part->synced = part->offset;
  return write_state (part, error);
}

gboolean
limn_part_file_append (LimnPartFile *part, const void *data, gsize n_bytes, GError **error)
{
  g_return_val_if_fail (part->hashed == part->offset, FALSE);

  if (!write_all (part->fd, data, n_bytes))
    {
      int errsv = errno;

      /* take back what may have been written of it */
      if (ftruncate (part->fd, part->offset) == 0)
        lseek (part->fd, part->offset, SEEK_SET);
      return fail (error, part->part_path, errsv);
    }
  g_checksum_update (part->checksum, data, (gssize) n_bytes);
  part->offset += (goffset) n_bytes;
  part->hashed = part->offset;
  if (part->offset - part->synced >= (goffset) part->sync_bytes)
    return limn_part_file_sync (part, error);
  return TRUE;
}

/**
 * limn_part_file_finish:
 * @sha256: (nullable): what it must be
 * @sha256_out: (out) (optional): what it is
 *
 * Checks the whole, then gives it its final name.  The caller has checked the size.
 */
gboolean
limn_part_file_finish (LimnPartFile *part, const char *sha256, char **sha256_out, GError **error)
{
  g_autoptr (GChecksum) sum = g_checksum_copy (part->checksum);
  const char *is = g_checksum_get_string (sum);

  g_return_val_if_fail (part->hashed == part->offset, FALSE);
  if (sha256 && g_ascii_strcasecmp (is, sha256) != 0)
    {
      g_autofree char *name = g_path_get_basename (part->path);

      g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_CHECKSUM,
                   _ ("“%s” did not arrive as it was sent: its SHA-256 is %s instead of %s."), name,
                   is, sha256);
      return FALSE;
    }
  if (fsync (part->fd) < 0 || rename (part->part_path, part->path) < 0
      || !sync_folder_of (part->path))
    return fail (error, part->path, errno);
  g_unlink (part->state_path);
  if (sha256_out)
    *sha256_out = g_strdup (is);
  return TRUE;
}

/**
 * limn_disk_check_space:
 * @path: a file or folder; need not exist
 *
 * Checks that @needed_bytes are free where @path is or will be.
 */
gboolean
limn_disk_check_space (const char *path, goffset needed_bytes, GError **error)
{
  g_autofree char *folder = g_strdup (path);
  struct statvfs fs;
  guint64 free_bytes;
  g_autofree char *needed = NULL, *available = NULL;

  while (statvfs (folder, &fs) < 0)
    {
      char *up = g_path_get_dirname (folder);

      if (errno != ENOENT || g_str_equal (up, folder))
        {
          g_free (up);
          return TRUE; /* cannot tell; writing will */
        }
      g_free (folder);
      folder = up;
    }
  free_bytes = (guint64) fs.f_bavail * fs.f_frsize;
  if (needed_bytes <= 0 || (guint64) needed_bytes <= free_bytes)
    return TRUE;
  needed = g_format_size ((guint64) needed_bytes);
  available = g_format_size (free_bytes);
  g_set_error (error, LIMN_DOWNLOAD_ERROR, LIMN_DOWNLOAD_ERROR_NO_SPACE,
               _ ("Not enough room on the disk: %s more are needed in “%s”, %s are free."), needed,
               folder, available);
  return FALSE;
}
