/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread pool: every chunk once, runs in a row, several pools at a time. */
#include "engine/tensor/compute.h"

#include <stdatomic.h>
#include <unistd.h>

typedef struct
{
  guint n_chunks;
  guint *times; /* (n_chunks) written without atomics: a chunk is one thread's */
  _Atomic guint total;
} Counts;

static void
count_chunk (gpointer data, guint chunk)
{
  Counts *counts = data;

  g_assert_cmpuint (chunk, <, counts->n_chunks);
  counts->times[chunk]++;
  atomic_fetch_add (&counts->total, 1);
}

static void
check_run (LimnCompute *compute, guint n_chunks)
{
  Counts counts = { .n_chunks = n_chunks, .times = g_new0 (guint, n_chunks + 1) };

  limn_compute_run (compute, n_chunks, count_chunk, &counts);
  g_assert_cmpuint (counts.total, ==, n_chunks);
  for (guint i = 0; i < n_chunks; i++)
    g_assert_cmpuint (counts.times[i], ==, 1);
  g_free (counts.times);
}

static void
test_every_chunk_once (void)
{
  for (guint n_threads = 1; n_threads <= 5; n_threads++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LimnCompute) compute = limn_compute_new (n_threads, 100, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (limn_compute_get_n_threads (compute), ==, n_threads);
      for (guint run = 0; run < 2000; run++)
        check_run (compute, run % 23);
      check_run (compute, 10000);
    }
}

/* Threads that have gone to sleep must still come. */
static void
test_after_a_pause (void)
{
  g_autoptr (LimnCompute) compute = limn_compute_new (4, 0, NULL);

  for (guint run = 0; run < 30; run++)
    {
      g_usleep (run % 3 * 1000);
      check_run (compute, 7);
    }
}

static gpointer
own_pool (gpointer data)
{
  g_autoptr (LimnCompute) compute = limn_compute_new (3, 0, NULL);

  for (guint run = 0; run < 500; run++)
    check_run (compute, 9);
  return NULL;
}

static void
test_pools_side_by_side (void)
{
  GThread *threads[3];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("pool", own_pool, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
test_unused_and_refused (void)
{
  g_autoptr (GError) error = NULL;
  LimnCompute *compute = limn_compute_new (8, 0, NULL);

  limn_compute_free (compute);
  limn_compute_free (NULL);

  compute = limn_compute_new (4, G_MAXSIZE / 2, &error);
  g_assert_null (compute);
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/compute/every-chunk-once", test_every_chunk_once);
  g_test_add_func ("/compute/after-a-pause", test_after_a_pause);
  g_test_add_func ("/compute/pools-side-by-side", test_pools_side_by_side);
  g_test_add_func ("/compute/unused-and-refused", test_unused_and_refused);
  return g_test_run ();
}
