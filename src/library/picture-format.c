/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * picture-format.c: the frames of PNG, JPEG and WebP files, to their ends.
 *
 * The decoders take what there is of a file for the whole picture, and leave
 * the rest grey.  What is in the parts is theirs to check.  A length is never
 * more than a number of bytes to wait for.
 */
#include "config.h"

#include "picture-format.h"

#include <string.h>

#define PNG_SIGNATURE_BYTES 8
#define PNG_CHECKSUM_BYTES  4

#define JPEG_START     0xd8
#define JPEG_END       0xd9
#define JPEG_TEMPORARY 0x01
#define JPEG_RESTART   0xd0 /* the first of eight */

LimnPictureFormat
limn_picture_format_guess (const guint8 *bytes, gsize n_bytes)
{
  if (n_bytes >= 8 && memcmp (bytes, "\x89PNG\r\n\x1a\n", 8) == 0)
    return LIMN_PICTURE_FORMAT_PNG;
  if (n_bytes >= 3 && memcmp (bytes, "\xff\xd8\xff", 3) == 0)
    return LIMN_PICTURE_FORMAT_JPEG;
  if (n_bytes >= 12 && memcmp (bytes, "RIFF", 4) == 0 && memcmp (bytes + 8, "WEBP", 4) == 0)
    return LIMN_PICTURE_FORMAT_WEBP;
  return LIMN_PICTURE_FORMAT_UNKNOWN;
}

void
limn_picture_walk_init (LimnPictureWalk *walk, LimnPictureFormat format)
{
  *walk = (LimnPictureWalk){
    .format = format,
    .n_skip = format == LIMN_PICTURE_FORMAT_PNG ? PNG_SIGNATURE_BYTES : 0,
  };
}

/* A chunk's length and type, which its data and a checksum follow. */
static void
take_png (LimnPictureWalk *walk)
{
  const guint8 *head = walk->head;

  if (walk->n_head < 8)
    return;
  walk->n_skip = ((guint32) head[0] << 24 | (guint32) head[1] << 16 | (guint32) head[2] << 8
                  | (guint32) head[3])
                 + (guint64) PNG_CHECKSUM_BYTES;
  walk->is_last = memcmp (head + 4, "IEND", 4) == 0;
  walk->n_head = 0;
}

static gboolean
has_no_length (guint8 marker)
{
  return marker == 0 /* a 0xff of the pixels */ || marker == JPEG_TEMPORARY || marker == JPEG_START
         || (marker & 0xf8) == JPEG_RESTART;
}

/*
 * 0xff, a marker, and for most markers a length and as many bytes.  What lies between is pixels.
 * A picture in miniature that has an end of its own is within such a part.
 */
static void
take_jpeg (LimnPictureWalk *walk)
{
  const guint8 *head = walk->head;
  guint length = (guint) head[2] << 8 | head[3];

  if (walk->n_head == 1 && head[0] != 0xff)
    walk->n_head = 0;
  if (walk->n_head == 2 && head[1] == 0xff)
    walk->n_head = 1; /* any number of them may come first */
  if (walk->n_head == 2 && has_no_length (head[1]))
    walk->n_head = 0;
  if (walk->n_head == 2)
    walk->is_at_end = head[1] == JPEG_END;
  if (walk->n_head < 4)
    return;
  walk->n_skip = MAX (length, 2) - 2; /* it counts itself */
  walk->n_head = 0;
}

/* “RIFF” and the length of all that follows. */
static void
take_webp (LimnPictureWalk *walk)
{
  const guint8 *head = walk->head;

  if (walk->n_head < 8)
    return;
  walk->n_skip = (guint32) head[7] << 24 | (guint32) head[6] << 16 | (guint32) head[5] << 8
                 | (guint32) head[4];
  walk->is_last = TRUE;
  walk->is_at_end = walk->n_skip == 0;
}

static void
take (LimnPictureWalk *walk, guint8 byte)
{
  walk->head[walk->n_head++] = byte;
  if (walk->format == LIMN_PICTURE_FORMAT_PNG)
    take_png (walk);
  else if (walk->format == LIMN_PICTURE_FORMAT_JPEG)
    take_jpeg (walk);
  else
    take_webp (walk);
}

void
limn_picture_walk_feed (LimnPictureWalk *walk, const guint8 *bytes, gsize n_bytes)
{
  g_return_if_fail (walk->format != LIMN_PICTURE_FORMAT_UNKNOWN);

  for (gsize i = 0; i < n_bytes && !walk->is_at_end;)
    {
      gsize n = (gsize) MIN (walk->n_skip, n_bytes - i);

      if (n == 0)
        {
          take (walk, bytes[i++]);
          continue;
        }
      i += n;
      walk->n_skip -= n;
      walk->is_at_end = walk->is_last && walk->n_skip == 0;
    }
}
