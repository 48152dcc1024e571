/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The layers of a VQGAN over planes in two or three buffers that take turns.
 * A dry walk finds the sizes; nothing is allocated while a picture is made.
 */
#include "config.h"
#include "net.h"
#include "attention.h"
#include "../tensor/large-memory.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#define N_BUFFERS    3
#define MAX_CHANNELS (LIMN_MAX_BLOCKS * LIMN_BLOCK) /* of one layer; far beyond any VQGAN */
#define MAX_SIDE     16384                          /* pixels */
/* Pixels: the time grows with their square, and cannot be cut short. */
#define MAX_ATTENDED (128 * 128)

typedef enum
{
  DRY_SIZES,   /* add up what will be needed */
  DRY_PREPARE, /* and prepare the weights */
  WET,
} Mode;

struct _LimnNet
{
  /* owned */
  GArray *plans;             /* LimnConvPlan, in the order of their use */
  float *buffers[N_BUFFERS]; /* in memory, as scratch, moments and affine */
  float *scratch;
  double *moments;
  float *memory; /* all of the above in one piece */

  /* borrowed */
  LimnModel *model;
  const LimnVqgan *weights;
  LimnCompute *compute;
  LimnNetWalk walk;
  GCancellable *cancellable;
  GError *error;

  /* settings */
  LimnNetInput input;
  guint n_threads;
  gboolean wraps;
  gsize buffer_floats[N_BUFFERS];
  gsize scratch_floats;
  gsize n_moments;
  guint max_channels;
  guint64 plan_bytes;

  /* state of a walk */
  Mode mode;
  guint next_plan;
  guint order[N_BUFFERS]; /* buffers as they take turns: [0] is what the last layer left */
  LimnPlanes x;           /* in buffers[order[0]] */
  LimnAffine affine;
};

/* ==== the parts of a layer =============================================== */

static gboolean
fail (LimnNet *net)
{
  if (net->error == NULL)
    g_set_error (&net->error, LIMN_ERROR, LIMN_ERROR_UNSUPPORTED,
                 _ ("The picture part (VQGAN) of this model has layers that do not fit together."));
  return FALSE;
}

static void
ask_scratch (LimnNet *net, gsize n_floats)
{
  net->scratch_floats = MAX (net->scratch_floats, n_floats);
}

/* Planes in a buffer, or dry: notes how large the buffers must be. */
static gboolean
place (LimnNet *net,
       guint buffer,
       guint n_channels,
       guint height,
       guint width,
       guint border,
       LimnPlanes *planes)
{
  gsize n_floats;

  if (n_channels == 0 || n_channels > MAX_CHANNELS || height > MAX_SIDE || width > MAX_SIDE
      || !limn_planes_size (n_channels, height, width, border, &n_floats))
    return fail (net);
  net->buffer_floats[net->order[buffer]] = MAX (net->buffer_floats[net->order[buffer]], n_floats);
  net->max_channels = MAX (net->max_channels, n_channels);
  if (net->mode != WET)
    {
      *planes = (LimnPlanes){ .n_channels = n_channels, .height = height, .width = width };
      planes->n_blocks = (n_channels + LIMN_BLOCK - 1) / LIMN_BLOCK;
      return TRUE;
    }
  limn_planes_init (planes, n_channels, height, width, border, net->buffers[net->order[buffer]]);
  planes->wraps = net->wraps;
  return TRUE;
}

static void
swap_buffers (LimnNet *net, guint other)
{
  guint first = net->order[0];
  net->order[0] = net->order[other];
  net->order[other] = first;
}

static gboolean
is_stopped (LimnNet *net)
{
  return net->mode == WET && g_cancellable_set_error_if_cancelled (net->cancellable, &net->error);
}

static gboolean
check_norm (LimnNet *net, const LimnNorm *norm, const LimnPlanes *in)
{
  guint n_groups = net->model->vqgan.n_groups;

  if (norm->n != in->n_channels || n_groups == 0 || norm->n % n_groups != 0)
    return fail (net);
  net->n_moments = MAX (net->n_moments, limn_group_norm_n_scratch (in));
  return TRUE;
}

