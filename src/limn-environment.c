/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limn-environment.c: OpenBLAS picks the best kernels for this processor by
 * itself, unless the environment tells it otherwise; that is done for other
 * programs' sake and can halve its speed.  It looks when it is loaded, before
 * main(), so the program starts anew without these settings.
 */
#include "config.h"

#include "limn-environment.h"

#include <unistd.h>

static const char *const names[] = { "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE" };

void
limn_environment_clean (char **argv)
{
  g_autofree char *program = NULL;
  gboolean is_dirty = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_getenv (names[i]) != NULL)
      {
        is_dirty = TRUE;
        g_unsetenv (names[i]);
      }
  if (!is_dirty)
    return;
  program = g_file_read_link ("/proc/self/exe", NULL);
  if (program != NULL)
    execv (program, argv);
  g_message ("%s and %s may slow down drawing: please unset them", names[0], names[1]);
}
