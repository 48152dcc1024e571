/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which pictures of a list of prompts are still to be drawn. */
#pragma once

#include "limn.h"

G_BEGIN_DECLS

/* The name without “.png” of a file for the prompt at @place, @tail as in
 * limn_picture_file_make_stem(): always the same, so that it can be found again. */
char *limn_listed_picture_make_stem (guint place, const char *prompt, const char *tail);

/**
 * LimnMissing:
 * @places: (element-type guint): in their grid
 * @seeds: (element-type guint64): one for each place
 */
typedef struct
{
  GArray *places;
  GArray *seeds;
} LimnMissing;

void limn_missing_clear (LimnMissing *missing);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LimnMissing, limn_missing_clear)

/**
 * limn_missing_find:
 * @missing: (out caller-allocates): to be cleared later, whatever the result
 * @folder: where the pictures go
 * @place: of the prompt in its list
 * @request: of the whole prompt
 *
 * Looks which pictures of @request are not in @folder yet.
 *
 * Returns: %FALSE with @error when a file of that name is another picture: it
 *   was drawn with other settings, or is not Limn's
 */
gboolean limn_missing_find (LimnMissing *missing,
                            const char *folder,
                            guint place,
                            const LimnRequest *request,
                            const char *model_name,
                            GError **error);

G_END_DECLS
