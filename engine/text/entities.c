/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replaces HTML character references ("&amp;", "&#39;") by their characters, as
 * browsers do: numbers, the names of HTML 4, and the old names without a
 * semicolon.  Everything else stays as it is. */
#include "entities.h"

#include <string.h>

#define MAX_NAME 32

typedef struct
{
  const char *name;
  gunichar c;
  gboolean is_bare; /* also without its semicolon */
} Entity;

static const Entity entities[] = {
#include "entities-table.inc"
};

/* What the numbers 0x80 to 0x9F mean in web pages: code page 1252; 0 is as given. */
static const guint16 windows_1252[32] = {
  0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
  0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
  0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

static const Entity *
find_entity (const char *name, gsize length)
{
  guint low = 0, high = G_N_ELEMENTS (entities);

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      int order = strncmp (entities[middle].name, name, length);

      if (order == 0)
        order = entities[middle].name[length] == '\0' ? 0 : 1;
      if (order == 0)
        return &entities[middle];
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return NULL;
}

static gboolean
is_forbidden (guint32 number)
{
  return (number >= 1 && number <= 8) || number == 0xB || (number >= 0xE && number <= 0x1F)
         || (number >= 0x7F && number <= 0x9F) || (number >= 0xFDD0 && number <= 0xFDEF)
         || (number & 0xFFFE) == 0xFFFE;
}

static void
append_number (GString *result, guint32 number)
{
  if (number >= 0x80 && number <= 0x9F && windows_1252[number - 0x80] != 0)
    g_string_append_unichar (result, windows_1252[number - 0x80]);
  else if (number == 0 || number > 0x10FFFF || (number >= 0xD800 && number <= 0xDFFF))
    g_string_append_unichar (result, 0xFFFD);
  else if (!is_forbidden (number))
    g_string_append_unichar (result, number);
}

/* text is behind "&#"; returns the bytes taken, 0 if this is no number. */
static gsize
decode_number (GString *result, const char *text)
{
  gboolean is_hex = text[0] == 'x' || text[0] == 'X';
  gsize i = is_hex ? 1 : 0;
  gsize first = i;
  guint32 number = 0;

  for (; is_hex ? g_ascii_isxdigit (text[i]) : g_ascii_isdigit (text[i]); i++)
    number = MIN (number * (is_hex ? 16 : 10) + (guint32) g_ascii_xdigit_value (text[i]), 0x110000);
  if (i == first)
    return 0;
  append_number (result, number);
  return i + (text[i] == ';' ? 1 : 0);
}

/* text is behind "&"; returns the bytes taken, 0 if this is no name. */
static gsize
decode_name (GString *result, const char *text)
{
  gsize length = strcspn (text, "\t\n\f <&#;");
  const Entity *entity;

  if (length == 0 || length > MAX_NAME)
    length = MIN (length, MAX_NAME);
  else if (text[length] == ';' && (entity = find_entity (text, length)) != NULL)
    {
      g_string_append_unichar (result, entity->c);
      return length + 1;
    }
  for (; length > 1; length--)
    {
      entity = find_entity (text, length);
      if (entity != NULL && entity->is_bare)
        {
          g_string_append_unichar (result, entity->c);
          return length;
        }
    }
  return 0;
}

/**
 * limn_entities_decode:
 * @text: valid UTF-8
 *
 * Returns: (transfer full): @text with its character references replaced, once
 */
char *
limn_entities_decode (const char *text)
{
  GString *result = g_string_sized_new (strlen (text) + 1);

  while (*text != '\0')
    {
      gsize taken = 0;

      if (text[0] == '&' && text[1] == '#')
        taken = decode_number (result, text + 2) + 2;
      else if (text[0] == '&')
        taken = decode_name (result, text + 1) + 1;
      if (taken <= (text[0] == '&' && text[1] == '#' ? 2u : 1u))
        {
          g_string_append_c (result, *text);
          taken = 1;
        }
      text += taken;
    }
  return g_string_free (result, FALSE);
}
