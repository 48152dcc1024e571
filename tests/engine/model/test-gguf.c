/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GGUF reader and writer: what is written is read; every truncation and every
 * flipped bit of a small file is refused or harmless; files that lie about
 * their sizes are refused.
 */
#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/limn.h"
#include "engine/model/gguf.h"

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("limn-gguf-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->path = g_build_filename (fixture->folder, "small.gguf", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0); /* nothing was left behind */
  g_free (fixture->folder);
  g_free (fixture->path);
}

static const float numbers[6] = { 1, -2, 0.5, 4, 5, 6 };
static const guint8 halves[10] = { 0, 60, 0, 61, 0, 62, 0, 63, 0, 64 };

static void
write_small (const char *path)
{
  static const char *const texts[] = { "<s>", "", "Ġt", "é" };
  static const guint32 list[] = { 1, 2, 4000000000u };
  g_autoptr (GError) error = NULL;
  g_autoptr (LimnGgufWriter) writer = limn_gguf_writer_new ();
  limn_gguf_writer_set_string (writer, "general.architecture", "dallebart");
  limn_gguf_writer_set_uint (writer, "a.whole", 77);
  limn_gguf_writer_set_float (writer, "a.fraction", 0.25f);
  limn_gguf_writer_set_strings (writer, "a.texts", texts, 4);
  limn_gguf_writer_set_uints (writer, "a.list", list, 3);
  limn_gguf_writer_add_tensor (writer, "first", LIMN_GGUF_F32, 2, (guint64[]){ 2, 3 });
  limn_gguf_writer_add_tensor (writer, "second", LIMN_GGUF_F16, 1, (guint64[]){ 5 });
  g_assert_true (limn_gguf_writer_begin (writer, path, &error));
  g_assert_no_error (error);
  /* in pieces that do not end where tensors do */
  guint8 all[sizeof numbers + sizeof halves];
  memcpy (all, numbers, sizeof numbers);
  memcpy (all + sizeof numbers, halves, sizeof halves);
  for (gsize i = 0; i < sizeof all; i += 17)
    g_assert_true (limn_gguf_writer_write (writer, all + i, MIN (17, sizeof all - i), &error));
  g_assert_true (limn_gguf_writer_finish (writer, &error));
  g_assert_no_error (error);
}

static void
check_small (LimnGguf *gguf)
{
  gsize n;
  guint32 whole;
  double fraction;
  g_assert_cmpstr (limn_gguf_get_string (gguf, "general.architecture", NULL), ==, "dallebart");
  g_assert_true (limn_gguf_get_uint (gguf, "a.whole", &whole, NULL));
  g_assert_cmpuint (whole, ==, 77);
  g_assert_true (limn_gguf_get_double (gguf, "a.fraction", &fraction, NULL));
  g_assert_cmpfloat (fraction, ==, 0.25);
  const char *const *texts = limn_gguf_get_strings (gguf, "a.texts", &n, NULL);
  g_assert_cmpuint (n, ==, 4);
  g_assert_cmpstr (texts[1], ==, "");
  g_assert_cmpstr (texts[2], ==, "Ġt");
  g_assert_null (texts[4]);
  const guint32 *list = limn_gguf_get_uints (gguf, "a.list", &n, NULL);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (list[2], ==, 4000000000u);

  const LimnGgufTensor *first = limn_gguf_find_tensor (gguf, "first");
  g_assert_cmpuint (first->n_dims, ==, 2);
  g_assert_cmpuint (first->shape[0], ==, 2);
  g_assert_cmpuint (first->shape[1], ==, 3);
  g_assert_cmpmem (first->data, first->n_bytes, numbers, sizeof numbers);
  const LimnGgufTensor *second = limn_gguf_get_tensor (gguf, 1);
  g_assert_cmpint (second->type, ==, LIMN_GGUF_F16);
  g_assert_cmpmem (second->data, second->n_bytes, halves, sizeof halves);
  g_assert_cmpuint (((gsize) second->data) % LIMN_GGUF_ALIGNMENT, ==, 0);
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  write_small (fixture->path);
  g_autoptr (LimnGguf) gguf = limn_gguf_open (fixture->path, &error);
  g_assert_no_error (error);
  check_small (gguf);
  g_assert_true (limn_gguf_check (gguf, &error));
  g_assert_null (limn_gguf_find_tensor (gguf, "third"));
  g_assert_null (limn_gguf_get_tensor (gguf, 2));
}

