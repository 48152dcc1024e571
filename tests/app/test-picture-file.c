/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures remember how they were drawn; hostile files and prompts do no harm. */
#include "library/picture-file.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <zlib.h>

#include "library/png-text.h"
#include "library/sheet.h"

#define SIZE 16

static char *folder;

static char *
make_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
fill (guint8 *rgb, gsize n_bytes)
{
  for (gsize i = 0; i < n_bytes; i++)
    rgb[i] = (guint8) (i * 7);
}

static LimnPictureFacts
make_facts (const char *prompt)
{
  guint32 ids[] = { 0, 17, 16383 };

  return (LimnPictureFacts){
    .prompt = g_strdup (prompt),
    .model = g_strdup ("Starter"),
    .seed = G_MAXUINT64,
    .grid_seed = 42,
    .place = 8,
    .temperature = 0.7,
    .top_k = 256,
    .guidance = 10.5,
    .score = -1.25e-3,
    .ids = g_memdup2 (ids, sizeof ids),
    .n_ids = G_N_ELEMENTS (ids),
  };
}

static char *
save (const LimnPictureFacts *facts, const char *stem)
{
  guint8 rgb[SIZE * SIZE * 3];
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = NULL;
  char *path;

  fill (rgb, sizeof rgb);
  png = limn_picture_file_encode (rgb, SIZE, SIZE, facts, &error);
  g_assert_no_error (error);
  path = limn_picture_file_save (folder, stem, png, LIMN_PICTURE_MODE_PRIVATE, &error);
  g_assert_no_error (error);
  return path;
}

/* ---- there and back ---------------------------------------------------------- */

static void
assert_facts_return (const char *prompt, const char *expected)
{
  g_auto (LimnPictureFacts) facts = make_facts (prompt);
  g_auto (LimnPictureFacts) read = { 0 };
  g_autofree char *path = save (&facts, "facts");
  g_autoptr (GError) error = NULL;

  g_assert_true (limn_picture_file_read_facts (path, &read, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (read.prompt, ==, expected);
  g_assert_null (read.negative_prompt);
  g_assert_cmpstr (read.model, ==, facts.model);
  g_assert_cmpuint (read.seed, ==, facts.seed);
  g_assert_cmpuint (read.grid_seed, ==, facts.grid_seed);
  g_assert_cmpuint (read.place, ==, facts.place);
  g_assert_cmpfloat (read.temperature, ==, facts.temperature);
  g_assert_cmpuint (read.top_k, ==, facts.top_k);
  g_assert_cmpfloat (read.guidance, ==, facts.guidance);
  g_assert_cmpfloat (read.score, ==, facts.score);
  g_assert_cmpmem (read.ids, read.n_ids * 4, facts.ids, facts.n_ids * 4);
  g_unlink (path);
}

static void
test_facts (void)
{
  assert_facts_return ("a frog on the moon", "a frog on the moon");
  assert_facts_return ("café – “crème”", "café – “crème”");
  assert_facts_return ("月の上の蛙 🐸", "月の上の蛙 🐸");
  assert_facts_return ("<b>&amp;</b> ' \" \\ %s", "<b>&amp;</b> ' \" \\ %s");
  assert_facts_return ("two\nlines\tand \x1b[31mred", "two lines and  [31mred");
  assert_facts_return ("bad \xff bytes", "bad \xef\xbf\xbd bytes");
  assert_facts_return ("", "");
}

static void
test_long_prompt (void)
{
  g_autofree char *prompt = g_strnfill (100000, 'x');
  g_auto (LimnPictureFacts) facts = make_facts (prompt);
  g_auto (LimnPictureFacts) read = { 0 };
  g_autofree char *path = save (&facts, "long");

  g_assert_true (limn_picture_file_read_facts (path, &read, NULL));
  g_assert_cmpuint (strlen (read.prompt), >=, 1000);
  g_assert_true (g_str_has_prefix (prompt, read.prompt));
  g_unlink (path);
}

static void
test_pixels (void)
{
  guint8 expected[SIZE * SIZE * 3];
  g_autofree char *path = save (NULL, "pixels");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = limn_picture_file_load (file, NULL, &error);

  g_assert_no_error (error);
  fill (expected, sizeof expected);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, SIZE);
  g_assert_cmpint (gdk_pixbuf_get_n_channels (pixbuf), ==, 3);
  for (int y = 0; y < SIZE; y++)
    g_assert_cmpmem (gdk_pixbuf_read_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf),
                     SIZE * 3, expected + y * SIZE * 3, SIZE * 3);
  g_unlink (path);
}

