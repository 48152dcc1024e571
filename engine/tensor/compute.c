/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The threads of a job.  A run is cut into chunks, and these into a range for each
 * thread, the caller's too, as neighbours mostly use neighbouring memory.  A thread
 * claims its own from the front and then others' from the back, until none is left:
 * one that the system keeps waiting holds nobody up.  A thread that finds nothing
 * looks around for some microseconds, as the next product of a decoder step is
 * usually that near, and then sleeps: an idle or a crowded machine loses
 * nothing to it.
 */
#include "config.h"
#include "compute-private.h"
#include "split.h"
#include "../limn.h"

#include <glib/gi18n-lib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define MAX_THREADS   64
#define SCRATCH_ALIGN 64
#define SPIN_LOOKS    400 /* each of about 40 to 140 cycles: under 20 us */
#define THREAD_STACK  (512 * 1024)

/* Chunks of one thread that are not yet claimed: run number << 40 | first << 20 | end.  The number
 * keeps a late thread from claiming with what it saw of an earlier run. */
typedef struct
{
  _Alignas(64) _Atomic guint64 state;
} Range;

#define CHUNK_BITS 20
#define CHUNK_MASK (((guint64) 1 << CHUNK_BITS) - 1)
#define MAX_CHUNKS ((guint) CHUNK_MASK)

struct _LimnCompute
{
  /* owned */
  pthread_t *threads; /* (n_threads - 1) */
  guint8 *scratch;    /* (n_threads, scratch_bytes) */
  pthread_mutex_t lock;
  pthread_cond_t work; /* workers sleep here */
  pthread_cond_t done; /* the caller sleeps here */

  /* settings */
  guint n_threads;
  guint n_started;
  gsize scratch_bytes;

  /* the current run; written by the caller before it opens the run in ranges,
   * read by a thread only after it has claimed a chunk */
  LimnTask task;
  gpointer data;

  _Alignas(64) _Atomic guint64 run;     /* its number, once its ranges are there */
  _Alignas(64) _Atomic guint n_pending; /* chunks not yet finished */
  _Alignas(64) _Atomic guint n_asleep;
  _Atomic gboolean is_caller_asleep;
  _Atomic gboolean is_closing;

  Range ranges[]; /* (n_threads) */
};

typedef struct
{
  LimnCompute *compute;
  guint slot;
} Start;

static _Thread_local guint current_slot = 0;

static inline void
look_away (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__)
  __asm__ volatile("isb" ::: "memory");
#endif
}

static gboolean
claim (Range *range, gboolean is_own, guint *chunk)
{
  guint64 state = atomic_load_explicit (&range->state, memory_order_acquire);

  for (;;)
    {
      guint64 first = state >> CHUNK_BITS & CHUNK_MASK, end = state & CHUNK_MASK;
      guint64 rest = is_own ? state + ((guint64) 1 << CHUNK_BITS) : state - 1;

      if (first >= end)
        return FALSE;
      if (atomic_compare_exchange_weak_explicit (&range->state, &state, rest, memory_order_acq_rel,
                                                 memory_order_acquire))
        {
          *chunk = (guint) (is_own ? first : end - 1);
          return TRUE;
        }
    }
}

static void
run_chunk (LimnCompute *compute, guint chunk)
{
  compute->task (compute->data, chunk);

  /* sequentially consistent, with is_caller_asleep: one of the two sees the other */
  if (atomic_fetch_sub (&compute->n_pending, 1) == 1 && atomic_load (&compute->is_caller_asleep))
    {
      pthread_mutex_lock (&compute->lock);
      pthread_cond_signal (&compute->done);
      pthread_mutex_unlock (&compute->lock);
    }
}

/* Claims and runs chunks until the run is used up. */
static void
work_on (LimnCompute *compute, guint slot)
{
  guint n = compute->n_started + 1, chunk;

  for (guint i = 0; i < n; i++)
    while (claim (&compute->ranges[(slot + i) % n], i == 0, &chunk))
      run_chunk (compute, chunk);
}

/* No run has begun since the one that was seen last. */
static gboolean
is_idle (LimnCompute *compute, guint64 seen)
{
  return atomic_load (&compute->run) == seen && !atomic_load (&compute->is_closing);
}

static void
wait_for_work (LimnCompute *compute, guint64 seen)
{
  for (guint i = 0; i < SPIN_LOOKS; i++)
    {
      if (!is_idle (compute, seen))
        return;
      look_away ();
    }

  pthread_mutex_lock (&compute->lock);
  atomic_fetch_add (&compute->n_asleep, 1);
  while (is_idle (compute, seen))
    pthread_cond_wait (&compute->work, &compute->lock);
  atomic_fetch_sub (&compute->n_asleep, 1);
  pthread_mutex_unlock (&compute->lock);
}

static gpointer
worker_main (gpointer data)
{
  Start *start = data;
  LimnCompute *compute = start->compute;
  guint64 seen = 0;

  current_slot = start->slot;
  g_free (start);

  while (!atomic_load (&compute->is_closing))
    {
      wait_for_work (compute, seen);
      seen = atomic_load (&compute->run);
      work_on (compute, current_slot);
    }
  return NULL;
}

