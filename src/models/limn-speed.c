/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See limn-speed.h.  Nine pictures together take less than nine times one, so
 * each number of pictures is remembered by itself.  A lost file loses nothing
 * that the next drawing does not tell again.
 */
#include "config.h"

#include "limn-speed.h"

#include <math.h>

#include <glib/gstdio.h>

#define MAX_SECONDS 1e6

static char *
get_path (void)
{
  return g_build_filename (g_get_user_state_dir (), "limn", "speed", NULL);
}

static GKeyFile *
read_keys (void)
{
  GKeyFile *keys = g_key_file_new ();
  g_autofree char *path = get_path ();

  g_key_file_load_from_file (keys, path, G_KEY_FILE_NONE, NULL);
  return keys;
}

/**
 * limn_speed_note:
 * @model_id: as “limn models” lists it
 *
 * Remembers how long a drawing took, leaning on what was known before.
 */
void
limn_speed_note (const char *model_id, guint n_pictures, double seconds)
{
  g_autoptr (GKeyFile) keys = read_keys ();
  g_autofree char *path = get_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *key = g_strdup_printf ("%u", n_pictures);
  double before = limn_speed_get_seconds (model_id, n_pictures);

  if (!(seconds > 0) || seconds > MAX_SECONDS || g_mkdir_with_parents (folder, 0700) < 0)
    return;
  g_key_file_set_double (keys, model_id, key, before > 0 ? (before + seconds) / 2 : seconds);
  g_key_file_save_to_file (keys, path, NULL);
}

/* Whether the model was ever measured here, with any number of pictures. */
gboolean
limn_speed_is_known (const char *model_id)
{
  g_autoptr (GKeyFile) keys = read_keys ();

  return g_key_file_has_group (keys, model_id);
}

/**
 * limn_speed_get_seconds:
 *
 * Returns: seconds for that many pictures, or -1 when it was never measured
 */
double
limn_speed_get_seconds (const char *model_id, guint n_pictures)
{
  g_autoptr (GKeyFile) keys = read_keys ();
  g_autofree char *key = g_strdup_printf ("%u", n_pictures);
  double seconds = g_key_file_get_double (keys, model_id, key, NULL);

  return seconds > 0 && seconds < MAX_SECONDS && isfinite (seconds) ? seconds : -1;
}
