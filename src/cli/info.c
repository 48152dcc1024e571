/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * info.c: “limn info”, the facts of a model file or of one of our pictures.
 *
 * Both become the same list of named facts, printed as lines or as JSON.
 */
#include "config.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "library/picture-file.h"
#include "models/limn-model-store.h"

/* ---- facts ----------------------------------------------------------------- */

static void
add_text (JsonObject *facts, const char *key, const char *value)
{
  if (value && *value)
    json_object_set_string_member (facts, key, value);
}

static void
add_part (JsonArray *parts, LimnModelPart have, LimnModelPart part, const char *name)
{
  if (have & part)
    json_array_add_string_element (parts, name);
}

static JsonArray *
list_parts (LimnModelPart have)
{
  JsonArray *parts = json_array_new ();

  add_part (parts, have, LIMN_MODEL_PART_TEXT, "text");
  add_part (parts, have, LIMN_MODEL_PART_TOKENIZER, "tokenizer");
  add_part (parts, have, LIMN_MODEL_PART_DECODER, "decoder");
  add_part (parts, have, LIMN_MODEL_PART_ENCODER, "encoder");
  add_part (parts, have, LIMN_MODEL_PART_PREVIEW, "preview");
  return parts;
}

/* What drawing takes, and what there is. */
static void
add_memory (JsonObject *facts, LimnModel *model)
{
  LimnMemoryPlan one, nine;

  limn_model_plan_memory (model, 1, &one);
  limn_model_plan_memory (model, 9, &nine);
  json_object_set_int_member (facts, "memory_for_one_bytes", (gint64) one.all_bytes);
  json_object_set_int_member (facts, "memory_for_nine_bytes", (gint64) nine.all_bytes);
  json_object_set_int_member (facts, "memory_available_bytes", (gint64) nine.available_bytes);
  json_object_set_int_member (facts, "pictures_at_once", nine.n_at_once);
}

static JsonObject *
describe_model (LimnModel *model)
{
  const LimnModelInfo *info = limn_model_get_info (model);
  JsonObject *facts = json_object_new ();

  add_text (facts, "kind", "model");
  add_text (facts, "name", info->name);
  add_text (facts, "license", info->license);
  add_text (facts, "source", info->source);
  add_text (facts, "weights", info->weight_type);
  json_object_set_array_member (facts, "parts", list_parts (info->parts));
  json_object_set_int_member (facts, "file_bytes", (gint64) info->file_size_bytes);
  json_object_set_int_member (facts, "parameters", (gint64) info->n_parameters);
  json_object_set_int_member (facts, "picture_size", info->picture_size);
  json_object_set_int_member (facts, "grid_size", info->grid_size);
  json_object_set_int_member (facts, "text_length", info->text_length);
  json_object_set_int_member (facts, "embedding_length", info->embedding_length);
  json_object_set_int_member (facts, "encoder_layers", info->n_encoder_layers);
  json_object_set_int_member (facts, "decoder_layers", info->n_decoder_layers);
  json_object_set_int_member (facts, "image_vocabulary", info->image_vocab_size);
  json_object_set_double_member (facts, "default_temperature", info->default_temperature);
  json_object_set_int_member (facts, "default_top_k", info->default_top_k);
  json_object_set_double_member (facts, "default_guidance", info->default_guidance);
  add_memory (facts, model);
  return facts;
}

static void
add_seed (JsonObject *facts, const char *key, guint64 seed)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);

  if (seed <= G_MAXINT64)
    json_object_set_int_member (facts, key, (gint64) seed);
  else
    json_object_set_string_member (facts, key, digits);
}

static JsonObject *
describe_picture (const LimnPictureFacts *picture)
{
  JsonObject *facts = json_object_new ();

  add_text (facts, "kind", "picture");
  add_text (facts, "prompt", picture->prompt);
  add_text (facts, "negative_prompt", picture->negative_prompt);
  add_text (facts, "model", picture->model);
  add_seed (facts, "seed", picture->seed);
  add_seed (facts, "grid_seed", picture->grid_seed);
  json_object_set_int_member (facts, "place", picture->place);
  json_object_set_double_member (facts, "temperature", picture->temperature);
  json_object_set_int_member (facts, "top_k", picture->top_k);
  json_object_set_double_member (facts, "guidance", picture->guidance);
  json_object_set_double_member (facts, "score", picture->score);
  if (picture->n_keep > 0)
    {
      json_object_set_int_member (facts, "kept_tokens", picture->n_keep);
      json_object_set_double_member (facts, "redrawn_share", picture->redraw);
    }
  if (picture->blend_prompt)
    {
      add_text (facts, "blend_prompt", picture->blend_prompt);
      json_object_set_double_member (facts, "blend", picture->blend);
    }
  if (picture->is_tile)
    json_object_set_boolean_member (facts, "tile", TRUE);
  return facts;
}

/* ---- finding out what the file is ------------------------------------------ */

static gboolean
is_png (const char *path)
{
  char bytes[4] = { 0 };
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  gboolean is =
      fd >= 0 && pread (fd, bytes, sizeof bytes, 0) == 4 && memcmp (bytes, "\x89PNG", 4) == 0;

  if (fd >= 0)
    close (fd);
  return is;
}

static JsonObject *
describe (const char *name, GError **error)
{
  g_auto (LimnPictureFacts) picture = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (LimnModel) model = NULL;

  if (is_png (name))
    return limn_picture_file_read_facts (name, &picture, error) ? describe_picture (&picture)
                                                                : NULL;
  path = g_file_test (name, G_FILE_TEST_EXISTS) ? g_strdup (name)
                                                : limn_model_store_find (name, error);
  model = path ? limn_model_open (path, error) : NULL;
  return model ? describe_model (model) : NULL;
}

/* ---- printing -------------------------------------------------------------- */

static char *
value_to_text (JsonNode *value)
{
  if (JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (value));
  return json_to_string (value, FALSE);
}

static void
print_lines (JsonObject *facts)
{
  g_autoptr (GList) keys = json_object_get_members (facts);

  for (GList *key = keys; key; key = key->next)
    {
      g_autofree char *text = value_to_text (json_object_get_member (facts, key->data));

      g_print ("%-20s %s\n", (const char *) key->data, text);
    }
}

static void
print_json (JsonObject *facts)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_node_set_object (root, facts);
  text = json_to_string (root, TRUE);
  puts (text); /* UTF-8, whatever the locale */
}

int
limn_cli_info (char **arguments)
{
  gboolean wants_json = FALSE;
  const GOptionEntry options[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &wants_json, N_ ("Print a JSON object"), NULL },
    { NULL },
  };
  int status = limn_cli_parse (
      &arguments, "FILE",
      _ ("Tell what is in a model file, or how one of Limn’s pictures was drawn."), options);
  g_auto (GStrv) words = arguments;
  g_autoptr (JsonObject) facts = NULL;
  g_autoptr (GError) error = NULL;

  if (status >= 0)
    return status;
  if (g_strv_length (words) != 2)
    return limn_cli_fail (LIMN_EXIT_USAGE, _ ("Name one file: limn info FILE"));
  facts = describe (words[1], &error);
  if (!facts)
    return limn_cli_fail (LIMN_EXIT_FAILED, error->message);
  if (wants_json)
    print_json (facts);
  else
    print_lines (facts);
  return LIMN_EXIT_OK;
}
