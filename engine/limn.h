/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limn.h: the whole public interface of Limn's engine.
 *
 * A sentence goes in, pictures come out:
 *
 *   g_autoptr (GError) error = NULL;
 *   g_autoptr (LimnModel) model = limn_model_open ("starter.gguf", &error);
 *   LimnRequest request;
 *   limn_request_init (&request, model);
 *   request.prompt = "a frog on the moon";
 *   g_autoptr (GPtrArray) pictures = limn_generate (model, &request, NULL, NULL, NULL, &error);
 *
 * Every call is safe against hostile files and prompts: it returns an error,
 * never crashes, and bounds every size before using it.  No call touches a
 * main loop.  Errors are in the domain %LIMN_ERROR, or %G_IO_ERROR for what
 * the system refused (%G_IO_ERROR_CANCELLED when a #GCancellable was used).
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LIMN_ERROR (limn_error_quark ())

/**
 * LimnError:
 * @LIMN_ERROR_TRUNCATED: a file ends before what it promises
 * @LIMN_ERROR_CORRUPT: a file contradicts itself or its format
 * @LIMN_ERROR_UNSUPPORTED: well-formed, but not something Limn can use
 * @LIMN_ERROR_TOO_LARGE: a size is beyond what Limn accepts
 * @LIMN_ERROR_MISSING: a part that this job needs is not there
 * @LIMN_ERROR_NO_MEMORY: not enough memory for this job
 * @LIMN_ERROR_INVALID_REQUEST: a setting is out of its range
 */
typedef enum
{
  LIMN_ERROR_TRUNCATED,
  LIMN_ERROR_CORRUPT,
  LIMN_ERROR_UNSUPPORTED,
  LIMN_ERROR_TOO_LARGE,
  LIMN_ERROR_MISSING,
  LIMN_ERROR_NO_MEMORY,
  LIMN_ERROR_INVALID_REQUEST,
} LimnError;

GQuark limn_error_quark (void);

/* ==== model ============================================================== */

/**
 * LimnModel:
 *
 * An opened model file: immutable, atomically reference counted, usable from
 * any thread.  Weights stay mapped from the file.
 */
typedef struct _LimnModel LimnModel;

LimnModel *limn_model_open (const char *path, GError **error);
LimnModel *limn_model_ref (LimnModel *model);
void limn_model_unref (LimnModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnModel, limn_model_unref)

/**
 * LimnModelPart:
 *
 * What a model file holds.  Drawing needs text, tokenizer and decoder.
 */
typedef enum
{
  LIMN_MODEL_PART_TEXT = 1 << 0,      /* BART encoder and decoder */
  LIMN_MODEL_PART_TOKENIZER = 1 << 1, /* vocabulary and merges */
  LIMN_MODEL_PART_DECODER = 1 << 2,   /* VQGAN decoder: tokens to pixels */
  LIMN_MODEL_PART_ENCODER = 1 << 3,   /* VQGAN encoder: pixels to tokens */
  LIMN_MODEL_PART_PREVIEW = 1 << 4,   /* linear map for previews */
} LimnModelPart;

/**
 * LimnModelInfo:
 *
 * Facts of a model, borrowed from it and valid as long as it is.  Strings are
 * UTF-8 without control characters, never %NULL, empty when unknown.
 */
typedef struct
{
  const char *name;
  const char *license;
  const char *source;
  const char *path;
  LimnModelPart parts;
  guint64 file_size_bytes;
  guint64 n_parameters;
  const char *weight_type; /* of the large matrices: "F32", "F16", "BF16", "I8" */
  guint picture_size;      /* pixels, width and height; 0 without a decoder */
  guint grid_size;         /* image tokens along one side: 16 */
  guint text_length;       /* T: text tokens, special ones included */
  guint embedding_length;  /* D */
  guint n_encoder_layers;
  guint n_decoder_layers;
  guint image_vocab_size; /* V: number of codes */
  double default_temperature;
  guint default_top_k;
  double default_guidance;
} LimnModelInfo;

const LimnModelInfo *limn_model_get_info (LimnModel *model);

/**
 * LimnMemoryPlan:
 * @weights_bytes: most of the file's weights that are in use at a time; mapped
 * @working_bytes: allocated while drawing @n_at_once pictures, or one if that is 0
 * @all_bytes: weights and work of all the pictures wanted, drawn together
 * @available_bytes: free on this computer now
 * @n_at_once: pictures that fit together; 0 when not even one does
 *
 * What drawing will take, known before anything is loaded.
 */
typedef struct
{
  guint64 weights_bytes;
  guint64 working_bytes;
  guint64 all_bytes;
  guint64 available_bytes;
  guint n_at_once;
} LimnMemoryPlan;

void limn_model_plan_memory (LimnModel *model, guint n_pictures, LimnMemoryPlan *plan);

/**
 * limn_model_check_tokenizer:
 *
 * Reads a few prompts whose ids are known for the published models and
 * compares.  Models of other sizes, and models without a tokenizer, pass.
 */
gboolean limn_model_check_tokenizer (LimnModel *model, GError **error);

/**
 * limn_memory_get_available_bytes:
 *
 * Memory that this process may still take, as limn_model_plan_memory() sees it:
 * what is free, within the limits of its control groups, its address space and
 * the environment variable LIMN_MEMORY_LIMIT (bytes; K, M or G may follow).
 */
guint64 limn_memory_get_available_bytes (void);

/* ==== drawing ============================================================ */

#define LIMN_MAX_PICTURES 1024 /* in one request; drawn in batches that fit the memory */

/**
 * LimnRequest:
 *
 * One job.  limn_request_init() fills it with the model's defaults; strings
 * and arrays are borrowed for the duration of the call.  Picture i has the
 * seed limn_picture_seed (seed, i), so that it is the same picture alone or
 * in a grid.
 */
typedef struct
{
  const char *prompt;          /* UTF-8, any length; invalid bytes are tolerated */
  const char *negative_prompt; /* text of the unconditional stream, NULL for none */
  guint n_pictures;
  guint64 seed;
  const guint64 *seeds;    /* (n_pictures) own seed of each picture, or NULL */
  double temperature;      /* 0 takes the likeliest token */
  guint top_k;             /* 0 keeps all tokens */
  double guidance;         /* super-conditioning factor; 1 for none */
  const guint32 *keep_ids; /* (n_keep) first image tokens given, not drawn */
  guint n_keep;
  double redraw;            /* 0 to 1: this share of the kept tokens is drawn again all the same,
                               in each picture other ones, chosen by its seed */
  const char *blend_prompt; /* a second prompt that is mixed in, NULL for none */
  double blend;             /* 0 is @prompt alone, 1 @blend_prompt alone */
  gboolean is_tile;         /* left and right, top and bottom edges of each picture meet */
  guint n_threads;          /* 0: one a processor core */
  guint niceness; /* 0 to 19: how far the drawing threads step back behind other programs' */
  gboolean no_previews;
} LimnRequest;

void limn_request_init (LimnRequest *request, LimnModel *model);

/* One core, and that only while nothing else wants it; the pictures are the same. */
void limn_request_be_gentle (LimnRequest *request);

/**
 * limn_picture_seed:
 *
 * The seed of picture @i of a grid drawn with @seed.  Picture 0 has @seed
 * itself, so that a picture of a grid can be drawn again alone.
 */
guint64 limn_picture_seed (guint64 seed, guint i);

/**
 * LimnPicture:
 *
 * A finished picture: 8-bit RGB rows from the top, without padding between rows.
 */
typedef struct
{
  /*< private >*/
  gatomicrefcount ref_count;
  /*< public >*/
  guint index; /* place in its request */
  guint width;
  guint height;
  guint8 *rgb;  /* (height, width, 3) */
  guint32 *ids; /* (n_ids) image tokens, row by row */
  guint n_ids;
  guint64 seed;
  double score; /* how likely the model finds the picture, knowing the words: the sum over tokens
                   of log p (token | prompt), whatever guidance did; tokens that all pictures of
                   the request keep count 0 */
} LimnPicture;

LimnPicture *limn_picture_ref (LimnPicture *picture);
void limn_picture_unref (LimnPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnPicture, limn_picture_unref)

typedef enum
{
  LIMN_STAGE_READ,   /* the prompt goes through the encoder */
  LIMN_STAGE_DRAW,   /* image tokens, row by row; previews */
  LIMN_STAGE_RENDER, /* tokens become pixels, picture by picture */
} LimnStage;

/**
 * LimnProgress:
 *
 * Where a job is.  Reported from the thread that called limn_generate(), or
 * from one of the job's own while that waits (with a niceness); at least once
 * a row of tokens.  Everything in it is borrowed for the call.
 */
typedef struct
{
  LimnStage stage;
  double fraction;     /* 0 to 1 of the whole job, never falling */
  double seconds_left; /* an estimate; negative while unknown */
  guint first;         /* first picture of the batch being drawn */
  guint n_batch;       /* pictures in it */
  guint rows_done;     /* rows of tokens finished in this batch, 0 to grid_size */
  /* after each row: a small picture of each of the batch, rows not drawn yet are grey */
  const guint8 *previews; /* (n_batch, preview_size, preview_size, 3) or NULL */
  guint preview_size;
  LimnPicture *picture; /* in LIMN_STAGE_RENDER: the picture just finished, or NULL */
} LimnProgress;

typedef void (*LimnProgressFunc) (const LimnProgress *progress, gpointer user_data);

/**
 * limn_generate:
 * @model: a model that holds text, tokenizer and decoder
 * @request: what to draw
 * @progress: (nullable): called as the job goes on
 * @cancellable: (nullable): stops the job within one decoder step
 *
 * Draws pictures; blocks until they are done.  Several calls may run at the
 * same time.  A picture depends on model, prompts, its seed, temperature, top-k,
 * guidance, blend, kept tokens, redraw and is_tile alone.  With the picture's own
 * tokens as kept ones, the same seed and the same redraw draw it again.
 *
 * Returns: (transfer full) (element-type LimnPicture): @request->n_pictures
 *   pictures in order, or %NULL with @error set.
 */
GPtrArray *limn_generate (LimnModel *model,
                          const LimnRequest *request,
                          LimnProgressFunc progress,
                          gpointer user_data,
                          GCancellable *cancellable,
                          GError **error);

GBytes *limn_model_make_film (LimnModel *model,
                              const guint32 *ids,
                              guint n_ids,
                              guint *size,
                              GError **error);

/* ==== pixels and tokens ================================================== */

#define LIMN_MAX_MAP_SIDE 128 /* image tokens along a side of a map */

/**
 * LimnMap:
 *
 * Image tokens, row by row: those of one picture, or of several side by side.
 */
typedef struct
{
  const guint32 *ids; /* (height, width), borrowed */
  guint height;       /* in tokens, 1 to LIMN_MAX_MAP_SIDE */
  guint width;
  gboolean is_tile; /* what is made of it can be repeated without a seam: beyond each edge
                       every convolution sees the opposite one */
} LimnMap;

/**
 * limn_render:
 * @model: a model with a picture decoder
 * @n_threads: 0 for one a processor core
 * @cancellable: (nullable): stops within one layer
 *
 * Turns tokens into pixels; blocks until that is done.  The pixels depend on
 * model and map alone.  Fails with %LIMN_ERROR_INVALID_REQUEST for tokens that
 * the model does not know and sides out of range, %LIMN_ERROR_NO_MEMORY.
 *
 * Returns: (transfer full): a picture without seed and score
 */
LimnPicture *limn_render (LimnModel *model,
                          const LimnMap *map,
                          guint n_threads,
                          GCancellable *cancellable,
                          GError **error);

/**
 * limn_join_ids:
 * @ids: (n_pictures, grid_size * grid_size): tokens of each picture
 * @n_pictures: at least one
 * @map: (out): sides of the joined map, and its ids, which are what is returned
 *
 * Lays the tokens of pictures side by side, in rows as near to a square as can
 * be; places left over get the first pictures again.  Rendered as one map the
 * pictures run into each other without a seam (min-dalle's "seamless").
 *
 * Returns: (transfer full)
 */
guint32 *limn_join_ids (const guint32 *const *ids, guint n_pictures, guint grid_size, LimnMap *map);

/**
 * limn_read_picture:
 * @model: a model with a picture encoder
 * @rgb: (picture_size, picture_size, 3), 8 bit, rows from the top
 * @n_threads: 0 for one a processor core
 * @cancellable: (nullable): stops within one layer
 * @n_ids: (out): grid_size * grid_size
 *
 * Finds the image tokens nearest to a picture; blocks until that is done.
 * Fails with %LIMN_ERROR_MISSING when the model has no encoder,
 * %LIMN_ERROR_UNSUPPORTED when its encoder and decoder do not fit together,
 * %LIMN_ERROR_NO_MEMORY.
 *
 * Returns: (transfer full) (array length=n_ids): tokens, row by row
 */
guint32 *limn_read_picture (LimnModel *model,
                            const guint8 *rgb,
                            guint n_threads,
                            GCancellable *cancellable,
                            guint *n_ids,
                            GError **error);

/* ==== prompts ============================================================ */

/**
 * LimnReplacementKind:
 * @LIMN_REPLACEMENT_TRANSLATION: the same in English
 * @LIMN_REPLACEMENT_EMOJI: the word for an emoji
 * @LIMN_REPLACEMENT_NEAREST: another word for it, or the nearest thing that the model can draw
 * @LIMN_REPLACEMENT_SPELLING: a typing slip put right
 * @LIMN_REPLACEMENT_UNKNOWN: left out; the model knows nothing like it
 */
typedef enum
{
  LIMN_REPLACEMENT_TRANSLATION,
  LIMN_REPLACEMENT_EMOJI,
  LIMN_REPLACEMENT_NEAREST,
  LIMN_REPLACEMENT_SPELLING,
  LIMN_REPLACEMENT_UNKNOWN,
} LimnReplacementKind;

typedef struct
{
  char *written;    /* a part of the prompt */
  char *understood; /* English; empty when it was left out */
  LimnReplacementKind kind;
  char **others; /* NULL-terminated: what else the model could take it for, likeliest first */
} LimnReplacement;

/**
 * LimnReading:
 *
 * A prompt as a model will take it.
 */
typedef struct
{
  char *prompt;            /* in English, with words the model knows */
  char *language;          /* of the original: "en", "zh", ... */
  GPtrArray *replacements; /* LimnReplacement, in the order of the original */
} LimnReading;

LimnReading *limn_model_read_prompt (LimnModel *model, const char *prompt, const char *locale);
void limn_reading_free (LimnReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnReading, limn_reading_free)

/* A funny prompt that the model can draw (NULL: any model); the same for the same seed. */
char *limn_surprise (LimnModel *model, guint64 seed);

/* ==== import ============================================================= */

typedef void (*LimnImportProgressFunc) (double fraction, const char *what, gpointer user_data);

/**
 * LimnImportOptions:
 * @quantize: "keep" (or %NULL: the precision of the files), "f32", "f16", "bf16" or "i8"
 * @name: (nullable): the model's name; by default made from the files
 */
typedef struct
{
  const char *quantize;
  const char *name;
  const char *license;
  const char *source;
} LimnImportOptions;

/**
 * limn_import:
 * @paths: %NULL-terminated: checkpoint files, tokenizer files and configs in
 *   any order, recognised by their content; a folder stands for its files
 * @output: the GGUF file to write, none of @paths; appears whole or not at all
 *
 * Makes one model file from public checkpoint formats.  Incomplete sets are
 * accepted as long as one part is whole.  Nothing in the files is executed.
 */
gboolean limn_import (const char *const *paths,
                      const char *output,
                      const LimnImportOptions *options,
                      LimnImportProgressFunc progress,
                      gpointer user_data,
                      GCancellable *cancellable,
                      GError **error);

/* Whether there is this precision (NULL: yes), to be asked before files are fetched for hours. */
gboolean limn_import_check_quantize (const char *quantize, GError **error);

/* ==== this computer ====================================================== */

/**
 * limn_cpu_get_level:
 *
 * The name of the instruction set the kernels use here, such as "avx512-vnni".
 * The environment variable LIMN_CPU (or limn_cpu_set_level() before the first
 * model is opened) forces a lower one.
 */
const char *limn_cpu_get_level (void);
gboolean limn_cpu_set_level (const char *level, GError **error);

/* The name of the kernels that OpenBLAS uses here, such as "Zen"; it multiplies the large
 * float matrices. */
const char *limn_cpu_get_blas (void);

G_END_DECLS
