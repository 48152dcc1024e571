/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recognises and reads the small files around a checkpoint; the configs of the
 * networks are in settings-json.c.
 */
#include "config.h"

#include "settings.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "settings-json.h"

#define MAX_TEXT_BYTES (8 * 1024 * 1024)
#define MAX_TOKENS     (1 << 20)
#define N_TRIED_LINES  200
#define MAX_CONCEPTS   100000

static gboolean
fail (const char *name, const char *field, LimnError code, const char *reason, GError **error)
{
  g_set_error (error, LIMN_ERROR, code, _ ("%s: %s: %s"), name, field, reason);
  return FALSE;
}

void
limn_settings_clear (LimnSettings *settings)
{
  g_free (settings->text.file);
  g_free (settings->text.model_name);
  g_free (settings->text.license);
  g_clear_pointer (&settings->text.styles, g_ptr_array_unref);
  g_free (settings->vqgan.file);
  g_clear_pointer (&settings->tokens, g_ptr_array_unref);
  g_clear_pointer (&settings->merges, g_ptr_array_unref);
  g_clear_pointer (&settings->concepts, g_ptr_array_unref);
  g_clear_pointer (&settings->concept_traits, g_ptr_array_unref);
  g_clear_pointer (&settings->spare_tokens, g_ptr_array_unref);
  g_clear_pointer (&settings->spare_merges, g_ptr_array_unref);
}

gboolean
limn_settings_get_tokenizer (const LimnSettings *settings, GPtrArray **tokens, GPtrArray **merges)
{
  *tokens = settings->tokens != NULL ? settings->tokens : settings->spare_tokens;
  *merges = settings->merges != NULL ? settings->merges : settings->spare_merges;
  return *tokens != NULL && *merges != NULL;
}

/* ---- vocabulary ---------------------------------------------------------- */

/* Whether this is a table of texts to ids: every value is a whole number. */
static gboolean
is_vocabulary (JsonObject *object)
{
  JsonObjectIter iter;
  JsonNode *node;
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, NULL, &node))
    if (json_node_get_value_type (node) != G_TYPE_INT64)
      return FALSE;
  return json_object_get_size (object) >= 5;
}

static gboolean
put_token (GPtrArray *tokens, const char *text, gint64 id, const char *name, GError **error)
{
  if (id < 0 || id >= MAX_TOKENS)
    return fail (name, text, LIMN_ERROR_CORRUPT, _ ("its number is out of range"), error);
  if (id >= tokens->len)
    g_ptr_array_set_size (tokens, (gint) id + 1);
  if (tokens->pdata[id] != NULL)
    return strcmp (tokens->pdata[id], text) == 0
           || fail (name, text, LIMN_ERROR_CORRUPT, _ ("its number is taken twice"), error);
  tokens->pdata[id] = g_strdup (text);
  return TRUE;
}

/* Numbers that no text has get a name that no text can become. */
static void
fill_holes (GPtrArray *tokens)
{
  for (guint i = 0; i < tokens->len; i++)
    if (tokens->pdata[i] == NULL)
      tokens->pdata[i] = g_strdup_printf ("<unused %u>", i);
}

static GPtrArray *
read_vocabulary (JsonObject *object, const char *name, GError **error)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new_with_free_func (g_free);
  JsonObjectIter iter;
  const char *text;
  JsonNode *node;
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &text, &node))
    {
      if (json_node_get_value_type (node) != G_TYPE_INT64)
        return fail (name, text, LIMN_ERROR_CORRUPT, _ ("its number is not a number"), error), NULL;
      if (!put_token (tokens, text, json_node_get_int (node), name, error))
        return NULL;
    }
  fill_holes (tokens);
  return g_steal_pointer (&tokens);
}

/* ---- tokenizer.json ------------------------------------------------------ */

/* A merge is "left right" or ["left", "right"]. */
static char *
get_merge (JsonNode *node)
{
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_dup_string (node);
  if (!JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) != 2)
    return NULL;
  JsonArray *pair = json_node_get_array (node);
  JsonNode *left = json_array_get_element (pair, 0);
  JsonNode *right = json_array_get_element (pair, 1);
  if (json_node_get_value_type (left) != G_TYPE_STRING
      || json_node_get_value_type (right) != G_TYPE_STRING)
    return NULL;
  return g_strdup_printf ("%s %s", json_node_get_string (left), json_node_get_string (right));
}

static GPtrArray *
read_merge_list (JsonArray *array, const char *name, GError **error)
{
  g_autoptr (GPtrArray) merges = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      char *merge = get_merge (json_array_get_element (array, i));
      if (merge == NULL)
        return fail (name, "merges", LIMN_ERROR_CORRUPT, _ ("an entry is not a pair"), error), NULL;
      g_ptr_array_add (merges, merge);
    }
  return g_steal_pointer (&merges);
}

