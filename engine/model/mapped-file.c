/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mapped files: opening, the guard against truncation, the check for changes.
 *
 * The guard is a SIGBUS handler.  For an address inside one of our mappings it
 * puts zero pages over the rest of the mapping and marks the file as damaged,
 * for any other address it does what was done before.  It uses nothing but a
 * fixed table of atomics and mmap(), a plain system call here.
 */
#include "config.h"

#include "mapped-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../limn.h"

#define N_GUARDS 256 /* mappings at the same time; those beyond it are not guarded */

typedef struct
{
  atomic_bool is_taken;
  atomic_uintptr_t start;
  atomic_uintptr_t end; /* 0 while the entry is not in use */
  atomic_bool is_damaged;
} Guard;

struct _LimnMappedFile
{
  int fd;             /* -1 for bytes in memory */
  const guint8 *data; /* owned mapping, NULL for an empty file */
  gsize size;
  struct timespec mtime;
  char *name; /* owned */
  Guard *guard;
  GBytes *bytes; /* owned: instead of a file */
};

static Guard guards[N_GUARDS];
static struct sigaction old_action;
static uintptr_t page_size;

static void
pass_on (int number, siginfo_t *info, void *context)
{
  if (old_action.sa_flags & SA_SIGINFO)
    old_action.sa_sigaction (number, info, context);
  else if (old_action.sa_handler != SIG_DFL && old_action.sa_handler != SIG_IGN)
    old_action.sa_handler (number);
  else
    sigaction (SIGBUS, &old_action, NULL); /* the access is repeated and ends the process */
}

static void
on_sigbus (int number, siginfo_t *info, void *context)
{
  int saved_errno = errno;
  uintptr_t address = (uintptr_t) info->si_addr;

  for (guint i = 0; i < N_GUARDS; i++)
    {
      uintptr_t end = atomic_load (&guards[i].end);
      if (end == 0 || address >= end || address < atomic_load (&guards[i].start))
        continue;
      uintptr_t page = address & ~(page_size - 1);
      if (mmap ((void *) page, end - page, PROT_READ, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0)
          == MAP_FAILED)
        break;
      atomic_store (&guards[i].is_damaged, true);
      errno = saved_errno;
      return;
    }
  pass_on (number, info, context);
  errno = saved_errno;
}

static void
install_handler (void)
{
  static gsize once;
  if (!g_once_init_enter (&once))
    return;
  struct sigaction action = { 0 };
  action.sa_sigaction = on_sigbus;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset (&action.sa_mask);
  page_size = (uintptr_t) sysconf (_SC_PAGESIZE);
  sigaction (SIGBUS, &action, &old_action);
  g_once_init_leave (&once, 1);
}

static Guard *
guard_take (const void *data, gsize size)
{
  install_handler ();
  for (guint i = 0; i < N_GUARDS; i++)
    {
      bool is_taken = false;
      if (!atomic_compare_exchange_strong (&guards[i].is_taken, &is_taken, true))
        continue;
      uintptr_t end = (uintptr_t) data + size;
      atomic_store (&guards[i].is_damaged, false);
      atomic_store (&guards[i].start, (uintptr_t) data);
      atomic_store (&guards[i].end, (end + page_size - 1) & ~(page_size - 1));
      return &guards[i];
    }
  return NULL;
}

static void
guard_release (Guard *guard)
{
  if (guard == NULL)
    return;
  atomic_store (&guard->end, 0);
  atomic_store (&guard->is_taken, false);
}

static gboolean
fail_errno (const char *name, int number, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _ ("%s: %s"), name,
               g_strerror (number));
  return FALSE;
}

static gboolean
map (LimnMappedFile *file, GError **error)
{
  struct stat st;
  if (fstat (file->fd, &st) != 0)
    return fail_errno (file->name, errno, error);
  if (!S_ISREG (st.st_mode))
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED, _ ("%s: this is not a regular file"),
                   file->name);
      return FALSE;
    }
  file->mtime = st.st_mtim;
  file->size = (gsize) st.st_size;
  if (file->size == 0)
    return TRUE;
  void *data = mmap (NULL, file->size, PROT_READ, MAP_SHARED, file->fd, 0);
  if (data == MAP_FAILED)
    return fail_errno (file->name, errno, error);
  file->data = data;
  file->guard = guard_take (data, file->size);
  return TRUE;
}

