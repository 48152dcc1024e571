/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Today, yesterday, a day of this week, or a date. */
#include "config.h"

#include "limn-day.h"

#include <glib/gi18n.h>

/* Days since year 1 in local time. */
static int
get_day_number (GDateTime *time)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) g_date_time_get_day_of_month (time),
                  (GDateMonth) g_date_time_get_month (time),
                  (GDateYear) g_date_time_get_year (time));
  return (int) g_date_get_julian (&date);
}

/**
 * limn_day_format:
 * @time: seconds since 1970
 * @now: the same, of this moment
 */
char *
limn_day_format (gint64 time, gint64 now)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (time);
  g_autoptr (GDateTime) today = g_date_time_new_from_unix_local (now);
  int n_days;

  if (then == NULL || today == NULL)
    return g_strdup ("");
  n_days = get_day_number (today) - get_day_number (then);
  if (n_days == 0)
    return g_strdup (_ ("Today"));
  if (n_days == 1)
    return g_strdup (_ ("Yesterday"));
  if (n_days > 1 && n_days < 7)
    return g_date_time_format (then, "%A");
  if (g_date_time_get_year (then) == g_date_time_get_year (today))
    /* Translators: a day of this year, see g_date_time_format() */
    return g_date_time_format (then, _ ("%-d %B"));
  /* Translators: a day of another year, see g_date_time_format() */
  return g_date_time_format (then, _ ("%-d %B %Y"));
}
