/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the rooms of the engine see of an opened model: its sizes and its
 * weights as views.  Every shape has been checked against the sizes.
 */
#pragma once

#include "../limn.h"
#include "../tensor/tensor.h"
#include "../text/tokenizer.h"
#include "../text/normalize.h"
#include "gguf.h"

G_BEGIN_DECLS

#define LIMN_MAX_LEVELS 8 /* of a VQGAN */
#define LIMN_MAX_LOOKS  64

typedef struct
{
  guint n_layers;
  guint n_heads;
  guint ffn; /* F: GLU width */
} LimnBartConfig;

typedef struct
{
  guint d;            /* D: embedding, the same in encoder and decoder */
  guint text_vocab;   /* rows of the text table; ids are clamped to it */
  guint text_length;  /* T */
  guint image_vocab;  /* V: number of codes; logits may have more columns */
  guint image_rows;   /* rows of the image table and of lm_head, > V */
  guint image_length; /* I */
  guint start_token;
  double min_probability; /* with the words, of a token that may be drawn */
  float layer_norm_eps;
  LimnBartConfig encoder;
  LimnBartConfig decoder;
  LimnNormalizer normalizer;
} LimnTextConfig;

typedef struct
{
  guint ch;
  guint n_levels;
  guint ch_mult[LIMN_MAX_LEVELS];
  guint n_res_blocks;
  guint n_attn_resolutions;
  guint attn_resolutions[LIMN_MAX_LEVELS];
  guint resolution; /* pixels */
  guint z_channels;
  guint embed_dim;
  guint n_embed;  /* codes */
  guint n_groups; /* 32 */
  /* of an upsampling convolution, for each output channel: 1, over the doubled picture as taming
   * has it; or 4, one for each of the new pixels, over the small one (sub-pixel convolution) */
  guint upsample_filters;
  guint skips_encoder_middle; /* whether the encoder has no middle; published ones do */
  float norm_eps;
  /* looks, see vqgan/looks.h; 0 in published models */
  guint n_looks;
  guint look_tokens[LIMN_MAX_LOOKS];
  guint look_widths[LIMN_MAX_LOOKS]; /* hidden numbers of a cell */
  guint look_sizes[LIMN_MAX_LOOKS];  /* of the second convolution: 1 or 3 */
  guint n_backgrounds;               /* tokens below this one show background and nothing else */
} LimnVqganConfig;

typedef struct
{
  LimnMatrix q, k, v, out; /* (D, D) */
} LimnAttention;

typedef struct
{
  LimnNorm pre_self, post_self;
  LimnAttention self;
  LimnNorm pre_cross, post_cross; /* decoder only */
  LimnAttention cross;            /* decoder only */
  LimnNorm ln0, ln1;              /* of the GLU: (D), (F) */
  LimnMatrix fc0, fc1;            /* (F, D); fc0 is the gelu branch */
  LimnMatrix fc2;                 /* (D, F) */
} LimnLayer;

typedef struct
{
  LimnMatrix embed_tokens;    /* (text_vocab or image_rows, D) */
  LimnMatrix embed_positions; /* (T or I, D) */
  LimnNorm layernorm_embedding;
  LimnLayer *layers; /* owned */
  LimnNorm final_ln;
  LimnMatrix lm_head; /* (image_rows, D), decoder only */
} LimnBart;

typedef struct
{
  LimnNorm norm1, norm2;
  LimnConv conv1, conv2;
  LimnConv shortcut; /* weight NULL when the channels stay the same */
} LimnResBlock;

typedef struct
{
  LimnNorm norm;
  LimnConv q, k, v, out;
} LimnAttnBlock;

typedef struct
{
  guint n_blocks;
  LimnResBlock *blocks; /* owned */
  LimnAttnBlock *attn;  /* owned; NULL without attention at this resolution */
  LimnConv resample;    /* upsample or downsample; weight NULL on the last level */
} LimnLevel;

typedef struct
{
  LimnConv conv_in;
  LimnResBlock mid_1, mid_2;
  LimnAttnBlock mid_attn;
  LimnLevel levels[LIMN_MAX_LEVELS]; /* index = level: 0 has the full resolution */
  LimnNorm norm_out;
  LimnConv conv_out;
  LimnConv quant; /* post_quant_conv of a decoder, quant_conv of an encoder */
} LimnVqgan;

/* What a look does to code vectors.  Vectors of two rows: for background, for all else. */
typedef struct
{
  const float *keep; /* (2, embed_dim) */
  LimnMatrix in;     /* (width, embed_dim) */
  const float *bias; /* (2, width) */
  LimnMatrix out;    /* (embed_dim, width * size * size), columns as (width, row, column) */
} LimnLook;

struct _LimnModel
{
  gatomicrefcount ref_count;
  LimnGguf *gguf;     /* owned: the mapping all views point into */
  LimnModelInfo info; /* strings owned by the model */
  LimnTextConfig text;
  LimnVqganConfig vqgan;
  LimnBart encoder;
  LimnBart decoder;
  LimnMatrix codebook; /* (n_embed, embed_dim) */
  LimnVqgan vqgan_decoder;
  LimnVqgan vqgan_encoder;
  LimnLook *looks;          /* owned: one for each of the VQGAN's, or NULL */
  LimnTokenizer *tokenizer; /* owned, NULL when the part is missing */
  /* previews: pixels (size * size * 3) of one token = matrix * code vector + bias */
  guint preview_pixels; /* pixels along a token's side, 0 without the part */
  LimnMatrix preview;   /* (preview_pixels^2 * 3, embed_dim), F32 */
  const float *preview_bias;
  /* owned: what the strings of info point to */
  char *path;
  char *name;
  char *license;
  char *source;
};

/* Takes the reader; path is for messages. */
LimnModel *limn_model_new_from_gguf (LimnGguf *gguf, const char *path, GError **error);

/* FALSE with an error once the file behind the model has been cut short or
 * changed; what was computed since the last good check is then worthless.  One
 * fstat(): to be called before a job, in each decoder step and at its end. */
gboolean limn_model_check (LimnModel *model, GError **error);

/* Bytes in the file of the tensors whose names begin so. */
guint64 limn_model_get_weights_bytes (LimnModel *model, const char *prefix);

/* Lets these weights leave the memory until they are used again.  Any thread. */
void limn_model_forget_weights (LimnModel *model, const char *prefix);

/* FALSE with LIMN_ERROR_NO_MEMORY if so many bytes are not free.  Any thread. */
gboolean limn_memory_require (guint64 bytes, GError **error);

/* Sets a LIMN_ERROR_MISSING that names what is not there and what to import. */
gboolean limn_model_require (LimnModel *model, LimnModelPart parts, GError **error);

G_END_DECLS
