/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See limn-model-install.h.  A model is imported under a hidden name, opened,
 * its tokenizer tried, and only then gets its name, and its SHA-256 beside it in
 * NAME.gguf.sha256 (as sha256sum writes it).  A model that is there is never
 * replaced, and a lock keeps two imports from one name.
 */
#include "config.h"

#include "limn-model-install.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "limn-lock-file.h"
#include "limn-part-file.h"

#define BLOCK_BYTES   (1024 * 1024)
#define SHA256_LENGTH 64
#define IMPORT_SHARE  0.9 /* of the time; the rest is checking */
#define DRAWING_PARTS (LIMN_MODEL_PART_TEXT | LIMN_MODEL_PART_TOKENIZER | LIMN_MODEL_PART_DECODER)

/* a part of a longer job, as far as its listener is concerned */
typedef struct
{
  LimnImportProgressFunc func;
  gpointer user_data;
  double from;
  double share;
} Share;

static void
on_share (double fraction, const char *what, gpointer user_data)
{
  Share *share = user_data;

  if (share->func)
    share->func (share->from + fraction * share->share, what, share->user_data);
}

static char *
get_hash_path (const char *path)
{
  return g_strconcat (path, ".sha256", NULL);
}

static gboolean
fail_system (GError **error, const char *path, int errsv)
{
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errsv), "%s: %s", path,
               g_strerror (errsv));
  return FALSE;
}

/* ---- the hash ---- */

static char *
hash_file (const char *path, Share *share, GCancellable *cancellable, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *block = g_malloc (BLOCK_BYTES);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  goffset done = 0, size = fd >= 0 ? lseek (fd, 0, SEEK_END) : 0;
  ssize_t n = fd >= 0 ? 1 : -1;

  while (n > 0 && !g_cancellable_is_cancelled (cancellable))
    {
      n = pread (fd, block, BLOCK_BYTES, done);
      if (n > 0)
        g_checksum_update (checksum, block, n);
      done += MAX (n, 0);
      on_share ((double) done / (double) MAX (size, 1), _ ("Checking"), share);
    }
  if (n < 0)
    fail_system (error, path, errno);
  if (fd >= 0)
    close (fd);
  if (n < 0 || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return g_strdup (g_checksum_get_string (checksum));
}

/* What was recorded when the model was installed, or NULL. */
static char *
read_hash (const char *path)
{
  g_autofree char *hash_path = get_hash_path (path);
  g_autofree char *text = NULL;
  GStatBuf st;

  if (g_stat (hash_path, &st) < 0 || st.st_size > 4096
      || !g_file_get_contents (hash_path, &text, NULL, NULL)
      || strspn (text, "0123456789abcdef") != SHA256_LENGTH)
    return NULL;
  return g_strndup (text, SHA256_LENGTH);
}

static gboolean
write_hash (const char *path, const char *hash, GError **error)
{
  g_autofree char *hash_path = get_hash_path (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *text = g_strdup_printf ("%s  %s\n", hash, name);

  return g_file_set_contents_full (hash_path, text, -1,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

/* ---- checking ---- */

static gboolean
check_opens (const char *path, GError **error)
{
  g_autoptr (LimnModel) model = limn_model_open (path, error);
  const LimnModelInfo *info;

  if (model == NULL || !limn_model_check_tokenizer (model, error))
    return FALSE;
  info = limn_model_get_info (model);
  if ((info->parts & DRAWING_PARTS) == DRAWING_PARTS)
    return TRUE;
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_MISSING,
               _ ("These files make no whole model: %s is missing."),
               !(info->parts & LIMN_MODEL_PART_TEXT)        ? _ ("the encoder and decoder")
               : !(info->parts & LIMN_MODEL_PART_TOKENIZER) ? _ ("the vocabulary or the merges")
                                                            : _ ("the VQGAN picture decoder"));
  return FALSE;
}

/**
 * limn_model_verify:
 *
 * Opens a model, tries its tokenizer, and compares the file with the SHA-256
 * recorded when it was installed, if there is one.
 */
gboolean
limn_model_verify (const char *path,
                   LimnImportProgressFunc progress,
                   gpointer user_data,
                   GCancellable *cancellable,
                   GError **error)
{
  Share share = { progress, user_data, 0, 1 };
  g_autofree char *recorded = read_hash (path);
  g_autofree char *is = NULL;

  if (!check_opens (path, error))
    return FALSE;
  is = hash_file (path, &share, cancellable, error);
  if (is == NULL)
    return FALSE;
  if (recorded == NULL || g_str_equal (recorded, is))
    return TRUE;
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_CORRUPT,
               _ ("“%s” has changed since it was installed: the disk may be failing. Delete it and "
                  "get it again."),
               path);
  return FALSE;
}

/* ---- installing ---- */

static char *
get_hidden_path (const char *output, const char *ending)
{
  g_autofree char *folder = g_path_get_dirname (output);
  g_autofree char *name = g_path_get_basename (output);
  g_autofree char *hidden = g_strconcat (".", name, ending, NULL);

  return g_build_filename (folder, hidden, NULL);
}

static char *
get_id (const char *output)
{
  char *name = g_filename_display_basename (output);

  if (g_str_has_suffix (name, ".gguf"))
    name[strlen (name) - strlen (".gguf")] = '\0';
  return name;
}

/* Two imports under one name would work on one hidden file.  Returns the lock, to be given to
 * unlock(), or -1. */
static int
lock (const char *output, GError **error)
{
  g_autofree char *path = get_hidden_path (output, ".lock");
  g_autofree char *id = get_id (output);
  int fd = limn_lock_file_open (path, O_CREAT);

  if (fd < 0 && errno == EWOULDBLOCK)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, _ ("“%s” is being imported by another Limn."),
                 id);
  else if (fd < 0)
    fail_system (error, output, errno);
  return fd;
}

static void
unlock (const char *output, int fd)
{
  g_autofree char *path = get_hidden_path (output, ".lock");

  g_unlink (path);
  close (fd);
}

static gboolean
check_is_new (const char *output, GError **error)
{
  g_autofree char *id = get_id (output);
  GStatBuf st;

  if (g_lstat (output, &st) < 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
               _ ("“%s” is here already: choose another name with --name, or delete it first."),
               id);
  return FALSE;
}

static gboolean
rename_durably (const char *from, const char *to, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (to);
  int fd = open (from, O_RDONLY | O_CLOEXEC);

  if (fd < 0 || fsync (fd) < 0) /* a copy, for imports are on the disk already */
    return fail_system (error, from, errno);
  close (fd);
  if (g_rename (from, to) < 0)
    return fail_system (error, to, errno);
  fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0)
    {
      fsync (fd);
      close (fd);
    }
  return TRUE;
}