static gboolean
plan_conv (LimnNet *net, const LimnConv *conv, LimnConvKind kind, const LimnPlanes *in)
{
  LimnConvUse use = { conv, kind, in->height, in->width };
  LimnConvPlan plan;
  gsize n_floats;

  if (conv->weight == NULL || conv->n_in != in->n_channels || conv->n_out == 0
      || conv->n_out > MAX_CHANNELS
      || !(conv->size == 3 || (conv->size == 1 && kind == LIMN_CONV_SAME))
      || (kind == LIMN_CONV_HALVE && (in->height % 2 != 0 || in->width % 2 != 0))
      || !limn_conv_scratch_size (&use, net->n_threads, &n_floats))
    return fail (net);
  net->plan_bytes += limn_conv_plan_bytes (&use);
  ask_scratch (net, n_floats);
  if (net->mode == DRY_PREPARE)
    {
      if (!limn_conv_plan_init (&plan, net->compute, &use, &net->error))
        return FALSE;
      g_array_append_val (net->plans, plan);
    }
  return TRUE;
}

static void
measure (LimnNet *net, const LimnNorm *norm, const LimnPlanes *in)
{
  const LimnVqganConfig *config = &net->model->vqgan;

  limn_group_norm_measure (net->compute, in, norm, config->n_groups, config->norm_eps, net->moments,
                           &net->affine);
}

/* out = conv (in) + add, with a norm conv (swish (norm (in))) + add */
static gboolean
run_conv (LimnNet *net,
          const LimnNorm *norm,
          const LimnConv *conv,
          LimnConvKind kind,
          const LimnPlanes *in,
          const LimnPlanes *add,
          const LimnPlanes *out)
{
  if (net->mode != WET)
    return (norm == NULL || check_norm (net, norm, in)) && plan_conv (net, conv, kind, in);
  if (is_stopped (net))
    return FALSE;

  const LimnConvPlan *plan = &g_array_index (net->plans, LimnConvPlan, net->next_plan++);
  if (norm != NULL)
    measure (net, norm, in);
  limn_conv_run (net->compute, plan, in, norm != NULL ? &net->affine : NULL, add, out,
                 net->scratch);
  return TRUE;
}

/* ==== layers ============================================================= */

gboolean
limn_net_conv (LimnNet *net, const LimnNorm *norm, const LimnConv *conv, LimnConvKind kind)
{
  guint height = net->x.height, width = net->x.width;
  LimnPlanes out;

  if (kind == LIMN_CONV_UPSAMPLE)
    {
      height *= 2;
      width *= 2;
    }
  else if (kind == LIMN_CONV_HALVE)
    {
      height /= 2;
      width /= 2;
    }
  if (!place (net, 1, conv->n_out, height, width, 1, &out)
      || !run_conv (net, norm, conv, kind, &net->x, NULL, &out))
    return FALSE;
  net->x = out;
  swap_buffers (net, 1);
  return TRUE;
}

typedef struct
{
  const LimnPlanes *from; /* (4 C, H, W), channels in the order (row, column, channel) */
  const LimnPlanes *to;   /* (C, 2 H, 2 W) */
} Spread;

/* One block of channels of one doubled row. */
static void
spread_chunk (gpointer data, guint chunk)
{
  const Spread *job = data;
  guint block = chunk / job->to->height, y = chunk % job->to->height;

  for (guint x = 0; x < job->to->width; x++)
    memcpy (
        limn_planes_at (job->to, block, y, x),
        limn_planes_at (job->from, (y % 2 * 2 + x % 2) * job->to->n_blocks + block, y / 2, x / 2),
        LIMN_BLOCK * sizeof (float));
}

gboolean
limn_net_subpixel_conv (LimnNet *net, const LimnConv *conv)
{
  guint height = net->x.height, width = net->x.width;
  LimnPlanes parts, out;
  Spread job = { &parts, &out };

  if (conv->n_out % (4 * LIMN_BLOCK) != 0)
    return fail (net);
  if (!place (net, 1, conv->n_out, height, width, 0, &parts)
      || !run_conv (net, NULL, conv, LIMN_CONV_SAME, &net->x, NULL, &parts)
      || !place (net, 2, conv->n_out / 4, 2 * height, 2 * width, 1, &out))
    return FALSE;
  if (net->mode == WET)
    limn_compute_run (net->compute, out.n_blocks * out.height, spread_chunk, &job);
  net->x = out;
  swap_buffers (net, 2);
  return TRUE;
}

