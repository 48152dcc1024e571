/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of other languages that mean one thing or another by what stands beside them: remarks,
 * colours that are things, verbs that need something, numbers behind what they count.  Their order
 * in the sentence is order.c's. */
#include "settle.h"

#include "sentence.h"

/* Things that were only guessed from a remark count when there is nothing surer. */
static void
settle_remarks (LimnItems *items)
{
  gboolean has_thing = FALSE;

  for (guint i = 0; i < items->items->len; i++)
    has_thing = has_thing || limn_items_get (items, i)->kind == LIMN_WORD_THING;
  for (guint i = 0; i < items->items->len; i++)
    {
      LimnItem *item = limn_items_get (items, i);

      if (item->kind != LIMN_WORD_REMARK)
        continue;
      item->kind = has_thing ? LIMN_WORD_SKIP : LIMN_WORD_THING;
    }
}

/* Whether a thing stands on one side of an item, with nothing but what is said about it between. */
static gboolean
has_thing_beside (LimnItems *items, guint i, int step)
{
  for (i += (guint) step; i < items->items->len; i += (guint) step)
    {
      LimnWordKind kind = limn_items_get (items, i)->kind;

      if (kind != LIMN_WORD_COLOUR && kind != LIMN_WORD_ADJECTIVE && kind != LIMN_WORD_NUMBER
          && kind != LIMN_WORD_SKIP && kind != LIMN_WORD_DE)
        return kind == LIMN_WORD_THING || kind == LIMN_WORD_PLACE || kind == LIMN_WORD_UNKNOWN
               || kind == LIMN_WORD_STYLE;
    }
  return FALSE;
}

/* Colours that are called after things are these things where there is no other that could have
 * them: "una rosa roja", "un café". */
static void
settle_colours (LimnItems *items)
{
  static const struct
  {
    const char *colour, *thing;
  } names[] = { { "pink", "rose" }, { "orange", "orange" }, { "brown", "coffee" } };

  for (guint i = 0; i < items->items->len; i++)
    {
      LimnItem *item = limn_items_get (items, i);

      if (item->kind != LIMN_WORD_COLOUR || has_thing_beside (items, i, 1)
          || has_thing_beside (items, i, -1))
        continue;
      for (guint k = 0; k < G_N_ELEMENTS (names); k++)
        if (g_str_equal (item->text, names[k].colour))
          {
            g_free (item->text);
            item->text = g_strdup (names[k].thing);
            item->kind = LIMN_WORD_THING;
            break;
          }
    }
}

static char *
get_written (LimnItems *items, guint i)
{
  const LimnItem *item = limn_items_get (items, i);

  return g_strstrip (g_strndup (items->source + item->start, item->end - item->start));
}

/* Finds the thing that a number stands behind, unless "의" or "の" says that its thing follows. */
static gboolean
find_counted (LimnItems *items, guint number, guint *thing)
{
  g_autofree char *written = get_written (items, number);
  guint i = number;

  if (limn_items_get (items, number)->kind != LIMN_WORD_NUMBER || g_str_has_suffix (written, "의")
      || g_str_has_suffix (written, "の"))
    return FALSE;
  while (i > 0 && limn_items_get (items, i - 1)->kind == LIMN_WORD_SKIP)
    i--;
  if (i == 0 || limn_items_get (items, i - 1)->kind != LIMN_WORD_THING)
    return FALSE;
  *thing = i - 1;
  return TRUE;
}

/* "고양이 두 마리", "猫が二匹", "แมวสองตัว": the count goes before its thing.  What is counted by
 * pieces, "사과 두 개", is no dog. */
static void
settle_counts (LimnItems *items)
{
  for (guint i = 1; i < items->items->len; i++)
    {
      guint thing;
      LimnItem number = *limn_items_get (items, i);

      if (!find_counted (items, i, &thing))
        continue;
      if (i + 1 < items->items->len)
        {
          g_autofree char *next = get_written (items, i + 1);

          if (g_str_equal (next, "개"))
            limn_items_get (items, i + 1)->kind = LIMN_WORD_SKIP;
        }
      g_array_remove_index (items->items, i);
      g_array_insert_val (items->items, thing, number);
    }
}

/* What stands on one side of an item, but for what is said about it and where it is. */
static LimnWordKind
next_kind (LimnItems *items, guint i, int step)
{
  for (i += (guint) step; i < items->items->len; i += (guint) step)
    {
      const LimnItem *item = limn_items_get (items, i);
      gboolean is_locative = item->kind == LIMN_WORD_RELATION
                             && (g_str_equal (item->text, "on") || g_str_equal (item->text, "of")
                                 || g_str_equal (item->text, "at"));

      if (item->kind != LIMN_WORD_COLOUR && item->kind != LIMN_WORD_ADJECTIVE
          && item->kind != LIMN_WORD_NUMBER && item->kind != LIMN_WORD_SKIP && !is_locative)
        return item->kind;
    }
  return LIMN_WORD_UNKNOWN;
}

/* What somebody plays or reads stands beside it, and its owner on the other side or nowhere. */
static void
settle_verbs (LimnItems *items, const char *locale)
{
  int step = limn_locale_is_head_final (locale) ? -1 : 1;

  for (guint i = 0; i < items->items->len; i++)
    {
      LimnItem *item = limn_items_get (items, i);

      if (item->kind == LIMN_WORD_ADJECTIVE
          && (g_str_equal (item->text, "playing") || g_str_equal (item->text, "reading"))
          && next_kind (items, i, step) == LIMN_WORD_THING
          && (step < 0 || next_kind (items, i, -1) == LIMN_WORD_THING))
        item->kind = LIMN_WORD_RELATION;
    }
}

/**
 * limn_settle:
 * @items: words of one language, as limn_match() found them
 */
void
limn_settle (LimnItems *items, const char *locale)
{
  static const char *const counters[] = { "ja", "ko", "th", NULL };

  settle_remarks (items);
  settle_colours (items);
  settle_verbs (items, locale);
  if (g_strv_contains (counters, locale))
    settle_counts (items);
}
