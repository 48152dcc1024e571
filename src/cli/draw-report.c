/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw-report.c: the output of “limn draw” for people and for programs.
 *
 * Everything here goes to stdout; errors and progress are printed elsewhere.
 */
#include "config.h"

#include "cli/draw-report.h"

#include <stdio.h>

typedef struct
{
  char *path; /* owned, raw bytes */
  guint place;
  guint64 seed;
  double score;
} Drawn;

static void
drawn_clear (gpointer data)
{
  g_free (((Drawn *) data)->path);
}

void
limn_draw_report_init (LimnDrawReport *report,
                       const LimnRequest *request,
                       const LimnReading *reading,
                       const char *model_name,
                       LimnReportKind kind)
{
  *report = (LimnDrawReport){
    .request = request,
    .reading = reading,
    .model_name = model_name,
    .kind = kind,
    .pictures = g_array_new (FALSE, FALSE, sizeof (Drawn)),
    .start_us = g_get_monotonic_time (),
  };
  g_array_set_clear_func (report->pictures, drawn_clear);
}

void
limn_draw_report_clear (LimnDrawReport *report)
{
  g_clear_pointer (&report->pictures, g_array_unref);
  g_clear_pointer (&report->sheet, g_free);
  g_clear_pointer (&report->seamless, g_free);
}

/* JSON knows no bytes: what is no UTF-8 is given with replacement characters. */
static void
set_text (JsonObject *object, const char *member, const char *bytes)
{
  g_autofree char *utf8 = g_utf8_make_valid (bytes, -1);

  json_object_set_string_member (object, member, utf8);
}

static void
print_path (LimnDrawReport *report, const char *path)
{
  if (report->kind != LIMN_REPORT_PATHS)
    return;
  /* raw bytes: the path must be usable as it stands, whatever the locale */
  puts (path);
  fflush (stdout);
}

/* A seed above the largest JSON integer of this library becomes a string. */
static JsonNode *
seed_to_node (guint64 seed)
{
  JsonNode *node = json_node_alloc ();
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);

  return seed <= G_MAXINT64 ? json_node_init_int (node, (gint64) seed)
                            : json_node_init_string (node, digits);
}

void
limn_draw_report_add (LimnDrawReport *report, const char *path, const LimnPicture *picture)
{
  Drawn drawn = { g_strdup (path), picture->index, picture->seed, picture->score };

  g_array_append_val (report->pictures, drawn);
  if (!report->is_ranked)
    print_path (report, path);
}

void
limn_draw_report_set_sheet (LimnDrawReport *report, const char *path)
{
  print_path (report, path);
  report->sheet = g_strdup (path);
}

void
limn_draw_report_set_seamless (LimnDrawReport *report, const char *path)
{
  print_path (report, path);
  report->seamless = g_strdup (path);
}

/* ---- rank ------------------------------------------------------------------ */

static int
compare_drawn (gconstpointer a, gconstpointer b)
{
  const Drawn *one = a, *two = b;

  if (one->score != two->score)
    return one->score > two->score ? -1 : 1;
  return one->place < two->place ? -1 : one->place > two->place;
}

static void
rank (LimnDrawReport *report)
{
  g_array_sort (report->pictures, compare_drawn);
  for (guint i = 0; i < report->pictures->len; i++)
    print_path (report, g_array_index (report->pictures, Drawn, i).path);
}

/* ---- JSON ------------------------------------------------------------------ */

static void
add_pictures (LimnDrawReport *report, JsonObject *object)
{
  JsonArray *pictures = json_array_new (), *files = json_array_new (), *seeds = json_array_new ();

  for (guint i = 0; i < report->pictures->len; i++)
    {
      const Drawn *drawn = &g_array_index (report->pictures, Drawn, i);
      g_autofree char *utf8 = g_utf8_make_valid (drawn->path, -1);
      JsonObject *picture = json_object_new ();

      json_object_set_string_member (picture, "file", utf8);
      json_object_set_int_member (picture, "place", drawn->place);
      json_object_set_member (picture, "seed", seed_to_node (drawn->seed));
      json_object_set_double_member (picture, "score", drawn->score);
      if (report->is_ranked)
        json_object_set_int_member (picture, "rank", i + 1);
      json_array_add_object_element (pictures, picture);
      json_array_add_string_element (files, utf8);
      json_array_add_element (seeds, seed_to_node (drawn->seed));
    }
  json_object_set_array_member (object, "seeds", seeds);
  json_object_set_array_member (object, "files", files);
  json_object_set_array_member (object, "pictures", pictures);
}

static JsonArray *
replacements_to_array (GPtrArray *replacements)
{
  static const char *const kinds[] = { "translation", "emoji", "nearest", "spelling", "unknown" };
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < replacements->len; i++)
    {
      const LimnReplacement *replacement = g_ptr_array_index (replacements, i);
      JsonObject *object = json_object_new ();
      JsonArray *others = json_array_new ();

      for (guint k = 0; replacement->others[k] != NULL; k++)
        json_array_add_string_element (others, replacement->others[k]);
      set_text (object, "written", replacement->written);
      set_text (object, "understood", replacement->understood);
      json_object_set_string_member (object, "kind", kinds[replacement->kind]);
      json_object_set_array_member (object, "others", others);
      json_array_add_object_element (array, object);
    }
  return array;
}

/* What not every job has. */
static void
add_ways (const LimnRequest *request, JsonObject *object)
{
  if (request->negative_prompt)
    set_text (object, "negative_prompt", request->negative_prompt);
  if (request->blend_prompt)
    {
      set_text (object, "blend_prompt", request->blend_prompt);
      json_object_set_double_member (object, "blend", request->blend);
    }
  if (request->n_keep > 0)
    {
      json_object_set_int_member (object, "kept_tokens", request->n_keep);
      json_object_set_double_member (object, "redrawn_share", request->redraw);
    }
  if (request->is_tile)
    json_object_set_boolean_member (object, "tile", TRUE);
}

static JsonObject *
make_object (LimnDrawReport *report, gboolean is_complete)
{
  const LimnRequest *request = report->request;
  JsonObject *object = json_object_new ();
  double seconds = (double) (g_get_monotonic_time () - report->start_us) / G_USEC_PER_SEC;

  set_text (object, "prompt", request->prompt);
  set_text (object, "understood", report->reading->prompt);
  json_object_set_string_member (object, "language", report->reading->language);
  json_object_set_array_member (object, "replacements",
                                replacements_to_array (report->reading->replacements));
  set_text (object, "model", report->model_name);
  json_object_set_member (object, "seed", seed_to_node (request->seed));
  json_object_set_double_member (object, "temperature", request->temperature);
  json_object_set_int_member (object, "top_k", request->top_k);
  json_object_set_double_member (object, "guidance", request->guidance);
  add_ways (request, object);
  add_pictures (report, object);
  if (report->sheet)
    set_text (object, "sheet", report->sheet);
  if (report->seamless)
    set_text (object, "seamless", report->seamless);
  json_object_set_double_member (object, "seconds", seconds);
  json_object_set_boolean_member (object, "complete", is_complete);
  return object;
}

void
limn_draw_report_finish (LimnDrawReport *report, gboolean is_complete)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  if (report->is_ranked)
    rank (report);
  if (report->kind != LIMN_REPORT_JSON && report->kind != LIMN_REPORT_JSON_LINES)
    return;
  root = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (root, make_object (report, is_complete));
  text = json_to_string (root, report->kind == LIMN_REPORT_JSON);
  puts (text);
  fflush (stdout);
}
