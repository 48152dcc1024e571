/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a prompt as its writer meant it: words of other languages and emoji in
 * English, and for a model that was taught a list of things the nearest of
 * those.  Finding words is match.c's and vocabulary.c's, their order sentence.c's. */
#include "../limn.h"

#include "emoji.h"
#include "item.h"
#include "language.h"
#include "sentence.h"
#include "settle.h"
#include "tags.h"
#include "vocabulary.h"

#include <string.h>

#define MAX_PROMPT_BYTES 4096 /* read; a model's 64 tokens end long before */

typedef struct
{
  LimnVocabulary *vocabulary; /* borrowed; NULL: any English will do */
  const char *locale;         /* of the user's desktop, "de"; NULL when unknown */
  const char *prompt;
  LimnReading *reading;
  LimnSentence *sentence;
  GString *things;      /* in English, what words named so far */
  gboolean has_english; /* so that words for emoji get no article */
  const char *language; /* of the first piece that is not English */
} Reader;

/* ---- pieces ------------------------------------------------------------------- */

typedef struct
{
  LimnScript script; /* NONE: an emoji, or the comma when it is one */
  gsize start, end;
  const char *emoji; /* its name */
} Piece;

static gboolean
is_comma (const char *p)
{
  gunichar c = g_utf8_get_char (p);
  char next = *g_utf8_next_char (p);

  if (c == '.' || c == '!' || c == '?')
    return next == ' ' || next == '\0' || next == '\n';
  return c == ',' || c == ';' || c == '\n' || c == 0x3001 || c == 0x3002 || c == 0xFF0C
         || c == 0xFF1B || c == 0x60C || c == 0x61B || c == 0x964 || c == 0xFF01 || c == 0xFF1F;
}

/* The script of the next letter, for digits: "3匹" is one word, "3 кота" is one language. */
static LimnScript
look_ahead (const char *p)
{
  for (; *p == ' ' || g_unichar_isdigit (g_utf8_get_char (p)); p = g_utf8_next_char (p))
    ;
  return limn_script_of (g_utf8_get_char (p));
}

static void
extend (GArray *pieces, LimnScript script, gsize start, gsize end)
{
  Piece *last = pieces->len == 0 ? NULL : &g_array_index (pieces, Piece, pieces->len - 1);
  Piece piece = { .script = script, .start = start, .end = end };

  if (last != NULL && last->script == script && last->emoji == NULL && script != LIMN_SCRIPT_NONE)
    last->end = end;
  else
    g_array_append_val (pieces, piece);
}

/* Cuts a prompt where the script changes, at commas and at emoji. */
static GArray *
cut (const char *prompt)
{
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  LimnScript script = LIMN_SCRIPT_LATIN;

  for (const char *p = prompt; *p != '\0';)
    {
      gsize start = (gsize) (p - prompt);
      gunichar c = g_utf8_get_char (p);
      gsize length = (gsize) (g_utf8_next_char (p) - p);
      const char *name = c < 0x2000 ? NULL : limn_emoji_match (p, &length);
      LimnScript found = g_unichar_isdigit (c) ? look_ahead (p) : limn_script_of (c);

      if (name != NULL)
        {
          Piece piece = { .start = start, .end = start + length, .emoji = name };

          g_array_append_val (pieces, piece);
        }
      else if (is_comma (p))
        extend (pieces, LIMN_SCRIPT_NONE, start, start + length);
      else
        {
          if (found != LIMN_SCRIPT_NONE && (g_unichar_isalpha (c) || found != LIMN_SCRIPT_LATIN))
            script = found;
          extend (pieces, script, start, start + length);
        }
      p += length;
    }
  return pieces;
}

static gboolean
is_blank (const char *text, const Piece *piece)
{
  for (const char *p = text + piece->start; p < text + piece->end; p = g_utf8_next_char (p))
    if (g_unichar_isalnum (g_utf8_get_char (p)) || g_unichar_ismark (g_utf8_get_char (p)))
      return FALSE;
  return TRUE;
}

/* ---- what was understood -------------------------------------------------------- */

static void
replacement_free (gpointer data)
{
  LimnReplacement *replacement = data;

  g_free (replacement->written);
  g_free (replacement->understood);
  g_strfreev (replacement->others);
  g_free (replacement);
}

static void
record (Reader *reader,
        const LimnItem *item,
        const char *understood,
        LimnReplacementKind kind,
        GStrv others)
{
  LimnReplacement *replacement = g_new0 (LimnReplacement, 1);

  replacement->written =
      g_strstrip (g_strndup (reader->prompt + item->start, item->end - item->start));
  replacement->understood = g_strdup (understood);
  replacement->kind = kind;
  replacement->others = others != NULL ? g_strdupv (others) : g_new0 (char *, 1);
  if (*replacement->written == '\0' || g_ascii_strcasecmp (replacement->written, understood) == 0)
    replacement_free (replacement);
  else
    g_ptr_array_add (reader->reading->replacements, replacement);
}

