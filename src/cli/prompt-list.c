/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prompt-list.c: reads files of prompts and divides them. */
#include "config.h"

#include "cli/prompt-list.h"

#include <gio/gunixinputstream.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "limn.h"

#define MAX_FILE_BYTES  ((gsize) 64 << 20)
#define MAX_PROMPTS     1000000
#define MAX_SHARDS      1000000
#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* some editors write it first */

static GInputStream *
open_stream (const char *path, GError **error)
{
  g_autoptr (GFile) file = NULL;

  if (g_str_equal (path, "-"))
    return g_unix_input_stream_new (STDIN_FILENO, FALSE);
  file = g_file_new_for_path (path);
  return G_INPUT_STREAM (g_file_read (file, NULL, error));
}

/* All of a stream with a zero behind it. */
static GByteArray *
read_all (GInputStream *stream, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) text = g_byte_array_new ();
  guint8 part[16384];
  gssize n;

  while ((n = g_input_stream_read (stream, part, sizeof part, cancellable, error)) > 0)
    {
      g_byte_array_append (text, part, (guint) n);
      if (text->len > MAX_FILE_BYTES)
        {
          g_autofree char *size = g_format_size (MAX_FILE_BYTES);

          g_set_error (error, LIMN_ERROR, LIMN_ERROR_TOO_LARGE,
                       _ ("“%s” is too long for a list of prompts: more than %s"), path, size);
          return NULL;
        }
    }
  if (n < 0)
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  g_byte_array_append (text, (const guint8 *) "", 1);
  return g_steal_pointer (&text);
}

static GPtrArray *
split_lines (char *text, gsize n_bytes)
{
  GPtrArray *prompts = g_ptr_array_new_with_free_func (g_free);
  char *end = text + n_bytes;

  if (g_str_has_prefix (text, BYTE_ORDER_MARK))
    text += strlen (BYTE_ORDER_MARK);
  while (text < end)
    {
      char *line = text, *stop = memchr (text, '\n', (gsize) (end - text));

      if (!stop)
        stop = end;
      *stop = '\0'; /* the last byte is one already */
      text = stop + 1;
      g_strstrip (line);
      if (*line != '\0')
        g_ptr_array_add (prompts, g_strdup (line));
    }
  return prompts;
}

GPtrArray *
limn_prompt_list_read (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GInputStream) stream = open_stream (path, error);
  g_autoptr (GByteArray) text = stream ? read_all (stream, path, cancellable, error) : NULL;
  g_autoptr (GPtrArray) prompts = NULL;

  if (!text)
    return NULL;
  /* of UTF-16, as some editors and shells write it, every second byte is none */
  if (memchr (text->data, '\0', text->len - 1))
    {
      g_set_error (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST,
                   _ ("“%s” is not a plain text file: save it as UTF-8"), path);
      return NULL;
    }
  prompts = split_lines ((char *) text->data, text->len - 1);
  if (prompts->len == 0)
    g_set_error (error, LIMN_ERROR, LIMN_ERROR_MISSING,
                 _ ("“%s” holds no prompts: write one on each line"), path);
  else if (prompts->len > MAX_PROMPTS)
    g_set_error (error, LIMN_ERROR, LIMN_ERROR_TOO_LARGE,
                 _ ("“%s” holds more than %d prompts: divide it"), path, MAX_PROMPTS);
  else
    return g_steal_pointer (&prompts);
  return NULL;
}

gboolean
limn_shard_parse (const char *text, LimnShard *shard)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 3);
  guint64 number, count;

  if (g_strv_length (parts) != 2
      || !g_ascii_string_to_unsigned (parts[1], 10, 1, MAX_SHARDS, &count, NULL)
      || !g_ascii_string_to_unsigned (parts[0], 10, 1, count, &number, NULL))
    return FALSE;
  *shard = (LimnShard){ (guint) number, (guint) count };
  return TRUE;
}

gboolean
limn_shard_has (const LimnShard *shard, guint place)
{
  return place % shard->count == shard->number - 1;
}