/* x = skip (x) + conv2 (swish (norm2 (conv1 (swish (norm1 (x)))))) */
gboolean
limn_net_res_block (LimnNet *net, const LimnResBlock *block)
{
  guint height = net->x.height, width = net->x.width;
  gboolean has_shortcut = block->shortcut.weight != NULL;
  LimnPlanes y, skip = net->x;

  if (!place (net, 1, block->conv1.n_out, height, width, 1, &y)
      || !run_conv (net, &block->norm1, &block->conv1, LIMN_CONV_SAME, &net->x, NULL, &y))
    return FALSE;
  if (has_shortcut
      && (!place (net, 2, block->shortcut.n_out, height, width, 1, &skip)
          || !run_conv (net, NULL, &block->shortcut, LIMN_CONV_SAME, &net->x, NULL, &skip)))
    return FALSE;
  if (block->conv2.n_out != skip.n_channels)
    return fail (net);
  if (!run_conv (net, &block->norm2, &block->conv2, LIMN_CONV_SAME, &y, &skip, &skip))
    return FALSE;
  net->x = skip;
  if (has_shortcut)
    swap_buffers (net, 2);
  return TRUE;
}

/* Floats of scratch before q, k, v: room for run_conv's own. */
static gboolean
attn_sizes (LimnNet *net, const LimnConv *q, gsize *conv_floats, gsize *n_planes)
{
  gsize own, total;
  const LimnPlanes *x = &net->x;
  LimnConvUse use = { q, LIMN_CONV_SAME, x->height, x->width };

  if ((gsize) x->height * x->width > MAX_ATTENDED
      || !limn_conv_scratch_size (&use, net->n_threads, conv_floats)
      || !limn_planes_size (x->n_channels, x->height, x->width, 0, n_planes)
      || !limn_attention_scratch_size (x->n_channels, x->height * x->width, net->n_threads, &own)
      || !g_size_checked_mul (&total, *n_planes, 4) || !g_size_checked_add (&total, total, own)
      || !g_size_checked_add (&total, total, *conv_floats))
    return fail (net);
  ask_scratch (net, total);
  return TRUE;
}

/* x = x + out (attention (q (norm (x)), k (norm (x)), v (norm (x)))) */
gboolean
limn_net_attn_block (LimnNet *net, const LimnAttnBlock *block)
{
  guint n = net->x.n_channels, height = net->x.height, width = net->x.width;
  const LimnConv *convs[] = { &block->q, &block->k, &block->v };
  LimnPlanes h, parts[3];
  gsize conv_floats, n_planes;

  if (!place (net, 1, n, height, width, 0, &h)
      || !attn_sizes (net, &block->q, &conv_floats, &n_planes))
    return FALSE;
  if (net->mode == WET)
    {
      measure (net, &block->norm, &net->x);
      limn_planes_normalize (net->compute, &net->x, &net->affine, FALSE, &h);
    }
  else if (!check_norm (net, &block->norm, &net->x))
    return FALSE;
  for (guint i = 0; i < 3; i++)
    {
      if (convs[i]->n_out != n)
        return fail (net);
      parts[i] = h;
      if (net->mode == WET)
        limn_planes_init (&parts[i], n, height, width, 0,
                          net->scratch + conv_floats + i * n_planes);
      if (!run_conv (net, NULL, convs[i], LIMN_CONV_SAME, &h, NULL, &parts[i]))
        return FALSE;
    }
  if (net->mode == WET)
    limn_attention_run (net->compute, &parts[0], &parts[1], &parts[2],
                        net->scratch + conv_floats + 3 * n_planes);
  if (block->out.n_out != n)
    return fail (net);
  return run_conv (net, NULL, &block->out, LIMN_CONV_SAME, &parts[0], &net->x, &net->x);
}

gboolean
limn_net_level (LimnNet *net, const LimnLevel *level)
{
  for (guint i = 0; i < level->n_blocks; i++)
    if (!limn_net_res_block (net, &level->blocks[i])
        || (level->attn != NULL && !limn_net_attn_block (net, &level->attn[i])))
      return FALSE;
  return TRUE;
}

gboolean
limn_net_middle (LimnNet *net, const LimnVqgan *weights)
{
  return limn_net_res_block (net, &weights->mid_1) && limn_net_attn_block (net, &weights->mid_attn)
         && limn_net_res_block (net, &weights->mid_2);
}

/* ==== the whole ========================================================== */

