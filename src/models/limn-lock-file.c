/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See limn-lock-file.h. */
#include "config.h"

#include "limn-lock-file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_OPENS 16

int
limn_lock_file_open (const char *path, int flags)
{
  for (guint i = 0; i < MAX_OPENS; i++)
    {
      int fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags, 0600);
      struct stat st;

      if (fd < 0)
        return -1;
      /* file systems without locks have nobody else who would take one */
      if (flock (fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
        {
          close (fd);
          errno = EWOULDBLOCK;
          return -1;
        }
      /* else somebody has removed it since it was opened, and a third may hold the next one */
      if (fstat (fd, &st) == 0 && st.st_nlink > 0)
        return fd;
      close (fd);
    }
  errno = ENOENT;
  return -1;
}
