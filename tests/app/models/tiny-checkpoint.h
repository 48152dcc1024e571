/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A very small but whole model in the published layout of dalle-mini, with noise for weights. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

extern const char *const tiny_checkpoint_names[]; /* NULL-terminated */

/* Contents of the files, in the order of the names. */
GPtrArray *tiny_checkpoint_new (void); /* GBytes */

G_END_DECLS