/* Without facts a file tells nothing but the program's name. */
static void
test_nothing_told (void)
{
  g_autofree char *path = save (NULL, "nothing");
  g_auto (LimnPictureFacts) facts = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize n_bytes;

  g_assert_false (limn_picture_file_read_facts (path, &facts, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_MISSING);
  g_assert_true (g_file_get_contents (path, &bytes, &n_bytes, NULL));
  g_assert_null (g_strstr_len (bytes, (gssize) n_bytes, "limn:"));
  g_assert_null (g_strstr_len (bytes, (gssize) n_bytes, g_get_user_name ()));
  g_unlink (path);
}

static void
test_sheet (void)
{
  guint8 red[4 * 4 * 3];
  LimnPicture picture = { .width = 4, .height = 4, .rgb = red };
  LimnRequest request = { .prompt = "five", .seed = 5 };
  g_autoptr (GPtrArray) pictures = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;

  memset (red, 1, sizeof red);
  for (guint i = 0; i < 5; i++)
    g_ptr_array_add (pictures, &picture);
  png = limn_sheet_encode (pictures, &request, "Starter", &error);
  g_assert_no_error (error);
  path = limn_picture_file_save (folder, "sheet", png, 0600, &error);
  g_assert_no_error (error);
  pixbuf = gdk_pixbuf_new_from_file (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, 3 * (4 + 8) + 8);
  g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, 2 * (4 + 8) + 8);
  /* the first cell has its picture, the sixth none */
  g_assert_cmpuint (gdk_pixbuf_read_pixels (pixbuf)[8 * gdk_pixbuf_get_rowstride (pixbuf) + 24], ==,
                    1);
  g_assert_cmpuint (gdk_pixbuf_read_pixels (pixbuf)[20 * gdk_pixbuf_get_rowstride (pixbuf) + 96],
                    ==, 255);
  g_unlink (path);
}

/* A folder of private pictures is private whatever the umask allows. */
static void
test_folder (void)
{
  g_autofree char *deep = g_build_filename (folder, "new", "library", NULL);
  g_autofree char *above = g_path_get_dirname (deep);
  mode_t umask_before = umask (0);
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  g_assert_true (limn_picture_file_make_folder (deep, LIMN_PICTURE_MODE_PRIVATE, &error));
  umask (umask_before);
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (deep, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0700);
  g_assert_true (limn_picture_file_make_folder (deep, LIMN_PICTURE_MODE_ORDINARY, &error));
  g_assert_cmpint (g_stat (deep, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0700);
  g_assert_false (limn_picture_file_make_folder ("/proc/none", LIMN_PICTURE_MODE_PRIVATE, &error));
  g_assert_nonnull (strstr (error->message, "/proc/none"));
  g_rmdir (deep);
  g_rmdir (above);
}

/* ---- names ------------------------------------------------------------------- */

static void
assert_stem (const char *prompt, const char *expected)
{
  g_autofree char *stem = limn_picture_file_make_stem (prompt, "7");

  g_assert_cmpstr (stem, ==, expected);
}

static void
test_stems (void)
{
  assert_stem ("A frog, on the Moon!", "a-frog-on-the-moon-7");
  assert_stem ("", "picture-7");
  assert_stem ("../../etc/passwd", "etc-passwd-7");
  assert_stem ("-rf /", "rf-7");
  assert_stem ("con", "con-7");
  assert_stem ("月の上の蛙", "picture-7");
  assert_stem ("crème brûlée", "creme-brulee-7");
  assert_stem ("\xff\xfe", "picture-7");
  assert_stem ("a\u202egnp.exe", "a-gnp-exe-7");
  assert_stem ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbbbbbbbbbbbbbbb-7");
}

static void
test_random_stems (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      char prompt[65] = { 0 };
      g_autofree char *stem = NULL;

      for (guint j = 0; j < 64; j++)
        prompt[j] = (char) g_test_rand_int ();
      stem = limn_picture_file_make_stem (prompt, "7");
      g_assert_cmpuint (strlen (stem), <=, 62);
      g_assert_cmpuint (strspn (stem, "abcdefghijklmnopqrstuvwxyz0123456789-"), ==, strlen (stem));
      g_assert_true (g_ascii_isalnum (stem[0]));
    }
}

/* ---- hostile files ----------------------------------------------------------- */

static void
append_u32 (GByteArray *png, guint32 value)
{
  guint32 big = GUINT32_TO_BE (value);

  g_byte_array_append (png, (guint8 *) &big, 4);
}

static void
append_chunk (GByteArray *png, const char *type, gconstpointer data, guint n_bytes)
{
  uLong sum = crc32 (0, (const Bytef *) type, 4);

  append_u32 (png, n_bytes);
  g_byte_array_append (png, (const guint8 *) type, 4);
  if (n_bytes > 0)
    {
      g_byte_array_append (png, data, n_bytes);
      sum = crc32 (sum, data, n_bytes);
    }
  append_u32 (png, (guint32) sum);
}

