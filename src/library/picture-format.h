/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What kind of picture a file is, and whether all of it is there. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  LIMN_PICTURE_FORMAT_UNKNOWN,
  LIMN_PICTURE_FORMAT_PNG,
  LIMN_PICTURE_FORMAT_JPEG,
  LIMN_PICTURE_FORMAT_WEBP,
} LimnPictureFormat;

/* By the first bytes of a file: a dozen tell. */
LimnPictureFormat limn_picture_format_guess (const guint8 *bytes, gsize n_bytes);

/**
 * LimnPictureWalk:
 * @is_at_end: whether the file's own end was reached, which bytes may follow
 *
 * A walk over the parts of a file as they come in, whose contents are not
 * looked at.
 */
typedef struct
{
  gboolean is_at_end;
  /*< private >*/
  LimnPictureFormat format;
  guint64 n_skip;
  gboolean is_last; /* what is skipped */
  guint8 head[8];
  guint n_head;
} LimnPictureWalk;

void limn_picture_walk_init (LimnPictureWalk *walk, LimnPictureFormat format);

/* The next bytes, in pieces of any size. */
void limn_picture_walk_feed (LimnPictureWalk *walk, const guint8 *bytes, gsize n_bytes);

G_END_DECLS
