/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * interrupt.c: a thread that waits for signals while the job blocks the main one.
 *
 * Cancelling takes locks, which a signal handler must not; so GLib's signal
 * sources run in a main loop of this thread's own.
 */
#include "config.h"

#include "cli/interrupt.h"

#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

#include "cli/cli.h"
#include "limn.h"

struct _LimnInterrupt
{
  GCancellable *cancellable;
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  int signal; /* atomic */
};

typedef struct
{
  LimnInterrupt *interrupt;
  int signal;
} Watch;

static gboolean
on_signal (gpointer data)
{
  Watch *watch = data;

  if (!g_atomic_int_compare_and_exchange (&watch->interrupt->signal, 0, watch->signal))
    _exit (LIMN_EXIT_SIGNAL + watch->signal); /* files are whole or absent at any moment */
  g_cancellable_cancel (watch->interrupt->cancellable);
  return G_SOURCE_CONTINUE;
}

static void
watch_signal (LimnInterrupt *interrupt, int signal)
{
  g_autoptr (GSource) source = g_unix_signal_source_new (signal);
  Watch *watch = g_new (Watch, 1);

  *watch = (Watch){ interrupt, signal };
  g_source_set_callback (source, on_signal, watch, g_free);
  g_source_attach (source, interrupt->context);
}

/* As "nohup" asks for: to go on when the terminal is closed. */
static gboolean
is_ignored (int signal)
{
  struct sigaction before;

  return sigaction (signal, NULL, &before) == 0 && before.sa_handler == SIG_IGN;
}

static gpointer
wait_for_signals (gpointer data)
{
  LimnInterrupt *interrupt = data;

  g_main_context_push_thread_default (interrupt->context);
  g_main_loop_run (interrupt->loop);
  g_main_context_pop_thread_default (interrupt->context);
  return NULL;
}

LimnInterrupt *
limn_interrupt_new (void)
{
  LimnInterrupt *interrupt = g_new0 (LimnInterrupt, 1);

  interrupt->cancellable = g_cancellable_new ();
  interrupt->context = g_main_context_new ();
  interrupt->loop = g_main_loop_new (interrupt->context, FALSE);
  watch_signal (interrupt, SIGINT);
  watch_signal (interrupt, SIGTERM);
  if (!is_ignored (SIGHUP))
    watch_signal (interrupt, SIGHUP);
  interrupt->thread = g_thread_new ("limn-signals", wait_for_signals, interrupt);
  return interrupt;
}

GCancellable *
limn_interrupt_get_cancellable (LimnInterrupt *interrupt)
{
  return interrupt->cancellable;
}

int
limn_interrupt_get_signal (LimnInterrupt *interrupt)
{
  return g_atomic_int_get (&interrupt->signal);
}

int
limn_interrupt_fail (LimnInterrupt *interrupt, const GError *error)
{
  int signal = limn_interrupt_get_signal (interrupt);

  if (signal && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return LIMN_EXIT_SIGNAL + signal;
  return limn_cli_fail (g_error_matches (error, LIMN_ERROR, LIMN_ERROR_INVALID_REQUEST)
                            ? LIMN_EXIT_USAGE
                            : LIMN_EXIT_FAILED,
                        error->message);
}

/* Runs in the loop, so that it cannot come before the loop does. */
static gboolean
quit_loop (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

void
limn_interrupt_free (LimnInterrupt *interrupt)
{
  g_autoptr (GSource) quit = g_idle_source_new ();

  g_source_set_callback (quit, quit_loop, interrupt->loop, NULL);
  g_source_attach (quit, interrupt->context);
  g_thread_join (interrupt->thread);
  g_main_loop_unref (interrupt->loop);
  g_main_context_unref (interrupt->context); /* its sources go with it */
  g_object_unref (interrupt->cancellable);
  g_free (interrupt);
}