/* A string constant, with the NULs in it. */
#define append_literal(png, type, text) append_chunk (png, type, text, sizeof (text) - 1)

static GByteArray *
start_png (guint32 width, guint32 height)
{
  GByteArray *png = g_byte_array_new ();
  guint8 header[13] = { 0 };
  guint32 big[2] = { GUINT32_TO_BE (width), GUINT32_TO_BE (height) };

  g_byte_array_append (png, (const guint8 *) "\x89PNG\r\n\x1a\n", 8);
  memcpy (header, big, 8);
  header[8] = 8;
  header[9] = 2;
  append_chunk (png, "IHDR", header, sizeof header);
  return png;
}

static gboolean
read_bytes (const guint8 *bytes, gsize n_bytes, LimnPictureFacts *facts, GError **error)
{
  g_autofree char *path = make_path ("hostile.png");

  g_assert_true (g_file_set_contents_full (path, (const char *) bytes, (gssize) n_bytes,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  return limn_picture_file_read_facts (path, facts, error);
}

static void
assert_refused (GByteArray *png_taken, int code)
{
  g_autoptr (GByteArray) png = png_taken;
  g_auto (LimnPictureFacts) facts = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (read_bytes (png->data, png->len, &facts, &error));
  g_assert_error (error, LIMN_ERROR, code);
}

static void
test_refused (void)
{
  GByteArray *png;

  assert_refused (g_byte_array_new (), LIMN_ERROR_UNSUPPORTED);
  assert_refused (start_png (0, 5), LIMN_ERROR_TOO_LARGE);
  assert_refused (start_png (G_MAXUINT32, G_MAXUINT32), LIMN_ERROR_TOO_LARGE);
  assert_refused (start_png (5, 5), LIMN_ERROR_TRUNCATED);

  png = start_png (5, 5);
  append_u32 (png, G_MAXUINT32);
  g_byte_array_append (png, (const guint8 *) "tEXtlimn:prompt", 15);
  assert_refused (png, LIMN_ERROR_TRUNCATED);

  png = start_png (5, 5);
  append_chunk (png, "IEND", NULL, 0);
  assert_refused (png, LIMN_ERROR_MISSING);

  png = start_png (5, 5);
  for (guint i = 0; i < 200000; i++)
    append_chunk (png, "junk", NULL, 0);
  append_chunk (png, "IEND", NULL, 0);
  assert_refused (png, LIMN_ERROR_CORRUPT);
}

/* Of many texts, only as much as is allowed is taken; broken ones are passed over. */
static void
test_odd_texts (void)
{
  g_autoptr (GByteArray) png = start_png (5, 5);
  g_auto (LimnPictureFacts) facts = { 0 };
  g_autofree char *huge = g_malloc0 (LIMN_PNG_MAX_TEXT_BYTES + 1);
  g_autoptr (GError) error = NULL;

  append_chunk (png, "tEXt", huge, LIMN_PNG_MAX_TEXT_BYTES + 1);
  append_literal (png, "tEXt", "no-end-of-key");
  append_literal (png, "tEXt", "");
  append_literal (png, "iTXt", "limn:model\0\0\0");
  append_literal (png, "iTXt", "limn:model\0\1\0\0\0packed");
  append_literal (png, "iTXt", "limn:model\0\0\0\0\0\xff\xff");
  append_literal (png, "tEXt", "limn:seed\0-5");
  append_literal (png, "tEXt", "limn:temperature\0nan");
  append_literal (png, "tEXt", "limn:tokens\0001 2 x");
  append_literal (png, "iTXt", "limn:prompt\0\0\0en\0\0\xc3\xa9");
  append_literal (png, "tEXt", "limn:prompt\0second");
  append_chunk (png, "IEND", NULL, 0);

  /* a seed that makes no sense is no seed, so this is none of our pictures */
  g_assert_false (read_bytes (png->data, png->len, &facts, &error));
  g_assert_error (error, LIMN_ERROR, LIMN_ERROR_MISSING);
  g_assert_cmpstr (facts.prompt, ==, "é");
  g_assert_null (facts.model);
  g_assert_cmpuint (facts.n_ids, ==, 0);
  g_assert_cmpfloat (facts.temperature, ==, 0);
}

/* Every cut and many flipped bytes of a real file: an answer each time, sanitizers watch. */
static void
test_damaged (void)
{
  g_auto (LimnPictureFacts) whole = make_facts ("a frog on the moon");
  g_autofree char *path = save (&whole, "damaged");
  g_autofree char *bytes = NULL;
  gsize n_bytes;

  g_assert_true (g_file_get_contents (path, &bytes, &n_bytes, NULL));
  for (gsize cut = 0; cut < n_bytes; cut += 3)
    {
      g_auto (LimnPictureFacts) facts = { 0 };

      read_bytes ((guint8 *) bytes, cut, &facts, NULL);
    }
  for (guint i = 0; i < 2000; i++)
    {
      g_auto (LimnPictureFacts) facts = { 0 };
      g_autofree guint8 *damaged = g_memdup2 (bytes, n_bytes);

      for (guint j = 0; j < 4; j++)
        damaged[(guint) g_test_rand_int () % n_bytes] = (guint8) g_test_rand_int ();
      read_bytes (damaged, n_bytes, &facts, NULL);
    }
  g_unlink (path);
}

static void
assert_not_loaded (const char *name, const void *bytes, gsize n_bytes, int code)
{
  g_autofree char *path = make_path (name);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, bytes, (gssize) n_bytes, NULL));
  g_assert_null (limn_picture_file_load (file, NULL, &error));
  g_assert_nonnull (error);
  g_assert_error (error, LIMN_ERROR, code);
  g_unlink (path);
}

