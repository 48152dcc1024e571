/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sampling against the reference vectors and against plain definitions. */
#include "engine/bart/rng.h"
#include "engine/bart/sampler.h"
#include "engine/limn.h"
#include "tests/tools/golden.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N_CODES   16384
#define N_COLUMNS 16385

static const LimnBartKernels *kernels = &limn_bart_kernels_generic;

static int
compare_falling (gconstpointer a, gconstpointer b)
{
  float x = *(const float *) a, y = *(const float *) b;

  return (x < y) - (x > y);
}

static float
find_kth_by_sorting (const float *x, gsize n, gsize k)
{
  g_autofree float *sorted = g_memdup2 (x, n * sizeof (float));

  qsort (sorted, n, sizeof (float), compare_falling);
  return sorted[k - 1];
}

static void
test_kth (void)
{
  static const gsize ks[] = { 1, 2, 3, 50, 127, 256, 4095, 4096 };
  g_autofree float *x = g_new (float, 4096);
  g_autofree float *scratch = g_new (float, 4096);

  for (guint kind = 0; kind < 6; kind++)
    for (gsize n = 1; n <= 4096; n = n * 2 + (kind & 1))
      {
        for (gsize i = 0; i < n; i++)
          {
            guint64 z = golden_random ("test", "kth", i + 7919 * kind);
            float values[] = {
              (float) (z >> 40), (float) (z % 3), 1.0f,
              (float) i,         -(float) i,      z % 5 ? (float) (z >> 50) : -INFINITY
            };

            x[i] = values[kind];
          }
        for (gsize j = 0; j < G_N_ELEMENTS (ks); j++)
          if (ks[j] <= n)
            g_assert_cmpfloat (limn_scores_find_kth (kernels, x, n, ks[j], scratch), ==,
                               find_kth_by_sorting (x, n, ks[j]));
      }
}

static void
make_scores (guint i_case, guint image, double guidance, float *scores)
{
  g_autofree char *name = g_strdup_printf ("logits%u", i_case);
  g_autofree float *u = g_new (float, N_CODES);
  g_autofree float *c = g_new (float, N_CODES);

  for (gsize i = 0; i < N_CODES; i++)
    {
      u[i] = golden_linear ("limn-a-sampling", name, 2, 0, image * (guint64) N_COLUMNS + i);
      c[i] = golden_linear ("limn-a-sampling", name, 2, 0, (2 + image) * (guint64) N_COLUMNS + i);
    }
  kernels->condition (u, c, (float) guidance, scores, N_CODES);
}

static void
check_kept (JsonObject *reference, const float *scores, float threshold, double temperature)
{
  JsonArray *ids = json_object_get_array_member (reference, "top8_ids");
  JsonArray *probabilities = json_object_get_array_member (reference, "top8_prob");
  float max = kernels->max (scores, N_CODES);
  double sum = 0;
  gint64 n_kept = 0;

  for (gsize i = 0; i < N_CODES; i++)
    if (scores[i] >= threshold)
      {
        n_kept++;
        sum += limn_score_weight (scores[i], max, temperature);
      }
  g_assert_cmpint (n_kept, ==, json_object_get_int_member (reference, "kept"));
  g_assert_cmpfloat_with_epsilon (sum, json_object_get_double_member (reference, "weight_sum"),
                                  1e-6 * sum);
  for (guint i = 0; i < json_array_get_length (ids); i++)
    {
      float score = scores[json_array_get_int_element (ids, i)];
      double weight = score >= threshold ? limn_score_weight (score, max, temperature) : 0;

      g_assert_cmpfloat_with_epsilon (weight / sum,
                                      json_array_get_double_element (probabilities, i), 1e-6);
    }
}

static void
check_draws (JsonObject *reference, const float *scores, double temperature, guint top_k)
{
  g_autofree float *scratch = g_new (float, N_CODES);
  JsonArray *draws = json_object_get_array_member (reference, "inverse_cdf");

  for (guint i = 0; i < json_array_get_length (draws); i++)
    {
      JsonObject *draw = json_array_get_object_element (draws, i);
      double u = json_object_get_double_member (draw, "u");
      gboolean is_clear =
          u == 0 || json_object_get_double_member (draw, "distance_to_cdf_edge") > 1e-6;
      guint32 token = limn_scores_sample (kernels, scores, N_CODES, temperature, top_k, u, scratch);

      if (is_clear)
        g_assert_cmpuint (token, ==, json_object_get_int_member (draw, "token"));
    }
}

static void
test_golden (void)
{
  g_autofree char *path = golden_find ("sampling/vectors.json");
  g_autoptr (JsonObject) root = NULL;
  JsonArray *cases;

  if (!path)
    {
      g_test_skip ("the reference vectors are not here");
      return;
    }
  root = golden_load_json ("sampling/vectors.json");
  cases = json_object_get_array_member (root, "cases");
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *object = json_array_get_object_element (cases, i);
      JsonArray *images = json_object_get_array_member (object, "images");
      double temperature = json_object_get_double_member (object, "temperature");
      guint top_k = (guint) json_object_get_int_member (object, "top_k");

      for (guint image = 0; image < json_array_get_length (images); image++)
        {
          JsonObject *reference = json_array_get_object_element (images, image);
          g_autofree float *scores = g_new (float, N_CODES);
          g_autofree float *scratch = g_new (float, N_CODES);

          make_scores (i, image, json_object_get_double_member (object, "condition_scale"), scores);
          check_kept (
              reference, scores,
              limn_scores_find_kth (kernels, scores, N_CODES, MIN (top_k, N_CODES), scratch),
              temperature);
          check_draws (reference, scores, temperature, top_k);
        }
    }
}