static JsonNode *
get_member (JsonObject *object, const char *key, JsonNodeType type)
{
  JsonNode *node = json_object_get_member (object, key);
  return node != NULL && json_node_get_node_type (node) == type ? node : NULL;
}

static gboolean
read_tokenizer (LimnSettings *settings, JsonObject *model, const char *name, GError **error)
{
  JsonNode *vocab = get_member (model, "vocab", JSON_NODE_OBJECT);
  JsonNode *merges = get_member (model, "merges", JSON_NODE_ARRAY);
  if (vocab == NULL || merges == NULL)
    return fail (name, "model", LIMN_ERROR_UNSUPPORTED, _ ("it is not a byte-level BPE tokenizer"),
                 error);
  if (settings->spare_tokens != NULL)
    return fail (name, "model", LIMN_ERROR_CORRUPT, _ ("this is a second tokenizer"), error);
  settings->spare_tokens = read_vocabulary (json_node_get_object (vocab), name, error);
  if (settings->spare_tokens == NULL)
    return FALSE;
  settings->spare_merges = read_merge_list (json_node_get_array (merges), name, error);
  return settings->spare_merges != NULL;
}

/* ---- any JSON ------------------------------------------------------------ */

static gboolean
read_object (LimnSettings *settings,
             JsonObject *object,
             const char *name,
             gboolean *is_used,
             GError **error)
{
  JsonNode *model = get_member (object, "model", JSON_NODE_OBJECT);
  *is_used = TRUE;
  if (json_object_has_member (object, "ch_mult"))
    return limn_vqgan_settings_read (&settings->vqgan, object, name, error);
  if (json_object_has_member (object, "d_model"))
    return limn_text_settings_read (&settings->text, object, name, error);
  if (model != NULL && json_object_has_member (json_node_get_object (model), "vocab"))
    return read_tokenizer (settings, json_node_get_object (model), name, error);
  if (!is_vocabulary (object))
    {
      *is_used = FALSE;
      return TRUE;
    }
  if (settings->tokens != NULL)
    return fail (name, _ ("vocabulary"), LIMN_ERROR_CORRUPT, _ ("this is a second one"), error);
  settings->tokens = read_vocabulary (object, name, error);
  return settings->tokens != NULL;
}

static gboolean
read_json (LimnSettings *settings, LimnMappedFile *file, gboolean *is_used, GError **error)
{
  g_autoptr (JsonParser) parser = limn_json_parse (file, error);
  if (parser == NULL)
    return FALSE;
  JsonNode *root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return TRUE;
  return read_object (settings, json_node_get_object (root), limn_mapped_file_get_name (file),
                      is_used, error);
}

/* ---- lines --------------------------------------------------------------- */

static GPtrArray *
split_lines (const char *text, gsize length)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  const char *end = text + length;
  while (text < end)
    {
      const char *newline = memchr (text, '\n', (gsize) (end - text));
      const char *stop = newline == NULL ? end : newline;
      gsize n = (gsize) (stop - text);
      if (n > 0 && text[n - 1] == '\r')
        n--;
      if (n > 0)
        g_ptr_array_add (lines, g_strndup (text, n));
      text = stop + 1;
    }
  return lines;
}

static gboolean
is_pair (const char *line)
{
  const char *space = strchr (line, ' ');
  return space != NULL && space != line && space[1] != '\0' && strchr (space + 1, ' ') == NULL;
}

/* Merges say so in their first line; without it, pairs of which some are no
 * word and its count. */
static gboolean
is_merges (GPtrArray *lines)
{
  gboolean has_pair_of_texts = FALSE;
  if (lines->len == 0)
    return FALSE;
  if (g_str_has_prefix (lines->pdata[0], "#version"))
    return TRUE;
  for (guint i = 0; i < MIN (lines->len, N_TRIED_LINES); i++)
    {
      const char *line = lines->pdata[i];
      if (!is_pair (line))
        return FALSE;
      has_pair_of_texts |= !g_ascii_isdigit (strchr (line, ' ')[1]);
    }
  return has_pair_of_texts;
}

static gboolean
take_merges (LimnSettings *settings, GPtrArray *lines, const char *name, GError **error)
{
  if (settings->merges != NULL)
    return fail (name, _ ("merges"), LIMN_ERROR_CORRUPT, _ ("this is a second list"), error);
  if (g_str_has_prefix (lines->pdata[0], "#version"))
    g_ptr_array_remove_index (lines, 0);
  for (guint i = 0; i < lines->len; i++)
    if (!is_pair (lines->pdata[i]))
      return fail (name, lines->pdata[i], LIMN_ERROR_CORRUPT, _ ("this line is not a pair"), error);
  settings->merges = g_ptr_array_ref (lines);
  return TRUE;
}

/* Columns of a table whose first line names them; -1 for a name that is not there. */
static int
find_column (char **names, const char *name)
{
  for (int i = 0; names[i] != NULL; i++)
    if (strcmp (names[i], name) == 0)
      return i;
  return -1;
}

