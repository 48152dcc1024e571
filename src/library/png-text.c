/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * png-text.c: a small bounded walk over the chunks of a PNG file.
 *
 * It looks at lengths, the header and texts alone; whether the pixels are
 * sound is found out by who decodes them.  The walk ends at the pixels when
 * Limn's own texts came before, so that a gallery of thousands opens quickly.
 */
#include "config.h"

#include "png-text.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "limn.h"

#define SIGNATURE       "\x89PNG\r\n\x1a\n"
#define SIGNATURE_BYTES 8
#define HEADER_BYTES    13
#define MAX_CHUNKS      100000
#define MAX_KEY_BYTES   79

typedef struct
{
  int fd;
  const char *name;
  guint64 size_bytes;
  guint64 position;
  gsize text_bytes; /* taken so far */
} Walk;

typedef struct
{
  guint32 length;
  char type[5];
} Chunk;

void
limn_png_info_clear (LimnPngInfo *info)
{
  g_clear_pointer (&info->text, g_hash_table_unref);
}

static gboolean
read_exactly (Walk *walk, void *to, gsize n_bytes)
{
  guint8 *bytes = to;

  while (n_bytes > 0)
    {
      gssize n = pread (walk->fd, bytes, n_bytes, (off_t) walk->position);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      bytes += n;
      n_bytes -= (gsize) n;
      walk->position += (guint64) n;
    }
  return TRUE;
}

static guint32
get_u32 (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

static gboolean
fail_truncated (Walk *walk, GError **error)
{
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_TRUNCATED, _ ("The picture “%s” is cut off"),
               walk->name);
  return FALSE;
}

static gboolean
start (Walk *walk, GError **error)
{
  guint8 signature[SIGNATURE_BYTES];
  struct stat status;

  if (fstat (walk->fd, &status) < 0 || !S_ISREG (status.st_mode)
      || status.st_size > (off_t) LIMN_PNG_MAX_FILE_BYTES)
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_TOO_LARGE,
                   _ ("“%s” is too large for a picture, or not a file"), walk->name);
      return FALSE;
    }
  walk->size_bytes = (guint64) status.st_size;
  if (read_exactly (walk, signature, sizeof signature)
      && memcmp (signature, SIGNATURE, SIGNATURE_BYTES) == 0)
    return TRUE;
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED, _ ("“%s” is not a PNG picture"),
               walk->name);
  return FALSE;
}

/* Reads a chunk's length and type; its data begin at walk->position then. */
static gboolean
next_chunk (Walk *walk, Chunk *chunk)
{
  guint8 frame[8];

  if (!read_exactly (walk, frame, sizeof frame))
    return FALSE;
  chunk->length = get_u32 (frame);
  memcpy (chunk->type, frame + 4, 4);
  chunk->type[4] = '\0';
  /* data and checksum must fit in what is left; neither sum can overflow 64 bits */
  return walk->position + chunk->length + 4 <= walk->size_bytes;
}

static gboolean
read_header (Walk *walk, LimnPngInfo *info, GError **error)
{
  guint8 header[HEADER_BYTES];
  Chunk chunk;

  if (!next_chunk (walk, &chunk) || !read_exactly (walk, header, sizeof header))
    return fail_truncated (walk, error);
  if (!g_str_equal (chunk.type, "IHDR") || chunk.length != HEADER_BYTES)
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_CORRUPT,
                   _ ("The picture “%s” does not begin with a PNG header"), walk->name);
      return FALSE;
    }
  walk->position += 4;
  info->width = get_u32 (header);
  info->height = get_u32 (header + 4);
  if (info->width == 0 || info->height == 0
      || (guint64) info->width * info->height > LIMN_PNG_MAX_PIXELS)
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_TOO_LARGE,
                   _ ("The picture “%s” has a size that Limn does not accept: %u × %u"), walk->name,
                   info->width, info->height);
      return FALSE;
    }
  return TRUE;
}

/* ---- texts ---------------------------------------------------------------- */

