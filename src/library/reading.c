/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reading.c: prompts through the engine's reading; empty ones count as none.
 *
 * The engine is told what the picture's file will remember and nothing else, or the picture could
 * not be drawn again from it: to the engine a line's end would be more than the space that is kept.
 */
#include "config.h"

#include "library/reading.h"

#include <locale.h>

#include "library/picture-facts.h"

static LimnReading *
read_prompt (LimnModel *model, const char *prompt)
{
  g_autofree char *line = limn_picture_facts_make_line (prompt ? prompt : "");

  return limn_model_read_prompt (model, line, setlocale (LC_MESSAGES, NULL));
}

static LimnReading *
read_other (LimnModel *model, const char *prompt)
{
  return prompt && *prompt != '\0' ? read_prompt (model, prompt) : NULL;
}

void
limn_understood_init (LimnUnderstood *understood, LimnModel *model, const LimnRequest *written)
{
  LimnRequest *request = &understood->request;

  *understood = (LimnUnderstood){ .request = *written };
  understood->prompt = read_prompt (model, written->prompt);
  understood->negative = read_other (model, written->negative_prompt);
  understood->blend = read_other (model, written->blend_prompt);
  request->prompt = understood->prompt->prompt;
  request->negative_prompt = understood->negative ? understood->negative->prompt : NULL;
  request->blend_prompt = understood->blend ? understood->blend->prompt : NULL;
}

void
limn_understood_clear (LimnUnderstood *understood)
{
  g_clear_pointer (&understood->prompt, limn_reading_free);
  g_clear_pointer (&understood->negative, limn_reading_free);
  g_clear_pointer (&understood->blend, limn_reading_free);
}