static gboolean
says_something (LimnWordKind kind)
{
  return kind == LIMN_WORD_THING || kind == LIMN_WORD_PLACE || kind == LIMN_WORD_COLOUR
         || kind == LIMN_WORD_ADJECTIVE || kind == LIMN_WORD_NUMBER || kind == LIMN_WORD_STYLE
         || kind == LIMN_WORD_RELATION;
}

/* The model's word for an item; empty when it has none. */
static void
choose (Reader *reader, LimnItem *item)
{
  LimnChoice choice;

  limn_vocabulary_choose (reader->vocabulary, item->text, &choice);
  if (choice.is_changed)
    {
      record (reader, item, choice.text, choice.kind, choice.others);
      g_free (item->text);
      item->text = g_steal_pointer (&choice.text);
      item->kind = LIMN_WORD_THING;
    }
  else if (item->is_emoji)
    record (reader, item, item->text, LIMN_REPLACEMENT_EMOJI, NULL);
  else if (item->is_foreign)
    record (reader, item, item->text, LIMN_REPLACEMENT_TRANSLATION, NULL);
  limn_choice_clear (&choice);
}

/* The last word of what was written is in what is understood: "in a forest", "in the forest". */
static gboolean
is_same_place (const char *written, gsize length, const char *understood)
{
  g_autofree char *copy = g_ascii_strdown (written, (gssize) length);
  const char *last;

  g_strstrip (copy);
  last = strrchr (copy, ' ');
  return strstr (understood, last == NULL ? copy : last + 1) != NULL;
}

/* What the model was taught for a word that is no thing: "behind" is "next to", "12" is "five". */
static void
use_taught_word (LimnItem *item)
{
  static const char kinds[] = { LIMN_WORD_RELATION, LIMN_WORD_AFTER,  LIMN_WORD_ADJECTIVE,
                                LIMN_WORD_COLOUR,   LIMN_WORD_NUMBER, 0 };
  const char *text =
      item->kind == LIMN_WORD_NUMBER && g_ascii_isdigit (*item->text) ? "many" : item->text;
  LimnWord word;

  if (item->kind == LIMN_WORD_UNKNOWN || strchr (kinds, (int) item->kind) == NULL
      || !limn_word_list_find (limn_lexicon_get_list ("en"), text, strlen (text), &word))
    return;
  if (word.kind == LIMN_WORD_SKIP)
    item->kind = LIMN_WORD_SKIP;
  else if (word.kind == item->kind
           || (word.kind == LIMN_WORD_RELATION && item->kind == LIMN_WORD_AFTER))
    {
      g_free (item->text);
      item->text = g_strndup (word.value, word.value_length);
    }
}

static void
add_item (Reader *reader, LimnItem *item)
{
  gboolean is_thing = item->kind == LIMN_WORD_THING || item->kind == LIMN_WORD_UNKNOWN;

  if (reader->vocabulary != NULL && item->is_foreign)
    use_taught_word (item);
  if (is_thing && !item->is_emoji)
    g_string_append_printf (reader->things, "%s;", item->text);
  if (item->is_unknown)
    ;
  else if (reader->vocabulary != NULL && is_thing)
    choose (reader, item);
  else if (item->is_emoji)
    record (reader, item, item->text, LIMN_REPLACEMENT_EMOJI, NULL);
  else if (item->is_foreign && says_something (item->kind))
    record (reader, item, item->text, LIMN_REPLACEMENT_TRANSLATION, NULL);
  else if (!item->is_foreign && says_something (item->kind) && !is_thing
           && !is_same_place (reader->prompt + item->start, item->end - item->start, item->text))
    record (reader, item, item->text, LIMN_REPLACEMENT_NEAREST, NULL);
  if (*item->text != '\0' || item->kind == LIMN_WORD_THING || item->kind == LIMN_WORD_DE
      || item->kind == LIMN_WORD_AT)
    limn_sentence_add (reader->sentence, item);
}

/* ---- reading -------------------------------------------------------------------- */

static void
add_items (Reader *reader, LimnItems *items)
{
  for (guint i = 0; i < items->items->len; i++)
    add_item (reader, limn_items_get (items, i));
}

/* Verbs and the like are no nouns: unknown words of other languages stay as they
 * are for models that take any words, and are not guessed at for the others. */
