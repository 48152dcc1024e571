/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files appear whole or not at all: also on a full disk, for taken names, and under kill -9. */
#include "library/atomic-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_KILLS    40
#define FILE_BYTES 150000
#define NAME_BYTES 128

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("limn-atomic-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
}

static void
empty_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n_files = 0;

  while (g_dir_read_name (dir))
    n_files++;
  return n_files;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  empty_folder (fixture->folder);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
}

/* A file's contents tell their own length and filling, so that a torn one is seen. */
static GBytes *
make_contents (guint8 filling)
{
  guint8 *bytes = g_malloc (FILE_BYTES);

  memset (bytes, filling, FILE_BYTES);
  return g_bytes_new_take (bytes, FILE_BYTES);
}

static void
assert_whole (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *bytes = NULL;
  gsize n_bytes;

  g_assert_true (g_file_get_contents (path, &bytes, &n_bytes, NULL));
  g_assert_cmpuint (n_bytes, ==, FILE_BYTES);
  for (gsize i = 0; i < n_bytes; i++)
    if (bytes[i] != bytes[0])
      g_error ("%s is torn at byte %" G_GSIZE_FORMAT, name, i);
}

static void
test_names (Fixture *fixture, gconstpointer method)
{
  g_autoptr (GBytes) contents = make_contents ('a');
  g_autoptr (GError) error = NULL;
  const char *const expected[] = { "frog.png", "frog-2.png", "frog-3.png" };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *path = limn_atomic_file_create (fixture->folder, "frog", ".png", contents,
                                                       0600, GPOINTER_TO_INT (method), &error);
      g_autofree char *name = NULL;
      GStatBuf status;

      g_assert_no_error (error);
      name = g_path_get_basename (path);
      g_assert_cmpstr (name, ==, expected[i]);
      assert_whole (fixture->folder, name);
      g_assert_cmpint (g_stat (path, &status), ==, 0);
      g_assert_cmpint (status.st_mode & 0777, ==, 0600);
    }
  g_assert_cmpuint (count_files (fixture->folder), ==, G_N_ELEMENTS (expected));
}

static void
test_missing_folder (Fixture *fixture, gconstpointer method)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "not-there", NULL);
  g_autoptr (GBytes) contents = make_contents ('a');
  g_autoptr (GError) error = NULL;

  g_assert_null (limn_atomic_file_create (folder, "frog", ".png", contents, 0600,
                                          GPOINTER_TO_INT (method), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, folder));
}

/* A limit on the size of files stands for a full disk: the write fails half way. */
static void
test_failing_write (Fixture *fixture, gconstpointer method)
{
  const struct rlimit small = { FILE_BYTES / 2, RLIM_INFINITY };
  const struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };
  g_autoptr (GBytes) contents = make_contents ('a');
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  signal (SIGXFSZ, SIG_IGN);
  if (setrlimit (RLIMIT_FSIZE, &small) < 0)
    {
      g_test_skip ("file sizes cannot be limited here");
      return;
    }
  path = limn_atomic_file_create (fixture->folder, "frog", ".png", contents, 0600,
                                  GPOINTER_TO_INT (method), &error);
  setrlimit (RLIMIT_FSIZE, &none);
  g_assert_null (path);
  g_assert_error (error, G_IO_ERROR, (int) g_io_error_from_errno (EFBIG));
  g_assert_cmpuint (count_files (fixture->folder), ==, 0);
}

/* ---- kill -9 ---------------------------------------------------------------- */

/* Saves files until killed; each name goes down the pipe when the call has returned. */
static void
save_for_ever (const char *folder, LimnAtomicMethod method, guint round, int pipe_fd)
{
  for (guint i = 0;; i++)
    {
      g_autofree char *stem = g_strdup_printf ("%u-%u", round, i);
      g_autoptr (GBytes) contents = make_contents ((guint8) ('a' + i % 26));
      g_autofree char *path =
          limn_atomic_file_create (folder, stem, ".png", contents, 0600, method, NULL);
      char name[NAME_BYTES] = { 0 };

      if (!path)
        _exit (1);
      g_snprintf (name, sizeof name, "%s.png", stem);
      if (write (pipe_fd, name, sizeof name) != sizeof name)
        _exit (1);
    }
}

/* Every name that came down the pipe is a whole file: returns how many. */
static guint
check_acknowledged (const char *folder, int pipe_fd)
{
  char name[NAME_BYTES];
  guint n = 0;

  for (; read (pipe_fd, name, sizeof name) == sizeof name; n++)
    assert_whole (folder, name);
  return n;
}

/* Every file that can be seen is whole, acknowledged or not. */
static void
check_visible (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_assert_true (g_str_has_suffix (name, ".png"));
      assert_whole (folder, name);
    }
}

