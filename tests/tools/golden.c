/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds and reads the reference vectors. */
#include "golden.h"

#include <math.h>

char *
golden_find (const char *name)
{
  const char *dir = g_getenv ("LIMN_GOLDEN_DIR");
  g_autofree char *path = dir ? g_build_filename (dir, name, NULL) : NULL;

  return path && g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path) : NULL;
}

JsonObject *
golden_load_json (const char *name)
{
  g_autofree char *path = golden_find (name);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  if (!path || !json_parser_load_from_file (parser, path, &error))
    g_error ("%s: %s", name, error ? error->message : "not there");
  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

void
golden_load_npy (const char *name, NpyArray *array)
{
  g_autofree char *path = golden_find (name);
  g_autoptr (GError) error = NULL;

  if (!path || !npy_read (path, array, &error))
    g_error ("%s: %s", name, error ? error->message : "not there");
}

guint32 *
golden_get_ids (JsonObject *object, const char *member, gsize *n)
{
  JsonArray *array = json_object_get_array_member (object, member);
  guint32 *ids;

  *n = json_array_get_length (array);
  ids = g_new (guint32, *n);
  for (gsize i = 0; i < *n; i++)
    ids[i] = (guint32) json_array_get_int_element (array, (guint) i);
  return ids;
}

#define GOLDEN_GAMMA G_GUINT64_CONSTANT (0x9E3779B97F4A7C15)

static guint64
get_seed (const char *salt, const char *name)
{
  g_autofree char *text = g_strconcat (salt, "/", name, NULL);
  guint64 seed = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (const char *p = text; *p; p++)
    seed = (seed ^ (guint8) *p) * G_GUINT64_CONSTANT (0x100000001b3);
  return seed;
}

static inline guint64
mix (guint64 z)
{
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return z ^ (z >> 31);
}

guint64
golden_random (const char *salt, const char *name, guint64 i)
{
  return mix (get_seed (salt, name) + (i + 1) * GOLDEN_GAMMA);
}

float
golden_linear (const char *salt, const char *name, gint e, double offset, guint64 i)
{
  double centred = (double) (golden_random (salt, name, i) >> 53) - 1024;

  return (float) (offset + ldexp (centred, e - 10));
}

void
golden_fill (const char *salt,
             const char *name,
             const char *kind,
             gint e,
             double offset,
             gsize n,
             float *values)
{
  guint64 seed = get_seed (salt, name);
  double unit = ldexp (1, e - 10);

  if (g_str_equal (kind, "norm"))
    for (gsize i = 0; i < n; i++)
      values[i] = (float) (1 + ((double) (mix (seed + (i + 1) * GOLDEN_GAMMA) >> 56) - 128) / 1024);
  else
    for (gsize i = 0; i < n; i++)
      values[i] =
          (float) (offset + ((double) (mix (seed + (i + 1) * GOLDEN_GAMMA) >> 53) - 1024) * unit);
}

void
golden_assert_close (const char *what,
                     const float *values,
                     const double *reference,
                     gsize n,
                     double tolerance)
{
  double worst = 0;
  gsize at = 0;

  for (gsize i = 0; i < n; i++)
    {
      double difference = fabs (values[i] - reference[i]);

      if (!(difference <= worst))
        {
          worst = difference;
          at = i;
        }
    }
  g_test_message ("%s: largest difference %.3g (tolerance %.3g)", what, worst, tolerance);
  if (!(worst <= tolerance))
    g_error ("%s: value %" G_GSIZE_FORMAT " is %.9g, reference %.9g", what, at, (double) values[at],
             reference[at]);
}
