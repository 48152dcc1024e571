/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GLib's own hash of texts is the same everywhere: a small file of well-chosen
 * texts makes a table a list, and opening it takes hours.
 */
#include "string-hash.h"

static guint64 seed, factor; /* secret */

static gpointer
choose_secrets (gpointer data)
{
  seed = (guint64) g_random_int () << 32 | g_random_int ();
  factor = (guint64) g_random_int () << 32 | g_random_int () | 1;
  return NULL;
}

guint
limn_string_hash (gconstpointer text)
{
  static GOnce once = G_ONCE_INIT;
  guint64 hash;

  g_once (&once, choose_secrets, NULL);
  hash = seed;
  for (const guint8 *at = text; *at != '\0'; at++)
    {
      hash = (hash ^ *at) * factor;
      hash ^= hash >> 32;
    }
  return (guint) hash;
}