static void
test_kill (Fixture *fixture, gconstpointer method)
{
  guint n_acknowledged = 0;

  for (guint round = 0; round < N_KILLS; round++)
    {
      int fds[2];
      pid_t child;

      g_assert_cmpint (pipe (fds), ==, 0);
      child = fork ();
      g_assert_cmpint (child, >=, 0);
      if (child == 0)
        save_for_ever (fixture->folder, GPOINTER_TO_INT (method), round, fds[1]);
      close (fds[1]);
      g_usleep ((gulong) g_test_rand_int_range (0, 20000));
      g_assert_cmpint (kill (child, SIGKILL), ==, 0);
      g_assert_cmpint (waitpid (child, NULL, 0), ==, child);

      limn_atomic_file_sweep (fixture->folder);
      n_acknowledged += check_acknowledged (fixture->folder, fds[0]);
      check_visible (fixture->folder);
      empty_folder (fixture->folder);
      close (fds[0]);
    }
  g_test_message ("%u files acknowledged in %d rounds", n_acknowledged, N_KILLS);
}

/* ---- replacing --------------------------------------------------------------- */

static void
test_replace (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "frog.jpg", NULL);
  g_autofree char *link = g_build_filename (fixture->folder, "link.jpg", NULL);
  g_autoptr (GBytes) first = make_contents ('a');
  g_autoptr (GBytes) second = g_bytes_new_static ("short", 5);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  GStatBuf status;

  g_assert_true (limn_atomic_file_replace (path, first, 0600, &error));
  assert_whole (fixture->folder, "frog.jpg");
  g_assert_cmpint (g_chmod (path, 0640), ==, 0);
  g_assert_cmpint (symlink ("frog.jpg", link), ==, 0);
  g_assert_true (limn_atomic_file_replace (link, second, 0600, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "short");
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0640);
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpuint (count_files (fixture->folder), ==, 2);
}

static void
test_replace_missing_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "not", "there.png", NULL);
  g_autoptr (GBytes) contents = make_contents ('a');
  g_autoptr (GError) error = NULL;

  g_assert_false (limn_atomic_file_replace (path, contents, 0600, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
replace_for_ever (const char *path)
{
  for (guint i = 0;; i++)
    {
      g_autoptr (GBytes) contents = make_contents ((guint8) ('a' + i % 26));

      if (!limn_atomic_file_replace (path, contents, 0600, NULL))
        _exit (1);
    }
}

/* Whenever a program that replaces a file is killed, one of its versions is there, whole. */
static void
test_replace_kill (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "frog.png", NULL);
  guint n_seen = 0;

  for (guint round = 0; round < N_KILLS; round++)
    {
      pid_t child = fork ();

      g_assert_cmpint (child, >=, 0);
      if (child == 0)
        replace_for_ever (path);
      g_usleep ((gulong) g_test_rand_int_range (0, 20000));
      g_assert_cmpint (kill (child, SIGKILL), ==, 0);
      g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
      if (n_seen == 0 && !g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      assert_whole (fixture->folder, "frog.png");
      limn_atomic_file_sweep (fixture->folder);
      g_assert_cmpuint (count_files (fixture->folder), ==, 1);
      n_seen++;
    }
  g_test_message ("there after %u of %d kills", n_seen, N_KILLS);
}

/* Sweeping takes what a killed program left, and nothing else. */
static void
test_sweep (Fixture *fixture, gconstpointer data)
{
  g_autofree char *part = g_build_filename (fixture->folder, ".limn-0000.part", NULL);
  g_autofree char *busy = g_build_filename (fixture->folder, ".limn-0001.part", NULL);
  g_autofree char *other = g_build_filename (fixture->folder, ".limn-notes", NULL);
  int fd;

  g_assert_true (g_file_set_contents (part, "x", 1, NULL));
  g_assert_true (g_file_set_contents (busy, "x", 1, NULL));
  g_assert_true (g_file_set_contents (other, "x", 1, NULL));
  fd = g_open (busy, O_RDWR, 0);
  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
  limn_atomic_file_sweep (fixture->folder);
  g_assert_true (g_file_test (busy, G_FILE_TEST_EXISTS));
  close (fd);
  limn_atomic_file_sweep (fixture->folder);
  g_assert_false (g_file_test (busy, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (other, G_FILE_TEST_EXISTS));
}

static void
add (const char *name, LimnAtomicMethod method, void (*test) (Fixture *, gconstpointer))
{
  const char *kind = method == LIMN_ATOMIC_UNNAMED ? "unnamed" : "renamed";
  g_autofree char *path = g_strdup_printf ("/atomic-file/%s/%s", kind, name);

  g_test_add (path, Fixture, GINT_TO_POINTER (method), set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (LimnAtomicMethod method = LIMN_ATOMIC_UNNAMED; method <= LIMN_ATOMIC_RENAMED; method++)
    {
      add ("names", method, test_names);
      add ("missing-folder", method, test_missing_folder);
      add ("failing-write", method, test_failing_write);
      add ("kill", method, test_kill);
    }
  g_test_add ("/atomic-file/replace", Fixture, NULL, set_up, test_replace, tear_down);
  g_test_add ("/atomic-file/replace-missing-folder", Fixture, NULL, set_up,
              test_replace_missing_folder, tear_down);
  g_test_add ("/atomic-file/replace-kill", Fixture, NULL, set_up, test_replace_kill, tear_down);
  g_test_add ("/atomic-file/sweep", Fixture, NULL, set_up, test_sweep, tear_down);
  return g_test_run ();
}