#define N_ABILITIES 5
static const char *const abilities[N_ABILITIES] = { "can_ride", "is_mount", "can_wear", "is_hat",
                                                    "can_be_held" };

typedef struct
{
  int name;
  int synonyms;
  int plural;
  int group;
  int abilities[N_ABILITIES];
} Columns;

static Columns
find_columns (const char *header)
{
  g_auto (GStrv) names = g_strsplit (header, "\t", -1);
  Columns columns = {
    .name = find_column (names, "name"),
    .synonyms = find_column (names, "synonyms"),
    .plural = find_column (names, "plural"),
    .group = find_column (names, "group"),
  };
  for (guint i = 0; i < N_ABILITIES; i++)
    columns.abilities[i] = find_column (names, abilities[i]);
  return columns;
}

static const char *
get_field (char **fields, int column)
{
  return column >= 0 && column < (int) g_strv_length (fields) ? fields[column] : "";
}

/* "plural|group|letters": what engine/text/vocabulary.h reads. */
static char *
make_traits (const Columns *columns, char **fields)
{
  char letters[N_ABILITIES + 1] = "";
  guint n = 0;
  for (guint i = 0; i < N_ABILITIES; i++)
    if (strcmp (get_field (fields, columns->abilities[i]), "1") == 0)
      letters[n++] = "rmwho"[i];
  return g_strdup_printf ("%s|%s|%s", get_field (fields, columns->plural),
                          get_field (fields, columns->group), letters);
}

/* What a model knows: lines "name|synonym|...", or a table with these columns. */
static gboolean
take_concepts (LimnSettings *settings, GPtrArray *lines, const char *name, GError **error)
{
  Columns columns = find_columns (lines->len > 0 ? lines->pdata[0] : "");
  gboolean is_table = columns.name >= 0;
  if (settings->concepts != NULL)
    return fail (name, _ ("concepts"), LIMN_ERROR_CORRUPT, _ ("this is a second list"), error);
  if (lines->len > MAX_CONCEPTS)
    return fail (name, _ ("concepts"), LIMN_ERROR_TOO_LARGE, _ ("the list is too long"), error);
  settings->concepts = g_ptr_array_new_with_free_func (g_free);
  if (is_table && columns.plural >= 0)
    settings->concept_traits = g_ptr_array_new_with_free_func (g_free);
  for (guint i = is_table ? 1 : 0; i < lines->len; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines->pdata[i], "\t", -1);
      const char *concept = is_table ? get_field (fields, columns.name) : lines->pdata[i];
      const char *synonyms = is_table ? get_field (fields, columns.synonyms) : "";
      if (*concept != '\0' && settings->concept_traits != NULL)
        g_ptr_array_add (settings->concept_traits, make_traits (&columns, fields));
      if (*concept != '\0')
        g_ptr_array_add (settings->concepts, *synonyms == '\0'
                                                 ? g_strdup (concept)
                                                 : g_strconcat (concept, "|", synonyms, NULL));
    }
  return TRUE;
}

static gboolean
read_lines (LimnSettings *settings,
            LimnMappedFile *file,
            const char *base_name,
            gboolean *is_used,
            GError **error)
{
  const char *name = limn_mapped_file_get_name (file);
  gsize length = limn_mapped_file_get_size (file);
  g_autofree char *text = g_strndup ((const char *) limn_mapped_file_get_data (file), length);
  if (!g_utf8_validate_len (text, length, NULL))
    return fail (name, _ ("contents"), LIMN_ERROR_UNSUPPORTED,
                 _ ("Limn does not know what this file is"), error);
  g_autoptr (GPtrArray) lines = split_lines (text, length);
  *is_used = TRUE;
  if (strcmp (base_name, "concepts.txt") == 0 || strcmp (base_name, "concepts.tsv") == 0)
    return take_concepts (settings, lines, name, error);
  if (is_merges (lines))
    return take_merges (settings, lines, name, error);
  *is_used = FALSE;
  return TRUE;
}

gboolean
limn_settings_read (LimnSettings *settings,
                    LimnMappedFile *file,
                    const char *base_name,
                    gboolean *is_used,
                    GError **error)
{
  const guint8 *data = limn_mapped_file_get_data (file);
  gsize length = limn_mapped_file_get_size (file);
  gsize i = 0;
  *is_used = FALSE;
  while (i < length && g_ascii_isspace (data[i]))
    i++;
  if (i == length)
    return TRUE;
  if (length > MAX_TEXT_BYTES)
    return fail (limn_mapped_file_get_name (file), _ ("contents"), LIMN_ERROR_UNSUPPORTED,
                 _ ("Limn does not know what this file is"), error);
  if (data[i] == '{')
    return read_json (settings, file, is_used, error);
  return read_lines (settings, file, base_name, is_used, error);
}
