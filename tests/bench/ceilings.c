/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures memory and arithmetic with the shortest loops that saturate them. */
#include "ceilings.h"
#include "engine/limn.h"
#include "stages.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

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

typedef guint64 Line __attribute__ ((vector_size (64), aligned (8)));

static gpointer
read_memory (gpointer data)
{
  Work *work = data;
  const Line *line = (const Line *) work->begin;
  Line sums[4] = { 0 };

  for (gsize i = 0; i + 4 <= work->n_bytes / sizeof *line; i += 4)
    for (guint j = 0; j < 4; j++)
      sums[j] ^= line[i + j];
  for (guint j = 0; j < 4; j++)
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

__attribute__ ((target ("avx512f"))) static gpointer
multiply_512 (gpointer data)
{
  __m512 sums[N_CHAINS], x = _mm512_set1_ps (0.999f);

  for (guint j = 0; j < N_CHAINS; j++)
    sums[j] = _mm512_set1_ps ((float) j);
  for (guint i = 0; i < N_TURNS; i++)
    for (guint j = 0; j < N_CHAINS; j++)
      {
        sums[j] = _mm512_fmadd_ps (sums[j], x, x);
        __asm__ volatile("" : "+v"(sums[j]));
      }
  for (guint j = 0; j < N_CHAINS; j++)
    ((Work *) data)->sum += (guint64) _mm512_reduce_add_ps (sums[j]);
  return NULL;
}

__attribute__ ((target ("avx2,fma"))) static gpointer
multiply_256 (gpointer data)
{
  __m256 sums[N_CHAINS], x = _mm256_set1_ps (0.999f);

  for (guint j = 0; j < N_CHAINS; j++)
    sums[j] = _mm256_set1_ps ((float) j);
  for (guint i = 0; i < N_TURNS; i++)
    for (guint j = 0; j < N_CHAINS; j++)
      {
        sums[j] = _mm256_fmadd_ps (sums[j], x, x);
        __asm__ volatile("" : "+x"(sums[j]));
      }
  for (guint j = 0; j < N_CHAINS; j++)
    ((Work *) data)->sum += (guint64) _mm256_cvtss_f32 (sums[j]);
  return NULL;
}

__attribute__ ((target ("avx512f,avx512vnni"))) static gpointer
dot_512 (gpointer data)
{
  __m512i sums[N_CHAINS], x = _mm512_set1_epi8 (3);

  for (guint j = 0; j < N_CHAINS; j++)
    sums[j] = _mm512_set1_epi32 ((int) j);
  for (guint i = 0; i < N_TURNS; i++)
    for (guint j = 0; j < N_CHAINS; j++)
      {
        sums[j] = _mm512_dpbusd_epi32 (sums[j], x, x);
        __asm__ volatile("" : "+v"(sums[j]));
      }
  for (guint j = 0; j < N_CHAINS; j++)
    ((Work *) data)->sum += (guint64) _mm512_reduce_add_epi32 (sums[j]);
  return NULL;
}

__attribute__ ((target ("avx2,avxvnni"))) static gpointer
dot_vnni_256 (gpointer data)
{
  __m256i sums[N_CHAINS], x = _mm256_set1_epi8 (3);

  for (guint j = 0; j < N_CHAINS; j++)
    sums[j] = _mm256_set1_epi32 ((int) j);
  for (guint i = 0; i < N_TURNS; i++)
    for (guint j = 0; j < N_CHAINS; j++)
      {
        sums[j] = _mm256_dpbusd_avx_epi32 (sums[j], x, x);
        __asm__ volatile("" : "+x"(sums[j]));
      }
  for (guint j = 0; j < N_CHAINS; j++)
    ((Work *) data)->sum += (guint64) _mm256_extract_epi32 (sums[j], 0);
  return NULL;
}

__attribute__ ((target ("avx2"))) static gpointer
dot_256 (gpointer data)
{
  __m256i sums[N_CHAINS], x = _mm256_set1_epi8 (3), ones = _mm256_set1_epi16 (1);

  for (guint j = 0; j < N_CHAINS; j++)
    sums[j] = _mm256_set1_epi32 ((int) j);
  for (guint i = 0; i < N_TURNS; i++)
    for (guint j = 0; j < N_CHAINS; j++)
      {
        __m256i y = _mm256_maddubs_epi16 (x, x);

        __asm__ volatile("" : "+x"(y));
        sums[j] = _mm256_add_epi32 (sums[j], _mm256_madd_epi16 (y, ones));
        __asm__ volatile("" : "+x"(sums[j]));
      }
  for (guint j = 0; j < N_CHAINS; j++)
    ((Work *) data)->sum += (guint64) _mm256_extract_epi32 (sums[j], 0);
  return NULL;
}

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
  ceilings->integer_ops =
      turns * (is_wide && has_vnni ? 128 : 64) / time_task (n_threads, dot, works);
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