/* Odd settings and broken scores still give a token, and the right one where there is one. */
static void
test_edges (void)
{
  float scores[5] = { 1, 3, 3, -2, 0 }, scratch[5];
  float broken[5] = { NAN, NAN, -INFINITY, NAN, NAN };
  float endless[5] = { 0, 1, INFINITY, 2, INFINITY };

  g_assert_cmpuint (limn_scores_sample (kernels, scores, 5, 0, 0, 0.9, scratch), ==, 1);
  g_assert_cmpuint (limn_scores_sample (kernels, scores, 5, 1, 1, 0.9, scratch), ==, 2);
  g_assert_cmpuint (limn_scores_sample (kernels, scores, 5, 1, 1, 0.1, scratch), ==, 1);
  g_assert_cmpuint (limn_scores_sample (kernels, scores, 5, 1e-300, 0, 0.4, scratch), ==, 1);
  g_assert_cmpuint (limn_scores_sample (kernels, scores, 5, 1, G_MAXUINT, 0, scratch), ==, 0);
  g_assert_cmpuint (limn_scores_sample (kernels, scores, 5, 1, 0, 0x1.fffffffffffffp-1, scratch),
                    ==, 4);
  g_assert_cmpuint (limn_scores_sample (kernels, broken, 5, 1, 2, 0.5, scratch), ==, 2);
  g_assert_cmpuint (limn_scores_sample (kernels, broken, 5, 0, 0, 0.5, scratch), ==, 2);
  g_assert_cmpuint (limn_scores_sample (kernels, endless, 5, 1, 2, 0.5, scratch), ==, 2);
  g_assert_cmpuint (limn_scores_sample (kernels, scores, 1, 1, 1, 0.5, scratch), ==, 0);
}

/* Draws of many seeds follow the weights. */
static void
test_frequencies (void)
{
  const float scores[4] = { 0, logf (2), logf (3), logf (4) };
  float scratch[4];
  guint counts[4] = { 0 };

  for (guint64 seed = 0; seed < 20000; seed++)
    counts[limn_scores_sample (kernels, scores, 4, 1, 0, limn_random_uniform (seed, 5), scratch)]++;
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (counts[i] / 20000.0, (i + 1) / 10.0, 0.012);
}

/* What is less likely than the floor goes, but never the likeliest. */
static void
test_implausible (void)
{
  const float logits[4] = { 5, 5 + logf (2), 5 + logf (3), 5 + logf (4) }; /* 0.1, 0.2, 0.3, 0.4 */
  const double floors[] = { 0.05, 0.15, 0.25, 0.35, 1 };
  const guint n_dropped[] = { 0, 1, 2, 3, 3 };

  for (gsize f = 0; f < G_N_ELEMENTS (floors); f++)
    {
      float scores[4] = { 9, 8, 7, 6 };

      limn_scores_drop_implausible (kernels, scores, logits, 4, floors[f]);
      for (guint i = 0; i < 4; i++)
        g_assert_cmpfloat (scores[i], ==, i < n_dropped[f] ? -INFINITY : 9.0 - i);
    }
}

static void
test_log_probability (void)
{
  g_autofree float *x = g_new (float, 1000);

  for (gsize n = 1; n <= 1000; n += n < 70 ? 1 : 137)
    {
      double sum = 0;

      for (gsize i = 0; i < n; i++)
        x[i] = golden_linear ("test", "logits", 4, 3, i);
      for (gsize i = 0; i < n; i++)
        sum += exp (x[i]);
      g_assert_cmpfloat_with_epsilon (limn_logits_log_probability (kernels, x, n, n / 2),
                                      x[n / 2] - log (sum), 2e-6 * (1 + fabs (x[n / 2])));
    }
}

/* Seeds and steps are far apart, however close their numbers are. */
static void
test_random (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  double sum = 0;

  for (guint64 seed = 0; seed < 64; seed++)
    for (guint64 step = 0; step < 256; step++)
      {
        double u = limn_random_uniform (seed, step);
        gint64 bits = (gint64) (u * 0x1p53);

        g_assert_true (u >= 0 && u < 1);
        g_assert_true (g_hash_table_add (seen, g_memdup2 (&bits, sizeof bits)));
        sum += u;
      }
  g_assert_cmpfloat_with_epsilon (sum / (64 * 256), 0.5, 0.01);
  /* The numbers are part of what a seed means: they must never change. */
  g_assert_cmpfloat (limn_random_uniform (0, 0), ==, limn_random_uniform (0, 0));
  g_assert_cmpuint (limn_picture_seed (42, 0), ==, 42);
  g_assert_cmpuint (limn_picture_seed (42, 1), !=, limn_picture_seed (42, 2));
  g_assert_cmpuint (limn_picture_seed (42, 1), !=, limn_picture_seed (43, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sampler/kth", test_kth);
  g_test_add_func ("/sampler/golden", test_golden);
  g_test_add_func ("/sampler/edges", test_edges);
  g_test_add_func ("/sampler/frequencies", test_frequencies);
  g_test_add_func ("/sampler/implausible", test_implausible);
  g_test_add_func ("/sampler/log-probability", test_log_probability);
  g_test_add_func ("/rng/random", test_random);
  return g_test_run ();
}
