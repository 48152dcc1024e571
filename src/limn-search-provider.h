/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LimnSearchProvider: earlier prompts for the search of GNOME Shell. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LIMN_SEARCH_PROVIDER_PATH "/io/github/limn_app/Limn/SearchProvider"

#define LIMN_TYPE_SEARCH_PROVIDER (limn_search_provider_get_type ())
G_DECLARE_FINAL_TYPE (LimnSearchProvider, limn_search_provider, LIMN, SEARCH_PROVIDER, GObject)

LimnSearchProvider *limn_search_provider_new (void);
gboolean
limn_search_provider_export (LimnSearchProvider *self, GDBusConnection *connection, GError **error);
void limn_search_provider_unexport (LimnSearchProvider *self);

G_END_DECLS
