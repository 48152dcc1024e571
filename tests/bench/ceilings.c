/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures memory and arithmetic with the shortest loops that saturate them. */
#include "ceilings.h"
#include "engine/limn.h"
#include "stages.h"

#include <string.h>

#define READ_BYTES ((gsize) 256 << 20)
#define N_ROUNDS   2
#define N_CHAINS   12 /* sums going at the same time: enough for any latency */
#define N_TURNS    1000000

typedef struct
{
  const guint8 *begin;
  gsize n_bytes;
  guint64 sum; /* so that nothing is left out */
} Work;

/* ---- threads -------------------------------------------------------------- */

/* Seconds until all threads have run task; the best of some rounds. */
static double
time_task (guint n_threads, GThreadFunc task, Work *works)
{
  double best = G_MAXDOUBLE;

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      g_autofree GThread **threads = g_new (GThread *, n_threads);
      double began = stages_get_time ();

      for (guint i = 0; i < n_threads; i++)
        threads[i] = g_thread_new ("ceiling", task, &works[i]);
      for (guint i = 0; i < n_threads; i++)
        g_thread_join (threads[i]);
      best = MIN (best, stages_get_time () - began);
    }
  return best;
}

/* ---- memory --------------------------------------------------------------- */

typedef guint64 Line __attribute__ ((vector_size (16)));
#define N_LINES 8 /* read at the same time */

static gpointer
read_memory (gpointer data)
{
  Work *work = data;
  const Line *line = (const Line *) work->begin;
  Line sums[N_LINES] = { { 0 } };

  for (gsize n = work->n_bytes / sizeof sums; n > 0; n--, line += N_LINES)
    _Pragma ("GCC unroll 16") for (guint j = 0; j < N_LINES; j++) sums[j] ^= line[j];
  for (guint j = 0; j < N_LINES; j++)
    work->sum ^= sums[j][0];
  return NULL;
}

static double
measure_read (guint n_threads)
{
  g_autofree Work *works = g_new0 (Work, n_threads);
  g_autofree guint8 *block = g_malloc (READ_BYTES);
  gsize part = READ_BYTES / n_threads / 64 * 64;

  memset (block, 1, READ_BYTES);
  for (guint i = 0; i < n_threads; i++)
    works[i] = (Work){ block + i * part, part };
  return (double) part * n_threads / time_task (n_threads, read_memory, works);
}

/* ---- arithmetic ----------------------------------------------------------- */

#if defined(__x86_64__)

typedef int Wide256 __attribute__ ((vector_size (32)));
typedef int Wide512 __attribute__ ((vector_size (64)));

/* A loop over N_CHAINS sums with instructions on %0, a sum, %1, a number, and %2, for the time
 * between.  Written out, as a compiler may keep the sums in memory, which takes twice the time, or
 * move a product out of the loop. */
#define TASK(name, instructions_wanted, Wide, instructions)                                        \
  __attribute__ ((target (instructions_wanted))) static gpointer name (gpointer data)              \
  {                                                                                                \
    Wide sums[N_CHAINS] = { { 0 } }, x = { 0 }, between;                                           \
                                                                                                   \
    for (guint i = 0; i < N_TURNS; i++)                                                            \
      _Pragma ("GCC unroll 16") for (guint j = 0; j < N_CHAINS; j++) __asm__ volatile(             \
          instructions : "+v"(sums[j]), "+v"(x), "=&v"(between));                                  \
    ((Work *) data)->sum += (guint64) sums[0][0];                                                  \
    return NULL;                                                                                   \
  }

TASK (multiply_512, "avx512f", Wide512, "vfmadd231ps %1, %1, %0")
TASK (multiply_256, "avx2,fma", Wide256, "vfmadd231ps %1, %1, %0")
TASK (dot_512, "avx512f,avx512vnni", Wide512, "vpdpbusd %1, %1, %0")
TASK (dot_vnni_256, "avx2,avxvnni", Wide256, "%{vex%} vpdpbusd %1, %1, %0")
TASK (dot_256, "avx2", Wide256, "vpmaddwd %1, %1, %2; vpaddd %2, %0, %0")

/* Loops by the level the engine runs at, so that a forced level is measured by itself. */
static void
measure_arithmetic (guint n_threads, Ceilings *ceilings)
{
  g_autofree Work *works = g_new0 (Work, n_threads);
  double turns = (double) N_TURNS * N_CHAINS * n_threads;
  const char *level = limn_cpu_get_level ();
  gboolean is_wide = g_str_has_prefix (level, "avx512"), has_vnni = strstr (level, "vnni") != NULL;
  GThreadFunc dot = is_wide && has_vnni ? dot_512 : has_vnni ? dot_vnni_256 : dot_256;

  if (!g_str_has_prefix (level, "avx"))
    return;
  ceilings->multiplies = turns * (is_wide ? 32 : 16)
                         / time_task (n_threads, is_wide ? multiply_512 : multiply_256, works);
  ceilings->integer_ops = turns
                          * (is_wide && has_vnni ? 128
                             : has_vnni          ? 64
                                                 : 32)
                          / time_task (n_threads, dot, works);
}

#else

static gpointer
multiply_plainly (gpointer data)
{
  float sums[N_CHAINS][4] = { { 0 } };

  for (guint i = 0; i < N_TURNS; i++)
    for (guint j = 0; j < N_CHAINS; j++)
      {
        for (guint lane = 0; lane < 4; lane++)
          sums[j][lane] = sums[j][lane] * 0.999f + 0.999f;
        __asm__ volatile("" : : : "memory");
      }
  ((Work *) data)->sum += (guint64) sums[0][0];
  return NULL;
}

static void
measure_arithmetic (guint n_threads, Ceilings *ceilings)
{
  g_autofree Work *works = g_new0 (Work, n_threads);

  ceilings->multiplies =
      (double) N_TURNS * N_CHAINS * n_threads * 8 / time_task (n_threads, multiply_plainly, works);
}

#endif

void
ceilings_measure (guint n_threads, Ceilings *ceilings)
{
  Ceilings now = { 0 };

  now.read_bytes = measure_read (n_threads);
  measure_arithmetic (n_threads, &now);
  ceilings->read_bytes = MAX (ceilings->read_bytes, now.read_bytes);
  ceilings->multiplies = MAX (ceilings->multiplies, now.multiplies);
  ceilings->integer_ops = MAX (ceilings->integer_ops, now.integer_ops);
}
