/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "#throwbackthursday" into words. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _LimnHashtags LimnHashtags;

LimnHashtags *limn_hashtags_new (const char *const *words, gsize n_words);
void limn_hashtags_free (LimnHashtags *hashtags);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnHashtags, limn_hashtags_free)

gboolean limn_hashtags_knows (LimnHashtags *hashtags, const char *tag, gsize length);
void
limn_hashtags_append_split (LimnHashtags *hashtags, GString *result, const char *tag, gsize length);

G_END_DECLS
