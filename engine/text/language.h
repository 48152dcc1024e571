/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which language a piece of a prompt is in. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  LIMN_SCRIPT_NONE, /* spaces, signs, digits */
  LIMN_SCRIPT_LATIN,
  LIMN_SCRIPT_HAN, /* with kana */
  LIMN_SCRIPT_HANGUL,
  LIMN_SCRIPT_CYRILLIC,
  LIMN_SCRIPT_GREEK,
  LIMN_SCRIPT_ARABIC,
  LIMN_SCRIPT_HEBREW,
  LIMN_SCRIPT_DEVANAGARI,
  LIMN_SCRIPT_BENGALI,
  LIMN_SCRIPT_TAMIL,
  LIMN_SCRIPT_TELUGU,
  LIMN_SCRIPT_THAI,
} LimnScript;

LimnScript limn_script_of (gunichar c);
const char *
limn_language_guess (LimnScript script, const char *text, gsize length, const char *locale);

G_END_DECLS
