/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The progress of a download, and what memory allows, in plain words. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "limn-model-item-private.h"
#include "limn.h"

static char *
format_time_left (double seconds)
{
  if (seconds < 0)
    return NULL;
  if (seconds < 60)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "about %d second left",
                                         "about %d seconds left", (gulong) MAX (seconds, 1)),
                            (int) MAX (seconds, 1));
  if (seconds < 3600)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "about %d minute left",
                                         "about %d minutes left", (gulong) (seconds / 60 + 0.5)),
                            (int) (seconds / 60 + 0.5));
  return g_strdup_printf (_ ("about %d h %02d min left"), (int) MIN (seconds / 3600, 9999),
                          (int) (seconds / 60) % 60);
}

/**
 * limn_model_words_progress:
 *
 * “412 MB of 1.1 GB · 8.2 MB/s · about 2 minutes left” and its like.
 */
char *
limn_model_words_progress (const LimnDownloadProgress *p)
{
  g_autofree char *done = g_format_size ((guint64) p->done_bytes);
  g_autofree char *total = g_format_size ((guint64) p->total_bytes);
  g_autofree char *speed = g_format_size ((guint64) p->bytes_per_second);
  g_autofree char *left = format_time_left (p->seconds_left);

  switch (p->phase)
    {
    case LIMN_TRANSFER_CHECKING:
      return g_strdup (_ ("Checking what is already here"));
    case LIMN_TRANSFER_CONNECTING:
      return g_strdup_printf (_ ("Connecting · %s of %s"), done, total);
    case LIMN_TRANSFER_WAITING:
      return g_strdup_printf (_ ("Trying again. %s"), p->note);
    case LIMN_TRANSFER_RECEIVING:
    case LIMN_TRANSFER_DONE:
    default:
      if (left == NULL)
        return g_strdup_printf (_ ("%s of %s"), done, total);
      /* Translators: how much has arrived, of how much, how much a second, time left */
      return g_strdup_printf (_ ("%s of %s · %s/s · %s"), done, total, speed, left);
    }
}

/**
 * limn_model_item_dup_memory_note:
 *
 * What little memory means for drawing with this model now.
 *
 * Returns: (transfer full) (nullable): a sentence, or %NULL when all is well
 */
char *
limn_model_item_dup_memory_note (LimnModelItem *self)
{
  guint64 needs = (guint64) limn_model_item_get_needs_memory_bytes (self);
  guint64 least = self->facts ? self->facts->needs_for_one_bytes : needs;
  guint64 available = limn_memory_get_available_bytes ();

  if (needs <= available)
    return NULL;
  if (least <= available)
    return g_strdup (_ ("Little memory is free just now: fewer pictures are drawn at a time."));
  return g_strdup (_ ("Too little memory is free just now. Close other programs, or draw with a "
                      "smaller model."));
}
