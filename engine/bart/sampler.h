/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From logits to one image token: super-conditioning, temperature, top-k and
 * the draw.  Plain functions; random numbers come from the caller.
 */
#pragma once

#include "kernels.h"

G_BEGIN_DECLS

/* The k-th largest of scores (n), k from 1 to n; scratch (n). */
float limn_scores_find_kth (const LimnBartKernels *kernels,
                            const float *scores,
                            gsize n,
                            gsize k,
                            float *scratch);

/* Weight of a kept score before normalising: exp ((score - max) / temperature). */
double limn_score_weight (float score, float max, double temperature);

/* A token of scores (n), n >= 1: all scores not below the k-th largest stay
 * (top_k 0 or beyond n: all), u in [0, 1) picks by inverse cumulative sum in
 * index order; temperature 0 takes the first of the largest.  scratch (n).
 * Scores that are no numbers are never picked while there are others. */
guint32 limn_scores_sample (const LimnBartKernels *kernels,
                            const float *scores,
                            gsize n,
                            double temperature,
                            guint top_k,
                            double u,
                            float *scratch);

/* Scores (n) of what logits (n) give less than min_probability become -infinity; the likeliest
 * always stays.  Super-conditioning asks how much more likely words make a token, and so lifts
 * tokens that stay unlikely with them; this is the plausibility constraint of Li and others,
 * "Contrastive Decoding" (2022).  scores may be logits. */
void limn_scores_drop_implausible (const LimnBartKernels *kernels,
                                   float *scores,
                                   const float *logits,
                                   gsize n,
                                   double min_probability);

/* log p (token) under softmax of logits (n) */
double limn_logits_log_probability (const LimnBartKernels *kernels,
                                    const float *logits,
                                    gsize n,
                                    guint32 token);

G_END_DECLS
