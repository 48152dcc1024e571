/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line at the bottom of a terminal that shows how far a job is. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean is_shown;   /* stderr is a terminal and the user did not ask for quiet */
  gboolean is_on_line; /* something is on the line that must be wiped */
  gint64 drawn_us;     /* when it was last drawn */
} LimnProgressBar;

/* @is_wanted FALSE: every call does nothing. */
void limn_progress_bar_init (LimnProgressBar *bar, gboolean is_wanted);

/**
 * limn_progress_bar_update:
 * @fraction: 0 to 1
 * @seconds_left: negative while unknown
 * @what: (nullable): a word or two on what is being done
 */
void limn_progress_bar_update (LimnProgressBar *bar,
                               double fraction,
                               double seconds_left,
                               const char *what);

/* Wipes the line, so that other text can be printed. */
void limn_progress_bar_wipe (LimnProgressBar *bar);

/* What is drawn: never wider than @n_columns of a terminal; the bar gives way first. */
char *limn_progress_bar_format_line (double fraction,
                                     double seconds_left,
                                     const char *what,
                                     guint n_columns);

/* Time left in words: “about 40 s left”; empty while unknown. */
char *limn_progress_bar_format_time (double seconds_left);

G_END_DECLS