static void
settle_unknown (Reader *reader, LimnItems *items)
{
  for (guint i = 0; i < items->items->len; i++)
    {
      LimnItem *item = limn_items_get (items, i);

      if (item->kind != LIMN_WORD_UNKNOWN || reader->vocabulary == NULL)
        continue;
      record (reader, item, "", LIMN_REPLACEMENT_UNKNOWN, NULL);
      item->kind = LIMN_WORD_THING; /* that nobody knows: its relation goes with it */
      item->text[0] = '\0';
      item->is_unknown = TRUE;
    }
}

static void
read_foreign (Reader *reader, const Piece *piece, const char *locale)
{
  g_auto (LimnItems) items = { 0 };

  if (reader->language == NULL)
    reader->language = locale;
  limn_items_init (&items, reader->prompt);
  limn_match (&items, locale, piece->start, piece->end);
  limn_settle (&items, locale);
  settle_unknown (reader, &items);
  add_items (reader, &items);
}

static void
read_english (Reader *reader, const Piece *piece)
{
  g_auto (LimnItems) items = { 0 };

  limn_items_init (&items, reader->prompt);
  if (reader->vocabulary != NULL)
    limn_vocabulary_match (reader->vocabulary, &items, piece->start, piece->end);
  else
    {
      g_autofree char *text =
          g_strstrip (g_strndup (reader->prompt + piece->start, piece->end - piece->start));

      limn_items_add (&items, LIMN_WORD_UNKNOWN, text, strlen (text), piece->start, piece->end);
    }
  add_items (reader, &items);
}

/* The names that the lexicon gives an emoji, first the one that people say; "|" between. */
static char *
name_emoji (const char *emoji, gsize length, const char *unicode_name)
{
  LimnWordList *entries = limn_lexicon_get_list ("entries");
  char *name;

  for (guint i = 0; entries != NULL && i < limn_word_list_get_size (entries); i++)
    {
      LimnWord word;

      limn_word_list_get_word (entries, i, &word);
      if (length >= word.key_length && memcmp (emoji, word.key, word.key_length) == 0
          && (length == word.key_length
              || (length == word.key_length + 3 && g_str_has_suffix (emoji, "\xef\xb8\x8f"))))
        return g_strndup (word.value, strcspn (word.value, "\t\n"));
    }
  name = g_ascii_strdown (unicode_name, -1);
  return g_strdelimit (name, "_", ' ');
}

static gboolean
has_word (const char *text, const char *word)
{
  gsize length = strlen (word);

  for (const char *p = text; (p = strstr (p, word)) != NULL; p += length)
    if ((p == text || !g_ascii_isalnum (p[-1])) && !g_ascii_isalnum (p[length]))
      return length > 0;
  return FALSE;
}

/* Whether English text names the thing, one or several: "two cats" does a "cat face". */
static gboolean
has_thing (const char *text, const char *name)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);
  g_autofree char *noun =
      g_strndup (name, strlen (name) - (g_str_has_suffix (name, " face") ? strlen (" face") : 0));
  g_autofree char *plural = limn_english_plural (noun);

  return has_word (lower, noun) || has_word (lower, plural);
}

static void
read_emoji (Reader *reader, const Piece *piece)
{
  g_autofree char *emoji = g_strndup (reader->prompt + piece->start, piece->end - piece->start);
  g_autofree char *all = name_emoji (emoji, strlen (emoji), piece->emoji);
  g_auto (GStrv) names = g_strsplit (all, "|", -1);
  LimnItem item = {
    .kind = LIMN_WORD_THING, .start = piece->start, .end = piece->end, .is_emoji = TRUE
  };

  for (guint i = 0; names[i] != NULL; i++)
    if (has_thing (reader->prompt, names[i]) || has_thing (reader->things->str, names[i]))
      return; /* "a frog" and its picture */
  item.text = g_strdup (names[0]);
  item.is_foreign = !reader->has_english;
  add_item (reader, &item);
  g_free (item.text);
}

/* The language of all pieces of one script: what stands between commas is too little. */
static const char *
guess (Reader *reader, GArray *pieces, LimnScript script)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < pieces->len; i++)
    {
      const Piece *piece = &g_array_index (pieces, Piece, i);

      if (piece->script != script)
        continue;
      g_string_append_len (text, reader->prompt + piece->start,
                           (gssize) (piece->end - piece->start));
      g_string_append_c (text, ' ');
    }
  return limn_language_guess (script, text->str, text->len, reader->locale);
}

