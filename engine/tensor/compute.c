/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The threads of a job.  A run is cut into chunks; every thread, the caller's
 * too, claims the next chunk until none is left.  A thread that finds nothing
 * looks around for some microseconds, as the next product of a decoder step is
 * usually that near, and then sleeps: an idle or a crowded machine loses
 * nothing to it.
 */
#include "config.h"
#include "compute-private.h"
#include "../limn.h"

#include <glib/gi18n-lib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define MAX_THREADS   64
#define SCRATCH_ALIGN 64
#define SPIN_LOOKS    400 /* each of about 40 to 140 cycles: under 20 us */
#define THREAD_STACK  (512 * 1024)

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

  /* the current run; written by the caller before it opens the run in state,
   * read by a thread only after it has claimed a chunk */
  LimnTask task;
  gpointer data;
  guint n_chunks;

  /* state: run number << 32 | chunks not yet claimed.  The number keeps a late
   * thread from claiming with what it saw of an earlier run. */
  _Alignas(64) _Atomic guint64 state;
  _Alignas(64) _Atomic guint n_pending; /* chunks not yet finished */
  _Alignas(64) _Atomic guint n_asleep;
  _Atomic gboolean is_caller_asleep;
  _Atomic gboolean is_closing;
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

/* Claims and runs chunks until the run is used up. */
static void
work_on (LimnCompute *compute)
{
  guint64 state = atomic_load_explicit (&compute->state, memory_order_acquire);

  while ((guint32) state != 0)
    {
      if (!atomic_compare_exchange_weak_explicit (&compute->state, &state, state - 1,
                                                  memory_order_acq_rel, memory_order_acquire))
        continue;

      compute->task (compute->data, compute->n_chunks - (guint32) state);

      /* sequentially consistent, with is_caller_asleep: one of the two sees the other */
      if (atomic_fetch_sub (&compute->n_pending, 1) == 1
          && atomic_load (&compute->is_caller_asleep))
        {
          pthread_mutex_lock (&compute->lock);
          pthread_cond_signal (&compute->done);
          pthread_mutex_unlock (&compute->lock);
        }
      state = atomic_load_explicit (&compute->state, memory_order_acquire);
    }
}

static gboolean
is_idle (LimnCompute *compute)
{
  return (guint32) atomic_load (&compute->state) == 0 && !atomic_load (&compute->is_closing);
}

static void
wait_for_work (LimnCompute *compute)
{
  for (guint i = 0; i < SPIN_LOOKS; i++)
    {
      if (!is_idle (compute))
        return;
      look_away ();
    }

  pthread_mutex_lock (&compute->lock);
  atomic_fetch_add (&compute->n_asleep, 1);
  while (is_idle (compute))
    pthread_cond_wait (&compute->work, &compute->lock);
  atomic_fetch_sub (&compute->n_asleep, 1);
  pthread_mutex_unlock (&compute->lock);
}

static gpointer
worker_main (gpointer data)
{
  Start *start = data;
  LimnCompute *compute = start->compute;

  current_slot = start->slot;
  g_free (start);

  while (!atomic_load (&compute->is_closing))
    {
      wait_for_work (compute);
      work_on (compute);
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

void
limn_compute_run (LimnCompute *compute, guint n_chunks, LimnTask task, gpointer data)
{
  if (n_chunks <= 1 || compute->n_started == 0)
    {
      for (guint i = 0; i < n_chunks; i++)
        task (data, i);
      return;
    }

  guint64 run = (atomic_load (&compute->state) >> 32) + 1;

  compute->task = task;
  compute->data = data;
  compute->n_chunks = n_chunks;
  atomic_store (&compute->n_pending, n_chunks);
  atomic_store (&compute->state, run << 32 | n_chunks);
  if (atomic_load (&compute->n_asleep) > 0)
    {
      pthread_mutex_lock (&compute->lock);
      pthread_cond_broadcast (&compute->work);
      pthread_mutex_unlock (&compute->lock);
    }

  work_on (compute);
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
  gsize total;

  if (n_threads == 0)
    n_threads = g_get_num_processors ();
  n_threads = CLAMP (n_threads, 1, MAX_THREADS);

  if (scratch_bytes > G_MAXSIZE / 2)
    goto no_memory;
  scratch_bytes = (scratch_bytes + SCRATCH_ALIGN - 1) / SCRATCH_ALIGN * SCRATCH_ALIGN;
  if (!g_size_checked_mul (&total, scratch_bytes, n_threads)
      || posix_memalign ((void **) &compute, 64, sizeof *compute) != 0)
    goto no_memory;
  memset (compute, 0, sizeof *compute);
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
