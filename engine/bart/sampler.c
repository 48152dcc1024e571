/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sampling as min-dalle does it (ties at the threshold stay), with an inverse
 * cumulative sum in place of its random generator.  Leaves the random numbers
 * to rng and the loops over all scores to kernels.
 */
#include "sampler.h"

#include <math.h>

#define CHUNK 128 /* scores looked at together */

/* Hoare's partition of x (n) around its middle: the first returned + 1 are not
 * smaller than the rest.  n >= 2; fewer than n come back. */
static gsize
partition (float *x, gsize n)
{
  float pivot = x[(n - 1) / 2];
  gsize i = 0, j = n - 1;

  for (;; i++, j--)
    {
      while (x[i] > pivot)
        i++;
      while (x[j] < pivot)
        j--;
      if (i >= j)
        return j;
      float swapped = x[i];
      x[i] = x[j];
      x[j] = swapped;
    }
}

/* Moves the k largest of x (n) to its front and returns the k-th. */
static float
partition_kth (float *x, gsize n, gsize k)
{
  gsize low = 0, high = n - 1;

  while (low < high)
    {
      gsize last = low + partition (x + low, high - low + 1);

      if (k - 1 <= last)
        high = last;
      else
        low = last + 1;
    }
  return x[k - 1];
}

/* A bound that at least k scores reach: the k-th largest of the chunks' largest. */
static float
find_bound (const LimnBartKernels *kernels,
            const float *scores,
            gsize n,
            gsize k,
            gsize chunk,
            float *scratch)
{
  gsize n_chunks = 0;

  for (gsize begin = 0; begin < n; begin += chunk)
    scratch[n_chunks++] = kernels->max (scores + begin, MIN (chunk, n - begin));
  return n_chunks >= k ? partition_kth (scratch, n_chunks, k) : -INFINITY;
}

float
limn_scores_find_kth (const LimnBartKernels *kernels,
                      const float *scores,
                      gsize n,
                      gsize k,
                      float *scratch)
{
  gsize chunk = CLAMP (n / (4 * k), 1, CHUNK), capacity = MIN (n, 2 * k), n_kept = 0;
  float threshold = find_bound (kernels, scores, n, k, chunk, scratch);

  for (gsize begin = 0; begin < n; begin += chunk)
    {
      gsize end = MIN (n, begin + chunk);

      /* Most chunks hold nothing above the bound. */
      if (kernels->max (scores + begin, end - begin) <= threshold)
        continue;
      for (gsize i = begin; i < end; i++)
        {
          if (!(scores[i] > threshold))
            continue;
          scratch[n_kept++] = scores[i];
          if (n_kept == capacity && n_kept > k)
            {
              threshold = partition_kth (scratch, n_kept, k);
              n_kept = k;
            }
        }
    }
  return n_kept >= k ? partition_kth (scratch, n_kept, k) : threshold;
}

double
limn_score_weight (float score, float max, double temperature)
{
  return exp (((double) score - (double) max) / temperature);
}

static guint32
find_first_largest (const float *scores, gsize n)
{
  gsize best = 0;

  for (gsize i = 1; i < n; i++)
    if (scores[i] > scores[best] || (isnan (scores[best]) && !isnan (scores[i])))
      best = i;
  return (guint32) best;
}

typedef struct
{
  const LimnBartKernels *kernels;
  const float *scores; /* (n) */
  gsize n;
  float threshold;
  float max;
  double temperature;
} Kept;

/* Adds the weights of the kept scores in index order until the sum passes limit;
 * sets token to where that was, or to the last one that weighs anything. */
static double
add_weights (const Kept *kept, double limit, guint32 *token)
{
  double sum = 0;

  for (gsize begin = 0; begin < kept->n; begin += CHUNK)
    {
      gsize end = MIN (kept->n, begin + CHUNK);

      if (kept->kernels->max (kept->scores + begin, end - begin) < kept->threshold)
        continue;
      for (gsize i = begin; i < end; i++)
        {
          if (!(kept->scores[i] >= kept->threshold))
            continue;
          double weight = limn_score_weight (kept->scores[i], kept->max, kept->temperature);
          sum += weight;
          if (weight > 0)
            *token = (guint32) i;
          if (sum > limit)
            return sum;
        }
    }
  return sum;
}

guint32
limn_scores_sample (const LimnBartKernels *kernels,
                    const float *scores,
                    gsize n,
                    double temperature,
                    guint top_k,
                    double u,
                    float *scratch)
{
  Kept kept = { kernels, scores, n, -INFINITY, 0, temperature };
  guint32 token = 0;
  double sum;

  if (temperature <= 0)
    return find_first_largest (scores, n);
  if (top_k > 0 && top_k < n)
    kept.threshold = limn_scores_find_kth (kernels, scores, n, top_k, scratch);
  kept.max = kernels->max (scores, n);
  sum = isfinite (kept.max) ? add_weights (&kept, INFINITY, &token) : 0;
  if (!(sum > 0 && isfinite (sum)))
    return find_first_largest (scores, n);
  add_weights (&kept, u * sum, &token);
  return token;
}

void
limn_scores_drop_implausible (const LimnBartKernels *kernels,
                              float *scores,
                              const float *logits,
                              gsize n,
                              double min_probability)
{
  float max = kernels->max (logits, n);
  float least = max + (float) MIN (0, log (min_probability * kernels->sum_exp (logits, n, max)));

  for (gsize i = 0; i < n; i++)
    scores[i] = logits[i] < least ? -INFINITY : scores[i];
}

double
limn_logits_log_probability (const LimnBartKernels *kernels,
                             const float *logits,
                             gsize n,
                             guint32 token)
{
  float max = kernels->max (logits, n);

  return (double) logits[token] - (double) max - log (kernels->sum_exp (logits, n, max));
}
