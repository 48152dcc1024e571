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
 * (top_k 0 or beyond n: all), of these the ones whose probability among them is
 * at least min_probability, and always the largest; u in [0, 1) picks by inverse
 * cumulative sum in index order; temperature 0 takes the first of the largest.
 * scratch (n).  Scores that are no numbers are never picked while there are
 * others.  The floor is the epsilon sampling of Hewitt, Manning and Liang,
 * "Truncation Sampling as Language Model Desmoothing" (2022): where nothing
 * happens, hundreds of places would else add up to stray tokens. */
guint32 limn_scores_sample (const LimnBartKernels *kernels,
                            const float *scores,
                            gsize n,
                            double temperature,
                            guint top_k,
                            double min_probability,
                            double u,
                            float *scratch);

/* log p (token) under softmax of logits (n) */
double limn_logits_log_probability (const LimnBartKernels *kernels,
                                    const float *logits,
                                    gsize n,
                                    guint32 token);

G_END_DECLS