static void
test_wrong_kind (Fixture *fixture, gconstpointer data)
{
  gsize n;
  guint32 whole;
  double fraction;
  g_autoptr (GError) error = NULL;
  write_small (fixture->path);
  g_autoptr (LimnGguf) gguf = limn_gguf_open (fixture->path, NULL);
  g_assert_false (limn_gguf_get_uint (gguf, "a.fraction", &whole, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "a.fraction"));
  g_clear_error (&error);
  g_assert_false (limn_gguf_get_uint (gguf, "a.nothing", &whole, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_MISSING);
  g_assert_false (limn_gguf_get_double (gguf, "a.texts", &fraction, NULL));
  g_assert_null (limn_gguf_get_string (gguf, "a.whole", NULL));
  g_assert_null (limn_gguf_get_strings (gguf, "a.list", &n, NULL));
  g_assert_null (limn_gguf_get_uints (gguf, "a.texts", &n, NULL));
}

static void
test_unfinished (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  LimnGgufWriter *writer = limn_gguf_writer_new ();
  limn_gguf_writer_add_tensor (writer, "first", LIMN_GGUF_F32, 1, (guint64[]){ 1000000 });
  g_assert_true (limn_gguf_writer_begin (writer, fixture->path, &error));
  g_assert_true (limn_gguf_writer_write (writer, numbers, sizeof numbers, &error));
  limn_gguf_writer_free (writer);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  /* over an older file: that one stays until the new one is whole */
  g_assert_true (g_file_set_contents (fixture->path, "older", -1, NULL));
  write_small (fixture->path);
  g_autoptr (LimnGguf) gguf = limn_gguf_open (fixture->path, &error);
  g_assert_no_error (error);
}

static void
test_bad_places (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (limn_gguf_open ("/nowhere/at/all.gguf", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (limn_gguf_open (fixture->folder, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (limn_gguf_open ("/dev/zero", &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (fixture->path, "", 0, NULL));
  g_assert_null (limn_gguf_open (fixture->path, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_TRUNCATED);
  g_clear_error (&error);

  g_autoptr (LimnGgufWriter) writer = limn_gguf_writer_new ();
  g_assert_false (limn_gguf_writer_begin (writer, "/nowhere/at/all.gguf", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* Uses all of a file, so that a sanitizer sees a wrong bound. */
static guint
touch_all (LimnGguf *gguf)
{
  guint sum = 0;
  gsize n;
  static const char *const keys[] = { "general.architecture", "a.whole", "a.texts", "a.list" };
  for (guint i = 0; i < limn_gguf_get_n_tensors (gguf); i++)
    {
      const LimnGgufTensor *tensor = limn_gguf_get_tensor (gguf, i);
      for (gsize j = 0; j < tensor->n_bytes; j++)
        sum += ((const guint8 *) tensor->data)[j];
    }
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      guint32 whole;
      limn_gguf_get_uint (gguf, keys[i], &whole, NULL);
      limn_gguf_get_uints (gguf, keys[i], &n, NULL);
      limn_gguf_get_strings (gguf, keys[i], &n, NULL);
      limn_gguf_get_string (gguf, keys[i], NULL);
    }
  return sum;
}

static void
try_bytes (const guint8 *bytes, gsize n)
{
  g_autoptr (GError) error = NULL;
  /* exactly as long as the file: a byte too far is found by a sanitizer */
  g_autoptr (GBytes) copy = g_bytes_new (bytes, n);
  g_autoptr (LimnGguf) gguf = limn_gguf_new_from_bytes (copy, "tried.gguf", &error);
  g_assert_true ((gguf == NULL) == (error != NULL));
  if (error != NULL)
    g_assert_true (g_str_has_prefix (error->message, "tried.gguf: "));
  if (gguf != NULL)
    touch_all (gguf);
}

static void
test_mutations (Fixture *fixture, gconstpointer data)
{
  gsize n;
  g_autofree char *text = NULL;
  write_small (fixture->path);
  g_assert_true (g_file_get_contents (fixture->path, &text, &n, NULL));
  guint8 *bytes = (guint8 *) text;
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GBytes) cut = g_bytes_new (bytes, i);
      LimnGguf *gguf = limn_gguf_new_from_bytes (cut, "cut.gguf", NULL);
      /* only the padding after the last tensor may be missing */
      g_assert_true (gguf == NULL || i >= n - LIMN_GGUF_ALIGNMENT);
      limn_gguf_free (gguf);
    }
  for (gsize i = 0; i < 8 * n; i++)
    {
      bytes[i / 8] ^= 1 << (i % 8);
      try_bytes (bytes, n);
      bytes[i / 8] ^= 1 << (i % 8);
    }
  try_bytes (bytes, n);
}

/* ---- files that lie ------------------------------------------------------ */

static void
put (GByteArray *array, guint64 value, guint n_bytes)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (array, (const guint8 *) &value, n_bytes);
}

static void
put_text (GByteArray *array, const char *text)
{
  put (array, strlen (text), 8);
  g_byte_array_append (array, (const guint8 *) text, strlen (text));
}

static GByteArray *
start (guint64 n_tensors, guint64 n_keys)
{
  GByteArray *array = g_byte_array_new ();
  g_byte_array_append (array, (const guint8 *) "GGUF", 4);
  put (array, 3, 4);
  put (array, n_tensors, 8);
  put (array, n_keys, 8);
  return array;
}

static void
put_tensor (GByteArray *array, const char *name, guint64 a, guint64 b, guint type, guint64 offset)
{
  put_text (array, name);
  put (array, 2, 4);
  put (array, a, 8);
  put (array, b, 8);
  put (array, type, 4);
  put (array, offset, 8);
}

static void
refuse (GByteArray *array, LimnError code, const char *about)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (array);
  g_autoptr (LimnGguf) gguf = limn_gguf_new_from_bytes (bytes, "lie.gguf", &error);
  g_assert_null (gguf);
  g_assert_error (error, LIMN_ERROR, (int) code);
  if (strstr (error->message, about) == NULL)
    g_error ("“%s” does not tell about “%s”", error->message, about);
}

static void
put_data (GByteArray *array, gsize n)
{
  while (array->len % 32 != 0)
    put (array, 0, 1);
  for (gsize i = 0; i < n; i++)
    put (array, 0, 1);
}

static void
test_lies_about_tensors (void)
{
  GByteArray *array = start (1, 0);
  put_tensor (array, "huge", G_GUINT64_CONSTANT (1) << 32, G_GUINT64_CONSTANT (1) << 32, 0, 0);
  put_data (array, 64);
  refuse (array, LIMN_ERROR_TOO_LARGE, "huge");

  array = start (1, 0);
  put_tensor (array, "long", G_MAXINT64, 1, 24, 0);
  put_data (array, 64);
  refuse (array, LIMN_ERROR_TRUNCATED, "long");

  array = start (1, 0);
  put_tensor (array, "most", G_MAXUINT64 - 3, 1, 24, 0);
  refuse (array, LIMN_ERROR_CORRUPT, "most");

  array = start (1, 0);
  put_tensor (array, "none", 0, 4, 0, 0);
  refuse (array, LIMN_ERROR_CORRUPT, "none");

  array = start (1, 0);
  put_tensor (array, "four", 1024, 1024, 0, 0);
  refuse (array, LIMN_ERROR_TRUNCATED, "four");

  array = start (1, 0);
  put_tensor (array, "far", 4, 4, 0, G_MAXUINT64 & ~(guint64) 31);
  put_data (array, 64);
  refuse (array, LIMN_ERROR_CORRUPT, "far");
}

static void
test_lies_about_places (void)
{
  GByteArray *array = start (2, 0);
  put_tensor (array, "one", 4, 4, 0, 0);
  put_tensor (array, "two", 4, 4, 0, 32);
  put_data (array, 128);
  refuse (array, LIMN_ERROR_CORRUPT, "overlaps");

  array = start (2, 0);
  put_tensor (array, "one", 4, 4, 0, 0);
  put_tensor (array, "two", 4, 4, 0, 128);
  put_data (array, 192);
  refuse (array, LIMN_ERROR_CORRUPT, "hole");

  array = start (1, 0);
  put_tensor (array, "one", 4, 4, 0, 0);
  put_data (array, 200);
  refuse (array, LIMN_ERROR_CORRUPT, "end of the file");

  array = start (1, 0);
  put_tensor (array, "odd", 4, 4, 0, 4);
  put_data (array, 128);
  refuse (array, LIMN_ERROR_CORRUPT, "aligned");

  array = start (2, 0);
  put_tensor (array, "same", 4, 4, 0, 0);
  put_tensor (array, "same", 4, 4, 0, 64);
  put_data (array, 128);
  refuse (array, LIMN_ERROR_CORRUPT, "twice");
}

static void
test_lies_about_ranks (void)
{
  GByteArray *array = start (1, 0);
  put_text (array, "five");
  put (array, 5, 4);
  for (guint i = 0; i < 5; i++)
    put (array, 1, 8);
  put (array, 0, 4);
  put (array, 0, 8);
  refuse (array, LIMN_ERROR_CORRUPT, "five");

  array = start (1, 0);
  put_text (array, "a name of more than sixty-four bytes, which the format does not allow");
  put_data (array, 64);
  refuse (array, LIMN_ERROR_CORRUPT, "name");

  array = start (1, 0);
  put (array, G_MAXUINT64 - 4, 8);
  put_data (array, 64);
  refuse (array, LIMN_ERROR_TRUNCATED, "name");
}

static void
test_lies_about_keys (void)
{
  GByteArray *array = start (0, G_MAXUINT64);
  put_data (array, 64);
  refuse (array, LIMN_ERROR_CORRUPT, "metadata");

  array = start (G_MAXUINT64 / 2, 0);
  put_data (array, 64);
  refuse (array, LIMN_ERROR_CORRUPT, "tensors");

  array = start (0, 1);
  put_text (array, "list");
  put (array, 9, 4);
  put (array, 8, 4);
  put (array, G_GUINT64_CONSTANT (1) << 61, 8); /* times 8 bytes: zero */
  put_data (array, 64);
  refuse (array, LIMN_ERROR_TRUNCATED, "list");

  array = start (0, 1);
  put_text (array, "nested");
  put (array, 9, 4);
  put (array, 9, 4);
  put (array, 1, 8);
  put_data (array, 64);
  refuse (array, LIMN_ERROR_CORRUPT, "nested");

  array = start (0, 2);
  for (guint i = 0; i < 2; i++)
    {
      put_text (array, "same");
      put (array, 4, 4);
      put (array, 1, 4);
    }
  refuse (array, LIMN_ERROR_CORRUPT, "twice");

  array = start (0, 1);
  put_text (array, "truth");
  put (array, 7, 4);
  put (array, 2, 1);
  refuse (array, LIMN_ERROR_CORRUPT, "truth");
}

static void
test_lies_about_alignment (void)
{
  static const guint32 wrong[] = { 0, 1, 3, 4, 48, 1u << 31, 1u << 17, G_MAXUINT32 };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      GByteArray *array = start (1, 1);
      put_text (array, "general.alignment");
      put (array, 4, 4);
      put (array, wrong[i], 4);
      put_tensor (array, "one", 4, 4, 0, 0);
      put_data (array, 128);
      refuse (array, LIMN_ERROR_CORRUPT, "general.alignment");
    }
}

static void
test_other_files (void)
{
  GByteArray *array = g_byte_array_new ();
  g_byte_array_append (array, (const guint8 *) "PK\3\4 something else, long enough", 32);
  refuse (array, LIMN_ERROR_UNSUPPORTED, "not a GGUF");
  array = start (0, 0);
  array->data[4] = 2;
  refuse (array, LIMN_ERROR_UNSUPPORTED, "version");
}

/* A type that Limn has no use for is no reason to refuse the file. */
static void
test_unknown_type (void)
{
  g_autoptr (GError) error = NULL;
  GByteArray *array = start (2, 0);
  put_tensor (array, "blocks", 32, 4, 2, 0);
  put_tensor (array, "one", 4, 4, 0, 96);
  put_data (array, 96 + 64);
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (array);
  g_autoptr (LimnGguf) gguf = limn_gguf_new_from_bytes (bytes, "types.gguf", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (limn_gguf_find_tensor (gguf, "blocks")->n_bytes, ==, 0);
  g_assert_cmpuint (limn_gguf_find_tensor (gguf, "one")->n_bytes, ==, 64);
}

/* ---- files that change --------------------------------------------------- */

static void
test_cut_while_open (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  LimnGgufWriter *writer = limn_gguf_writer_new ();
  g_autofree float *big = g_new0 (float, 100000);
  big[99999] = 7;
  limn_gguf_writer_add_tensor (writer, "big", LIMN_GGUF_F32, 1, (guint64[]){ 100000 });
  g_assert_true (limn_gguf_writer_begin (writer, fixture->path, &error));
  g_assert_true (limn_gguf_writer_write (writer, big, 400000, &error));
  g_assert_true (limn_gguf_writer_finish (writer, &error));
  limn_gguf_writer_free (writer);

  g_autoptr (LimnGguf) gguf = limn_gguf_open (fixture->path, &error);
  const float *values = limn_gguf_find_tensor (gguf, "big")->data;
  g_assert_cmpfloat (values[99999], ==, 7);
  g_assert_cmpint (truncate (fixture->path, 5000), ==, 0);
  /* would have ended the process */
  g_assert_cmpfloat (values[99999], ==, 0);
  g_assert_false (limn_gguf_check (gguf, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_TRUNCATED);
}

static void
test_removed_while_open (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  write_small (fixture->path);
  g_autoptr (LimnGguf) gguf = limn_gguf_open (fixture->path, &error);
  g_unlink (fixture->path);
  g_assert_true (g_file_set_contents (fixture->path, "something else", -1, NULL));
  check_small (gguf);
  g_assert_true (limn_gguf_check (gguf, &error));
}

static void
test_changed_while_open (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  write_small (fixture->path);
  g_autoptr (LimnGguf) gguf = limn_gguf_open (fixture->path, &error);
  int fd = g_open (fixture->path, O_WRONLY | O_APPEND, 0);
  g_assert_cmpint (write (fd, "more", 4), ==, 4);
  close (fd);
  g_assert_false (limn_gguf_check (gguf, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_CORRUPT);
}

#define ADD(name, function) g_test_add ("/gguf/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("round-trip", test_round_trip);
  ADD ("wrong-kind", test_wrong_kind);
  ADD ("unfinished", test_unfinished);
  ADD ("bad-places", test_bad_places);
  ADD ("mutations", test_mutations);
  g_test_add_func ("/gguf/lies/tensors", test_lies_about_tensors);
  g_test_add_func ("/gguf/lies/places", test_lies_about_places);
  g_test_add_func ("/gguf/lies/ranks", test_lies_about_ranks);
  g_test_add_func ("/gguf/lies/keys", test_lies_about_keys);
  g_test_add_func ("/gguf/lies/alignment", test_lies_about_alignment);
  g_test_add_func ("/gguf/other-files", test_other_files);
  g_test_add_func ("/gguf/unknown-type", test_unknown_type);
  ADD ("cut-while-open", test_cut_while_open);
  ADD ("removed-while-open", test_removed_while_open);
  ADD ("changed-while-open", test_changed_while_open);
  return g_test_run ();
}