static void
wait_for_others (LimnCompute *compute)
{
  for (guint i = 0; i < SPIN_LOOKS; i++)
    {
      if (atomic_load_explicit (&compute->n_pending, memory_order_acquire) == 0)
        return;
      look_away ();
    }

  pthread_mutex_lock (&compute->lock);
  atomic_store (&compute->is_caller_asleep, TRUE);
  while (atomic_load (&compute->n_pending) != 0)
    pthread_cond_wait (&compute->done, &compute->lock);
  atomic_store (&compute->is_caller_asleep, FALSE);
  pthread_mutex_unlock (&compute->lock);
}

/* Opens a run of up to MAX_CHUNKS chunks for all threads. */
static void
open_run (LimnCompute *compute, guint n_chunks)
{
  guint n = compute->n_started + 1;
  guint64 run = atomic_load (&compute->run) + 1;

  atomic_store (&compute->n_pending, n_chunks);
  for (guint i = 0; i < n; i++)
    atomic_store_explicit (&compute->ranges[i].state,
                           run << 2 * CHUNK_BITS
                               | (guint64) limn_split_border (n_chunks, i, n) << CHUNK_BITS
                               | limn_split_border (n_chunks, i + 1, n),
                           memory_order_release);
  atomic_store (&compute->run, run);
  if (atomic_load (&compute->n_asleep) > 0)
    {
      pthread_mutex_lock (&compute->lock);
      pthread_cond_broadcast (&compute->work);
      pthread_mutex_unlock (&compute->lock);
    }
}

void
limn_compute_run (LimnCompute *compute, guint n_chunks, LimnTask task, gpointer data)
{
  if (n_chunks <= 1 || n_chunks > MAX_CHUNKS || compute->n_started == 0)
    {
      for (guint i = 0; i < n_chunks; i++)
        task (data, i);
      return;
    }

  compute->task = task;
  compute->data = data;
  open_run (compute, n_chunks);
  work_on (compute, 0);
  wait_for_others (compute);
}

static gboolean
start_worker (LimnCompute *compute, guint i)
{
  pthread_attr_t attr;
  Start *start = g_new (Start, 1);
  gboolean is_started;

  start->compute = compute;
  start->slot = i + 1;
  pthread_attr_init (&attr);
  pthread_attr_setstacksize (&attr, THREAD_STACK);
  is_started = pthread_create (&compute->threads[i], &attr, worker_main, start) == 0;
  pthread_attr_destroy (&attr);
  if (!is_started)
    g_free (start);
  return is_started;
}

/**
 * limn_compute_new:
 * @n_threads: threads to work with, the caller's included; 0 for one a core
 * @scratch_bytes: scratch memory of each thread
 *
 * A system that refuses some of the threads is no error: the job then runs on
 * those it got, with the same results.
 */
LimnCompute *
limn_compute_new (guint n_threads, gsize scratch_bytes, GError **error)
{
  LimnCompute *compute;
  gsize total, compute_bytes;

  if (n_threads == 0)
    n_threads = g_get_num_processors ();
  n_threads = CLAMP (n_threads, 1, MAX_THREADS);
  compute_bytes = sizeof *compute + n_threads * sizeof *compute->ranges;

  if (scratch_bytes > G_MAXSIZE / 2)
    goto no_memory;
  scratch_bytes = (scratch_bytes + SCRATCH_ALIGN - 1) / SCRATCH_ALIGN * SCRATCH_ALIGN;
  if (!g_size_checked_mul (&total, scratch_bytes, n_threads)
      || posix_memalign ((void **) &compute, 64, compute_bytes) != 0)
    goto no_memory;
  memset (compute, 0, compute_bytes);
  if (total > 0 && posix_memalign ((void **) &compute->scratch, SCRATCH_ALIGN, total) != 0)
    {
      free (compute);
      goto no_memory;
    }

  compute->n_threads = n_threads;
  compute->scratch_bytes = scratch_bytes;
  compute->threads = g_new0 (pthread_t, n_threads);
  pthread_mutex_init (&compute->lock, NULL);
  pthread_cond_init (&compute->work, NULL);
  pthread_cond_init (&compute->done, NULL);
  limn_compute_prepare_blas ();

  while (compute->n_started + 1 < n_threads && start_worker (compute, compute->n_started))
    compute->n_started++;
  return compute;

no_memory:
  g_set_error (error, LIMN_ERROR, LIMN_ERROR_NO_MEMORY,
               _ ("There is not enough free memory for the drawing threads."));
  return NULL;
}

void
limn_compute_free (LimnCompute *compute)
{
  if (compute == NULL)
    return;

  pthread_mutex_lock (&compute->lock);
  atomic_store (&compute->is_closing, TRUE);
  pthread_cond_broadcast (&compute->work);
  pthread_mutex_unlock (&compute->lock);
  for (guint i = 0; i < compute->n_started; i++)
    pthread_join (compute->threads[i], NULL);

  pthread_cond_destroy (&compute->done);
  pthread_cond_destroy (&compute->work);
  pthread_mutex_destroy (&compute->lock);
  g_free (compute->threads);
  free (compute->scratch);
  free (compute);
}

guint
limn_compute_get_n_threads (LimnCompute *compute)
{
  return compute->n_started + 1;
}

gpointer
limn_compute_get_scratch (LimnCompute *compute, guint slot, gsize n_bytes)
{
  g_assert (slot < compute->n_threads && n_bytes <= compute->scratch_bytes);
  return compute->scratch + slot * compute->scratch_bytes;
}

guint
limn_compute_get_slot (void)
{
  return current_slot;
}
