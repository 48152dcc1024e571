/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures as files for others: which format, its bytes, and writing them safely. */
#pragma once

#include <gdk/gdk.h>

#include "library/picture-file.h"

G_BEGIN_DECLS

typedef enum
{
  LIMN_EXPORT_PNG,
  LIMN_EXPORT_JPEG,
  LIMN_EXPORT_WEBP,
} LimnExportFormat;

LimnExportFormat limn_export_guess_format (GFile *file);
const char *limn_export_get_suffix (LimnExportFormat format);
GBytes *limn_export_encode (GdkTexture *texture,
                            LimnExportFormat format,
                            const LimnPictureFacts *facts,
                            GError **error);
guint8 *limn_export_download (GdkTexture *texture);
gboolean limn_export_write (GFile *target, GBytes *bytes, GError **error);
gboolean limn_export_add (GFile *folder,
                          const char *stem,
                          const char *suffix,
                          GBytes *bytes,
                          GError **error);

G_END_DECLS
