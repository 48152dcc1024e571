/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * picture-facts.c: the facts of a picture to texts and back.
 *
 * The keys are a promise to the future: pictures made today must open then.
 * How texts get into a PNG file is png-text.c's and picture-file.c's business.
 */
#include "config.h"

#include "picture-facts.h"

#include <errno.h>
#include <math.h>

#define KEY_PROMPT      "limn:prompt"
#define KEY_NEGATIVE    "limn:negative-prompt"
#define KEY_MODEL       "limn:model"
#define KEY_SEED        "limn:seed"
#define KEY_GRID_SEED   "limn:grid-seed"
#define KEY_PLACE       "limn:place"
#define KEY_TEMPERATURE "limn:temperature"
#define KEY_TOP_K       "limn:top-k"
#define KEY_GUIDANCE    "limn:guidance"
#define KEY_SCORE       "limn:score"
#define KEY_TOKENS      "limn:tokens"
#define KEY_KEEP        "limn:keep"
#define KEY_REDRAW      "limn:redraw"
#define KEY_BLEND       "limn:blend-prompt"
#define KEY_BLEND_SHARE "limn:blend"
#define KEY_TILE        "limn:tile"

/* The model reads 64 tokens of a prompt; what is beyond this never reached it. */
#define MAX_PROMPT_BYTES 16384
#define MAX_IDS          4096

void
limn_picture_facts_clear (LimnPictureFacts *facts)
{
  g_free (facts->prompt);
  g_free (facts->negative_prompt);
  g_free (facts->model);
  g_free (facts->ids);
  g_free (facts->blend_prompt);
  memset (facts, 0, sizeof *facts);
}

void
limn_picture_facts_init (LimnPictureFacts *facts,
                         const LimnRequest *request,
                         const char *model_name,
                         const LimnPicture *picture)
{
  *facts = (LimnPictureFacts){
    .prompt = g_strdup (request->prompt ? request->prompt : ""),
    .negative_prompt = g_strdup (request->negative_prompt),
    .model = g_strdup (model_name),
    .seed = picture->seed,
    .grid_seed = request->seed,
    .place = picture->index,
    .temperature = request->temperature,
    .top_k = request->top_k,
    .guidance = request->guidance,
    .score = picture->score,
    .ids = g_memdup2 (picture->ids, picture->n_ids * sizeof (guint32)),
    .n_ids = picture->n_ids,
    .n_keep = MIN (request->n_keep, picture->n_ids),
    .redraw = request->redraw,
    .blend_prompt = g_strdup (request->blend_prompt),
    .blend = request->blend,
    .is_tile = request->is_tile,
  };
}

void
limn_picture_facts_make_whole (LimnPictureFacts *facts)
{
  facts->seed = facts->grid_seed;
  facts->place = 0;
  facts->score = 0;
  g_clear_pointer (&facts->ids, g_free);
  facts->n_ids = facts->n_keep = 0;
}

void
limn_picture_facts_fill_request (const LimnPictureFacts *facts, LimnRequest *request)
{
  request->prompt = facts->prompt;
  request->negative_prompt = facts->negative_prompt;
  request->blend_prompt = facts->blend_prompt;
  request->blend = facts->blend;
  request->n_pictures = 1;
  request->seed = facts->seed;
  request->temperature = facts->temperature;
  request->top_k = facts->top_k;
  request->guidance = facts->guidance;
  request->keep_ids = facts->ids;
  request->n_keep = facts->n_keep;
  request->redraw = facts->redraw;
  request->is_tile = facts->is_tile;
}

/* ---- to text -------------------------------------------------------------- */

char *
limn_picture_facts_make_line (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *line = g_string_new (NULL);

  for (const char *p = valid; *p && line->len < MAX_PROMPT_BYTES; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (line, g_unichar_iscntrl (c) ? ' ' : c);
    }
  return g_string_free (line, FALSE);
}

static void
add (GPtrArray *pairs, const char *key, char *value_taken)
{
  g_ptr_array_add (pairs, g_strdup (key));
  g_ptr_array_add (pairs, value_taken);
}

static void
add_line (GPtrArray *pairs, const char *key, const char *value)
{
  if (value)
    add (pairs, key, limn_picture_facts_make_line (value));
}

static void
add_double (GPtrArray *pairs, const char *key, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (isfinite (value))
    add (pairs, key, g_strdup (g_ascii_dtostr (digits, sizeof digits, value)));
}

static void
add_uint (GPtrArray *pairs, const char *key, guint64 value)
{
  add (pairs, key, g_strdup_printf ("%" G_GUINT64_FORMAT, value));
}

static void
add_ids (GPtrArray *pairs, const LimnPictureFacts *facts)
{
  GString *list;

  if (facts->n_ids == 0)
    return;
  list = g_string_new (NULL);
  for (guint i = 0; i < facts->n_ids && i < MAX_IDS; i++)
    g_string_append_printf (list, "%s%u", i > 0 ? " " : "", facts->ids[i]);
  add (pairs, KEY_TOKENS, g_string_free (list, FALSE));
}