static gboolean
has_checksum (const Chunk *chunk, const guint8 *data)
{
  uLong sum = crc32 (0, (const Bytef *) chunk->type, 4);

  /* crc32 of no bytes would start anew */
  if (chunk->length > 0)
    sum = crc32 (sum, data, chunk->length);
  return (guint32) sum == get_u32 (data + chunk->length);
}

static void
take_text (LimnPngInfo *info, const char *key, char *value_taken)
{
  g_autofree char *value = value_taken;

  if (!value || !g_utf8_validate (key, -1, NULL) || !g_utf8_validate (value, -1, NULL)
      || g_hash_table_contains (info->text, key))
    return;
  g_hash_table_insert (info->text, g_strdup (key), g_steal_pointer (&value));
}

/* tEXt: key, NUL, Latin-1 text to the end. */
static void
parse_text (LimnPngInfo *info, const char *data, gsize n_bytes)
{
  gsize key_bytes = strnlen (data, n_bytes);

  if (key_bytes == 0 || key_bytes > MAX_KEY_BYTES || key_bytes == n_bytes)
    return;
  take_text (info, data,
             g_convert (data + key_bytes + 1, (gssize) (n_bytes - key_bytes - 1), "UTF-8",
                        "ISO-8859-1", NULL, NULL, NULL));
}

/* iTXt: key, NUL, is-compressed, method, language, NUL, translated key, NUL, UTF-8 text to the end.
 */
static void
parse_international_text (LimnPngInfo *info, const char *data, gsize n_bytes)
{
  const char *end = data + n_bytes;
  gsize key_bytes = strnlen (data, n_bytes);
  const char *p = data + key_bytes + 1;

  if (key_bytes == 0 || key_bytes > MAX_KEY_BYTES || end - p < 2 || p[0] != 0)
    return;
  p += 2;
  for (int i = 0; i < 2; i++)
    {
      p = p < end ? memchr (p, 0, (gsize) (end - p)) : NULL;
      if (!p)
        return;
      p++;
    }
  take_text (info, data, g_strndup (p, (gsize) (end - p)));
}

/* Returns FALSE if the file could not be read; broken or oversized texts are passed over. */
static gboolean
read_text (Walk *walk, const Chunk *chunk, LimnPngInfo *info)
{
  guint64 next = walk->position + chunk->length + 4;
  g_autofree guint8 *data = NULL;

  if (chunk->length <= LIMN_PNG_MAX_TEXT_BYTES - walk->text_bytes)
    {
      walk->text_bytes += chunk->length;
      data = g_malloc (chunk->length + 4);
      if (!read_exactly (walk, data, chunk->length + 4))
        return FALSE;
      if (has_checksum (chunk, data) && g_str_equal (chunk->type, "tEXt"))
        parse_text (info, (const char *) data, chunk->length);
      else if (has_checksum (chunk, data))
        parse_international_text (info, (const char *) data, chunk->length);
    }
  walk->position = next;
  return TRUE;
}

static gboolean
walk_chunks (Walk *walk, LimnPngInfo *info, GError **error)
{
  for (guint i = 0; i < MAX_CHUNKS; i++)
    {
      Chunk chunk;
      gboolean is_text;

      if (!next_chunk (walk, &chunk))
        return fail_truncated (walk, error);
      is_text = g_str_equal (chunk.type, "tEXt") || g_str_equal (chunk.type, "iTXt");
      if (is_text && !read_text (walk, &chunk, info))
        return fail_truncated (walk, error);
      if (!is_text)
        walk->position += chunk.length + 4;
      if (g_str_equal (chunk.type, "IEND")
          || (g_str_equal (chunk.type, "IDAT")
              && g_hash_table_contains (info->text, "limn:prompt")))
        return TRUE;
    }
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_CORRUPT, _ ("The picture “%s” has too many parts"),
               walk->name);
  return FALSE;
}

gboolean
limn_png_text_read (int fd, const char *name, LimnPngInfo *info, GError **error)
{
  Walk walk = { .fd = fd, .name = name };

  *info = (LimnPngInfo){
    .text = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
  };
  return start (&walk, error) && read_header (&walk, info, error)
         && walk_chunks (&walk, info, error);
}
