/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A grid with its prompt above it, as one picture to post. */
#pragma once

#include <gio/gio.h>

#include <gdk/gdk.h>

G_BEGIN_DECLS

GdkTexture *limn_post_new (const char *prompt, GListModel *drawings);

G_END_DECLS
