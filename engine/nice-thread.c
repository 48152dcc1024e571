/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nice-thread.c: a thread of a lower priority, where the system can do that. */
#include "nice-thread.h"

#include <sys/resource.h>

#define MOST_NICE 19

typedef struct
{
  guint niceness;
  void (*work) (gpointer data);
  gpointer data;
} Nice;

/* On Linux 0 stands for the calling thread alone, not for the process. */
static gpointer
step_back (gpointer data)
{
  Nice *nice = data;
  int present = getpriority (PRIO_PROCESS, 0);

  /* refused or not: the work is the same */
  setpriority (PRIO_PROCESS, 0, MIN (present + (int) nice->niceness, MOST_NICE));
  nice->work (nice->data);
  return NULL;
}

void
limn_run_nicely (guint niceness, void (*work) (gpointer data), gpointer data)
{
  Nice nice = { niceness, work, data };
  GThread *thread = niceness > 0 ? g_thread_try_new ("limn-nice", step_back, &nice, NULL) : NULL;

  if (thread)
    g_thread_join (thread);
  else
    work (data);
}
