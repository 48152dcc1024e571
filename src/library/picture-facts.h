/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a picture remembers of how it was drawn: enough to draw it again. */
#pragma once

#include "limn.h"

G_BEGIN_DECLS

/**
 * LimnPictureFacts:
 * @prompt: as it was typed; never %NULL
 * @model: the model's name
 * @seed: the picture's own seed: with it, alone and with the same settings,
 *   the same picture is drawn again
 * @grid_seed: the seed of the whole grid
 * @place: the picture's place in its grid, from 0
 * @ids: (n_ids) its image tokens, for drawing on from a part of them
 * @n_keep: so many of the first ones were given, not drawn
 * @redraw: except for this share of them
 * @blend_prompt: (nullable): a second prompt that was mixed in
 * @blend: how much of it, from 0 to 1
 * @is_tile: the picture's edges meet
 *
 * Owned strings and arrays; limn_picture_facts_clear() frees them.
 */
typedef struct
{
  char *prompt;
  char *negative_prompt; /* NULL for none */
  char *model;
  guint64 seed;
  guint64 grid_seed;
  guint place;
  double temperature;
  guint top_k;
  double guidance;
  double score;
  guint32 *ids;
  guint n_ids;
  guint n_keep;
  double redraw;
  char *blend_prompt;
  double blend;
  gboolean is_tile;
} LimnPictureFacts;

void limn_picture_facts_clear (LimnPictureFacts *facts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LimnPictureFacts, limn_picture_facts_clear)

/**
 * limn_picture_facts_init:
 * @facts: (out caller-allocates): to be cleared later
 * @request: what was asked for
 * @model_name: of the model that drew it
 * @picture: what came out
 */
void limn_picture_facts_init (LimnPictureFacts *facts,
                              const LimnRequest *request,
                              const char *model_name,
                              const LimnPicture *picture);

/**
 * limn_picture_facts_make_whole:
 *
 * Of one picture's facts makes those of what its whole grid was put together to.
 */
void limn_picture_facts_make_whole (LimnPictureFacts *facts);

/**
 * limn_picture_facts_fill_request:
 * @request: with the defaults of the model; borrows the facts' strings and tokens
 *
 * Asks for the same picture again, alone.
 */
void limn_picture_facts_fill_request (const LimnPictureFacts *facts, LimnRequest *request);

/**
 * limn_picture_facts_make_line:
 * @text: any bytes
 *
 * Returns: (transfer full): @text as a picture remembers it: one line of valid
 *   UTF-8, with spaces for control characters, cut where it is very long; a line
 *   that was made so stays as it is
 */
char *limn_picture_facts_make_line (const char *text);

/**
 * limn_picture_facts_to_text:
 *
 * Returns: (transfer full): %NULL-terminated: key, value, key, value…; keys are
 *   ASCII and start with “limn:”, values UTF-8 without control characters
 */
char **limn_picture_facts_to_text (const LimnPictureFacts *facts);

/**
 * limn_picture_facts_from_text:
 * @facts: (out caller-allocates): to be cleared later, whatever the result
 * @text: (element-type utf8 utf8): untrusted texts of a file by their keys
 *
 * Reads facts back; values that make no sense count as not there.
 *
 * Returns: whether they are a Limn picture's: a prompt and a seed were there
 */
gboolean limn_picture_facts_from_text (LimnPictureFacts *facts, GHashTable *text);

G_END_DECLS
