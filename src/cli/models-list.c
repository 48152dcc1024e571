/* SPDX-License-Identifier: GPL-3.0-or-later */
/* models-list.c: the list of models, for people and as JSON. */
#include "config.h"

#include "cli/models-list.h"

#include <stdio.h>

#include <glib/gi18n.h>

#include "limn.h"

static const char *
get_state_name (LimnModelItem *item)
{
  GEnumClass *states = g_type_class_ref (LIMN_TYPE_MODEL_STATE);
  const char *name = g_enum_get_value (states, (int) limn_model_item_get_state (item))->value_nick;

  g_type_class_unref (states); /* the values are static */
  return name;
}

/* ---- for people ---- */

static char *
describe_state (LimnModelItem *item)
{
  g_autofree char *size = NULL;

  switch (limn_model_item_get_state (item))
    {
    case LIMN_MODEL_STATE_READY:
      size = g_format_size ((guint64) limn_model_item_get_file_bytes (item));
      return g_strdup_printf (_ ("here, %s"), size);
    case LIMN_MODEL_STATE_ABSENT:
      size = g_format_size ((guint64) limn_model_item_get_download_bytes (item));
      return limn_model_item_get_download_bytes (item) > 0
                 ? g_strdup_printf (_ ("to download, %s"), size)
                 : g_strdup (_ ("not here"));
    case LIMN_MODEL_STATE_DOWNLOADING:
    case LIMN_MODEL_STATE_PAUSED:
    case LIMN_MODEL_STATE_IMPORTING:
    case LIMN_MODEL_STATE_CHECKING:
    default:
      return g_strdup (limn_model_item_get_status (item));
    }
}

static void
print_line (const char *what, const char *value)
{
  if (value && *value)
    g_print ("    %-9s %s\n", what, value);
}

/* The raw bytes, whatever the locale. */
static void
print_path (const char *what, const char *path)
{
  if (path == NULL)
    return;
  g_print ("    %-9s ", what);
  puts (path);
}

static void
print_memory (LimnModelItem *item)
{
  goffset needs = limn_model_item_get_needs_memory_bytes (item);
  guint64 available = limn_memory_get_available_bytes ();
  g_autofree char *needs_text = g_format_size ((guint64) needs);
  g_autofree char *available_text = g_format_size (available);
  g_autofree char *text = g_strdup_printf (_ ("%s to draw nine pictures together; %s are free"),
                                           needs_text, available_text);
  g_autofree char *note = limn_model_item_dup_memory_note (item);

  if (needs > 0)
    print_line (_ ("memory"), text);
  print_line ("", note);
}

static void
print_item (LimnModelItem *item)
{
  g_autofree char *state = describe_state (item);
  double seconds = limn_model_item_get_seconds (item);
  g_autofree char *time =
      seconds > 0 ? g_strdup_printf (_ ("%.0f s for nine pictures here"), seconds) : NULL;

  g_print ("%-10s %s (%s)\n", limn_model_item_get_id (item), limn_model_item_get_name (item),
           state);
  if (*limn_model_item_get_good_at (item))
    g_print ("    %s\n", limn_model_item_get_good_at (item));
  print_memory (item);
  print_line (_ ("time"), time);
  print_line (_ ("licence"), limn_model_item_get_license (item));
  print_line (_ ("source"), limn_model_item_get_page (item));
  print_path (_ ("file"), limn_model_item_get_path (item));
  if (limn_model_item_get_error (item))
    print_line (_ ("problem"), limn_model_item_get_error (item)->message);
}

void
limn_models_list_print (LimnModelManager *manager)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (manager));
  goffset n_bytes = limn_model_manager_get_disk_bytes (manager);
  g_autofree char *folder = limn_model_manager_dup_folder (manager);
  g_autofree char *size = g_format_size ((guint64) n_bytes);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LimnModelItem) item = g_list_model_get_item (G_LIST_MODEL (manager), i);

      print_item (item);
    }
  g_print (_ ("Your models are in “%s” and take %s.\n"), folder, size);
}

/* ---- as JSON ---- */

/* JSON knows no bytes: a path that is no UTF-8 is given with replacement characters. */
static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  g_autofree char *utf8 = value ? g_utf8_make_valid (value, -1) : NULL;

  json_builder_set_member_name (builder, name);
  if (utf8)
    json_builder_add_string_value (builder, utf8);
  else
    json_builder_add_null_value (builder);
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_item (JsonBuilder *builder, LimnModelItem *item)
{
  const GError *error = limn_model_item_get_error (item);

  json_builder_begin_object (builder);
  add_string (builder, "id", limn_model_item_get_id (item));
  add_string (builder, "name", limn_model_item_get_name (item));
  add_string (builder, "state", get_state_name (item));
  add_string (builder, "path", limn_model_item_get_path (item));
  add_int (builder, "file_bytes", limn_model_item_get_file_bytes (item));
  add_int (builder, "download_bytes", limn_model_item_get_download_bytes (item));
  add_int (builder, "downloaded_bytes", limn_model_item_get_part_bytes (item));
  add_int (builder, "memory_needed_bytes", limn_model_item_get_needs_memory_bytes (item));
  add_int (builder, "memory_available_bytes", (gint64) limn_memory_get_available_bytes ());
  json_builder_set_member_name (builder, "seconds_for_nine");
  if (limn_model_item_get_seconds (item) > 0)
    json_builder_add_double_value (builder, limn_model_item_get_seconds (item));
  else
    json_builder_add_null_value (builder);
  add_string (builder, "good_at", limn_model_item_get_good_at (item));
  add_string (builder, "license", limn_model_item_get_license (item));
  add_string (builder, "source", limn_model_item_get_page (item));
  add_string (builder, "error", error ? error->message : NULL);
  json_builder_end_object (builder);
}

JsonNode *
limn_models_item_to_json (LimnModelItem *item)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  add_item (builder, item);
  return json_builder_get_root (builder);
}

JsonNode *
limn_models_list_to_json (LimnModelManager *manager)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *folder = limn_model_manager_dup_folder (manager);

  json_builder_begin_object (builder);
  add_string (builder, "folder", folder);
  add_int (builder, "disk_bytes", limn_model_manager_get_disk_bytes (manager));
  json_builder_set_member_name (builder, "models");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (manager)); i++)
    {
      g_autoptr (LimnModelItem) item = g_list_model_get_item (G_LIST_MODEL (manager), i);

      add_item (builder, item);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/* Takes the node. */
void
limn_models_print_json (JsonNode *node)
{
  g_autofree char *text = json_to_string (node, TRUE);

  puts (text); /* UTF-8, whatever the locale */
  json_node_unref (node);
}