/* What only some pictures have; the others' files say nothing of it. */
static void
add_ways (GPtrArray *pairs, const LimnPictureFacts *facts)
{
  if (facts->n_keep > 0)
    add_uint (pairs, KEY_KEEP, facts->n_keep);
  if (facts->n_keep > 0 && facts->redraw > 0)
    add_double (pairs, KEY_REDRAW, facts->redraw);
  if (facts->blend_prompt && facts->blend > 0)
    {
      add_line (pairs, KEY_BLEND, facts->blend_prompt);
      add_double (pairs, KEY_BLEND_SHARE, facts->blend);
    }
  if (facts->is_tile)
    add_uint (pairs, KEY_TILE, 1);
}

char **
limn_picture_facts_to_text (const LimnPictureFacts *facts)
{
  GPtrArray *pairs = g_ptr_array_new ();

  add_line (pairs, KEY_PROMPT, facts->prompt);
  add_line (pairs, KEY_NEGATIVE, facts->negative_prompt);
  add_line (pairs, KEY_MODEL, facts->model);
  add_uint (pairs, KEY_SEED, facts->seed);
  add_uint (pairs, KEY_GRID_SEED, facts->grid_seed);
  add_uint (pairs, KEY_PLACE, facts->place);
  add_double (pairs, KEY_TEMPERATURE, facts->temperature);
  add_uint (pairs, KEY_TOP_K, facts->top_k);
  add_double (pairs, KEY_GUIDANCE, facts->guidance);
  add_double (pairs, KEY_SCORE, facts->score);
  add_ids (pairs, facts);
  add_ways (pairs, facts);
  g_ptr_array_add (pairs, NULL);
  return (char **) g_ptr_array_free (pairs, FALSE);
}

/* ---- from text ------------------------------------------------------------ */

static gboolean
read_uint (GHashTable *text, const char *key, guint64 max, guint64 *value)
{
  const char *digits = g_hash_table_lookup (text, key);

  return digits && g_ascii_string_to_unsigned (digits, 10, 0, max, value, NULL);
}

static guint
read_small (GHashTable *text, const char *key)
{
  guint64 value;

  return read_uint (text, key, G_MAXUINT, &value) ? (guint) value : 0;
}

static double
read_double (GHashTable *text, const char *key)
{
  const char *digits = g_hash_table_lookup (text, key);
  char *end = NULL;
  double value = digits ? g_ascii_strtod (digits, &end) : 0;

  return digits && end != digits && *end == '\0' && isfinite (value) ? value : 0;
}

static char *
read_line (GHashTable *text, const char *key)
{
  const char *value = g_hash_table_lookup (text, key);

  return value ? limn_picture_facts_make_line (value) : NULL;
}

static void
read_ids (LimnPictureFacts *facts, const char *list)
{
  g_auto (GStrv) words = g_strsplit (list ? list : "", " ", MAX_IDS + 1);
  guint n = g_strv_length (words);
  g_autofree guint32 *ids = g_new0 (guint32, n + 1);

  for (guint i = 0; i < n; i++)
    {
      guint64 id;

      if (!g_ascii_string_to_unsigned (words[i], 10, 0, G_MAXUINT32, &id, NULL))
        return;
      ids[i] = (guint32) id;
    }
  if (n == 0 || n > MAX_IDS)
    return;
  facts->ids = g_steal_pointer (&ids);
  facts->n_ids = n;
}

static void
read_ways (LimnPictureFacts *facts, GHashTable *text)
{
  facts->n_keep = MIN (read_small (text, KEY_KEEP), facts->n_ids);
  facts->redraw = CLAMP (read_double (text, KEY_REDRAW), 0, 1);
  facts->blend_prompt = read_line (text, KEY_BLEND);
  facts->blend = facts->blend_prompt ? CLAMP (read_double (text, KEY_BLEND_SHARE), 0, 1) : 0;
  facts->is_tile = read_small (text, KEY_TILE) == 1;
}

gboolean
limn_picture_facts_from_text (LimnPictureFacts *facts, GHashTable *text)
{
  gboolean has_seed;

  memset (facts, 0, sizeof *facts);
  facts->prompt = read_line (text, KEY_PROMPT);
  facts->negative_prompt = read_line (text, KEY_NEGATIVE);
  facts->model = read_line (text, KEY_MODEL);
  has_seed = read_uint (text, KEY_SEED, G_MAXUINT64, &facts->seed);
  if (!read_uint (text, KEY_GRID_SEED, G_MAXUINT64, &facts->grid_seed))
    facts->grid_seed = facts->seed;
  facts->place = read_small (text, KEY_PLACE);
  facts->temperature = read_double (text, KEY_TEMPERATURE);
  facts->top_k = read_small (text, KEY_TOP_K);
  facts->guidance = read_double (text, KEY_GUIDANCE);
  facts->score = read_double (text, KEY_SCORE);
  read_ids (facts, g_hash_table_lookup (text, KEY_TOKENS));
  read_ways (facts, text);
  return facts->prompt && has_seed;
}
