/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See limn-file-format.h. */
#include "config.h"

#include "limn-file-format.h"

#include <string.h>

static const char *const names[] = { "any", "zip", "msgpack", "json", "text", "gguf" };

gboolean
limn_file_format_parse (const char *name, LimnFileFormat *format)
{
  for (guint i = 0; name && i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i]))
      {
        *format = (LimnFileFormat) i;
        return TRUE;
      }
  return FALSE;
}

static guint8
first_visible (const guint8 *head, gsize n_bytes)
{
  for (gsize i = 0; i < n_bytes; i++)
    if (!g_ascii_isspace (head[i]))
      return head[i];
  return 0;
}

static gboolean
is_text (const guint8 *head, gsize n_bytes)
{
  for (gsize i = 0; i < n_bytes; i++)
    if (head[i] < 32 && !g_ascii_isspace (head[i]))
      return FALSE;
  return first_visible (head, n_bytes) != '<';
}

/**
 * limn_file_format_fits:
 * @head: the first bytes, %LIMN_FILE_FORMAT_HEAD_BYTES of them if the file has so many
 */
gboolean
limn_file_format_fits (LimnFileFormat format, const guint8 *head, gsize n_bytes)
{
  switch (format)
    {
    case LIMN_FILE_FORMAT_ZIP:
      return n_bytes >= 4 && memcmp (head, "PK\003\004", 4) == 0;
    case LIMN_FILE_FORMAT_MSGPACK: /* fixmap, map 16, map 32 */
      return n_bytes >= 1 && ((head[0] & 0xf0) == 0x80 || head[0] == 0xde || head[0] == 0xdf);
    case LIMN_FILE_FORMAT_JSON:
      return first_visible (head, n_bytes) == '{';
    case LIMN_FILE_FORMAT_TEXT:
      return is_text (head, n_bytes);
    case LIMN_FILE_FORMAT_GGUF:
      return n_bytes >= 4 && memcmp (head, "GGUF", 4) == 0;
    case LIMN_FILE_FORMAT_ANY:
    default:
      return TRUE;
    }
}

gboolean
limn_file_format_is_web_page (const guint8 *head, gsize n_bytes)
{
  return first_visible (head, n_bytes) == '<';
}
