/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reading.c: prompts through the engine's reading; empty ones count as none. */
#include "config.h"

#include "library/reading.h"

#include <locale.h>

static LimnReading *
read_prompt (LimnModel *model, const char *prompt)
{
  if (!prompt || *prompt == '\0')
    return NULL;
  return limn_model_read_prompt (model, prompt, setlocale (LC_MESSAGES, NULL));
}

void
limn_understood_init (LimnUnderstood *understood, LimnModel *model, const LimnRequest *written)
{
  LimnRequest *request = &understood->request;

  *understood = (LimnUnderstood){ .request = *written };
  understood->prompt =
      limn_model_read_prompt (model, written->prompt, setlocale (LC_MESSAGES, NULL));
  understood->negative = read_prompt (model, written->negative_prompt);
  understood->blend = read_prompt (model, written->blend_prompt);
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
