/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The small files around a checkpoint: config.json, vocabulary, merges, list
 * of concepts.  Recognised by what is in them.
 */
#pragma once

#include "../model/mapped-file.h"
#include "../model/model-private.h"

G_BEGIN_DECLS

/* What config.json says of a text model; 0 for sizes that it does not give. */
typedef struct
{
  gboolean is_there;
  char *file; /* owned: for messages */
  guint d;
  guint encoder_layers, decoder_layers;
  guint encoder_heads, decoder_heads;
  guint encoder_ffn, decoder_ffn;
  guint text_vocab;
  guint image_vocab; /* as written: may count columns that are no codes */
  guint text_length;
  guint image_length;
  gboolean has_start_token;
  guint start_token;
  gboolean normalizes_text;
  gboolean has_sampling;
  double temperature;
  guint top_k;
  double guidance;
  double min_probability;
  char *model_name;  /* owned, may be NULL */
  char *license;     /* owned, may be NULL */
  GPtrArray *styles; /* owned names of styles it was taught; NULL: none */
} LimnTextSettings;

typedef struct
{
  gboolean is_there;
  char *file;             /* owned: for messages */
  LimnVqganConfig config; /* norm_eps and n_groups have their defaults when not given */
} LimnVqganSettings;

typedef struct
{
  LimnTextSettings text;
  LimnVqganSettings vqgan;
  GPtrArray *tokens;         /* owned texts by id, NULL without a vocabulary */
  GPtrArray *merges;         /* owned "left right" */
  GPtrArray *concepts;       /* owned "name|synonym|..." */
  GPtrArray *concept_traits; /* owned "plural|group|letters" of each; NULL if not known */
  /* from tokenizer.json, used when the files above are not there */
  GPtrArray *spare_tokens;
  GPtrArray *spare_merges;
} LimnSettings;

void limn_settings_clear (LimnSettings *settings);

/* Reads a text file into settings.  is_used: whether it was of any use; a text
 * that Limn does not know is no error. */
gboolean limn_settings_read (LimnSettings *settings,
                             LimnMappedFile *file,
                             const char *base_name,
                             gboolean *is_used,
                             GError **error);

/* Vocabulary and merges, wherever they came from; FALSE when there are none. */
gboolean
limn_settings_get_tokenizer (const LimnSettings *settings, GPtrArray **tokens, GPtrArray **merges);

G_END_DECLS