/**
 * limn_mapped_file_open:
 * @path: a regular file
 *
 * Opens and maps a file for reading, any thread.  An empty file has no data.
 *
 * Returns: (transfer full): the mapped file, or %NULL with @error set
 */
LimnMappedFile *
limn_mapped_file_open (const char *path, GError **error)
{
  g_autoptr (LimnMappedFile) file = g_new0 (LimnMappedFile, 1);
  file->name = g_filename_display_name (path);
  /* not blocking, so that a pipe is refused instead of waited for */
  file->fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file->fd < 0)
    {
      fail_errno (file->name, errno, error);
      return NULL;
    }
  return map (file, error) ? g_steal_pointer (&file) : NULL;
}

LimnMappedFile *
limn_mapped_file_new_from_bytes (GBytes *bytes, const char *name)
{
  LimnMappedFile *file = g_new0 (LimnMappedFile, 1);
  file->fd = -1;
  file->name = g_strdup (name);
  file->bytes = g_bytes_ref (bytes);
  file->data = g_bytes_get_data (bytes, &file->size);
  return file;
}

void
limn_mapped_file_free (LimnMappedFile *file)
{
  if (file == NULL)
    return;
  guard_release (file->guard);
  if (file->data != NULL && file->bytes == NULL)
    munmap ((void *) file->data, file->size);
  g_clear_pointer (&file->bytes, g_bytes_unref);
  if (file->fd >= 0)
    close (file->fd);
  g_free (file->name);
  g_free (file);
}

const guint8 *
limn_mapped_file_get_data (LimnMappedFile *file)
{
  return file->data;
}

gsize
limn_mapped_file_get_size (LimnMappedFile *file)
{
  return file->size;
}

const char *
limn_mapped_file_get_name (LimnMappedFile *file)
{
  return file->name;
}

gboolean
limn_mapped_file_is_at (LimnMappedFile *file, const char *path)
{
  struct stat is, other;
  return file->fd >= 0 && fstat (file->fd, &is) == 0 && stat (path, &other) == 0
         && is.st_dev == other.st_dev && is.st_ino == other.st_ino;
}

/**
 * limn_mapped_file_check:
 *
 * Whether the file is still what was opened.  What has been read before the
 * check is trustworthy only if it succeeds.
 *
 * Returns: %FALSE with %LIMN_ERROR_TRUNCATED or %LIMN_ERROR_CORRUPT
 */
gboolean
limn_mapped_file_check (LimnMappedFile *file, GError **error)
{
  struct stat st;
  if (file->bytes != NULL)
    return TRUE;
  if (fstat (file->fd, &st) != 0)
    return fail_errno (file->name, errno, error);
  gboolean is_damaged = file->guard != NULL && atomic_load (&file->guard->is_damaged);
  if (is_damaged || (guint64) st.st_size < file->size)
    {
      g_set_error (
          error, LIMN_ERROR, LIMN_ERROR_TRUNCATED,
          _ ("%s: the file was cut short while it was in use. Close it and open it again."),
          file->name);
      return FALSE;
    }
  if ((guint64) st.st_size != file->size || st.st_mtim.tv_sec != file->mtime.tv_sec
      || st.st_mtim.tv_nsec != file->mtime.tv_nsec)
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_CORRUPT,
                   _ ("%s: the file was changed while it was in use. Close it and open it again."),
                   file->name);
      return FALSE;
    }
  return TRUE;
}

void
limn_mapped_file_forget (LimnMappedFile *file, const void *data, gsize n_bytes)
{
  uintptr_t start = ((uintptr_t) data + page_size - 1) & ~(page_size - 1);
  uintptr_t end = ((uintptr_t) data + n_bytes) & ~(page_size - 1);
  if (file->data != NULL && file->bytes == NULL && end > start)
    madvise ((void *) start, end - start, MADV_DONTNEED);
}
