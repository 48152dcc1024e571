/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the first bytes of a downloaded file must look like, so that a login
 * page is not taken for a model.  The importer checks the rest.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  LIMN_FILE_FORMAT_ANY,
  LIMN_FILE_FORMAT_ZIP,     /* .pt */
  LIMN_FILE_FORMAT_MSGPACK, /* a map, as in flax_model.msgpack */
  LIMN_FILE_FORMAT_JSON,
  LIMN_FILE_FORMAT_TEXT, /* merges.txt */
  LIMN_FILE_FORMAT_GGUF,
} LimnFileFormat;

#define LIMN_FILE_FORMAT_HEAD_BYTES 16

gboolean limn_file_format_parse (const char *name, LimnFileFormat *format);
gboolean limn_file_format_fits (LimnFileFormat format, const guint8 *head, gsize n_bytes);
gboolean limn_file_format_is_web_page (const guint8 *head, gsize n_bytes);

G_END_DECLS