static void
test_load_refuses (void)
{
  g_autoptr (GByteArray) bomb = start_png (60000, 60000);
  g_autoptr (GByteArray) cut = start_png (8, 8);

  append_chunk (bomb, "IDAT", "x\x9c", 2);
  append_chunk (bomb, "IEND", NULL, 0);
  assert_not_loaded ("bomb.png", bomb->data, bomb->len, LIMN_ERROR_TOO_LARGE);
  assert_not_loaded ("cut.png", cut->data, cut->len, LIMN_ERROR_CORRUPT);
  assert_not_loaded ("noise.jpg", "\xff\xd8\xff\xe0 no picture", 15, LIMN_ERROR_CORRUPT);
  assert_not_loaded ("text.png", "hello", 5, LIMN_ERROR_UNSUPPORTED);
  assert_not_loaded ("empty.png", "", 0, LIMN_ERROR_UNSUPPORTED);
  assert_not_loaded ("cursor.png", "RIFF\0\0\0\0ACON", 12, LIMN_ERROR_UNSUPPORTED);
}

/* All parts are there and sound, but the pixels in them end early. */
static void
test_short_png (void)
{
  g_autoptr (GByteArray) png = start_png (20, 20);
  guint8 rows[20 * (1 + 20 * 3)] = { 0 }, packed[2000];
  uLongf n_packed = sizeof packed;

  g_assert_cmpint (compress (packed, &n_packed, rows, sizeof rows / 2), ==, Z_OK);
  append_chunk (png, "IDAT", packed, (guint) n_packed);
  append_chunk (png, "IEND", NULL, 0);
  assert_not_loaded ("short.png", png->data, png->len, LIMN_ERROR_CORRUPT);
}

/* What would be waited for is no picture. */
static void
test_pipe (void)
{
  g_autofree char *path = make_path ("pipe.png");
  const char *const paths[] = { path, folder, "/dev/zero" };

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GFile) file = g_file_new_for_path (paths[i]);
      g_auto (LimnPictureFacts) facts = { 0 };
      g_autoptr (GError) error = NULL, other = NULL;

      g_assert_null (limn_picture_file_load (file, NULL, &error));
      g_assert_error (error, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, paths[i]));
      g_assert_false (limn_picture_file_read_facts (paths[i], &facts, &other));
      g_assert_error (other, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED);
    }
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("limn-picture-XXXXXX", NULL);
  g_test_add_func ("/picture-file/facts", test_facts);
  g_test_add_func ("/picture-file/long-prompt", test_long_prompt);
  g_test_add_func ("/picture-file/pixels", test_pixels);
  g_test_add_func ("/picture-file/nothing-told", test_nothing_told);
  g_test_add_func ("/picture-file/sheet", test_sheet);
  g_test_add_func ("/picture-file/folder", test_folder);
  g_test_add_func ("/picture-file/stems", test_stems);
  g_test_add_func ("/picture-file/random-stems", test_random_stems);
  g_test_add_func ("/picture-file/refused", test_refused);
  g_test_add_func ("/picture-file/odd-texts", test_odd_texts);
  g_test_add_func ("/picture-file/damaged", test_damaged);
  g_test_add_func ("/picture-file/load-refuses", test_load_refuses);
  g_test_add_func ("/picture-file/short-png", test_short_png);
  g_test_add_func ("/picture-file/pipe", test_pipe);
  status = g_test_run ();
  {
    g_autofree char *hostile = make_path ("hostile.png");

    g_unlink (hostile);
    g_rmdir (folder);
    g_free (folder);
  }
  return status;
}
