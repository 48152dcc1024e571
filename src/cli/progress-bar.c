/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * progress-bar.c: draws "[#####----]  52 %  about 40 s left" on a terminal.
 *
 * It draws on stderr, at most ten times a second, and only where a person
 * looks: never into a file or a pipe.
 */
#include "config.h"

#include "cli/progress-bar.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#define BAR_CELLS       30
#define MIN_INTERVAL_US 100000
#define WIPE_LINE       "\r\033[K"

void
limn_progress_bar_init (LimnProgressBar *bar, gboolean is_wanted)
{
  const char *terminal = g_getenv ("TERM");

  *bar = (LimnProgressBar){
    .is_shown = is_wanted && isatty (STDERR_FILENO) && g_strcmp0 (terminal, "dumb") != 0,
  };
}

char *
limn_progress_bar_format_time (double seconds_left)
{
  double seconds = ceil (seconds_left);

  if (!(seconds_left >= 0) || !isfinite (seconds_left))
    return g_strdup ("");
  if (seconds < 60)
    return g_strdup_printf (_ ("about %d s left"), (int) MAX (seconds, 1));
  /* beyond a minute the estimate is not good to the second: say tens, then minutes */
  if (seconds < 600)
    return g_strdup_printf (_ ("about %d min %02d s left"), (int) seconds / 60,
                            (int) seconds % 60 / 10 * 10);
  return g_strdup_printf (_ ("about %d min left"), (int) MIN (seconds / 60, 99999));
}

void
limn_progress_bar_update (LimnProgressBar *bar,
                          double fraction,
                          double seconds_left,
                          const char *what)
{
  g_autofree char *time_left = NULL;
  char cells[BAR_CELLS + 1];
  gint64 now_us = g_get_monotonic_time ();
  int n_full = (int) (CLAMP (fraction, 0, 1) * BAR_CELLS);

  if (!bar->is_shown || (bar->is_on_line && now_us - bar->drawn_us < MIN_INTERVAL_US))
    return;
  for (int i = 0; i < BAR_CELLS; i++)
    cells[i] = i < n_full ? '#' : '-';
  cells[BAR_CELLS] = '\0';
  time_left = limn_progress_bar_format_time (seconds_left);
  fprintf (stderr, WIPE_LINE "[%s] %3d %%  %s  %s", cells, (int) (CLAMP (fraction, 0, 1) * 100),
           time_left, what ? what : "");
  fflush (stderr);
  bar->is_on_line = TRUE;
  bar->drawn_us = now_us;
}

void
limn_progress_bar_wipe (LimnProgressBar *bar)
{
  if (!bar->is_on_line)
    return;
  fputs (WIPE_LINE, stderr);
  fflush (stderr);
  bar->is_on_line = FALSE;
}
