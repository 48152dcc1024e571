/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rounds an estimate to what it is worth: nobody needs “37 seconds left” of a guess. */
#include "config.h"

#include "limn-time-left.h"

#include <glib/gi18n.h>
#include <math.h>

/**
 * limn_time_left_format:
 * @seconds: an estimate; negative while there is none
 *
 * Returns: (transfer full) (nullable): such as “About 40 seconds left”
 */
char *
limn_time_left_format (double seconds)
{
  gulong n;

  if (!(seconds >= 0))
    return NULL;
  if (seconds < 5)
    return g_strdup (_ ("A few seconds left"));
  if (seconds < 55)
    {
      n = (gulong) (ceil (seconds / 5) * 5);
      return g_strdup_printf (ngettext ("About %lu second left", "About %lu seconds left", n), n);
    }
  if (seconds < 55 * 60)
    {
      n = (gulong) ceil (MIN (seconds, 3600) / 60 - 0.1);
      return g_strdup_printf (ngettext ("About %lu minute left", "About %lu minutes left", n), n);
    }
  n = (gulong) ceil (MIN (seconds / 3600, 1000) - 0.1);
  return g_strdup_printf (ngettext ("About %lu hour left", "About %lu hours left", n), n);
}

/**
 * limn_time_needed_format:
 *
 * Returns: (transfer full) (nullable): such as “about 6 minutes”, within a sentence
 */
char *
limn_time_needed_format (double seconds)
{
  gulong n;

  if (!(seconds >= 0))
    return NULL;
  if (seconds < 55)
    {
      n = (gulong) MAX (ceil (seconds / 5) * 5, 5);
      return g_strdup_printf (ngettext ("about %lu second", "about %lu seconds", n), n);
    }
  if (seconds < 90 * 60)
    {
      n = (gulong) ceil (seconds / 60 - 0.1);
      return g_strdup_printf (ngettext ("about %lu minute", "about %lu minutes", n), n);
    }
  n = (gulong) ceil (MIN (seconds / 3600, 1000) - 0.1);
  return g_strdup_printf (ngettext ("about %lu hour", "about %lu hours", n), n);
}
