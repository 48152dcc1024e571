/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order of “Best Match First”, made once of pictures that change no more.
 * How well they match was found out when they were drawn.
 */
#include "limn-match-order.h"

/* Scores are sums of logarithms, below 0 in most cases: what was not finished and has none would
 * come first by its 0. */
static int
compare_match (gconstpointer a, gconstpointer b, gpointer data)
{
  LimnDrawing *first = LIMN_DRAWING ((gpointer) a), *second = LIMN_DRAWING ((gpointer) b);
  double one = limn_drawing_get_score (first), two = limn_drawing_get_score (second);

  if (limn_drawing_is_done (first) != limn_drawing_is_done (second))
    return limn_drawing_is_done (first) ? -1 : 1;
  return one > two ? -1 : one < two;
}

/**
 * limn_match_order_new:
 * @drawings: pictures of one job
 *
 * Returns: (transfer full): those that are finished, the best match first, then the others
 */
GListModel *
limn_match_order_new (GListModel *drawings)
{
  GListStore *sorted = g_list_store_new (LIMN_TYPE_DRAWING);
  guint n = g_list_model_get_n_items (drawings);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnDrawing) drawing = g_list_model_get_item (drawings, i);

      g_list_store_append (sorted, drawing);
    }
  g_list_store_sort (sorted, compare_match, NULL); /* a stable sort */
  return G_LIST_MODEL (sorted);
}
