/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turns Ctrl+C into a cancelled job instead of a killed program. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _LimnInterrupt LimnInterrupt;

/**
 * limn_interrupt_new:
 *
 * From now on SIGINT, SIGTERM and SIGHUP cancel a job; a second one ends the
 * program at once.  One at a time in a program.
 */
LimnInterrupt *limn_interrupt_new (void);

GCancellable *limn_interrupt_get_cancellable (LimnInterrupt *interrupt);

/* The signal that came, or 0. */
int limn_interrupt_get_signal (LimnInterrupt *interrupt);

/* The exit status of a job that ended with @error, which is told unless a signal is why. */
int limn_interrupt_fail (LimnInterrupt *interrupt, const GError *error);

/* Gives the signals their usual meaning again. */
void limn_interrupt_free (LimnInterrupt *interrupt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LimnInterrupt, limn_interrupt_free)

G_END_DECLS
