/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a request says, in words the model knows. */
#pragma once

#include "limn.h"

G_BEGIN_DECLS

/**
 * LimnUnderstood:
 * @request: for the engine; files keep the prompts as they were written
 * @prompt: how the prompt was taken
 */
typedef struct
{
  LimnRequest request;
  LimnReading *prompt;
  /*< private >*/
  LimnReading *negative; /* NULL for none */
  LimnReading *blend;    /* NULL for none */
} LimnUnderstood;

/**
 * limn_understood_init:
 * @understood: (out caller-allocates): to be cleared later
 * @written: as a person asked; its arrays are borrowed
 *
 * Reads all prompts of a request, in the language of the locale.
 */
void
limn_understood_init (LimnUnderstood *understood, LimnModel *model, const LimnRequest *written);
void limn_understood_clear (LimnUnderstood *understood);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LimnUnderstood, limn_understood_clear)

G_END_DECLS
