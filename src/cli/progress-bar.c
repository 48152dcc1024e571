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
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR_CELLS       30
#define LEAST_CELLS     5 /* a shorter bar says nothing */
#define USUAL_COLUMNS   80
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

static guint
count_columns (void)
{
  struct winsize size;

  return ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                          : USUAL_COLUMNS;
}

/* Columns of a terminal that a character takes. */
static guint
measure (gunichar c)
{
  return g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
}

/* Cuts what does not fit; returns how many columns are used. */
static guint
cut (GString *text, guint n_columns)
{
  guint n = 0;

  for (const char *at = text->str; *at != '\0'; at = g_utf8_next_char (at))
    {
      guint wide = measure (g_utf8_get_char (at));

      if (n + wide > n_columns)
        {
          g_string_truncate (text, (gsize) (at - text->str));
          break;
        }
      n += wide;
    }
  return n;
}

char *
limn_progress_bar_format_line (double fraction,
                               double seconds_left,
                               const char *what,
                               guint n_columns)
{
  double done = CLAMP (fraction, 0, 1);
  g_autofree char *time_left = limn_progress_bar_format_time (seconds_left);
  g_autoptr (GString) text = g_string_new (NULL);
  GString *line = g_string_new (NULL);
  guint n_text, n_cells = 0;

  g_string_append_printf (text, "%3d %%", (int) (done * 100));
  if (*time_left != '\0')
    g_string_append_printf (text, "  %s", time_left);
  if (what)
    g_string_append_printf (text, "  %s", what);
  n_text = cut (text, n_columns);
  if (n_text + strlen ("[] ") + LEAST_CELLS <= n_columns)
    n_cells = MIN (BAR_CELLS, n_columns - n_text - (guint) strlen ("[] "));
  for (guint i = 0; i < n_cells; i++)
    g_string_append_printf (line, "%s%c", i == 0 ? "[" : "",
                            i < (guint) (done * n_cells) ? '#' : '-');
  g_string_append_printf (line, "%s%s", n_cells > 0 ? "] " : "", text->str);
  return g_string_free (line, FALSE);
}

void
limn_progress_bar_update (LimnProgressBar *bar,
                          double fraction,
                          double seconds_left,
                          const char *what)
{
  g_autofree char *line = NULL;
  gint64 now_us = g_get_monotonic_time ();

  if (!bar->is_shown || (bar->is_on_line && now_us - bar->drawn_us < MIN_INTERVAL_US))
    return;
  /* one column less: a line that fills the last one is wiped only in part by some terminals */
  line = limn_progress_bar_format_line (fraction, seconds_left, what, count_columns () - 1);
  fprintf (stderr, WIPE_LINE "%s", line);
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
