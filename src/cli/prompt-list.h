/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of prompts, and the part of it that one of several computers draws. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * limn_prompt_list_read:
 * @path: a text file with one prompt a line; “-” for the standard input
 * @cancellable: (nullable)
 *
 * Empty lines are passed over.  A prompt's place, from 0, is its index.
 *
 * Returns: (transfer full) (element-type utf8): at least one prompt, or %NULL
 *   with @error
 */
GPtrArray *limn_prompt_list_read (const char *path, GCancellable *cancellable, GError **error);

/**
 * LimnShard:
 * @number: from 1 to @count
 *
 * Prompt 0 goes to shard 1, prompt 1 to shard 2, and so on in turn.
 */
typedef struct
{
  guint number;
  guint count;
} LimnShard;

/* “2/8”; FALSE if @text says no such thing. */
gboolean limn_shard_parse (const char *text, LimnShard *shard);
gboolean limn_shard_has (const LimnShard *shard, guint place);

G_END_DECLS