/* A file that is a model already needs no import. */
static gboolean
is_model (const char *path)
{
  char bytes[4] = { 0 };
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  gboolean is = fd >= 0 && pread (fd, bytes, 4, 0) == 4 && memcmp (bytes, "GGUF", 4) == 0;

  if (fd >= 0)
    close (fd);
  return is;
}

static void
on_copied (goffset n_done, goffset n_all, gpointer user_data)
{
  on_share ((double) n_done / (double) MAX (n_all, 1), _ ("Copying"), user_data);
}

static gboolean
copy_model (const char *path,
            const char *to,
            Share *share,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GFile) from_file = g_file_new_for_path (path);
  g_autoptr (GFile) to_file = g_file_new_for_path (to);

  return g_file_copy (from_file, to_file, G_FILE_COPY_OVERWRITE, cancellable, on_copied, share,
                      error);
}

static gboolean
import_and_check (const char *const *paths,
                  const char *hidden,
                  const char *output,
                  const LimnImportOptions *options,
                  LimnImportProgressFunc progress,
                  gpointer user_data,
                  GCancellable *cancellable,
                  GError **error)
{
  Share importing = { progress, user_data, 0, IMPORT_SHARE };
  Share checking = { progress, user_data, IMPORT_SHARE, 1 - IMPORT_SHARE };
  g_autofree char *hash_path = get_hash_path (output);
  g_autofree char *hash = NULL;
  g_autoptr (GError) hash_error = NULL;

  if (!(is_model (paths[0]) && paths[1] == NULL
            ? copy_model (paths[0], hidden, &importing, cancellable, error)
            : limn_import (paths, hidden, options, on_share, &importing, cancellable, error))
      || !check_opens (hidden, error))
    return FALSE;
  hash = hash_file (hidden, &checking, cancellable, error);
  if (hash == NULL)
    return FALSE;
  if (!check_is_new (output, error))
    return FALSE;
  /* No model is there, so this hash belongs to one that somebody deleted by hand.  At no moment
   * may a model meet the hash of another one. */
  g_unlink (hash_path);
  if (!rename_durably (hidden, output, error))
    return FALSE;
  if (!write_hash (output, hash, &hash_error))
    g_info ("%s", hash_error->message); /* the model is whole; checking it later tells less */
  return TRUE;
}

/**
 * limn_model_install:
 * @paths: %NULL-terminated, see limn_import(); or one model file, which is copied
 * @output: the model file; its folder is made
 *
 * Imports files as a model that is whole, checked and ready to draw, or
 * leaves nothing.  Fails with %G_IO_ERROR_EXISTS when there is such a model,
 * %G_IO_ERROR_BUSY while another import makes it.
 */
gboolean
limn_model_install (const char *const *paths,
                    const char *output,
                    const LimnImportOptions *options,
                    LimnImportProgressFunc progress,
                    gpointer user_data,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autofree char *folder = g_path_get_dirname (output);
  g_autofree char *hidden = get_hidden_path (output, ".new");
  gboolean ok;
  int fd;

  if (g_mkdir_with_parents (folder, 0700) < 0)
    return fail_system (error, folder, errno);
  fd = lock (output, error);
  if (fd < 0)
    return FALSE;
  ok =
      check_is_new (output, error)
      && import_and_check (paths, hidden, output, options, progress, user_data, cancellable, error);
  if (!ok)
    g_unlink (hidden);
  unlock (output, fd);
  return ok;
}

/**
 * limn_model_remove:
 *
 * Deletes a model file, its hash and what a killed import may have left.
 *
 * Returns: how many bytes that freed, or -1
 */
goffset
limn_model_remove (const char *path, GError **error)
{
  g_autofree char *hash_path = get_hash_path (path);
  g_autofree char *hidden = get_hidden_path (path, ".new");
  GStatBuf st;
  int fd;

  if (g_lstat (path, &st) < 0 || g_unlink (path) < 0)
    {
      fail_system (error, path, errno);
      return -1;
    }
  g_unlink (hash_path);
  fd = lock (path, NULL);
  if (fd >= 0) /* else it is of an import that is at work */
    {
      g_unlink (hidden);
      unlock (path, fd);
    }
  return st.st_size;
}
