/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the texts of a PNG file without decoding its pixels. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LIMN_PNG_MAX_FILE_BYTES (50u * 1024 * 1024)
#define LIMN_PNG_MAX_TEXT_BYTES (64u * 1024) /* of all texts of a file together */
#define LIMN_PNG_MAX_PIXELS     (64u * 1024 * 1024)

typedef struct
{
  guint32 width;
  guint32 height;
  GHashTable *text; /* key → value, both UTF-8; of equal keys the first counts */
} LimnPngInfo;

void limn_png_info_clear (LimnPngInfo *info);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LimnPngInfo, limn_png_info_clear)

/**
 * limn_png_text_read:
 * @fd: a file open for reading; borrowed
 * @name: for messages
 * @info: (out caller-allocates): to be cleared later, whatever the result
 *
 * Walks the chunks of an untrusted PNG file and collects its tEXt and
 * uncompressed iTXt chunks.  Never allocates more than
 * %LIMN_PNG_MAX_TEXT_BYTES for the file's own data.  Format: PNG
 * specification, third edition, sections 5 and 11.3.3.
 *
 * Returns: %FALSE with @error (%LIMN_ERROR) for what is no whole PNG file or
 *   too large; texts that are broken are left out without an error
 */
gboolean limn_png_text_read (int fd, const char *name, LimnPngInfo *info, GError **error);

G_END_DECLS
