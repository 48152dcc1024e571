/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw-report.c: the output of “limn draw” for people and for programs.
 *
 * Everything here goes to stdout; errors and progress are printed elsewhere.
 */
#include "config.h"

#include "cli/draw-report.h"

#include <stdio.h>

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
    .pictures = json_array_new (),
    .files = json_array_new (),
    .seeds = json_array_new (),
    .start_us = g_get_monotonic_time (),
  };
}

void
limn_draw_report_clear (LimnDrawReport *report)
{
  g_clear_pointer (&report->pictures, json_array_unref);
  g_clear_pointer (&report->files, json_array_unref);
  g_clear_pointer (&report->seeds, json_array_unref);
  g_clear_pointer (&report->sheet, g_free);
}

/* JSON knows no bytes: a path that is no UTF-8 is given with replacement characters. */
static char *
path_to_utf8 (const char *path)
{
  return g_utf8_make_valid (path, -1);
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
  g_autofree char *utf8 = path_to_utf8 (path);
  JsonObject *object = json_object_new ();

  print_path (report, path);
  json_object_set_string_member (object, "file", utf8);
  json_object_set_int_member (object, "place", picture->index);
  json_object_set_member (object, "seed", seed_to_node (picture->seed));
  json_object_set_double_member (object, "score", picture->score);
  json_array_add_object_element (report->pictures, object);
  json_array_add_string_element (report->files, utf8);
  json_array_add_element (report->seeds, seed_to_node (picture->seed));
}

void
limn_draw_report_set_sheet (LimnDrawReport *report, const char *path)
{
  print_path (report, path);
  report->sheet = path_to_utf8 (path);
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
      json_object_set_string_member (object, "written", replacement->written);
      json_object_set_string_member (object, "understood", replacement->understood);
      json_object_set_string_member (object, "kind", kinds[replacement->kind]);
      json_object_set_array_member (object, "others", others);
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonObject *
make_object (LimnDrawReport *report, gboolean is_complete)
{
  const LimnRequest *request = report->request;
  JsonObject *object = json_object_new ();
  double seconds = (double) (g_get_monotonic_time () - report->start_us) / G_USEC_PER_SEC;

  json_object_set_string_member (object, "prompt", request->prompt);
  json_object_set_string_member (object, "understood", report->reading->prompt);
  json_object_set_string_member (object, "language", report->reading->language);
  json_object_set_array_member (object, "replacements",
                                replacements_to_array (report->reading->replacements));
  json_object_set_string_member (object, "model", report->model_name);
  json_object_set_member (object, "seed", seed_to_node (request->seed));
  json_object_set_double_member (object, "temperature", request->temperature);
  json_object_set_int_member (object, "top_k", request->top_k);
  json_object_set_double_member (object, "guidance", request->guidance);
  json_object_set_array_member (object, "seeds", json_array_ref (report->seeds));
  json_object_set_array_member (object, "files", json_array_ref (report->files));
  json_object_set_array_member (object, "pictures", json_array_ref (report->pictures));
  if (report->sheet)
    json_object_set_string_member (object, "sheet", report->sheet);
  json_object_set_double_member (object, "seconds", seconds);
  json_object_set_boolean_member (object, "complete", is_complete);
  return object;
}

void
limn_draw_report_finish (LimnDrawReport *report, gboolean is_complete)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  if (report->kind != LIMN_REPORT_JSON)
    return;
  root = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (root, make_object (report, is_complete));
  text = json_to_string (root, TRUE);
  puts (text);
  fflush (stdout);
}
