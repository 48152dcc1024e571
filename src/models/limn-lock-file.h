/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that one process at a time works on. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * limn_lock_file_open:
 * @flags: for open() beside reading and writing, such as O_CREAT
 *
 * Opens @path for oneself alone, until it is closed.  Who removes such a file
 * does so before closing it.
 *
 * Returns: a file descriptor, or -1 with errno: EWOULDBLOCK while another one has it
 */
int limn_lock_file_open (const char *path, int flags);

G_END_DECLS
