/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Attention over pixels.  Keys and values are laid out as weights of two matrix
 * products; the queries go through both in groups, so that only one group's
 * scores exist at a time on each thread.
 */
#include "attention.h"
#include "../tensor/compute-private.h"

#include <math.h>
#include <string.h>

#define QUERIES 24 /* in one group */

typedef struct
{
  const LimnKernels *kernels;
  const LimnPlanes *q, *k, *v;
  guint n_pixels;
  guint padded_pixels;    /* to whole panels */
  float *keys;            /* (padded_pixels / 32, C, 32) */
  float *values;          /* (C / 32, padded_pixels, 32) */
  float *scores;          /* (n_threads, padded_pixels / 16, QUERIES, 16) */
  float *row;             /* (n_threads, padded_pixels) */
  gsize *channel_offsets; /* of q */
  gsize *pixel_offsets;   /* of scores */
  float scale;
} Attention;

static guint
whole_panels (guint n)
{
  return (n + LIMN_PANEL - 1) / LIMN_PANEL * LIMN_PANEL;
}

gboolean
limn_attention_scratch_size (guint n_channels, guint n_pixels, guint n_threads, gsize *n_floats)
{
  gsize pixels = whole_panels (n_pixels), channels = whole_panels (n_channels), panels, rows;

  if (n_pixels > G_MAXUINT - LIMN_PANEL || n_channels > G_MAXUINT - LIMN_PANEL
      || !g_size_checked_mul (&panels, 2 * pixels, channels)
      || !g_size_checked_mul (&rows, pixels, (gsize) n_threads * (QUERIES + 1))
      || !g_size_checked_add (n_floats, panels, rows))
    return FALSE;
  return g_size_checked_add (n_floats, *n_floats, 2 * (pixels + channels));
}

/* Keys of 32 pixels: channel by channel, the pixels side by side. */
static void
lay_keys (gpointer data, guint panel)
{
  const Attention *job = data;
  guint channels = job->k->n_blocks * LIMN_BLOCK;
  float *to = job->keys + (gsize) panel * channels * LIMN_PANEL;

  for (guint p = 0; p < LIMN_PANEL; p++)
    {
      guint pixel = panel * LIMN_PANEL + p;
      for (guint c = 0; c < channels; c++)
        to[(gsize) c * LIMN_PANEL + p] =
            pixel < job->n_pixels
                ? limn_planes_at (job->k, c / LIMN_BLOCK, 0, pixel)[c % LIMN_BLOCK]
                : 0;
    }
}

/* Values of 32 channels: pixel by pixel, the channels side by side. */
static void
lay_values (gpointer data, guint panel)
{
  const Attention *job = data;
  float *to = job->values + (gsize) panel * job->padded_pixels * LIMN_PANEL;

  memset (to, 0, (gsize) job->padded_pixels * LIMN_PANEL * sizeof *to);
  for (guint half = 0; half < 2 && panel * 2 + half < job->v->n_blocks; half++)
    for (guint p = 0; p < job->n_pixels; p++)
      memcpy (to + (gsize) p * LIMN_PANEL + half * LIMN_BLOCK,
              limn_planes_at (job->v, panel * 2 + half, 0, p), LIMN_BLOCK * sizeof *to);
}

/* Softmax of one query's scores; what only fills up a panel gets nothing. */
static void
soften_row (const Attention *job, float *scores, float *row)
{
  guint n = job->n_pixels;

  for (guint p = 0; p < n; p++)
    row[p] = job->scale * scores[p / LIMN_BLOCK * QUERIES * LIMN_BLOCK + p % LIMN_BLOCK];
  job->kernels->softmax (row, n);
  memset (row + n, 0, (job->padded_pixels - n) * sizeof *row);
  for (guint p = 0; p < job->padded_pixels; p += LIMN_BLOCK)
    memcpy (scores + p * QUERIES, row + p, LIMN_BLOCK * sizeof *row);
}

static void
attend_chunk (gpointer data, guint chunk)
{
  const Attention *job = data;
  const float no_bias[LIMN_PANEL] = { 0 };
  guint slot = limn_compute_get_slot (), first = chunk * QUERIES;
  guint m = MIN (QUERIES, job->n_pixels - first), channels = job->q->n_blocks * LIMN_BLOCK;
  float *scores = job->scores + (gsize) slot * job->padded_pixels * QUERIES;
  float *row = job->row + (gsize) slot * job->padded_pixels;
  LimnGemm gemm = { .m = m, .bias = no_bias, .n_out_blocks = 2 };

  gemm.a = limn_planes_at (job->q, 0, 0, first);
  gemm.offsets = job->channel_offsets;
  gemm.n_k = job->q->n_blocks;
  gemm.out_stride = QUERIES * LIMN_BLOCK;
  for (guint panel = 0; panel < job->padded_pixels / LIMN_PANEL; panel++)
    {
      gemm.w = job->keys + (gsize) panel * channels * LIMN_PANEL;
      gemm.out = scores + 2 * panel * gemm.out_stride;
      job->kernels->gemm (&gemm);
    }
  for (guint i = 0; i < m; i++)
    soften_row (job, scores + i * LIMN_BLOCK, row);

  gemm.a = scores;
  gemm.offsets = job->pixel_offsets;
  gemm.n_k = job->padded_pixels / LIMN_BLOCK;
  gemm.out_stride = job->q->block_stride;
  for (guint block = 0; block < job->q->n_blocks; block += 2)
    {
      gemm.w = job->values + (gsize) block * LIMN_BLOCK * job->padded_pixels;
      gemm.out = limn_planes_at (job->q, block, 0, first);
      gemm.n_out_blocks = MIN (2, job->q->n_blocks - block);
      job->kernels->gemm (&gemm);
    }
}

void
limn_attention_run (LimnCompute *compute,
                    const LimnPlanes *q,
                    const LimnPlanes *k,
                    const LimnPlanes *v,
                    float *scratch)
{
  guint n_pixels = q->height * q->width, padded = whole_panels (n_pixels);
  guint n_threads = limn_compute_get_n_threads (compute);
  gsize channels = whole_panels (q->n_channels);
  Attention job = {
    .kernels = limn_kernels (),
    .q = q,
    .k = k,
    .v = v,
    .n_pixels = n_pixels,
    .padded_pixels = padded,
    .scale = 1 / sqrtf (q->n_channels),
  };

  job.keys = scratch;
  job.values = job.keys + padded * channels;
  job.scores = job.values + padded * channels;
  job.row = job.scores + (gsize) n_threads * padded * QUERIES;
  job.channel_offsets = (gsize *) (job.row + (gsize) n_threads * padded);
  job.pixel_offsets = job.channel_offsets + q->n_blocks;
  for (guint b = 0; b < q->n_blocks; b++)
    job.channel_offsets[b] = b * q->block_stride;
  for (guint b = 0; b < padded / LIMN_BLOCK; b++)
    job.pixel_offsets[b] = (gsize) b * QUERIES * LIMN_BLOCK;

  limn_compute_run (compute, padded / LIMN_PANEL, lay_keys, &job);
  limn_compute_run (compute, channels / LIMN_PANEL, lay_values, &job);
  limn_compute_run (compute, (n_pixels + QUERIES - 1) / QUERIES, attend_chunk, &job);
}