/* The input, in the first buffer. */
static gboolean
begin (LimnNet *net, Mode mode)
{
  net->mode = mode;
  net->next_plan = 0;
  for (guint i = 0; i < N_BUFFERS; i++)
    net->order[i] = i;
  return place (net, 0, net->input.n_channels, net->input.height, net->input.width, 1, &net->x);
}

static gboolean
walk (LimnNet *net, Mode mode)
{
  return begin (net, mode) && net->walk (net, net->weights);
}

static gsize
round_up (gsize n)
{
  return (n + LIMN_BLOCK - 1) / LIMN_BLOCK * LIMN_BLOCK;
}

/* Bytes of all buffers in one piece; FALSE when that overflows. */
static gboolean
working_bytes (const LimnNet *net, gsize *n_bytes)
{
  gsize n = round_up (net->scratch_floats);

  for (guint i = 0; i < N_BUFFERS; i++)
    if (!g_size_checked_add (&n, n, round_up (net->buffer_floats[i])))
      return FALSE;
  return g_size_checked_add (&n, n, 3 * round_up (net->max_channels))
         && g_size_checked_add (&n, n, 2 * net->n_moments)
         && g_size_checked_mul (n_bytes, n, sizeof (float));
}

static gboolean
allocate (LimnNet *net)
{
  gsize n_bytes, channels = round_up (net->max_channels);
  float *at;

  at = working_bytes (net, &n_bytes) ? limn_large_memory_new (n_bytes) : NULL;
  if (at == NULL)
    {
      g_set_error (&net->error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
                   _ ("There is not enough free memory to turn tokens into pictures."));
      return FALSE;
    }
  net->memory = at;
  for (guint i = 0; i < N_BUFFERS; i++)
    {
      net->buffers[i] = at;
      at += round_up (net->buffer_floats[i]);
    }
  net->scratch = at;
  at += round_up (net->scratch_floats);
  net->affine = (LimnAffine){ at, at + channels, at + 2 * channels };
  net->moments = (double *) (at + 3 * channels);
  return TRUE;
}

static LimnNet *
start (LimnModel *model,
       const LimnVqgan *weights,
       LimnNetInput input,
       LimnNetWalk net_walk,
       guint n_threads)
{
  LimnNet *net = g_new0 (LimnNet, 1);

  net->model = model;
  net->weights = weights;
  net->walk = net_walk;
  net->input = input;
  net->n_threads = n_threads;
  net->plans = g_array_new (FALSE, FALSE, sizeof (LimnConvPlan));
  return net;
}

LimnNet *
limn_net_new (LimnModel *model,
              const LimnVqgan *weights,
              LimnCompute *compute,
              LimnNetInput input,
              LimnNetWalk net_walk,
              GError **error)
{
  LimnNet *net = start (model, weights, input, net_walk, limn_compute_get_n_threads (compute));

  net->compute = compute;
  if (walk (net, DRY_PREPARE) && allocate (net))
    return net;
  g_propagate_error (error, g_steal_pointer (&net->error));
  limn_net_free (net);
  return NULL;
}

void
limn_net_free (LimnNet *net)
{
  if (net == NULL)
    return;
  for (guint i = 0; i < net->plans->len; i++)
    limn_conv_plan_clear (&g_array_index (net->plans, LimnConvPlan, i));
  g_array_unref (net->plans);
  g_clear_error (&net->error);
  free (net->memory);
  g_free (net);
}

void
limn_net_set_wraps (LimnNet *net, gboolean wraps)
{
  net->wraps = wraps;
}

guint64
limn_net_bytes (LimnModel *model,
                const LimnVqgan *weights,
                guint n_threads,
                LimnNetInput input,
                LimnNetWalk net_walk)
{
  g_autoptr (LimnNet) net = start (model, weights, input, net_walk, n_threads);
  gsize n_bytes;

  if (!walk (net, DRY_SIZES) || !working_bytes (net, &n_bytes))
    return 0;
  return net->plan_bytes + n_bytes;
}

const LimnPlanes *
limn_net_begin (LimnNet *net)
{
  begin (net, WET);
  return &net->x;
}

const LimnPlanes *
limn_net_run (LimnNet *net, GCancellable *cancellable, GError **error)
{
  net->cancellable = cancellable;
  if (net->walk (net, net->weights))
    return &net->x;
  g_propagate_error (error, g_steal_pointer (&net->error));
  return NULL;
}