static void
read_pieces (Reader *reader, GArray *pieces)
{
  const char *languages[LIMN_SCRIPT_THAI + 1] = { 0 };
  const char *part = NULL; /* the language of the words since the last comma; NULL: English */

  for (guint i = 0; i < pieces->len; i++)
    {
      const Piece *piece = &g_array_index (pieces, Piece, i);

      if (languages[piece->script] == NULL)
        languages[piece->script] = guess (reader, pieces, piece->script);
      reader->has_english =
          reader->has_english
          || (piece->script == LIMN_SCRIPT_LATIN && !is_blank (reader->prompt, piece)
              && g_strcmp0 (languages[LIMN_SCRIPT_LATIN], "en") == 0);
    }
  for (guint i = 0; i < pieces->len; i++)
    {
      const Piece *piece = &g_array_index (pieces, Piece, i);

      if (piece->emoji != NULL)
        read_emoji (reader, piece); /* a word of the language around it: "zwei 🐧" */
      else if (piece->script == LIMN_SCRIPT_NONE)
        {
          limn_sentence_end_part (reader->sentence, part);
          limn_sentence_add_comma (reader->sentence);
          part = NULL;
        }
      else if (is_blank (reader->prompt, piece))
        continue;
      else
        {
          const char *language = languages[piece->script];
          gboolean is_english = g_str_equal (language, "en");

          if (part != NULL && !g_str_equal (part, language))
            limn_sentence_end_part (reader->sentence, part);
          part = is_english ? NULL : language;
          if (is_english)
            read_english (reader, piece);
          else
            read_foreign (reader, piece, language);
        }
    }
  limn_sentence_end_part (reader->sentence, part);
}

/* Nothing to do for it: English letters alone, for a model that takes any. */
static gboolean
is_plain_english (Reader *reader, GArray *pieces)
{
  if (reader->vocabulary != NULL)
    return FALSE;
  for (guint i = 0; i < pieces->len; i++)
    {
      const Piece *piece = &g_array_index (pieces, Piece, i);

      if (piece->emoji != NULL
          || (piece->script != LIMN_SCRIPT_NONE && piece->script != LIMN_SCRIPT_LATIN))
        return FALSE;
    }
  return g_str_equal (guess (reader, pieces, LIMN_SCRIPT_LATIN), "en");
}

static char *
shorten (const char *prompt)
{
  g_autofree char *valid = g_utf8_make_valid (prompt, (gssize) strnlen (prompt, MAX_PROMPT_BYTES));

  return g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
}

/* "de_DE.UTF-8" to "de". */
static char *
language_of_locale (const char *locale)
{
  return locale == NULL ? NULL : g_ascii_strdown (locale, (gssize) strcspn (locale, "_-.@"));
}

LimnReading *
limn_vocabulary_read (LimnVocabulary *vocabulary, const char *prompt, const char *locale)
{
  g_autofree char *whole = shorten (prompt != NULL ? prompt : "");
  g_autofree char *text = vocabulary == NULL ? g_strdup (whole) : limn_tags_open (whole);
  g_autofree char *language = language_of_locale (locale);
  g_autoptr (GArray) pieces = cut (text);
  g_autoptr (GString) things = g_string_new (NULL);
  Reader reader = {
    .vocabulary = vocabulary, .locale = language, .prompt = text, .things = things
  };

  reader.reading = g_new0 (LimnReading, 1);
  reader.reading->replacements = g_ptr_array_new_with_free_func (replacement_free);
  if (is_plain_english (&reader, pieces))
    reader.reading->prompt = g_utf8_make_valid (prompt != NULL ? prompt : "", -1);
  else
    {
      reader.sentence = limn_sentence_new (vocabulary);
      read_pieces (&reader, pieces);
      reader.reading->prompt = limn_sentence_finish (reader.sentence);
    }
  reader.reading->language = g_strdup (reader.language != NULL ? reader.language : "en");
  return reader.reading;
}

/**
 * limn_model_read_prompt:
 * @model: a model
 * @prompt: (nullable): as the user wrote it, in any language
 * @locale: (nullable): the user's, such as "de_DE.UTF-8"; decides when a word
 *   is in several languages
 *
 * Puts @prompt into words that @model knows.  English passes untouched if the
 * model takes any words.
 *
 * Returns: (transfer full): what was understood
 */
LimnReading *
limn_model_read_prompt (LimnModel *model, const char *prompt, const char *locale)
{
  g_autoptr (LimnVocabulary) vocabulary = limn_vocabulary_new_for_model (model);

  return limn_vocabulary_read (vocabulary, prompt, locale);
}

void
limn_reading_free (LimnReading *reading)
{
  if (reading == NULL)
    return;
  g_free (reading->prompt);
  g_free (reading->language);
  g_ptr_array_unref (reading->replacements);
  g_free (reading);
}
